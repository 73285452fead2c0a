import CVector
import Tensors

extension Convolution: TrainableLayer {
    public var parameters: [LayerParameter] {
        [LayerParameter("weights", weights, decays: true), LayerParameter("bias", bias, decays: false)]
    }

    public func replacing(parameters: [Tensor]) throws -> Convolution {
        guard parameters.map(\.shape) == [weights.shape, bias.shape] else {
            throw LayerError("a convolution with the parameters \([weights.shape, bias.shape]) cannot take \(parameters.map(\.shape))")
        }
        return try replacing(weights: parameters[0], bias: parameters[1])
    }

    /// As in the forward pass, a row of the kernel is contiguous in a padded copy of an input with few channels: there are more sums at a
    /// time.
    private func joinedRows(_ input: ActivationShape) -> (height: Int, width: Int)? {
        guard kernelWidth > 1, inputsOfGroup < 16, dilation == 1, groups == 1,
            let rows = padding.sliding(.rows, size: input.height, kernel: kernelHeight, stride: stride),
            let columns = padding.sliding(.columns, size: input.width, kernel: kernelWidth, stride: stride)
        else { return nil }
        return ((rows.output - 1) * stride + kernelHeight, (columns.output - 1) * stride + kernelWidth)
    }

    public func parameterScratchCount(for input: ActivationShape, batch: Int) -> Int {
        var job = vector_weight_gradient()
        job.taps = Int32(kernelHeight * kernelWidth)
        (job.channels, job.outputs) = (Int32(inputsOfGroup), Int32(outputsOfGroup))
        let padded = joinedRows(input).map { batch * $0.height * $0.width * inputChannels } ?? 0
        return max(vector_weight_gradient_scratch(&job) + padded, ActivationView.channelSumScratch(outputChannels))
    }

    public func sumParameterGradients(
        _ outputGradient: ActivationView, input: ActivationView, into gradients: [UnsafeMutablePointer<Float>],
        scratch: UnsafeMutablePointer<Float>
    ) {
        outputGradient.sumBiasGradient(into: gradients[1], scratch: scratch)
        let corner = corner(input, outputGradient)
        if let size = joinedRows(input.shape) {
            let padded = ActivationView(
                base: scratch, batch: input.batch, shape: ActivationShape(height: size.height, width: size.width, channels: inputChannels),
                pixelStride: inputChannels)
            vector_pad(
                padded.base, input.base, input.batch, input.height, input.width, input.channels, input.pixelStride, size.height,
                size.width, corner.top, corner.left)
            let rest = scratch + padded.pixels * inputChannels
            sumWeightGradient(
                outputGradient, padded, into: gradients[0], taps: kernelHeight, joined: kernelWidth, scratch: rest
            ) { ($0, 0) }
        } else {
            sumWeightGradient(
                outputGradient, input, into: gradients[0], taps: kernelHeight * kernelWidth, joined: 1, scratch: scratch
            ) { ($0 / kernelWidth * dilation - corner.top, $0 % kernelWidth * dilation - corner.left) }
        }
    }

    private func sumWeightGradient(
        _ outputGradient: ActivationView, _ input: ActivationView, into gradient: UnsafeMutablePointer<Float>, taps: Int, joined: Int,
        scratch: UnsafeMutablePointer<Float>, _ offset: (Int) -> (Int, Int)
    ) {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * taps) { offsets in
            for tap in 0..<taps {
                let (y, x) = offset(tap)
                (offsets[tap], offsets[taps + tap]) = (Int32(y), Int32(x))
            }
            var job = vector_weight_gradient()
            job.tap_y = UnsafePointer(offsets.baseAddress!)
            job.tap_x = job.tap_y + taps
            (job.taps, job.step_y, job.step_x) = (Int32(taps), Int32(stride), Int32(stride))
            job.read(input, gradient: outputGradient)
            job.channels = Int32(inputsOfGroup * joined)
            job.source_width -= Int32(joined - 1)
            job.outputs = Int32(outputsOfGroup)
            job.result_row = outputChannels
            job.scratch = scratch
            for group in 0..<groups {
                job.source = UnsafePointer(input.base) + group * inputsOfGroup
                job.gradient = UnsafePointer(outputGradient.base) + group * outputsOfGroup
                job.result = gradient + group * outputsOfGroup
                vector_sum_weight_gradient(&job)
            }
        }
    }
}


extension vector_weight_gradient {
    /// Where the pixels are: `view` and `gradient` of a whole batch.
    mutating func read(_ view: ActivationView, gradient other: ActivationView) {
        source = UnsafePointer(view.base)
        source_pixel = view.pixelStride
        source_row = view.width * view.pixelStride
        source_image = view.height * source_row
        (source_height, source_width) = (Int32(view.height), Int32(view.width))
        gradient = UnsafePointer(other.base)
        gradient_pixel = other.pixelStride
        gradient_row = other.width * other.pixelStride
        gradient_image = other.height * gradient_row
        (target_height, target_width, images) = (Int32(other.height), Int32(other.width), Int32(other.batch))
    }
}
