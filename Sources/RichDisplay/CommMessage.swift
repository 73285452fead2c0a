import Foundation

/// What travels through a ``Comm``: JSON, and binary data beside it.
public struct CommMessage: Sendable {
    /// A JSON object in UTF-8.
    public let data: Data
    /// A JSON object in UTF-8 with what concerns the transport, such as the version of a widget protocol.
    public let metadata: Data
    /// Binary data, as it was sent.
    public let buffers: [Data]

    /// An empty JSON object.
    public static let emptyObject = Data("{}".utf8)

    public init(data: Data = emptyObject, metadata: Data = emptyObject, buffers: [Data] = []) {
        self.data = data
        self.metadata = metadata
        self.buffers = buffers
    }

    /// Values written as JSON.
    /// - Throws: what encoding them throws.
    init(encoding data: some Encodable, metadata: some Encodable, buffers: [Data]) throws {
        let encoder = JSONEncoder()
        self.init(data: try encoder.encode(data), metadata: try encoder.encode(metadata), buffers: buffers)
    }

    /// The data as a Swift value.
    /// - Throws: `DecodingError` when the JSON has another shape.
    public func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T {
        try JSONDecoder().decode(type, from: data)
    }
}

/// Why a comm cannot be used.
public enum CommError: Error, Equatable, CustomStringConvertible, Sendable {
    case noNotebook(target: String)
    case closed(target: String)

    public var description: String {
        switch self {
        case .noNotebook(let target):
            return "the comm to \"\(target)\" cannot be opened: no notebook is attached. Comms work in cells, not in programs."
        case .closed(let target): return "the comm to \"\(target)\" is closed. Open a new one."
        }
    }
}
