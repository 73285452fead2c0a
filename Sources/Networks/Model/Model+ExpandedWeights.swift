import RichDisplay
import Tensors

extension Model {
    /// The expanded weights from an earlier layer to one channel of a later one: how much each earlier unit, at each offset,
    /// excites (or inhibits) the later unit, through all paths between them ("Visualizing Weights").
    ///
    /// It is the gradient of the later unit in a network made linear: ReLUs pass everything, a max-pool is an average pool, and a
    /// local response normalization has the fixed gain `bias ^ -beta` (0.707 in InceptionV1), its derivative at zero. Other choices of
    /// that gain change the weights by one factor for all paths through it.
    ///
    /// - Parameters:
    ///   - from: the earlier layer; name a pooling (`maxpool4`) to see weights on its grid.
    ///   - layer: the later layer, before the global pooling.
    ///   - channel: a channel of `layer`.
    /// - Returns: `[dy, dx, in channel]`, as large as the unit's receptive field in `from` (5x5 from one inception block to the next).
    ///   Row 0 is at the top: positive at `[0, 0, c]` means that channel `c` excites the unit when it fires above it on the left.
    /// - Throws: ``ModelError``.
    public func expandedWeights(from: String, to layer: String, channel: Int) throws -> Tensor {
        try expandedWeights(from: from, to: layer, channels: [channel]).slice(0)
    }

    /// The same for several channels in one pass: `[channel, dy, dx, in channel]`.
    /// - Throws: ``ModelError``.
    public func expandedWeights(from: String, to layer: String, channels: [Int]) throws -> Tensor {
        let (start, end) = (try node(from), try node(layer))
        let (from, layer) = (graph.nodes[start].name, graph.nodes[end].name)
        guard start != end, graph.descendants(of: [start])[end] else { throw ModelError.noPath(from: from, to: layer) }
        let count = try self.channels(of: layer)
        if let bad = channels.first(where: { !(0..<count).contains($0) }) {
            throw ModelError.channelOutOfRange(bad, layer: layer, channels: count)
        }
        guard !channels.isEmpty else { throw ModelError.emptyDirection(layer: layer) }
        let (size, position) = try roomyCentre(from: from, to: layer)
        guard let field = try graph.receptiveField(of: layer, position: (position, position), in: from, height: size, width: size)
        else { throw ModelError.noPath(from: from, to: layer) }
        let unit = Window(rows: position..<position + 1, columns: position..<position + 1)
        let seen = Window(rows: field.rows, columns: field.columns)
        var kernels: [Tensor] = []
        // A few channels at a time, one in each image of a batch.
        var request = PlanRequest(
            batch: max(1, min(64, channels.count, (1 << 15) / (field.rows.count * field.columns.count))), height: size, width: size,
            seeds: [end], targets: [start], rules: .linearized, windows: [end: unit], targetWindows: [start: seen])
        request = try runner.fitting(request)
        let step = request.batch
        for first in stride(from: 0, to: channels.count, by: step) {
            try Interruption.check()
            let some = channels[first..<min(first + step, channels.count)]
            var seed = Tensor(zeros: [some.count, 1, 1, count])
            for (image, channel) in some.enumerated() { seed[image, 0, 0, channel] = 1 }
            request.batch = some.count
            guard let gradient = try runner.run(request, images: nil, objective: { _ in [end: seed] }).gradients[start] else {
                throw ModelError.noPath(from: from, to: layer)
            }
            for image in 0..<some.count { kernels.append(gradient.slice(image)) }
        }
        guard start == 0 else { return Tensor.stack(kernels) }
        // Gradients of the images are in units of 0...1; weights are in those of what the network makes of them.
        return Tensor.stack(kernels) / Tensor(graph.input.normalization.scales(channels: graph.input.channels))
    }

    /// An image size at which a unit near the centre of `layer` sees no border in `from`, and the row (and column) of that unit.
    /// Sizes are multiples of 32, so that strided layers pad as they do at the model's own size.
    private func roomyCentre(from: String, to layer: String) throws -> (size: Int, position: Int) {
        let end = try node(layer), start = try node(from)
        let (from, layer) = (graph.nodes[start].name, graph.nodes[end].name)
        var size = (max(inputSize, 64) + 31) / 32 * 32
        while size <= 4096 {
            let shapes = try graph.shapes(height: size, width: size, required: graph.ancestors(of: [end]))
            guard let shape = shapes[end], let source = shapes[start], shape.isSpatial else {
                throw ModelError.notSpatial(layer: layer)
            }
            let position = shape.height / 2
            if let field = try graph.receptiveField(of: layer, position: (position, position), in: from, height: size, width: size),
                field.rows.lowerBound >= 0, field.rows.upperBound <= source.height
            {
                return (size, position)
            }
            size *= 2
        }
        throw ModelError.notSpatial(layer: layer)
    }
}
