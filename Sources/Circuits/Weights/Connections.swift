import Networks
import RichDisplay
import Tensors

/// How one feature acts on a feature of a later layer.
public struct Connection: Sendable {
    /// The earlier feature: a channel where the connections of a later feature are listed.
    public let source: Feature
    /// The later feature: a channel where the clients of an earlier feature are listed.
    public let target: Feature
    /// Its expanded weights, `[height, width]`: positive where it excites.
    public let kernel: Tensor
    /// The Euclidean norm of the kernel's positive or of its negative part, whichever is larger; negative for inhibition.
    /// "An Overview of Early Vision" ranks connections by the norm of the spatial kernel.
    public let strength: Float
    /// The Euclidean norm of the whole kernel.
    public let norm: Float

    init(source: Feature, target: Feature, kernel: Tensor) {
        (self.source, self.target, self.kernel) = (source, target, kernel)
        let positive = kernel.map { Swift.max($0, 0) }.norm(), negative = kernel.map { Swift.min($0, 0) }.norm()
        strength = positive >= negative ? positive : -negative
        norm = kernel.norm()
    }
}

extension Feature {
    /// The connections from the channels of an earlier layer, strongest first.
    ///
    /// - Parameter from: the earlier layer; the canonical layer before this one by default. Behind a max-pool the weights are those on
    ///   the pooled grid, as in the articles.
    /// - Throws: ``ModelError``, ``CircuitError/noEarlierLayer(_:)``.
    public func connections(from: String? = nil) throws -> [Connection] {
        try validate()
        let earlier = try from ?? layerBefore()
        let terms = weights.sorted { $0.key < $1.key }
        let grid = model.pooledGrid(of: earlier, before: layer)
        let kernels = try model.expandedWeights(from: grid, to: layer, channels: terms.map(\.key))
        let (height, width, channels) = (kernels.shape[1], kernels.shape[2], kernels.shape[3])
        // The kernel of a direction is the same combination of its channels' kernels.
        var sum = Tensor(zeros: [height, width, channels])
        for (index, term) in terms.enumerated() { sum = sum + kernels.slice(index) * term.value }
        var connections: [Connection] = []
        for channel in 0..<channels {
            let kernel = Tensor(shape: [height, width], scalars: (0..<height * width).map { sum.scalars[$0 * channels + channel] })
            connections.append(Connection(source: model[earlier][channel], target: self, kernel: kernel))
        }
        return connections.filter { $0.strength != 0 }.sorted {
            (abs($0.strength), $1.source.channel ?? 0) > (abs($1.strength), $0.source.channel ?? 0)
        }
    }

    /// The connections to the channels of a later layer, strongest first: who uses the feature.
    ///
    /// - Parameter later: the later layer; nil for the canonical layer behind this one. Behind a max-pool the weights are those on the
    ///   pooled grid.
    /// - Throws: ``ModelError``, ``CircuitError/noLaterLayer(_:)``.
    public func connections(to later: String?) throws -> [Connection] {
        try validate()
        let later = try later ?? layerBehind()
        let terms = weights.sorted { $0.key < $1.key }
        let grid = model.pooledGrid(of: layer, before: later), count = try model.channels(of: later)
        var connections: [Connection] = []
        // The kernels of all of the later layer at once would be as large as its weights multiplied out.
        for start in stride(from: 0, to: count, by: 64) {
            try Interruption.check()
            let some = Array(start..<min(start + 64, count))
            let kernels = try model.expandedWeights(from: grid, to: later, channels: some)
            let (height, width, channels) = (kernels.shape[1], kernels.shape[2], kernels.shape[3])
            for (index, channel) in some.enumerated() {
                let all = kernels.slice(index).scalars
                let kernel = Tensor(
                    shape: [height, width],
                    scalars: (0..<height * width).map { place in terms.reduce(0) { $0 + all[place * channels + $1.key] * $1.value } })
                connections.append(Connection(source: self, target: model[later][channel], kernel: kernel))
            }
        }
        return connections.filter { $0.strength != 0 }.sorted {
            (abs($0.strength), $1.target.channel ?? 0) > (abs($1.strength), $0.target.channel ?? 0)
        }
    }

    /// The canonical layer that feeds this one.
    func layerBefore() throws -> String {
        let names = model.layers.map(\.name)
        guard let index = names.firstIndex(of: layer), index > 0 else { throw CircuitError.noEarlierLayer(layer) }
        return names[index - 1]
    }

    /// The canonical layer that reads this one.
    func layerBehind() throws -> String {
        let names = model.layers.map(\.name)
        guard let index = names.firstIndex(of: layer), index + 1 < names.count else { throw CircuitError.noLaterLayer(layer) }
        return names[index + 1]
    }
}

extension Model {
    /// The max-pool between a layer and the canonical layer behind it, if there is one: the grid that the later one really reads.
    func pooledGrid(of earlier: String, before layer: String) -> String {
        let nodes = graph.nodes
        guard let start = graph.index(of: earlier), let end = graph.index(of: layer), start < end else { return earlier }
        let names = layers.map(\.name)
        guard let index = names.firstIndex(of: layer), index > 0, names[index - 1] == earlier else { return earlier }
        return nodes[start..<end].last { $0.name.hasPrefix("maxpool") }?.name ?? earlier
    }
}

/// Why a circuit cannot be drawn.
public enum CircuitError: Error, Equatable, CustomStringConvertible {
    case noEarlierLayer(String)
    case noLaterLayer(String)
    case notAnImageLayer(String)
    case topOutOfRange(Int)

    public var description: String {
        switch self {
        case .noEarlierLayer(let layer):
            "\(layer) has no layer before it in the model's list, so say which one to look back to: `from: \"…\"`"
        case .noLaterLayer(let layer):
            "\(layer) has no layer behind it in the model's list, so say which one to look at: `in: \"…\"`"
        case .notAnImageLayer(let layer):
            "\(layer) does not read the image itself, so its filters are no pictures. Use `weights(from:)` to see them as tiles."
        case .topOutOfRange(let top):
            "a circuit shows between 1 and 12 channels of each sign, not \(top)"
        }
    }
}
