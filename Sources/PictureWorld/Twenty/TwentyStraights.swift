/// The classes made of straight edges: triangle, square, star, cross and zigzag.
extension PictureClass {
    static let twentyStraights: [PictureClass] = [
        PictureClass(twenty: "triangle") { scene in
            let corners = (0..<3).map { DeterministicTrigonometry.direction(degrees: Double($0) * 120 - 90) }
            draw(corners, radius: 0.55...0.9, turn: 0...120, in: &scene)
        },
        PictureClass(twenty: "square") { scene in
            let corners = (0..<4).map { DeterministicTrigonometry.direction(degrees: Double($0) * 90 - 45) }
            draw(corners, radius: 0.5...0.95, turn: 0...90, in: &scene)
        },
        PictureClass(twenty: "star") { scene in
            let points = scene.integer(5...6)
            let inner = scene.uniform(0.38...0.48)
            let corners = (0..<2 * points).map { index in
                DeterministicTrigonometry.direction(degrees: Double(index) * 180 / Double(points) - 90)
                    * (index % 2 == 0 ? 1 : inner)
            }
            draw(corners, radius: 0.6...0.9, turn: 0...360, measures: ["points": Double(points)], in: &scene)
        },
        PictureClass(twenty: "cross") { scene in
            let w = scene.uniform(0.2...0.32)
            let corners: [SIMD2<Float>] = [
                SIMD2(-w, -1), SIMD2(w, -1), SIMD2(w, -w), SIMD2(1, -w), SIMD2(1, w), SIMD2(w, w), SIMD2(w, 1),
                SIMD2(-w, 1), SIMD2(-w, w), SIMD2(-1, w), SIMD2(-1, -w), SIMD2(-w, -w),
            ]
            draw(corners, radius: 0.55...0.9, turn: 0...90, in: &scene)
        },
        PictureClass(twenty: "zigzag") { scene in
            let period = scene.uniform(0.45...0.75)
            let amplitude = period * scene.uniform(0.26...0.4)
            TwentyStrokeAcross.draw(&scene, period: period, amplitude: amplitude, pointsPerPeriod: 4) { phase in
                [0, 1, 0, -1][Int((phase * 4).rounded()) % 4]
            }
        },
    ]

    /// One polygon in the chosen style, its corners given within the unit circle.
    private static func draw(
        _ corners: [SIMD2<Float>], radius range: ClosedRange<Double>, turn: ClosedRange<Double>,
        measures: [String: Double] = [:], in scene: inout TwentyScene
    ) {
        scene.layGround()
        scene.chooseStyle()
        let radius = scene.uniform(range)
        let orientation = scene.degrees(turn)
        let centre = scene.place(radius: radius)
        scene.draw(Polygon(corners, centre: centre, scale: radius, degrees: orientation), scene.figure)
        scene.record(centre: centre, radius: radius, orientation: orientation, measures)
    }
}
