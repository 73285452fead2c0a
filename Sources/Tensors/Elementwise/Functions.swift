import Foundation

// Functions of every element, named as in mathematics and like the ones for single numbers: `exp(x)`, `abs(x)`, `maximum(a, b)`.

/// `e` to the power of every element.
public func exp(_ x: Tensor) -> Tensor { elementwise(x, ExponentialKernel.exp) }
/// The natural logarithm of every element.
public func log(_ x: Tensor) -> Tensor { elementwise(x, ExponentialKernel.log) }
/// The square root of every element.
public func sqrt(_ x: Tensor) -> Tensor { elementwise(x) { $0.squareRoot() } }
/// The magnitude of every element.
public func abs(_ x: Tensor) -> Tensor { elementwise(x) { $0.magnitude } }
/// -1, 0 or 1 by the sign of every element.
public func sign(_ x: Tensor) -> Tensor { elementwise(x) { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 } }
/// The hyperbolic tangent of every element.
public func tanh(_ x: Tensor) -> Tensor { elementwise(x, ExponentialKernel.tanh) }
/// `1 / (1 + e^-x)` of every element.
public func sigmoid(_ x: Tensor) -> Tensor { elementwise(x, ExponentialKernel.sigmoid) }
/// Every element, or 0 where it is negative.
public func relu(_ x: Tensor) -> Tensor { elementwise(x) { $0 < 0 ? 0 : $0 } }
/// The sine of every element.
public func sin(_ x: Tensor) -> Tensor { elementwise(x) { Foundation.sin($0) } }
/// The cosine of every element.
public func cos(_ x: Tensor) -> Tensor { elementwise(x) { Foundation.cos($0) } }

/// Every element to a power.
public func pow(_ x: Tensor, _ power: Float) -> Tensor {
    switch power {
    case 2: elementwise(x) { $0 * $0 }
    case 3: elementwise(x) { $0 * $0 * $0 }
    case 0.5: sqrt(x)
    case -1: 1 / x
    default: elementwise(x) { Foundation.pow($0, power) }
    }
}

/// Every element of `x` to the power of the one of `power`, with broadcasting.
public func pow(_ x: Tensor, _ power: Tensor) -> Tensor { broadcast(x, power, "pow") { Foundation.pow($0, $1) } }

/// The larger of each pair, with broadcasting; NaN when either is.
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { broadcast(a, b, "maximum", larger) }
/// The smaller of each pair, with broadcasting; NaN when either is.
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { broadcast(a, b, "minimum", smaller) }

// Two selections, no branch: NaN on either side comes out.
@inline(__always) func larger(_ a: Float, _ b: Float) -> Float { a > b ? a : (a == a ? b : a) }
@inline(__always) func smaller(_ a: Float, _ b: Float) -> Float { a < b ? a : (a == a ? b : a) }

extension Tensor {
    /// Every element moved to the nearest end of the range when it is outside; NaN stays.
    public func clamped(to range: ClosedRange<Float>) -> Tensor {
        let (low, high) = (range.lowerBound, range.upperBound)
        return elementwise(self) { $0 < low ? low : $0 > high ? high : $0 }
    }

    /// Every element times itself.
    public var squared: Tensor { elementwise(self) { $0 * $0 } }
}
