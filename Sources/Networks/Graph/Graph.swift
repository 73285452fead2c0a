/// A network as a directed acyclic graph of named nodes, in topological order, with its weights.
///
///     let graph = try Graph(nodes: [
///         Graph.Node("input", .input(channels: 3, range: -117...138)),
///         Graph.Node("conv2d0_pre_relu", .layer(convolution), inputs: ["input"]),
///         Graph.Node("conv2d0", .layer(ReLU()), inputs: ["conv2d0_pre_relu"]),
///     ])
///
/// Invariants, checked once here: names are unique, every input precedes its user, the first node and only that one is the input.
public struct Graph: Sendable {
    /// What a node computes.
    public enum Operation: Sendable {
        /// The images: `channels` values in `0...1`, and what the network makes of them.
        case input(channels: Int, normalization: InputNormalization)
        /// A layer with one input.
        case layer(any NetworkLayer)
        /// The channels of all inputs side by side.
        case concatenation
        /// The sum, element by element, of two or more inputs of one shape: where a residual connection comes back.
        case sum

        /// The images: `channels` values in `0...1`, mapped to `range`.
        public static func input(channels: Int, range: ClosedRange<Float>) -> Operation {
            .input(channels: channels, normalization: .range(range))
        }
    }

    /// One named operation and the names of what it reads.
    public struct Node: Sendable {
        public let name: String
        public var operation: Operation
        public let inputs: [String]

        public init(_ name: String, _ operation: Operation, inputs: [String] = []) {
            (self.name, self.operation, self.inputs) = (name, operation, inputs)
        }
    }

    /// In topological order.
    public private(set) var nodes: [Node]
    /// Position by name.
    private let indices: [String: Int]
    /// Positions of each node's inputs.
    let inputs: [[Int]]
    /// Positions of each node's users.
    let users: [[Int]]

    /// - Throws: ``GraphError`` naming the node that breaks a rule.
    public init(nodes: [Node]) throws {
        var indices: [String: Int] = [:]
        var inputs: [[Int]] = []
        var users = [[Int]](repeating: [], count: nodes.count)
        guard let first = nodes.first, case .input = first.operation else { throw GraphError.noInput }
        for (index, node) in nodes.enumerated() {
            guard indices.updateValue(index, forKey: node.name) == nil else { throw GraphError.duplicateName(node.name) }
            let positions = try node.inputs.map { name in
                guard let position = indices[name], position < index else {
                    throw GraphError.unknownInput(node: node.name, input: name)
                }
                return position
            }
            let fits =
                switch node.operation {
                case .input: index == 0 && positions.isEmpty
                case .layer: positions.count == 1
                case .concatenation: !positions.isEmpty
                case .sum: positions.count >= 2
                }
            guard fits else { throw GraphError.wrongInputCount(node: node.name, count: positions.count) }
            if case .input(let channels, let normalization) = node.operation, let reason = normalization.misfit(channels: channels) {
                throw GraphError.normalization(node: node.name, reason: reason)
            }
            for position in positions { users[position].append(index) }
            inputs.append(positions)
        }
        (self.nodes, self.indices, self.inputs, self.users) = (nodes, indices, inputs, users)
    }

    /// The position of a node, if it exists.
    public func index(of name: String) -> Int? { indices[name] }

    /// The node of a name, if it exists.
    public subscript(name: String) -> Node? { indices[name].map { nodes[$0] } }

    /// What the network makes of images before its first layer, and how many channels these have.
    public var input: (channels: Int, normalization: InputNormalization) {
        // The first node is the input: the initializer has seen to it.
        if case .input(let channels, let normalization) = nodes[0].operation { (channels, normalization) } else { (3, .range(0...1)) }
    }

    /// The same graph with another layer at one node.
    /// - Throws: ``GraphError/unknownNode(_:)``.
    public func replacing(_ name: String, with layer: any NetworkLayer) throws -> Graph {
        guard let index = indices[name] else { throw GraphError.unknownNode(name) }
        var graph = self
        graph.nodes[index].operation = .layer(layer)
        return graph
    }

    /// Puts another layer at the node of a position.
    mutating func replaceLayer(at index: Int, with layer: any NetworkLayer) { nodes[index].operation = .layer(layer) }

    /// Marks the given nodes and all they depend on.
    func ancestors(of positions: [Int]) -> [Bool] {
        var marked = [Bool](repeating: false, count: nodes.count)
        for position in positions { marked[position] = true }
        for index in nodes.indices.reversed() where marked[index] {
            for input in inputs[index] { marked[input] = true }
        }
        return marked
    }

    /// Marks the given nodes and all that depends on them.
    func descendants(of positions: [Int]) -> [Bool] {
        var marked = [Bool](repeating: false, count: nodes.count)
        for position in positions { marked[position] = true }
        for index in nodes.indices where !marked[index] {
            marked[index] = inputs[index].contains { marked[$0] }
        }
        return marked
    }
}

/// A graph that cannot be: what rule is broken, and at which node.
public enum GraphError: Error, CustomStringConvertible, Equatable, Sendable {
    case noInput
    case duplicateName(String)
    case unknownNode(String)
    case unknownInput(node: String, input: String)
    case wrongInputCount(node: String, count: Int)
    case normalization(node: String, reason: String)
    case shape(node: String, reason: String)

    public var description: String {
        switch self {
        case .noInput: "a graph begins with its input node"
        case .duplicateName(let name): "two nodes of the graph are called '\(name)'"
        case .unknownNode(let name): "the graph has no node '\(name)'"
        case .unknownInput(let node, let input): "the node '\(node)' reads '\(input)', which does not come before it in the graph"
        case .wrongInputCount(let node, let count): "the node '\(node)' has \(count) inputs, which its operation does not take"
        case .shape(let node, let reason), .normalization(let node, let reason): "the node '\(node)': \(reason)"
        }
    }
}
