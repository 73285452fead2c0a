import Foundation
import JupyterProtocol
import SwiftCells

extension Kernel {
    /// The content of kernel_info_reply.
    var information: JSONValue {
        [
            "status": "ok", "protocol_version": .string(MessageHeader.protocolVersion),
            "implementation": "hooke", "implementation_version": .string(configuration.version),
            "language_info": Self.languageInformation(version: swiftVersion),
            "banner": .string("Hooke \(configuration.version): Swift \(swiftVersion) cells, and a microscope for neural networks (import Hooke)"),
            "help_links": [
                ["text": "The Swift Programming Language", "url": "https://docs.swift.org/swift-book/"],
                ["text": "Thread: Circuits", "url": "https://distill.pub/2020/circuits/"],
            ],
            "supported_features": ["kernel subshells"], "debugger": false,
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
        switch Completeness(ofCell: code) {
        case .complete: return ["status": "complete"]
        case .incomplete(let indent): return ["status": "incomplete", "indent": .string(indent)]
        case .invalid: return ["status": "invalid"]
        }
    }

    /// The content of connect_reply.
    var ports: JSONValue {
        var content: JSONValue = ["status": "ok"]
        for channel in Channel.allCases { content[channel.portField] = JSONValue(channels.boundPorts[channel] ?? 0) }
        return content
    }

    /// The content of debug_reply: an answer of the debug adapter protocol that says that there is no debugger.
    func debugReply(to request: Message) -> JSONValue {
        let reason = "Hooke \(configuration.version) has no debugger; kernel_info says so."
        var content = Self.failure("UnsupportedRequest", reason)
        content["type"] = "response"
        content["seq"] = 0
        content["request_seq"] = request.content["seq"] ?? 0
        content["command"] = request.content["command"] ?? ""
        content["success"] = false
        content["message"] = .string(reason)
        return content
    }
}
