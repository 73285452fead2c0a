import Tensors

/// A picture while it is being composed: the canvas, the random draws that decide it, and what is true of it so far.
/// Lengths are in units of the picture plane, which spans -1...1 on both axes with y pointing down.
struct TwentyScene {
    private(set) var random: CounterRandom
    private(set) var ground: TwentyGround
    /// The main colour of the subject, distinct from the ground's.
    private(set) var figure: Colour
    /// Whether shapes are drawn filled or as outlines.
    private(set) var isFilled = true
    private(set) var lineHalfWidth: Float
    private(set) var truth = PlaneTruth()
    private var pixels: [Float]
    private let size: Int

    init(random: CounterRandom, size: Int) {
        var random = random
        ground = TwentyGround(&random)
        figure = TwentyPalette.contrasting(with: ground.colour, using: &random)
        lineHalfWidth = Float(random.uniform(in: 0.036...0.075))
        self.random = random
        self.size = size
        pixels = [Float](repeating: 0, count: size * size * 3)
    }

    // MARK: Chance

    mutating func uniform(_ range: ClosedRange<Double>) -> Float { Float(random.uniform(in: range)) }
    mutating func degrees(_ range: ClosedRange<Double> = 0...360) -> Double { random.uniform(in: range) }
    mutating func integer(_ range: ClosedRange<Int>) -> Int { random.integer(in: range.lowerBound..<range.upperBound + 1) }
    mutating func chance(_ probability: Double) -> Bool { random.uniform() < probability }
    mutating func colour(distinctFrom first: Colour, _ second: Colour) -> Colour {
        TwentyPalette.contrasting(with: first, second, using: &random)
    }
    mutating func colour(distinctFrom other: Colour) -> Colour { TwentyPalette.contrasting(with: other, using: &random) }
    mutating func anyColour() -> Colour { TwentyPalette.any(&random) }
    mutating func noise() -> ValueNoise { ValueNoise(seed: UInt32(truncatingIfNeeded: random.next())) }

    /// A centre that keeps a shape of this half width and half height inside the picture.
    mutating func place(halfSize: SIMD2<Float>) -> SIMD2<Float> {
        let room = SIMD2(max(0.96 - halfSize.x, 0), max(0.96 - halfSize.y, 0))
        return SIMD2(uniform(-1...1) * room.x, uniform(-1...1) * room.y)
    }
    mutating func place(radius: Float) -> SIMD2<Float> { place(halfSize: SIMD2(repeating: radius)) }

    // MARK: Paint

    /// Covers the picture with the ground.
    mutating func layGround() {
        let ground = ground
        forEachPixel { p, pixel in Self.store(ground.colour(at: p), pixel) }
    }

    /// Decides whether the subject is drawn filled or in outline.
    mutating func chooseStyle(outlined probability: Double = 0.4) { isFilled = !chance(probability) }

    /// Draws a shape in the chosen style.
    mutating func draw(_ shape: some DistanceField, _ colour: Colour) {
        if isFilled { paint(shape, colour) } else { paint(Contour(shape: shape, halfWidth: lineHalfWidth), colour) }
    }

    /// Fills a shape with a colour.
    mutating func paint(_ shape: some CoverageField, _ colour: Colour) {
        let resolution = Float(size) / 2
        forEachPixel { p, pixel in
            let coverage = shape.coverage(p, resolution: resolution)
            if coverage > 0 {
                pixel[0] += (colour.x - pixel[0]) * coverage
                pixel[1] += (colour.y - pixel[1]) * coverage
                pixel[2] += (colour.z - pixel[2]) * coverage
            }
        }
    }

    /// Covers the picture with a colour.
    mutating func flood(_ colour: Colour) { forEachPixel { _, pixel in Self.store(colour, pixel) } }

    /// Adds a slope of light and a little grain, as a camera would, and limits the values to 0...1.
    mutating func finish() -> Tensor {
        let grain = noise()
        let amplitude = uniform(0...0.05)
        let slope = DeterministicTrigonometry.direction(degrees: degrees()) * uniform(0...0.06)
        forEachPixel { p, pixel in
            let light = (grain(p * 31) - 0.5) * amplitude + p.dot(slope)
            for channel in 0..<3 { pixel[channel] = min(max(pixel[channel] + light, 0), 1) }
        }
        return Tensor(shape: [size, size, 3], scalars: pixels)
    }

    // MARK: Truth

    /// Records what the picture shows.
    mutating func record(
        centre: SIMD2<Float>, radius: Float, orientation: Double? = nil, _ measures: [String: Double] = [:]
    ) {
        truth.centre = centre
        truth.radius = radius
        truth.orientation = orientation
        truth.measures = measures
    }

    /// Records a part of a composite by its upright box.
    mutating func recordPart(_ name: String, centre: SIMD2<Float>, halfSize: SIMD2<Float>) {
        truth.parts.append((name, Bounds(centre: centre, halfSize: halfSize)))
    }

    @inline(__always)
    private mutating func forEachPixel(_ body: (SIMD2<Float>, UnsafeMutablePointer<Float>) -> Void) {
        let size = size
        pixels.withUnsafeMutableBufferPointer { buffer in
            guard var pixel = buffer.baseAddress else { return }
            for row in 0..<size {
                let y = (Float(row) + 0.5) * 2 / Float(size) - 1
                for column in 0..<size {
                    body(SIMD2((Float(column) + 0.5) * 2 / Float(size) - 1, y), pixel)
                    pixel += 3
                }
            }
        }
    }

    @inline(__always)
    private static func store(_ colour: Colour, _ pixel: UnsafeMutablePointer<Float>) {
        pixel[0] = colour.x
        pixel[1] = colour.y
        pixel[2] = colour.z
    }
}
