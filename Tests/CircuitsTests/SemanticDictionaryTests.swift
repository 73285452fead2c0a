import Circuits
import Figures
import Networks
import RichDisplay
import Tensors
import Testing

@Suite struct SemanticDictionaryTests {
    @Test func `the strongest channels of a position are the planted ones`() throws {
        let layer = try PlantedAttribution().model["conv1"], picture = PlantedAttribution.picture()
        let left = try layer.semanticDictionary(of: picture, x: 0, y: 0, icons: false)
        #expect(left.entries.map(\.feature.channel) == [PlantedAttribution.twiceRed, PlantedAttribution.red])
        #expect(abs(left.entries[0].activation - 0.8) < 1e-6 && left.groups.isEmpty)
        let right = try layer.semanticDictionary(of: picture, x: 3, y: 1, icons: false)
        #expect(right.entries.map(\.feature.channel) == [PlantedAttribution.green])
        // Nothing said: where the activation vector is longest, the bright row of the red side.
        let longest = try layer.semanticDictionary(of: picture, groups: ["reds": [0], "greens": [2]], icons: false)
        #expect(longest.position == .init(x: 0, y: 3))
        #expect(longest.groups.map(\.name) == ["reds", "greens", "other"])
        #expect(abs(longest.groups[0].share - 1.0 / 3) < 1e-6 && abs(longest.groups[2].share - 2.0 / 3) < 1e-6)
        #expect(longest.description.contains("conv1@0,3: conv1:1 1.6, conv1:0 0.8; reds 33 %"))
    }

    @Test func `a grid has the strongest channel of each position, and a picture of it`() throws {
        let layer = try PlantedAttribution().model["conv1"]
        let grid = try layer.semanticGrid(of: PlantedAttribution.picture())
        #expect(grid.entries.count == 4 && grid.entries[0].map { $0.first?.feature.channel } == [1, 1, 2, 2])
        #expect(grid.entries.joined().allSatisfy { $0.first?.icon != nil })
        #expect(try grid.mimeBundle().contents["image/svg+xml"] != nil)
        let dictionary = try layer.semanticDictionary(of: PlantedAttribution.picture(), x: 1, y: 1, groups: ["reds": [0, 1]])
        guard case .text(let svg)? = try dictionary.mimeBundle().contents["image/svg+xml"] else {
            Issue.record("no drawing")
            return
        }
        #expect(svg.contains("reds, 100 %") && svg.contains("conv1, x 1, y 1"))
    }

    @Test func `the activation grid shows each position's own vector, as large as it is long`() throws {
        let layer = try PlantedAttribution().model["conv1"]
        var picture = PlantedAttribution.picture()
        for c in 0..<3 { picture[0, 0, c] = 0 }
        let grid = try layer.activationGrid(of: picture, size: 16, steps: 96, showProgress: false)
        #expect(grid.visualizations.count == 4 && grid.visualizations[0][0] == nil && grid.lengths[0, 0] == 0)
        let red = try #require(grid.visualizations[1][0]).images[0], green = try #require(grid.visualizations[1][3]).images[0]
        #expect(red[0..., 0..., 0].mean() > red[0..., 0..., 1].mean() + 0.02)
        #expect(green[0..., 0..., 1].mean() > green[0..., 0..., 0].mean() + 0.02)
        #expect(abs(grid.lengths[3, 0] - 0.8 * Float(5).squareRoot()) < 1e-5 && abs(grid.lengths[1, 3] - 0.4) < 1e-5)
        let image = try grid.image(cell: 16).tensor
        #expect(image.shape == [64, 64, 3])
        // White where nothing is, and around a short vector.
        #expect(image[0..<16, 0..<16].min() == 1 && image[16, 63, 0] == 1 && image[56, 8, 1] < 1)
        #expect(try layer.activationGrid(of: picture, every: 2, size: 8, steps: 1, showProgress: false).lengths.shape == [2, 2])
    }

