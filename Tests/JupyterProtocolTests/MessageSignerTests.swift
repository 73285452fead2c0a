import Foundation
import JupyterProtocol
import Testing

@Suite struct MessageSignerTests {
    @Test func `signatures are those of Python for keys of any length`() throws {
        for reference in try PythonReference.load().signatures {
            let signer = try MessageSigner(key: reference.key)
            let parts = reference.parts.map { Data($0.utf8) }
            #expect(signer.signature(of: parts) == Data(reference.signature.utf8))
            #expect(signer.isValid(signature: Data(reference.signature.utf8), of: parts))
        }
    }

    @Test func `a signature with one bit changed, cut or lengthened is refused`() throws {
        let signer = try MessageSigner(key: "k")
        let parts = [Data("a".utf8), Data(), Data(), Data("b".utf8)]
        let signature = signer.signature(of: parts)
        for index in signature.indices {
            var changed = signature
            changed[index] ^= 1
            #expect(!signer.isValid(signature: changed, of: parts))
        }
        #expect(!signer.isValid(signature: signature.dropLast(), of: parts))
        #expect(!signer.isValid(signature: signature + [0], of: parts))
        #expect(!signer.isValid(signature: Data(), of: parts))
        #expect(!signer.isValid(signature: signature, of: parts.reversed()))
    }

    @Test func `an empty key signs nothing and takes everything`() throws {
        let signer = try MessageSigner(key: "", scheme: "")
        #expect(signer.signature(of: [Data("a".utf8)]).isEmpty)
        #expect(signer.isValid(signature: Data("anything".utf8), of: []))
    }

    @Test func `other schemes are refused with what to do`() {
        let error = #expect(throws: MessageSigner.UnsupportedScheme.self) { try MessageSigner(key: "k", scheme: "hmac-md5") }
        #expect(
            error?.description
                == #"signature scheme "hmac-md5" is not supported; set signature_scheme to "hmac-sha256" in the connection file"#)
    }
}
