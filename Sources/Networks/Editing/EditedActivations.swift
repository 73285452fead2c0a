import Tensors

/// The layer that an ``ActivationEdit`` becomes: `gain * x + offset` for each channel, or another tensor's values.
struct EditedActivations: NetworkLayer {
    let gains: [Float], offsets: [Float]
    let replacement: Tensor?
    let isReplaced: [Bool]

    init(_ edit: ActivationEdit, channels: Int) {
        gains = (0..<channels).map { edit.gains[$0] ?? 1 }
        offsets = (0..<channels).map { edit.offsets[$0] ?? 0 }
        replacement = edit.replacement?.activations
        isReplaced = (0..<channels).map { channel in edit.replacement.map { $0.channels?.contains(channel) ?? true } ?? false }
    }

    /// - Precondition: gains and offsets are equally many, the channels replaced are among them.
    init(gains: [Float], offsets: [Float], replacement: Tensor? = nil, replaced: Set<Int> = []) {
        (self.gains, self.offsets, self.replacement) = (gains, offsets, replacement)
        isReplaced = gains.indices.map(replaced.contains)
    }

    var reach: Reach { .position }

    func outputShape(for input: ActivationShape) throws -> ActivationShape {
        guard input.channels == gains.count else { throw LayerError("the edit is of \(gains.count) channels, the layer has \(input.channels)") }
        if let replacement, replacement.shape.isEmpty || replacement.shape[0] == 0 || Array(replacement.shape.dropFirst()) != Array(input.tensorShape(batch: 1).dropFirst()) {
            throw LayerError("the activations \(replacement.shape) cannot replace those of a layer of \(input.tensorShape(batch: 1))")
        }
        return input
    }

    func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        let channels = gains.count
        for p in 0..<input.pixels {
            let x = input.base + p * input.pixelStride, y = output.base + p * output.pixelStride
            for c in 0..<channels { y[c] = x[c] * gains[c] + offsets[c] }
        }
        replacement?.withUnsafeScalars { values in
            let (size, part, whole) = (input.height * input.width, input.window, input.whole)
            let batch = values.count / whole.count
            for p in 0..<input.pixels {
                let row = part.rows.lowerBound + p % size / input.width, column = part.columns.lowerBound + p % input.width
                let from = ((p / size % batch * whole.height + row) * whole.width + column) * channels
                let y = output.base + p * output.pixelStride
                for c in 0..<channels where isReplaced[c] { y[c] = values[from + c] }
            }
        }
    }

    func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        for p in 0..<outputGradient.pixels {
            let g = outputGradient.base + p * outputGradient.pixelStride, to = inputGradient.base + p * inputGradient.pixelStride
            for c in 0..<gains.count {
                let passed = isReplaced[c] ? 0 : g[c] * gains[c]
                to[c] = accumulate ? to[c] + passed : passed
            }
        }
    }
}
