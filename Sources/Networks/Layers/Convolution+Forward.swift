import CVector

extension Convolution {
    /// Few channels make short rows, over which the kernels lose time: then one row of the kernel, which is contiguous in NHWC, is
    /// read at once, from a copy of the input with its padding. It pays below a vector's width (conv2d0 has 3 channels).
    private var joinsRows: Bool { kernelWidth > 1 && inputsOfGroup < 16 && dilation == 1 && groups == 1 }

    /// Rows and columns of the input with its padding, as far as windows reach. Of a part of a map it may be a little more than needed.
    private func paddedSize(_ input: ActivationShape) -> (height: Int, width: Int)? {
        guard let rows = padding.sliding(.rows, size: input.height, kernel: kernelHeight, stride: stride),
            let columns = padding.sliding(.columns, size: input.width, kernel: kernelWidth, stride: stride)
        else { return nil }
        return ((rows.output - 1) * stride + kernelHeight, (columns.output - 1) * stride + kernelWidth)
    }

    /// Images that are padded together: about four megabytes.
    private func paddedImages(_ size: (height: Int, width: Int), batch: Int) -> Int {
        max(1, min(batch, (1 << 20) / max(1, size.height * size.width * inputChannels)))
    }

    func forwardScratch(for input: ActivationShape, batch: Int) -> Int {
        guard joinsRows, let size = paddedSize(input) else { return 0 }
        return paddedImages(size, batch: batch) * size.height * size.width * inputChannels
    }

    private var packedForward: WeightPanels {
        cache.forward { [self] in
            let rows = kernelHeight * kernelWidth * inputsOfGroup, part = vector_packed_count(rows, outputsOfGroup)
            return WeightPanels(floats: part * groups, channels: max(inputsOfGroup, kernelWidth * inputsOfGroup)) { to in
                weights.withUnsafeScalars { w in
                    for group in 0..<groups {
                        vector_pack(w.baseAddress! + group * outputsOfGroup, rows, outputsOfGroup, outputChannels, 1, to + group * part)
                    }
                }
            }
        }
    }

    /// The bias of each group from a whole panel on.
    var packedBias: WeightPanels {
        cache.bias { [self] in
            let part = vector_packed_count(1, outputsOfGroup)
            return WeightPanels(floats: part * groups, channels: 0) { to in
                bias.withUnsafeScalars { b in
                    for group in 0..<groups {
                        vector_pack(b.baseAddress! + group * outputsOfGroup, 1, outputsOfGroup, 0, 1, to + group * part)
                    }
                }
            }
        }
    }

    /// The convolution, followed by a ReLU when `rectified`.
    func forward(_ input: ActivationView, into output: ActivationView, rectified: Bool, scratch: UnsafeMutablePointer<Float>) {
        guard input.batch > 0 else { return }
        let corner = corner(input, output)
        if isDepthwise { return depthwiseForward(input, into: output, rectified: rectified) }
        if usesWinograd(output: output.shape) { return winogradForward(input, into: output, rectified: rectified, scratch: scratch) }
        guard joinsRows, corner.top >= 0, corner.left >= 0, let size = paddedSize(input.shape) else {
            return convolve(
                input, into: output, taps: kernelHeight * kernelWidth, rectified: rectified
            ) { tap in (tap / kernelWidth * dilation - corner.top, tap % kernelWidth * dilation - corner.left) }
        }
        let step = paddedImages(size, batch: input.batch)
        let padded = ActivationShape(height: size.height, width: size.width, channels: inputChannels)
        for first in Swift.stride(from: 0, to: input.batch, by: step) {
            let part = input.images(first, min(step, input.batch - first))
            vector_pad(
                scratch, part.base, part.batch, part.height, part.width, part.channels, part.pixelStride, padded.height, padded.width,
                corner.top, corner.left)
            // A row of the kernel is one long tap of a narrower image.
            let rows = ActivationView(base: scratch, batch: part.batch, shape: padded, pixelStride: inputChannels)
            convolve(
                rows, into: output.images(first, part.batch), taps: kernelHeight, joined: kernelWidth, rectified: rectified
            ) { tap in (tap, 0) }
        }
    }

    private func convolve(
        _ input: ActivationView, into output: ActivationView, taps: Int, joined: Int = 1, rectified: Bool, _ offset: (Int) -> (Int, Int)
    ) {
        let weights = packedForward, bias = packedBias
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * taps) { offsets in
            for tap in 0..<taps {
                let (y, x) = offset(tap)
                (offsets[tap], offsets[taps + tap]) = (Int32(y), Int32(x))
            }
            var job = vector_convolution()
            job.tap_y = UnsafePointer(offsets.baseAddress!)
            job.tap_x = job.tap_y + taps
            job.taps = Int32(taps)
            (job.step_y, job.step_x) = (Int32(stride), Int32(stride))
            job.read(input, channels: inputsOfGroup * joined)
            job.source_width -= Int32(joined - 1)
            job.write(output, outputs: outputsOfGroup)
            job.rectify = rectified ? 1 : 0
            job.zeros = weights.zeros
            let panels = vector_packed_count(taps * joined * inputsOfGroup, outputsOfGroup), biases = vector_packed_count(1, outputsOfGroup)
            for group in 0..<groups {
                job.source = UnsafePointer(input.base) + group * inputsOfGroup
                job.target = output.base + group * outputsOfGroup
                job.packed = UnsafePointer(weights.base) + group * panels
                job.bias = UnsafePointer(bias.base) + group * biases
                vector_convolve(&job)
            }
        }
    }
}

extension vector_convolution {
    /// Where the inputs are: `channels` of each pixel of `view`.
    mutating func read(_ view: ActivationView, channels count: Int) {
        source = UnsafePointer(view.base)
        source_pixel = view.pixelStride
        source_row = view.width * view.pixelStride
        source_image = view.height * source_row
        (source_height, source_width, channels) = (Int32(view.height), Int32(view.width), Int32(count))
    }

    /// Where the outputs go: to every pixel of `view`.
    mutating func write(_ view: ActivationView, outputs count: Int) {
        target = view.base
        target_pixel = view.pixelStride
        target_row = view.width * view.pixelStride
        target_image = view.height * target_row
        (target_height, target_width, outputs) = (Int32(view.height), Int32(view.width), Int32(count))
        images = Int32(view.batch)
    }
}
