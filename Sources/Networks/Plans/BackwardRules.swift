/// How gradients pass the layers that are not linear.
///
/// Gradients are those of an objective to be **maximised**.
public struct BackwardRules: Hashable, Sendable {
    public enum ReLURule: Hashable, Sendable {
        /// No gradient passes where the unit was inactive.
        case standard
        /// Lucid's redirection, decided for every image and every ReLU: where the standard gradient is zero everywhere, the
        /// gradient that would raise inactive units passes. It lets an optimisation start from a dead unit.
        case redirected
        /// As if there were no ReLU.
        case identity
    }

    public enum MaxPoolRule: Hashable, Sendable {
        /// To the (first) largest element of each window.
        case standard
        /// As if it were an average pooling.
        case average
    }

    public enum NormalizationRule: Hashable, Sendable {
        /// The exact derivative.
        case standard
        /// A fixed gain of `bias ^ -beta`, the derivative at zero (0.707 in InceptionV1).
        case fixedGain
    }

    public var relu: ReLURule
    public var maxPool: MaxPoolRule
    public var normalization: NormalizationRule

    public init(relu: ReLURule = .standard, maxPool: MaxPoolRule = .standard, normalization: NormalizationRule = .standard) {
        (self.relu, self.maxPool, self.normalization) = (relu, maxPool, normalization)
    }

    /// The derivative.
    public static let standard = BackwardRules()
    /// Lucid's `redirected_relu_grad`; it uses these rules for the first steps of an optimisation and then the standard ones.
    public static let redirectedReLU = BackwardRules(relu: .redirected)
    /// The network with everything but its weights made linear, for expanded weights: gradients do not depend on the image.
    public static let linearized = BackwardRules(relu: .identity, maxPool: .average, normalization: .fixedGain)
}
