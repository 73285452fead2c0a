import Tensors

/// A layer with one input: a small value with its hyper-parameters and weights, which can be applied and differentiated with
/// respect to its input. Everything is `[batch, height, width, channel]`.
///
///     let pool = MaxPool(size: 3, stride: 2)
///     let smaller = try pool(activations)
///     let back = try pool.inputGradient(ofOutput: gradient, at: activations)
public protocol NetworkLayer: Sendable {
    /// The shape that comes out for one image.
    /// - Throws: ``LayerError`` when the layer does not take this input.
    func outputShape(for input: ActivationShape) throws -> ActivationShape

    /// What a position of the output reads of the input; ``Reach/everything`` if a layer does not say more. Layers that do are given
    /// windows of their maps: see ``ActivationView/window``.
    var reach: Reach { get }

    /// Floats of scratch memory that ``forward(_:into:scratch:)`` and the backward pass need.
    func scratchCount(for input: ActivationShape, batch: Int) -> Int

    /// Writes every element of `output`.
    func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>)

    /// What of the forward pass ``backward(_:recorded:into:accumulate:rules:scratch:)`` reads under these rules.
    func backwardNeeds(_ rules: BackwardRules) -> BackwardNeeds

    /// Writes, or adds to, the gradient with respect to the input.
    func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>)
}

/// What a layer's backward pass reads of its forward pass.
public struct BackwardNeeds: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let input = BackwardNeeds(rawValue: 1)
    public static let output = BackwardNeeds(rawValue: 2)
}

/// The activations of a forward pass that were kept for the backward pass; at least those in the layer's ``BackwardNeeds``.
public struct RecordedActivations {
    public let input: ActivationView?
    public let output: ActivationView?
    public init(input: ActivationView?, output: ActivationView?) { (self.input, self.output) = (input, output) }
}

/// A layer was given something that it does not take.
public struct LayerError: Error, CustomStringConvertible, Equatable, Sendable {
    public let description: String
    init(_ description: String) { self.description = description }
}

extension NetworkLayer {
    public var reach: Reach { .everything }
    public func scratchCount(for input: ActivationShape, batch: Int) -> Int { 0 }
    public func backwardNeeds(_ rules: BackwardRules) -> BackwardNeeds { [] }

    /// The layer applied to `[batch, height, width, channel]` or `[batch, channel]`.
    /// - Throws: ``LayerError`` for any other shape.
    public func callAsFunction(_ input: Tensor) throws -> Tensor {
        let shape = try activationShape(of: input)
        let result = try outputShape(for: shape)
        let batch = input.shape[0]
        return Tensor(shape: result.tensorShape(batch: batch)) { output in
            guard let base = output.baseAddress, output.count > 0 else { return }
            withScratch(scratchCount(for: shape, batch: batch)) { scratch in
                withView(of: input, shape) { view in
                    forward(
                        view, into: ActivationView(base: base, batch: batch, shape: result, pixelStride: result.channels),
                        scratch: scratch)
                }
            }
        }
    }

    /// The gradient with respect to the input, given the gradient with respect to the output.
    /// - Throws: ``LayerError`` when the shapes do not fit the layer.
    public func inputGradient(
        ofOutput gradient: Tensor, at input: Tensor, rules: BackwardRules = .standard
    ) throws -> Tensor {
        let shape = try activationShape(of: input)
        let result = try outputShape(for: shape)
        let batch = input.shape[0]
        guard gradient.shape == result.tensorShape(batch: batch) else {
            throw LayerError("the gradient has shape \(gradient.shape); the output has \(result.tensorShape(batch: batch))")
        }
        let output = try self(input)
        return Tensor(shape: input.shape) { memory in
            guard let base = memory.baseAddress, memory.count > 0 else { return }
            withScratch(scratchCount(for: shape, batch: batch)) { scratch in
                withView(of: input, shape) { x in
                    withView(of: output, result) { y in
                        withView(of: gradient, result) { g in
                            backward(
                                g, recorded: RecordedActivations(input: x, output: y),
                                into: ActivationView(base: base, batch: batch, shape: shape, pixelStride: shape.channels),
                                accumulate: false, rules: rules, scratch: scratch)
                        }
                    }
                }
            }
        }
    }

    private func activationShape(of tensor: Tensor) throws -> ActivationShape {
        switch tensor.rank {
        case 4: ActivationShape(height: tensor.shape[1], width: tensor.shape[2], channels: tensor.shape[3])
        case 2: ActivationShape(channels: tensor.shape[1])
        default:
            throw LayerError("a layer takes [batch, height, width, channel] or [batch, channel], not the shape \(tensor.shape)")
        }
    }
}

private func withScratch(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    let scratch = UnsafeMutablePointer<Float>.allocate(capacity: max(count, 1))
    defer { scratch.deallocate() }
    body(scratch)
}

/// A view for reading; the kernels never write through the views of inputs.
private func withView(of tensor: Tensor, _ shape: ActivationShape, _ body: (ActivationView) -> Void) {
    tensor.withUnsafeScalars { scalars in
        guard let base = scalars.baseAddress else { return }
        body(
            ActivationView(
                base: UnsafeMutablePointer(mutating: base), batch: tensor.shape[0], shape: shape, pixelStride: shape.channels))
    }
}
