import Foundation

/// What Python's `hmac` and `json` made of given inputs; written by `Reference/python.py`.
struct PythonReference: Decodable {
    struct Signature: Decodable {
        let key: String
        let parts: [String]
        let signature: String
    }
    struct Number: Decodable {
        let text: String
        let bits: String
    }
    struct Text: Decodable {
        let escaped: String
        let plain: String
        let scalars: [UInt32]
    }

    let signatures: [Signature]
    let doubles: [Number]
    let strings: [Text]
    let invalid: [String]

    static func load() throws -> PythonReference {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Reference/python.json")
        return try JSONDecoder().decode(PythonReference.self, from: Data(contentsOf: file))
    }
}
