import CSodium
import Foundation
import Tensors

extension Model {
    /// The SHA-256 of everything that decides what the network computes, as 64 hexadecimal digits: its nodes, their settings and weights,
    /// and the size of its images. Two models with one digest give the same activations; what was measured on one holds for the other.
    public var digest: String {
        if let known = knownDigest.withLock(\.self) { return known }
        let digest = computedDigest
        knownDigest.withLock { $0 = digest }
        return digest
    }

    private var computedDigest: String {
        var state = crypto_hash_sha256_state()
        crypto_hash_sha256_init(&state)
        func add(_ text: String) {
            // The length keeps neighbouring texts apart.
            let bytes = Array("\(text.utf8.count):\(text)".utf8)
            crypto_hash_sha256_update(&state, bytes, UInt64(bytes.count))
        }
        func add(_ tensor: Tensor) {
            add("\(tensor.shape)")
            tensor.withUnsafeScalars { scalars in
                let bytes = UnsafeRawBufferPointer(scalars).bindMemory(to: UInt8.self)
                if let base = bytes.baseAddress { _ = crypto_hash_sha256_update(&state, base, UInt64(bytes.count)) }
            }
        }
        add("\(inputSize)")
        for node in graph.nodes {
            add(node.name)
            for input in node.inputs { add(input) }
            switch node.operation {
            case .input(let channels, let normalization): add("input \(channels) \(normalization)")
            case .concatenation: add("concatenation")
            case .sum: add("sum")
            case .layer(let layer):
                add("\(type(of: layer))")
                for (name, value) in Mirror(reflecting: layer).children {
                    add(name ?? "")
                    if let tensor = value as? Tensor {
                        add(tensor)
                    } else if Mirror(reflecting: value).displayStyle != .class {
                        // Classes are caches.
                        add("\(value)")
                    }
                }
            }
        }
        return FileDigest.finish(&state)
    }
}
