import CVector

/// Dense 3x3 and 5x5 kernels with stride 1, which hold most of InceptionV1's arithmetic, by Winograd's F(4x4, 3x3) and F(2x2, 5x5).
///
/// The rule, as measured on InceptionV1's layers with AVX-512 and one thread: alone, with everything in the caches, 3x3 kernels take a
/// third of the direct kernels' time from 56x56 down to 14x14 positions, a half at 7x7, and still a half with 16 channels. But they read
/// four times as many weights, and between the other layers of the network those come from memory: there all 3x3 layers took 9.0 ms
/// directly, 6.0 ms with it from 28x28 on, 5.4 ms from 14x14 on, and 5.7 ms with the 7x7 layers too. The rule looks at one image, never
/// at the batch: an image's result must not depend on its neighbours.
///
/// Sums that are exactly zero come out as rounding errors of its surroundings, up to a 100,000th of the largest value. Gradients take it
/// under the standard and guided rules only: redirection asks whether gradients are exactly zero, and expanded weights are to end where receptive
/// fields do.
extension Convolution {
    private static let (leastBlocks, leastChannels) = (16, 16)

    private var isWinogradKernel: Bool {
        kernelHeight == kernelWidth && (kernelHeight == 3 || kernelHeight == 5) && stride == 1 && dilation == 1 && groups == 1
            && min(inputChannels, outputChannels) >= Self.leastChannels
    }

    private func isWinogradSize(_ shape: ActivationShape) -> Bool {
        let side = 7 - kernelHeight
        let blocks = (shape.height + side - 1) / side * ((shape.width + side - 1) / side)
        // At the border blocks compute what nobody needs: no more than half as many multiplications as the direct kernels.
        return blocks >= Self.leastBlocks && 2 * 36 * blocks <= kernelHeight * kernelWidth * shape.height * shape.width
    }

    func usesWinograd(output: ActivationShape) -> Bool { isWinogradKernel && isWinogradSize(output) }

    func gradientUsesWinograd(input: ActivationShape, rules: BackwardRules) -> Bool {
        (rules.relu == .standard || rules.relu == .guided) && isWinogradKernel && isWinogradSize(input)
    }

    func winogradScratch(for input: ActivationShape) -> Int {
        guard isWinogradKernel else { return 0 }
        // Either direction may need more: fewer channels come with more blocks at once.
        let share = max(vector_winograd_scratch(inputChannels), vector_winograd_scratch(outputChannels))
        return share * Int(vector_threads_supported())
    }

    func winogradForward(
        _ input: ActivationView, into output: ActivationView, rectified: Bool, scratch: UnsafeMutablePointer<Float>
    ) {
        let kernel = cache.winograd { [self] in
            WeightPanels(floats: vector_winograd_packed_count(inputChannels, outputChannels), channels: 0) { to in
                weights.withUnsafeScalars { w in
                    vector_winograd_pack(
                        Int32(kernelHeight), w.baseAddress!, kernelWidth * inputChannels * outputChannels, inputChannels * outputChannels,
                        outputChannels, 1, inputChannels, outputChannels, to)
                }
            }
        }
        let corner = corner(input, output)
        var job = winograd(input, into: output, top: corner.top, left: corner.left, kernel, scratch)
        job.bias = UnsafePointer(packedBias.base)
        job.rectify = rectified ? 1 : 0
        vector_convolve_winograd(&job)
    }

    /// The gradient is the convolution with the kernel turned around and its channels exchanged.
    func winogradBackward(
        _ outputGradient: ActivationView, into inputGradient: ActivationView, accumulate: Bool, scratch: UnsafeMutablePointer<Float>
    ) {
        let kernel = cache.winogradGradient { [self] in
            WeightPanels(floats: vector_winograd_packed_count(outputChannels, inputChannels), channels: 0) { to in
                let (row, column) = (kernelWidth * inputChannels * outputChannels, inputChannels * outputChannels)
                let last = (kernelHeight - 1) * row + (kernelWidth - 1) * column
                weights.withUnsafeScalars { w in
                    vector_winograd_pack(
                        Int32(kernelHeight), w.baseAddress! + last, -row, -column, 1, outputChannels, outputChannels, inputChannels, to)
                }
            }
        }
        let corner = corner(inputGradient, outputGradient)
        let last = kernelHeight - 1
        var job = winograd(outputGradient, into: inputGradient, top: last - corner.top, left: last - corner.left, kernel, scratch)
        job.accumulate = accumulate ? 1 : 0
        vector_convolve_winograd(&job)
    }

    private func winograd(
        _ input: ActivationView, into output: ActivationView, top: Int, left: Int, _ kernel: WeightPanels,
        _ scratch: UnsafeMutablePointer<Float>
    ) -> vector_winograd {
        var job = vector_winograd()
        job.source = UnsafePointer(input.base)
        (job.source_pixel, job.source_row) = (input.pixelStride, input.width * input.pixelStride)
        job.source_image = input.height * job.source_row
        (job.source_height, job.source_width, job.channels) = (Int32(input.height), Int32(input.width), Int32(input.channels))
        job.kernel = Int32(kernelHeight)
        (job.top, job.left) = (Int32(top), Int32(left))
        job.target = output.base
        (job.target_pixel, job.target_row) = (output.pixelStride, output.width * output.pixelStride)
        job.target_image = output.height * job.target_row
        (job.target_height, job.target_width, job.outputs) = (Int32(output.height), Int32(output.width), Int32(output.channels))
        job.images = Int32(input.batch)
        (job.packed, job.scratch) = (UnsafePointer(kernel.base), scratch)
        return job
    }
}
