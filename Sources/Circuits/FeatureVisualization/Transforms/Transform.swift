import Tensors

/// A random change made to the images before the network sees them, so that the optimum is a picture that still works when moved
/// a little, instead of high-frequency noise tuned to one pixel grid.
///
///     Transform.standard                             // Lucid's list: pad, jitter, scale, rotate, jitter
///     [.pad(4, .reflect), .jitter(), .flip()]
///
/// One draw is shared by all images of a batch. Images are not brought back to their size: the network sees a varying one.
public enum Transform: Hashable, Encodable, Sendable, CustomStringConvertible {
    /// What a padded border is made of.
    public enum Border: Hashable, Encodable, Sendable {
        /// One value in every colour; 0.5 is the grey at the middle of the range.
        case constant(Float)
        /// The image mirrored at its edge, the edge itself not repeated.
        case reflect
        /// A random grey, another one in every step: Lucid's `uniform`.
        case uniform
    }

    /// How a rotated image is read between the pixels of the original.
    public enum Sampling: Hashable, Encodable, Sendable {
        /// The nearest pixel, as in Lucid.
        case nearest
        /// The weighted mean of the four pixels around.
        case bilinear
    }

    /// The direction in which an image is mirrored.
    public enum Axis: Hashable, Encodable, Sendable {
        /// Left becomes right.
        case horizontal
        /// Top becomes bottom.
        case vertical
    }

    /// A border of so many pixels on every side.
    case pad(Int = 12, Border = .constant(0.5))
    /// A crop that is so many pixels smaller in each direction, at a random offset `0 ... pixels`.
    case jitter(Int = 8)
    /// One of these scales; bilinear, by TensorFlow 1's rule (see ``TransformDraw``); the new size is truncated.
    case randomScale([Double] = Transform.standardScales)
    /// One of these angles in degrees, about the middle; black outside.
    case randomRotate([Double] = Transform.standardAngles, Sampling = .nearest)
    /// A square of so many pixels at a random place.
    case crop(Int)
    /// The middle, cropped or padded with black to a square of so many pixels: Lucid's `crop_or_pad_to`, for networks whose head takes
    /// one size.
    case cropOrPad(Int)
    /// Mirrored in half of the steps.
    case flip(Axis = .horizontal)
    /// A Gaussian blur with a deviation in pixels, reaching to three deviations, the image mirrored at its edge.
    case blur(Double = 1)
    /// Every colour times its own random factor, at most so much away from 1.
    case colourJitter(Double = 0.1)

    /// Eleven scales from 0.9 to 1.1.
    public static let standardScales = (0..<11).map { 1 + Double($0 - 5) / 50 }
    /// Whole degrees from -10 to 10, no rotation six times as often as any other.
    public static let standardAngles = (-10...10).map(Double.init) + [Double](repeating: 0, count: 5)

    /// Lucid's `standard_transforms`: for networks with large inputs (224 px).
    public static let standard: [Transform] = [.pad(), .jitter(), .randomScale(), .randomRotate(), .jitter(4)]

    public var description: String {
        switch self {
        case .pad(let pixels, .constant(let value)): return "pad \(pixels) px with \(value)"
        case .pad(let pixels, .reflect): return "pad \(pixels) px by reflection"
        case .pad(let pixels, .uniform): return "pad \(pixels) px with a random grey"
        case .jitter(let pixels): return "jitter \(pixels) px"
        case .randomScale(let scales): return "scale \(Self.range(scales))"
        case .randomRotate(let degrees, .nearest): return "rotate \(Self.range(degrees)) degrees"
        case .randomRotate(let degrees, .bilinear): return "rotate \(Self.range(degrees)) degrees, bilinear"
        case .crop(let side): return "crop to \(side) px"
        case .cropOrPad(let side): return "crop or pad to \(side) px"
        case .flip(let axis): return "flip \(axis)ly"
        case .blur(let deviation): return "blur by \(deviation) px"
        case .colourJitter(let amount): return "jitter colours by \(amount)"
        }
    }

    private static func range(_ values: [Double]) -> String {
        guard let low = values.min(), let high = values.max() else { return "by nothing" }
        return low == high ? "\(low)" : "\(low) to \(high)"
    }
}

