import Foundation

/// A stroke on the grid of a layer's positions, for weights that follow it: an arc or a straight line through the middle.
///
/// Lengths are positions of the layer, x to the right and y downwards, so angles grow clockwise on the screen.
public enum StrokeTemplate: Hashable, Sendable, CustomStringConvertible {
    /// A circle that passes through the middle and bulges to `orientation` there. *Curve Circuits* has radii of 7 positions of 8 pixels.
    case arc(radius: Double, orientation: Double)
    /// A line through the middle that runs along `orientation`.
    case line(orientation: Double)

    public var description: String {
        switch self {
        case .arc(let radius, let orientation): "an arc of radius \(radius.short) that bulges to \(orientation.short)°"
        case .line(let orientation): "a line along \(orientation.short)°"
        }
    }

    var isFinite: Bool {
        switch self {
        case .arc(let radius, let orientation): radius.isFinite && radius > 0 && orientation.isFinite
        case .line(let orientation): orientation.isFinite
        }
    }

    /// How far a position lies from the stroke, and the direction of the stroke's normal there, in degrees.
    func place(x: Double, y: Double) -> (distance: Double, normal: Double) {
        switch self {
        case .arc(let radius, let orientation):
            let angle = orientation * .pi / 180
            let (dx, dy) = (x + radius * cos(angle), y + radius * sin(angle))
            return ((dx * dx + dy * dy).squareRoot() - radius, atan2(dy, dx) * 180 / .pi)
        case .line(let orientation):
            let angle = orientation * .pi / 180
            return (y * cos(angle) - x * sin(angle), orientation + 90)
        }
    }

    /// The stroke that bends the other way through the same place: the circle on the other side of its tangent. Nil for a line.
    var mirrored: StrokeTemplate? {
        guard case .arc(let radius, let orientation) = self else { return nil }
        return .arc(radius: radius, orientation: orientation + 180)
    }

    /// The weight of a unit of a given orientation at a position, before anything is balanced.
    ///
    /// A unit that fits the stroke there excites on a ridge of Gaussian profile and inhibits a little beside it; one that bulges the other
    /// way inhibits on the ridge. What fits the mirrored stroke inhibits on that one's ridge, as far as it lies apart from the own one: in
    /// the middle both have the same tangent.
    /// - Parameters:
    ///   - preferred: the unit's orientation: of a line where the period is 180, where it bulges where it is 360.
    ///   - deviation: of the ridge, in positions.
    ///   - inhibition: beside the ridge, as a share of its height.
    ///   - opposition: along the mirrored stroke, as a share of the ridge's height.
    ///   - tolerance: the standard deviation of the fit of orientations, in degrees.
    func weight(
        x: Double, y: Double, preferred: Double, period: Double, deviation: Double, inhibition: Double, opposition: Double,
        tolerance: Double
    ) -> Double {
        let own = weight(
            x: x, y: y, preferred: preferred, period: period, deviation: deviation, inhibition: inhibition, tolerance: tolerance)
        guard opposition != 0, let mirrored else { return own }
        let against = mirrored.weight(
            x: x, y: y, preferred: preferred, period: period, deviation: deviation, inhibition: 0, tolerance: tolerance)
        return own - opposition * max(against, 0) * (1 - Self.bell(place(x: x, y: y).distance, deviation))
    }

    private func weight(
        x: Double, y: Double, preferred: Double, period: Double, deviation: Double, inhibition: Double, tolerance: Double
    ) -> Double {
        let place = place(x: x, y: y), ridge = Self.bell(place.distance, deviation)
        let profile = ridge - inhibition * (1 - ridge)
        guard period > 180 else {
            return Self.bell(TuningCurve.distance(preferred, place.normal + 90, period: 180), tolerance) * profile
        }
        let with = Self.bell(TuningCurve.distance(preferred, place.normal), tolerance)
        let against = Self.bell(TuningCurve.distance(preferred, place.normal + 180), tolerance)
        return with * profile - against * ridge
    }

    private static func bell(_ x: Double, _ deviation: Double) -> Double { exp(-x * x / (2 * deviation * deviation)) }
}
