import Foundation

extension Color {
    /// A colour of the HSL model.
    /// - Parameters:
    ///   - hue: in degrees; 0 is red, 120 green.
    ///   - saturation, lightness: in `0...1`.
    public init(hue: Double, saturation: Double, lightness: Double) {
        func part(_ offset: Double) -> Float {
            var k = (offset + hue / 30).truncatingRemainder(dividingBy: 12)
            if k < 0 { k += 12 }
            let amplitude = saturation * min(lightness, 1 - lightness)
            return Float(lightness - amplitude * max(-1, min(k - 3, 9 - k, 1)))
        }
        self.init(red: part(0), green: part(8), blue: part(4))
    }

    /// A hue whose three parts have the mean one half, so that a pair of them differs in colour and not in brightness; the colour 180
    /// degrees away is its complement.
    /// - Parameters:
    ///   - hue: in degrees; 0 is red.
    ///   - strength: the distance from grey, up to 0.6.
    public static func balanced(hue: Double, strength: Double = 0.45) -> Color {
        let (a, b) = (strength * cos(hue * .pi / 180) / 6.0.squareRoot(), strength * sin(hue * .pi / 180) / 2.0.squareRoot())
        return Color(red: Float(0.5 + 2 * a), green: Float(0.5 - a + b), blue: Float(0.5 - a - b))
    }
}
