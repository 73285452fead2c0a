/// The classes made of curves: circle, ring, ellipse, arc, crescent, S-curve, spiral and wave.
extension PictureClass {
    static let curves: [PictureClass] = [
        PictureClass("circle") { scene in
            // An outlined circle would be a ring: it is always filled.
            if scene.look == .line { scene.look = .inked }
            let radius = scene.uniform(0.36...0.84)
            let disc = Disc(centre: scene.place(radius: radius), radius: radius)
            scene.drawSubject(disc)
            scene.record(centre: disc.centre, radius: radius, curvature: 1 / Double(radius))
        },
        PictureClass("ring") { scene in
            let radius = scene.uniform(0.36...0.8)
            let halfWidth = radius * scene.uniform(0.08...0.2)
            let centre = scene.place(radius: radius + halfWidth)
            scene.drawStroke(Contour(shape: Disc(centre: centre, radius: radius), halfWidth: halfWidth))
            scene.record(centre: centre, radius: radius, curvature: 1 / Double(radius), ["stroke": Double(halfWidth) * 2])
        },
        PictureClass("ellipse") { scene in
            let long = scene.uniform(0.45...0.88), ratio = scene.uniform(0.38...0.64)
            let orientation = scene.degrees(0...180)
            var ellipse = Ellipse(
                centre: SIMD2(0, 0), halfAxes: SIMD2(long, long * ratio), direction: DeterministicTrigonometry.direction(degrees: orientation))
            ellipse.centre = scene.place(halfSize: ellipse.bounds.halfSize)
            scene.drawSubject(ellipse)
            scene.record(centre: ellipse.centre, radius: long, orientation: orientation, ["ratio": Double(ratio)])
        },
        PictureClass("arc") { scene in
            let radius = scene.uniform(0.46...0.95), halfSweep = scene.degrees(38...95)
            let orientation = scene.degrees()
            let end = DeterministicTrigonometry.direction(degrees: halfSweep)
            let halfWidth = scene.uniform(0.04...0.1)
            var arc = ArcStroke(
                centre: SIMD2(0, 0), radius: radius, direction: DeterministicTrigonometry.direction(degrees: orientation),
                sine: end.y, cosine: end.x, halfWidth: halfWidth)
            let box = arc.bounds
            arc.centre = scene.place(halfSize: box.halfSize) - box.centre
            scene.drawStroke(arc)
            scene.record(
                centre: arc.centre, radius: radius, orientation: orientation, curvature: 1 / Double(radius),
                ["sweep": halfSweep * 2, "stroke": Double(halfWidth) * 2])
        },
        PictureClass("crescent") { scene in
            let radius = scene.uniform(0.42...0.85)
            let centre = scene.place(radius: radius)
            let orientation = scene.degrees()
            let direction = DeterministicTrigonometry.direction(degrees: orientation)
            let bite = Disc(centre: centre - direction * (radius * scene.uniform(0.45...0.65)), radius: radius * scene.uniform(0.8...0.95))
            scene.drawSubject(Disc(centre: centre, radius: radius).without(bite))
            scene.record(centre: centre, radius: radius, orientation: orientation, curvature: 1 / Double(radius))
        },
        PictureClass("s-curve") { scene in
            // Two arcs of opposite bends that meet in the middle, where the line runs along the orientation.
            let radius = scene.uniform(0.24...0.4), sweep = scene.degrees(130...215)
            let orientation = scene.degrees(0...180), hand = Double(scene.sign())
            let half = (0...20).map { step -> SIMD2<Float> in
                let turned = DeterministicTrigonometry.direction(degrees: hand * (Double(step) / 20 * sweep - 90))
                return turned * radius + SIMD2(0, Float(hand) * radius)
            }
            let chain = half.reversed().map { SIMD2<Float>(0, 0) - $0 } + half.dropFirst()
            let direction = DeterministicTrigonometry.direction(degrees: orientation)
            let turned = chain.map { SIMD2($0.x * direction.x - $0.y * direction.y, $0.x * direction.y + $0.y * direction.x) }
            let halfWidth = scene.uniform(0.04...0.085)
            let centre = scene.place(halfSize: Bounds(turned, margin: halfWidth).halfSize)
            scene.drawStroke(Polyline(turned.map { $0 + centre }, halfWidth: halfWidth))
            scene.record(
                centre: centre, radius: radius, orientation: orientation, curvature: 1 / Double(radius),
                ["sweep": sweep, "hand": hand, "stroke": Double(halfWidth) * 2])
        },
        PictureClass("spiral") { scene in
            let radius = scene.uniform(0.55...0.9), turns = scene.degrees(1.8...2.8)
            let halfWidth = radius / Float(turns) * scene.uniform(0.14...0.24)
            let centre = scene.place(radius: radius)
            let orientation = scene.degrees(), hand = Double(scene.sign())
            let points = (0...72).map { step in
                // Equal steps of arc length: the angle grows with the square root.
                let along = (Double(step) / 72).squareRoot()
                return centre + DeterministicTrigonometry.direction(degrees: orientation + hand * (along - 1) * turns * 360) * (radius * Float(along))
            }
            scene.drawStroke(Polyline(points, halfWidth: halfWidth))
            scene.record(
                centre: centre, radius: radius, orientation: orientation, ["turns": turns, "hand": hand, "stroke": Double(halfWidth) * 2])
        },
        PictureClass("wave") { scene in
            let period = scene.uniform(0.5...0.85)
            scene.drawLineAcross(period: period, amplitude: period * scene.uniform(0.22...0.34), pointsPerPeriod: 20) { phase in
                DeterministicTrigonometry.sine(phase * 2 * .pi)
            }
        },
    ]
}

extension Scene {
    /// A periodic line that crosses the picture: the wave, and the zigzag as its straight-edged counterpart.
    mutating func drawLineAcross(period: Float, amplitude: Float, pointsPerPeriod: Int, profile: (Double) -> Double) {
        let halfLength = uniform(0.65...0.95)
        let halfWidth = min(uniform(0.035...0.085), amplitude * 0.45)
        let orientation = degrees(0...180)
        let centre = place(radius: 0.68)
        let along = DeterministicTrigonometry.direction(degrees: orientation)
        let across = SIMD2(-along.y, along.x)
        let step = period / Float(pointsPerPeriod)
        let count = Int((2 * halfLength / step).rounded(.up))
        let phase = Double(integer(0...3)) / 4
        let points = (0...count).map { index in
            let height = Float(profile(Double(index) / Double(pointsPerPeriod) + phase)) * amplitude
            return centre + along * (Float(index) * step - halfLength) + across * height
        }
        drawStroke(Polyline(points, halfWidth: halfWidth))
        record(
            centre: centre, radius: halfLength, orientation: orientation,
            ["period": Double(period), "amplitude": Double(amplitude), "stroke": Double(halfWidth) * 2])
    }
}
