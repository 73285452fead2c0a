import Tensors

/// A picture while it is being composed: the canvas, the random draws that decide it, and what is true of it so far.
/// Lengths are in units of the picture plane, which spans -1...1 on both axes with y pointing down.
struct Scene {
    var random: CounterRandom
    let palette: Palette
    /// How edges are drawn.
    var look: Look
    /// The colour of lines and their half width.
    let pen: Tone
    let penHalfWidth: Float
    /// Whether the subject casts a soft shadow, and where to.
    let shadow: SIMD2<Float>?
    /// Whether the picture is left as it is: nothing in front of it, and in colour.
    var isPlain = false
    var truth = PlaneTruth()
    var pixels: [Float]
    let size: Int

    init(random: CounterRandom, size: Int) {
        var random = random
        palette = Palette(&random)
        let style = random.uniform()
        look = style < 0.5 ? .flat : style < 0.75 ? .inked : .line
        pen = palette.ground.lightness > 0.5
            ? Tone(lightness: Float(random.uniform(in: 0.12...0.3)), chroma: 0.04, hue: palette.figure.hue)
            : Tone(lightness: Float(random.uniform(in: 0.88...0.97)), chroma: 0.03, hue: palette.figure.hue)
        penHalfWidth = Float(random.uniform(in: 0.022...0.05))
        let drop = SIMD2(Float(random.uniform(in: -0.05...0.05)), Float(random.uniform(in: 0.03...0.08)))
        shadow = random.uniform() < 0.35 ? drop : nil
        self.size = size
        pixels = [Float](unsafeUninitializedCapacity: size * size * 3) { $1 = size * size * 3 }
        truth.figure = palette.figure.colour
        truth.ground = palette.ground.colour
        let ground = Ground(palette.ground, &random)
        self.random = random
        cover { p, resolution in ground.colour(at: p, resolution: resolution) }
    }

    // MARK: Chance

    mutating func uniform(_ range: ClosedRange<Double>) -> Float { Float(random.uniform(in: range)) }
    mutating func degrees(_ range: ClosedRange<Double> = 0...360) -> Double { random.uniform(in: range) }
    mutating func integer(_ range: ClosedRange<Int>) -> Int { random.integer(in: range.lowerBound..<range.upperBound + 1) }
    mutating func chance(_ probability: Double) -> Bool { random.uniform() < probability }
    mutating func sign() -> Float { chance(0.5) ? 1 : -1 }
    mutating func noise() -> ValueNoise { ValueNoise(seed: UInt32(truncatingIfNeeded: random.next())) }
    mutating func direction(_ range: ClosedRange<Double> = 0...360) -> SIMD2<Float> {
        DeterministicTrigonometry.direction(degrees: degrees(range))
    }
    /// A tone of the palette that can be told from all of `others`.
    mutating func tone(distinctFrom others: Tone...) -> Tone { palette.tone(distinctFrom: others, &random) }

    /// A centre that keeps a shape of this half width and half height inside the picture.
    mutating func place(halfSize: SIMD2<Float>) -> SIMD2<Float> {
        let room = SIMD2(max(0.95 - halfSize.x, 0), max(0.95 - halfSize.y, 0))
        return SIMD2(uniform(-1...1) * room.x, uniform(-1...1) * room.y)
    }
    mutating func place(radius: Float) -> SIMD2<Float> { place(halfSize: SIMD2(repeating: radius)) }

    // MARK: Truth

    /// Records what the picture shows.
    mutating func record(
        centre: SIMD2<Float>, radius: Float, orientation: Double? = nil, curvature: Double? = nil, _ measures: [String: Double] = [:]
    ) {
        truth.centre = centre
        truth.radius = radius
        truth.orientation = orientation
        truth.curvature = curvature
        truth.measures = measures
    }
}
