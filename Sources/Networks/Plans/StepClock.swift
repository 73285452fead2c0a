import Foundation
import Tensors

/// Where the time of a run goes, by kind of layer: "Convolution 3x3", "Convolution 3x3 gradient", "MaxPool", ...
package final class StepClock {
    /// Milliseconds.
    package private(set) var times: [String: Double] = [:]
    private var last = DispatchTime.now().uptimeNanoseconds

    package init() {}

    /// Counts the time since the last step for this one.
    func mark(_ step: ExecutionPlan.Step, _ graph: Graph) { mark(name(step, graph)) }

    func mark(_ name: String) {
        let now = DispatchTime.now().uptimeNanoseconds
        times[name, default: 0] += Double(now - last) * 1e-6
        last = now
    }

    private func name(_ step: ExecutionPlan.Step, _ graph: Graph) -> String {
        switch step {
        case .loadImages: "images in"
        case .forward(let index, _): kind(graph.nodes[index])
        case .concatenate: "concatenation"
        case .add: "sum"
        case .collect: "activations out"
        case .seed: "objective"
        case .emit: "gradient out"
        case .backward(let index, _): kind(graph.nodes[index]) + " gradient"
        case .parameters(let index): kind(graph.nodes[index]) + " parameters"
        case .split(let index, _, _, _): if case .sum = graph.nodes[index].operation { "sum gradient" } else { "concatenation gradient" }
        }
    }

    private func kind(_ node: Graph.Node) -> String {
        guard case .layer(let layer) = node.operation else { return node.name }
        if let convolution = layer as? Convolution {
            return "Convolution \(convolution.kernelHeight)x\(convolution.kernelWidth)"
                + (convolution.stride > 1 ? "/\(convolution.stride)" : "")
        }
        return "\(type(of: layer))"
    }
}

extension Model {
    /// Runs forward and back to the images from one layer, with a gradient of ones there, and says where the time went.
    package func profile(of images: Tensor, at layer: String) throws -> [String: Double] {
        let node = try node(layer)
        let request = PlanRequest(
            batch: images.shape[0], height: images.shape[1], width: images.shape[2], wanted: [node], seeds: [node], targets: [0])
        let clock = StepClock()
        _ = try runner.run(request, images: images, clock: clock) { $0.mapValues { Tensor(repeating: 1, shape: $0.shape) } }
        return clock.times
    }
}
