import Tensors

/// What comes last: something in front now and then, then the light and the camera.
extension Scene {
    /// Covers a part from the border with a card, a leaf or a band.
    mutating func occlude() {
        guard !isPlain, chance(0.2) else { return }
        let fill = bodyFill(tone(distinctFrom: palette.ground, palette.figure), patterned: 0.3)
        let degrees = degrees()
        let outward = DeterministicTrigonometry.direction(degrees: degrees)
        let along = SIMD2(-outward.y, outward.x)
        let frame: Frame
        switch integer(0...2) {
        case 0:
            frame = Frame(centre: outward * uniform(0.95...1.1) + along * uniform(-0.5...0.5), scale: 1, direction: direction())
            let card = Placed(shape: Box(centre: SIMD2(0, 0), halfSize: SIMD2(uniform(0.3...0.5), uniform(0.25...0.4)), corner: 0.05), frame: frame)
            cover(with: card, fill)
        case 1:
            frame = Frame(centre: outward * 0.95 + along * uniform(-0.4...0.4), scale: 1, direction: direction(degrees - 40...degrees + 40))
            cover(with: Placed(shape: Ellipse(centre: SIMD2(0, 0), halfAxes: SIMD2(uniform(0.4...0.6), uniform(0.12...0.22))), frame: frame), fill)
        default:
            frame = Frame(centre: outward * uniform(0.15...0.6), scale: 1, direction: along)
            cover(with: Placed(shape: Box(centre: SIMD2(0, 0), halfSize: SIMD2(3, uniform(0.04...0.1))), frame: frame), fill)
        }
    }

    /// Paints a covering shape and measures how much of the picture it hides, on a grid of 32 by 32 points.
    private mutating func cover(with shape: some DistanceField, _ fill: Fill) {
        castShadow(shape)
        paint(shape, fill)
        var hidden = 0
        for row in 0..<32 {
            for column in 0..<32 where shape.distance(SIMD2(Float(column) - 15.5, Float(row) - 15.5) / 16) < 0 { hidden += 1 }
        }
        truth.occlusion = Double(hidden) / 1024
    }

    /// Rec. 601 brightness: now and then a picture is black and white.
    @inline(__always)
    private static func grey(_ c: Colour) -> Colour { Colour(repeating: 0.299 * c.x + 0.587 * c.y + 0.114 * c.z) }

    /// Exposure, contrast, a slope or a pool of light and a little grain, as a camera would; limits the values to 0...1.
    mutating func finish() -> Tensor {
        occlude()
        let contrast = uniform(0.86...1.08), exposure = uniform(-0.05...0.04)
        let slope = direction() * uniform(0...0.09)
        let pool = SIMD2(uniform(-0.6...0.6), uniform(-0.6...0.6)), poolDepth = chance(0.3) ? uniform(0.03...0.09) : 0
        let warmth = uniform(-0.02...0.02), cast = Colour(warmth, 0, -warmth)
        let isGrey = !isPlain && chance(0.08)
        if isGrey { (truth.figure, truth.ground) = (Self.grey(truth.figure), Self.grey(truth.ground)) }
        let grain = noise(), grainAmplitude = chance(0.3) ? uniform(0.02...0.06) : 0
        let size = size, resolution = resolution
        let offset = 0.5 - 0.5 * contrast + exposure
        return Tensor(shape: [size, size, 3]) { output in
            guard var target = output.baseAddress else { return }
            pixels.withUnsafeBufferPointer { buffer in
                guard var pixel = buffer.baseAddress else { return }
                for row in 0..<size {
                    let y = (Float(row) + 0.5) / resolution - 1
                    for column in 0..<size {
                        let p = SIMD2((Float(column) + 0.5) / resolution - 1, y)
                        var light = p.dot(slope) + offset
                        if poolDepth > 0 {
                            let away = p - pool
                            light -= min(away.dot(away) * 0.5, 1) * poolDepth
                        }
                        if grainAmplitude > 0 { light += (grain(p * 31) - 0.5) * grainAmplitude }
                        let colour = Colour(pixel[0], pixel[1], pixel[2])
                        let lit = (isGrey ? Self.grey(colour) : colour) * contrast + (cast + light)
                        target[0] = min(max(lit.x, 0), 1)
                        target[1] = min(max(lit.y, 0), 1)
                        target[2] = min(max(lit.z, 0), 1)
                        pixel += 3
                        target += 3
                    }
                }
            }
        }
    }
}
