import CHooke
import Foundation

/// `hooke-compiler PATH/libsourcekitdInProc.so`: keeps the Swift compiler resident for one kernel.
///
/// Reads requests from standard input and writes answers to standard output: each a 4-byte little-endian length and that many bytes,
/// a sourcekitd request in YAML, its answer in JSON (an object with `hooke.error` when there is none). It ends with its
/// input, so it does not outlive the kernel. (A parent-death signal would come when the thread that started it ends.)
@main
struct CompilerService {
    static func main() {
        // The compiler itself may print: only answers go to the real standard output.
        let answers = dup(1)
        dup2(2, 1)
        guard CommandLine.arguments.count == 2, let sourceKit = SourceKit(path: CommandLine.arguments[1]) else { exit(2) }
        while let request = readMessage(from: 0) {
            guard writeMessage(sourceKit.answer(request), to: answers) else { return }
        }
    }

    private static func readMessage(from descriptor: Int32) -> [UInt8]? {
        guard let header = readBytes(4, from: descriptor) else { return nil }
        let length = header.enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        return length <= 1 << 28 ? readBytes(length, from: descriptor) : nil
    }

    private static func readBytes(_ count: Int, from descriptor: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + filled, count - filled) }
            if got > 0 { filled += got } else if got == 0 || errno != EINTR { return nil }
        }
        return bytes
    }

    private static func writeMessage(_ text: String, to descriptor: Int32) -> Bool {
        var bytes = [UInt8](text.utf8)
        let length = UInt32(bytes.count)
        bytes.insert(contentsOf: (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }, at: 0)
        var written = 0
        while written < bytes.count {
            let put = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, bytes.count - written) }
            if put > 0 { written += put } else if errno != EINTR { return false }
        }
        return true
    }
}

/// sourcekitd, opened from a toolchain.
private struct SourceKit {
    private let createRequest: hooke_sourcekitd_request_create_from_yaml
    private let releaseRequest: hooke_sourcekitd_request_release
    private let send: hooke_sourcekitd_send_request_sync
    private let isError: hooke_sourcekitd_response_is_error
    private let errorText: hooke_sourcekitd_response_error_get_description
    private let value: hooke_sourcekitd_response_get_value
    private let json: hooke_sourcekitd_variant_json_description_copy
    private let dispose: hooke_sourcekitd_response_dispose

    init?(path: String) {
        guard let library = dlopen(path, RTLD_NOW) else { return nil }
        func symbol<T>(_ name: String, as type: T.Type) -> T? {
            dlsym(library, "sourcekitd_" + name).map { unsafeBitCast($0, to: type) }
        }
        guard
            let initialize = symbol("initialize", as: hooke_sourcekitd_initialize.self),
            let createRequest = symbol("request_create_from_yaml", as: hooke_sourcekitd_request_create_from_yaml.self),
            let releaseRequest = symbol("request_release", as: hooke_sourcekitd_request_release.self),
            let send = symbol("send_request_sync", as: hooke_sourcekitd_send_request_sync.self),
            let isError = symbol("response_is_error", as: hooke_sourcekitd_response_is_error.self),
            let errorText = symbol("response_error_get_description", as: hooke_sourcekitd_response_error_get_description.self),
            let value = symbol("response_get_value", as: hooke_sourcekitd_response_get_value.self),
            let json = symbol("variant_json_description_copy", as: hooke_sourcekitd_variant_json_description_copy.self),
            let dispose = symbol("response_dispose", as: hooke_sourcekitd_response_dispose.self)
        else { return nil }
        (self.createRequest, self.releaseRequest, self.send, self.isError) = (createRequest, releaseRequest, send, isError)
        (self.errorText, self.value, self.json, self.dispose) = (errorText, value, json, dispose)
        initialize()
    }

    func answer(_ request: [UInt8]) -> String {
        var message: UnsafeMutablePointer<CChar>?
        guard let parsed = (request.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer({ createRequest($0.baseAddress, &message) }) else {
            return Self.failure(message.map { String(cString: $0) } ?? "not a request")
        }
        defer { releaseRequest(parsed) }
        guard let response = send(parsed) else { return Self.failure("no answer") }
        defer { dispose(response) }
        if isError(response) { return Self.failure(errorText(response).map { String(cString: $0) } ?? "unknown error") }
        guard let text = json(value(response)) else { return Self.failure("an answer without a value") }
        defer { free(text) }
        return String(cString: text)
    }

    private static func failure(_ text: String) -> String {
        let quoted = (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
        return "{\"hooke.error\": \(quoted)}"
    }
}
