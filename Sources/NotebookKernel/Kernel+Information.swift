import Foundation
import JupyterProtocol
import SwiftCells

extension Kernel {
    /// The content of kernel_info_reply.
    var information: JSONValue {
        let swift = session.toolchain?.version ?? Toolchain.builtWith
        return [
            "status": "ok", "protocol_version": .string(MessageHeader.protocolVersion),
            "implementation": "hooke", "implementation_version": .string(configuration.version),
            "language_info": Self.languageInformation(version: swift),
            "banner": .string("Hooke \(configuration.version): Swift \(swift) cells, and a microscope for neural networks (import Hooke)"),
            "help_links": [
                ["text": "The Swift Programming Language", "url": "https://docs.swift.org/swift-book/"],
                ["text": "Thread: Circuits", "url": "https://distill.pub/2020/circuits/"],
            ],
            "supported_features": [], "debugger": false,
        ]
    }

    /// What front ends and notebooks need to know of the language.
    /// - Parameter version: the toolchain's, such as `6.3.1`.
    public static func languageInformation(version: String) -> JSONValue {
        [
            "name": "swift", "version": .string(version), "mimetype": "text/x-swift", "file_extension": ".swift",
            "pygments_lexer": "swift", "codemirror_mode": "swift", "nbconvert_exporter": "script",
        ]
    }

    /// The content of is_complete_reply.
    func completeness(of request: Message) -> JSONValue {
        guard let code = request.content["code"]?.stringValue else { return ["status": "unknown"] }
        switch Completeness(of: code) {
        case .complete: return ["status": "complete"]
        case .incomplete(let indent): return ["status": "incomplete", "indent": .string(indent)]
        case .invalid: return ["status": "invalid"]
        }
    }
}
