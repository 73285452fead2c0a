/// The classes that fill the picture: stripes, checks, dots and fur, in two colours of strong contrast.
extension PictureClass {
    static let twentyTextures: [PictureClass] = [
        PictureClass(twenty: "stripes") { scene in
            let period = scene.uniform(0.2...0.5)
            let orientation = scene.degrees(0...180)
            scene.flood(scene.ground.colour)
            scene.paint(
                Stripes(
                    direction: DeterministicTrigonometry.direction(degrees: orientation + 90), period: period,
                    offset: scene.uniform(0...1), width: scene.uniform(0.38...0.62)),
                scene.figure)
            scene.record(centre: SIMD2(0, 0), radius: 1, orientation: orientation, ["period": Double(period)])
        },
        PictureClass(twenty: "checks") { scene in
            let cell = scene.uniform(0.18...0.42)
            let orientation = scene.degrees(0...90)
            scene.flood(scene.ground.colour)
            scene.paint(
                Checks(
                    direction: DeterministicTrigonometry.direction(degrees: orientation), cell: cell,
                    offset: SIMD2(scene.uniform(0...2), scene.uniform(0...2))),
                scene.figure)
            scene.record(centre: SIMD2(0, 0), radius: 1, orientation: orientation, ["period": Double(cell) * 2])
        },
        PictureClass(twenty: "dots") { scene in
            let spacing = scene.uniform(0.3...0.55)
            let radius = spacing * scene.uniform(0.24...0.36)
            let orientation = scene.degrees(0...90)
            scene.flood(scene.ground.colour)
            scene.paint(
                Dots(
                    direction: DeterministicTrigonometry.direction(degrees: orientation), spacing: spacing,
                    offset: SIMD2(scene.uniform(0...1), scene.uniform(0...1)), radius: radius),
                scene.figure)
            scene.record(
                centre: SIMD2(0, 0), radius: 1, orientation: orientation,
                ["period": Double(spacing), "dot radius": Double(radius)])
        },
        PictureClass(twenty: "fur") { scene in
            let orientation = scene.degrees(0...180)
            scene.flood(scene.ground.colour)
            scene.paint(
                Fur(
                    direction: DeterministicTrigonometry.direction(degrees: orientation), bend: scene.noise(),
                    strength: scene.uniform(0.15...0.4), coarse: scene.noise(), fine: scene.noise(),
                    frequency: scene.uniform(7...10)),
                scene.figure)
            scene.record(centre: SIMD2(0, 0), radius: 1, orientation: orientation)
        },
    ]
}
