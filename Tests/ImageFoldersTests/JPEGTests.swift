import Figures
import Foundation
import Tensors
import Testing

/// Files and the pixels that PIL finds in them; Tests/Peers/jpeg_reference.py wrote them.
enum JPEGReference {
    static let names = ["photo", "progressive", "full-colour", "grey", "printers"]
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Reference")
    static func file(_ name: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(name)) }
}

/// The largest difference of two images of one shape.
func difference(_ a: Tensor, _ b: Tensor) -> Float {
    guard a.shape == b.shape else { return .infinity }
    return zip(a.scalars, b.scalars).reduce(0) { max($0, abs($1.0 - $1.1)) }
}

@Suite struct JPEGTests {
    @Test(arguments: JPEGReference.names)
    func `a file has the pixels that PIL finds in it`(name: String) throws {
        let image = try Image(jpeg: JPEGReference.file(name + ".jpg")), expected = try Image(png: JPEGReference.file(name + ".png"))
        #expect(image.width == 51 && image.height == 37)
        // Two versions of libjpeg-turbo may round differently by one.
        #expect(difference(image.tensor, expected.tensor) < 1.5 / 255)
    }

    /// Well-formed pixels, or an error in words: nothing else may come out.
    private func isRefused(_ bytes: [UInt8], maximumPixels: Int = 1 << 16) -> Bool {
        do throws(ImageError) {
            let image = try Image(jpeg: Data(bytes), maximumPixels: maximumPixels)
            #expect(image.width * image.height <= maximumPixels && image.channels == 3)
            return false
        } catch {
            switch error {
            case .jpeg(let words): #expect(words.contains { $0.isLetter })
            case .tooManyPixels, .size: break
            default: Issue.record("\(error) is no answer to a damaged JPEG")
            }
            return true
        }
    }

    @Test(arguments: JPEGReference.names)
    func `a file that ends early is refused, wherever it ends`(name: String) throws {
        let file = [UInt8](try JPEGReference.file(name + ".jpg"))
        // Without the two bytes of the end mark all pixels may still be there.
        for length in 0..<file.count - 2 { #expect(isRefused(Array(file.prefix(length))), "\(length) bytes") }
    }

    @Test func `ten thousand mutations never crash`() throws {
        var random = CounterRandom(seed: 7, stream: 3)
        let files = try JPEGReference.names.map { [UInt8](try JPEGReference.file($0 + ".jpg")) }
        var refused = 0
        for round in 0..<10_000 {
            var bytes = files[round % files.count]
            for _ in 0...random.integer(in: 0..<5) {
                // Half of the changes fall on the headers, where they do most.
                let at = random.integer(in: 2..<(random.uniform() < 0.5 ? min(640, bytes.count) : bytes.count))
                switch random.integer(in: 0..<5) {
                case 0: bytes.insert(UInt8(random.integer(in: 0..<256)), at: at)
                case 1: bytes.remove(at: at)
                case 2: bytes[at] = 0xFF
                default: bytes[at] = UInt8(random.integer(in: 0..<256))
                }
            }
            if isRefused(bytes) { refused += 1 }
        }
        #expect(refused > 1000 && refused < 9900)
    }

    @Test func `random bytes after the first mark are refused`() {
        var random = CounterRandom(seed: 7, stream: 4)
        for _ in 0..<2000 {
            let bytes = (0..<random.integer(in: 0..<300)).map { _ in UInt8(random.integer(in: 0..<256)) }
            #expect(isRefused([0xFF, 0xD8, 0xFF] + bytes))
        }
        #expect(isRefused([]))
    }

    /// The photo, announcing another size.
    private func announcing(_ width: Int, _ height: Int) throws -> [UInt8] {
        var file = [UInt8](try JPEGReference.file("photo.jpg"))
        let frame = try #require(file.indices.dropLast(9).first { file[$0] == 0xFF && file[$0 + 1] == 0xC0 })
        (file[frame + 5], file[frame + 6]) = (UInt8(height >> 8), UInt8(height & 255))
        (file[frame + 7], file[frame + 8]) = (UInt8(width >> 8), UInt8(width & 255))
        return file
    }

    @Test func `a file that announces too many pixels, or more than its bytes can hold, is refused by its header`() throws {
        let tooMany = try announcing(8000, 9000), tooLong = try announcing(40_000, 1), hollow = try announcing(4000, 4000)
        #expect(throws: ImageError.tooManyPixels(width: 8000, height: 9000, limit: 1 << 24)) { try Image(jpeg: Data(tooMany)) }
        #expect(throws: ImageError.size(width: 40_000, height: 1)) { try Image(jpeg: Data(tooLong)) }
        let words = #expect(throws: ImageError.self) { try Image(jpeg: Data(hollow)) }
        #expect(words.map { "\($0)".contains("cannot hold the 4000 x 4000 pixels") } == true)
    }

    @Test func `a file of thousands of scans is refused`() throws {
        // The last scan of a progressive file, over and over.
        let file = [UInt8](try JPEGReference.file("progressive.jpg"))
        let scans = file.indices.dropLast(1).filter { file[$0] == 0xFF && file[$0 + 1] == 0xDA }
        let last = try #require(scans.last)
        let bytes = file[..<last] + (0..<5000).flatMap { _ in file[last..<(file.count - 2)] } + [0xFF, 0xD9]
        #expect(isRefused(Array(bytes)))
    }
}
