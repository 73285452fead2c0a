import Networks
import Tensors
import Testing

@Suite struct ParameterGradientTests {
    @Test(arguments: SweepTests.settings()) func `the gradients of weights and biases of 350 random convolutions are PyTorch's`(
        _ setting: (threads: Int, instructions: Compute.Instructions)
    ) throws {
        let cases = try SweepTests.cases(), reference = try TrainingReference.committed().convolutions
        #expect(reference.count == 350)
        try Compute.with(threads: setting.threads, instructions: setting.instructions) {
            for expected in reference {
                let one = cases[expected.case]
                let layer = try #require(one.layer() as? Convolution)
                let input = SweepTests.numbers(one.seed, one.shape)
                let gradient = SweepTests.numbers(one.seed + 10, try layer(input).shape)
                let found = try layer.parameterGradients(ofOutput: gradient, at: input)
                #expect(found.map(\.shape) == [layer.weights.shape, layer.bias.shape])
                #expect(SweepTests.agrees(found[0], Array(expected.values[..<4]), seed: one.seed + 40), "weights of \(one)")
                #expect(SweepTests.agrees(found[1], Array(expected.values[4...]), seed: one.seed + 50), "bias of \(one)")
            }
        }
    }

    @Test func `batch normalization in training is PyTorch's, far from zero too`() throws {
        for one in try TrainingReference.committed().normalizations {
            let channels = one.shape[3], seed = one.seed
            func numbers(_ index: Int, _ shape: [Int]) -> Tensor { SweepTests.numbers(seed + index, shape) }
            var layer = try BatchStatisticsNormalization(channels: channels, epsilon: 1e-3, momentum: 0.2)
                .replacing(parameters: [numbers(1, [channels]), numbers(2, [channels])])
            for turn in 0..<2 {
                let input = numbers(3 + turn, one.shape) * 3 + one.offset, gradient = numbers(10 + turn, one.shape)
                let output = try layer(input)
                let inner = try layer.inputGradient(ofOutput: gradient, at: input)
                let outer = try layer.parameterGradients(ofOutput: gradient, at: input)
                if turn == 1 {
                    #expect(SweepTests.agrees(output, one.values[0], seed: seed + 20), "output of \(one)")
                    #expect(SweepTests.agrees(inner, one.values[1], seed: seed + 30), "gradient to the input of \(one)")
                    #expect(SweepTests.agrees(outer[0], one.values[2], seed: seed + 40), "gradient to gamma of \(one)")
                    #expect(SweepTests.agrees(outer[1], one.values[3], seed: seed + 50), "gradient to beta of \(one)")
                }
                layer = try layer.followingBatch()
            }
            #expect(SweepTests.agrees(layer.mean, one.values[4], seed: seed + 60), "running mean of \(one)")
            #expect(SweepTests.agrees(layer.variance, one.values[5], seed: seed + 70), "running variance of \(one)")
        }
    }

    @Test func `the gradients of a dense layer are products of its inputs and gradients`() throws {
        let layer = try Dense(weights: SweepTests.numbers(1, [21, 10]), bias: SweepTests.numbers(2, [10]))
        let input = SweepTests.numbers(3, [13, 21]), gradient = SweepTests.numbers(4, [13, 10])
        let found = try layer.parameterGradients(ofOutput: gradient, at: input)
        for i in 0..<21 {
            for k in 0..<10 {
                let expected = (0..<13).reduce(0.0) { $0 + Double(input[$1, i]) * Double(gradient[$1, k]) }
                #expect(abs(Double(found[0][i, k]) - expected) < 1e-5)
            }
        }
        for k in 0..<10 {
            let expected = (0..<13).reduce(0.0) { $0 + Double(gradient[$1, k]) }
            #expect(abs(Double(found[1][k]) - expected) < 1e-5)
        }
    }

    @Test func `gradients of parameters have the same bits on any number of threads`() throws {
        let layer = try Convolution(weights: SweepTests.numbers(1, [3, 3, 20, 30]), bias: SweepTests.numbers(2, [30]))
        let normalization = try BatchStatisticsNormalization(channels: 20)
        let input = SweepTests.numbers(3, [5, 31, 29, 20]), gradient = SweepTests.numbers(4, [5, 31, 29, 30])
        func all() throws -> [Tensor] {
            try layer.parameterGradients(ofOutput: gradient, at: input) + normalization.parameterGradients(ofOutput: input, at: input)
        }
        let alone = try Compute.with(threads: 1) { try all() }
        for threads in 2...max(2, Compute.availableThreads) { #expect(try Compute.with(threads: threads) { try all() } == alone) }
    }

    @Test func `a training step follows the loss's finite differences in every kind of parameter`() throws {
        // One step of plain gradient descent at rate 1 is the gradient.
        let (images, labels) = SmallNetwork.batch(0)
        let settings = TrainingSettings(batch: 6, steps: 1, rule: .sgd(), rate: 1)
        func loss(_ graph: Graph) throws -> (Double, [String: Tensor]) {
            let trainer = try Trainer(graph, output: "logits", data: SmallNetwork.Pictures(), settings: settings)
            let loss = try trainer.train(on: images, labels: labels).loss
            return (loss, trainer.parameters)
        }
        // Without kinks, which differences would step over.
        let graph = try SmallNetwork.graph(activation: LocalResponseNormalization(radius: 2, bias: 1, alpha: 0.5, beta: 0.75))
        let before = try Trainer(graph, output: "logits", data: SmallNetwork.Pictures(), settings: settings).parameters
        let after = try loss(graph).1
        #expect(before.count == 10)
        for (name, value) in before {
            let parts = name.split(separator: ".").map(String.init)
            guard case .layer(let layer) = graph[parts[0]]?.operation, let trainable = layer as? any TrainableLayer else { continue }
            let direction = SweepTests.numbers(77, value.shape), step: Float = 5e-3
            func moved(_ by: Float) throws -> Double {
                let parameters = trainable.parameters.map { $0.name == parts[1] ? $0.value + direction * by : $0.value }
                return try loss(graph.replacing(parts[0], with: trainable.replacing(parameters: parameters))).0
            }
            let expected = (try moved(step) - moved(-step)) / Double(2 * step)
            let gradient = try #require(after[name]).scalars.enumerated().map { Double(value.scalars[$0.offset]) - Double($0.element) }
            let found = zip(gradient, direction.scalars).reduce(0) { $0 + $1.0 * Double($1.1) }
            #expect(abs(found - expected) < 0.03 * abs(expected) + 2e-4, "\(name): \(found), expected \(expected)")
        }
    }
}
