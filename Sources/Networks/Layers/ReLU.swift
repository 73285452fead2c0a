import Tensors

/// `max(x, 0)`, element by element. A unit of exactly zero counts as inactive.
public struct ReLU: NetworkLayer {
    public init() {}

    public func outputShape(for input: ActivationShape) -> ActivationShape { input }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        let channels = input.channels
        for p in 0..<input.pixels {
            let x = input.base + p * input.pixelStride, y = output.base + p * output.pixelStride
            for c in 0..<channels { y[c] = max(x[c], 0) }
        }
    }

    public func backwardNeeds(_ rules: BackwardRules) -> BackwardNeeds { rules.relu == .identity ? [] : .output }

    /// May work in place: `inputGradient` may be the memory of `outputGradient`.
    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        guard rules.relu != .identity, let output = recorded.output else {
            if inputGradient.base != outputGradient.base || accumulate {
                inputGradient.take(outputGradient, accumulate: accumulate)
            }
            return
        }
        let perImage = outputGradient.height * outputGradient.width
        for image in 0..<outputGradient.batch {
            let pixels = image * perImage..<(image + 1) * perImage
            let redirect = rules.relu == .redirected && !Self.reachesActiveUnit(outputGradient, output, pixels)
            for p in pixels {
                let g = outputGradient.base + p * outputGradient.pixelStride
                let y = output.base + p * output.pixelStride
                let d = inputGradient.base + p * inputGradient.pixelStride
                // Loading before choosing lets the compiler vectorize.
                switch (redirect, accumulate) {
                case (false, false):
                    for c in 0..<output.channels {
                        let gradient = g[c]
                        d[c] = y[c] > 0 ? gradient : 0
                    }
                case (false, true):
                    for c in 0..<output.channels {
                        let gradient = g[c]
                        d[c] += y[c] > 0 ? gradient : 0
                    }
                // An active unit's gradient is zero here, or it would not be redirected.
                case (true, false): for c in 0..<output.channels { d[c] = max(g[c], 0) }
                case (true, true): for c in 0..<output.channels { d[c] += max(g[c], 0) }
                }
            }
        }
    }

    private static func reachesActiveUnit(_ gradient: ActivationView, _ output: ActivationView, _ pixels: Range<Int>) -> Bool {
        for p in pixels {
            let g = gradient.base + p * gradient.pixelStride, y = output.base + p * output.pixelStride
            for c in 0..<output.channels where y[c] > 0 && g[c] != 0 { return true }
        }
        return false
    }
}
