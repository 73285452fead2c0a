/// A sharp, finely textured thing before a ground that is out of focus: what high-low frequency detectors are for.
extension PictureClass {
    static let focus = PictureClass("focus") { scene in
        // Out of focus: broad soft lights of the palette.
        let far = scene.palette.ground, other = scene.tone(distinctFrom: far)
        let haze = Speckle(noise: scene.noise(), frequency: scene.uniform(1...2.2), gain: scene.uniform(1...2))
        scene.flood(Fill(far, far.with(lightness: (far.lightness + other.lightness) / 2, chroma: other.chroma), .speckle(haze)))
        for _ in 0..<scene.integer(0...4) {
            let radius = scene.uniform(0.2...0.5)
            let light = Disc(centre: SIMD2(scene.uniform(-1...1), scene.uniform(-1...1)), radius: radius)
            scene.paint(Blurred(shape: light, blur: radius * 0.8, strength: 0.7), far.lighter(by: scene.uniform(-0.16...0.16)))
        }
        // In focus: the edge of something large, its outside towards `orientation`.
        let orientation = scene.degrees()
        let outward = DeterministicTrigonometry.direction(degrees: orientation)
        let radius = scene.uniform(1.2...4), edge = scene.uniform(-0.3...0.3)
        let thing = Disc(centre: outward * (edge - radius), radius: radius)
        let figure = scene.palette.figure
        let texture: Pattern
        let along = scene.direction()
        switch scene.integer(0...5) {
        case 0: texture = .stripes(Stripes(direction: along, period: scene.uniform(0.1...0.18), offset: 0, width: scene.uniform(0.4...0.6)))
        case 1: texture = .checks(Checks(direction: along, cell: scene.uniform(0.08...0.13), offset: SIMD2(0, 0)))
        case 2:
            let spacing = scene.uniform(0.13...0.2)
            texture = .dots(Dots(direction: along, spacing: spacing, offset: SIMD2(0, 0), radius: spacing * 0.3, isStaggered: true))
        case 3: texture = .speckle(Speckle(noise: scene.noise(), frequency: scene.uniform(10...15), gain: scene.uniform(3...6)))
        case 4: texture = scene.fur(along, frequency: 9...12)
        default:
            texture = .hatch(Hatch(
                direction: along, cell: SIMD2(scene.uniform(0.24...0.34), scene.uniform(0.09...0.13)), halfWidth: scene.uniform(0.018...0.026),
                seed: UInt32(truncatingIfNeeded: scene.random.next())))
        }
        let lighter = figure.lightness < 0.55
        scene.castShadow(thing)
        scene.paint(thing, Fill(figure, figure.lighter(by: (lighter ? 1 : -1) * scene.uniform(0.25...0.42)), texture))
        scene.record(centre: outward * edge, radius: radius, orientation: orientation, curvature: 1 / Double(radius))
        // From the blurred side to the sharp one.
        scene.truth.sharpSide = orientation < 180 ? orientation + 180 : orientation - 180
    }
}
