/// What to run for one question: which layers, for which shape of images, and which gradients.
struct PlanRequest: Hashable, Sendable {
    var batch, height, width: Int
    /// Nodes whose activations are wanted.
    var wanted: [Int] = []
    /// Nodes at which gradients come in.
    var seeds: [Int] = []
    /// Nodes whose gradients are wanted.
    var targets: [Int] = []
    /// Nodes whose parameters' gradients are wanted; their layers are ``TrainableLayer``s.
    var parameters: [Int] = []
    var rules = BackwardRules.standard
}

/// A graph compiled for one ``PlanRequest``: the steps in order, and a place in one slab of memory for everything.
///
/// It runs only up to the deepest wanted node; gradients visit only what leads from a seed to a target. Branches write straight into
/// their channels of a concatenation, ReLUs and sums work in place, and memory is reused once nothing needs it any more.
struct ExecutionPlan: Sendable {
    /// A node's values in a buffer that may be wider than the node.
    struct Region: Sendable, Hashable {
        var buffer: Int
        var channel: Int
    }

    enum Step: Sendable {
        case loadImages(Int)
        case forward(Int, rectified: Bool)
        /// Copies an input of a concatenation to its channels, when it could not be computed there.
        case concatenate(input: Int, into: Int, channel: Int)
        /// Writes an input of a sum to its place, or adds it to what lies there.
        case add(input: Int, into: Int, accumulate: Bool)
        /// Hands out activations; the last of the forward steps.
        case collect
        /// Adds what the objective says about a seed.
        case seed(Int, accumulate: Bool)
        /// Hands out a target's gradient.
        case emit(Int)
        case backward(Int, accumulate: Bool)
        /// Hands out the gradients of a layer's parameters.
        case parameters(Int)
        /// The adjoint of `concatenate`, and of `add` with all channels.
        case split(from: Int, channel: Int, into: Int, accumulate: Bool)
    }

    let request: PlanRequest
    let shapes: [ActivationShape?]
    private(set) var steps: [Step] = []
    private(set) var scratchCount = 0
    /// Floats of the whole slab; the scratch memory lies at its end.
    private(set) var slabCount = 0
    private(set) var activations: [Region?]
    private(set) var gradients: [Region?]
    /// Offset in the slab and channels of each buffer.
    private(set) var buffers: [(offset: Int, channels: Int)] = []

    /// - Throws: ``GraphError/shape(node:reason:)`` when a node does not take images of this size.
    init(_ graph: Graph, _ request: PlanRequest) throws {
        self.request = request
        let wanted = request.wanted
        let onPath = zip(graph.ancestors(of: request.seeds), graph.descendants(of: request.targets + request.parameters)).map { $0 && $1 }
        // What the backward pass reads must be computed too.
        var kept: [Int] = []
        for index in graph.nodes.indices where onPath[index] && graph.inputs[index].contains(where: { onPath[$0] }) {
            guard case .layer(let layer) = graph.nodes[index].operation else { continue }
            let needs = layer.backwardNeeds(request.rules)
            if needs.contains(.input) { kept.append(graph.inputs[index][0]) }
            if needs.contains(.output) { kept.append(index) }
        }
        for index in request.parameters where onPath[index] { kept.append(graph.inputs[index][0]) }
        let active = graph.ancestors(of: wanted + kept)
        let required = zip(active, graph.ancestors(of: request.seeds)).map { $0 || $1 }
        shapes = try graph.shapes(height: request.height, width: request.width, required: required)
        activations = [Region?](repeating: nil, count: graph.nodes.count)
        gradients = activations

        var builder = Builder(graph: graph, shapes: shapes, batch: request.batch)
        builder.placeActivations(active: active, fixed: Set(wanted + kept))
        builder.placeGradients(onPath: onPath)
        builder.forwardSteps(active: active, wanted: wanted)
        if !request.seeds.isEmpty {
            builder.backwardSteps(
                onPath: onPath, seeds: Set(request.seeds), targets: Set(request.targets), parameters: Set(request.parameters),
                rules: request.rules)
        }
        (steps, scratchCount) = (builder.steps, builder.scratchCount)
        (activations, gradients) = (builder.activations, builder.gradients)
        let layout = SlabLayout(builder.requests)
        buffers = zip(layout.offsets, builder.channels).map { ($0, $1) }
        slabCount = layout.count + scratchCount
    }
}
