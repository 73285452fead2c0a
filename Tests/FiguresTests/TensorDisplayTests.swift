import Figures
import Foundation
import RichDisplay
import Tensors
import Testing

@Suite struct TensorDisplayTests {
    private func html(_ tensor: Tensor) throws -> String? {
        if case .text(let text)? = try tensor.mimeBundle().contents["text/html"] { return text }
        return nil
    }

    /// The heat map inside the HTML.
    private func picture(_ tensor: Tensor) throws -> Image {
        let text = try #require(try html(tensor))
        let start = try #require(text.range(of: "base64,")), end = try #require(text[start.upperBound...].firstIndex(of: "\""))
        return try Image(png: #require(Data(base64Encoded: String(text[start.upperBound..<end]))))
    }

    @Test func `a tensor shows its shape, its statistics and a heat map`() throws {
        let tensor = Tensor(shape: [2, 3], scalars: [-1, 0, 1, 0.5, -0.5, 0])
        let text = try #require(try html(tensor))
        #expect(text.contains("[2, 3]") && text.contains(tensor.statistics) && text.contains("blue -1, red 1"))
        #expect(try tensor.mimeBundle().plain == tensor.description)
        let image = try picture(tensor)
        #expect(image.width == 3 && image.height == 2)
        // Blue below 0, red above.
        #expect(image.tensor[0, 0, 2] > image.tensor[0, 0, 0] && image.tensor[0, 2, 0] > image.tensor[0, 2, 2])
    }

    @Test func `planes of large tensors are averaged, and those of many axes named`() throws {
        var batch = Tensor(zeros: [2, 100, 128, 3])
        batch[0, ..<50, .ellipsis] = Tensor(1)
        let text = try #require(try html(batch)), image = try picture(batch)
        #expect(text.contains("first plane, mean over the last axis, averaged to 64 x 64") && text.contains("black 0, white 1"))
        #expect(image.tensor[0, 0, 0] == 1 && image.tensor[63, 0, 0] == 0)
    }

    @Test func `vectors, constants and tensors with NaN are drawn; numbers and empty tensors are text`() throws {
        #expect(try picture(Tensor((0..<300).map { Float($0) })).width == 64 && picture(Tensor([0, 0])).height == 1)
        let text = try #require(try html(Tensor([1, .nan, .infinity])))
        #expect(text.contains("2 of 3 not finite"))
        #expect(try html(Tensor(3)) == nil && html(Tensor(zeros: [0, 4])) == nil)
    }
}
