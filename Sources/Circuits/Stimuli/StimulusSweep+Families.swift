import Figures
import Foundation

/// The sweeps of the articles. Lengths without a value follow the receptive field of the unit that is asked, so that one sweep suits every
/// layer; lengths that are given are pixels.
extension StimulusSweep {
    /// 0 to 360 degrees, every 5.
    public static let fullTurn = Array(stride(from: 0.0, to: 360, by: 5))
    /// 0 to 180 degrees, every 5.
    public static let halfTurn = Array(stride(from: 0.0, to: 180, by: 5))

    /// Lines are as wide, in parts of the receptive field, as those of the articles (1.55 px of 60 px), but never thinner than 1.5 px.
    static func lineWidth(_ width: Double?, in field: StimulusField) -> Double { width ?? max(1.5, field.size * 0.026) }

    /// Pixels where they are given, otherwise a geometric series of parts of the receptive field.
    private static func lengths(_ name: String, _ given: [Double]?, from first: Double, to last: Double, count: Int) -> StimulusAxis {
        given.map { StimulusAxis(name, $0, unit: .pixels) }
            ?? StimulusAxis(name, StimulusAxis.geometric(from: first, to: last, count: count), unit: .fields)
    }

    /// Arcs over orientation and radius ("Curve Detectors").
    /// - Parameters:
    ///   - orientations: where the arc bulges; every 5 degrees by default.
    ///   - radii: in pixels; by default 16 from 0.28 to 3.16 receptive fields, the span of the article.
    ///   - width: of the line in pixels; nil for 0.026 receptive fields, at least 1.5.
    ///   - isFilled: discs instead of lines.
    public static func curves(
        orientations: some Sequence<Double> = fullTurn, radii: [Double]? = nil, width: Double? = nil, isFilled: Bool = false
    ) -> StimulusSweep {
        StimulusSweep(
            isFilled ? "filled curves" : "curves",
            over: [.directions(orientations), lengths("radius", radii, from: 0.28, to: 3.16, count: 16)]
        ) {
            .arc(radius: $0["radius"], orientation: $0["orientation"], width: lineWidth(width, in: $1), isFilled: isFilled)
        }
    }

    /// The grid of the article's heat maps: 720 orientations and 80 radii, 57,600 stimuli.
    public static var publishedCurves: StimulusSweep {
        let radii = StimulusAxis("radius", StimulusAxis.geometric(from: 0.28, to: 3.16, count: 80), unit: .fields)
        return StimulusSweep("curves", over: [.directions(stride(from: 0, to: 360, by: 0.5)), radii]) {
            .arc(radius: $0["radius"], orientation: $0["orientation"], width: lineWidth(nil, in: $1))
        }
    }

    /// Straight lines through the middle over orientation ("Curve Circuits").
    public static func lines(orientations: some Sequence<Double> = halfTurn, width: Double? = nil) -> StimulusSweep {
        StimulusSweep("lines", over: [.orientations(orientations)]) {
            .line(orientation: $0["orientation"], width: lineWidth(width, in: $1))
        }
    }

    /// Straight lines over orientation and how far they lie from the middle, so that a unit which wants its line beside the middle is found
    /// as well.
    public static func shiftedLines(
        orientations: some Sequence<Double> = halfTurn, offsets: [Double]? = nil, width: Double? = nil
    ) -> StimulusSweep {
        let steps = offsets.map { StimulusAxis("offset", $0, unit: .pixels) }
            ?? StimulusAxis("offset", stride(from: -0.3, through: 0.3, by: 0.1), unit: .fields)
        return StimulusSweep("lines beside the middle", over: [.orientations(orientations), steps]) { point, field in
            let normal = (point["orientation"] + 90) * .pi / 180
            return .line(orientation: point["orientation"], width: lineWidth(width, in: field))
                .moved(x: point["offset"] * cos(normal), y: point["offset"] * sin(normal))
        }
    }

    /// Two segments that meet in the middle, over orientation and opening ("synthetic angles").
    public static func angles(
        orientations: some Sequence<Double> = fullTurn, openings: [Double] = Array(stride(from: 30, through: 180, by: 15)),
        width: Double? = nil
    ) -> StimulusSweep {
        StimulusSweep("angles", over: [.directions(orientations), StimulusAxis("opening", openings, unit: .degrees)]) {
            .corner(opening: $0["opening"], orientation: $0["orientation"], width: lineWidth(width, in: $1))
        }
    }

