import Dispatch
import Networks
import RichDisplay
import Tensors

extension Layer {
    /// The answers of every unit of the layer to a sweep of stimuli ("synthetic tuning" of the Circuits thread).
    ///
    ///     try model["mixed3b"].tuning(over: .curves())
    ///
    /// Every stimulus is drawn and shown once for all channels, centred on the receptive field of the layer's central unit; only that
    /// unit's activations are kept. Pictures are cut to the receptive field where that changes nothing.
    ///
    /// - Parameters:
    ///   - sweep: which stimuli.
    ///   - imageSize: the size of the pictures; by default as small as holds the receptive field.
    ///   - deviations: one per channel, to get responses in standard deviations.
    /// Large sweeps show what they are showing.
    /// - Throws: ``ModelError``, ``StimulusError``, and `Interrupted` when the user stops it.
    public func tuning(over sweep: StimulusSweep, imageSize: Int? = nil, deviations: [Float]? = nil) throws -> LayerTuning {
        try sweep.validate()
        let field = try stimulusField(imageSize: imageSize)
        let axes = sweep.axes.map { $0.resolved(in: field) }
        let answers = try responses(to: sweep.count, in: field) { sweep.stimulus($0, axes: axes, in: field) }
        let shape = axes.map(\.values.count) + [answers.after.shape[1]]
        let tuning = LayerTuning(
            layer: self, sweep: sweep.name, axes: axes, field: field, responses: answers.after.reshaped(shape),
            preActivations: answers.before?.reshaped(shape), unit: "activation")
        return try deviations.map(tuning.inStandardDeviations) ?? tuning
    }

    /// The answers of every unit to single stimuli, `[stimulus, channel]`, after the ReLU.
    /// - Throws: as ``tuning(over:imageSize:deviations:)``.
    public func responses(to stimuli: [Stimulus], imageSize: Int? = nil) throws -> Tensor {
        let field = try stimulusField(imageSize: imageSize)
        guard !stimuli.isEmpty else { return Tensor(zeros: [0, try channels()]) }
        return try responses(to: stimuli.count, in: field) { stimuli[$0] }.after
    }

    /// Shows stimuli to the network in batches and keeps the unit in the field: `[stimulus, channel]`, before the ReLU (if there is one)
    /// and after it.
    private func responses(
        to count: Int, in field: StimulusField, stimulus: (Int) -> Stimulus
    ) throws -> (before: Tensor?, after: Tensor) {
        let channels = try channels(), side = field.imageSize
        let before = linearPart
        let node = before ?? name
        var values = [Float](repeating: 0, count: count * channels)
        // Enough pictures to keep both cores busy, few enough to stay in memory: about those of one step of the network.
        let batch = max(1, min(256, (1 << 20) / (side * side)))
        let progress = try VisualizationProgress("\(name), \(count) stimuli", steps: count, isShown: count > Self.quickCount)
        for start in stride(from: 0, to: count, by: batch) {
            try Interruption.check()
            let stimuli = (start..<min(start + batch, count)).map(stimulus)
            for stimulus in stimuli { try stimulus.validate(width: side, height: side) }
            let images = Stimulus.drawn(stimuli, side: side, centre: (field.centre.x, field.centre.y))
            try progress.update(step: start, images: images.slices(0..<min(8, stimuli.count)))
            guard let activations = try model.activations(of: images, at: [node])[node] else { continue }
            let width = activations.rank == 4 ? activations.shape[2] : 1
            let units = activations.count / stimuli.count
            let unit = field.position.map { ($0.y * width + $0.x) * channels } ?? 0
            activations.withUnsafeScalars { from in
                for index in stimuli.indices {
                    let row = (start + index) * channels
                    for channel in 0..<channels { values[row + channel] = from[index * units + unit + channel] }
                }
            }
        }
        try progress.finish("\(name) was shown \(count) stimuli")
        let tensor = Tensor(shape: [count, channels], scalars: values)
        return before == nil ? (nil, tensor) : (tensor, tensor.map { max($0, 0) })
    }

    /// So many stimuli take a second or two, and show no progress.
    private static let quickCount = 4096

    /// The node that holds the layer's activations before the ReLU, when the layer is nothing but the ReLU of it.
    var linearPart: String? {
        let linear = name + "_pre_relu"
        guard let own = model.graph[name], let before = model.graph[linear] else { return nil }
        func isReLU(_ name: String, of input: String) -> Bool {
            guard let node = model.graph[name], case .layer(let layer) = node.operation else { return false }
            return layer is ReLU && node.inputs == [input]
        }
        if case .concatenation = own.operation, case .concatenation = before.operation, own.inputs.count == before.inputs.count {
            return zip(own.inputs, before.inputs).allSatisfy { isReLU($0, of: $1) } ? linear : nil
        }
        return isReLU(name, of: linear) ? linear : nil
    }

    /// The standard deviation of every channel over all positions in pictures: the unit in which articles state responses.
    ///
    ///     let sigma = try model["mixed3b"].deviations(over: World.test.batch(0..<500).images)
    ///     try model["mixed3b"].tuning(over: .curves(), deviations: sigma)
    ///
    /// - Parameter images: `[batch, height, width, 3]` in `0...1`.
    /// - Throws: ``ModelError``, ``TuningError/noPictures``.
    public func deviations(over images: Tensor) throws -> [Float] {
        guard images.rank == 4, images.shape[0] > 0 else { throw TuningError.noPictures }
        let channels = try channels()
        var (sums, squares, count) = ([Double](repeating: 0, count: channels), [Double](repeating: 0, count: channels), 0)
        for start in stride(from: 0, to: images.shape[0], by: 64) {
            try Interruption.check()
            let activations = try activations(of: images.slices(start..<min(start + 64, images.shape[0])))
            activations.withUnsafeScalars { values in
                for place in 0..<values.count / channels {
                    for channel in 0..<channels {
                        let value = Double(values[place * channels + channel])
                        sums[channel] += value
                        squares[channel] += value * value
                    }
                }
            }
            count += activations.count / channels
        }
        return zip(sums, squares).map { Float(max($1 / Double(count) - $0 * $0 / Double(count * count), 0).squareRoot()) }
    }
}

extension Feature {
    /// The answers of one feature to a sweep of stimuli: a heat map, and the radial tuning curve where an orientation is swept.
    ///
    ///     try model["mixed3b"][17].tuning(over: .curves())
    ///     try model["mixed3b"].direction([17: 1, 40: -1]).tuning(over: .lines())
    ///
    /// To look at many features of a layer, ask the layer once: `model["mixed3b"].tuning(over: .curves())[17]`.
    /// - Throws: as ``Networks/Layer/tuning(over:imageSize:deviations:)``.
    public func tuning(over sweep: StimulusSweep, imageSize: Int? = nil, deviations: [Float]? = nil) throws -> Tuning {
        try validate()
        return try model[layer].tuning(over: sweep, imageSize: imageSize, deviations: deviations).tuning(of: self)
    }
}

extension Stimulus {
    /// Checked stimuli as a batch `[stimulus, side, side, 3]`, drawn on all cores.
    static func drawn(_ stimuli: [Stimulus], side: Int, centre: (x: Double, y: Double)) -> Tensor {
        let length = side * side * 3
        return Tensor(shape: [stimuli.count, side, side, 3]) { buffer in
            guard let base = buffer.baseAddress else { return }
            // Every iteration writes its own slice.
            nonisolated(unsafe) let pixels = base
            DispatchQueue.concurrentPerform(iterations: stimuli.count) { index in
                stimuli[index].draw(into: pixels + index * length, width: side, height: side, centre: centre)
            }
        }
    }
}
