import Foundation
import JupyterProtocol
import Testing

@Suite struct ConnectionFileTests {
    private let fields: JSONValue = [
        "shell_port": 51001, "iopub_port": 51002, "stdin_port": 51003, "control_port": 51004, "hb_port": "51005", "ip": "127.0.0.1",
        "transport": "tcp", "key": "secret-of-this-kernel", "signature_scheme": "hmac-sha256", "kernel_name": "swift",
        "jupyter_session": "/home/me/a.ipynb",
    ]

    private func read(_ changes: [String: JSONValue?]) throws -> ConnectionFile {
        var fields = fields
        for (key, value) in changes { fields[key] = value }
        return try ConnectionFile(parsing: fields.serialised(), file: "k.json")
    }

    private func complaint(_ changes: [String: JSONValue?]) -> String {
        do {
            _ = try read(changes)
            return "none"
        } catch { return "\(error)" }
    }

    @Test func `a file as launchers write it gives endpoints, with ports as numbers or strings`() throws {
        let connection = try read([:])
        #expect(connection.endpoint(for: .shell) == "tcp://127.0.0.1:51001")
        #expect(connection.endpoint(for: .heartbeat) == "tcp://127.0.0.1:51005")
        #expect(connection.key == "secret-of-this-kernel" && connection.kernelName == "swift" && connection.curve == nil)
    }

    @Test func `ipc endpoints join the path and the number with a hyphen`() throws {
        let connection = try read(["transport": "ipc", "ip": "/run/user/1/kernel-9-ipc", "shell_port": 1])
        #expect(connection.endpoint(for: .shell) == "ipc:///run/user/1/kernel-9-ipc-1")
    }

    @Test func `host names, IPv6 and open ports are spelt as ZeroMQ wants them`() throws {
        #expect(try read(["ip": "localhost"]).endpoint(for: .iopub) == "tcp://127.0.0.1:51002")
        #expect(try read(["ip": "::1"]).endpoint(for: .iopub) == "tcp://[::1]:51002")
        #expect(try read(["iopub_port": 0]).endpoint(for: .iopub) == "tcp://127.0.0.1:*")
        #expect(try read(["iopub_port": -1]).port(for: .iopub) == 0)
    }

    @Test func `keys for encryption count only together`() throws {
        let publicKey = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID", secretKey = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"
        let both: [String: JSONValue?] = ["curve_publickey": .string(publicKey), "curve_secretkey": .string(secretKey)]
        #expect(try read(both).curve == .init(publicKey: publicKey, secretKey: secretKey))
        #expect(try read(["curve_publickey": .string(publicKey)]).curve == nil)
        #expect(
            complaint(["curve_publickey": .string(publicKey), "curve_secretkey": "short"])
                == #"connection file k.json: field "curve_secretkey" is not usable; expected 40 characters of Z85"#)
    }

    @Test func `complaints name the file, the field and what is expected`() {
        #expect(
            complaint(["shell_port": "abc"])
                == #"connection file k.json: field "shell_port" is "abc"; expected a port number up to 65535 (0 or less lets the kernel choose)"#)
        #expect(
            complaint(["hb_port": 65536])
                == #"connection file k.json: field "hb_port" is 65536; expected a port number up to 65535 (0 or less lets the kernel choose)"#)
        #expect(complaint(["stdin_port": nil]) == #"connection file k.json: field "stdin_port" is missing"#)
        #expect(complaint(["key": nil]) == #"connection file k.json: field "key" is missing"#)
        #expect(complaint(["key": 5]) == #"connection file k.json: field "key" is not usable; expected a string"#)
        #expect(complaint(["transport": "udp"]) == #"connection file k.json: field "transport" is "udp"; expected "tcp" or "ipc""#)
        #expect(complaint(["ip": "a/b"]) == #"connection file k.json: field "ip" is "a/b"; expected an address such as "127.0.0.1""#)
        #expect(
            complaint(["transport": "ipc", "ip": ""])
                == #"connection file k.json: field "ip" is ""; expected the beginning of a path, such as "/tmp/kernel-ipc""#)
    }

    @Test func `files that are no connection files are refused with their names`() throws {
        func complaint(_ path: String) -> String {
            do {
                _ = try ConnectionFile(path: path)
                return "none"
            } catch { return "\(error)" }
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("c.json").path
        #expect(
            complaint(path)
                == "connection file \(path): cannot be read (No such file or directory). Pass the file that the notebook server wrote.")
        #expect(
            complaint(folder.path)
                == "connection file \(folder.path): cannot be read (it is not a regular file). Pass the file that the notebook server wrote.")
        try Data(repeating: 0x20, count: 70_000).write(to: URL(fileURLWithPath: path))
        #expect(complaint(path) == "connection file \(path): is larger than 65536 bytes, which no connection file is. Check the path.")
        try Data("[]".utf8).write(to: URL(fileURLWithPath: path))
        #expect(complaint(path) == "connection file \(path): holds no JSON object")
        try Data("{".utf8).write(to: URL(fileURLWithPath: path))
        #expect(complaint(path) == "connection file \(path): invalid JSON at byte 1: the text ends too early")
    }

    @Test func `a file written back keeps the fields of others and is for its owner alone`() throws {
        var connection = try read(["shell_port": 0])
        connection.ports[.shell] = 4711
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { unlink(path) }
        try connection.write(to: path)
        let again = try ConnectionFile(path: path)
        #expect(again.ports == connection.ports && again.json["jupyter_session"] == "/home/me/a.ipynb")
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
}
