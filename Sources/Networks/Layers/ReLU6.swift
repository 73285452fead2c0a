import Tensors

/// `min(max(x, 0), 6)`, element by element (MobileNet).
public struct ReLU6: NetworkLayer {
    public init() {}

    public var reach: Reach { .position }

    public func outputShape(for input: ActivationShape) -> ActivationShape { input }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        for pixel in 0..<input.pixels {
            let x = input.base + pixel * input.pixelStride, y = output.base + pixel * output.pixelStride
            for c in 0..<input.channels { y[c] = min(max(x[c], 0), 6) }
        }
    }

    public func backwardNeeds(_ rules: BackwardRules) -> BackwardNeeds { rules.relu == .identity ? [] : .output }

    /// Redirected, the gradient passes where it would bring a unit back: up from 0, or down from 6.
    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        guard rules.relu != .identity, let output = recorded.output else { return inputGradient.take(outputGradient, accumulate: accumulate) }
        for image in 0..<output.batch {
            let (dx, dy, y) = (inputGradient.images(image, 1), outputGradient.images(image, 1), output.images(image, 1))
            var redirects = rules.relu == .redirected
            if redirects { pass(dx, dy, y, accumulate) { gradient, y in
                if y > 0, y < 6, gradient != 0 { redirects = false }
                return nil
            } }
            pass(dx, dy, y, accumulate) { gradient, y in
                let isActive = y > 0 && y < 6 && (rules.relu != .guided || gradient > 0)
                return isActive || redirects && (y <= 0 ? gradient > 0 : gradient < 0) ? gradient : 0
            }
        }
    }

    /// Writes, or adds, what `rule` makes of each gradient and the unit's activation; nothing where that is nil.
    @inline(__always)
    private func pass(
        _ dx: ActivationView, _ dy: ActivationView, _ y: ActivationView, _ accumulate: Bool, _ rule: (Float, Float) -> Float?
    ) {
        for pixel in 0..<y.pixels {
            let (to, from, value) = (dx.base + pixel * dx.pixelStride, dy.base + pixel * dy.pixelStride, y.base + pixel * y.pixelStride)
            for c in 0..<y.channels {
                guard let gradient = rule(from[c], value[c]) else { continue }
                to[c] = accumulate ? to[c] + gradient : gradient
            }
        }
    }
}
