import CVector

/// The gradient with respect to the input is itself a convolution of the output's gradient, with the kernel transposed.
///
/// A stride cuts the input's pixels into phases, `stride * stride` of them: the pixels of one phase are reached by the same elements of the
/// kernel, so each phase is a dense convolution of its own. Nothing is scattered, so rows of the result can be computed on
/// different threads. With few input channels (conv2d0's 3) a phase would leave most of a vector empty: there all phases are computed
/// together as the channels of one pixel of the coarse grid, and dealt out afterwards.
extension Convolution {
    private var joinsPhases: Bool { stride > 1 && inputsOfGroup < 16 && groups == 1 }

    /// One coarse pixel for every `stride` times `stride` pixels.
    private func coarse(_ input: ActivationShape) -> (height: Int, width: Int) {
        ((input.height + stride - 1) / stride, (input.width + stride - 1) / stride)
    }

    /// Floats of a coarse pixel: whole vectors.
    private var coarseStride: Int { (stride * stride * inputChannels + 15) / 16 * 16 }

    private func joinedImages(_ input: ActivationShape, batch: Int) -> Int {
        let size = coarse(input)
        return max(1, min(batch, (1 << 20) / max(1, size.height * size.width * coarseStride)))
    }

    func backwardScratch(for input: ActivationShape, batch: Int) -> Int {
        guard joinsPhases else { return 0 }
        let size = coarse(input)
        return joinedImages(input, batch: batch) * size.height * size.width * coarseStride
    }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        guard inputGradient.batch > 0 else { return }
        let corner = corner(inputGradient, outputGradient)
        if isDepthwise {
            depthwiseBackward(outputGradient, into: inputGradient, accumulate: accumulate)
        } else if gradientUsesWinograd(input: inputGradient.shape, rules: rules) {
            winogradBackward(outputGradient, into: inputGradient, accumulate: accumulate, scratch: scratch)
        } else if joinsPhases {
            let step = joinedImages(inputGradient.shape, batch: inputGradient.batch)
            for first in Swift.stride(from: 0, to: inputGradient.batch, by: step) {
                let count = min(step, inputGradient.batch - first)
                allPhases(
                    outputGradient.images(first, count), into: inputGradient.images(first, count), corner, accumulate: accumulate,
                    scratch: scratch)
            }
        } else {
            // A phase that no element of the kernel reaches has gradient zero.
            var accumulate = accumulate
            if !accumulate, (0..<stride * stride).contains(where: { Phase(self, $0, corner).isEmpty }) {
                inputGradient.clear()
                accumulate = true
            }
            for phase in 0..<stride * stride { Phase(self, phase, corner).run(outputGradient, inputGradient, accumulate: accumulate) }
        }
    }

    // MARK: All phases as channels

    /// Kernel rows (or columns) by coarse offset: offset `t` of phase `p` is the kernel element `(p + rest - t * stride) / dilation`.
    private func coarseOffsets(_ kernel: Int, rest: Int) -> Range<Int> {
        // The largest numerator is stride - 1 + rest, the smallest rest - (kernel - 1) * dilation.
        let low = floorDivision(rest - (kernel - 1) * dilation, stride), high = floorDivision(stride - 1 + rest, stride)
        return low..<high + 1
    }

    private func allPhases(
        _ outputGradient: ActivationView, into inputGradient: ActivationView, _ corner: (top: Int, left: Int), accumulate: Bool,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let whole = (y: floorDivision(corner.top, stride), x: floorDivision(corner.left, stride))
        let rest = (y: corner.top - whole.y * stride, x: corner.left - whole.x * stride)
        let rows = coarseOffsets(kernelHeight, rest: rest.y), columns = coarseOffsets(kernelWidth, rest: rest.x)
        let taps = rows.count * columns.count, outputs = stride * stride * inputChannels
        let kept = cache.backward[rest.y * stride + rest.x]
        let weights = kept { [self] in
            // [offset y, offset x, out][phase y, phase x, in]
            var matrix = [Float](repeating: 0, count: taps * outputChannels * outputs)
            self.weights.withUnsafeScalars { w in
                for (tap, (ty, tx)) in rows.flatMap({ y in columns.map { (y, $0) } }).enumerated() {
                    for phase in 0..<stride * stride {
                        guard let ky = element(phase / stride + rest.y - ty * stride, of: kernelHeight),
                            let kx = element(phase % stride + rest.x - tx * stride, of: kernelWidth)
                        else { continue }
                        for input in 0..<inputChannels {
                            let from = ((ky * kernelWidth + kx) * inputChannels + input) * outputChannels
                            for output in 0..<outputChannels {
                                matrix[(tap * outputChannels + output) * outputs + phase * inputChannels + input] = w[from + output]
                            }
                        }
                    }
                }
            }
            return WeightPanels(floats: vector_packed_count(taps * outputChannels, outputs), channels: outputChannels) {
                vector_pack(matrix, taps * outputChannels, outputs, outputs, 1, $0)
            }
        }
        let size = coarse(inputGradient.shape)
        let target = ActivationView(
            base: scratch, batch: inputGradient.batch, shape: .init(height: size.height, width: size.width, channels: coarseStride),
            pixelStride: coarseStride)
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * taps) { offsets in
            for tap in 0..<taps {
                offsets[tap] = Int32(rows.lowerBound + tap / columns.count + whole.y)
                offsets[taps + tap] = Int32(columns.lowerBound + tap % columns.count + whole.x)
            }
            var job = vector_convolution()
            job.tap_y = UnsafePointer(offsets.baseAddress!)
            job.tap_x = job.tap_y + taps
            (job.taps, job.step_y, job.step_x) = (Int32(taps), 1, 1)
            job.read(outputGradient, channels: outputChannels)
            job.write(target, outputs: coarseStride)
            (job.packed, job.zeros) = (UnsafePointer(weights.base), weights.zeros)
            vector_convolve(&job)
        }
        vector_deal_phases(
            inputGradient.base, scratch, inputGradient.batch, inputGradient.height, inputGradient.width, inputChannels,
            inputGradient.pixelStride, stride, coarseStride, accumulate ? 1 : 0)
    }

    /// The element of a kernel at a distance, if there is one.
    fileprivate func element(_ distance: Int, of kernel: Int) -> Int? {
        distance >= 0 && distance % dilation == 0 && distance / dilation < kernel ? distance / dilation : nil
    }

    // MARK: One phase

    /// The input pixels `(y * stride + phase.y, x * stride + phase.x)`.
    private struct Phase {
        let layer: Convolution
        let phase: (y: Int, x: Int)
        let corner: (top: Int, left: Int)
        /// Elements of the kernel that reach the phase, by row and by column.
        let rows, columns: Elements

        init(_ layer: Convolution, _ number: Int, _ corner: (top: Int, left: Int)) {
            let phase = (y: number / layer.stride, x: number % layer.stride)
            (self.layer, self.phase, self.corner) = (layer, phase, corner)
            rows = Elements(of: layer.kernelHeight, place: phase.y + corner.top, layer)
            columns = Elements(of: layer.kernelWidth, place: phase.x + corner.left, layer)
        }

        var isEmpty: Bool { rows.count == 0 || columns.count == 0 }

        func run(_ outputGradient: ActivationView, _ inputGradient: ActivationView, accumulate: Bool) {
            let stride = layer.stride, taps = rows.count * columns.count
            let height = (inputGradient.height - phase.y + stride - 1) / stride,
                width = (inputGradient.width - phase.x + stride - 1) / stride
            guard taps > 0, height > 0, width > 0 else { return }
            let weights = packed(taps)
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * taps) { offsets in
                for tap in 0..<taps {
                    let (row, column) = (rows[tap / columns.count], columns[tap % columns.count])
                    offsets[tap] = Int32((phase.y + corner.top - row * layer.dilation) / stride)
                    offsets[taps + tap] = Int32((phase.x + corner.left - column * layer.dilation) / stride)
                }
                var job = vector_convolution()
                job.tap_y = UnsafePointer(offsets.baseAddress!)
                job.tap_x = job.tap_y + taps
                (job.taps, job.step_y, job.step_x) = (Int32(taps), 1, 1)
                job.read(outputGradient, channels: layer.outputsOfGroup)
                job.write(inputGradient, outputs: layer.inputsOfGroup)
                job.target += phase.y * job.target_row + phase.x * job.target_pixel
                job.target_row *= stride
                job.target_pixel *= stride
                (job.target_height, job.target_width) = (Int32(height), Int32(width))
                job.accumulate = accumulate ? 1 : 0
                job.zeros = weights.zeros
                let panels = vector_packed_count(taps * layer.outputsOfGroup, layer.inputsOfGroup)
                let (source, target) = (job.source!, job.target!)
                for group in 0..<layer.groups {
                    job.source = source + group * layer.outputsOfGroup
                    job.target = target + group * layer.inputsOfGroup
                    job.packed = UnsafePointer(weights.base) + group * panels
                    vector_convolve(&job)
                }
            }
        }

        /// `[element, out][in]` for every group.
        private func packed(_ taps: Int) -> WeightPanels {
            let layer = layer, stride = layer.stride
            let place = (y: phase.y + corner.top, x: phase.x + corner.left)
            let kind = (place.y - floorDivision(place.y, stride) * stride) * stride + place.x - floorDivision(place.x, stride) * stride
            let kept = layer.cache.backward[kind]
            return kept {
                let (inputs, outputs) = (layer.inputsOfGroup, layer.outputsOfGroup)
                let part = vector_packed_count(taps * outputs, inputs)
                var matrix = [Float](repeating: 0, count: taps * outputs * inputs)
                return WeightPanels(floats: part * layer.groups, channels: outputs) { to in
                    layer.weights.withUnsafeScalars { w in
                        for group in 0..<layer.groups {
                            for tap in 0..<taps {
                                let (row, column) = (rows[tap / columns.count], columns[tap % columns.count])
                                for input in 0..<inputs {
                                    let from =
                                        ((row * layer.kernelWidth + column) * inputs + input) * layer.outputChannels + group * outputs
                                    for output in 0..<outputs { matrix[(tap * outputs + output) * inputs + input] = w[from + output] }
                                }
                            }
                            vector_pack(matrix, taps * outputs, inputs, inputs, 1, to + group * part)
                        }
                    }
                }
            }
        }
    }
}

/// The elements of a kernel's row or column that reach one phase: those at distances from `place` that the stride divides.
private struct Elements {
    private let first, step: Int
    let count: Int

    init(of kernel: Int, place: Int, _ layer: Convolution) {
        let (stride, dilation) = (layer.stride, layer.dilation)
        // Multiples of the dilation repeat modulo the stride after stride / gcd steps.
        var (a, b) = (stride, dilation)
        while b != 0 { (a, b) = (b, a % b) }
        let step = stride / a
        let first = (0..<min(step, kernel)).first { (place - $0 * dilation) % stride == 0 }
        (self.first, self.step) = (first ?? 0, step)
        count = first.map { (kernel - $0 + step - 1) / step } ?? 0
    }

    subscript(index: Int) -> Int { first + index * step }
}

private func floorDivision(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((-a + b - 1) / b) }
