import Networks
import Tensors

/// Everything that decides what a visualization of a feature looks like; equal settings give equal pictures.
public struct VisualizationSettings: Hashable, Sendable {
    /// Where a feature is asked for.
    public enum Target: Hashable, Sendable {
        /// The mean over all positions: textures that fill the picture (Lucid's `channel` and `direction`).
        case channel
        /// One position, the middle one unless the feature has its own: one instance (Lucid's `neuron` and `direction_neuron`).
        case neuron
    }

    /// Side of the picture in pixels.
    public var size: Int
    /// Updates of the picture.
    public var steps: Int
    /// How many pictures that should differ from each other; 1 for the best one alone.
    public var diversity: Int
    /// How much difference counts, as a share of the objective: see ``Objective/unlike(_:in:images:weight:)``.
    public var diversityWeight: Float
    /// Decides the starting noise and the random transforms.
    public var seed: UInt64
    /// Whether the feature is minimized: what inhibits it. It is then asked for before the ReLU, where there is something to lower.
    public var negative: Bool
    /// Everywhere or at one position.
    public var target: Target
    /// The power of the cosine between activations and a direction; 0 asks for large activations, more for ones that point the same way.
    public var cosinePower: Float
    /// What the optimizer moves.
    public var parametrization: ImageParametrization
    /// What happens to the picture before the network sees it.
    public var transforms: [Transform]
    /// Adam's step size.
    public var rate: Double

    static let largestSize = 2048

    /// - Throws: ``VisualizationError/setting(name:value:allowed:)``.
    func validate() throws(VisualizationError) {
        func check(_ holds: Bool, _ name: String, _ value: Any, _ allowed: String) throws(VisualizationError) {
            guard holds else { throw VisualizationError.setting(name: name, value: "\(value)", allowed: allowed) }
        }
        try check((1...Self.largestSize).contains(size), "size", size, "1 to \(Self.largestSize) pixels")
        try check((1...1_000_000).contains(steps), "steps", steps, "1 to 1000000")
        try check((1...64).contains(diversity), "diversity", diversity, "1 to 64 pictures")
        try check(diversityWeight.isFinite, "diversityWeight", diversityWeight, "a finite number")
        try check(cosinePower.isFinite && cosinePower >= 0, "cosinePower", cosinePower, "0 or more")
        try check(rate.isFinite && rate > 0, "rate", rate, "more than 0")
        try check(
            parametrization.deviation.isFinite && parametrization.deviation >= 0, "deviation", parametrization.deviation, "0 or more")
    }
}

extension Transform {
    /// ``standard`` for networks with inputs like InceptionV1's (224 px), and for smaller ones the same list with borders and jitters
    /// shortened in proportion: 24 px of movement are a tenth of what InceptionV1 sees, but would be a third of a 64-pixel network's view.
    public static func standard(inputSize: Int) -> [Transform] {
        let scale = Swift.min(1, Double(inputSize) / 224)
        func pixels(_ count: Int) -> Int { Swift.max(1, Int((Double(count) * scale).rounded())) }
        return standard.map { transform in
            switch transform {
            case .pad(let count, let border): return .pad(pixels(count), border)
            case .jitter(let count): return .jitter(pixels(count))
            default: return transform
            }
        }
    }
}
