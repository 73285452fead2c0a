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
        for (channel, made) in zip(26..<29, sheet.visualizations) {
            let alone = try model["mixed3a"][channel].visualize(size: 32, steps: 16, showProgress: false)
            #expect(made.images == alone.images && made.values == alone.values && made.objectiveValue == alone.objectiveValue)
        }
        #expect(try sheet.mimeBundle().contents["image/svg+xml"] != nil)
    }

    @Test func `a sheet whose optimization fails throws what a single one throws`() throws {
        let model = try Model.load("mini-inception")
        var bias = try model.bias(of: "conv2d0")
        bias[5] = .infinity
        let broken = try model.replacing("conv2d0", weights: model.weights(of: "conv2d0"), bias: bias)
        #expect(throws: VisualizationError.self) { try broken["conv2d0"].visualize(channels: 0..<8, size: 24, steps: 4, showProgress: false) }
        #expect(throws: VisualizationError.self) { try broken["conv2d0"][5].visualize(size: 24, steps: 4, showProgress: false) }
    }

    @Test func `a dead unit is shown as text and in a sheet as a blank, not as noise`() throws {
        let model = try redDetector()
        let dead = try model["conv2d0"][3].visualize(size: 24, steps: 4, showProgress: false).mimeBundle()
        #expect(dead.contents["image/png"] == nil && dead.contents["text/html"] != nil)
        let sheet = try model["conv2d0"].visualize(channels: 2..<4, size: 24, steps: 4, showProgress: false)
        #expect(sheet.deadChannels == [2, 3] && sheet.description.contains("2 never responded"))
    }

    @Test func `settings out of range and unknown addresses are refused`() throws {
        let model = try Model.load("mini-inception")
        #expect(throws: (any Error).self) { try model["mixed3a"][0].visualize(size: 0, showProgress: false) }
        #expect(throws: (any Error).self) { try model["mixed3a"][0].visualize(steps: -1, showProgress: false) }
        #expect(throws: ModelError.self) { try model["mixed9z"][0].visualize(showProgress: false) }
        #expect(throws: VisualizationError.self) { try model["mixed3a"].visualize(channels: 60..<70, showProgress: false) }
    }

    @Test func `icons are rendered once`() async {
        // In a process of its own: other tests render icons too.
        await #expect(processExitsWith: .success) {
            let feature = try Model.load("mini-inception")["conv2d2"][7]
            let first = try feature.icon(size: 20, steps: 8)
            hold(VisualizationCache.shared.count == 1)
            let again = try [feature, feature].icons(size: 20, steps: 8)
            hold(again == [first, first] && VisualizationCache.shared.count == 1)
            hold(first.width == 20 && first.height == 20)
        }
    }

    @Test(arguments: [
        ImageParametrization.pixels(), .laplacianPyramid(), .cppn(), .fourier().transparent(), .fourier().transparent(over: .grey(0.2)),
        .fourier().shared(), .fourier(decorrelatesColour: false),
    ])
    func `every parametrization climbs`(_ parametrization: ImageParametrization) throws {
        let feature = try Model.load("mini-inception")["mixed3a"][26]
        let made = try feature.visualize(size: 40, steps: 48, seed: 2, parametrization: parametrization, showProgress: false)
        #expect(made.images[0].shape == [40, 40, parametrization.channels] && made.images[0].firstNonFinite == nil)
        #expect(made.values.suffix(8).reduce(0, +) > made.values.prefix(8).reduce(0, +), "\(made.values)")
        _ = try made.image()
    }

    @Test func `a transparent picture keeps opaque what the network looks at`() throws {
        // Only the middle of the picture reaches the middle neuron.
        let feature = try Model.load("mini-inception")["conv2d2"][7]
        let image = try feature.visualize(
            size: 48, steps: 64, objective: .neuron, transforms: [], parametrization: .pixels().transparent(), showProgress: false).images[0]
        let opacity = image[.ellipsis, 3]
        #expect(opacity[20..<28, 20..<28].mean() > opacity[0..<8, 0..<8].mean() + 0.1)
    }

    @Test func `a neuron's picture is the one that the whole layer gives`() throws {
        let model = try Model.load("mini-inception")
        let place = Feature.Position(x: 1, y: 7)
        let vector = (0..<64).map { Float($0 % 5) - 1 }
        for (objective, layer) in [
            (Objective.neuron("mixed3a", 5), "mixed3a"), (.neuron("mixed3b", 9, at: place), "mixed3b"),
            (.directionNeuron("mixed3a", vector, at: place, cosinePower: 1), "mixed3a"), (-(0.5 * .neuron("conv2d2", 3)), "conv2d2"),
        ] {
            let alone = try model.visualize(objective, size: 64, steps: 10, showProgress: false)
            // An objective that looks at a whole layer besides makes the network compute all of it.
            let whole = try model.visualize(objective + 0 * .channel(layer, 0), size: 64, steps: 10, showProgress: false)
            #expect(alone.images[0].distance(to: whole.images[0].scalars) < 1e-3, "\(objective)")
            #expect(abs(alone.objectiveValue - whole.objectiveValue) < 1e-3 * (abs(whole.objectiveValue) + 1e-3), "\(objective)")
        }
    }

    @Test func `several objectives share one optimization, and each gives the picture that it gives alone`() throws {
        let model = try Model.load("mini-inception")
        let objectives = (24..<32).map { Objective.channel("mixed3a", $0) } + [.neuron("conv2d2", 3)]
        let together = try model.visualize(objectives, size: 32, steps: 12, showProgress: false)
        #expect(together.count == 9)
        for (index, made) in together.enumerated() {
            let alone = try model.visualize(objectives[index], size: 32, steps: 12, showProgress: false)
            #expect(made.images[0].distance(to: alone.images[0].scalars) < 0.02 && made.objective == alone.objective)
        }
        #expect(together[0].images[0].distance(to: together[1].images[0].scalars) > 0.02)
    }

    @Test func `thresholds keep pictures on the way`() throws {
        let feature = try Model.load("mini-inception")["mixed3a"][26]
        let made = try feature.visualize(size: 32, steps: 12, thresholds: [12, 5, 1], showProgress: false)
        #expect(made.snapshots.map(\.step) == [1, 5, 12])
        #expect(made.snapshots[2].images == made.images)
        #expect(try feature.visualize(size: 32, steps: 5, showProgress: false).images == made.snapshots[1].images)
    }

    @Test func `momentum and schedules reach the picture`() throws {
        let feature = try Model.load("mini-inception")["mixed3a"][26]
        let climbed = try feature.visualize(size: 32, steps: 32, transforms: [], rate: 2, optimizer: .momentum(), showProgress: false)
        #expect(climbed.values[31] > climbed.values[0])
        let constant = try feature.visualize(size: 32, steps: 8, showProgress: false).images
        #expect(try feature.visualize(size: 32, steps: 8, schedule: .cosine, showProgress: false).images != constant)
        #expect(RateSchedule.cosine.factor(step: 0, of: 10) == 1 && RateSchedule.cosine.factor(step: 5, of: 10) < 0.51)
        #expect(RateSchedule.decay(every: 3).factor(step: 7, of: 10) == 0.25)
    }

    @Test func `a picture can be where the optimization starts`() throws {
        let feature = try Model.load("mini-inception")["mixed3a"][26]
        let picture = Tensor(uniform: [32, 32, 3], in: 0.2..<0.8, seed: 3)
        let near = try feature.visualize(from: picture, size: 32, steps: 1, rate: 1e-4, showProgress: false).images[0]
        #expect(abs(near - picture).mean() < 0.02)
    }

    @Test func `an infinite update is reported with its step`() throws {
        let feature = try Model.load("mini-inception")["mixed3a"][26]
        do {
            // From the fifth step on, the rate is infinite.
            _ = try feature.visualize(size: 24, steps: 40, schedule: .decay(every: 5, by: 1e50), showProgress: false)
            Issue.record("an infinite picture was returned")
        } catch let error as VisualizationError {
            #expect("\(error)".contains("in step 5"), "\(error)")
        }
        // A weight that is not a number reaches the objective in the first step.
        let model = try Model.load("mini-inception")
        var weights = try model.weights(of: "conv2d0")
        weights[0, 0, 0, 0] = .nan
        let broken = try model.replacing("conv2d0", weights: weights)
        #expect(throws: VisualizationError.self) { try broken.visualize(.deepDream("conv2d0_pre_relu"), size: 24, steps: 3, showProgress: false) }
    }

    @Test func `an optimization that cannot fit into memory is refused with the figure`() throws {
        let model = try Model.load("mini-inception")
        do {
            _ = try model.visualize(
                (0..<64).map { .channel("mixed4c", $0) }, size: 2048, transforms: [.pad(6000)], showProgress: false)
            Issue.record("it fits")
        } catch let VisualizationError.memory(needed, available, _) {
            #expect(needed > available && needed > 64 * 14_000 * 14_000 * 3 * 4)
        }
    }

    @Test func `impossible settings are refused`() throws {
        let feature = try Model.load("mini-inception")["mixed3a"][0]
        func refuses(_ parametrization: ImageParametrization, from picture: Tensor? = nil) {
            #expect(throws: VisualizationError.self) {
                try feature.visualize(from: picture, size: 24, steps: 2, parametrization: parametrization, showProgress: false)
            }
        }
        refuses(.laplacianPyramid(levels: 0))
        refuses(.cppn(layers: 0))
        refuses(.cppn(neurons: -3))
        refuses(.cppn(), from: Tensor(zeros: [4, 4, 3]))
        refuses(.fourier(decay: .nan))
        refuses(.fourier().transparent(over: .noise(deviation: -1)))
        refuses(.fourier().transparent(over: .grey(2)))
        refuses(.fourier().shared([SharedLevel(dividedBy: 0)]))
        refuses(.fourier().shared([SharedLevel(dividedBy: 2, images: 0)]))
        refuses(.fourier(), from: Tensor(zeros: [4, 4]))
        refuses(.fourier(), from: Tensor(repeating: .nan, shape: [4, 4, 3]))
        refuses(.pixels(), from: Tensor(repeating: 255, shape: [4, 4, 3]))
        for thresholds in [[0], [3]] {
            #expect(throws: VisualizationError.self) { try feature.visualize(size: 24, steps: 2, thresholds: thresholds, showProgress: false) }
        }
        #expect(throws: VisualizationError.self) { try feature.visualize(size: 24, optimizer: .momentum(1.5), showProgress: false) }
        #expect(throws: VisualizationError.self) { try feature.visualize(size: 24, schedule: .decay(every: 0), showProgress: false) }
        #expect(throws: VisualizationError.self) { try feature.model.visualize([], size: 24, showProgress: false) }
        #expect(throws: ObjectiveError.self) { try feature.model.visualize([.channel("mixed3a", 900)], size: 24, showProgress: false) }
        #expect(throws: ModelError.self) { try feature.model.visualize([.channel("mixed9a", 0)], size: 24, showProgress: false) }
    }
}
