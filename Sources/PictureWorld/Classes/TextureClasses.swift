/// The classes that fill the picture: stripes, checks, dots, hatch, fine noise, coarse noise and fur, in two tones.
extension PictureClass {
    static let textures: [PictureClass] = [
        PictureClass("stripes") { scene in
            let period = scene.uniform(0.17...0.48), orientation = scene.degrees(0...180)
            let stripes = Stripes(
                direction: DeterministicTrigonometry.direction(degrees: orientation + 90), period: period,
                offset: scene.uniform(0...1), width: scene.uniform(0.32...0.68))
            scene.fillWithTexture(.stripes(stripes), orientation: orientation, ["period": Double(period)])
        },
        PictureClass("checks") { scene in
            let cell = scene.uniform(0.15...0.42), orientation = scene.degrees(0...90)
            let checks = Checks(
                direction: DeterministicTrigonometry.direction(degrees: orientation), cell: cell,
                offset: SIMD2(scene.uniform(0...2), scene.uniform(0...2)))
            scene.fillWithTexture(.checks(checks), orientation: orientation, ["period": Double(cell) * 2])
        },
        PictureClass("dots") { scene in
            let spacing = scene.uniform(0.28...0.54), orientation = scene.degrees(0...90)
            let radius = spacing * scene.uniform(0.22...0.36)
            let dots = Dots(
                direction: DeterministicTrigonometry.direction(degrees: orientation), spacing: spacing,
                offset: SIMD2(scene.uniform(0...1), scene.uniform(0...1)), radius: radius, isStaggered: scene.chance(0.3))
            scene.fillWithTexture(.dots(dots), orientation: orientation, ["period": Double(spacing), "dot radius": Double(radius)])
        },
        PictureClass("hatch") { scene in
            let orientation = scene.degrees(0...180)
            let cell = SIMD2(scene.uniform(0.3...0.5), scene.uniform(0.11...0.18)), halfWidth = scene.uniform(0.02...0.036)
            let hatch = Hatch(
                direction: DeterministicTrigonometry.direction(degrees: orientation), cell: cell, halfWidth: halfWidth,
                seed: UInt32(truncatingIfNeeded: scene.random.next()))
            scene.fillWithTexture(.hatch(hatch), orientation: orientation, ["stroke": Double(halfWidth) * 2])
        },
        PictureClass("fine noise") { scene in
            let frequency = scene.uniform(10...15)
            let noise = Speckle(noise: scene.noise(), frequency: frequency, gain: scene.uniform(2...4.5))
            scene.fillWithTexture(.speckle(noise), orientation: nil, ["period": 2 / Double(frequency)])
        },
        PictureClass("coarse noise") { scene in
            let frequency = scene.uniform(2.6...5)
            let noise = Speckle(noise: scene.noise(), frequency: frequency, gain: scene.uniform(3...9))
            scene.fillWithTexture(.speckle(noise), orientation: nil, ["period": 2 / Double(frequency)])
        },
        PictureClass("fur") { scene in
            let orientation = scene.degrees(0...180)
            let fur = scene.fur(DeterministicTrigonometry.direction(degrees: orientation))
            scene.fillWithTexture(fur, orientation: orientation)
        },
    ]
}

extension Scene {
    /// Fills the picture with a pattern of the figure's tone on the ground's.
    mutating func fillWithTexture(_ pattern: Pattern, orientation: Double?, _ measures: [String: Double] = [:]) {
        // Either tone may be the pattern's, and the contrast may be less than the palette's.
        let share = uniform(0.55...1)
        let between = Tone(
            lightness: palette.ground.lightness + (palette.figure.lightness - palette.ground.lightness) * share,
            chroma: palette.figure.chroma, hue: palette.figure.hue)
        flood(chance(0.5) ? Fill(palette.ground, between, pattern) : Fill(between, palette.ground, pattern))
        record(centre: SIMD2(0, 0), radius: 1, orientation: orientation, measures)
    }
}
