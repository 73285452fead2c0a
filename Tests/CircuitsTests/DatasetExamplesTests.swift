import Circuits
import Networks
import PictureWorld
import Tensors
import Testing

@Suite struct DatasetExamplesTests {
    /// A network whose first channel of conv2d0 responds to red and to nothing else.
    private func redDetector() throws -> Feature {
        let model = try Model(random: .miniInception(classCount: 20), seed: 1)
        var weights = Tensor(zeros: try model.weights(of: "conv2d0").shape)  // [7, 7, 3, 24]
        for y in 0..<7 { for x in 0..<7 { (weights[y, x, 0, 0], weights[y, x, 1, 0], weights[y, x, 2, 0]) = (1, -1, -1) } }
        let quiet = Tensor(zeros: [24])
        return try model.replacing("conv2d0", weights: weights, bias: quiet)["conv2d0"][0]
    }

    @Test func `a planted red detector finds the reddest places of the world`() throws {
        let found = try redDetector().examples(in: World.test, count: 6, limit: 300)
        #expect(found.examples.count == 6 && found.looked == 300 && found.activations.count == 300)
        #expect(found.examples.map(\.activation) == found.examples.map(\.activation).sorted(by: >))
        for example in found.examples {
            let pixels = example.crop.tensor
            #expect(pixels.shape == [7, 7, 3])
            let centre = (0..<3).map { pixels[3, 3, $0] }
            #expect(centre[0] > centre[1] && centre[0] > centre[2], "\(centre)")
        }
    }

    @Test func `examples are the same through the cache of a layer and one by one`() throws {
        let feature = try redDetector()
        let cached = try feature.examples(in: World.test, count: 4, limit: 120)
        let direct = try feature.model["conv2d0"].direction([0: 1]).examples(in: World.test, count: 4, limit: 120)
        #expect(cached.examples.map(\.index) == direct.examples.map(\.index))
        #expect(zip(cached.activations, direct.activations).allSatisfy { abs($0 - $1) <= 1e-3 * max(1, abs($0)) })
    }

    @Test func `examples of other classes are not taken from the cache of the first ones`() throws {
        let feature = try redDetector(), classes = World.classes
        for chosen in [Array(classes.prefix(5)), Array(classes.suffix(5))] {
            let source = try World.test.restricted(to: chosen)
            let found = try feature.examples(in: source, count: 3, limit: 25)
            let direct = try feature.model["conv2d0"].direction([0: 1]).examples(in: source, count: 3, limit: 25)
            #expect(found.examples.map(\.index) == direct.examples.map(\.index))
            #expect(found.dataset.contains("(5 classes)"))
        }
    }

    @Test func `a channel that nothing excites says so`() throws {
        let found = try redDetector().model["conv2d0"][7].examples(in: World.test, count: 3, limit: 40)
        #expect(found.description == "conv2d0:7: no picture of 40 in World.test excites it")
    }

    @Test func `shares of classes add up and impossible questions are refused`() throws {
        let feature = try redDetector()
        let shares = try feature.examples(in: World.test, count: 1, limit: 200).classes(inTop: 0.1)
        #expect(abs(shares.reduce(0) { $0 + $1.share } - 1) < 1e-9)
        #expect(throws: ExamplesError.nothingAsked(count: 0, limit: 10)) { try feature.examples(in: World.test, count: 0, limit: 10) }
        #expect(throws: ModelError.self) { try feature.model["conv2d0"][24].examples(in: World.test) }
    }
}
