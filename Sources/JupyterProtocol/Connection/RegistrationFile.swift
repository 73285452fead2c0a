import Foundation

/// Where a kernel that chooses its own ports reports them: what a launcher writes in place of a connection file when it wants the
/// handshake of JEP 66.
///
///     { "kernel_id": "1b2c", "transport": "tcp", "registration_ip": "127.0.0.1", "registration_port": 53211,
///       "signature_scheme": "hmac-sha256", "key": "…" }
public struct RegistrationFile: Equatable, Sendable {
    /// The name that the launcher knows the kernel by.
    public let kernelID: String
    /// The address of the launcher's registration socket, for ZeroMQ.
    public let endpoint: String
    /// The connection that the kernel is to open: its ports are 0, so that it chooses them.
    public let connection: ConnectionFile

    /// Reads a file of either kind; nil if it is a connection file.
    /// - Throws: ``ConnectionFileError``.
    public init?(path: String) throws(ConnectionFileError) {
        try self.init(parsing: try ConnectionFile.contents(of: path), file: path)
    }

    /// Reads the contents of a file of either kind; nil if it is a connection file. `file` is named in errors.
    /// - Throws: ``ConnectionFileError``.
    public init?(parsing data: Data, file: String) throws(ConnectionFileError) {
        guard data.count <= ConnectionFile.maximumSize else { throw .tooLarge(file: file, limit: ConnectionFile.maximumSize) }
        let value: JSONValue
        do { value = try JSONValue(parsing: data) } catch { throw .invalidJSON(file: file, error) }
        guard case .object(let fields) = value else { throw .notAnObject(file: file) }
        guard fields["registration_port"] != nil else { return nil }
        let reader = FieldReader(file: file, fields: fields)

        guard let kernelID = try reader.string("kernel_id") else { throw .missingField(file: file, field: "kernel_id") }
        // It becomes part of a file's name.
        guard !kernelID.isEmpty, kernelID.utf8.count <= 200, kernelID.first != ".", kernelID.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") })
        else { throw reader.invalid("kernel_id", expected: "printable characters without '/'") }
        let transportName = try reader.string("transport") ?? "tcp"
        guard let transport = ConnectionFile.Transport(rawValue: transportName) else {
            throw reader.invalid("transport", expected: "\"tcp\" or \"ipc\"")
        }
        guard let registrationIP = try reader.string("registration_ip") else { throw .missingField(file: file, field: "registration_ip") }
        guard ConnectionFile.isUsable(address: registrationIP, over: transport) else {
            throw reader.invalid("registration_ip", expected: "the address of the registration socket")
        }
        let port = try reader.port("registration_port")
        guard port > 0 else { throw reader.invalid("registration_port", expected: "the port of the registration socket") }
        guard let key = try reader.string("key") else { throw .missingField(file: file, field: "key") }
        let scheme = try reader.string("signature_scheme") ?? "hmac-sha256"
        // Over ipc the address is the beginning of a path, which the kernel's own sockets need as well, beside the launcher's.
        let ip = try reader.string("ip") ?? (transport == .tcp ? "127.0.0.1" : "\(registrationIP)-\(kernelID)")
        guard ConnectionFile.isUsable(address: ip, over: transport) else { throw reader.invalid("ip", expected: "an address to bind at") }

        self.kernelID = kernelID
        endpoint = ConnectionFile(transport: transport, ip: registrationIP, ports: [.shell: port], key: key).endpoint(for: .shell)
        connection = ConnectionFile(
            transport: transport, ip: ip, key: key, signatureScheme: scheme, kernelName: try reader.string("kernel_name"),
            curve: try reader.curveKeys())
    }
}
