/// Why a training cannot go on: what was wrong, where, and what to do.
public enum TrainingError: Error, CustomStringConvertible, Equatable, Sendable {
    case network(String)
    case settings(String)
    case labels(String)
    case data(step: Int, reason: String)
    case notFinite(step: Int, what: String)
    case checkpoint(file: String, reason: String)

    public var description: String {
        switch self {
        case .network(let reason), .settings(let reason), .labels(let reason): reason
        case .data(let step, let reason): "the batch of step \(step): \(reason)"
        case .notFinite(let step, let what):
            "step \(step): \(what) is not finite; a smaller rate, a warm-up or clipping (`clippedNorm`) may help"
        case .checkpoint(let file, let reason): "\(file) does not continue this training: \(reason)"
        }
    }
}
