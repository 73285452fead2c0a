import Tensors

/// All parameters of a graph, one behind the other, and which layer each belongs to.
struct ParameterStore {
    struct Entry {
        /// "conv2d0_convolution.weights"
        let name: String
        let node: Int
        let shape: [Int]
        let range: Range<Int>
        let decays: Bool
    }

    let entries: [Entry]
    var values: [Float]
    /// Positions of the nodes with parameters, and which entries are theirs.
    let nodes: [(node: Int, entries: Range<Int>)]

    init(_ graph: Graph) {
        var entries: [Entry] = [], values: [Float] = [], nodes: [(Int, Range<Int>)] = []
        for (index, node) in graph.nodes.enumerated() {
            guard case .layer(let layer) = node.operation, let trainable = layer as? any TrainableLayer else { continue }
            let first = entries.count
            for parameter in trainable.parameters {
                let range = values.count..<values.count + parameter.value.count
                entries.append(
                    Entry(
                        name: "\(node.name).\(parameter.name)", node: index, shape: parameter.value.shape, range: range,
                        decays: parameter.decays))
                values += parameter.value.scalars
            }
            nodes.append((index, first..<entries.count))
        }
        (self.entries, self.values, self.nodes) = (entries, values, nodes)
    }

    /// The parts to which weight decay applies.
    var decaying: [Range<Int>] { entries.filter(\.decays).map(\.range) }

    func tensor(_ entry: Entry, of values: [Float]) -> Tensor { Tensor(shape: entry.shape, scalars: Array(values[entry.range])) }

    /// Gives the graph's layers the values.
    func write(to graph: inout Graph) throws {
        for (node, range) in nodes {
            guard case .layer(let layer) = graph.nodes[node].operation, let trainable = layer as? any TrainableLayer else { continue }
            graph.replaceLayer(at: node, with: try trainable.replacing(parameters: entries[range].map { tensor($0, of: values) }))
        }
    }
}
