/// A visualization that could not be made.
public enum VisualizationError: Error, Equatable, CustomStringConvertible, Sendable {
    /// A setting that has no meaning.
    case setting(name: String, value: String, allowed: String)
    /// The objective became NaN or infinite.
    case diverged(step: Int, objective: String)
    /// The update of a step made the picture NaN or infinite, though the objective was a number.
    case pictureDiverged(step: Int, objective: String, optimizer: String)
    /// The optimization needs more memory than there is; both in bytes.
    case memory(needed: Int, available: Int, images: String)

    public var description: String {
        switch self {
        case .setting(let name, let value, let allowed): return "\(name) cannot be \(value); it must be \(allowed)"
        case .diverged(let step, let objective):
            return "the objective '\(objective)' became infinite or not a number in step \(step); check the model's weights or take a smaller rate"
        case .pictureDiverged(let step, let objective, let optimizer):
            return "the gradient of '\(objective)' or the update by \(optimizer) was infinite or not a number in step \(step); "
                + "check the model's weights or take a smaller rate"
        case .memory(let needed, let available, let images):
            return "an optimization of \(images) needs about \(Self.gigabytes(needed)), and \(Self.gigabytes(available)) are free; "
                + "take a smaller size, fewer pictures at once or an earlier layer"
        }
    }

    private static func gigabytes(_ bytes: Int) -> String { "\((Double(bytes) / 1e9 * 10).rounded() / 10) GB" }
}
