import Networks
import Tensors

extension Attribution {
    /// Which part of the attributions a picture is made for.
    public enum Part: String, CaseIterable, Sendable {
        /// What speaks for the target and what speaks against it alike ("Curve Detectors": inhibitory evidence shows as well).
        case magnitude
        case positive
        case negative
        /// As they are: what speaks for the target is asked for, what speaks against it avoided.
        case signed
        /// The activations instead of the attributions.
        case activations
    }

    /// A picture of what is attributed, each thing at its place: feature visualization of the whole tensor.
    ///
    ///     try attribution.visualize()                                            // grey and transparent, as in "Curve Detectors"
    ///     try attribution.visualize(.positive, parametrization: .fourier())      // in colours
    ///
    /// The objective is ``Objective/tensorDirection(_:_:cosinePower:)``. Pictures are only moved a little, so that places stay where they
    /// are. One position alone: ``direction(x:y:)``.
    /// - Parameters:
    ///   - size: side of the picture; the longer side of the picture that was explained when absent.
    ///   - Others: as in `Feature.visualize`.
    /// - Throws: ``AttributionError/nothing(target:layer:)`` where there is nothing to show, and as `Feature.visualize`.
    public func visualize(
        _ part: Part = .magnitude, size: Int? = nil, steps: Int = 256, seed: UInt64 = 0, cosinePower: Float = 0,
        parametrization: ImageParametrization = .fourier().grey().transparent(), transforms: [Transform]? = nil, rate: Double? = nil,
        showProgress: Bool = true
    ) throws -> Visualization {
        guard layer != Objective.images else { throw ModelError.noPath(from: Objective.images, to: Objective.images) }
        let wanted: Tensor
        switch part {
        case .magnitude: wanted = abs(values)
        case .positive: wanted = relu(values)
        case .negative: wanted = relu(-values)
        case .signed: wanted = values
        case .activations: wanted = activations
        }
        let lengths = sqrt(wanted.squared.sum(along: [2])), longest = lengths.max()
        guard longest > 0 else { throw AttributionError.nothing(target: target, layer: layer) }
        let side = size ?? Swift.max(picture.shape[0], picture.shape[1])
        let named = part == .activations ? "activations of \(layer)" : "\(part.rawValue) attribution of \(target) to \(layer)"
        let objective: Objective
        if values.shape[0] == 1, values.shape[1] == 1 {
            objective = .direction(layer, (wanted / longest).scalars, cosinePower: cosinePower)
        } else {
            objective = .tensorDirection(layer, wanted / longest, cosinePower: cosinePower)
        }
        return try model.visualize(
            objective.described(as: named).withOpacity(of: parametrization), size: side, steps: steps, seed: seed,
            transforms: transforms ?? [.jitter(Swift.max(1, side / 56))], parametrization: parametrization, rate: rate,
            showProgress: showProgress)
    }
}
