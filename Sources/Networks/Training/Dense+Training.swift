import CVector
import Tensors

extension Dense: TrainableLayer {
    public var parameters: [LayerParameter] {
        [LayerParameter("weights", weights, decays: true), LayerParameter("bias", bias, decays: false)]
    }

    public func replacing(parameters: [Tensor]) throws -> Dense {
        guard parameters.map(\.shape) == [weights.shape, bias.shape] else {
            throw LayerError("a dense layer with the parameters \([weights.shape, bias.shape]) cannot take \(parameters.map(\.shape))")
        }
        return try Dense(weights: parameters[0], bias: parameters[1])
    }

    public func parameterScratchCount(for input: ActivationShape, batch: Int) -> Int {
        var job = vector_weight_gradient()
        (job.taps, job.channels, job.outputs) = (1, Int32(weights.shape[0]), Int32(weights.shape[1]))
        return max(vector_weight_gradient_scratch(&job), ActivationView.channelSumScratch(weights.shape[1]))
    }

    public func sumParameterGradients(
        _ outputGradient: ActivationView, input: ActivationView, into gradients: [UnsafeMutablePointer<Float>],
        scratch: UnsafeMutablePointer<Float>
    ) {
        outputGradient.sumBiasGradient(into: gradients[1], scratch: scratch)
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 1) { origin in
            origin[0] = 0
            var job = vector_weight_gradient()
            (job.tap_y, job.tap_x) = (UnsafePointer(origin.baseAddress!), UnsafePointer(origin.baseAddress!))
            (job.taps, job.step_y, job.step_x) = (1, 1, 1)
            job.read(input, gradient: outputGradient)
            (job.channels, job.outputs) = (Int32(input.channels), Int32(outputGradient.channels))
            (job.result, job.result_row, job.scratch) = (gradients[0], outputGradient.channels, scratch)
            vector_sum_weight_gradient(&job)
        }
    }
}
