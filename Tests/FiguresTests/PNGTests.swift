import Figures
import Foundation
import RichDisplay
import Tensors
import Testing

@Suite struct PNGTests {
    @Test(arguments: [(1, 1, 3), (7, 5, 3), (64, 48, 3), (9, 33, 4), (1, 500, 4), (700, 1, 3)])
    func `a picture survives encoding and decoding within half of one level`(width: Int, height: Int, channels: Int) throws {
        let image = try noise(width: width, height: height, channels: channels)
        let again = try Image(png: image.pngData())
        #expect(again.tensor.shape == [height, width, channels])
        let error = zip(again.tensor.scalars, image.tensor.scalars).map { abs($0 - $1) }.max() ?? 1
        #expect(error <= 0.5 / 255 + 1e-6)
    }

    @Test func `all 256 levels survive exactly`() throws {
        let levels = (0..<256).flatMap { level in [Float](repeating: Float(level) / 255, count: 3) }
        let image = try Image(Tensor(shape: [16, 16, 3], scalars: levels))
        #expect(try Image(png: image.pngData()) == image)
    }

    @Test(arguments: PNGReference.names)
    func `a file written by PIL gives the pixels that PIL put into it`(name: String) throws {
        let expected = try #require(try PNGReference.pixels(of: name))
        let image = try Image(png: PNGReference.file(name))
        #expect(image.tensor.shape == [expected.height, expected.width, expected.channels])
        #expect(image.tensor.scalars.map { ($0 * 255).rounded() } == expected.pixels)
    }

    @Test(arguments: [("rgb", UInt8(2)), ("rgba", 6)])
    func `the header of a written file says its size, 8 bits and its kind of colour`(name: String, kind: UInt8) throws {
        let bytes = [UInt8](try Image(png: PNGReference.file(name)).pngData())
        #expect(Array(bytes.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        #expect(Array(bytes[12..<26]) == Array("IHDR".utf8) + [0, 0, 0, 7, 0, 0, 0, 5, 8, kind])
    }

    @Test func `an image shows itself as the bytes of its PNG file`() throws {
        let image = try noise(width: 4, height: 3)
        let bundle = try image.mimeBundle()
        #expect(bundle.plain == "Image 4 x 3")
        #expect(bundle.contents["image/png"] == .data(try image.pngData()))
        #expect(try noise(width: 4, height: 3, channels: 4).mimeBundle().plain == "Image 4 x 3 with alpha")
    }

    @Test func `noise too dense to compress still fits the space set aside for its file`() throws {
        let image = try noise(width: 301, height: 257, channels: 4)
        #expect(try Image(png: image.pngData()).tensor.shape == [257, 301, 4])
    }
}
