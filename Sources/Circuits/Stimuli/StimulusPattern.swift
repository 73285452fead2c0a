/// What a stimulus shows, in pixels, before orientation, place and colours. Angles are in degrees, clockwise on the screen from the
/// right.
enum StimulusPattern: Hashable, Sendable {
    /// A bent line, or the side of it that the bend encloses.
    case bend(Bend, width: Double, isFilled: Bool)
    /// A straight line that runs along the orientation.
    case line(length: Double, width: Double)
    /// `width` is that of the outline; nil fills the shape.
    case ellipse(along: Double, across: Double, width: Double?)
    case polygon(sides: Int, radius: Double, width: Double?)
    case spiral(radius: Double, turns: Double, isClockwise: Bool, width: Double)
    /// A wave that runs along the orientation.
    case grating(wavelength: Double, phase: Double)
    /// The sum of two gratings at right angles.
    case plaid(wavelength: Double, phase: Double)
    /// Plaids of two wavelengths; the first one lies to where the orientation points.
    case boundary(ahead: Double, behind: Double)
    /// One colour ahead, the other behind, with a linear ramp between them.
    case edge(ramp: Double)
    /// A disc; around it a ring of the other colour, and grey beyond.
    case centreSurround(centre: Double, surround: Double)
    case texture(StimulusTexture, scale: Double, seed: UInt64)
}

/// Kinds of texture.
public enum StimulusTexture: String, Hashable, Sendable, CaseIterable {
    /// Squares of two colours.
    case checks
    /// Discs on a square lattice.
    case dots
    /// Smooth noise.
    case noise
    /// Noise in grains of one colour each.
    case grains
}

extension StimulusPattern {
    /// Whether it fills the picture with both colours alike, so that less contrast moves them towards their mean.
    var isBalanced: Bool {
        switch self {
        case .grating, .plaid, .boundary, .edge, .texture: true
        default: false
        }
    }

    /// The same with lines so many times as wide.
    func widened(by factor: Double) -> StimulusPattern {
        switch self {
        case .bend(let bend, let width, let isFilled): .bend(bend, width: width * factor, isFilled: isFilled)
        case .line(let length, let width): .line(length: length, width: width * factor)
        case .ellipse(let along, let across, let width): .ellipse(along: along, across: across, width: width.map { $0 * factor })
        case .polygon(let sides, let radius, let width): .polygon(sides: sides, radius: radius, width: width.map { $0 * factor })
        case .spiral(let radius, let turns, let isClockwise, let width):
            .spiral(radius: radius, turns: turns, isClockwise: isClockwise, width: width * factor)
        case .grating, .plaid, .boundary, .edge, .centreSurround, .texture: self
        }
    }

    /// How far a closed shape reaches, in pixels; nil for what may leave the picture.
    var extent: Double? {
        switch self {
        case .bend(let bend, _, _):
            // An arc of a large circle is cut by the border, which is what "nearly straight" means; arms of a stated length are not.
            bend.arms.isFinite && bend.arms > 0 ? 2 * bend.arms : nil
        case .line(let length, _): length.isFinite ? length : nil
        case .ellipse(let along, let across, let width): 2 * max(along, across) + (width ?? 0)
        case .polygon(_, let radius, let width): 2 * radius + (width ?? 0)
        case .spiral(let radius, _, _, let width): 2 * radius + width
        case .centreSurround(let centre, let surround): 2 * (surround.isFinite ? surround : centre)
        case .grating, .plaid, .boundary, .edge, .texture: nil
        }
    }

    /// Every number of the pattern with its name and what it may be.
    var parameters: [(name: String, value: Double, range: ClosedRange<Double>, mayBeInfinite: Bool)] {
        let length = 0.0...1e6
        // Waves shorter than two pixels have no picture on a grid of pixels.
        let wave = 2.0...1e6
        func width(_ width: Double?) -> [(String, Double, ClosedRange<Double>, Bool)] {
            width.map { [("line width", $0, 0.05...1e6, false)] } ?? []
        }
        return switch self {
        case .bend(let bend, let stroke, let isFilled):
            [("radius", bend.radius, length, false), ("half turn", bend.halfTurn, 0...180, false), ("arm length", bend.arms, length, true)]
                + width(isFilled ? nil : stroke)
        case .line(let long, let stroke): [("length", long, length, true)] + width(stroke)
        case .ellipse(let along, let across, let stroke):
            [("radius", along, 0.05...1e6, false), ("second radius", across, 0.05...1e6, false)] + width(stroke)
        case .polygon(let sides, let radius, let stroke):
            [("number of sides", Double(sides), 3...100, false), ("radius", radius, length, false)] + width(stroke)
        case .spiral(let radius, let turns, _, let stroke):
            [("radius", radius, 0.05...1e6, false), ("number of turns", turns, 0.1...50, false)] + width(stroke)
        case .grating(let wavelength, let phase), .plaid(let wavelength, let phase):
            [("wavelength", wavelength, wave, false), ("phase", phase, -1e6...1e6, false)]
        case .boundary(let ahead, let behind): [("wavelength ahead", ahead, wave, false), ("wavelength behind", behind, wave, false)]
        case .edge(let ramp): [("ramp", ramp, length, false)]
        case .centreSurround(let centre, let surround):
            [("centre radius", centre, 0.05...1e6, false), ("surround radius", surround, length, true)]
        case .texture(_, let scale, _): [("scale", scale, 1...1e6, false)]
        }
    }

    /// The name for messages.
    var name: String {
        switch self {
        case .bend(let bend, _, let isFilled):
            (isFilled ? "the filled " : "the ") + (bend.arms == 0 ? "arc" : bend.radius == 0 ? "corner" : "rounded corner")
        case .line: "the line"
        case .ellipse(let along, let across, let width): along == across ? (width == nil ? "the disc" : "the circle") : "the ellipse"
        case .polygon: "the polygon"
        case .spiral: "the spiral"
        case .grating: "the grating"
        case .plaid: "the plaid"
        case .boundary: "the frequency boundary"
        case .edge: "the edge"
        case .centreSurround: "the centre and surround"
        case .texture(let kind, _, _): "the texture of \(kind.rawValue)"
        }
    }
}
