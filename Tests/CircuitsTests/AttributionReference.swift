import Foundation
import Networks
import Tensors

/// What Captum and scikit-learn computed; written by Tests/Peers/attribution_reference.py.
struct AttributionReference: Decodable {
    struct Layer: Decodable { let weights, bias: [Float] }
    struct Integrated: Decodable { let input, layer: [Float], inputDelta, layerDelta: Float }
    struct Numbers: Decodable {
        let conv1, conv2, dense: Layer
        let picture, baseline: [Float]
        let target: Int
        let value: Float
        let inputTimesGradient, saliency, guidedBackpropagation, layerTimesGradient: [Float]
        let integrated: [String: Integrated]
    }
    struct Factored: Decodable {
        let shape: [Int]
        let matrix: [Float]
        let errors: [String: Float]
    }
    let attribution: Numbers
    let factors: [Factored]

    static func load() throws -> AttributionReference {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Reference/attribution.json")
        return try JSONDecoder().decode(AttributionReference.self, from: Data(contentsOf: file))
    }
}

extension AttributionReference.Numbers {
    /// The network of the script.
    func model() throws -> Model {
        func convolution(_ layer: AttributionReference.Layer, _ shape: [Int]) throws -> Convolution {
            try Convolution(weights: Tensor(shape: shape, scalars: layer.weights), bias: Tensor(layer.bias))
        }
        let graph = try Graph(nodes: [
            .init("input", .input(channels: 3, range: 0...1)),
            .init("conv1_pre_relu", .layer(try convolution(conv1, [3, 3, 3, 4])), inputs: ["input"]),
            .init("conv1", .layer(ReLU()), inputs: ["conv1_pre_relu"]),
            .init("pool", .layer(MaxPool(size: 2, stride: 2)), inputs: ["conv1"]),
            .init("conv2_pre_relu", .layer(try convolution(conv2, [3, 3, 4, 5])), inputs: ["pool"]),
            .init("conv2", .layer(ReLU()), inputs: ["conv2_pre_relu"]),
            .init("mean", .layer(GlobalAveragePool()), inputs: ["conv2"]),
            .init(
                "logits", .layer(try Dense(weights: Tensor(shape: [5, 3], scalars: dense.weights), bias: Tensor(dense.bias))),
                inputs: ["mean"]),
        ])
        return try Model(
            graph: graph,
            details: ModelDescription(
                name: "tiny", inputSize: 8, classes: ["circle", "square", "star"],
                layers: [.init("conv1"), .init("conv2"), .init("logits")], logitsLayer: "logits", probabilitiesLayer: nil))
    }
}

/// A network whose attributions can be computed by hand: conv1 has red, twice red, green, blue; conv2 is linear in them.
struct PlantedAttribution {
    let model: Model
    /// conv2: warm = 2 red - 3 green + 0.5, cold = blue; the logits are their means.
    static let red = 0, twiceRed = 1, green = 2, blue = 3

    init() throws {
        var first = Tensor(zeros: [1, 1, 3, 4]), second = Tensor(zeros: [1, 1, 4, 2])
        (first[0, 0, 0, 0], first[0, 0, 0, 1], first[0, 0, 1, 2], first[0, 0, 2, 3]) = (1, 2, 1, 1)
        (second[0, 0, 0, 0], second[0, 0, 2, 0], second[0, 0, 3, 1]) = (2, -3, 1)
        let graph = try Graph(nodes: [
            .init("input", .input(channels: 3, range: 0...1)),
            .init("conv1_pre_relu", .layer(try Convolution(weights: first, bias: Tensor(zeros: [4]))), inputs: ["input"]),
            .init("conv1", .layer(ReLU()), inputs: ["conv1_pre_relu"]),
            .init("conv2", .layer(try Convolution(weights: second, bias: Tensor([0.5, 0]))), inputs: ["conv1"]),
            .init("logits", .layer(GlobalAveragePool()), inputs: ["conv2"]),
        ])
        model = try Model(
            graph: graph,
            details: ModelDescription(
                name: "planted", inputSize: 4, classes: ["warm", "cold"], layers: [.init("conv1"), .init("conv2"), .init("logits")],
                logitsLayer: "logits", probabilitiesLayer: nil))
    }

    /// Red in the two columns on the left, green on the right, twice as bright in the last row.
    static func picture(_ size: Int = 4) -> Tensor {
        var picture = Tensor(zeros: [size, size, 3])
        for y in 0..<size { for x in 0..<size { picture[y, x, x < size / 2 ? 0 : 1] = y == size - 1 ? 0.8 : 0.4 } }
        return picture
    }
}
