import Tensors

/// The colours of one picture: a quiet ground, a figure that stands out from it in lightness, and hues that go together.
struct Palette {
    /// What the figure stands on.
    let ground: Tone
    /// The main colour of the subject.
    let figure: Tone
    /// Hues of the scheme, for everything else.
    private let hues: [Double]

    init(_ random: inout CounterRandom) {
        let base = random.uniform(in: 0...360)
        let partner = [30, -30, 120, -120, 180, 165, -165, 60][random.integer(in: 0..<8)]
        hues = [base, base + Double(partner), base + Double(partner) / 2 + 180, base + [25, -25][random.integer(in: 0..<2)]]
        let kind = random.integer(in: 0..<10)
        let lightness: ClosedRange<Double> = kind < 5 ? 0.84...0.97 : kind < 7 ? 0.52...0.72 : 0.2...0.4
        let chroma: ClosedRange<Double> = kind < 5 ? 0...0.06 : kind < 7 ? 0.02...0.1 : 0.01...0.09
        ground = Tone(
            lightness: Float(random.uniform(in: lightness)), chroma: Float(random.uniform(in: chroma)),
            hue: hues[random.integer(in: 0..<2)])
        figure = Self.tone(distinctFrom: [ground], hues: Array(hues.prefix(2)), lightnessApart: 0.26, &random)
    }

    /// A tone of the scheme that can be told from all of `others`.
    func tone(distinctFrom others: [Tone], _ random: inout CounterRandom) -> Tone {
        Self.tone(distinctFrom: others, hues: hues, lightnessApart: 0.17, &random)
    }

    /// The best of a few candidates; the first one that is far enough in lightness from all.
    private static func tone(
        distinctFrom others: [Tone], hues: [Double], lightnessApart: Float, _ random: inout CounterRandom
    ) -> Tone {
        var best = Tone(lightness: 0.5, chroma: 0, hue: 0), margin: Float = -1
        for _ in 0..<24 {
            let candidate = any(hues: hues, &random)
            let nearest = others.map { abs($0.lightness - candidate.lightness) + 0.25 * $0.difference(candidate) }.min() ?? 1
            if nearest >= lightnessApart + 0.05 { return candidate }
            if nearest > margin { (best, margin) = (candidate, nearest) }
        }
        return best
    }

    /// Vivid most of the time, now and then nearly grey, near black or near white.
    private static func any(hues: [Double], _ random: inout CounterRandom) -> Tone {
        let hue = hues[random.integer(in: 0..<hues.count)] + random.uniform(in: -12...12)
        let isQuiet = random.uniform() < 0.18
        return Tone(
            lightness: Float(random.uniform(in: isQuiet ? 0.12...0.97 : 0.32...0.9)),
            chroma: Float(random.uniform(in: isQuiet ? 0...0.04 : 0.08...0.2)), hue: hue)
    }
}
