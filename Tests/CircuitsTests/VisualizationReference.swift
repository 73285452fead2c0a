import Foundation
import Tensors

/// What numpy and PyTorch computed; written by Tests/Peers/visualization_reference.py.
struct VisualizationReference: Decodable {
    struct Fourier: Decodable {
        let batch, height, width: Int
        let decay: Double
        let parameters, images, direction, gradient: [Float]
    }
    struct Resize: Decodable {
        let height, width, toHeight, toWidth: Int
        let image, result: [Float]
    }
    struct Rotate: Decodable {
        let height, width: Int
        let degrees: Double
        let image, result: [Float]
    }
    struct Adam: Decodable {
        let start: [Float]
        let gradients: [[Float]]
        let result: [Float]
    }
    struct Objectives: Decodable {
        struct Result: Decodable {
            let value: Float
            let gradient: [Float]
        }
        let shape: [Int]
        let activations, vector: [Float]
        /// Another picture's activations, [4, 5, 6], and a pattern, [6, 3, 6].
        let target, pattern: [Float]
        let results: [String: Result]
    }
    let fourier: [Fourier]
    let resize: [Resize]
    let rotate: [Rotate]
    let adam: Adam
    let objectives: Objectives

    static func load() throws -> VisualizationReference {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Reference/visualization.json")
        return try JSONDecoder().decode(VisualizationReference.self, from: Data(contentsOf: file))
    }
}

extension Tensor {
    /// The largest absolute difference from an array of the same count.
    func distance(to other: [Float]) -> Float {
        guard other.count == count else { return .infinity }
        return zip(scalars, other).reduce(0) { Swift.max($0, abs($1.0 - $1.1)) }
    }

    func dot(_ other: Tensor) -> Double {
        zip(scalars, other.scalars).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }

    /// Normal noise for tests.
    static func noise(_ shape: [Int], seed: UInt64 = 0) -> Tensor {
        var random = CounterRandom(seed: seed, stream: 99)
        return Tensor(normal: shape, using: &random)
    }
}
