import Tensors

/// Maps of a layer laid over the picture that they belong to.
///
///     try picture.overlaid(with: attribution)                  // red where positive, blue where negative
///     try picture.overlaid(with: [(first, .series[0]), (second, .series[1])])
extension Image {
    /// The side that pictures are enlarged to before something is laid over them.
    private static let overlaySide = 256

    /// The picture in pale grey under a map: red where that is positive, blue where it is negative, the stronger the denser.
    /// - Parameters:
    ///   - map: `[height, width]` of any size, stretched over the picture and smoothed.
    ///   - scale: the magnitude that is densest; the largest of the map when absent. Larger ones saturate.
    /// - Throws: ``ImageError`` when the map is not a matrix of finite numbers.
    public func overlaid(with map: Tensor, scale: Float? = nil) throws(ImageError) -> Image {
        let largest = scale ?? Swift.max(map.count > 0 ? abs(map).max() : 0, .leastNormalMagnitude)
        return try overlaid(with: [
            (map.map { Swift.max($0, 0) / largest }, .excitation), (map.map { Swift.max(-$0, 0) / largest }, .inhibition),
        ])
    }

    /// The picture in pale grey under several maps, each in a colour.
    /// - Parameter maps: `[height, width]` of any size, 0 for nothing and 1 for the densest; numbers beyond are clamped.
    /// - Throws: ``ImageError`` when a map is not a matrix of finite numbers.
    public func overlaid(with maps: [(strength: Tensor, color: Color)]) throws(ImageError) -> Image {
        let ground = try enlargedForOverlay()
        let (height, width, channels) = (ground.height, ground.width, ground.channels)
        var layers: [(strength: Tensor, color: Color)] = []
        for (strength, color) in maps {
            guard strength.rank == 2, strength.count > 0 else { throw .notAMatrix(shape: strength.shape) }
            guard strength.allFinite else { throw .notFinite(count: strength.scalars.count { !$0.isFinite }) }
            let stretched = strength.clamped(to: 0...1).expanded(at: 2).resized(height: height, width: width, by: .pyTorch(.bilinear))
            layers.append((stretched, color))
        }
        let pixels = Tensor(shape: [height, width, 3]) { result in
            ground.tensor.withUnsafeScalars { source in
                for pixel in 0..<height * width {
                    let i = pixel * channels
                    let luminance = 0.299 * source[i] + 0.587 * source[i + 1] + 0.114 * source[i + 2]
                    let pale = 0.35 + 0.6 * luminance
                    (result[3 * pixel], result[3 * pixel + 1], result[3 * pixel + 2]) = (pale, pale, pale)
                }
            }
            for (strength, color) in layers {
                strength.withUnsafeScalars { strength in
                    for pixel in 0..<height * width {
                        let share = 0.8 * strength[pixel], i = 3 * pixel
                        result[i] += (color.red - result[i]) * share
                        result[i + 1] += (color.green - result[i + 1]) * share
                        result[i + 2] += (color.blue - result[i + 2]) * share
                    }
                }
            }
        }
        return Image(unchecked: pixels)
    }

    /// The picture, enlarged if it is small, with a frame around a part of it.
    /// - Parameters:
    ///   - rows, columns: the part, as shares of the height and width in `0...1`.
    /// - Throws: ``ImageError``.
    public func framed(rows: ClosedRange<Double>, columns: ClosedRange<Double>, color: Color = .excitation) throws(ImageError) -> Image {
        let ground = try enlargedForOverlay()
        let (height, width, channels) = (ground.height, ground.width, ground.channels)
        func place(_ share: Double, _ length: Int) -> Int { Int((Swift.min(Swift.max(share, 0), 1) * Double(length - 1)).rounded()) }
        let (top, bottom) = (place(rows.lowerBound, height), place(rows.upperBound, height))
        let (left, right) = (place(columns.lowerBound, width), place(columns.upperBound, width))
        let line = Swift.max(1, Swift.min(height, width) / 96)
        var pixels = ground.tensor
        pixels.withUnsafeMutableScalars { pixels in
            for y in top...Swift.max(top, bottom) {
                for x in left...Swift.max(left, right) {
                    guard y < top + line || y > bottom - line || x < left + line || x > right - line else { continue }
                    let i = (y * width + x) * channels
                    (pixels[i], pixels[i + 1], pixels[i + 2]) = (color.red, color.green, color.blue)
                    if channels == 4 { pixels[i + 3] = 1 }
                }
            }
        }
        return Image(unchecked: pixels)
    }

    private func enlargedForOverlay() throws(ImageError) -> Image {
        try scaled(by: Swift.max(1, Self.overlaySide / Swift.max(1, Swift.max(height, width))))
    }
}
