import Figures
import Tensors
import Testing

/// A row of grey pixels.
private func row(_ values: [Float]) throws -> Image {
    try Image(Tensor(shape: [1, values.count, 3], scalars: values.flatMap { [$0, $0, $0] }))
}

/// A column of grey pixels.
private func column(_ values: [Float]) throws -> Image {
    try Image(Tensor(shape: [values.count, 1, 3], scalars: values.flatMap { [$0, $0, $0] }))
}

/// The red values, row by row.
private func reds(_ image: Image) -> [Float] {
    stride(from: 0, to: image.tensor.count, by: image.channels).map { image.tensor.scalars[$0] }
}

private func isClose(_ a: [Float], _ b: [Float]) -> Bool { a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-6 } }

@Suite struct ImageTests {
    @Test func `a batch of one is a picture, and a batch of several is several`() throws {
        let batch = Tensor(shape: [2, 1, 1, 3], scalars: [0, 0.1, 0.2, 0.3, 0.4, 0.5])
        #expect(try Image.batch(batch).map(\.tensor.scalars) == [[0, 0.1, 0.2], [0.3, 0.4, 0.5]])
        #expect(try Image(Tensor(zeros: [1, 2, 3, 3])).tensor.shape == [2, 3, 3])
        #expect(throws: ImageError.shape([2, 1, 1, 3])) { try Image(batch) }
    }

    @Test func `rounding errors beyond the range are clamped, more is refused`() throws {
        #expect(try row([-0.0009, 1.0009]).tensor.scalars == [0, 0, 0, 1, 1, 1])
        #expect(throws: ImageError.range(min: -0.002, max: 0)) { try row([-0.002, 0]) }
    }

    @Test func `normalizing sends the smallest to black, the largest to white and a constant to grey`() throws {
        #expect(try Image(normalizing: Tensor(shape: [1, 1, 3], scalars: [2, 4, 6])).tensor.scalars == [0, 0.5, 1])
        #expect(try Image(normalizing: Tensor(repeating: 9, shape: [1, 1, 3])).tensor.scalars == [0.5, 0.5, 0.5])
        let wide = Tensor(shape: [1, 1, 3], scalars: [-3e38, 0, 3e38])
        #expect(try Image(normalizing: wide).tensor.scalars == [0.5, 0.5, 0.5])
    }

    @Test func `signed values put zero at middle grey and saturate beyond their scale`() throws {
        let tensor = Tensor(shape: [1, 1, 3], scalars: [-2, 0, 1])
        #expect(try Image(signed: tensor).tensor.scalars == [0, 0.5, 0.75])
        #expect(try Image(signed: tensor, scale: 0.5).tensor.scalars == [0, 0.5, 1])
        #expect(try Image(signed: tensor, scale: .nan).tensor.scalars == [0.5, 0.5, 0.5])
    }

    @Test func `a picture of one colour has it in every pixel`() throws {
        let image = try Image(width: 3, height: 2, color: Color(0xFF0033))
        #expect(image.tensor.shape == [2, 3, 3] && image.tensor.scalars == (0..<6).flatMap { _ in [1, 0, 0.2] as [Float] })
    }

    // MARK: Resizing

    @Test func `scaling repeats every pixel`() throws {
        let image = try row([0, 1]).scaled(by: 2)
        #expect(image.tensor.shape == [2, 4, 3] && reds(image) == [0, 0, 1, 1, 0, 0, 1, 1])
    }

    @Test func `the nearest pixel is the one whose square holds the new centre`() throws {
        #expect(reds(try row([0, 0.5, 1]).resized(width: 2, height: 1, by: .nearest)) == [0, 1])
        #expect(reds(try column([0, 0.25, 0.5, 0.75, 1]).resized(width: 1, height: 3, by: .nearest)) == [0, 0.5, 1])
    }

    @Test func `bilinear enlargement puts new centres at quarters and repeats the border`() throws {
        #expect(isClose(reds(try row([0, 1]).resized(width: 4, height: 1)), [0, 0.25, 0.75, 1]))
        #expect(isClose(reds(try column([0, 1]).resized(width: 1, height: 4)), [0, 0.25, 0.75, 1]))
        // Centres of three in two: 2/3 * (i + 1/2) - 1/2 = -1/6, 1/2, 7/6.
        #expect(isClose(reds(try row([0.2, 0.8]).resized(width: 3, height: 1)), [0.2, 0.5, 0.8]))
    }

    @Test func `area reduction takes means, with parts of pixels where they are cut`() throws {
        #expect(isClose(reds(try row([0, 0.2, 0.6, 1]).resized(width: 2, height: 1, by: .area)), [0.1, 0.8]))
        // Each new pixel covers one and a half: (0 + 0.3 / 2) / 1.5 and (0.3 / 2 + 0.9) / 1.5.
        #expect(isClose(reds(try column([0, 0.3, 0.9]).resized(width: 1, height: 2, by: .area)), [0.1, 0.7]))
    }

    @Test(arguments: [Resampling.nearest, .bilinear, .area])
    func `a constant stays constant and a picture of the same size stays itself`(resampling: Resampling) throws {
        let flat = try Image(width: 13, height: 7, color: Color(gray: 0.4))
        let resized = try flat.resized(width: 29, height: 3, by: resampling)
        #expect(resized.tensor.shape == [3, 29, 3] && resized.tensor.scalars.allSatisfy { abs($0 - 0.4) < 1e-6 })
        let image = try noise(width: 5, height: 6)
        #expect(try image.resized(width: 5, height: 6, by: resampling) == image)
    }

