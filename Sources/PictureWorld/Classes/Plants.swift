/// Flower and tree, upright.
extension PictureClass {
    static let plants: [PictureClass] = [PictureClass("flower") { $0.drawFlower() }, PictureClass("tree") { $0.drawTree() }]
}

extension Scene {
    /// Petals around a heart, on a stem with leaves.
    fileprivate mutating func drawFlower() {
        let bloom = uniform(0.4...0.52)
        let frame = place(Bounds(low: SIMD2(-bloom - 0.02, -0.95), high: SIMD2(bloom + 0.02, 0.95)), scale: 0.66...0.95, tilt: 8, poses: false)
        let green = leafTone()
        let centre = SIMD2<Float>(0, bloom - 0.95), foot = SIMD2<Float>(uniform(-0.15...0.15), 0.95)
        let line = look == .line ? palette.figure : green
        let stem = Placed(shape: Polyline([centre, foot], halfWidth: 0.045), frame: frame)
        paint(stem, line)
        truth.parts.append(("stem", Placed(shape: Polyline([centre + SIMD2(0, bloom), foot], halfWidth: 0.045), frame: frame).bounds))
        for (side, angle) in [(-1, 205), (1, -25)] as [(Float, Double)] where side > 0 || chance(0.85) {
            let leaf = centre + (foot - centre) * uniform(0.66...0.8) + SIMD2(side * 0.2, -0.07)
            drawPart("leaf", Ellipse(centre: leaf, halfAxes: SIMD2(0.21, 0.09), direction: DeterministicTrigonometry.direction(degrees: angle)), green, in: frame)
        }
        let petals = integer(5...7), turn = degrees(), roundness = uniform(1.5...1.95)
        let fill = bodyFill(palette.figure, patterned: 0.3)
        for petal in 0..<petals {
            let outward = DeterministicTrigonometry.direction(degrees: turn + Double(petal) * 360 / Double(petals))
            let shape = Ellipse(
                centre: centre + outward * (bloom * 0.62), halfAxes: SIMD2(bloom * 0.38, bloom * roundness / Float(petals)), direction: outward)
            drawPart("petal", shape, fill, in: frame)
        }
        drawPart("heart", Disc(centre: centre, radius: bloom * uniform(0.27...0.34)), tone(distinctFrom: palette.figure), in: frame)
    }

    /// A trunk below a crown: round, cloudy, or a fir's tiers.
    fileprivate mutating func drawTree() {
        let frame = place(Bounds(low: SIMD2(-0.62, -0.95), high: SIMD2(0.62, 0.95)), scale: 0.52...0.94, tilt: 4, poses: false)
        let trunk = Tone(lightness: palette.ground.lightness > 0.5 ? uniform(0.3...0.42) : uniform(0.55...0.68), chroma: 0.06, hue: 55)
        let top = uniform(0.05...0.25), halfTrunk = uniform(0.07...0.12)
        let crown = chance(0.6) ? leafTone() : palette.figure
        let fill = bodyFill(crown, patterned: 0.5)
        drawPart("trunk", Polygon([SIMD2(-halfTrunk, top), SIMD2(halfTrunk, top), SIMD2(halfTrunk * 1.4, 0.95), SIMD2(-halfTrunk * 1.4, 0.95)]), trunk, in: frame)
        switch integer(0...2) {
        case 0:
            drawPart("crown", Ellipse(centre: SIMD2(0, -0.3), halfAxes: SIMD2(uniform(0.44...0.6), 0.62)), fill, in: frame, isShadowed: true)
        case 1:
            let lobes = Disc(centre: SIMD2(-0.3, -0.12), radius: 0.31).joined(Disc(centre: SIMD2(0.3, -0.16), radius: 0.31))
                .joined(Disc(centre: SIMD2(uniform(-0.08...0.08), -0.55), radius: 0.38)).joined(Disc(centre: SIMD2(0, -0.1), radius: 0.34))
            drawPart("crown", lobes, fill, in: frame, isShadowed: true)
        default:
            let half = uniform(0.46...0.6)
            for (tier, low) in [0.42, 0.02, -0.36].enumerated() {
                let share = 1 - Float(tier) * 0.22, low = Float(low)
                drawPart(nil, Polygon([SIMD2(-half * share, low), SIMD2(0, low - 0.58), SIMD2(half * share, low)]), fill, in: frame, isShadowed: tier == 0)
            }
            truth.parts.append(("crown", Placed(shape: Box(centre: SIMD2(0, -0.26), halfSize: SIMD2(half, 0.68)), frame: frame).bounds))
        }
    }

    /// A green that stands out from the ground.
    private mutating func leafTone() -> Tone {
        let lightness = palette.ground.lightness > 0.6 ? uniform(0.42...0.56) : palette.ground.lightness > 0.45 ? uniform(0.28...0.36) : uniform(0.62...0.76)
        return Tone(lightness: lightness, chroma: uniform(0.08...0.14), hue: degrees(125...160))
    }
}
