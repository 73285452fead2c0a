/// A colour by what the eye separates: lightness 0...1, chroma (0 grey, about 0.3 the most vivid) and hue in degrees
/// (20 red, 60 orange, 100 yellow, 145 green, 200 cyan, 260 blue, 330 magenta): the polar form of OKLab (Björn Ottosson, 2020).
/// Tones of one lightness look equally light, so palettes can be balanced by number, and patterns made that hue alone tells.
struct Tone {
    var lightness: Float
    var chroma: Float
    var hue: Double

    /// The colour in sRGB; chroma is lowered as far as the screen's range asks for.
    var colour: Colour {
        let direction = DeterministicTrigonometry.direction(degrees: hue)
        var chroma = chroma
        for _ in 0..<24 {
            let linear = Self.linear(lightness, direction * chroma)
            if linear.min() >= -0.0005 && linear.max() <= 1.0005 { return Self.encoded(linear) }
            chroma *= 0.9
        }
        return Self.encoded(Self.linear(lightness, SIMD2(0, 0)))
    }

    /// How different two tones look: the distance in OKLab.
    func difference(_ other: Tone) -> Float {
        let a = DeterministicTrigonometry.direction(degrees: hue) * chroma
        let b = DeterministicTrigonometry.direction(degrees: other.hue) * other.chroma
        let d = a - b, l = lightness - other.lightness
        return (l * l + d.dot(d)).squareRoot()
    }

    /// This tone, lighter (or darker, for a negative amount).
    func lighter(by amount: Float) -> Tone {
        Tone(lightness: Swift.min(Swift.max(lightness + amount, 0.06), 0.985), chroma: chroma, hue: hue)
    }

    /// This tone in another lightness and share of the chroma.
    func with(lightness: Float, chroma: Float) -> Tone { Tone(lightness: lightness, chroma: chroma, hue: hue) }

    /// OKLab to linear RGB.
    private static func linear(_ lightness: Float, _ ab: SIMD2<Float>) -> Colour {
        let l = lightness + 0.396_337_78 * ab.x + 0.215_803_76 * ab.y
        let m = lightness - 0.105_561_346 * ab.x - 0.063_854_17 * ab.y
        let s = lightness - 0.089_484_18 * ab.x - 1.291_485_5 * ab.y
        let (l3, m3, s3) = (l * l * l, m * m * m, s * s * s)
        return Colour(
            4.076_741_7 * l3 - 3.307_711_6 * m3 + 0.230_969_94 * s3,
            -1.268_438 * l3 + 2.609_757_4 * m3 - 0.341_319_38 * s3,
            -0.004_196_086 * l3 - 0.703_418_6 * m3 + 1.707_614_7 * s3)
    }

    /// Linear RGB to sRGB. The power 1/2.4 as a sum of repeated square roots, which IEEE 754 fixes to the last bit;
    /// the error is below 0.002.
    private static func encoded(_ linear: Colour) -> Colour {
        func channel(_ x: Float) -> Float {
            let x = Swift.min(Swift.max(x, 0), 1)
            if x < 0.003_130_8 { return 12.92 * x }
            let root = x.squareRoot(), fourth = root.squareRoot(), eighth = fourth.squareRoot()
            return Swift.min(0.585_122_4 * root + 0.783_140_36 * fourth - 0.368_262_74 * eighth, 1)
        }
        return Colour(channel(linear.x), channel(linear.y), channel(linear.z))
    }
}
