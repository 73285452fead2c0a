import CJPEG
import Foundation
import Tensors

extension Image {
    /// The picture of a JPEG file of any kind (baseline or progressive, grey, RGB or printers' colours): always RGB.
    ///
    ///     try Image(jpeg: Data(contentsOf: URL(fileURLWithPath: "dog.jpg")))
    ///
    /// The orientation in a camera's EXIF note is not applied, as in PIL and torchvision.
    /// - Parameters:
    ///   - jpeg: the file's bytes; they may be damaged or hostile.
    ///   - maximumPixels: files that announce more are refused before memory is taken for them.
    /// - Throws: ``ImageError/jpeg(_:)`` with libjpeg's words, also for a file that ends early; ``ImageError/size(width:height:)``,
    ///   ``ImageError/tooManyPixels(width:height:limit:)``.
    public init(jpeg: Data, maximumPixels: Int = 1 << 24) throws(ImageError) {
        let result: Result<Tensor, ImageError> = jpeg.withUnsafeBytes { file in
            var message = [CChar](repeating: 0, count: Int(HOOKE_JPEG_MESSAGE))
            guard let bytes = file.bindMemory(to: UInt8.self).baseAddress else { return .failure(.jpeg("the file is empty")) }
            var (wide, high): (Int32, Int32) = (0, 0)
            guard hooke_jpeg_size(bytes, file.count, &wide, &high, &message) == 1 else { return .failure(.jpeg(Self.text(message))) }
            let (width, height) = (Int(wide), Int(high))
            guard width > 0, height > 0, width <= Self.maximumSide, height <= Self.maximumSide else {
                return .failure(.size(width: width, height: height))
            }
            guard width * height <= maximumPixels else {
                return .failure(.tooManyPixels(width: width, height: height, limit: maximumPixels))
            }
            // A block of 64 pixels takes at least a bit, so a short file that announces more than this is no picture.
            guard width * height / 1024 <= file.count else {
                return .failure(.jpeg("\(file.count) bytes cannot hold the \(width) x \(height) pixels that it announces"))
            }
            var pixels = [UInt8](repeating: 0, count: width * height * 3)
            guard hooke_jpeg_read(bytes, file.count, wide, high, &pixels, &message) == 1 else { return .failure(.jpeg(Self.text(message))) }
            return .success(
                Tensor(shape: [height, width, 3]) { values in
                    for i in 0..<values.count { values[i] = Float(pixels[i]) / 255 }
                })
        }
        self.init(unchecked: try result.get())
    }

    private static func text(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
