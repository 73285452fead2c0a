/// Some channels of the input, in a given order: where handwritten units take the place of others.
struct ChosenChannels: NetworkLayer {
    /// For each output channel the input channel that it copies.
    private let sources: [Int]
    private let inputs: Int

    /// - Precondition: `sources` lie in `0..<inputs`.
    init(_ sources: [Int], of inputs: Int) { (self.sources, self.inputs) = (sources, inputs) }

    var reach: Reach { .position }

    func outputShape(for input: ActivationShape) throws -> ActivationShape {
        guard input.channels == inputs else { throw LayerError("the choice is among \(inputs) channels, the input has \(input.channels)") }
        var shape = input
        shape.channels = sources.count
        return shape
    }

    func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        for p in 0..<input.pixels {
            let x = input.base + p * input.pixelStride, y = output.base + p * output.pixelStride
            for (c, source) in sources.enumerated() { y[c] = x[source] }
        }
    }

    func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        for p in 0..<outputGradient.pixels {
            let g = outputGradient.base + p * outputGradient.pixelStride, to = inputGradient.base + p * inputGradient.pixelStride
            if !accumulate { for c in 0..<inputs { to[c] = 0 } }
            for (c, source) in sources.enumerated() { to[source] += g[c] }
        }
    }
}
