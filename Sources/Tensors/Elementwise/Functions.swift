import CVector
import Foundation

// Functions of every element, named as in mathematics and like the ones for single numbers: `exp(x)`, `abs(x)`, `maximum(a, b)`.
// Largest errors in units in the last place: exp 1.1, log 1, tanh 1.4, sigmoid 2.5; results are the same on every processor.

/// `e` to the power of every element.
public func exp(_ x: Tensor) -> Tensor { elementwise(VECTOR_EXP, x) }
/// The natural logarithm of every element.
public func log(_ x: Tensor) -> Tensor { elementwise(VECTOR_LOG, x) }
/// The square root of every element.
public func sqrt(_ x: Tensor) -> Tensor { elementwise(VECTOR_SQRT, x) }
/// The magnitude of every element.
public func abs(_ x: Tensor) -> Tensor { elementwise(VECTOR_ABS, x) }
/// -1, 0 or 1 by the sign of every element.
public func sign(_ x: Tensor) -> Tensor { elementwise(VECTOR_SIGN, x) }
/// The hyperbolic tangent of every element.
public func tanh(_ x: Tensor) -> Tensor { elementwise(VECTOR_TANH, x) }
/// `1 / (1 + e^-x)` of every element.
public func sigmoid(_ x: Tensor) -> Tensor { elementwise(VECTOR_SIGMOID, x) }
/// Every element, or 0 where it is negative.
public func relu(_ x: Tensor) -> Tensor { elementwise(VECTOR_RELU, x) }
/// The sine of every element.
public func sin(_ x: Tensor) -> Tensor { x.map { Foundation.sin($0) } }
/// The cosine of every element.
public func cos(_ x: Tensor) -> Tensor { x.map { Foundation.cos($0) } }

/// Every element to a power.
public func pow(_ x: Tensor, _ power: Float) -> Tensor {
    switch power {
    case 2: x.squared
    case 3: elementwise(VECTOR_CUBE, x)
    case 0.5: sqrt(x)
    case -1: 1 / x
    default: x.map { Foundation.pow($0, power) }
    }
}

/// Every element of `x` to the power of the one of `power`, with broadcasting.
public func pow(_ x: Tensor, _ power: Tensor) -> Tensor { broadcast(x, power, "pow") { Foundation.pow($0, $1) } }

/// The larger of each pair, with broadcasting; NaN when either is.
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { elementwise(VECTOR_LARGER, a, b, "maximum") }
/// The smaller of each pair, with broadcasting; NaN when either is.
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { elementwise(VECTOR_SMALLER, a, b, "minimum") }

extension Tensor {
    /// Every element moved to the nearest end of the range when it is outside; NaN stays.
    public func clamped(to range: ClosedRange<Float>) -> Tensor {
        elementwise(VECTOR_CLAMP, self, low: range.lowerBound, high: range.upperBound)
    }

    /// Every element times itself.
    public var squared: Tensor { elementwise(VECTOR_SQUARE, self) }
}
