/// Subjects made of one shape, and the fills they are given.
extension Scene {
    /// Draws the one shape that a picture is about, in the picture's look.
    mutating func drawSubject(_ shape: some DistanceField) {
        truth.isFilled = look != .line
        if look == .line {
            // Sometimes the paper inside is of another tone.
            let halfWidth = uniform(0.035...0.075)
            if chance(0.3) { paint(shape, palette.ground.lighter(by: palette.ground.lightness > 0.9 ? -0.06 : 0.06)) }
            paint(Contour(shape: shape, halfWidth: halfWidth), subjectFill(patterned: 0.15))
            return
        }
        castShadow(shape)
        paint(shape, subjectFill(patterned: 0.5))
        if look == .inked {
            paint(Contour(shape: shape, halfWidth: penHalfWidth), rim)
        }
    }

    /// Draws a stroke: its width is already part of the shape.
    mutating func drawStroke(_ shape: some DistanceField) {
        castShadow(shape)
        paint(shape, subjectFill(patterned: 0.3))
        if look == .inked { paint(Contour(shape: shape, halfWidth: penHalfWidth * 0.55), rim) }
    }

    /// The pen around a filled subject: away from both its colour and the ground's where possible.
    private var rim: Tone {
        let figure = palette.figure, ground = palette.ground
        let darker = figure.lighter(by: -0.3), lighter = figure.lighter(by: 0.3)
        func margin(_ tone: Tone) -> Float { min(abs(tone.lightness - figure.lightness), abs(tone.lightness - ground.lightness)) }
        return margin(darker) >= margin(lighter) ? darker : lighter
    }

    /// The figure's colour, alone or with a pattern in a second tone that keeps its distance from the ground.
    mutating func subjectFill(patterned probability: Double) -> Fill {
        guard chance(probability) else { return Fill(palette.figure) }
        return Fill(palette.figure, shade(of: palette.figure), fillPattern())
    }

    /// A second tone for a pattern on a first one.
    mutating func shade(of tone: Tone, by range: ClosedRange<Double> = 0.12...0.28) -> Tone {
        let step = uniform(range)
        let isLighter = tone.lightness > palette.ground.lightness
        var shade = tone.lighter(by: isLighter ? step : -step)
        if abs(shade.lightness - tone.lightness) < 0.1 || chance(0.3) {
            // Towards the ground, by no more than leaves the two apart.
            let room = abs(tone.lightness - palette.ground.lightness) - 0.16
            shade = tone.lighter(by: (isLighter ? -1 : 1) * min(max(room, 0.05), step))
        }
        shade.hue += random.uniform(in: -35...35)
        return shade
    }

    /// A pattern fine enough to be a fill, in any direction.
    mutating func fillPattern() -> Pattern {
        let direction = direction()
        switch integer(0...11) {
        case 0...3: return .slope(Slope(direction: direction, centre: SIMD2(0, 0), reach: uniform(0.4...0.9)))
        case 4, 5:
            return .stripes(Stripes(direction: direction, period: uniform(0.13...0.26), offset: uniform(0...1), width: uniform(0.3...0.6)))
        case 6: return .checks(Checks(direction: direction, cell: uniform(0.09...0.18), offset: SIMD2(uniform(0...2), uniform(0...2))))
        case 7, 8:
            let spacing = uniform(0.15...0.28)
            return .dots(Dots(
                direction: direction, spacing: spacing, offset: SIMD2(uniform(0...1), uniform(0...1)),
                radius: spacing * uniform(0.2...0.34), isStaggered: chance(0.5)))
        case 9: return .speckle(Speckle(noise: noise(), frequency: uniform(5...14), gain: uniform(1.5...4)))
        case 10:
            return .hatch(Hatch(
                direction: direction, cell: SIMD2(uniform(0.22...0.34), uniform(0.08...0.13)), halfWidth: uniform(0.016...0.026),
                seed: UInt32(truncatingIfNeeded: random.next())))
        default: return fur(direction, frequency: 8...11)
        }
    }

    /// Fur whose strands run along a direction.
    mutating func fur(_ direction: SIMD2<Float>, frequency: ClosedRange<Double> = 7...10) -> Pattern {
        .fur(Fur(direction: direction, bend: noise(), strength: uniform(0.15...0.4), coarse: noise(), fine: noise(), frequency: uniform(frequency)))
    }
}
