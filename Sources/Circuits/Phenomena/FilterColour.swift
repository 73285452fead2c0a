import Foundation
import Tensors

/// The colours of a filter that reads the image: the one axis of colour along which most of its weights lie, and the pattern that it has
/// there.
///
///     let colour = try FilterColour(filter)      // [7, 7, 3]
///     colour.share                               // of the filter's energy, 0...1
///     colour.angleFromGrey                       // 0 for black and white, 90 for a pure contrast of hues
public struct FilterColour: Sendable {
    /// The first right singular vector of the weights, `[3]`; of length 1, its largest part positive.
    public let axis: [Double]
    /// The share of the filter's energy along the axis.
    public let share: Double
    /// The pattern along the axis, `[height, width]`.
    public let pattern: Tensor

    /// - Parameter filter: `[height, width, 3]`.
    /// - Throws: `LinearAlgebraError` for weights that are not finite.
    public init(_ filter: Tensor) throws {
        let (height, width) = (filter.shape[0], filter.shape[1])
        let matrix = filter.reshaped([height * width, 3])
        let decomposition = try matrix.svd()
        var axis = (0..<3).map { Double(decomposition.vt[0, $0]) }
        if let largest = axis.max(by: { abs($0) < abs($1) }), largest < 0 { axis = axis.map { -$0 } }
        let energy = decomposition.values.scalars.reduce(0.0) { $0 + Double($1 * $1) }
        self.axis = axis
        share = energy > 0 ? Double(decomposition.values[0] * decomposition.values[0]) / energy : 0
        pattern = Tensor(
            shape: [height, width],
            scalars: (0..<height * width).map { pixel in Float((0..<3).reduce(0.0) { $0 + Double(matrix[pixel, $1]) * axis[$1] }) })
    }

    /// The angle between the axis and that of greys, in degrees: 0 for black and white, 90 for hues against each other.
    public var angleFromGrey: Double {
        let along = abs(axis.reduce(0, +)) / 3.0.squareRoot()
        return acos(min(along, 1)) * 180 / .pi
    }

    /// The hue at the axis's positive end, in degrees: 0 is red, 120 green (the angle in the plane of equal brightness).
    public var hue: Double {
        let a = (2 * axis[0] - axis[1] - axis[2]) / 6.0.squareRoot(), b = (axis[1] - axis[2]) / 2.0.squareRoot()
        let degrees = atan2(b, a) * 180 / .pi
        return degrees < 0 ? degrees + 360 : degrees
    }
}
