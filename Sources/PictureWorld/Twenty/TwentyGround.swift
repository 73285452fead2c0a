import Tensors

/// What a shape stands on: one colour with a gentle slope of light, clouds, grain or faint lines. All its modulation stays well
/// below the contrast of a texture class (at most 0.1 around the colour, beside the slope), so a ground is never the subject.
struct TwentyGround {
    let colour: Colour
    private let slope: SIMD2<Float>
    private let clouds: ValueNoise, cloudFrequency: Float, cloudAmplitude: Float
    private let grain: ValueNoise, grainFrequency: Float, grainAmplitude: Float
    private let lineDirection: SIMD2<Float>, linePeriod: Float, lineAmplitude: Float

    init(_ random: inout CounterRandom) {
        colour = TwentyPalette.any(&random, value: 0.12...0.95) * 0.9 + 0.05
        let steepness = Float(random.uniform(in: 0...0.12))
        slope = DeterministicTrigonometry.direction(degrees: random.uniform(in: 0...360)) * steepness
        let kind = random.integer(in: 0..<5)
        clouds = ValueNoise(seed: UInt32(truncatingIfNeeded: random.next()))
        cloudFrequency = Float(random.uniform(in: 1.2...4))
        cloudAmplitude = kind == 1 || kind == 4 ? Float(random.uniform(in: 0.06...0.2)) : 0
        grain = ValueNoise(seed: UInt32(truncatingIfNeeded: random.next()))
        grainFrequency = Float(random.uniform(in: 10...20))
        grainAmplitude = kind == 2 || kind == 4 ? Float(random.uniform(in: 0.05...0.15)) : 0
        lineDirection = DeterministicTrigonometry.direction(degrees: random.uniform(in: 0...360))
        linePeriod = Float(random.uniform(in: 0.15...0.4))
        lineAmplitude = kind == 3 ? Float(random.uniform(in: 0.04...0.09)) : 0
    }

    @inline(__always)
    func colour(at p: SIMD2<Float>) -> Colour {
        var light = p.dot(slope)
        if cloudAmplitude > 0 { light += (clouds(p * cloudFrequency) - 0.5) * cloudAmplitude }
        if grainAmplitude > 0 { light += (grain(p * grainFrequency) - 0.5) * grainAmplitude }
        if lineAmplitude > 0 {
            let phase = p.dot(lineDirection) / linePeriod
            light += (abs(phase - phase.rounded(.down) - 0.5) * 2 - 0.5) * lineAmplitude
        }
        return colour + light
    }
}
