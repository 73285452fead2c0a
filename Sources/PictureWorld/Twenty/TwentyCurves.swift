/// The classes made of curves: circle, ring, arc, crescent, spiral and wave.
extension PictureClass {
    static let twentyCurves: [PictureClass] = [
        PictureClass(twenty: "circle") { scene in
            scene.layGround()
            let radius = scene.uniform(0.38...0.82)
            let centre = scene.place(radius: radius)
            let disc = Disc(centre: centre, radius: radius)
            scene.paint(disc, scene.figure)
            // A rim of another colour takes the outline's place: an outlined circle would be a ring.
            if scene.chance(0.35) {
                let rim = scene.colour(distinctFrom: scene.figure, scene.ground.colour)
                let halfWidth = scene.uniform(0.025...0.045)
                scene.paint(
                    Contour(shape: Disc(centre: centre, radius: radius - halfWidth), halfWidth: halfWidth), rim)
            }
            scene.record(centre: centre, radius: radius)
        },
        PictureClass(twenty: "ring") { scene in
            scene.layGround()
            let radius = scene.uniform(0.4...0.8)
            let halfWidth = radius * scene.uniform(0.07...0.2)
            let centre = scene.place(radius: radius + halfWidth)
            scene.paint(Contour(shape: Disc(centre: centre, radius: radius), halfWidth: halfWidth), scene.figure)
            scene.record(centre: centre, radius: radius, ["stroke": Double(halfWidth) * 2])
        },
        PictureClass(twenty: "arc") { scene in
            scene.layGround()
            let radius = scene.uniform(0.5...0.95)
            let half = scene.degrees(40...100)
            let orientation = scene.degrees()
            let direction = DeterministicTrigonometry.direction(degrees: orientation)
            let end = DeterministicTrigonometry.direction(degrees: half)
            // The stroke's box is centred between the arc's middle and its chord.
            let middle = scene.place(radius: max(radius * (half > 90 ? 1 : end.y), 0.55))
            let centre = middle - direction * (radius * (1 + end.x) / 2)
            let halfWidth = scene.uniform(0.04...0.1)
            scene.paint(
                ArcStroke(
                    centre: centre, radius: radius, direction: direction, sine: end.y, cosine: end.x,
                    halfWidth: halfWidth),
                scene.figure)
            scene.record(
                centre: centre, radius: radius, orientation: orientation,
                ["sweep": half * 2, "stroke": Double(halfWidth) * 2])
        },
        PictureClass(twenty: "crescent") { scene in
            scene.layGround()
            scene.chooseStyle()
            let radius = scene.uniform(0.5...0.85)
            let centre = scene.place(radius: radius)
            let orientation = scene.degrees()
            let direction = DeterministicTrigonometry.direction(degrees: orientation)
            let bite = Disc(
                centre: centre - direction * (radius * scene.uniform(0.45...0.65)),
                radius: radius * scene.uniform(0.8...0.95))
            scene.draw(CrescentMoon(disc: Disc(centre: centre, radius: radius), bite: bite), scene.figure)
            scene.record(centre: centre, radius: radius, orientation: orientation)
        },
        PictureClass(twenty: "spiral") { scene in
            scene.layGround()
            let radius = scene.uniform(0.6...0.88)
            let turns = scene.degrees(1.8...2.8)
            let pitch = radius / Float(turns)
            let halfWidth = pitch * scene.uniform(0.14...0.24)
            let centre = scene.place(radius: radius)
            let orientation = scene.degrees()
            let hand: Double = scene.chance(0.5) ? 1 : -1
            let points = (0...72).map { step in
                let share = Double(step) / 72
                // Equal steps of arc length: the angle grows with the square root.
                let along = share.squareRoot()
                let degrees = orientation + hand * (along - 1) * turns * 360
                return centre + DeterministicTrigonometry.direction(degrees: degrees) * (radius * Float(along))
            }
            scene.paint(Polyline(points, halfWidth: halfWidth), scene.figure)
            scene.record(
                centre: centre, radius: radius, orientation: orientation,
                ["turns": turns, "hand": hand, "stroke": Double(halfWidth) * 2])
        },
        PictureClass(twenty: "wave") { scene in
            let period = scene.uniform(0.55...0.85)
            let amplitude = period * scene.uniform(0.22...0.34)
            TwentyStrokeAcross.draw(&scene, period: period, amplitude: amplitude, pointsPerPeriod: 20) { phase in
                DeterministicTrigonometry.sine(phase * 2 * .pi)
            }
        },
    ]
}

/// A periodic line that crosses the picture: the wave, and the zigzag as its straight-edged counterpart.
enum TwentyStrokeAcross {
    static func draw(
        _ scene: inout TwentyScene, period: Float, amplitude: Float, pointsPerPeriod: Int, profile: (Double) -> Double
    ) {
        scene.layGround()
        let halfLength = scene.uniform(0.7...0.95)
        let halfWidth = min(scene.uniform(0.04...0.085), amplitude * 0.45)
        let orientation = scene.degrees(0...180)
        let centre = scene.place(radius: 0.7)
        let along = DeterministicTrigonometry.direction(degrees: orientation)
        let across = SIMD2(-along.y, along.x)
        let step = period / Float(pointsPerPeriod)
        let count = Int((2 * halfLength / step).rounded(.up))
        let phase = scene.integer(0...3)
        let points = (0...count).map { index in
            let position = Float(index) * step - halfLength
            let height = Float(profile(Double(index) / Double(pointsPerPeriod) + Double(phase) / 4)) * amplitude
            return centre + along * position + across * height
        }
        scene.paint(Polyline(points, halfWidth: halfWidth), scene.figure)
        scene.record(
            centre: centre, radius: halfLength, orientation: orientation,
            ["period": Double(period), "amplitude": Double(amplitude), "stroke": Double(halfWidth) * 2])
    }
}
