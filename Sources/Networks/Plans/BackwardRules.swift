/// How gradients pass the layers that are not linear.
///
/// Gradients are those of an objective to be **maximised**: positive at a unit means that raising the unit raises the objective. The
/// rules that look at signs, redirected and guided, mean these; whoever minimises a loss negates it first.
///
///     try model.gradient(of: image, at: ["softmax2_pre_activation"], rules: .guidedReLU) { … }
///     BackwardRules(relu: .guided, maxPool: .average)
///     BackwardRules.ReLURule(rawValue: "guided")          // by its name in words, from a menu for example
public struct BackwardRules: Hashable, Sendable {
    public enum ReLURule: String, CaseIterable, Sendable {
        /// No gradient passes where the unit was inactive.
        case standard
        /// Lucid's redirection, decided for every image and every ReLU: where the standard gradient is zero everywhere, the
        /// gradient that would raise inactive units passes. It lets an optimisation start from a dead unit.
        case redirected
        /// Guided backpropagation: a gradient passes only where the unit was active and the gradient is positive, that is, where raising the
        /// unit raises the objective (Springenberg, Dosovitskiy, Brox and Riedmiller, "Striving for Simplicity", 2014). The pictures are
        /// sharper than gradients and depend little on the weights of later layers (Adebayo et al., "Sanity Checks for Saliency
        /// Maps", 2018), so what they show is more of the image than of the objective.
        case guided
        /// As if there were no ReLU.
        case identity
    }

    public enum MaxPoolRule: String, CaseIterable, Sendable {
        /// To the (first) largest element of each window.
        case standard
        /// As if it were an average pooling.
        case average
    }

    public enum NormalizationRule: String, CaseIterable, Sendable {
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
    /// Guided backpropagation: ``ReLURule/guided``, as PyTorch's captum does it.
    public static let guidedReLU = BackwardRules(relu: .guided)
    /// ReLUs pass every gradient; poolings and normalizations keep their derivatives.
    public static let linearReLU = BackwardRules(relu: .identity)
    /// A max-pool passes gradients as an average pooling does: no grid of lucky pixels in attributions.
    public static let averageMaxPool = BackwardRules(maxPool: .average)
    /// The network with everything but its weights made linear, for expanded weights: gradients do not depend on the image.
    public static let linearized = BackwardRules(relu: .identity, maxPool: .average, normalization: .fixedGain)
}
