import Circuits
import Foundation
import Networks
import PictureWorld
import RichDisplay
import Synchronization
import Tensors

/// Pictures of 16 by 16 random colours in squares of 4 pixels, so that everything that a unit over such a square answers is known. Classes
/// differ in how red they are; every third picture has a box, the part, in which it is redder. Some pictures cannot be read.
final class PlantedSwatches: PictureSource {
    let title: String
    let classes = ["dull", "reddish", "red"]
    let count: Int
    let unreadable: Set<Int>
    private let interruption: Int?
    private let asked = Mutex<[Range<Int>]>([])

    /// - Parameter interruption: the picture before which the user stops the pass.
    init(_ title: String = "swatches", count: Int, unreadable: Set<Int> = [], interruptedAt interruption: Int? = nil) {
        (self.title, self.count, self.unreadable, self.interruption) = (title, count, unreadable, interruption)
    }

    /// The runs of pictures that were asked for, without single ones.
    var runs: [Range<Int>] { asked.withLock { $0.filter { $0.count > 1 } } }

    func label(_ index: Int) -> Int { index % 3 }

    /// Squares 0 to 3 of the second row.
    private func part(_ index: Int, size: Int) -> [PicturePart] {
        guard index % 9 == 4 else { return [] }
        let side = Double(size)
        let box = PictureBox(x: 0, y: side / 4, width: side, height: side / 4)
        return [PicturePart(name: "band", box: box, pictureWidth: side, pictureHeight: side)]
    }

    func pixels(_ index: Int, size: Int) throws -> Tensor {
        var random = CounterRandom(seed: 9, stream: UInt64(index))
        let squares = (0..<16).map { square -> [Float] in
            let red = random.uniform() * random.uniform() * (0.4 + 0.3 * Double(label(index)))
            let more = !part(index, size: 16).isEmpty && (4..<8).contains(square) ? 0.3 : 0
            return [Float(red + more), Float(random.uniform()), Float(random.uniform())]
        }
        return Tensor(shape: [size, size, 3]) { pixels in
            for y in 0..<size {
                for x in 0..<size { for c in 0..<3 { pixels[(y * size + x) * 3 + c] = squares[y * 4 / size * 4 + x * 4 / size][c] } }
            }
        }
    }

    func pictures(in range: Range<Int>, size: Int) throws -> PictureBatch {
        asked.withLock { $0.append(range) }
        if let interruption, range.count > 1, range.contains(interruption) { throw Interrupted() }
        let read = range.filter { !unreadable.contains($0) }
        let skipped = range.filter(unreadable.contains).map { SkippedPicture(path: "picture \($0)", reason: "it is damaged") }
        let images = read.isEmpty ? Tensor(zeros: [0, size, size, 3]) : Tensor.stack(try read.map { try pixels($0, size: size) })
        return PictureBatch(
            images: images, labels: read.map(label), indices: read, skipped: skipped, parts: read.map { part($0, size: size) })
    }

    static let red = 0, redAboveSome = 1, dead = 2, redAgainstGreen = 3, green = 4, blue = 5

    /// One layer with units for each square of 4 pixels: the mean red; the same less 0.2; nothing, below zero; red less green; green; and
    /// blue.
    static func model(scale: Float = 1) throws -> Model {
        var weights = Tensor(zeros: [4, 4, 3, 6])
        for y in 0..<4 {
            for x in 0..<4 {
                for channel in [red, redAboveSome, redAgainstGreen] { weights[y, x, 0, channel] = scale / 16 }
                weights[y, x, 1, redAgainstGreen] = -scale / 16
                (weights[y, x, 1, green], weights[y, x, 2, blue]) = (1.0 / 16, 1.0 / 16)
            }
        }
        let bias = Tensor([0, -0.2, -1, 0, 0, 0])
        let graph = try Graph(nodes: [
            .init("input", .input(channels: 3, range: 0...1)),
            .init("squares_pre_relu", .layer(try Convolution(weights: weights, bias: bias, stride: 4)), inputs: ["input"]),
            .init("squares", .layer(ReLU()), inputs: ["squares_pre_relu"]),
        ])
        return try Model(
            graph: graph,
            details: ModelDescription(
                name: "planted squares", inputSize: 16, layers: [CanonicalLayer("squares")], logitsLayer: nil, probabilitiesLayer: nil))
    }
}

/// A folder that goes away with the test.
final class ScratchFolder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("statistics-\(UUID().uuidString)").path
    deinit { try? FileManager.default.removeItem(atPath: path) }

    var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
    func contents(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)) }
}
