/// Why a stimulus or a sweep over stimuli cannot be, and what would do.
public enum StimulusError: Error, Equatable, CustomStringConvertible {
    case notFinite(parameter: String, stimulus: String)
    case outOfRange(parameter: String, value: Double, allowed: String, stimulus: String)
    case tooLarge(stimulus: String, extent: Double, height: Int, width: Int)
    case pictureSize(width: Int, height: Int)
    case emptyAxis(String)
    case duplicateAxis(String)
    case tooManyStimuli(Int, limit: Int)
    case pictureTooSmall(size: Int, layer: String, needed: Int)

    public var description: String {
        switch self {
        case .notFinite(let parameter, let stimulus):
            "the \(parameter) of \(stimulus) is not a finite number; does the sweep name every parameter that the stimulus reads?"
        case .outOfRange(let parameter, let value, let allowed, let stimulus):
            "the \(parameter) of \(stimulus) is \(value); it is \(allowed)"
        case .tooLarge(let stimulus, let extent, let height, let width):
            "\(stimulus) reaches over \(Self.short(extent)) px, but the picture that the unit sees has \(height)x\(width): "
                + "make it smaller, or look at a layer that sees more"
        case .pictureSize(let width, let height): "a stimulus is drawn at 1 to 4096 pixels on a side, not at \(width)x\(height)"
        case .emptyAxis(let name): "the sweep has no values for '\(name)'"
        case .duplicateAxis(let name): "the sweep names '\(name)' twice"
        case .tooManyStimuli(let count, let limit):
            "the sweep has \(count) stimuli; up to \(limit) are shown to a network in one go: take larger steps"
        case .pictureTooSmall(let size, let layer, let needed):
            "pictures of \(size) px do not hold what a unit of \(layer) sees; it takes \(needed) px"
        }
    }

    private static func short(_ value: Double) -> String { String((value * 10).rounded() / 10) }
}
