import Tensors

/// A picture: RGB or RGBA values in `0...1`, stored as a tensor of shape `[height, width, channel]`.
///
///     let gray = try Image(Tensor(repeating: 0.5, shape: [32, 32, 3]))
///     gray.scaled(by: 4)                       // 128 x 128, crisp pixels
///
/// As the last expression of a cell an image shows itself as PNG.
public struct Image: Equatable, Sendable {
    /// The longest side that operations on images will make.
    public static let maximumSide = 1 << 15

    /// The pixels, `[height, width, 3]` or `[height, width, 4]` with alpha last (not premultiplied), values in `0...1`.
    public let tensor: Tensor

    /// The number of pixel rows.
    public var height: Int { tensor.shape[0] }
    /// The number of pixel columns.
    public var width: Int { tensor.shape[1] }
    /// 3, or 4 with alpha.
    public var channels: Int { tensor.shape[2] }

    /// A picture from pixels.
    /// - Parameter tensor: `[height, width, 3 or 4]`, or the same with a batch axis of length 1 before it; values in `0...1`
    ///   (rounding errors up to 0.001 beyond are clamped).
    /// - Throws: ``ImageError`` naming the shape, the range or the number of values that are not finite.
    public init(_ tensor: Tensor) throws(ImageError) {
        let tensor = tensor.rank == 4 && tensor.shape[0] == 1 ? tensor.reshaped(Array(tensor.shape.dropFirst())) : tensor
        guard tensor.rank == 3, tensor.shape[2] == 3 || tensor.shape[2] == 4, tensor.count > 0 else {
            throw .shape(tensor.shape)
        }
        guard tensor.shape[0] <= Self.maximumSide, tensor.shape[1] <= Self.maximumSide else {
            throw .size(width: tensor.shape[1], height: tensor.shape[0])
        }
        let bounds = try Self.bounds(of: tensor)
        guard bounds.lowerBound >= -0.001, bounds.upperBound <= 1.001 else {
            throw .range(min: bounds.lowerBound, max: bounds.upperBound)
        }
        self.tensor = bounds.lowerBound < 0 || bounds.upperBound > 1 ? tensor.map { Swift.min(Swift.max($0, 0), 1) } : tensor
    }

    /// A picture from any finite values: the smallest becomes black, the largest white. A constant becomes middle grey.
    /// - Parameter tensor: `[height, width, 3]`.
    /// - Throws: ``ImageError``.
    public init(normalizing tensor: Tensor) throws(ImageError) {
        let bounds = try Self.bounds(of: tensor)
        let (low, extent) = (bounds.lowerBound, bounds.upperBound - bounds.lowerBound)
        try self.init(tensor.map { extent > 0 && extent.isFinite ? ($0 - low) / extent : 0.5 })
    }

    /// A picture from signed values: zero becomes middle grey, `scale` white and `-scale` black. This is how the RGB kernels
    /// of a first layer are shown.
    /// - Parameters:
    ///   - tensor: `[height, width, 3]`.
    ///   - scale: the magnitude that reaches black or white; the largest of the tensor when absent. Larger values saturate.
    /// - Throws: ``ImageError``.
    public init(signed tensor: Tensor, scale: Float? = nil) throws(ImageError) {
        let bounds = try Self.bounds(of: tensor)
        let scale = scale ?? Swift.max(abs(bounds.lowerBound), abs(bounds.upperBound))
        try self.init(tensor.map { scale > 0 ? Swift.min(Swift.max(0.5 + 0.5 * $0 / scale, 0), 1) : 0.5 })
    }

    /// A picture of one colour.
    /// - Throws: ``ImageError/size(width:height:)``.
    public init(width: Int, height: Int, color: Color) throws(ImageError) {
        guard (1...Self.maximumSide).contains(width), (1...Self.maximumSide).contains(height) else {
            throw .size(width: width, height: height)
        }
        let pixels = Tensor(shape: [height, width, 3]) { pixels in
            for i in 0..<width * height {
                (pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]) = (color.red, color.green, color.blue)
            }
        }
        self.init(unchecked: pixels)
    }

    /// The pictures of a batch `[batch, height, width, 3 or 4]`.
    /// - Throws: ``ImageError``.
    public static func batch(_ tensor: Tensor) throws(ImageError) -> [Image] {
        guard tensor.rank == 4 else { throw .batchShape(tensor.shape) }
        var images: [Image] = []
        for index in 0..<tensor.shape[0] { images.append(try Image(tensor.slice(index))) }
        return images
    }

    /// For pixels that are known to be valid.
    init(unchecked tensor: Tensor) { self.tensor = tensor }

    private static func bounds(of tensor: Tensor) throws(ImageError) -> ClosedRange<Float> {
        var (low, high, bad) = (Float.infinity, -Float.infinity, 0)
        tensor.withUnsafeScalars { scalars in
            for value in scalars {
                if value.isFinite { (low, high) = (Swift.min(low, value), Swift.max(high, value)) } else { bad += 1 }
            }
        }
        guard bad == 0 else { throw .notFinite(count: bad) }
        return low <= high ? low...high : 0...0
    }
}
