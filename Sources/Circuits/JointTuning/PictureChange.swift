import Foundation
import Tensors

/// One way to change a picture step by step: the horizontal axis of joint tuning.
///
///     PictureChange.rotation()                     // once around in steps of 10 degrees, clockwise
///     PictureChange.scale(from: 0.5, to: 2)
public struct PictureChange: Sendable, Hashable, CustomStringConvertible {
    /// What is changed.
    public enum Kind: String, Sendable, Hashable {
        case rotation, scale, shift, hue
    }

    public let kind: Kind
    /// The steps: degrees clockwise, a factor of size, pixels, degrees of hue. Ascending.
    public let values: [Double]
    /// The direction of a shift, in degrees clockwise from the right.
    public let direction: Double

    /// Where values begin anew.
    public var period: Double? { kind == .rotation || kind == .hue ? 360 : nil }

    /// Pictures turned clockwise about the middle of what the unit sees.
    /// - Parameter step: in degrees; the article's is 1.
    /// - Precondition: the step is at least 0.1 degrees and at most 180.
    public static func rotation(step: Double = 10) -> PictureChange { PictureChange(kind: .rotation, values: around(step), direction: 0) }

    /// Colours turned around the grey axis, as ``Figures/Color/balanced(hue:strength:)`` counts hues; their brightness
    /// (the mean of red, green and blue) stays.
    /// - Precondition: as of ``rotation(step:)``.
    public static func hue(step: Double = 10) -> PictureChange { PictureChange(kind: .hue, values: around(step), direction: 0) }

    /// Pictures made larger and smaller about the middle of what the unit sees, in even ratios.
    /// - Precondition: factors between 0.1 and 10, ascending; 2 to 1000 steps.
    public static func scale(from low: Double = 0.5, to high: Double = 2, count: Int = 17) -> PictureChange {
        require(low >= 0.1 && low < high && high <= 10 && (2...1000).contains(count), "scales from \(low) to \(high) in \(count) steps")
        return PictureChange(
            kind: .scale, values: (0..<count).map { low * pow(high / low, Double($0) / Double(count - 1)) }, direction: 0)
    }

    /// Pictures moved past the unit.
    /// - Parameters:
    ///   - reach: pixels to either side.
    ///   - direction: in degrees clockwise from the right.
    /// - Precondition: a reach above 0 and at most 4096, a finite direction, 2 to 1000 steps.
    public static func shift(by reach: Double, direction: Double = 0, count: Int = 17) -> PictureChange {
        require(reach > 0 && reach <= 4096 && direction.isFinite && (2...1000).contains(count), "shifts by \(reach) px in \(count) steps")
        return PictureChange(
            kind: .shift, values: (0..<count).map { reach * (2 * Double($0) / Double(count - 1) - 1) }, direction: direction)
    }

    private static func around(_ step: Double) -> [Double] {
        require(step >= 0.1 && step <= 180, "steps of \(step) degrees; they are 0.1 to 180")
        let count = Int((360 / step).rounded())
        return (0..<count).map { Double($0) * 360 / Double(count) }
    }

    /// For the axis of a figure.
    public var label: String {
        switch kind {
        case .rotation: "rotation (degrees, clockwise)"
        case .scale: "scale"
        case .shift: "shift (px, towards \(direction.short)°)"
        case .hue: "turn of the hue (degrees)"
        }
    }

    public var description: String { "\(kind.rawValue), \(values.count) steps" }

    /// The value that leaves a picture as it is, and its nearest step.
    var unchanged: Int {
        let neutral = kind == .scale ? 1.0 : 0
        return values.indices.min { abs(values[$0] - neutral) < abs(values[$1] - neutral) } ?? 0
    }

    /// How far from the middle, in shares of half of what the unit sees and in pixels more, the changed picture needs the original.
    func reach(side: Double) -> Double {
        switch kind {
        case .rotation: side / 2 * 2.0.squareRoot()
        case .scale: side / 2 / (values.first ?? 1)
        case .shift: side / 2 + (values.last ?? 0)
        case .hue: side / 2
        }
    }
}
