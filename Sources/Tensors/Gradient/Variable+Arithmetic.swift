// Arithmetic and functions of every element: each operation beside its rule.

extension Variable {
    /// The sum of two variables, element by element and broadcast as for tensors.
    public static func + (a: Variable, b: Variable) -> Variable { Variable(a.value + b.value, from: (a, { $0 }), (b, { $0 })) }
    /// The difference of two variables, element by element and broadcast as for tensors.
    public static func - (a: Variable, b: Variable) -> Variable { Variable(a.value - b.value, from: (a, { $0 }), (b, { -$0 })) }
    /// The product of two variables, element by element and broadcast as for tensors.
    public static func * (a: Variable, b: Variable) -> Variable {
        let (x, y) = (a.value, b.value)
        return Variable(x * y, from: (a, { $0 * y }), (b, { $0 * x }))
    }
    /// The quotient of two variables, element by element and broadcast as for tensors.
    public static func / (a: Variable, b: Variable) -> Variable {
        let (y, quotient) = (b.value, a.value / b.value)
        return Variable(quotient, from: (a, { $0 / y }), (b, { -($0 * quotient / y) }))
    }
    /// The negated variable.
    public static prefix func - (a: Variable) -> Variable { Variable(-a.value, from: (a, { -$0 })) }

    /// The sum of a variable and a number, element by element and broadcast as for tensors.
    public static func + (a: Variable, b: Float) -> Variable { Variable(a.value + b, from: (a, { $0 })) }
    /// The sum of a number and a variable, element by element and broadcast as for tensors.
    public static func + (a: Float, b: Variable) -> Variable { b + a }
    /// The difference of a variable and a number, element by element and broadcast as for tensors.
    public static func - (a: Variable, b: Float) -> Variable { Variable(a.value - b, from: (a, { $0 })) }
    /// The difference of a number and a variable, element by element and broadcast as for tensors.
    public static func - (a: Float, b: Variable) -> Variable { Variable(a - b.value, from: (b, { -$0 })) }
    /// The product of a variable and a number, element by element and broadcast as for tensors.
    public static func * (a: Variable, b: Float) -> Variable { Variable(a.value * b, from: (a, { $0 * b })) }
    /// The product of a number and a variable, element by element and broadcast as for tensors.
    public static func * (a: Float, b: Variable) -> Variable { b * a }
    /// The quotient of a variable and a number, element by element and broadcast as for tensors.
    public static func / (a: Variable, b: Float) -> Variable { Variable(a.value / b, from: (a, { $0 / b })) }
    /// The quotient of a number and a variable, element by element and broadcast as for tensors.
    public static func / (a: Float, b: Variable) -> Variable { Variable(a) / b }

    /// The sum of a variable and a constant tensor, element by element and broadcast as for tensors.
    public static func + (a: Variable, b: Tensor) -> Variable { a + Variable(b) }
    /// The sum of a constant tensor and a variable, element by element and broadcast as for tensors.
    public static func + (a: Tensor, b: Variable) -> Variable { Variable(a) + b }
    /// The difference of a variable and a constant tensor, element by element and broadcast as for tensors.
    public static func - (a: Variable, b: Tensor) -> Variable { a - Variable(b) }
    /// The difference of a constant tensor and a variable, element by element and broadcast as for tensors.
    public static func - (a: Tensor, b: Variable) -> Variable { Variable(a) - b }
    /// The product of a variable and a constant tensor, element by element and broadcast as for tensors.
    public static func * (a: Variable, b: Tensor) -> Variable { a * Variable(b) }
    /// The product of a constant tensor and a variable, element by element and broadcast as for tensors.
    public static func * (a: Tensor, b: Variable) -> Variable { Variable(a) * b }
    /// The quotient of a variable and a constant tensor, element by element and broadcast as for tensors.
    public static func / (a: Variable, b: Tensor) -> Variable { a / Variable(b) }
    /// The quotient of a constant tensor and a variable, element by element and broadcast as for tensors.
    public static func / (a: Tensor, b: Variable) -> Variable { Variable(a) / b }

    /// Every element times itself.
    public var squared: Variable {
        let x = value
        return Variable(x.squared, from: (self, { $0 * x * 2 }))
    }

    /// Every element moved to the nearest end of the range when it is outside; no gradient flows there.
    public func clamped(to range: ClosedRange<Float>) -> Variable {
        let x = value
        return Variable(x.clamped(to: range), from: (self, { $0 * (x .>= range.lowerBound) * (x .<= range.upperBound) }))
    }
}

/// e to the power of every element.
public func exp(_ a: Variable) -> Variable {
    let y = exp(a.value)
    return Variable(y, from: (a, { $0 * y }))
}
/// The natural logarithm of every element.
public func log(_ a: Variable) -> Variable {
    let x = a.value
    return Variable(log(x), from: (a, { $0 / x }))
}
/// The square root of every element.
public func sqrt(_ a: Variable) -> Variable {
    let y = sqrt(a.value)
    return Variable(y, from: (a, { $0 / (y * 2) }))
}
/// The magnitude; its slope at 0 counts as 0.
public func abs(_ a: Variable) -> Variable {
    let x = a.value
    return Variable(abs(x), from: (a, { $0 * sign(x) }))
}
/// The hyperbolic tangent of every element.
public func tanh(_ a: Variable) -> Variable {
    let y = tanh(a.value)
    return Variable(y, from: (a, { $0 * (1 - y.squared) }))
}
/// `sigmoid` of every element.
public func sigmoid(_ a: Variable) -> Variable {
    let y = sigmoid(a.value)
    return Variable(y, from: (a, { $0 * (y - y.squared) }))
}
/// Every element, or 0 where it is negative; its slope at 0 counts as 0.
public func relu(_ a: Variable) -> Variable {
    let x = a.value
    return Variable(relu(x), from: (a, { $0 * (x .> 0) }))
}
/// `sin` of every element.
public func sin(_ a: Variable) -> Variable {
    let x = a.value
    return Variable(sin(x), from: (a, { $0 * cos(x) }))
}
/// `cos` of every element.
public func cos(_ a: Variable) -> Variable {
    let x = a.value
    return Variable(cos(x), from: (a, { -($0 * sin(x)) }))
}
/// Every element to a constant power.
public func pow(_ a: Variable, _ power: Float) -> Variable {
    let x = a.value
    return Variable(pow(x, power), from: (a, { $0 * (pow(x, power - 1) * power) }))
}
/// The larger of each pair; equal ones share the gradient.
public func maximum(_ a: Variable, _ b: Variable) -> Variable {
    let (x, y) = (a.value, b.value)
    return Variable(maximum(x, y), from: (a, { $0 * ((x .> y) + (x .>= y)) / 2 }), (b, { $0 * ((y .> x) + (y .>= x)) / 2 }))
}
/// The smaller of each pair; equal ones share the gradient.
public func minimum(_ a: Variable, _ b: Variable) -> Variable { -maximum(-a, -b) }
