import Circuits
import Networks
import Tensors

/// One network with random weights on random images, and what can be timed about it.
struct Workload {
    let name: String
    let model: Model
    let images: Tensor
    /// Where the objective looks: the classifier where the images have the network's size, else the last block.
    let layer: String
    private let seed: Tensor
    private let architecture: InceptionArchitecture
    /// Made when it is first measured.
    private var trainer: Trainer?
    private var products: BareProducts
    private var visualizations: UInt64 = 0

    /// - Parameter name: "inceptionv1" or "mini-inception".
    init(_ name: String, size: Int, batch: Int) throws {
        let architecture: InceptionArchitecture
        switch name {
        case "inceptionv1": architecture = .inceptionV1
        case "mini-inception": architecture = .miniInception(classCount: 12)
        default: throw WorkloadError(name: name)
        }
        (self.name, self.architecture) = (name, architecture)
        model = try Model(random: architecture)
        var random = CounterRandom(seed: 1)
        images = Tensor(shape: [batch, size, size, 3], scalars: (0..<batch * size * size * 3).map { _ in Float(random.uniform()) })
        layer = size == architecture.inputSize ? "softmax2_pre_activation" : architecture.blocks.last?.name ?? "conv2d2"
        guard let activations = try model.activations(of: images, at: [layer])[layer] else { throw WorkloadError(name: layer) }
        seed = Tensor(repeating: 1, shape: activations.shape)
        products = try BareProducts(model, batch: batch, height: size, width: size, upTo: layer)
    }

    var gigaflops: (forward: Double, backward: Double) { (products.gigaflops(products.forward), products.gigaflops(products.backward)) }

    enum Kind: String, CaseIterable {
        case forward, gradient, train, bareForward = "bare-forward", bareBoth = "bare-both"
        /// What the report compares with the bare products.
        static let reported: [Kind] = [.forward, .gradient, .bareForward, .bareBoth]
    }

    /// Milliseconds of one run on so many threads; `gradient` is forward and gradient with respect to the images, `train`
    /// a step of training with batch normalization and AdamW, `bare...` the products alone.
    mutating func time(_ kind: Kind, threads: Int) throws -> Double {
        return try Compute.with(threads: threads) { try time(kind) }
    }

    private var labels: [Int] { (0..<images.shape[0]).map { $0 % architecture.classCount } }

    private mutating func training() throws -> Trainer {
        if let trainer { return trainer }
        let made = try Trainer(
            architecture.trainingGraph(seed: 1), output: architecture.trainingOutput,
            data: TensorData(images: images, labels: labels),
            settings: TrainingSettings(
                batch: images.shape[0], steps: 100_000, rule: .adamW(), rate: 3e-3, schedule: .oneCycle(warmUpShare: 0.15), decay: 0.3,
                smoothing: 0.05))
        trainer = made
        return made
    }

    /// Where the time of a training step goes.
    mutating func trainingProfile() throws -> [String: Double] { try training().profile(on: images, labels: labels) }

    /// Milliseconds of one step of a feature visualization of a channel, end to end: parametrization, transforms, network, optimizer.
    /// What is done once, and the first 16 steps with their redirected gradients, are left out.
    mutating func visualizationTime(at layer: String, size: Int, threads: Int) throws -> Double {
        func total(steps: Int) throws -> Double {
            visualizations += 1
            let seed = visualizations  // a picture that was made before would come from the cache
            return try milliseconds { _ = try model.visualize(.channel(layer, 7), size: size, steps: steps, seed: seed, showProgress: false) }
        }
        return try Compute.with(threads: threads) {
            let short = try total(steps: 20)
            return (try total(steps: 40) - short) / 20
        }
    }

    private mutating func time(_ kind: Kind) throws -> Double {
        switch kind {
        case .forward: try milliseconds { _ = try model.activations(of: images, at: [layer]) }
        case .gradient: try milliseconds { _ = try model.gradient(of: images, at: [layer]) { _ in (0, [layer: seed]) } }
        case .train: try milliseconds { _ = try training().train(on: images, labels: labels) }
        case .bareForward: milliseconds { products.run(products.forward, transposed: false) }
        case .bareBoth:
            milliseconds {
                products.run(products.forward, transposed: false)
                products.run(products.backward, transposed: true)
            }
        }
    }
}

struct WorkloadError: Error, CustomStringConvertible {
    let name: String
    var description: String { "there is no '\(name)' to measure; there are inceptionv1 and mini-inception" }
}
