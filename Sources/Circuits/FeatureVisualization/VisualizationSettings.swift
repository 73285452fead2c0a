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
    /// The optimizer's step size.
    public var rate: Double
    /// How the picture follows the gradient.
    public var optimizer: Optimizer = .adam()
    /// What becomes of the rate.
    public var schedule: RateSchedule = .constant
    /// Updates after which the picture is kept as it is then: Lucid's `thresholds`.
    public var thresholds: [Int] = []

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
        for threshold in thresholds { try check((1...steps).contains(threshold), "threshold", threshold, "1 to \(steps) steps") }
        switch optimizer {
        case .adam(let beta1, let beta2, let epsilon):
            for beta in [beta1, beta2] { try check((0..<1).contains(beta), "beta", beta, "at least 0 and less than 1") }
            try check(epsilon.isFinite && epsilon > 0, "epsilon", epsilon, "more than 0")
        case .momentum(let momentum): try check((0..<1).contains(momentum), "momentum", momentum, "at least 0 and less than 1")
        }
        if case .decay(let every, let factor) = schedule {
            try check(every > 0, "schedule", "decay every \(every) steps", "every 1 or more steps")
            try check(factor.isFinite && factor > 0, "schedule", "decay by \(factor)", "by more than 0")
        }
        try parametrization.validate()
    }
}

extension ImageParametrization {
    /// - Throws: ``VisualizationError/setting(name:value:allowed:)``.
    func validate() throws(VisualizationError) {
        func check(_ holds: Bool, _ name: String, _ value: Any, _ allowed: String) throws(VisualizationError) {
            guard holds else { throw VisualizationError.setting(name: name, value: "\(value)", allowed: allowed) }
        }
        try check(deviation.isFinite && deviation >= 0, "deviation", deviation, "0 or more")
        switch basis {
        case .fourier(let decay): try check(decay.isFinite && abs(decay) <= 8, "decay", decay, "-8 to 8")
        case .pixels: break
        case .laplacianPyramid(let levels): try check((1...12).contains(levels), "levels", levels, "1 to 12 levels")
        case .cppn(let layers, let neurons):
            try check((1...64).contains(layers), "layers", layers, "1 to 64 layers")
            try check((1...512).contains(neurons), "neurons", neurons, "1 to 512 neurons")
            try check(start == nil, "parametrization", "a CPPN that starts from a picture", "another one: no network is known that paints it")
        }
        switch background {
        case .noise(let deviation)?: try check(deviation.isFinite && deviation >= 0, "background deviation", deviation, "0 or more")
        case .grey(let value)?: try check((0...1).contains(value), "background", value, "0 to 1")
        case nil: break
        }
        for level in sharedLevels {
            try check(level.divisor >= 1, "shared level", level, "at most the full resolution")
            try check((1...64).contains(level.images), "shared level", level, "for 1 to 64 images")
        }
        guard let picture = start?.picture else { return }
        try check(
            picture.rank == 3 && picture.count > 0 && (3...4).contains(picture.shape[2]), "starting picture", "of shape \(picture.shape)",
            "[height, width, 3], or 4 with opacity")
        let bounds = (picture.min(), picture.max())
        try check(
            picture.firstNonFinite == nil && bounds.0 >= -0.001 && bounds.1 <= 1.001, "starting picture",
            "one with values from \(bounds.0) to \(bounds.1)", "one with finite values from 0 to 1")
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