    /// From an angle to a curve in steps, over orientation and roundness; both turn as much from end to end.
    public static func anglesToCurves(
        orientations: some Sequence<Double> = fullTurn, roundness: [Double] = [0, 1.0 / 3, 2.0 / 3, 1], opening: Double = 90,
        width: Double? = nil
    ) -> StimulusSweep {
        StimulusSweep("angles to curves", over: [.directions(orientations), StimulusAxis("roundness", roundness)]) {
            .bend(
                opening: opening, roundness: $0["roundness"], orientation: $0["orientation"], reach: 0.45 * $1.size,
                width: lineWidth(width, in: $1))
        }
    }

    /// Gratings over orientation, wavelength and phase.
    public static func gratings(
        orientations: some Sequence<Double> = Array(stride(from: 0.0, to: 180, by: 15)), wavelengths: [Double]? = nil,
        phases: [Double] = [0, 90, 180, 270]
    ) -> StimulusSweep {
        StimulusSweep(
            "gratings",
            over: [
                .orientations(orientations), waves("wavelength", wavelengths),
                StimulusAxis("phase", phases, unit: .degrees, period: 360),
            ]
        ) { point, _ in
            .grating(wavelength: max(2, point["wavelength"]), orientation: point["orientation"], phase: point["phase"])
        }
    }

    /// Plaids of one frequency over orientation and wavelength.
    public static func plaids(
        orientations: some Sequence<Double> = Array(stride(from: 0.0, to: 90, by: 15)), wavelengths: [Double]? = nil
    ) -> StimulusSweep {
        StimulusSweep(
            "plaids", over: [StimulusAxis("orientation", orientations, unit: .degrees, period: 90), waves("wavelength", wavelengths)]
        ) { point, _ in .plaid(wavelength: max(2, point["wavelength"]), orientation: point["orientation"]) }
    }

    private static func waves(_ name: String, _ given: [Double]?) -> StimulusAxis {
        lengths(name, given, from: 0.1, to: 1, count: 8)
    }

    /// Boundaries between high and low frequency, over orientation and the ratio of the frequencies ("High-Low Frequency Detectors").
    /// - Parameters:
    ///   - orientations: where the high frequency lies.
    ///   - wavelength: the geometric mean of both, in pixels; nil for a quarter of the receptive field, as in the article.
    public static func frequencyBoundaries(
        orientations: some Sequence<Double> = fullTurn, ratios: [Double] = Array(stride(from: 1, through: 10, by: 1)),
        wavelength: Double? = nil
    ) -> StimulusSweep {
        StimulusSweep("frequency boundaries", over: [.directions(orientations), StimulusAxis("frequency ratio", ratios)]) {
            // The short wave cannot be shorter than two pixels; the long one stretches on.
            let ratio = $0["frequency ratio"], middle = wavelength ?? 0.25 * $1.size
            return .frequencyBoundary(
                ratio: ratio, wavelength: max(middle, 2 * ratio.squareRoot()), orientation: $0["orientation"])
        }
    }

    /// Brightness edges over orientation; 180 degrees apart, bright and dark change sides.
    public static func edges(orientations: some Sequence<Double> = fullTurn, ramp: Double = 1) -> StimulusSweep {
        StimulusSweep("edges", over: [.directions(orientations)]) { point, _ in .edge(orientation: point["orientation"], ramp: ramp) }
    }

    /// Two colours of equal lightness side by side, over orientation and the hue of the first; the other is its complement.
    public static func colorPairs(
        orientations: some Sequence<Double> = Array(stride(from: 0.0, to: 360, by: 15)),
        hues: [Double] = Array(stride(from: 0, to: 360, by: 30))
    ) -> StimulusSweep {
        StimulusSweep(
            "colour pairs", over: [.directions(orientations), StimulusAxis("hue", hues, unit: .degrees, period: 360)]
        ) { point, _ in .colors(.balanced(hue: point["hue"]), .balanced(hue: point["hue"] + 180), orientation: point["orientation"]) }
    }

    /// Discs of a hue in its complement, over the hue and the radius.
    public static func colorCentres(
        hues: [Double] = Array(stride(from: 0, to: 360, by: 15)), radii: [Double]? = nil
    ) -> StimulusSweep {
        StimulusSweep(
            "colour centres and surrounds",
            over: [
                StimulusAxis("hue", hues, unit: .degrees, period: 360), lengths("radius", radii, from: 0.06, to: 0.48, count: 8),
            ]
        ) { point, _ in
            .centreSurround(centre: point["radius"], .balanced(hue: point["hue"]), in: .balanced(hue: point["hue"] + 180))
        }
    }
}
