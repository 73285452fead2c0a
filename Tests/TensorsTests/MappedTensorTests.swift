import Foundation
import Tensors
import Testing

@Suite struct MappedTensorTests {
    /// A file of the floats 0, 1, 2, … behind `offset` bytes.
    static func file(_ count: Int, offset: Int = 0) throws -> String {
        let path = NSTemporaryDirectory() + "hooke-\(UUID().uuidString).bin"
        var data = Data(repeating: 0xFF, count: offset)
        (0..<count).map(Float.init).withUnsafeBytes { data.append(contentsOf: $0) }
        try data.write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func `a view of a file has the values of the file and those of a tensor in memory`() throws {
        let path = try Self.file(24, offset: 8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let view = Tensor(shape: [2, 3, 4], in: try FileBytes(mapping: path), at: 8)
        let plain = Tensor(shape: [2, 3, 4], scalars: (0..<24).map(Float.init))
        #expect(view.isMapped && !plain.isMapped && view == plain && view.scalars == plain.scalars)
        #expect(view[1, 2, 3] == 23 && view[-1, 0, 0] == 12 && view.slice(1)[2, 3] == 23 && view.slice(1).isMapped)
        #expect(view.reshaped([4, 6]).slices(1..<3) == plain.reshaped([4, 6]).slices(1..<3))
        #expect(view.sum() == plain.sum() && (view * 2) == plain * 2 && view.permuted([2, 0, 1]) == plain.permuted([2, 0, 1]))
        #expect(Tensor(shape: [0, 4], in: try FileBytes(mapping: path), at: 8) == Tensor(zeros: [0, 4]))
    }

    @Test func `the first write copies, and neither the file nor other views change`() throws {
        let path = try Self.file(12)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let view = Tensor(shape: [3, 4], in: try FileBytes(mapping: path), at: 0)
        var (written, element, slice) = (view, view, view.slice(1))
        written.withUnsafeMutableScalars { $0[0] = 100 }
        element[2, 3] = 200
        slice[0] = 300
        #expect(!written.isMapped && !element.isMapped && !slice.isMapped && view.isMapped)
        #expect(written[0, 0] == 100 && written[0, 1] == 1 && element[2, 3] == 200 && slice == Tensor([300, 5, 6, 7]))
        #expect(view == Tensor(shape: [3, 4], scalars: (0..<12).map(Float.init)))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func `a view keeps the file, also when its name goes away or to another file`() throws {
        let path = try Self.file(8), other = try Self.file(2)
        func view() throws -> (Tensor, FileBytes) {
            let file = try FileBytes(mapping: path)
            return (Tensor(shape: [8], in: file, at: 0), file)
        }
        let (kept, file) = try view()
        #expect(rename(other, path) == 0)
        #expect(kept == Tensor((0..<8).map(Float.init)) && !file.hasChanged)
        try FileManager.default.removeItem(atPath: path)
        #expect(kept.sum() == 28)
    }

    @Test func `a file that somebody writes into has changed`() throws {
        let path = try Self.file(8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try FileBytes(mapping: path)
        #expect(!file.hasChanged)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.truncate(atOffset: 16)
        #expect(file.hasChanged)
    }

    @Test func `what is not aligned, or not stored as 32-bit floats, is converted`() throws {
        let path = try Self.file(4, offset: 3)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let odd = Tensor(shape: [4], in: try FileBytes(mapping: path), at: 3)
        #expect(!odd.isMapped && odd == Tensor([0, 1, 2, 3]))
        let bytes = FileBytes(Data([1, 2, 255, 0]), name: "four bytes")
        #expect(Tensor(shape: [4], in: bytes, at: 0, type: .int8) == Tensor([1, 2, -1, 0]))
        #expect(Tensor(shape: [2], in: bytes, at: 0, type: .uint16) == Tensor([513, 255]))
        #expect(Tensor(shape: [2], in: bytes, at: 0, type: .uint16, isBigEndian: true) == Tensor([258, 65280]))
        #expect(Tensor(shape: [4], in: bytes, at: 0, type: .bool) == Tensor([1, 1, 1, 0]))
    }

    @Test func `every half and every bfloat16 becomes the float that it is`() {
        let patterns = (0..<65536).map { UInt16($0) }
        let file = patterns.withUnsafeBytes { FileBytes(Data($0), name: "all patterns") }
        let halves = Tensor(shape: [65536], in: file, at: 0, type: .float16).scalars
        let brains = Tensor(shape: [65536], in: file, at: 0, type: .bfloat16).scalars
        for (i, pattern) in patterns.enumerated() {
            let half = Float(Float16(bitPattern: pattern))
            #expect(half.isNaN ? halves[i].isNaN : half.bitPattern == halves[i].bitPattern, "\(pattern)")
            #expect(brains[i].bitPattern == UInt32(pattern) << 16)
        }
    }

    @Test func `what is no regular file is refused`() {
        let reasons = ["/no/such/file": "there is no such file", "/": "it is a folder", "/dev/zero": "it is not a regular file"]
        for (path, reason) in reasons {
            do {
                _ = try FileBytes(mapping: path)
                Issue.record("\(path) was mapped")
            } catch { #expect("\(error)" == "\(path) cannot be read: \(reason)") }
        }
    }
}
