import Networks
import RichDisplay
import Tensors

/// How one channel of an earlier layer acts on a feature.
public struct Connection: Sendable {
    /// The earlier channel.
    public let source: Feature
    /// Its expanded weights, `[height, width]`: positive where it excites.
    public let kernel: Tensor
    /// The Euclidean norm of the kernel's positive or of its negative part, whichever is larger; negative for inhibition.
    /// "An Overview of Early Vision" ranks connections by the norm of the spatial kernel.
    public let strength: Float

    init(source: Feature, kernel: Tensor) {
        self.source = source
        self.kernel = kernel
        let positive = kernel.map { Swift.max($0, 0) }.norm(), negative = kernel.map { Swift.min($0, 0) }.norm()
        strength = positive >= negative ? positive : -negative
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
        let kernels = try model.expandedWeights(from: try pooledGrid(of: earlier), to: layer, channels: terms.map(\.key))
        let (height, width, channels) = (kernels.shape[1], kernels.shape[2], kernels.shape[3])
        // The kernel of a direction is the same combination of its channels' kernels.
        var sum = Tensor(zeros: [height, width, channels])
        for (index, term) in terms.enumerated() { sum = sum + kernels.slice(index) * term.value }
        var connections: [Connection] = []
        for channel in 0..<channels {
            let kernel = Tensor(shape: [height, width], scalars: (0..<height * width).map { sum.scalars[$0 * channels + channel] })
            connections.append(Connection(source: model[earlier][channel], kernel: kernel))
        }
        return connections.filter { $0.strength != 0 }.sorted {
            (abs($0.strength), $1.source.channel ?? 0) > (abs($1.strength), $0.source.channel ?? 0)
        }
    }

    /// The canonical layer that feeds this one.
    private func layerBefore() throws -> String {
        let names = model.layers.map(\.name)
        guard let index = names.firstIndex(of: layer), index > 0 else { throw CircuitError.noEarlierLayer(layer) }
        return names[index - 1]
    }

    /// The max-pool between an earlier layer and this one, if there is one: the grid that this layer really reads.
    private func pooledGrid(of earlier: String) throws -> String {
        let nodes = model.graph.nodes
        guard let start = model.graph.index(of: earlier), let end = model.graph.index(of: layer), start < end else { return earlier }
        let names = model.layers.map(\.name)
        guard let index = names.firstIndex(of: layer), index > 0, names[index - 1] == earlier else { return earlier }
        return nodes[start..<end].last { $0.name.hasPrefix("maxpool") }?.name ?? earlier
    }
}

/// Why a circuit cannot be drawn.
public enum CircuitError: Error, Equatable, CustomStringConvertible {
    case noEarlierLayer(String)
    case notAnImageLayer(String)
    case topOutOfRange(Int)

    public var description: String {
        switch self {
        case .noEarlierLayer(let layer):
            "\(layer) has no layer before it in the model's list, so say which one to look back to: `from: \"…\"`"
        case .notAnImageLayer(let layer):
            "\(layer) does not read the image itself, so its filters are no pictures. Use `weights(from:)` to see them as tiles."
        case .topOutOfRange(let top):
            "a circuit shows between 1 and 12 channels of each sign, not \(top)"
        }
    }
}
