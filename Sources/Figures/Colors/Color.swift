import Foundation

/// An opaque sRGB colour, each part in `0...1`.
public struct Color: Hashable, Sendable {
    public var red: Float
    public var green: Float
    public var blue: Float

    /// A colour from its parts; parts outside `0...1` are clamped, NaN becomes 0.
    public init(red: Float, green: Float, blue: Float) {
        func clamp(_ value: Float) -> Float { value > 0 ? Swift.min(value, 1) : 0 }
        (self.red, self.green, self.blue) = (clamp(red), clamp(green), clamp(blue))
    }

    /// A colour from 24 bits, as in `Color(0xCA0020)`.
    public init(_ rgb: UInt32) {
        self.init(
            red: Float((rgb >> 16) & 255) / 255, green: Float((rgb >> 8) & 255) / 255, blue: Float(rgb & 255) / 255)
    }

    /// A shade of grey.
    public init(gray: Float) { self.init(red: gray, green: gray, blue: gray) }

    /// The colour as CSS and SVG write it: `#CA0020`.
    public var hex: String {
        let value = [red, green, blue].reduce(0) { $0 << 8 | Int(($1 * 255).rounded()) }
        let digits = String(value, radix: 16, uppercase: true)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// The colour `fraction` of the way to another, mixed in sRGB.
    public func mixed(with other: Color, _ fraction: Float) -> Color {
        Color(
            red: red + (other.red - red) * fraction, green: green + (other.green - green) * fraction,
            blue: blue + (other.blue - blue) * fraction)
    }

    /// Positive weights, excitation (the Circuits thread's red).
    public static let excitation = Color(0xCA0020)
    /// Negative weights, inhibition (the Circuits thread's blue).
    public static let inhibition = Color(0x0571B0)
    public static let white = Color(0xFFFFFF)
    public static let black = Color(0x000000)
    /// Text of a figure.
    public static let ink = Color(0x222222)
    /// Secondary text and axes.
    public static let faint = Color(0x6B6B6B)
    /// Grid lines and thin borders.
    public static let rule = Color(0xD9D9D9)

    /// Colours for the series of a plot, told apart by readers with colour-vision deficiencies too (Okabe and Ito, 2008).
    public static let series: [Color] = [
        Color(0x0072B2), Color(0xD55E00), Color(0x009E73), Color(0xCC79A7), Color(0xE69F00), Color(0x56B4E9), Color(0x555555),
    ]
}
