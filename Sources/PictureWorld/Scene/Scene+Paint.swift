/// Painting: shapes with fills, in tiles, so that only the pixels near an edge are measured one by one.
extension Scene {
    /// Pixels per unit of the plane.
    var resolution: Float { Float(size) / 2 }

    /// Colours every pixel.
    @inline(__always)
    mutating func cover(_ colour: (SIMD2<Float>, Float) -> Colour) {
        let size = size, resolution = resolution
        pixels.withUnsafeMutableBufferPointer { buffer in
            guard var pixel = buffer.baseAddress else { return }
            for row in 0..<size {
                let y = (Float(row) + 0.5) / resolution - 1
                for column in 0..<size {
                    let value = colour(SIMD2((Float(column) + 0.5) / resolution - 1, y), resolution)
                    pixel[0] = value.x
                    pixel[1] = value.y
                    pixel[2] = value.z
                    pixel += 3
                }
            }
        }
    }

    /// Covers the picture with a fill.
    mutating func flood(_ fill: Fill) { cover { p, resolution in fill.colour(at: p, resolution: resolution) } }

    /// Colours a shape in.
    mutating func paint(_ shape: some CoverageField, _ fill: Fill) {
        let size = size, resolution = resolution
        let tile = 8
        // From a tile's middle to the far corner of its last pixel, and half a pixel of soft edge.
        let reach = (Float(tile) * 0.7072 + 0.5) / resolution
        pixels.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for top in stride(from: 0, to: size, by: tile) {
                for left in stride(from: 0, to: size, by: tile) {
                    let middle = SIMD2(Float(left + tile / 2), Float(top + tile / 2)) / resolution - 1
                    let side = shape.side(middle, within: reach)
                    if side == .outside { continue }
                    for row in top..<min(top + tile, size) {
                        let y = (Float(row) + 0.5) / resolution - 1
                        var pixel = base + (row * size + left) * 3
                        for column in left..<min(left + tile, size) {
                            let p = SIMD2((Float(column) + 0.5) / resolution - 1, y)
                            let coverage = side == .inside ? 1 : shape.coverage(p, resolution: resolution)
                            if coverage > 0 {
                                let colour = fill.colour(at: p, resolution: resolution)
                                pixel[0] += (colour.x - pixel[0]) * coverage
                                pixel[1] += (colour.y - pixel[1]) * coverage
                                pixel[2] += (colour.z - pixel[2]) * coverage
                            }
                            pixel += 3
                        }
                    }
                }
            }
        }
    }

    mutating func paint(_ shape: some CoverageField, _ tone: Tone) { paint(shape, Fill(tone)) }

    /// A soft shadow below a shape, when this picture has shadows.
    mutating func castShadow(_ shape: some DistanceField) {
        guard let shadow else { return }
        let frame = Frame(centre: shadow, scale: 1)
        let dark = palette.ground.with(lightness: palette.ground.lightness * 0.35, chroma: palette.ground.chroma)
        paint(Blurred(shape: Placed(shape: shape, frame: frame), blur: 0.07, strength: 0.45), dark)
    }
}