extension Transform {
    /// Decides what happens to images of one size in this step.
    /// - Throws: ``TransformError`` when images of that size have no room for the transform.
    public func draw(height: Int, width: Int, using random: inout CounterRandom) throws(TransformError) -> TransformDraw {
        func error(_ reason: String) -> TransformError {
            TransformError(transform: self, height: height, width: width, reason: reason)
        }
        guard height > 0, width > 0 else { throw error("there are no pixels") }
        let smaller = Swift.min(height, width), largest = TransformDraw.largestSide
        switch self {
        case .pad(let pixels, let border):
            guard pixels >= 0, pixels <= largest else { throw error("a border of \(pixels) px is impossible") }
            if border == .reflect, pixels >= smaller { throw error("a reflected border must be narrower than the image") }
            let kind: TransformDraw.Kind
            switch border {
            case .constant(let value): kind = .pad(pixels, value: value)
            case .reflect: kind = .reflect(pixels)
            case .uniform: kind = .pad(pixels, value: Float(random.uniform()))
            }
            return TransformDraw(kind, height, width, to: height + 2 * pixels, width + 2 * pixels)
        case .jitter(let pixels):
            guard pixels >= 0, pixels < smaller else { throw error("nothing would be left of the image") }
            let top = random.integer(in: 0..<pixels + 1)
            let left = random.integer(in: 0..<pixels + 1)
            return TransformDraw(.crop(top: top, left: left), height, width, to: height - pixels, width - pixels)
        case .randomScale(let scales):
            guard !scales.isEmpty else { throw error("there is no scale to choose from") }
            let scale = Float(scales[random.integer(in: 0..<scales.count)])
            let (newHeight, newWidth) = (scale * Float(height), scale * Float(width))
            guard newHeight >= 1, newWidth >= 1, newHeight <= Float(largest), newWidth <= Float(largest) else {
                throw error("scale \(scale) would make it \(newHeight) x \(newWidth) px")
            }
            return TransformDraw(.resize, height, width, to: Int(newHeight), Int(newWidth))
        case .randomRotate(let degrees, let sampling):
            guard !degrees.isEmpty else { throw error("there is no angle to choose from") }
            let angle = degrees[random.integer(in: 0..<degrees.count)]
            guard angle.isFinite else { throw error("\(angle) degrees is no angle") }
            return TransformDraw(.rotate(degrees: angle, sampling), height, width, to: height, width)
        case .crop(let side):
            guard side >= 1, side <= smaller else { throw error("there is no square of \(side) px in the image") }
            let top = random.integer(in: 0..<height - side + 1)
            let left = random.integer(in: 0..<width - side + 1)
            return TransformDraw(.crop(top: top, left: left), height, width, to: side, side)
        case .cropOrPad(let side):
            guard (1...largest).contains(side) else { throw error("\(side) px is no size") }
            return TransformDraw(.cropOrPad, height, width, to: side, side)
        case .flip(let axis):
            let isFlipped = random.integer(in: 0..<2) == 1
            return TransformDraw(isFlipped ? .flip(axis) : .crop(top: 0, left: 0), height, width, to: height, width)
        case .blur(let deviation):
            guard deviation.isFinite, deviation >= 0, deviation <= Double(largest) else { throw error("\(deviation) px is no deviation") }
            if TransformDraw.blurRadius(deviation) >= smaller { throw error("the blur is wider than the image") }
            return TransformDraw(.blur(deviation: deviation), height, width, to: height, width)
        case .colourJitter(let amount):
            guard (0...1).contains(amount) else { throw error("\(amount) is no share; it lies in 0...1") }
            let factors = (0..<3).map { _ in Float(random.uniform(in: 1 - amount...1 + amount)) }
            return TransformDraw(.scaleColours(factors), height, width, to: height, width)
        }
    }

    /// Decides what a list of transforms does to images of one size in this step.
    /// - Throws: ``TransformError``.
    public static func draw(
        _ transforms: [Transform], height: Int, width: Int, using random: inout CounterRandom
    ) throws(TransformError) -> [TransformDraw] {
        var draws: [TransformDraw] = []
        draws.reserveCapacity(transforms.count)
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
