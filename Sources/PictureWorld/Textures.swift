/// The classes that fill the picture: stripes, checks, dots and fur, in two colours of strong contrast.
extension PictureClass {
    static let textures: [PictureClass] = [
        PictureClass("stripes") { scene in
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
        PictureClass("checks") { scene in
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
        PictureClass("dots") { scene in
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
        PictureClass("fur") { scene in
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

/// Parallel bars; `direction` runs across them.
private struct Stripes: DistanceField {
    var direction: SIMD2<Float>
    var period: Float, offset: Float
    /// The bar's share of the period.
    var width: Float
    func distance(_ p: SIMD2<Float>) -> Float {
        let phase = p.dot(direction) / period + offset
        return (abs(phase - phase.rounded(.down) - 0.5) - width / 2) * period
    }
}

/// A chessboard.
private struct Checks: DistanceField {
    var direction: SIMD2<Float>
    var cell: Float
    var offset: SIMD2<Float>
    func distance(_ p: SIMD2<Float>) -> Float {
        let u = p.dot(direction) / cell + offset.x, v = direction.cross(p) / cell + offset.y
        let column = u.rounded(.down), row = v.rounded(.down)
        let edge = min(0.5 - abs(u - column - 0.5), 0.5 - abs(v - row - 0.5)) * cell
        return (Int(column) &+ Int(row)) & 1 == 0 ? -edge : edge
    }
}

/// Discs on a square lattice.
private struct Dots: DistanceField {
    var direction: SIMD2<Float>
    var spacing: Float
    var offset: SIMD2<Float>
    var radius: Float
    func distance(_ p: SIMD2<Float>) -> Float {
        let u = p.dot(direction) / spacing + offset.x, v = direction.cross(p) / spacing + offset.y
        return SIMD2(u - u.rounded(), v - v.rounded()).length * spacing - radius
    }
}

/// Fine strands along a gently bending direction: noise stretched along it.
private struct Fur: CoverageField {
    var direction: SIMD2<Float>
    var bend: ValueNoise, strength: Float
    var coarse: ValueNoise, fine: ValueNoise
    /// Strands per unit.
    var frequency: Float
    func coverage(_ p: SIMD2<Float>, resolution: Float) -> Float {
        let along = p.dot(direction)
        let across = direction.cross(p) + (bend(p * 1.6) - 0.5) * strength
        let strands = coarse(SIMD2(along * frequency * 0.22, across * frequency))
        let hairs = fine(SIMD2(along * frequency * 0.35 + 40, across * frequency * 1.7))
        let value = (strands * 0.6 + hairs * 0.4 - 0.5) * 2.4 + 0.5
        return min(max(value, 0), 1)
    }
}
