import Foundation
import Networks
import Tensors

/// How much of a number is said to be due to each activation.
public enum AttributionMethod: Sendable {
    /// Activation times gradient: what the number would lose if it were linear and the activation 0. Captum's `InputXGradient` and
    /// `LayerGradientXActivation`, the attribution of "The Building Blocks of Interpretability".
    case activationTimesGradient(rules: BackwardRules = .standard)
    /// Integrated gradients (Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks", 2017): activation times the mean
    /// gradient on the way from a baseline. What is attributed adds up to the number minus its value at the baseline; what is missing
    /// is ``Attribution/completenessDelta``.
    case integratedGradients(steps: Int = 50, rule: IntegrationRule = .gaussLegendre, baseline: AttributionBaseline = .zero)
    /// Activation times expanded weight: gradients of the network with everything but its weights made linear. From one layer to the next
    /// one before its ReLU it is exact but for the bias ("Curve Detectors", "Visualizing Weights").
    case expandedWeights
}

/// Where integrated gradients come from.
public enum AttributionBaseline: Sendable {
    /// Activations of zero; for attributions to the picture, black. Captum's default for inputs.
    case zero
    /// The layer's activations in another picture of the same size, `[height, width, 3]`: Captum's `LayerIntegratedGradients`.
    case picture(Tensor)
}

/// Where on the way gradients are taken and how much each counts: Captum's five methods, by its names.
public enum IntegrationRule: String, CaseIterable, Sendable {
    /// Gauss–Legendre quadrature, Captum's default.
    case gaussLegendre = "gausslegendre"
    case riemannLeft = "riemann_left"
    case riemannRight = "riemann_right"
    case riemannMiddle = "riemann_middle"
    /// As Captum has it: `n` places from 0 to 1 whose weights add up to `(n - 1) / n`, so that it is low by a share of `1 / n`.
    case riemannTrapezoid = "riemann_trapezoid"

    /// Places in `0...1` and their weights.
    /// - Precondition: at least one step, two for Riemann sums.
    func points(_ steps: Int) -> [(place: Double, weight: Double)] {
        let n = Double(steps), each = 1 / n
        switch self {
        case .gaussLegendre: return Self.gaussLegendre(steps)
        case .riemannLeft: return (0..<steps).map { (Double($0) * each, each) }
        case .riemannRight: return (0..<steps).map { (Double($0 + 1) * each, each) }
        case .riemannMiddle: return (0..<steps).map { ((Double($0) + 0.5) * each, each) }
        case .riemannTrapezoid:
            return (0..<steps).map { (Double($0) / Double(steps - 1), $0 == 0 || $0 == steps - 1 ? each / 2 : each) }
        }
    }

    /// The roots of the Legendre polynomial by Newton's method, from `-1...1` to `0...1`.
    private static func gaussLegendre(_ steps: Int) -> [(place: Double, weight: Double)] {
        (0..<steps).map { index in
            var x = -cos(.pi * (Double(index) + 0.75) / (Double(steps) + 0.5))
            var slope = 1.0
            for _ in 0..<64 {
                var (before, value) = (1.0, x)
                for k in stride(from: 2.0, through: Double(steps), by: 1) {
                    (before, value) = (value, ((2 * k - 1) * x * value - (k - 1) * before) / k)
                }
                slope = Double(steps) * (x * value - before) / (x * x - 1)
                let step = value / slope
                x -= step
                if abs(step) < 1e-15 { break }
            }
            return (0.5 * (1 + x), 1 / ((1 - x * x) * slope * slope))
        }
    }
}
