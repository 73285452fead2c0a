import Synchronization
import Tensors

/// Runs a graph: compiles plans when they are first needed, keeps the newest, and lends them memory.
final class PlanRunner: Sendable {
    let graph: Graph
    private let pool = WorkspacePool()
    private let plans = Mutex<(byRequest: [PlanRequest: ExecutionPlan], order: [PlanRequest])>(([:], []))
    private static let keptPlans = 128

    init(_ graph: Graph) { self.graph = graph }

    /// What the objective makes of activations: the gradients at the seeds, by node. Missing ones are zero.
    typealias Objective = ([Int: Tensor]) throws -> [Int: Tensor]

    private func plan(_ request: PlanRequest) throws -> ExecutionPlan {
        // Nobody waits for the lock: a notebook may have stopped the thread that holds it, for good. Without it the plan is made anew.
        if let plan = plans.withLockIfAvailable({ $0.byRequest[request] }).flatMap({ $0 }) { return plan }
        let plan = try ExecutionPlan(graph, request)
        _ = plans.withLockIfAvailable {
            if $0.byRequest.updateValue(plan, forKey: request) == nil { $0.order.append(request) }
            if $0.order.count > Self.keptPlans { $0.byRequest[$0.order.removeFirst()] = nil }
        }
        return plan
    }

    /// Runs the plan of `request`.
    /// - Parameters:
    ///   - images: `[batch, height, width, channel]` in `0...1`; nil for plans without a forward pass.
    ///   - objective: called between the passes with the wanted activations; its gradients have the shapes of those.
    /// - Returns: the wanted activations and the targets' gradients, by node; gradients of the input are in units of `0...1`.
    func run(
        _ request: PlanRequest, images: Tensor?, clock: StepClock? = nil, objective: Objective = { _ in [:] }
    ) throws -> (activations: [Int: Tensor], gradients: [Int: Tensor]) {
        let plan = try plan(request)
        return try pool.withSlab(plan.slabCount) { slab in
            var run = PlanRun(graph: graph, plan: plan, slab: slab, clock: clock)
            return try run(images: images, objective: objective)
        }
    }
}

/// One run of a plan in its memory.
struct PlanRun {
    let graph: Graph
    let plan: ExecutionPlan
    let slab: UnsafeMutablePointer<Float>
    let clock: StepClock?
    /// Where the gradients of a node's parameters go.
    var parameterGradients: (Int) -> [UnsafeMutablePointer<Float>] = { _ in [] }
    private var scratch: UnsafeMutablePointer<Float> { slab + (plan.slabCount - plan.scratchCount) }

    private func view(_ index: Int, _ region: ExecutionPlan.Region) -> ActivationView? {
        guard let shape = plan.shapes[index] else { return nil }
        let buffer = plan.buffers[region.buffer]
        return ActivationView(
            base: slab + buffer.offset + region.channel, batch: plan.request.batch, shape: shape, pixelStride: buffer.channels)
    }

    private func activation(_ index: Int) -> ActivationView? { plan.activations[index].flatMap { view(index, $0) } }
    private func gradient(_ index: Int) -> ActivationView? { plan.gradients[index].flatMap { view(index, $0) } }

    mutating func callAsFunction(
        images: Tensor?, objective: PlanRunner.Objective
    ) throws -> (activations: [Int: Tensor], gradients: [Int: Tensor]) {
        var collected: [Int: Tensor] = [:], emitted: [Int: Tensor] = [:]
        var seeds: [Int: Tensor]?
        for step in plan.steps {
            defer { clock?.mark(step, graph) }
            switch step {
            case .loadImages(let index):
                guard let images, let view = activation(index) else { continue }
                graph.input.normalization.load(images, into: view)
            case .forward(let index, let rectified):
                guard case .layer(let layer) = graph.nodes[index].operation,
                    let input = activation(graph.inputs[index][0]), let output = activation(index)
                else { continue }
                if let convolution = layer as? Convolution {
                    convolution.forward(input, into: output, rectified: rectified, scratch: scratch)
                } else if let normalization = layer as? BatchStatisticsNormalization {
                    normalization.forward(input, into: output, rectified: rectified, scratch: scratch)
                } else {
                    layer.forward(input, into: output, scratch: scratch)
                }
            case .concatenate(let input, let index, let channel):
                guard let from = activation(input), let region = plan.activations[index],
                    let to = view(input, .init(buffer: region.buffer, channel: channel))
                else { continue }
                to.take(from, accumulate: false)
            case .add(let input, let index, let accumulate):
                guard let from = activation(input), let to = activation(index) else { continue }
                to.take(from, accumulate: accumulate)
            case .collect:
                for index in plan.request.wanted { collected[index] = activation(index)?.tensor() }
            case .seed(let index, let accumulate):
                if seeds == nil { seeds = try objective(collected) }
                guard let view = gradient(index) else { continue }
                if let seed = seeds?[index] {
                    seed.withUnsafeScalars { scalars in
                        guard let base = scalars.baseAddress else { return }
                        view.take(from: base, pixelStride: view.channels, accumulate: accumulate)
                    }
                } else if !accumulate {
                    view.clear()
                }
            case .emit(let index):
                guard let view = gradient(index) else { continue }
                emitted[index] = index == 0 ? graph.input.normalization.imageGradient(view) : view.tensor()
            case .backward(let index, let accumulate):
                guard case .layer(let layer) = graph.nodes[index].operation,
                    let from = gradient(index), let to = gradient(graph.inputs[index][0])
                else { continue }
                layer.backward(
                    from, recorded: RecordedActivations(input: activation(graph.inputs[index][0]), output: activation(index)),
                    into: to, accumulate: accumulate, rules: plan.request.rules, scratch: scratch)
            case .parameters(let index):
                guard case .layer(let layer) = graph.nodes[index].operation, let trainable = layer as? any TrainableLayer,
                    let from = gradient(index), let input = activation(graph.inputs[index][0])
                else { continue }
                trainable.sumParameterGradients(from, input: input, into: parameterGradients(index), scratch: scratch)
            case .split(let index, let channel, let input, let accumulate):
                guard let to = gradient(input), let region = plan.gradients[index],
                    let from = view(input, .init(buffer: region.buffer, channel: channel))
                else { continue }
                to.take(from, accumulate: accumulate)
            }
        }
        return (collected, emitted)
    }
}
