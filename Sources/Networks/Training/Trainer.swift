import RichDisplay
import Tensors

/// Trains the layers of a graph with parameters to classify pictures.
///
///     let trainer = try Trainer(graph, output: "logits", data: data, settings: TrainingSettings(steps: 300))
///     try trainer.run { progress in print(progress) }
///     try trainer.accuracy(on: validation)
///
/// The same graph, data and settings give the same bits, whatever the number of threads; so does a training that was stopped and
/// continued from a checkpoint (``save(to:)``, ``resume(from:)``). A trainer is used by one thread at a time.
public final class Trainer {
    /// The network as it is now, in training mode: batch normalizations use each batch's statistics.
    public private(set) var graph: Graph
    public let settings: TrainingSettings
    /// The name of the node with one number for each class.
    public let output: String
    /// Steps made so far.
    public internal(set) var step = 0
    /// The mean loss of every step's batch.
    public internal(set) var losses: [Float] = []

    var store: ParameterStore
    var optimizer: Optimizer
    let data: any TrainingData
    private let loader: BatchLoader
    private let gradients: ParameterGradients
    private let outputNode: Int

    /// - Parameters:
    ///   - graph: with ``TrainableLayer``s; for training, batch normalizations are ``BatchStatisticsNormalization``s.
    ///   - output: the node of the logits, `[batch, class]`.
    /// - Throws: ``TrainingError`` when the graph has no such node or no parameters, or the settings or the data do not do.
    public init(_ graph: Graph, output: String, data: any TrainingData, settings: TrainingSettings) throws {
        try settings.check()
        guard let outputNode = graph.index(of: output) else {
            throw TrainingError.network("the network has no node '\(output)' to train at")
        }
        guard data.count >= settings.batch else {
            throw TrainingError.settings("the data has \(data.count) pictures, fewer than one batch of \(settings.batch)")
        }
        store = ParameterStore(graph)
        guard !store.entries.isEmpty else { throw TrainingError.network("the network has no layer with parameters") }
        (self.graph, self.settings, self.output, self.outputNode, self.data) = (graph, settings, output, outputNode, data)
        optimizer = Optimizer(settings.rule, decay: settings.decay)
        loader = BatchLoader(data, batch: settings.batch, seed: settings.seed)
        gradients = ParameterGradients(graph, store, output: outputNode)
    }

    /// All parameters, by `<node>.<parameter>`.
    public var parameters: [String: Tensor] {
        Dictionary(uniqueKeysWithValues: store.entries.map { ($0.name, store.tensor($0, of: store.values)) })
    }

    /// Steps in one pass over the data; what does not fill a batch is left out of the epoch.
    public var stepsPerEpoch: Int { loader.stepsPerEpoch }

    /// Makes the remaining steps, or as many as said.
    /// - Parameter progress: called after every step.
    /// - Throws: ``TrainingError``, what the data throws, what `progress` throws, and `Interrupted`; the steps made until then stay.
    public func run(steps: Int? = nil, progress: (TrainingProgress) throws -> Void = { _ in }) throws {
        let last = min(settings.steps, step + (steps ?? settings.steps))
        while step < last {
            try Interruption.check()
            let batch = try loader.batch(of: step, last: last)
            try progress(try train(on: batch.images, labels: batch.labels))
        }
    }

    /// One step on a batch of the caller's choice: `[batch, height, width, channel]` in `0...1` and its labels.
    /// - Throws: ``TrainingError``; nothing has changed then.
    @discardableResult
    public func train(on images: Tensor, labels: [Int]) throws -> TrainingProgress {
        try train(on: images, labels: labels, clock: nil)
    }

    /// Makes one step and says where the time went.
    package func profile(on images: Tensor, labels: [Int]) throws -> [String: Double] {
        let clock = StepClock()
        _ = try train(on: images, labels: labels, clock: clock)
        clock.mark("update of the parameters")
        return clock.times
    }

