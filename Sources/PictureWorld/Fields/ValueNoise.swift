/// Smooth random values over the plane: a hash at every integer point, blended between them. Band-limited (nothing finer
/// than its lattice), so a picture keeps its look at any size.
struct ValueNoise {
    var seed: UInt32

    /// A value in 0...1; the lattice has one point per unit.
    @inline(__always)
    func callAsFunction(_ p: SIMD2<Float>) -> Float {
        let floorX = p.x.rounded(.down), floorY = p.y.rounded(.down)
        let fx = p.x - floorX, fy = p.y - floorY
        let x = Int32(floorX), y = Int32(floorY)
        let sx = fx * fx * (3 - 2 * fx), sy = fy * fy * (3 - 2 * fy)
        let top = lattice(x, y) * (1 - sx) + lattice(x &+ 1, y) * sx
        let bottom = lattice(x, y &+ 1) * (1 - sx) + lattice(x &+ 1, y &+ 1) * sx
        return top * (1 - sy) + bottom * sy
    }

    @inline(__always)
    private func lattice(_ x: Int32, _ y: Int32) -> Float { Self.unit(x, y, seed) }

    /// The random number 0...1 of an integer point.
    @inline(__always)
    static func unit(_ x: Int32, _ y: Int32, _ seed: UInt32) -> Float {
        var h = UInt32(bitPattern: x) &* 0x9E37_79B1 ^ UInt32(bitPattern: y) &* 0x85EB_CA77 ^ seed
        h = (h ^ (h >> 15)) &* 0x2C1B_3C6D
        h = (h ^ (h >> 12)) &* 0x297A_2D39
        h ^= h >> 15
        return Float(h >> 8) * 0x1p-24
    }
}
