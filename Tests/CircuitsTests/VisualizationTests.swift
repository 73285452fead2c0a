import Circuits
import Networks
import Tensors
import Testing

@Suite struct VisualizationTests {
    /// A network whose first channel of conv2d0 is excited by red and inhibited by green and blue; other channels read nothing.
    private func redDetector() throws -> Model {
        let model = try Model(random: .miniInception(classCount: 20), seed: 1)
        var weights = Tensor(zeros: try model.weights(of: "conv2d0").shape)  // [7, 7, 3, 24]
        for y in 0..<7 { for x in 0..<7 { (weights[y, x, 0, 0], weights[y, x, 1, 0], weights[y, x, 2, 0]) = (1, -1, -1) } }
        var bias = Tensor(zeros: [24])
        bias[0] = 49 * 255  // a unit that is silent from the start has no gradient to follow
        return try model.replacing("conv2d0", weights: weights, bias: bias)
    }

    private func mean(_ image: Tensor, _ channel: Int) -> Float {
        stride(from: channel, to: image.count, by: 3).reduce(0) { $0 + image.scalars[$1] } / Float(image.count / 3)
    }

    @Test func `a planted red detector asks for red, and its negative for cyan`() throws {
        let feature = try redDetector()["conv2d0"][0]
        let red = try feature.visualize(size: 32, steps: 48, showProgress: false).images[0]
        #expect(mean(red, 0) > mean(red, 1) + 0.05 && mean(red, 0) > mean(red, 2) + 0.05)
        let cyan = try feature.visualize(size: 32, steps: 48, negative: true, showProgress: false).images[0]
        #expect(mean(cyan, 0) + 0.05 < mean(cyan, 1) && mean(cyan, 0) + 0.05 < mean(cyan, 2))
    }

    @Test func `the objective rises, and a seed names one picture`() throws {
        let feature = try Model.load("mini-inception")["mixed3a"][26]
        let first = try feature.visualize(size: 40, steps: 32, seed: 5, showProgress: false)
        #expect(first.values.count == 32 && first.values.suffix(4).reduce(0, +) > first.values.prefix(4).reduce(0, +))
        #expect(first.images[0].shape == [40, 40, 3] && first.images[0].min() >= 0 && first.images[0].max() <= 1)
        #expect(try feature.visualize(size: 40, steps: 32, seed: 5, showProgress: false).images == first.images)
        #expect(try feature.visualize(size: 40, steps: 32, seed: 6, showProgress: false).images != first.images)
    }

    @Test func `a channel that cannot respond is called so`() throws {
        let dead = try redDetector()["conv2d0"][3].visualize(size: 24, steps: 4, showProgress: false)
        #expect(dead.isDead && dead.description.contains("never responded"))
    }

    @Test func `diversity gives pictures that differ, and a sheet gives each channel its own`() throws {
        let model = try Model.load("mini-inception")
        let several = try model["mixed3a"][26].visualize(size: 32, steps: 16, diversity: 3, showProgress: false)
        #expect(several.images.count == 3 && several.images[0] != several.images[1] && several.images[1] != several.images[2])
        let sheet = try model["mixed3a"].visualize(channels: 26..<29, size: 32, steps: 16, showProgress: false)
        #expect(sheet.visualizations.count == 3)
        #expect(try sheet.mimeBundle().contents["image/svg+xml"] != nil)
    }

    @Test func `settings out of range and unknown addresses are refused`() throws {
        let model = try Model.load("mini-inception")
        #expect(throws: (any Error).self) { try model["mixed3a"][0].visualize(size: 0, showProgress: false) }
        #expect(throws: (any Error).self) { try model["mixed3a"][0].visualize(steps: -1, showProgress: false) }
        #expect(throws: ModelError.self) { try model["mixed9z"][0].visualize(showProgress: false) }
        #expect(throws: VisualizationError.self) { try model["mixed3a"].visualize(channels: 60..<70, showProgress: false) }
    }

    @Test func `icons are rendered once`() throws {
        let feature = try Model.load("mini-inception")["conv2d2"][7]
        let first = try feature.icon(size: 20, steps: 8)
        let count = VisualizationCache.shared.count
        #expect(try feature.icon(size: 20, steps: 8) == first)
        #expect(VisualizationCache.shared.count == count)
        #expect(first.width == 20 && first.height == 20)
    }
}
