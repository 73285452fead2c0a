import Foundation
import Networks
import Tensors
import Testing

/// Random graphs with sums, concatenations and nodes that several others read, beside PyTorch (`Tests/Peers/graphs_reference.py`).
@Suite struct RandomGraphTests {
    struct Case: Decodable {
        var seed, height, width: Int
        var nodes: [Node]
        /// Norms and products, as in ``SweepTests``.
        var activations: [String: [Double]]
        var gradients: [Gradient]
        var loss: Double
        var parameters: [String: [Double]]

        struct Gradient: Decodable {
            var target: String
            var layers: [String]
            var values: [Double]
        }

        struct Node: Decodable {
            var name, op: String
            var inputs: [String]
            var kind: String?
            var kernel: [Int]?
            var stride, outputs, seed: Int?
        }

        func graph() throws -> Graph {
            var channels: [String: Int] = [:]
            return try Graph(
                nodes: nodes.map { node in
                    let inputs = node.inputs.map { channels[$0] ?? 0 }
                    channels[node.name] = node.op == "concatenation" ? inputs.reduce(0, +) : node.outputs ?? inputs.first ?? 3
                    return Graph.Node(node.name, try Self.operation(node, channels: inputs.first ?? 3), inputs: node.inputs)
                })
        }

        private static func operation(_ node: Node, channels: Int) throws -> Graph.Operation {
            let seed = node.seed ?? 0, outputs = node.outputs ?? 0, kernel = node.kernel ?? []
            func vector(_ index: Int) -> Tensor { SweepTests.numbers(seed + index, [channels]) }
            func weights(_ shape: [Int]) -> Tensor {
                SweepTests.numbers(seed + 1, shape) * Float((6 / Double(shape.dropLast().reduce(1, *))).squareRoot())
            }
            let bias = SweepTests.numbers(seed + 2, [max(outputs, 1)])
            switch node.op {
            case "input":
                let normalization: InputNormalization =
                    switch node.kind {
                    case "range": .range(-1...1)
                    case "imagenet": .imageNet
                    default: .init(scales: [2.55, 2.55, 2.55], shifts: [-1.2368, -1.16779, -1.03939], order: .bgr)
                    }
                return .input(channels: 3, normalization: normalization)
            case "convolution":
                let padding = Padding.explicit(top: kernel[0] / 2, bottom: kernel[0] / 2, left: kernel[1] / 2, right: kernel[1] / 2)
                let shape = [kernel[0], kernel[1], channels, outputs]
                return .layer(try Convolution(weights: weights(shape), bias: bias, stride: node.stride ?? 1, padding: padding))
            case "sum": return .sum
            case "concatenation": return .concatenation
            case "relu": return .layer(ReLU())
            case "norm":
                return .layer(try BatchNormalization(gamma: vector(3), beta: vector(4), mean: vector(1), variance: vector(2) + 1.25))
            case "maxpool": return .layer(MaxPool(size: 3, stride: 1, padding: .all(1)))
            case "average": return .layer(AveragePool(size: 3, stride: 1, padding: .all(1), countsPadding: true))
            case "lrn": return .layer(LocalResponseNormalization(radius: 2, bias: 1, alpha: 0.5, beta: 0.75))
            case "mean": return .layer(GlobalAveragePool())
            default: return .layer(try Dense(weights: weights([channels, outputs]), bias: bias))
            }
        }

        /// The head takes images of one size: they are square for it.
        func model() throws -> Model {
            let details = ModelDescription(
                name: "graph \(seed)", inputSize: 12, layers: [CanonicalLayer("logits")], logitsLayer: nil, probabilitiesLayer: nil)
            return try Model(graph: graph(), details: details)
        }

        var images: Tensor { SweepTests.numbers(seed + 500, [2, height, width, 3]) * 0.5 + 0.5 }
    }

