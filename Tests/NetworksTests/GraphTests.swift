import Networks
import Tensors
import Testing

@Suite struct GraphTests {
    static let input = Graph.Node("input", .input(channels: 3, range: 0...1))

    @Test func `a graph that breaks a rule is refused at the node that breaks it`() {
        #expect(throws: GraphError.noInput) { try Graph(nodes: []) }
        #expect(throws: GraphError.noInput) { try Graph(nodes: [.init("a", .concatenation)]) }
        #expect(throws: GraphError.duplicateName("a")) {
            try Graph(nodes: [Self.input, .init("a", .layer(ReLU()), inputs: ["input"]), .init("a", .layer(ReLU()), inputs: ["input"])])
        }
        #expect(throws: GraphError.unknownInput(node: "a", input: "b")) {
            try Graph(nodes: [Self.input, .init("a", .layer(ReLU()), inputs: ["b"]), .init("b", .layer(ReLU()), inputs: ["input"])])
        }
        #expect(throws: GraphError.wrongInputCount(node: "a", count: 2)) {
            try Graph(nodes: [Self.input, .init("a", .layer(ReLU()), inputs: ["input", "input"])])
        }
        #expect(throws: GraphError.wrongInputCount(node: "second", count: 0)) {
            try Graph(nodes: [Self.input, .init("second", .input(channels: 3, range: 0...1))])
        }
    }

    @Test func `shapes that do not fit are found before anything runs`() throws {
        let convolution = try Convolution(weights: Tensor(zeros: [3, 3, 4, 2]), bias: Tensor(zeros: [2]))
        let graph = try Graph(nodes: [Self.input, .init("a", .layer(convolution), inputs: ["input"])])
        #expect { try graph.shapes(height: 8, width: 8) } throws: { "\($0)".contains("'a': the convolution takes [height, width, 4]") }
        let strided = Graph.Node("half", .layer(MaxPool(size: 3, stride: 2)), inputs: ["input"])
        let joined = try Graph(nodes: [Self.input, strided, .init("both", .concatenation, inputs: ["input", "half"])])
        #expect { try joined.shapes(height: 8, width: 8) } throws: { "\($0)".contains("'both': [8, 8, 3] and [4, 4, 3]") }
    }

    @Test func `strides and receptive fields of InceptionV1 are those of the published architecture`() throws {
        let model = try Model(random: .inceptionV1)
        let fields = Dictionary(uniqueKeysWithValues: model.layers.map { ($0.name, [$0.stride, $0.receptiveField]) })
        #expect(fields["conv2d0"] == [2, 7] && fields["conv2d1"] == [4, 11] && fields["conv2d2"] == [4, 19])
        #expect(fields["mixed3a"] == [8, 59] && fields["mixed3b"] == [8, 91])
        #expect(fields["mixed4a"] == [16, 171] && fields["mixed4e"] == [16, 427])
        #expect(fields["softmax2"] == [224, 224])
    }

    @Test func `a unit sees exactly the pixels of its receptive field`() throws {
        let model = try Model(random: .miniInception(classCount: 2), seed: 3)
        let image = ModelTests.image([1, 80, 70, 3])
        for (layer, x, y) in [("conv2d0", 5, 9), ("conv2d2", 10, 12), ("mixed3a", 8, 10)] {
            let shape = try model.shape(of: layer, imageHeight: 80, imageWidth: 70)
            var seed = Tensor(zeros: shape.tensorShape(batch: 1))
            for channel in 0..<shape.channels { seed[0, y, x, channel] = Float(channel + 1) }
            // Linear rules leave no pixel out.
            let gradient = try model.gradient(of: image, at: [layer], rules: .linearized) { _ in (0, [layer: seed]) }.gradient
            let field = try model.receptiveField(of: layer, x: x, y: y, imageHeight: 80, imageWidth: 70)
            var (rows, columns): (Set<Int>, Set<Int>) = ([], [])
            for row in 0..<80 {
                for column in 0..<70 where gradient[0, row, column, 0] != 0 {
                    rows.insert(row)
                    columns.insert(column)
                }
            }
            #expect(rows == Set(field.rows) && columns == Set(field.columns), "\(layer)")
        }
    }
}
