import Tensors

/// The gradients of a loss with respect to all parameters of a graph: plans for the batches seen so far, and their memory.
final class ParameterGradients {
    private let output: Int
    private let store: ParameterStore
    private let pool = WorkspacePool()
    private var plans: [PlanRequest: ExecutionPlan] = [:]
    /// In the order of ``ParameterStore/values``; of the last run.
    private(set) var values: [Float]

    /// - Parameter output: the position of the node whose activations the loss is made of.
    init(_ graph: Graph, _ store: ParameterStore, output: Int) {
        (self.store, self.output) = (store, output)
        values = [Float](repeating: 0, count: store.values.count)
    }

    /// Runs forward in training mode, and back from the gradient that `loss` makes of the output.
    func run(_ graph: Graph, images: Tensor, clock: StepClock? = nil, loss: (Tensor) throws -> Tensor) throws {
        let request = PlanRequest(
            batch: images.shape[0], height: images.shape[1], width: images.shape[2], wanted: [output], seeds: [output],
            parameters: store.nodes.map(\.node))
        let plan = try plans[request] ?? ExecutionPlan(graph, request)
        plans[request] = plan
        let (output, store) = (output, store)
        try values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            // Parameters that the output does not depend on have none.
            values.update(repeating: 0)
            let places = Dictionary(uniqueKeysWithValues: store.nodes.map { node, entries in
                (node, store.entries[entries].map { base + $0.range.lowerBound })
            })
            try pool.withSlab(plan.slabCount, willAllocate: { try MemoryForecast(plan).check() }) { slab in
                var run = PlanRun(graph: graph, plan: plan, slab: slab, clock: clock)
                run.parameterGradients = { places[$0] ?? [] }
                _ = try run(images: images) { activations in
                    guard let activation = activations[output] else { return [:] }
                    return [output: try loss(activation)]
                }
            }
        }
    }

    /// Scales the gradients down to a norm, if theirs is larger (Pascanu et al. 2013). Returns the norm before.
    func clip(toNorm limit: Double?) -> Double {
        let norm = values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard let limit, norm > limit else { return norm }
        let scale = Float(limit / norm)
        for index in values.indices { values[index] *= scale }
        return norm
    }
}