    static func cases() throws -> [Case] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Reference/graphs.json")
        return try JSONDecoder().decode([Case].self, from: Data(contentsOf: file))
    }

    @Test func `activations and gradients of 40 random graphs are PyTorch's`() throws {
        let cases = try Self.cases()
        #expect(cases.count == 40)
        for one in cases {
            let model = try one.model(), names = one.nodes.map(\.name), layers = one.activations.keys.filter { $0 != "logits" }
            let found = try model.activations(of: one.images, at: layers)
            for layer in layers {
                let values = try #require(found[layer])
                #expect(SweepTests.agrees(values, one.activations[layer]!, seed: one.seed + 20), "\(layer) of \(one)")
            }
            for gradient in one.gradients {
                let result = try model.gradient(of: one.images, at: gradient.layers, to: gradient.target) { activations in
                    let seeds = activations.map { name, values in
                        (name, SweepTests.numbers(one.seed + 600 + names.firstIndex(of: name)!, values.shape))
                    }
                    return (0, Dictionary(uniqueKeysWithValues: seeds))
                }
                #expect(SweepTests.agrees(result.gradient, gradient.values, seed: one.seed + 30), "to \(gradient.target) of \(one)")
            }
        }
    }

    /// Asked for alone, a node's inputs may be overwritten; asked for together with all others, nothing may.
    @Test func `a node of a random graph is the same whatever else is asked for`() throws {
        for one in try Self.cases() {
            let model = try one.model(), names = one.nodes.dropFirst().dropLast(2).map(\.name)
            let together = try model.activations(of: one.images, at: names)
            for name in names { #expect(try model.activations(of: one.images, at: [name])[name] == together[name], "\(name) of \(one)") }
        }
    }

    @Test func `gradients to parameters behind sums and shared nodes are PyTorch's`() throws {
        for one in try Self.cases() {
            let settings = TrainingSettings(batch: 2, steps: 1, rule: .sgd(), rate: 1)
            let data = SmallNetwork.Pictures(shape: [one.height, one.width, 3])
            let trainer = try Trainer(one.graph(), output: "logits", data: data, settings: settings)
            let before = trainer.parameters
            // One step of gradient descent at rate 1 is the gradient.
            let loss = try trainer.train(on: one.images, labels: [one.seed % 5, (one.seed + 2) % 5]).loss
            #expect(abs(loss - one.loss) < 1e-4 * max(one.loss, 1), "loss of \(one)")
            for (name, expected) in one.parameters {
                let gradient = try #require(before[name]) - #require(trainer.parameters[name])
                #expect(SweepTests.agrees(gradient, expected, seed: one.seed + 40), "\(name) of \(one)")
            }
        }
    }

    @Test func `what is added has one shape, and there is more than one of it`() throws {
        let input = Graph.Node("input", .input(channels: 3, range: 0...1)), half = MaxPool(size: 3, stride: 2)
        #expect(throws: GraphError.wrongInputCount(node: "both", count: 1)) {
            try Graph(nodes: [input, .init("both", .sum, inputs: ["input"])])
        }
        let graph = try Graph(nodes: [
            input, .init("half", .layer(half), inputs: ["input"]), .init("both", .sum, inputs: ["input", "half"]),
        ])
        #expect { try graph.shapes(height: 8, width: 8) } throws: { "\($0)".contains("'both': [8, 8, 3] and [4, 4, 3] cannot be added") }
    }

    @Test func `a unit behind a residual connection sees what both ways see, and edits reach it on both`() throws {
        let stem = try Convolution(weights: Tensor(repeating: 1, shape: [1, 1, 3, 2]), bias: Tensor(zeros: [2]))
        let outer = try Convolution(weights: Tensor(shape: [1, 1, 2, 2], scalars: [1, 0, 0, 1]), bias: Tensor(zeros: [2]))
        let blur = try Convolution(weights: Tensor(repeating: 1, shape: [3, 3, 2, 2]), bias: Tensor(zeros: [2]))
        let graph = try Graph(nodes: [
            .init("input", .input(channels: 3, range: 0...1)),
            .init("stem", .layer(stem), inputs: ["input"]),
            .init("inner", .layer(blur), inputs: ["stem"]),
            .init("outer", .layer(outer), inputs: ["inner"]),
            .init("block", .sum, inputs: ["stem", "outer"]),
        ])
        let field = try #require(try graph.receptiveField(of: "block", position: (4, 5), in: "stem", height: 10, width: 10))
        #expect(field.rows == 3..<6 && field.columns == 4..<7)
        let details = ModelDescription(
            name: "residual", inputSize: 10, layers: [CanonicalLayer("block")], logitsLayer: nil, probabilitiesLayer: nil)
        let model = try Model(graph: graph, details: details)
        // Through the blur each neighbour counts once, and the unit itself once more.
        var expected = Tensor(repeating: 1, shape: [3, 3, 2])
        expected[1, 1, 0] = 2
        #expect(try model.expandedWeights(from: "stem", to: "block", channel: 0) == expected)
        let image = Tensor(repeating: 1, shape: [10, 10, 3])
        #expect(try model.activations(of: image, at: ["block"])["block"]?[0, 5, 5, 0] == 57)
        let edited = try model.editing("stem", .ablating([1]))
        #expect(try edited.activations(of: image, at: ["block"])["block"]?[0, 5, 5, 0] == 30)
        #expect(try edited.activations(of: image, at: ["block"])["block"]?[0, 5, 5, 1] == 27)
    }

    @Test func `images are normalized by channel and order, and expanded weights undo it`() throws {
        let caffe = InputNormalization.means([100, 110, 120])
        #expect(caffe.order == .bgr && caffe.shifts == [-100, -110, -120])
        let first = try Convolution(weights: Tensor(shape: [1, 1, 3, 1], scalars: [1, 10, 100]), bias: Tensor(zeros: [1]))
        func graph(_ normalization: InputNormalization, channels: Int = 3) throws -> Graph {
            try Graph(nodes: [
                .init("input", .input(channels: channels, normalization: normalization)), .init("a", .layer(first), inputs: ["input"]),
            ])
        }
        let details = ModelDescription(
            name: "bgr", inputSize: 4, layers: [CanonicalLayer("a")], logitsLayer: nil, probabilitiesLayer: nil)
        let model = try Model(graph: graph(caffe), details: details)
        let red = Tensor(shape: [1, 1, 3], scalars: [1, 0, 0])
        // Blue is read first: 1 * (0 - 120) + 10 * (0 - 110) + 100 * (255 - 100).
        #expect(try model.activations(of: red, at: ["a"])["a"]?.scalars == [14280])
        #expect(try model.expandedWeights(from: "input", to: "a", channel: 0).scalars == [100, 10, 1])
        #expect { try graph(.imageNet, channels: 1) } throws: { "\($0)".contains("of 3 channels, the images have 1") }
        #expect { try graph(.range(0...1, order: .bgr), channels: 4) } throws: {
            "\($0)".contains("blue, green and red are three channels")
        }
    }
}
