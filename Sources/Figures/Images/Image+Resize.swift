import Tensors

/// How pixels between the pixels are made.
public enum Resampling: Sendable {
    /// The nearest pixel: crisp squares.
    case nearest
    /// Linear interpolation between pixel centres, the border repeated (PyTorch's `bilinear` without `align_corners`).
    case bilinear
    /// The mean over the area that a new pixel covers: for making pictures smaller.
    case area
}

extension Image {
    /// The picture at another size.
    /// - Throws: ``ImageError/size(width:height:)`` when a side is not in `1...maximumSide`.
    public func resized(width: Int, height: Int, by resampling: Resampling = .bilinear) throws(ImageError) -> Image {
        guard (1...Self.maximumSide).contains(width), (1...Self.maximumSide).contains(height) else {
            throw .size(width: width, height: height)
        }
        if width == self.width && height == self.height { return self }
        let columns = resampling.taps(from: self.width, to: width), rows = resampling.taps(from: self.height, to: height)
        let (sourceHeight, sourceWidth, channels) = (self.height, self.width, self.channels)
        // Columns first, then rows: each pass is a short weighted sum along one axis.
        let narrowed = Tensor(shape: [sourceHeight, width, channels]) { result in
            tensor.withUnsafeScalars { source in
                for y in 0..<sourceHeight {
                    for (x, tap) in columns.enumerated() {
                        for c in 0..<channels {
                            var sum: Float = 0
                            for (i, weight) in tap.weights.enumerated() {
                                sum += weight * source[(y * sourceWidth + tap.start + i) * channels + c]
                            }
                            result[(y * width + x) * channels + c] = sum
                        }
                    }
                }
            }
        }
        let stride = width * channels
        let pixels = Tensor(shape: [height, width, channels]) { result in
            narrowed.withUnsafeScalars { source in
                for (y, tap) in rows.enumerated() {
                    for x in 0..<stride {
                        var sum: Float = 0
                        for (i, weight) in tap.weights.enumerated() { sum += weight * source[(tap.start + i) * stride + x] }
                        result[y * stride + x] = Swift.min(Swift.max(sum, 0), 1)
                    }
                }
            }
        }
        return Image(unchecked: pixels)
    }

    /// The picture enlarged by a whole factor, every pixel a crisp square.
    /// - Throws: ``ImageError/size(width:height:)``.
    public func scaled(by factor: Int) throws(ImageError) -> Image {
        let (wide, high) = (width.multipliedReportingOverflow(by: factor), height.multipliedReportingOverflow(by: factor))
        // A factor whose product overflows is named by a side beyond any limit.
        return try resized(
            width: wide.overflow ? .max : wide.partialValue, height: high.overflow ? .max : high.partialValue, by: .nearest)
    }
}

extension Resampling {
    /// The source pixels that one new pixel sums, and their weights, which add up to 1.
    struct Tap {
        let start: Int
        let weights: [Float]
    }

    func taps(from source: Int, to target: Int) -> [Tap] {
        let ratio = Double(source) / Double(target)
        return (0..<target).map { index in
            switch self {
            case .nearest:
                return Tap(start: Swift.min(Int((Double(index) + 0.5) * ratio), source - 1), weights: [1])
            case .bilinear:
                let center = Swift.min(Swift.max((Double(index) + 0.5) * ratio - 0.5, 0), Double(source - 1))
                let start = Swift.min(Int(center), source - 1)
                let fraction = Float(center - Double(start))
                return fraction == 0 ? Tap(start: start, weights: [1]) : Tap(start: start, weights: [1 - fraction, fraction])
            case .area:
                let low = Double(index) * ratio, high = Swift.min(Double(index + 1) * ratio, Double(source))
                let start = Swift.min(Int(low), source - 1), end = Swift.min(Swift.max(Int(high.rounded(.up)), start + 1), source)
                let overlaps = (start..<end).map { Swift.max(0, Swift.min(high, Double($0 + 1)) - Swift.max(low, Double($0))) }
                let total = overlaps.reduce(0, +)
                return Tap(start: start, weights: overlaps.map { total > 0 ? Float($0 / total) : 1 / Float(end - start) })
            }
        }
    }
}
