import CVector
import Tensors

/// A fully connected layer on vectors: `x W + b`.
public struct Dense: NetworkLayer {
    /// `[in, out]`.
    public let weights: Tensor
    /// `[out]`.
    public let bias: Tensor
    private let panels = (forward: LazyPanels(), bias: LazyPanels(), backward: LazyPanels())

    /// - Throws: ``LayerError`` when the shapes do not fit each other.
    public init(weights: Tensor, bias: Tensor) throws {
        guard weights.rank == 2, weights.shape.allSatisfy({ $0 > 0 }), bias.shape == [weights.shape[1]] else {
            throw LayerError("a dense layer has weights [in, out] and a bias [out], not \(weights.shape) and \(bias.shape)")
        }
        (self.weights, self.bias) = (weights, bias)
    }

    public func outputShape(for input: ActivationShape) throws -> ActivationShape {
        guard !input.isSpatial, input.channels == weights.shape[0] else {
            throw LayerError("the dense layer takes [\(weights.shape[0])], not \(input)")
        }
        return ActivationShape(channels: weights.shape[1])
    }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        let (inputs, outputs) = (input.channels, output.channels)
        let bias = panels.bias { Self.panels(self.bias, rows: 1, columns: outputs, rowStride: 0, columnStride: 1) }
        multiply(
            input, panels.forward { Self.panels(weights, rows: inputs, columns: outputs, rowStride: outputs, columnStride: 1) },
            bias: UnsafePointer(bias.base), into: output, accumulate: false)
    }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        let (inputs, outputs) = (inputGradient.channels, outputGradient.channels)
        multiply(
            outputGradient, panels.backward { Self.panels(weights, rows: outputs, columns: inputs, rowStride: 1, columnStride: outputs) },
            bias: nil, into: inputGradient, accumulate: accumulate)
    }

    private static func panels(_ matrix: Tensor, rows: Int, columns: Int, rowStride: Int, columnStride: Int) -> WeightPanels {
        WeightPanels(floats: vector_packed_count(rows, columns), channels: rows) { to in
            matrix.withUnsafeScalars { vector_pack($0.baseAddress!, rows, columns, rowStride, columnStride, to) }
        }
    }

    /// A vector is an image of one pixel; a dense layer a convolution with one element.
    private func multiply(
        _ input: ActivationView, _ weights: WeightPanels, bias: UnsafePointer<Float>?, into output: ActivationView, accumulate: Bool
    ) {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 1) { origin in
            origin[0] = 0
            var job = vector_convolution()
            (job.tap_y, job.tap_x) = (UnsafePointer(origin.baseAddress!), UnsafePointer(origin.baseAddress!))
            (job.taps, job.step_y, job.step_x) = (1, 1, 1)
            job.read(input, channels: input.channels)
            job.write(output, outputs: output.channels)
            (job.packed, job.bias, job.zeros) = (UnsafePointer(weights.base), bias, weights.zeros)
            job.accumulate = accumulate ? 1 : 0
            vector_convolve(&job)
        }
    }
}
