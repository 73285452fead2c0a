import Circuits
import Figures
import Networks
import PictureWorld
import RichDisplay
import Tensors
import Testing

@Suite struct AttributionTests {
    private static let reference = Result { try AttributionReference.load() }

    /// The largest difference as a share of the largest number.
    private func difference(_ found: Tensor, _ expected: [Float]) -> Float {
        found.distance(to: expected) / max(expected.map(abs).max() ?? 0, 1e-20)
    }

    @Test func `attributions of a planted network are those computed by hand`() throws {
        let model = try PlantedAttribution().model, picture = PlantedAttribution.picture()
        let attribution = try model.attribution(of: picture, to: .logit("warm"), at: "conv1")
        #expect(attribution.values.shape == [4, 4, 4] && attribution.target == "logit 'warm'")
        for y in 0..<4 {
            for x in 0..<4 {
                let bright: Float = y == 3 ? 0.8 : 0.4, isRed = x < 2
                #expect(abs(attribution.values[y, x, PlantedAttribution.red] - (isRed ? 2 * bright / 16 : 0)) < 1e-6)
                #expect(abs(attribution.values[y, x, PlantedAttribution.green] - (isRed ? 0 : -3 * bright / 16)) < 1e-6)
                #expect([PlantedAttribution.twiceRed, PlantedAttribution.blue].allSatisfy { attribution.values[y, x, $0] == 0 })
                #expect(abs(attribution.spatial[y, x] - (isRed ? 2 : -3) * bright / 16) < 1e-6)
            }
        }
        // Eight positions of each colour, their brightness 0.5 on average.
        #expect(abs(attribution.channels[0] - 0.5) < 1e-6 && abs(attribution.channels[2] + 0.75) < 1e-6)
        #expect(abs(attribution.value - 0.25) < 1e-6 && abs(attribution.total + 0.25) < 1e-6)
        #expect(attribution.topChannels(9).map(\.feature.channel) == [2, 0])
        #expect(attribution.completenessDelta == nil)
        let groups = try attribution.byGroup(["reds": [0, 1], "greens": [2]])
        #expect("\(groups[0])" == "greens −0.75 (60 %)")
        #expect(groups.map(\.name) == ["greens", "reds", "other"] && abs(groups[0].share - 0.6) < 1e-6)
        #expect(try attribution.direction(x: 3, y: 3).weights.keys.sorted() == [2])
        // The picture itself: the same numbers, as the colours are the channels.
        let pixels = try model.attribution(of: picture, to: .logit(0))
        #expect(abs(pixels.values[0, 0, 0] - 0.05) < 1e-6 && abs(pixels.values[3, 3, 1] + 0.15) < 1e-6)
    }

    @Test func `activation times gradient, saliency and guided backpropagation are Captum's`() throws {
        let reference = try Self.reference.get().attribution
        let model = try reference.model(), picture = Tensor(shape: [8, 8, 3], scalars: reference.picture)
        let input = try model.attribution(of: picture, to: .logit("square"))
        #expect(abs(input.value - reference.value) < 1e-5 && difference(input.values, reference.inputTimesGradient) < 1e-4)
        let layer = try model.attribution(of: picture, to: .logit("square"), at: "conv1")
        #expect(difference(layer.values, reference.layerTimesGradient) < 1e-4)
        let saliency = try model.saliency(of: picture, to: .logit(1))
        #expect(difference(saliency.gradient, reference.saliency) < 1e-4)
        let guided = try model.saliency(of: picture, to: .logit(1), rules: .guidedReLU)
        #expect(difference(guided.gradient, reference.guidedBackpropagation) < 1e-4)
        #expect(guided.description.contains("guided backpropagation"))
    }

    @Test(arguments: IntegrationRule.allCases)
    func `integrated gradients are Captum's by each of its rules`(_ rule: IntegrationRule) throws {
        let reference = try Self.reference.get().attribution
        let model = try reference.model(), picture = Tensor(shape: [8, 8, 3], scalars: reference.picture)
        let expected = try #require(reference.integrated[rule.rawValue])
        let method = AttributionMethod.integratedGradients(
            steps: 12, rule: rule, baseline: .picture(Tensor(shape: [8, 8, 3], scalars: reference.baseline)))
        let input = try model.attribution(of: picture, to: .logit("square"), by: method)
        #expect(difference(input.values, expected.input) < 1e-3)
        #expect(abs(try #require(input.completenessDelta) - expected.inputDelta) < 1e-4)
        let layer = try model.attribution(of: picture, to: .logit("square"), at: "conv1", by: method)
        #expect(difference(layer.values, expected.layer) < 1e-3)
        #expect(abs(try #require(layer.completenessDelta) - expected.layerDelta) < 1e-4)
    }

