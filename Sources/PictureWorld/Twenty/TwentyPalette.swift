import Tensors

/// How colours are drawn at random, and how much two of them must differ to be told apart.
enum TwentyPalette {
    /// The colour at a hue in turns (0 red, 1/3 green, 2/3 blue), saturation and value 0...1.
    static func colour(hue: Float, saturation: Float, value: Float) -> Colour {
        func channel(_ offset: Float) -> Float {
            let turn = hue + offset
            let k = (turn - turn.rounded(.down)) * 6
            let ramp = min(max(abs(k - 3) - 1, 0), 1)
            return value * (1 - saturation * (1 - ramp))
        }
        return Colour(channel(0), channel(2.0 / 3), channel(1.0 / 3))
    }

    /// A colour of any hue: a third of them nearly grey.
    static func any(_ random: inout CounterRandom, value: ClosedRange<Double> = 0.08...1) -> Colour {
        let hue = Float(random.uniform())
        let isGrey = random.uniform() < 0.3
        let saturation = Float(random.uniform(in: isGrey ? 0...0.15 : 0.4...1))
        return colour(hue: hue, saturation: saturation, value: Float(random.uniform(in: value)))
    }

    /// A colour that stands out from all of `others`: lighter or darker by a third of the scale, or far off in hue.
    static func contrasting(with others: Colour..., using random: inout CounterRandom) -> Colour {
        for _ in 0..<64 {
            let candidate = any(&random)
            if others.allSatisfy({ areDistinct($0, candidate) }) { return candidate }
        }
        let extremes = [Colour(repeating: 0.03), Colour(repeating: 0.97)]
        func margin(_ colour: Colour) -> Float { others.map { abs(luma($0) - luma(colour)) }.min() ?? 1 }
        return margin(extremes[0]) > margin(extremes[1]) ? extremes[0] : extremes[1]
    }

    /// The Rec. 601 brightness.
    static func luma(_ c: Colour) -> Float { 0.299 * c.x + 0.587 * c.y + 0.114 * c.z }

    static func areDistinct(_ a: Colour, _ b: Colour) -> Bool {
        let difference = a - b
        let squared = difference.x * difference.x + difference.y * difference.y + difference.z * difference.z
        let contrast = abs(luma(a) - luma(b))
        return contrast > 0.33 || (contrast > 0.1 && squared > 0.5)
    }
}