    @Test func `an objective of a whole tensor is the mean product, on the middle where sizes differ`() throws {
        let vectors = Tensor.noise([2, 3, 4], seed: 1), activations = Tensor.noise([1, 2, 3, 4], seed: 2)
        let objective = Objective.tensorDirection("a", vectors)
        let (value, gradients) = try objective.evaluate(["a": activations])
        #expect(abs(Double(value) - vectors.dot(activations.slice(0)) / 6) < 1e-5)
        #expect((try #require(gradients["a"]).slice(0) - vectors / 6).map(abs).max() < 1e-6)
        // A larger layer: rows 1 and 2 of 4, columns 1 to 3 of 5.
        let large = Tensor.noise([1, 4, 5, 4], seed: 3)
        let middle = try objective.evaluate(["a": large]).value
        #expect(abs(Double(middle) - vectors.dot(large.slice(0)[1..<3, 1..<4]) / 6) < 1e-5)
        #expect(throws: ObjectiveError.vectorLength(4, channels: 3, layer: "a")) {
            try objective.evaluate(["a": Tensor(zeros: [1, 2, 3, 3])])
        }
        #expect(throws: ObjectiveError.tensorShape([4], layer: "a")) {
            try Objective.tensorDirection("a", Tensor([1, 2, 3, 4])).evaluate(["a": large])
        }
        // With a cosine: the gradient is that of finite differences.
        let power = Objective.tensorDirection("a", vectors, cosinePower: 2)
        let slope = try #require(power.evaluate(["a": activations]).gradients["a"])
        for place in [0, 7, 23] {
            var (up, down) = (activations.scalars, activations.scalars)
            (up[place], down[place]) = (up[place] + 1e-2, down[place] - 1e-2)
            let difference = try power.evaluate(["a": Tensor(shape: activations.shape, scalars: up)]).value
                - power.evaluate(["a": Tensor(shape: activations.shape, scalars: down)]).value
            #expect(abs(difference / 2e-2 - slope.scalars[place]) < 2e-3)
        }
    }

    @Test func `what cannot be shown is refused with the reason`() throws {
        let model = try PlantedAttribution().model, layer = model["conv1"], picture = PlantedAttribution.picture()
        #expect(throws: ModelError.positionOutOfRange(x: 4, y: 0, layer: "conv1", width: 4, height: 4)) {
            try layer.semanticDictionary(of: picture, x: 4, y: 0)
        }
        #expect(throws: AttributionError.silent(layer: "conv1")) { try layer.activationGrid(of: Tensor(zeros: [4, 4, 3])) }
        #expect(throws: ModelError.notSpatial(layer: "logits")) { try model["logits"].semanticGrid(of: picture) }
        #expect(throws: AttributionError.setting(name: "every", value: "0", allowed: "1 to 4 positions")) {
            try layer.activationGrid(of: picture, every: 0)
        }
        #expect(throws: AttributionError.setting(name: "top", value: "0", allowed: "1 to 32 channels")) {
            try layer.semanticGrid(of: picture, top: 0)
        }
        #expect(throws: AttributionError.groupChannel(-1, group: "x", layer: "conv1", channels: 4)) {
            try layer.semanticDictionary(of: picture, groups: ["x": [-1]], icons: false)
        }
        #expect(throws: VisualizationError.self) { try layer.activationGrid(of: picture, size: 0) }
    }

    @Test func `pictures in a mosaic keep their places and sizes`() throws {
        let red = try Image(width: 3, height: 3, color: Color(red: 1, green: 0, blue: 0))
        let mosaic = try Image(mosaic: [[red, nil], [nil, red]], shares: [[1, 0], [1, 0.5]], cell: 4).tensor
        #expect(mosaic.shape == [8, 8, 3] && mosaic[0, 0, 1] == 0 && mosaic[0, 4, 1] == 1)
        #expect(mosaic[4, 4, 1] == 1 && mosaic[5, 5, 1] == 0 && mosaic[6, 6, 1] == 0 && mosaic[7, 7, 1] == 1)
        #expect(throws: ImageError.self) { try Image(mosaic: [], cell: 4) }
        #expect(throws: ImageError.self) { try Image(mosaic: [[red], []], cell: 4) }
        #expect(throws: ImageError.self) { try Image(mosaic: [[red]], cell: .max) }
    }
}