    @Test func `integrated gradients add up to what the number changed by`() throws {
        let model = try Model.load("mini-inception"), picture = try World.test.restricted(to: ["car"])[0].pixels
        for layer in ["input", "mixed4a"] {
            let attribution = try model.attribution(
                of: picture, to: .logit("car"), at: layer, by: .integratedGradients(steps: 300, rule: .riemannMiddle))
            let change = attribution.value - (try #require(attribution.baselineValue))
            let delta = try #require(attribution.completenessDelta)
            #expect(abs(delta) < 0.02 * max(abs(change), attribution.values.map(abs).sum() / 20), "\(layer): \(delta) of \(change)")
            #expect(abs(attribution.total - change - delta) < 1e-4 * max(1, abs(change)))
        }
        let twice = try (0..<2).map { _ in
            try model.attribution(of: picture, to: .logit("car"), at: "mixed4a", by: .integratedGradients(steps: 5)).values
        }
        #expect(twice[0] == twice[1])
    }

    @Test func `activation times expanded weight is exact from one layer to the next before its ReLU`() throws {
        let reference = try Self.reference.get().attribution
        let model = try reference.model(), picture = Tensor(shape: [8, 8, 3], scalars: reference.picture)
        let attribution = try model.attribution(of: picture, to: .neuron("conv2_pre_relu", 2, x: 1, y: 2), at: "pool", by: .expandedWeights)
        #expect(abs(attribution.total + reference.conv2.bias[2] - attribution.value) < 1e-5)
        // The weights themselves, each under the unit: row 2, column 1 of the 4 x 4 positions.
        let weights = try model.expandedWeights(from: "pool", to: "conv2", channel: 2)
        for y in 1...3 { for x in 0...2 { for c in 0..<4 { #expect(abs(attribution.gradient[y, x, c] - weights[y - 1, x, c]) < 1e-6) } } }
        #expect(attribution.gradient[0, 0, 0] == 0 && attribution.gradient[2, 3, 1] == 0)
        // Behind a silent ReLU the gradient is zero, the expanded weights are the same.
        let behind = try model.attribution(of: picture, to: .neuron("conv2", 2, x: 1, y: 2), at: "pool", by: .expandedWeights)
        #expect(behind.values == attribution.values)
    }

    @Test func `SmoothGrad is a mean of gradients, the same for the same seed`() throws {
        let model = try Self.reference.get().attribution.model()
        let picture = Tensor(shape: [8, 8, 3], scalars: try Self.reference.get().attribution.picture)
        let plain = try model.saliency(of: picture, to: .logit(1))
        let still = try model.saliency(of: picture, to: .logit(1), samples: 5, noise: 0)
        #expect((plain.gradient - still.gradient).map(abs).max() < 1e-6)
        let smooth = try model.saliency(of: picture, to: .logit(1), samples: 20, seed: 4)
        #expect(try model.saliency(of: picture, to: .logit(1), samples: 20, seed: 4).gradient == smooth.gradient)
        #expect(try model.saliency(of: picture, to: .logit(1), samples: 20, seed: 5).gradient != smooth.gradient)
        #expect(plain.map == abs(plain.gradient).max(along: [2]) && plain.map.shape == [8, 8])
        #expect(try model.saliency(of: picture, to: .logit(1), sign: .positive).map.min() >= 0)
        #expect(try smooth.mimeBundle().contents["image/svg+xml"] != nil && smooth.description.contains("SmoothGrad"))
    }

    @Test func `directions, features and objectives are targets as well`() throws {
        let model = try PlantedAttribution().model, picture = PlantedAttribution.picture()
        let direction = try model.attribution(of: picture, to: .direction("conv2", [0: 1, 1: 5]), at: "conv1")
        #expect(abs(direction.channels[0] - 0.5) < 1e-6 && abs(direction.channels[2] + 0.75) < 1e-6)
        let neuron = try model.attribution(of: picture, to: .feature(model["conv2"][0].at(x: 1, y: 3)), at: "conv1")
        #expect(abs(neuron.values[3, 1, 0] - 1.6) < 1e-6 && abs(neuron.total - 1.6) < 1e-6 && abs(neuron.value - 2.1) < 1e-6)
        let long = model["conv1"].direction(Dictionary(uniqueKeysWithValues: (0..<9).map { ($0, Float($0)) }))
        #expect(long.description == "conv1:[3.0*3 + 4.0*4 + 5.0*5 + 6.0*6 + 7.0*7 + 8.0*8 + 3 more]")
        let objective = try model.attribution(of: picture, to: .objective(.channel("conv2", 0) - .channel("conv2", 1)), at: "conv1")
        #expect(abs(objective.value - 0.25) < 1e-6)
    }

    @Test func `a picture of attributions is grey and transparent, and puts things in their places`() throws {
        let model = try PlantedAttribution().model
        // Only the left half speaks for 'warm'.
        let attribution = try model.attribution(of: PlantedAttribution.picture(32), to: .channel("conv2", 0), at: "conv1")
        let grey = try attribution.visualize(.positive, steps: 24, parametrization: .fourier().grey(), transforms: [], showProgress: false)
        let image = grey.images[0]
        #expect(image.shape == [32, 32, 3] && image[0..., 0..., 0] == image[0..., 0..., 1] && image[0..., 0..., 1] == image[0..., 0..., 2])
        #expect(image[0..., ..<14].mean() > image[0..., 18...].mean() + 0.1)
        let clear = try attribution.visualize(steps: 4, showProgress: false)
        #expect(clear.images[0].shape == [32, 32, 4])
        let position = try attribution.direction(x: 0, y: 0).visualize(size: 16, steps: 2, showProgress: false)
        #expect(position.images.count == 1)
    }

    @Test func `figures say in words what they show`() throws {
        let model = try PlantedAttribution().model
        let attribution = try model.attribution(of: PlantedAttribution.picture(), to: .logit("warm"), at: "conv1")
        guard case .text(let svg)? = try attribution.mimeBundle().contents["image/svg+xml"] else {
            Issue.record("no drawing")
            return
        }
        #expect(svg.contains("aria-label=\"logit &#39;warm&#39; = 0.25") && svg.contains("conv1:2") && svg.contains("−0.75"))
        let overlay = try attribution.overlay().tensor
        #expect(overlay[10, 10, 0] > overlay[10, 10, 2] && overlay[10, 240, 2] > overlay[10, 240, 0])
        #expect(try attribution.channels(top: 2, iconSize: 16).rows.map(\.name) == ["conv1:2", "conv1:0"])
    }

    @Test func `what cannot be attributed is refused with the reason`() throws {
        let model = try PlantedAttribution().model, picture = PlantedAttribution.picture()
        #expect(throws: ObjectiveError.unknownClass("hot", model: "planted", classes: ["warm", "cold"])) {
            try model.attribution(of: picture, to: .logit("hot"), at: "conv1")
        }
        #expect(throws: ModelError.labelOutOfRange(2, classes: 2)) { try model.attribution(of: picture, to: .logit(2), at: "conv1") }
        #expect(throws: ModelError.imageSize(height: 8, width: 8, layer: "logits", expected: 4)) {
            try model.attribution(of: PlantedAttribution.picture(8), to: .logit(0), at: "conv1")
        }
        #expect(throws: AttributionError.onePicture([2, 4, 4, 3])) {
            try model.attribution(of: Tensor(zeros: [2, 4, 4, 3]), to: .logit(0), at: "conv1")
        }
        #expect(throws: AttributionError.silent(layer: "conv1")) {
            try model.attribution(of: Tensor(zeros: [4, 4, 3]), to: .logit(0), at: "conv1")
        }
        #expect(throws: ModelError.imageValue(.infinity, index: [0, 0, 0, 0])) {
            try model.attribution(of: Tensor(repeating: .infinity, shape: [4, 4, 3]), to: .logit(0), at: "conv1")
        }
        #expect(throws: ModelError.self) { try model.attribution(of: picture, to: .logit(0), at: "conv7") }
        #expect(throws: ModelError.noPath(from: "conv2", to: "conv1")) {
            try model.attribution(of: picture, to: .channel("conv1", 0), at: "conv2")
        }
        #expect(throws: ModelError.channelOutOfRange(9, layer: "conv2", channels: 2)) {
            try model.attribution(of: picture, to: .channel("conv2", 9))
        }
        #expect(throws: AttributionError.setting(name: "steps", value: "1", allowed: "2 to 10000")) {
            try model.attribution(of: picture, to: .logit(0), by: .integratedGradients(steps: 1, rule: .riemannLeft))
        }
        #expect(throws: AttributionError.baseline(expected: [1, 4, 4, 3], found: [1, 2, 2, 3])) {
            try model.attribution(of: picture, to: .logit(0), by: .integratedGradients(baseline: .picture(Tensor(zeros: [2, 2, 3]))))
        }
        #expect(throws: AttributionError.noLayer(target: "opacity")) { try model.attribution(of: picture, to: .objective(.opacity())) }
        let cold = try model.attribution(of: picture, to: .logit("cold"), at: "conv1")
        #expect(throws: AttributionError.nothing(target: "logit 'cold'", layer: "conv1")) { try cold.visualize() }
        #expect(throws: AttributionError.groupChannel(4, group: "a", layer: "conv1", channels: 4)) { try cold.byGroup(["a": [4]]) }
        #expect(throws: AttributionError.groupOverlap(1, groups: ["a", "b"])) { try cold.byGroup(["a": [0, 1], "b": [1]]) }
        #expect("\(AttributionError.groupOverlap(1, groups: ["a", "b"]))".contains("'a' and 'b'"))
        #expect(throws: AttributionError.self) { try model.saliency(of: picture, to: .logit(0), samples: 0) }
    }
}
