/// The classes made of straight edges: triangle, square, pentagon, star, cross, zigzag, angle, grid and bars.
extension PictureClass {
    static let straightEdges: [PictureClass] = [
        PictureClass("triangle") { scene in
            // From equilateral to clearly isosceles.
            let apex = scene.uniform(0.8...1.15)
            let corners = (0..<3).map { DeterministicTrigonometry.direction(degrees: Double($0) * 120 - 90) * ($0 == 0 ? apex : 1) }
            scene.drawPolygon(corners, radius: 0.45...0.85, turn: 0...360)
        },
        PictureClass("square") { scene in
            scene.drawPolygon((0..<4).map { DeterministicTrigonometry.direction(degrees: Double($0) * 90 - 45) }, radius: 0.48...0.95, turn: 0...90)
        },
        PictureClass("pentagon") { scene in
            scene.drawPolygon((0..<5).map { DeterministicTrigonometry.direction(degrees: Double($0) * 72 - 90) }, radius: 0.42...0.88, turn: 0...72)
        },
        PictureClass("star") { scene in
            let points = scene.integer(5...6), inner = scene.uniform(0.38...0.48)
            let corners = (0..<2 * points).map { index in
                DeterministicTrigonometry.direction(degrees: Double(index) * 180 / Double(points) - 90) * (index % 2 == 0 ? 1 : inner)
            }
            scene.drawPolygon(corners, radius: 0.5...0.9, turn: 0...360, measures: ["points": Double(points)])
        },
        PictureClass("cross") { scene in
            let w = scene.uniform(0.2...0.32)
            let arm: [SIMD2<Float>] = [SIMD2(-w, -1), SIMD2(w, -1), SIMD2(w, -w)]
            let corners = (0..<4).flatMap { turn -> [SIMD2<Float>] in
                arm.map { corner in (0..<turn).reduce(corner) { point, _ in SIMD2(-point.y, point.x) } }
            }
            scene.drawPolygon(corners, radius: 0.45...0.88, turn: 0...90)
        },
        PictureClass("zigzag") { scene in
            let period = scene.uniform(0.42...0.75)
            scene.drawLineAcross(period: period, amplitude: period * scene.uniform(0.26...0.4), pointsPerPeriod: 4) { phase in
                [0, 1, 0, -1][Int((phase * 4).rounded()) % 4]
            }
        },
        PictureClass("angle") { scene in
            // The sharp counterpart of an arc: two straight strokes that meet.
            let length = scene.uniform(0.6...1.1), halfOpening = scene.degrees(22...58)
            let orientation = scene.degrees()
            let arms = [1.0, -1.0].map { DeterministicTrigonometry.direction(degrees: orientation + 180 + $0 * halfOpening) * length }
            let halfWidth = scene.uniform(0.04...0.1)
            let box = Bounds([arms[0], SIMD2(0, 0), arms[1]], margin: halfWidth)
            let corner = scene.place(halfSize: box.halfSize) - box.centre
            scene.drawStroke(Polyline([corner + arms[0], corner, corner + arms[1]], halfWidth: halfWidth))
            scene.record(
                centre: corner, radius: length, orientation: orientation, ["opening": halfOpening * 2, "stroke": Double(halfWidth) * 2])
        },
        PictureClass("grid") { scene in
            let cell = scene.uniform(0.26...0.5), orientation = scene.degrees(0...90)
            let halfWidth = cell * scene.uniform(0.07...0.14)
            let lattice = Lattice(
                direction: DeterministicTrigonometry.direction(degrees: orientation), cell: SIMD2(cell, cell * scene.uniform(0.8...1.25)),
                offset: SIMD2(scene.uniform(0...1), scene.uniform(0...1)), halfWidth: halfWidth)
            scene.paint(lattice, scene.subjectFill(patterned: 0.2))
            scene.record(
                centre: SIMD2(0, 0), radius: 1, orientation: orientation, ["period": Double(cell), "stroke": Double(halfWidth) * 2])
        },
        PictureClass("bars") { scene in
            // A few separate bars, side by side.
            let count = scene.integer(2...4), gap = scene.uniform(0.2...0.4)
            let halfWidth = gap * scene.uniform(0.24...0.38), orientation = scene.degrees(0...180)
            let halfLengths = (0..<count).map { _ in scene.uniform(0.4...0.72) }
            let halfSpan = Float(count - 1) / 2 * gap + halfWidth
            let along = DeterministicTrigonometry.direction(degrees: orientation)
            let reach = SIMD2(abs(along.x) * 0.72 + abs(along.y) * halfSpan, abs(along.y) * 0.72 + abs(along.x) * halfSpan)
            let frame = Frame(centre: scene.place(halfSize: reach), scale: 1, direction: along)
            let corner = scene.chance(0.5) ? halfWidth * 0.9 : 0
            let fill = scene.subjectFill(patterned: 0.25)
            for (index, halfLength) in halfLengths.enumerated() {
                let bar = Box(
                    centre: SIMD2(0, (Float(index) - Float(count - 1) / 2) * gap), halfSize: SIMD2(halfLength, halfWidth), corner: corner)
                scene.castShadow(Placed(shape: bar, frame: frame))
                scene.paint(Placed(shape: bar, frame: frame), fill)
                scene.truth.parts.append(("bar", Placed(shape: bar, frame: frame).bounds))
            }
            scene.record(
                centre: frame.centre, radius: 0.72, orientation: orientation,
                ["count": Double(count), "period": Double(gap), "stroke": Double(halfWidth) * 2])
        },
    ]
}

extension Scene {
    /// One polygon in the picture's look, its corners given around the origin.
    mutating func drawPolygon(
        _ corners: [SIMD2<Float>], radius range: ClosedRange<Double>, turn: ClosedRange<Double>, measures: [String: Double] = [:]
    ) {
        let radius = uniform(range), orientation = degrees(turn)
        let box = Polygon(corners, centre: SIMD2(0, 0), scale: radius, degrees: orientation).bounds
        let centre = place(halfSize: box.halfSize) - box.centre
        drawSubject(Polygon(corners, centre: centre, scale: radius, degrees: orientation))
        record(centre: centre, radius: radius, orientation: orientation, measures)
    }
}
