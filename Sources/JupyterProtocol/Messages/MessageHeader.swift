import Foundation

/// What identifies a message: its own identifier, the session and user it comes from, when, and its type.
public struct MessageHeader: Equatable, Sendable {
    /// The version of the messaging protocol that Hooke's own messages declare.
    public static let protocolVersion = "5.6"

    /// Unique per message.
    public var id: String
    /// Unique per process and client.
    public var session: String
    public var username: String
    /// ISO 8601, in UTC.
    public var date: String
    /// Such as `execute_request`.
    public var type: String
    /// The version of the protocol that the sender speaks.
    public var version: String
    /// The subshell that a shell or stdin message belongs to (JEP 91); nil for the main shell.
    public var subshellID: String?
    /// What a received header has besides; clients find it again in the parent headers of what answers them.
    private var others: [String: JSONValue] = [:]

    /// The header of a new message, sent now.
    public init(type: String, session: String, username: String = "kernel", subshellID: String? = nil) {
        id = UUID().uuidString.lowercased()
        self.session = session
        self.username = username
        date = Self.timestamp()
        self.type = type
        version = Self.protocolVersion
        self.subshellID = subshellID
    }

    /// Reads a header. Only `msg_id` and `msg_type` must be there; the others may be missing or null.
    /// - Throws: ``WireFormatError/invalidField(part:field:found:)``.
    public init(_ json: JSONValue) throws(WireFormatError) {
        func text(_ field: String, required: Bool = false) throws(WireFormatError) -> String? {
            switch json[field] {
            case .string(let text) where !(required && text.isEmpty): return text
            case nil where !required, .null where !required: return nil
            case let other:
                throw .invalidField(part: .header, field: field, found: String((other?.description ?? "missing").prefix(60)))
            }
        }
        id = try text("msg_id", required: true) ?? ""
        type = try text("msg_type", required: true) ?? ""
        session = try text("session") ?? ""
        username = try text("username") ?? ""
        date = try text("date") ?? ""
        version = try text("version") ?? ""
        subshellID = try text("subshell_id")
        others = json.objectValue ?? [:]
        for field in ["msg_id", "msg_type", "session", "username", "date", "version", "subshell_id"] { others[field] = nil }
    }

    /// The header as a JSON object.
    public var json: JSONValue {
        var result = others
        result["msg_id"] = .string(id)
        result["session"] = .string(session)
        result["username"] = .string(username)
        result["date"] = .string(date)
        result["msg_type"] = .string(type)
        result["version"] = .string(version)
        if let subshellID { result["subshell_id"] = .string(subshellID) }
        return .object(result)
    }

    /// The present time in UTC as ISO 8601 with microseconds: `2026-01-31T23:59:59.000001Z`.
    public static func timestamp() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var fields = tm()
        gmtime_r(&now.tv_sec, &fields)
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = "\(padded(Int(fields.tm_year) + 1900, 4))-\(padded(Int(fields.tm_mon) + 1, 2))-\(padded(Int(fields.tm_mday), 2))"
        let time = "\(padded(Int(fields.tm_hour), 2)):\(padded(Int(fields.tm_min), 2)):\(padded(Int(fields.tm_sec), 2))"
        return "\(date)T\(time).\(padded(now.tv_nsec / 1000, 6))Z"
    }
}
