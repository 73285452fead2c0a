import Figures
import Foundation
import PictureWorld
import Tensors

/// Many pictures on one sheet, each with the name of its class below it.
struct WorldSheet {
    let split: WorldSplit
    let count: Int
    let size: Int
    let columns: Int

    /// The sheet as an image: white, with a margin around each picture.
    func image() throws -> Image {
        let scale = max(1, size / 64), gap = max(4, size / 16), label = 5 * scale + gap
        let rows = (count + columns - 1) / columns
        let width = columns * (size + gap) + gap, height = rows * (size + gap + label) + gap
        var sheet = [Float](repeating: 1, count: width * height * 3)
        for index in 0..<count {
            let picture = split.picture(index, size: size)
            let left = gap + index % columns * (size + gap), top = gap + index / columns * (size + gap + label)
            picture.pixels.withUnsafeScalars { pixels in
                for row in 0..<size {
                    let target = ((top + row) * width + left) * 3
                    for offset in 0..<size * 3 { sheet[target + offset] = pixels[row * size * 3 + offset] }
                }
            }
            for (place, letter) in picture.className.prefix((size + gap) / (4 * scale)).enumerated() {
                for (row, bits) in PixelFont.rows(letter).enumerated() {
                    for column in 0..<3 where bits >> (2 - column) & 1 == 1 {
                        for y in 0..<scale {
                            for x in 0..<scale {
                                let pixel = (top + size + gap / 2 + row * scale + y) * width + left + (place * 4 + column) * scale + x
                                for channel in 0..<3 { sheet[pixel * 3 + channel] = 0.25 }
                            }
                        }
                    }
                }
            }
        }
        return try Image(Tensor(shape: [height, width, 3], scalars: sheet))
    }
}
