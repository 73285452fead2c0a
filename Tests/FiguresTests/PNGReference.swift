import Figures
import Foundation
import Tensors

/// PNG files that PIL wrote and the pixels they hold; written by Tests/Peers/png_reference.py.
struct PNGReference: Decodable {
    let width, height, channels: Int
    /// Row by row, 0...255.
    let pixels: [Float]

    static let names = ["rgb", "rgba", "gray", "bilevel", "palette", "gray16", "rgb16", "interlaced"]
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Reference")

    static func pixels(of name: String) throws -> PNGReference? {
        let index = try Data(contentsOf: folder.appending(path: "pixels.json"))
        return try JSONDecoder().decode([String: PNGReference].self, from: index)[name]
    }

    static func file(_ name: String) throws -> Data { try Data(contentsOf: folder.appending(path: name + ".png")) }
}

/// Pixels drawn at random, different for every seed.
func noise(width: Int, height: Int, channels: Int = 3, seed: UInt64 = 1) throws -> Image {
    var random = CounterRandom(seed: seed, stream: 31)
    return try Image(
        Tensor(
            shape: [height, width, channels],
            scalars: (0..<width * height * channels).map { _ in Float(random.next() % 10_001) / 10_000 }))
}
