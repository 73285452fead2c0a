import Tensors

/// The weights that a training begins with, from a seed: each layer draws from a stream of its own, so that a change in one leaves the
/// others as they are.
struct InitialWeights {
    let seed: UInt64
    private var stream: UInt64

    /// - Parameter firstStream: of the first layer that asks.
    init(seed: UInt64, firstStream: UInt64 = 1 << 32) { (self.seed, stream) = (seed, firstStream) }

    private mutating func next() -> CounterRandom {
        defer { stream += 1 }
        return CounterRandom(seed: seed, stream: stream)
    }

    private func checked(_ shape: [Int]) throws -> Double {
        guard shape.allSatisfy({ $0 > 0 }) else { throw LayerError("a layer has the weights \(shape)") }
        return Double(shape.dropLast().reduce(1, *))
    }

    /// A normal distribution with variance `2 / inputs` (He et al. 2015) and no bias.
    /// - Parameter scale: the deviation is multiplied by it.
    mutating func convolution(_ shape: [Int], scale: Double = 1) throws -> (weights: Tensor, bias: Tensor) {
        let inputs = try checked(shape)
        var random = next()
        let deviation = (2 / inputs).squareRoot() * scale
        return (Tensor(normal: shape, deviation: deviation, using: &random), Tensor(zeros: [shape[shape.count - 1]]))
    }

    /// PyTorch's start of a linear layer: uniform, up to `1 / sqrt(inputs)`.
    mutating func dense(_ shape: [Int]) throws -> (weights: Tensor, bias: Tensor) {
        let bound = Float(1 / (try checked(shape)).squareRoot())
        var random = next()
        return (
            Tensor(uniform: shape, in: -bound..<bound, using: &random),
            Tensor(uniform: [shape[shape.count - 1]], in: -bound..<bound, using: &random)
        )
    }
}
