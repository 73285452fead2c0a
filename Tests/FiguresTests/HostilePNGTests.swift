import Figures
import Foundation
import Tensors
import Testing

@Suite struct HostilePNGTests {
    /// A picture with well-formed pixels of the size it says, or an error in words: nothing else may come out.
    private func outcome(of bytes: [UInt8], maximumPixels: Int = 1 << 16) -> ImageError? {
        do throws(ImageError) {
            let image = try Image(png: Data(bytes), maximumPixels: maximumPixels)
            let isInRange = image.tensor.scalars.allSatisfy { (0...1).contains($0) }
            #expect(isInRange)
            #expect(image.width * image.height <= maximumPixels)
            return nil
        } catch {
            switch error {
            case .png(let words):
                let isWorded = words.contains { $0.isLetter }
                #expect(isWorded)
            case .tooManyPixels, .size: break
            default: Issue.record("\(error) is no answer to a damaged PNG")
            }
            return error
        }
    }

    @Test func `every truncation of a file is refused in words`() throws {
        for name in PNGReference.names {
            let file = [UInt8](try PNGReference.file(name))
            // The last twelve bytes are the end mark, which a reader of pixels need not see.
            for length in 0..<file.count - 12 { #expect(outcome(of: Array(file.prefix(length))) != nil, "\(name), \(length) bytes") }
            for length in file.count - 12..<file.count { _ = outcome(of: Array(file.prefix(length))) }
        }
    }

    @Test func `random bytes are refused in words, with and without a PNG signature`() {
        var random = CounterRandom(seed: 5, stream: 1)
        for _ in 0..<2000 {
            let bytes = (0..<Int(random.next() % 300)).map { _ in UInt8(truncatingIfNeeded: random.next() >> 13) }
            #expect(outcome(of: bytes) != nil)
            #expect(outcome(of: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + bytes) != nil)
        }
    }

    @Test func `twenty thousand mutations, half of them with mended checksums, never crash`() throws {
        var random = CounterRandom(seed: 20, stream: 2)
        func draw(_ bound: Int) -> Int { Int(random.next() >> 11) % bound }
        let files = try PNGReference.names.map { [UInt8](try PNGReference.file($0)) }
        var refused = 0
        for round in 0..<20_000 {
            var bytes = files[round % files.count]
            for _ in 0...draw(6) {
                // Never the signature: what follows it is what needs testing.
                let at = 8 + draw(bytes.count - 8)
                switch draw(6) {
                case 0: bytes.insert(UInt8(draw(256)), at: at)
                case 1: if bytes.count > 40 { bytes.remove(at: at) }
                case 2: bytes[at] = [0, 255, 127, 128][draw(4)]
                case 3: bytes[at] ^= 1 << UInt8(draw(8))
                default: bytes[at] = UInt8(draw(256))
                }
            }
            if round % 2 == 0 { bytes = mended(bytes) }
            if outcome(of: bytes) != nil { refused += 1 }
        }
        // Both ways must have been walked for the test to mean anything.
        #expect(refused > 10_000 && refused < 19_990)
    }

    @Test(arguments: [(30_000, 30_000), (4097, 4096), (32_768, 32_768)])
    func `a file that announces too many pixels is refused by its header`(width: Int, height: Int) {
        #expect(
            outcome(of: announcing(width, height), maximumPixels: 1 << 24)
                == .tooManyPixels(width: width, height: height, limit: 1 << 24))
    }

    @Test func `a side that no image may have is refused as a size`() {
        #expect(outcome(of: announcing(40_000, 1)) == .size(width: 40_000, height: 1))
        #expect(outcome(of: announcing(1, 32_769)) == .size(width: 1, height: 32_769))
    }

    @Test(arguments: [(0, 1), (1, 0), (Int(UInt32.max), 1), (Int(Int32.max), Int(Int32.max))])
    func `an impossible size is refused with libpng's words`(width: Int, height: Int) {
        guard case .png? = outcome(of: announcing(width, height)) else {
            Issue.record("\(width) x \(height) was not refused as unreadable")
            return
        }
    }

    @Test func `the number of pixels allowed is exact`() throws {
        let file = try PNGReference.file("rgb")
        #expect(try Image(png: file, maximumPixels: 35).width == 7)
        #expect(throws: ImageError.tooManyPixels(width: 7, height: 5, limit: 34)) { try Image(png: file, maximumPixels: 34) }
        #expect(throws: ImageError.self) { try Image(png: file, maximumPixels: -1) }
    }

    /// A file of RGB pixels with a sound header and next to nothing after it.
    private func announcing(_ width: Int, _ height: Int) -> [UInt8] {
        func big(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
        let header = big(13) + Array("IHDR".utf8) + big(width) + big(height) + [8, 2, 0, 0, 0] + big(0)
        let data = big(10) + Array("IDAT".utf8) + [0x78, 0x9C, 3, 0, 0, 0, 0, 1, 0, 0] + big(0)
        return mended([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + header + data + big(0) + Array("IEND".utf8) + big(0))
    }

    /// The file with the checksum of every chunk computed anew, as far as its chunks can be followed.
    private func mended(_ bytes: [UInt8]) -> [UInt8] {
        var (bytes, start) = (bytes, 8)
        while start + 12 <= bytes.count {
            let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            let end = start + 8 + length
            guard end + 4 <= bytes.count else { break }
            var checksum: UInt32 = 0xFFFF_FFFF
            for byte in bytes[start + 4..<end] {
                checksum ^= UInt32(byte)
                for _ in 0..<8 { checksum = checksum & 1 == 1 ? checksum >> 1 ^ 0xEDB8_8320 : checksum >> 1 }
            }
            for i in 0..<4 { bytes[end + i] = UInt8(truncatingIfNeeded: ~checksum >> UInt32(24 - 8 * i)) }
            start = end + 4
        }
        return bytes
    }
}
