import Foundation
import Networks
import RichDisplay
import Tensors
import Testing

@Suite struct TrainerTests {
    static func settings(steps: Int = 12, rule: Optimizer.Rule = .adamW(), seed: UInt64 = 5) -> TrainingSettings {
        TrainingSettings(batch: 6, steps: steps, rule: rule, rate: 0.02, schedule: .oneCycle(), decay: 0.1, clippedNorm: 1, seed: seed)
    }

    static func trainer(_ settings: TrainingSettings = settings(), pictures: Int = 40) throws -> Trainer {
        // Dropout, too, must be the same every time.
        let graph = try InceptionArchitecture.miniInception(classCount: 5).narrowed(by: 8).trainingGraph(seed: 2)
        return try Trainer(graph, output: InceptionArchitecture.miniInception(classCount: 5).trainingOutput, data: SmallNetwork.Pictures(count: pictures), settings: settings)
    }

    @Test func `the same seed gives the same bits on any number of threads, another seed others`() throws {
        func train(threads: Int, seed: UInt64 = 5) throws -> ([Float], [String: Tensor]) {
            let trainer = try Self.trainer(Self.settings(seed: seed))
            try Compute.with(threads: threads) { try trainer.run() }
            return (trainer.losses, trainer.parameters)
        }
        let first = try train(threads: 1)
        #expect(first.0.count == 12 && first.0.allSatisfy(\.isFinite))
        for threads in Set([1, 2, Compute.availableThreads]) {
            let again = try train(threads: threads)
            #expect(again.0 == first.0 && again.1 == first.1)
        }
        #expect(try train(threads: 1, seed: 6).0 != first.0)
    }

    @Test func `every picture is seen once in an epoch, in another order each time`() throws {
        final class Recorder: TrainingData, @unchecked Sendable {
            let lock = NSLock()
            var seen: [[Int]] = []
            let count = 40
            func batch(_ indices: [Int]) -> (images: Tensor, labels: [Int]) {
                lock.withLock { seen.append(indices) }
                return SmallNetwork.Pictures().batch(indices)
            }
        }
        let recorder = Recorder()
        let trainer = try Trainer(SmallNetwork.graph(), output: "logits", data: recorder, settings: Self.settings(steps: 12))
        #expect(trainer.stepsPerEpoch == 6)
        var epochs: [Int] = []
        try trainer.run { epochs.append($0.epoch) }
        #expect(epochs == [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
        // Batches are prepared at the same time, so that their order here is not that of the steps.
        #expect(recorder.seen.count == 12 && recorder.seen.allSatisfy { $0.count == 6 })
        let times = Dictionary(grouping: recorder.seen.joined(), by: { $0 }).mapValues(\.count)
        #expect(times.values.allSatisfy { $0 <= 2 } && times.values.reduce(0, +) == 72)
        #expect(Set(recorder.seen).count == 12)
    }

    @Test func `a network learns to tell what can be told apart, and keeps it after training`() throws {
        // Five classes of brightness in three channels, in noise.
        var random = CounterRandom(seed: 3)
        let labels = (0..<200).map { $0 % 5 }
        var pixels: [Float] = []
        for label in labels {
            for i in 0..<9 * 10 * 3 {
                let tint: Float = i % 3 == label % 3 ? 0.2 : 0, light: Float = label > 2 ? 0.15 : 0
                pixels.append(Float(random.uniform()) * 0.6 + tint + light)
            }
        }
        let data = try TensorData(images: Tensor(shape: [200, 9, 10, 3], scalars: pixels), labels: labels)
        var settings = Self.settings(steps: 120)
        settings.batch = 20
        let trainer = try Trainer(SmallNetwork.graph(), output: "logits", data: data, settings: settings)
        #expect(try trainer.accuracy(on: data) < 0.5)
        try trainer.run()
        #expect(try trainer.accuracy(on: data) > 0.9)
        let (first, last) = (trainer.losses.prefix(5).reduce(0, +), trainer.losses.suffix(5).reduce(0, +))
        #expect(last < first / 2)
    }

    @Test func `a folded model classifies as the trained network does`() throws {
        var architecture = InceptionArchitecture.miniInception(classCount: 5).narrowed(by: 8)
        architecture.inputSize = 20
        let data = SmallNetwork.Pictures(shape: [20, 20, 3]), output = architecture.trainingOutput
        let trainer = try Trainer(architecture.trainingGraph(seed: 2), output: output, data: data, settings: Self.settings())
        try trainer.run()
        let model = try architecture.model(trained: trainer.trainedGraph(), classes: [], metadata: [:])
        let (images, labels) = data.batch(Array(0..<10))
        let logits = try #require(model.activations(of: images, at: [output])[output])
        let right = try CrossEntropy()(logits, labels: labels).correct
        #expect(try Double(right) / 10 == trainer.accuracy(on: data, count: 10))
        #expect(throws: GraphError.unknownNode("conv2d0_convolution")) {
            try architecture.model(trained: SmallNetwork.graph(), classes: [], metadata: [:])
        }
    }

    @Test func `what cannot be trained is refused with its reason`() throws {
        let graph = try SmallNetwork.graph(), data = SmallNetwork.Pictures()
        #expect(throws: TrainingError.network("the network has no node 'logit' to train at")) {
            try Trainer(graph, output: "logit", data: data, settings: Self.settings())
        }
        #expect(throws: TrainingError.settings("the data has 5 pictures, fewer than one batch of 6")) {
            try Trainer(graph, output: "logits", data: SmallNetwork.Pictures(count: 5), settings: Self.settings())
        }
        #expect(throws: TrainingError.self) { try Trainer(graph, output: "logits", data: data, settings: Self.settings(steps: 0)) }
        let bare = try Graph(nodes: [.init("input", .input(channels: 3, range: 0...1)), .init("relu", .layer(ReLU()), inputs: ["input"])])
        #expect(throws: TrainingError.network("the network has no layer with parameters")) {
            try Trainer(bare, output: "relu", data: data, settings: Self.settings())
        }
    }

    @Test func `numbers that are not finite end the training at their step and change nothing`() throws {
        let trainer = try Trainer(SmallNetwork.graph(), output: "logits", data: SmallNetwork.Pictures(), settings: Self.settings())
        try trainer.run(steps: 3)
        let before = trainer.parameters
        var (images, labels) = SmallNetwork.batch(0)
        images[0, 0, 0, 0] = .nan  // The ReLUs hide it from the loss.
        #expect(throws: TrainingError.notFinite(step: 3, what: "the gradient")) { try trainer.train(on: images, labels: labels) }
        #expect(trainer.step == 3 && trainer.losses.count == 3 && trainer.parameters == before)
        images[0, 0, 0, 0] = 0
        labels[0] = 9
        #expect(throws: TrainingError.self) { try trainer.train(on: images, labels: labels) }
    }

    @Test func `an error of the data ends the training at its step`() throws {
        struct Broken: Error {}
        struct Data: TrainingData {
            let count = 40
            func batch(_ indices: [Int]) throws -> (images: Tensor, labels: [Int]) {
                if indices.contains(17) { throw Broken() }
                return SmallNetwork.Pictures().batch(indices)
            }
        }
        let trainer = try Trainer(SmallNetwork.graph(), output: "logits", data: Data(), settings: Self.settings(steps: 30))
        #expect(throws: Broken.self) { try trainer.run() }
        #expect(trainer.step < 14 && trainer.losses.count == trainer.step)
    }
}
