import CPNG
import Foundation
import Tensors

/// libpng's simplified interface reports errors as return codes and a message; its longjmp never crosses Swift frames.
extension Image {
    /// The picture as an 8-bit sRGB PNG file.
    /// - Throws: ``ImageError/png(_:)`` when libpng fails, for lack of memory.
    public func pngData() throws(ImageError) -> Data {
        var control = png_image()
        control.version = UInt32(PNG_IMAGE_VERSION)
        control.width = UInt32(width)
        control.height = UInt32(height)
        control.format = channels == 4 ? Self.rgba : Self.rgb
        defer { png_image_free(&control) }
        let bytes = tensor.withUnsafeScalars { scalars in
            [UInt8](unsafeUninitializedCapacity: scalars.count) { buffer, count in
                for i in 0..<scalars.count { buffer[i] = UInt8(scalars[i] * 255 + 0.5) }
                count = scalars.count
            }
        }
        // A stored (uncompressed) file is the largest there can be; 64 KiB more cover the headers of any picture.
        var size = bytes.count + bytes.count / 64 + height + 65536
        var file = Data(count: size)
        let written = file.withUnsafeMutableBytes {
            png_image_write_to_memory(&control, $0.baseAddress, &size, 0, bytes, 0, nil)
        }
        guard written != 0, size <= file.count else { throw .png(Self.message(of: control)) }
        return file.prefix(size)
    }

    /// The picture of a PNG file of any kind (palette, grey, 16 bits, interlaced): RGB, or RGBA when the file has transparency.
    /// - Parameters:
    ///   - png: the file's bytes; they may be damaged or hostile.
    ///   - maximumPixels: files that announce more are refused before memory is taken for them.
    /// - Throws: ``ImageError/png(_:)`` with libpng's words, ``ImageError/size(width:height:)``,
    ///   ``ImageError/tooManyPixels(width:height:limit:)``.
    public init(png: Data, maximumPixels: Int = 1 << 24) throws(ImageError) {
        guard png.count >= 8 else { throw .png("\(png.count) bytes are too few for a PNG") }
        // libpng remembers where the control structure is from one call to the next, so it needs one address for both.
        let control = UnsafeMutablePointer<png_image>.allocate(capacity: 1)
        control.initialize(to: png_image())
        control.pointee.version = UInt32(PNG_IMAGE_VERSION)
        defer {
            png_image_free(control)
            control.deallocate()
        }
        // libpng keeps pointing into the bytes until the pixels are read, so both calls share one borrow of them.
        let result: Result<Tensor, ImageError> = png.withUnsafeBytes { file in
            guard png_image_begin_read_from_memory(control, file.baseAddress, file.count) != 0 else {
                return .failure(.png(Self.message(of: control.pointee)))
            }
            let (width, height) = (Int(control.pointee.width), Int(control.pointee.height))
            guard width > 0, height > 0, width <= Self.maximumSide, height <= Self.maximumSide else {
                return .failure(.size(width: width, height: height))
            }
            guard width * height <= maximumPixels else {
                return .failure(.tooManyPixels(width: width, height: height, limit: maximumPixels))
            }
            let channels = control.pointee.format & Self.alphaFlag != 0 ? 4 : 3
            control.pointee.format = channels == 4 ? Self.rgba : Self.rgb
            // Without this libpng takes 16-bit files without a gamma for linear light; everyone else takes them for sRGB.
            control.pointee.flags |= Self.sixteenBitsAreSRGB
            var bytes = [UInt8](repeating: 0, count: width * height * channels)
            guard png_image_finish_read(control, nil, &bytes, 0, nil) != 0 else {
                return .failure(.png(Self.message(of: control.pointee)))
            }
            return .success(
                Tensor(shape: [height, width, channels]) { pixels in
                    for i in 0..<pixels.count { pixels[i] = Float(bytes[i]) / 255 }
                })
        }
        self.init(unchecked: try result.get())
    }

    // PNG_FORMAT_FLAG_ALPHA, PNG_FORMAT_RGB, PNG_FORMAT_RGBA and PNG_IMAGE_FLAG_16BIT_sRGB are macros that Swift does not import.
    private static let alphaFlag: UInt32 = 1
    private static let rgb: UInt32 = 2
    private static let rgba: UInt32 = 3
    private static let sixteenBitsAreSRGB: UInt32 = 4

    private static func message(of control: png_image) -> String {
        withUnsafeBytes(of: control.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
