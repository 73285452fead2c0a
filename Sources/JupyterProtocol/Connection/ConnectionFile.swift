import Foundation

/// Where the sockets of a kernel are and how its messages are signed: what a launcher writes and a kernel reads.
///
///     let connection = try ConnectionFile(path: "kernel-1234.json")
///     connection.endpoint(for: .shell)             // "tcp://127.0.0.1:53211"
///
/// See "Connection files" in Jupyter's "Making kernels", and JEP 106 for the schema.
public struct ConnectionFile: Equatable, Sendable {
    /// How bytes travel.
    public enum Transport: String, Sendable {
        case tcp, ipc
    }

    /// The key pair of the kernel for ZeroMQ's CURVE encryption, in Z85: 40 ASCII characters each.
    public struct CurveKeys: Equatable, Sendable {
        public let publicKey: String
        public let secretKey: String

        public init(publicKey: String, secretKey: String) {
            self.publicKey = publicKey
            self.secretKey = secretKey
        }
    }

    public var transport: Transport
    /// The address to bind at; for ``Transport/ipc`` the beginning of the socket files' paths.
    public var ip: String
    /// A port per channel. With 0 or less the kernel chooses when it binds.
    public var ports: [Channel: Int]
    /// The secret that signs messages; empty for messages without signatures.
    public var key: String
    /// Such as `hmac-sha256`.
    public var signatureScheme: String
    /// The name of the kernel specification, if the launcher said it.
    public var kernelName: String?
    /// Present when the channels are to be encrypted.
    public var curve: CurveKeys?
    /// All fields as they were read, those that Hooke does not know among them.
    private var fields: [String: JSONValue] = [:]

    /// A connection that was not read from a file.
    public init(
        transport: Transport = .tcp, ip: String = "127.0.0.1", ports: [Channel: Int] = [:], key: String,
        signatureScheme: String = "hmac-sha256", kernelName: String? = nil, curve: CurveKeys? = nil
    ) {
        self.transport = transport
        self.ip = ip
        self.ports = ports
        self.key = key
        self.signatureScheme = signatureScheme
        self.kernelName = kernelName
        self.curve = curve
    }

    /// The port of a channel; 0 where the kernel is to choose.
    public func port(for channel: Channel) -> Int { max(0, ports[channel] ?? 0) }

    /// The ZeroMQ address of a channel: `tcp://ip:port` or `ipc://ip-port`. With port 0, over tcp, the address lets the system choose.
    public func endpoint(for channel: Channel) -> String {
        let port = port(for: channel)
        switch transport {
        case .ipc: return "ipc://\(ip)-\(port)"
        case .tcp:
            // ZeroMQ binds at addresses and interfaces, not at host names.
            let host = ip == "localhost" ? "127.0.0.1" : ip.contains(":") && !ip.hasPrefix("[") ? "[\(ip)]" : ip
            return "tcp://\(host):\(port == 0 ? "*" : String(port))"
        }
    }
}

// MARK: - Reading

extension ConnectionFile {
    /// The largest file that is read, in bytes.
    public static let maximumSize = 65_536

    /// Reads a connection file.
    /// - Throws: ``ConnectionFileError``.
    public init(path: String) throws(ConnectionFileError) {
        try self.init(parsing: try Self.contents(of: path), file: path)
    }

    /// Reads the contents of a connection file; `file` is named in errors.
    /// - Throws: ``ConnectionFileError``.
    public init(parsing data: Data, file: String) throws(ConnectionFileError) {
        guard data.count <= Self.maximumSize else { throw .tooLarge(file: file, limit: Self.maximumSize) }
        let value: JSONValue
        do { value = try JSONValue(parsing: data) } catch { throw .invalidJSON(file: file, error) }
        guard case .object(let fields) = value else { throw .notAnObject(file: file) }
        let reader = FieldReader(file: file, fields: fields)

        let transportName = try reader.string("transport") ?? "tcp"
        guard let transport = Transport(rawValue: transportName) else {
            throw reader.invalid("transport", expected: "\"tcp\" or \"ipc\"")
        }
        guard let ip = try reader.string("ip") else { throw .missingField(file: file, field: "ip") }
        guard Self.isUsable(address: ip, over: transport) else {
            throw reader.invalid(
                "ip", expected: transport == .tcp ? "an address such as \"127.0.0.1\"" : "the beginning of a path, such as \"/tmp/kernel-ipc\"")
        }
        // Without the field the launcher's intention is unknown, and guessing would drop the signatures.
        guard let key = try reader.string("key") else { throw .missingField(file: file, field: "key") }
        self.init(
            transport: transport, ip: ip, ports: [:], key: key, signatureScheme: try reader.string("signature_scheme") ?? "hmac-sha256",
            kernelName: try reader.string("kernel_name"), curve: try reader.curveKeys())
        for channel in Channel.allCases { ports[channel] = try reader.port(channel.portField) }
        self.fields = fields
    }

