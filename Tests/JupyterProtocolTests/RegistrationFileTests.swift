import Foundation
import JupyterProtocol
import Testing

@Suite struct RegistrationFileTests {
    private static let usual: JSONValue = [
        "kernel_id": "1b2c", "transport": "tcp", "registration_ip": "10.0.0.7", "registration_port": 53_211, "signature_scheme": "hmac-sha256",
        "key": "secret",
    ]

    private func read(_ json: JSONValue) throws -> RegistrationFile? {
        try RegistrationFile(parsing: json.serialised(), file: "r.json")
    }

    @Test(arguments: [53_211, "53211"] as [JSONValue])
    func `the port may be a number or a text`(port: JSONValue) throws {
        var json = Self.usual
        json["registration_port"] = port
        let file = try #require(try read(json))
        #expect(file.kernelID == "1b2c")
        #expect(file.endpoint == "tcp://10.0.0.7:53211")
        #expect(file.connection.key == "secret")
        #expect(file.connection.ip == "127.0.0.1")
        #expect(Channel.allCases.allSatisfy { file.connection.port(for: $0) == 0 })
    }

    @Test func `a connection file is none`() throws {
        var json = Self.usual
        json["registration_port"] = nil
        #expect(try read(json) == nil)
    }

    @Test func `over ipc the kernel's sockets lie beside the launcher's`() throws {
        var json = Self.usual
        json["transport"] = "ipc"
        json["registration_ip"] = "/tmp/reg"
        json["registration_port"] = 1
        let file = try #require(try read(json))
        #expect(file.endpoint == "ipc:///tmp/reg-1")
        #expect(file.connection.ip == "/tmp/reg-1b2c")
    }

    @Test(arguments: [
        ("kernel_id", "../up"), ("kernel_id", ".hidden"), ("kernel_id", ""), ("kernel_id", 3), ("registration_port", 0), ("registration_port", 65_536),
        ("registration_port", "x"), ("registration_port", nil), ("registration_ip", "a b"), ("registration_ip", nil), ("key", 4), ("transport", "udp"),
        ("ip", "/"), ("curve_publickey", "short"),
    ] as [(String, JSONValue)])
    func `a field that cannot be used is named`(field: String, value: JSONValue) throws {
        var json = Self.usual
        json[field] = value
        let error = #expect(throws: ConnectionFileError.self) { try read(json) }
        #expect(error?.description.contains("\"\(field)\"") == true)
    }

    @Test func `no bytes crash the reader`() {
        var random = SystemRandomNumberGenerator()
        let whole = Array(Self.usual.serialised())
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) { bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random) }
            _ = try? RegistrationFile(parsing: Data(bytes.prefix(.random(in: 0...bytes.count, using: &random))), file: "r.json")
        }
    }
}
