import CVector
import Tensors

/// `max(x, 0)`, element by element. A unit of exactly zero counts as inactive.
public struct ReLU: NetworkLayer {
    public init() {}

    public var reach: Reach { .position }

    public func outputShape(for input: ActivationShape) -> ActivationShape { input }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        vector_rectify(output.vector, input.vector, input.pixels, input.channels)
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
        func pass(_ first: Int, _ count: Int, _ gate: vector_gate) {
            let (d, g, y) = (inputGradient.images(first, count), outputGradient.images(first, count), output.images(first, count))
            vector_rectify_gradient(d.vector, g.vector, y.vector, g.pixels, g.channels, gate, accumulate ? 1 : 0)
        }
        guard rules.relu == .redirected else {
            return pass(0, output.batch, rules.relu == .guided ? VECTOR_GATE_GUIDED : VECTOR_GATE_ACTIVE)
        }
        for image in 0..<output.batch {
            let (g, y) = (outputGradient.images(image, 1), output.images(image, 1))
            // Where no active unit has a gradient, what raises inactive ones passes.
            let alive = vector_reaches_active(g.vector, y.vector, g.pixels, g.channels) != 0
            pass(image, 1, alive ? VECTOR_GATE_ACTIVE : VECTOR_GATE_RAISING)
        }
    }
}
