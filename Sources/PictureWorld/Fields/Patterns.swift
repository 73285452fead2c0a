/// A pattern without end, in two colours: the fill of a shape, a texture, or the faint figure of a ground.
enum Pattern: CoverageField {
    case none
    case slope(Slope)
    case stripes(Stripes)
    case checks(Checks)
    case dots(Dots)
    case lattice(Lattice)
    case hatch(Hatch)
    case speckle(Speckle)
    case fur(Fur)

    @inline(__always)
    func coverage(_ p: SIMD2<Float>, resolution: Float) -> Float {
        switch self {
        case .none: 0
        case .slope(let pattern): pattern.coverage(p, resolution: resolution)
        case .stripes(let pattern): pattern.coverage(p, resolution: resolution)
        case .checks(let pattern): pattern.coverage(p, resolution: resolution)
        case .dots(let pattern): pattern.coverage(p, resolution: resolution)
        case .lattice(let pattern): pattern.coverage(p, resolution: resolution)
        case .hatch(let pattern): pattern.coverage(p, resolution: resolution)
        case .speckle(let pattern): pattern.coverage(p, resolution: resolution)
        case .fur(let pattern): pattern.coverage(p, resolution: resolution)
        }
    }
}

/// From one colour to the other along a direction.
struct Slope: CoverageField {
    var direction: SIMD2<Float>
    var centre: SIMD2<Float>
    /// Half the length over which the colour changes.
    var reach: Float
    func coverage(_ p: SIMD2<Float>, resolution: Float) -> Float {
        min(max((p - centre).dot(direction) / reach * 0.5 + 0.5, 0), 1)
    }
}

/// The coverage of a pixel whose centre is at a signed distance from an edge.
@inline(__always)
private func covered(_ distance: Float, _ resolution: Float) -> Float { min(max(0.5 - distance * resolution, 0), 1) }

/// Parallel bars; `direction` runs across them.
struct Stripes: CoverageField {
    var direction: SIMD2<Float>
    var period: Float, offset: Float
    /// The bar's share of the period.
    var width: Float
    func coverage(_ p: SIMD2<Float>, resolution: Float) -> Float {
        let phase = p.dot(direction) / period + offset
        return covered((abs(phase - phase.rounded(.down) - 0.5) - width / 2) * period, resolution)
    }
}

/// A chessboard.
struct Checks: CoverageField {
    var direction: SIMD2<Float>
    var cell: Float
    var offset: SIMD2<Float>
    func coverage(_ p: SIMD2<Float>, resolution: Float) -> Float {
        let u = p.dot(direction) / cell + offset.x, v = direction.cross(p) / cell + offset.y
        let column = u.rounded(.down), row = v.rounded(.down)
        let edge = min(0.5 - abs(u - column - 0.5), 0.5 - abs(v - row - 0.5)) * cell
        return covered((Int(column) &+ Int(row)) & 1 == 0 ? -edge : edge, resolution)
    }
}

/// Discs on a lattice; every second row may be shifted by half a step.
struct Dots: CoverageField {
    var direction: SIMD2<Float>
    var spacing: Float
    var offset: SIMD2<Float>
    var radius: Float
    var isStaggered = false
    func coverage(_ p: SIMD2<Float>, resolution: Float) -> Float {
        var u = p.dot(direction) / spacing + offset.x
        let v = direction.cross(p) / spacing + offset.y
        let row = v.rounded()
        if isStaggered && Int(row) & 1 != 0 { u += 0.5 }
        return covered(SIMD2(u - u.rounded(), v - row).length * spacing - radius, resolution)
    }
}

/// Thin lines that cross at right angles.
struct Lattice: CoverageField {
    var direction: SIMD2<Float>
    var cell: SIMD2<Float>
    var offset: SIMD2<Float>
    var halfWidth: Float
    func coverage(_ p: SIMD2<Float>, resolution: Float) -> Float {
        let u = p.dot(direction) / cell.x + offset.x, v = direction.cross(p) / cell.y + offset.y
        return covered(min(abs(u - u.rounded()) * cell.x, abs(v - v.rounded()) * cell.y) - halfWidth, resolution)
    }
}

/// Short pen strokes of nearly one direction, each in a cell of its own and a little out of line.
struct Hatch: CoverageField {
    var direction: SIMD2<Float>
    /// A cell's length along the strokes and width across them.
    var cell: SIMD2<Float>
    var halfWidth: Float
    var seed: UInt32

    func coverage(_ p: SIMD2<Float>, resolution: Float) -> Float {
        let v = direction.cross(p) / cell.y
        let row = v.rounded(.down)
        // A brick wall: each row is shifted by an amount of its own.
        let shift = ValueNoise.unit(Int32(row), 7_919, seed)
        let u = p.dot(direction) / cell.x + shift
        let column = u.rounded(.down)
        let x = Int32(column), y = Int32(row)
        let lift = (ValueNoise.unit(x, y, seed) - 0.5) * 0.45
        let tilt = (ValueNoise.unit(x, y, seed ^ 0x5bd1) - 0.5) * 0.5
        let half = 0.3 + 0.14 * ValueNoise.unit(x, y, seed ^ 0x27d4)
        let along = (u - column - 0.5) * cell.x
        let across = (v - row - 0.5 - lift * (1 - abs(tilt))) * cell.y - along / cell.x * tilt * cell.y
        let beyond = max(abs(along) - half * cell.x, 0)
        return covered(SIMD2(beyond, across).length - halfWidth, resolution)
    }
}

/// Blobs without direction: noise, cut at a level with a soft edge.
struct Speckle: CoverageField {
    var noise: ValueNoise
    /// Blobs per unit.
    var frequency: Float
    /// How hard the edges are.
    var gain: Float
    func coverage(_ p: SIMD2<Float>, resolution: Float) -> Float {
        let value = noise(p * frequency) * 0.72 + noise(SIMD2(p.y, -p.x) * (frequency * 1.43) + 17) * 0.28
        return min(max((value - 0.5) * gain + 0.5, 0), 1)
    }
}

/// Fine strands along a gently bending direction: noise stretched along it.
struct Fur: CoverageField {
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
        return min(max((strands * 0.6 + hairs * 0.4 - 0.5) * 2.4 + 0.5, 0), 1)
    }
}
