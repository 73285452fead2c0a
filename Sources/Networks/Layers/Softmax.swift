import Foundation

/// `exp(x) / sum of exp(x)` over the channels of each position.
public struct Softmax: NetworkLayer {
    public init() {}

    public func outputShape(for input: ActivationShape) throws -> ActivationShape {
        guard input.channels > 0 else { throw LayerError("a softmax needs at least one channel") }
        return input
    }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        for p in 0..<input.pixels {
            let x = input.base + p * input.pixelStride, y = output.base + p * output.pixelStride
            var largest = x[0]
            for c in 0..<input.channels { largest = max(largest, x[c]) }
            var total: Float = 0
            for c in 0..<input.channels {
                y[c] = exp(x[c] - largest)
                total += y[c]
            }
            for c in 0..<input.channels { y[c] /= total }
        }
    }

    public func backwardNeeds(_ rules: BackwardRules) -> BackwardNeeds { .output }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        guard let output = recorded.output else { preconditionFailure("a softmax is differentiated at its output") }
        for p in 0..<output.pixels {
            let y = output.base + p * output.pixelStride
            let g = outputGradient.base + p * outputGradient.pixelStride
            let d = inputGradient.base + p * inputGradient.pixelStride
            var mean: Float = 0
            for c in 0..<output.channels { mean += g[c] * y[c] }
            for c in 0..<output.channels { d[c] = (accumulate ? d[c] : 0) + y[c] * (g[c] - mean) }
        }
    }
}
