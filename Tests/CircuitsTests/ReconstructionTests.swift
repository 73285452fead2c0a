import Circuits
import Networks
import PictureWorld
import Tensors
import Testing

@Suite struct ReconstructionTests {
    static func picture(_ index: Int = 3) -> Tensor { World.test.batch(index..<index + 1).images.slice(0) }

    @Test func `an inversion comes near the picture that it is of, in its activations and as a picture`() throws {
        let model = try Model.load("mini-inception"), picture = Self.picture()
        func difference(_ layer: String, steps: Int) throws -> Float {
            try model[layer].inversion(of: picture, steps: steps, showProgress: false).difference
        }
        let (start, end) = (try difference("conv2d0", steps: 1), try difference("conv2d0", steps: 96))
        #expect(end < 0.15 && end < start / 4, "\(start), then \(end)")
        let made = try model["conv2d0"].inversion(of: picture, steps: 96, showProgress: false)
        // The picture itself, not only its activations: nearer than a grey one.
        func distance(_ image: Tensor) -> Float { (image - picture).norm() }
        #expect(distance(made.image) < 0.75 * distance(Tensor(repeating: picture.mean(), shape: picture.shape)))
        #expect(made.cosine > 0.9 && made.description.contains("inversion at conv2d0"))
        #expect(try made.mimeBundle().contents["image/png"] != nil)
    }

    @Test func `a caricature has more of what a layer sees in the picture than the picture`() throws {
        let model = try Model.load("mini-inception"), picture = Self.picture()
        let made = try model["mixed3a"].caricature(of: picture, showProgress: false)
        let target = try model["mixed3a"].activations(of: picture), found = try model["mixed3a"].activations(of: made.image)
        #expect(target.reshaped([-1]).dot(found.reshaped([-1])) > 1.2 * target.reshaped([-1]).dot(target.reshaped([-1])))
        #expect(made.cosine > 0.5)
    }

    @Test func `a picture that does not fit is refused`() throws {
        let model = try Model.load("mini-inception")
        #expect(throws: VisualizationError.self) { try model["mixed3a"].inversion(of: Tensor(zeros: [32, 40, 3]), showProgress: false) }
        #expect(throws: VisualizationError.self) { try model["mixed3a"].caricature(of: Tensor(zeros: [2, 32, 32, 3]), showProgress: false) }
    }

    @Test func `an interpolation is a strip from one objective to the other`() throws {
        let model = try Model.load("mini-inception"), (a, b) = (Objective.channel("mixed3a", 26), Objective.channel("mixed3a", 30))
        let strip = try model.interpolate(from: a, to: b, count: 3, size: 32, steps: 24, showProgress: false)
        #expect(strip.images.count == 3 && strip.values.count == 24 && strip.objective == "mixed3a:26 to mixed3a:30")
        func response(_ image: Tensor, _ channel: Int) throws -> Float { try model["mixed3a"][channel].activations(of: image).mean() }
        let gains = try strip.images.map { try response($0, 26) - response($0, 30) }
        #expect(gains[0] > gains[2])
        #expect(throws: VisualizationError.self) { try model.interpolate(from: a, to: b, count: 1, showProgress: false) }
    }

    @Test func `a class is visualized by its name`() throws {
        let model = try Model.load("mini-inception")
        let name = model.classes[2]
        let made = try model.visualize(class: name, steps: 4, showProgress: false)
        #expect(made.objective == "logit '\(name)'" && made.images[0].shape == [64, 64, 3])
        #expect(throws: ObjectiveError.self) { try model.visualize(class: "no such class", showProgress: false) }
    }

    @Test func `pictures that were not optimized are called unreliable, and good ones are not`() throws {
        let model = try Model.load("mini-inception")
        let strongest = try model["mixed3a"].features().prefix(12).max { a, b in
            try a.activations(of: Self.picture()).max() < b.activations(of: Self.picture()).max()
        }
        let feature = try #require(strongest)
        let hasty = try feature.reliability(in: World.test, seeds: 2, limit: 64, size: 48, steps: 1, showProgress: false)
        #expect(!hasty.isReliable && hasty.description.contains("not reliable"))
        #expect(hasty.peaks.count == 2 && hasty.looked == 64)
        let careful = try feature.reliability(in: World.test, seeds: 2, limit: 64, size: 48, steps: 96, showProgress: false)
        #expect((careful.peaks.max() ?? 0) > 0.5 * careful.datasetPeak && careful.peaks.min()! > hasty.peaks.max()!)
        #expect(try careful.mimeBundle().contents["text/html"] != nil)
    }

    @Test func `a dead unit is called so`() throws {
        let model = try Model.load("mini-inception")
        var weights = try model.weights(of: "conv2d0"), bias = try model.bias(of: "conv2d0")
        for i in 0..<weights.count / 24 { weights.withUnsafeMutableScalars { $0[i * 24 + 5] = 0 } }
        bias[5] = -1
        let dead = try model.replacing("conv2d0", weights: weights, bias: bias)["conv2d0"][5]
        let verdict = try dead.reliability(in: World.test, seeds: 2, limit: 16, size: 24, steps: 4, showProgress: false)
        #expect(verdict.doubts == ["the unit never responded: the pictures are only their starting noise"])
    }
}
