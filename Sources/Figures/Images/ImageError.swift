/// Why a tensor or a file is not an image.
public enum ImageError: Error, Equatable, CustomStringConvertible, Sendable {
    case shape([Int])
    case batchShape([Int])
    case notAMatrix(shape: [Int])
    case notFinite(count: Int)
    case range(min: Float, max: Float)
    case size(width: Int, height: Int)
    case crop(rows: Range<Int>, columns: Range<Int>, height: Int, width: Int)
    case png(String)
    case jpeg(String)
    case tooManyPixels(width: Int, height: Int, limit: Int)

    public var description: String {
        switch self {
        case .shape(let shape):
            "an image is a tensor of shape [height, width, 3], or 4 with alpha, and at least one pixel; this one has shape \(shape)"
        case .batchShape(let shape):
            "a batch of images is a tensor of shape [batch, height, width, 3 or 4]; this one has shape \(shape)"
        case .notAMatrix(let shape):
            "a heat map is drawn from a tensor of shape [height, width]; this one has shape \(shape)"
        case .notFinite(let count):
            "\(count) of the image's values are NaN or infinite; a computation diverged before this image was made"
        case .range(let min, let max):
            "an image's values lie in 0...1; these run from \(min) to \(max). Image(normalizing:) scales them, Image(signed:) shows zero as grey"
        case .size(let width, let height):
            "an image cannot be \(width) pixels wide and \(height) high; both must be between 1 and \(Image.maximumSide)"
        case .crop(let rows, let columns, let height, let width):
            "rows \(rows) and columns \(columns) are not inside an image \(height) high and \(width) wide; "
                + "crop(rows:columns:padding:) fills what lies outside"
        case .png(let message):
            "not a readable PNG: \(message)"
        case .jpeg(let message):
            "not a readable JPEG: \(message)"
        case .tooManyPixels(let width, let height, let limit):
            "the file announces \(width) x \(height) pixels, more than the \(limit) allowed; pass a larger maximumPixels if the file is trusted"
        }
    }
}
