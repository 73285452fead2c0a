import Tensors

/// A random change made to the images before the network sees them, so that the optimum is a picture that still works when moved
/// a little, instead of high-frequency noise tuned to one pixel grid.
///
///     Transform.standard                             // Lucid's list: pad, jitter, scale, rotate, jitter
///     [.pad(4, .reflect), .jitter(8)]
///
/// One draw is shared by all images of a batch. Images are not brought back to their size: the network sees a varying one.
public enum Transform: Hashable, Sendable, CustomStringConvertible {
    /// What a padded border is made of.
    public enum Border: Hashable, Sendable {
        /// One value in every colour; 0.5 is the grey at the middle of the range.
        case constant(Float)
        /// The image mirrored at its edge, the edge itself not repeated.
        case reflect
    }

    /// A border of so many pixels on every side.
    case pad(Int, Border = .constant(0.5))
    /// A crop that is so many pixels smaller in each direction, at a random offset `0 ... pixels`.
    case jitter(Int)
    /// One of these scales; bilinear, by TensorFlow 1's rule (see ``TransformDraw``); the new size is truncated.
    case randomScale([Double])
    /// One of these angles in degrees, about the middle; nearest pixel, black outside.
    case randomRotate([Double])
    /// The middle, cropped or padded with black to a square of so many pixels: Lucid's `crop_or_pad_to`, for networks whose head takes
    /// one size.
    case cropOrPad(Int)

    /// Lucid's `standard_transforms`: for networks with large inputs (224 px).
    public static let standard: [Transform] = [
        .pad(12), .jitter(8),
        .randomScale((0..<11).map { 1 + Double($0 - 5) / 50 }),
        .randomRotate((-10...10).map(Double.init) + [Double](repeating: 0, count: 5)),
        .jitter(4),
    ]

    public var description: String {
        switch self {
        case .pad(let pixels, .constant(let value)): return "pad \(pixels) px with \(value)"
        case .pad(let pixels, .reflect): return "pad \(pixels) px by reflection"
        case .jitter(let pixels): return "jitter \(pixels) px"
        case .randomScale(let scales): return "scale \(Self.range(scales))"
        case .randomRotate(let degrees): return "rotate \(Self.range(degrees)) degrees"
        case .cropOrPad(let side): return "crop or pad to \(side) px"
        }
    }

    private static func range(_ values: [Double]) -> String {
        guard let low = values.min(), let high = values.max() else { return "by nothing" }
        return low == high ? "\(low)" : "\(low) to \(high)"
    }

    /// Decides what happens to images of one size in this step.
    /// - Throws: ``TransformError`` when images of that size have no room for the transform.
    public func draw(height: Int, width: Int, using random: inout CounterRandom) throws(TransformError) -> TransformDraw {
        func error(_ reason: String) -> TransformError {
            TransformError(transform: self, height: height, width: width, reason: reason)
        }
        guard height > 0, width > 0 else { throw error("there are no pixels") }
        switch self {
        case .pad(let pixels, let border):
            guard pixels >= 0, pixels <= TransformDraw.largestSide else { throw error("a border of \(pixels) px is impossible") }
            if border == .reflect, pixels >= Swift.min(height, width) {
                throw error("a reflected border must be narrower than the image")
            }
            return TransformDraw(.pad(pixels, border), height, width, to: height + 2 * pixels, width + 2 * pixels)
        case .jitter(let pixels):
            guard pixels >= 0, pixels < Swift.min(height, width) else { throw error("nothing would be left of the image") }
            let top = random.integer(in: 0..<pixels + 1)
            let left = random.integer(in: 0..<pixels + 1)
            return TransformDraw(.crop(top: top, left: left), height, width, to: height - pixels, width - pixels)
        case .randomScale(let scales):
            guard !scales.isEmpty else { throw error("there is no scale to choose from") }
            let scale = Float(scales[random.integer(in: 0..<scales.count)])
            let (newHeight, newWidth) = (scale * Float(height), scale * Float(width))
            guard newHeight >= 1, newWidth >= 1, newHeight <= Float(TransformDraw.largestSide), newWidth <= Float(TransformDraw.largestSide)
            else { throw error("scale \(scale) would make it \(newHeight) x \(newWidth) px") }
            return TransformDraw(.resize, height, width, to: Int(newHeight), Int(newWidth))
        case .randomRotate(let degrees):
            guard !degrees.isEmpty else { throw error("there is no angle to choose from") }
            let angle = degrees[random.integer(in: 0..<degrees.count)]
            guard angle.isFinite else { throw error("\(angle) degrees is no angle") }
            return TransformDraw(.rotate(degrees: angle), height, width, to: height, width)
        case .cropOrPad(let side):
            guard (1...TransformDraw.largestSide).contains(side) else { throw error("\(side) px is no size") }
            return TransformDraw(.cropOrPad, height, width, to: side, side)
        }
    }

    /// Decides what a list of transforms does to images of one size in this step.
    /// - Throws: ``TransformError``.
    public static func draw(
        _ transforms: [Transform], height: Int, width: Int, using random: inout CounterRandom
    ) throws(TransformError) -> [TransformDraw] {
        var draws: [TransformDraw] = []
        var (height, width) = (height, width)
        for transform in transforms {
            let draw = try transform.draw(height: height, width: width, using: &random)
            (height, width) = (draw.height, draw.width)
            draws.append(draw)
        }
        return draws
    }
}

/// A transform that does not fit the images it met.
public struct TransformError: Error, CustomStringConvertible, Sendable {
    /// The transform.
    public let transform: Transform
    /// Rows of the images it was asked to change.
    public let height: Int
    /// Columns of the images it was asked to change.
    public let width: Int
    /// What is wrong.
    public let reason: String

    public var description: String {
        "cannot \(transform) in images of \(height) x \(width) px: \(reason); use a larger size or a milder transform"
    }
}