    static func contents(of path: String) throws(ConnectionFileError) -> Data {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .unreadable(file: path, reason: String(cString: strerror(errno))) }
        // A pipe or device could block or never end.
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(file: path, reason: "it is not a regular file") }
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            return try handle.read(upToCount: maximumSize + 1) ?? Data()
        } catch { throw .unreadable(file: path, reason: error.localizedDescription) }
    }

    static func isUsable(address: String, over transport: Transport) -> Bool {
        guard !address.isEmpty, !address.utf8.contains(0) else { return false }
        switch transport {
        case .ipc: return true
        case .tcp: return address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ";") }
        }
    }
}

/// Typed access to the fields of one file, with errors that name both.
struct FieldReader {
    let file: String
    let fields: [String: JSONValue]

    func invalid(_ field: String, expected: String) -> ConnectionFileError {
        // Secrets do not belong into logs.
        let isSecret = field == "key" || field.hasPrefix("curve_")
        let text = fields[field]?.description ?? "missing"
        let found = isSecret ? "not usable" : text.count > 60 ? text.prefix(60) + "…" : text
        return .invalidField(file: file, field: field, found: found, expected: expected)
    }

    /// The string of that name; nil where it is missing or null.
    func string(_ field: String) throws(ConnectionFileError) -> String? {
        guard let value = fields[field], !value.isNull else { return nil }
        guard let text = value.stringValue else { throw invalid(field, expected: "a string") }
        return text
    }

    /// A port, which the schema allows as an integer and as a string.
    func port(_ field: String) throws(ConnectionFileError) -> Int {
        guard let value = fields[field] else { throw .missingField(file: file, field: field) }
        guard let port = value.integerValue ?? value.stringValue.flatMap({ Int($0) }), port <= 65_535 else {
            throw invalid(field, expected: "a port number up to 65535 (0 or less lets the kernel choose)")
        }
        return port
    }

    /// The keys for encryption, which count only when both are there.
    func curveKeys() throws(ConnectionFileError) -> ConnectionFile.CurveKeys? {
        guard let publicKey = try curveKey("curve_publickey"), let secretKey = try curveKey("curve_secretkey") else { return nil }
        return .init(publicKey: publicKey, secretKey: secretKey)
    }

    private func curveKey(_ field: String) throws(ConnectionFileError) -> String? {
        guard let key = try string(field) else { return nil }
        let alphabet = Set("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#".utf8)
        let isZ85 = key.utf8.allSatisfy(alphabet.contains)
        guard key.utf8.count == 40, isZ85 else { throw invalid(field, expected: "40 characters of Z85") }
        return key
    }
}

// MARK: - Writing

extension ConnectionFile {
    /// The connection as a JSON object, with every field that it was read with.
    public var json: JSONValue {
        var result = fields
        result["transport"] = .string(transport.rawValue)
        result["ip"] = .string(ip)
        result["key"] = .string(key)
        result["signature_scheme"] = .string(signatureScheme)
        for channel in Channel.allCases { result[channel.portField] = JSONValue(ports[channel] ?? 0) }
        if let kernelName { result["kernel_name"] = .string(kernelName) }
        if let curve {
            result["curve_publickey"] = .string(curve.publicKey)
            result["curve_secretkey"] = .string(curve.secretKey)
        }
        return .object(result)
    }

    /// Writes the file, readable by its owner alone, replacing what was there in one step. A kernel that chose its ports tells them so.
    /// - Throws: ``ConnectionFileError/unwritable(file:reason:)``.
    public func write(to path: String) throws(ConnectionFileError) {
        let temporary = path + ".\(getpid()).tmp"
        func failure() -> ConnectionFileError { .unwritable(file: path, reason: String(cString: strerror(errno))) }
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: json.serialised())
            try handle.close()
        } catch {
            unlink(temporary)
            throw .unwritable(file: path, reason: error.localizedDescription)
        }
        guard rename(temporary, path) == 0 else {
            let error = failure()
            unlink(temporary)
            throw error
        }
    }
}