    private func train(on images: Tensor, labels: [Int], clock: StepClock?) throws -> TrainingProgress {
        guard images.rank == 4, images.shape[0] == labels.count, images.count > 0 else {
            throw TrainingError.data(step: step, reason: "\(labels.count) labels do not fit images of shape \(images.shape)")
        }
        for (index, node) in graph.nodes.enumerated() {
            guard case .layer(let layer) = node.operation, let dropout = layer as? Dropout else { continue }
            graph.replaceLayer(at: index, with: dropout.at(step: step))
        }
        var value = CrossEntropy.Value(loss: 0, gradient: Tensor(0), correct: 0)
        try gradients.run(graph, images: images, clock: clock) { logits in
            value = try CrossEntropy(smoothing: settings.smoothing)(logits, labels: labels)
            guard value.loss.isFinite else { throw TrainingError.notFinite(step: step, what: "the loss") }
            return value.gradient
        }
        let norm = gradients.clip(toNorm: settings.clippedNorm)
        guard norm.isFinite else { throw TrainingError.notFinite(step: step, what: "the gradient") }
        let rate = settings.rate * settings.schedule.factor(step: step, of: settings.steps)
        if let cycle = settings.momentumCycle, let momentum = settings.schedule.momentum(step: step, of: settings.steps, in: cycle) {
            optimizer.rule = settings.rule.with(momentum: momentum)
        }
        optimizer.descend(&store.values, along: gradients.values, rate: rate, decaying: store.decaying)
        try followBatch()
        try store.write(to: &graph)
        step += 1
        losses.append(Float(value.loss))
        return TrainingProgress(
            step: step, steps: settings.steps, epoch: (step - 1) / stepsPerEpoch, loss: value.loss, rate: rate, gradientNorm: norm,
            accuracy: Double(value.correct) / Double(labels.count))
    }

    /// Moves the running averages of the normalizations.
    private func followBatch() throws {
        for (index, _) in store.nodes {
            if case .layer(let layer) = graph.nodes[index].operation, let normalization = layer as? BatchStatisticsNormalization {
                graph.replaceLayer(at: index, with: try normalization.followingBatch())
            }
        }
    }

    /// Gives the graph new values: of the parameters from the store, of running averages from `averages`, by `<node>.mean` and
    /// `<node>.variance`.
    func restore(averages: [String: Tensor]) throws {
        for (index, _) in store.nodes {
            let node = graph.nodes[index]
            guard case .layer(let layer) = node.operation, let normalization = layer as? BatchStatisticsNormalization,
                let mean = averages[node.name + ".mean"], let variance = averages[node.name + ".variance"]
            else { continue }
            graph.replaceLayer(at: index, with: try normalization.replacing(mean: mean, variance: variance))
        }
        try store.write(to: &graph)
    }

    // MARK: After training

    /// The network as it is used: batch normalizations with their running averages, no dropout.
    /// - Throws: ``LayerError`` when the averages are not finite.
    public func trainedGraph() throws -> Graph {
        var graph = graph
        for (index, node) in graph.nodes.enumerated() {
            guard case .layer(let layer) = node.operation else { continue }
            if let normalization = layer as? BatchStatisticsNormalization {
                graph.replaceLayer(at: index, with: try normalization.trained())
            }
            if layer is Dropout { graph.replaceLayer(at: index, with: Dropout(rate: 0, seed: 0)) }
        }
        return graph
    }

    /// The share of pictures whose class has the largest output, with ``trainedGraph()``.
    /// - Parameter count: of the first so many pictures; all by default.
    public func accuracy(on data: any TrainingData, count: Int? = nil) throws -> Double {
        let runner = PlanRunner(try trainedGraph()), count = min(count ?? data.count, data.count)
        var correct = 0
        for first in stride(from: 0, to: count, by: settings.batch) {
            try Interruption.check()
            let (images, labels) = try data.batch(Array(first..<min(first + settings.batch, count)))
            let request = PlanRequest(batch: images.shape[0], height: images.shape[1], width: images.shape[2], wanted: [outputNode])
            guard let logits = try runner.run(request, images: images).activations[outputNode] else { continue }
            correct += try CrossEntropy()(logits, labels: labels).correct
        }
        return count == 0 ? 0 : Double(correct) / Double(count)
    }
}
