import Tensors

/// What a subject stands on: quiet enough never to be the subject. One tone, or with a slope, clouds, blurred lights, a horizon, grain
/// or a faint pattern, all of little contrast.
struct Ground {
    private let base: Colour, other: Colour
    private let pattern: Pattern
    private let lights: [Blurred<Disc>]

    init(_ tone: Tone, _ random: inout CounterRandom) {
        let kind = random.integer(in: 0..<9)
        let step = Float(random.uniform(in: 0.04...0.11)) * (random.uniform() < 0.5 ? 1 : -1)
        var second = tone.lighter(by: tone.lightness > 0.9 ? -abs(step) : step)
        second.hue += random.uniform(in: -40...40)
        let direction = DeterministicTrigonometry.direction(degrees: random.uniform(in: 0...360))
        let noise = ValueNoise(seed: UInt32(truncatingIfNeeded: random.next()))
        let frequency = Float(random.uniform(in: 0...1))
        let level = Float(random.uniform(in: 0.05...0.6))
        var lights: [Blurred<Disc>] = []
        switch kind {
        case 2: pattern = .slope(Slope(direction: direction, centre: SIMD2(0, 0), reach: 1.2))
        case 3: pattern = .speckle(Speckle(noise: noise, frequency: 1.1 + frequency * 1.6, gain: 1.3))
        case 4:
            pattern = .none
            for _ in 0..<random.integer(in: 3..<7) {
                let place = SIMD2(Float(random.uniform(in: -1...1)), Float(random.uniform(in: -1...1)))
                let radius = Float(random.uniform(in: 0.16...0.45))
                lights.append(Blurred(shape: Disc(centre: place, radius: radius), blur: radius * 0.5, strength: 0.85))
            }
        case 5:
            // A horizon: the tone changes within a narrow band.
            let up = SIMD2<Float>(direction.x * 0.06, 1)
            pattern = .slope(Slope(direction: up, centre: SIMD2(0, level), reach: 0.03 + frequency * 0.2))
        case 6: pattern = .speckle(Speckle(noise: noise, frequency: 10 + frequency * 9, gain: 1))
        case 7: pattern = .stripes(Stripes(direction: direction, period: 0.2 + frequency * 0.35, offset: level, width: 0.5))
        case 8:
            let spacing = 0.26 + frequency * 0.3
            pattern = .dots(Dots(direction: direction, spacing: spacing, offset: SIMD2(level, frequency), radius: spacing * 0.2, isStaggered: true))
        default: pattern = .none
        }
        // Repeated patterns are fainter still.
        if kind == 7 || kind == 8 { second = second.with(lightness: tone.lightness + (second.lightness - tone.lightness) * 0.55, chroma: tone.chroma) }
        self.lights = lights
        base = tone.colour
        other = second.colour
    }

    @inline(__always)
    func colour(at p: SIMD2<Float>, resolution: Float) -> Colour {
        var share = pattern.coverage(p, resolution: resolution)
        for light in lights { share = max(share, light.coverage(p, resolution: resolution)) }
        return base + (other - base) * share
    }
}