    // MARK: Cropping

    private func numbered() throws -> Image { try Image(Tensor(shape: [3, 3, 3], scalars: (0..<27).map { Float($0 / 3) / 10 })) }

    @Test func `a crop keeps the rows and columns asked for`() throws {
        let part = try numbered().crop(rows: 1..<3, columns: 0..<2)
        #expect(part.tensor.shape == [2, 2, 3] && reds(part) == [0.3, 0.4, 0.6, 0.7])
    }

    @Test func `a crop beyond the border is filled with the padding`() throws {
        let part = try numbered().crop(rows: -1..<1, columns: 2..<4, padding: .white)
        #expect(reds(part) == [1, 1, 0.2, 1])
        let clear = try noise(width: 1, height: 1, channels: 4).crop(rows: 5..<6, columns: 5..<6, padding: Color(0x3366FF))
        #expect(clear.tensor.scalars == [0.2, 0.4, 1, 1])
    }

    @Test func `impossible crops are refused, with any numbers`() throws {
        let image = try numbered()
        let outside = ImageError.crop(rows: 0..<4, columns: 0..<3, height: 3, width: 3)
        #expect(throws: outside) { try image.crop(rows: 0..<4, columns: 0..<3) }
        #expect(throws: ImageError.crop(rows: 1..<1, columns: 0..<3, height: 3, width: 3)) {
            try image.crop(rows: 1..<1, columns: 0..<3, padding: .black)
        }
        #expect(throws: ImageError.size(width: 3, height: .max)) {
            try image.crop(rows: .min ..< .max, columns: 0..<3, padding: .black)
        }
    }

    // MARK: Error texts

    @Test(arguments: [
        (
            ImageError.shape([2, 3]),
            "an image is a tensor of shape [height, width, 3], or 4 with alpha, and at least one pixel; this one has shape [2, 3]"
        ),
        (.batchShape([5]), "a batch of images is a tensor of shape [batch, height, width, 3 or 4]; this one has shape [5]"),
        (.notAMatrix(shape: [7]), "a heat map is drawn from a tensor of shape [height, width]; this one has shape [7]"),
        (
            .notFinite(count: 2),
            "2 of the image's values are NaN or infinite; a computation diverged before this image was made"
        ),
        (
            .range(min: -0.5, max: 3),
            "an image's values lie in 0...1; these run from -0.5 to 3.0. "
                + "Image(normalizing:) scales them, Image(signed:) shows zero as grey"
        ),
        (.size(width: 0, height: 9), "an image cannot be 0 pixels wide and 9 high; both must be between 1 and 32768"),
        (
            .crop(rows: 0..<4, columns: 1..<2, height: 3, width: 3),
            "rows 0..<4 and columns 1..<2 are not inside an image 3 high and 3 wide; crop(rows:columns:padding:) fills what lies outside"
        ),
        (.png("Not a PNG file"), "not a readable PNG: Not a PNG file"),
        (
            .tooManyPixels(width: 9000, height: 8000, limit: 16_777_216),
            "the file announces 9000 x 8000 pixels, more than the 16777216 allowed; pass a larger maximumPixels if the file is trusted"
        ),
    ])
    func `an error says what was wrong and what to do`(error: ImageError, text: String) {
        #expect(error.description == text)
    }

    @Test func `each mistake meets its own error`() throws {
        let image = try numbered()
        #expect(throws: ImageError.shape([2, 2])) { try Image(Tensor(zeros: [2, 2])) }
        #expect(throws: ImageError.shape([0, 4, 3])) { try Image(Tensor(zeros: [0, 4, 3])) }
        #expect(throws: ImageError.shape([4, 4, 2])) { try Image(Tensor(zeros: [4, 4, 2])) }
        #expect(throws: ImageError.size(width: 1, height: 40_000)) { try Image(Tensor(zeros: [40_000, 1, 3])) }
        #expect(throws: ImageError.batchShape([2, 2, 3])) { try Image.batch(Tensor(zeros: [2, 2, 3])) }
        #expect(throws: ImageError.notFinite(count: 3)) { try row([.nan, 0.5]) }
        #expect(throws: ImageError.notFinite(count: 1)) { try Image(signed: Tensor(shape: [1, 1, 3], scalars: [0, .infinity, 0])) }
        #expect(throws: ImageError.size(width: 0, height: 5)) { try image.resized(width: 0, height: 5) }
        #expect(throws: ImageError.size(width: 3, height: 32_769)) { try image.resized(width: 3, height: 32_769) }
        #expect(throws: ImageError.size(width: 0, height: 0)) { try image.scaled(by: 0) }
        #expect(throws: ImageError.size(width: .max, height: .max)) { try image.scaled(by: .max) }
        #expect(throws: ImageError.size(width: -1, height: 4)) { try Image(width: -1, height: 4, color: .black) }
        #expect(throws: ImageError.png("3 bytes are too few for a PNG")) { try Image(png: .init([1, 2, 3])) }
    }
}
