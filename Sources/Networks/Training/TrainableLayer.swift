import Tensors

/// A layer with parameters that training changes. It is a value: a step of an optimizer makes a new layer with other parameters.
///
///     let gradients = try convolution.parameterGradients(ofOutput: gradient, at: input)     // [weights, bias]
public protocol TrainableLayer: NetworkLayer {
    /// What training changes, in an order that never changes.
    var parameters: [LayerParameter] { get }

    /// The same layer with other values of ``parameters``, in their order and shapes.
    /// - Throws: ``LayerError`` when the shapes do not fit.
    func replacing(parameters: [Tensor]) throws -> Self

    /// Floats of scratch memory that ``sumParameterGradients(_:input:into:scratch:)`` needs.
    func parameterScratchCount(for input: ActivationShape, batch: Int) -> Int

    /// Writes the gradients with respect to the parameters, summed over the batch, in the order of ``parameters``.
    /// The bits of the result do not depend on the number of threads. The input is that of the last forward pass.
    func sumParameterGradients(
        _ outputGradient: ActivationView, input: ActivationView, into gradients: [UnsafeMutablePointer<Float>],
        scratch: UnsafeMutablePointer<Float>)
}

/// One of a layer's parameters.
public struct LayerParameter: Sendable {
    /// "weights", "bias", "gamma", "beta".
    public let name: String
    public let value: Tensor
    /// Whether weight decay applies: to weights that multiply, not to biases and normalizations.
    public let decays: Bool

    public init(_ name: String, _ value: Tensor, decays: Bool) { (self.name, self.value, self.decays) = (name, value, decays) }
}

extension TrainableLayer {
    /// The gradients with respect to the parameters, given the gradient with respect to the output.
    /// - Throws: ``LayerError`` when the shapes do not fit the layer.
    public func parameterGradients(ofOutput gradient: Tensor, at input: Tensor) throws -> [Tensor] {
        // The forward pass checks the shapes, and leaves the statistics of the batch to layers that have them.
        let output = try self(input)
        guard gradient.shape == output.shape else {
            throw LayerError("the gradient has shape \(gradient.shape); the output has \(output.shape)")
        }
        let batch = input.shape[0]
        func shape(_ tensor: Tensor) -> ActivationShape {
            tensor.rank == 4
                ? ActivationShape(height: tensor.shape[1], width: tensor.shape[2], channels: tensor.shape[3])
                : ActivationShape(channels: tensor.shape[1])
        }
        func view(_ tensor: Tensor, _ base: UnsafePointer<Float>) -> ActivationView {
            let shape = shape(tensor)
            return ActivationView(base: UnsafeMutablePointer(mutating: base), batch: batch, shape: shape, pixelStride: shape.channels)
        }
        let parameters = parameters
        guard input.count > 0, gradient.count > 0 else { return parameters.map { Tensor(zeros: $0.value.shape) } }
        let memory = parameters.map { UnsafeMutablePointer<Float>.allocate(capacity: $0.value.count) }
        let scratch = UnsafeMutablePointer<Float>.allocate(capacity: parameterScratchCount(for: shape(input), batch: batch) + 1)
        defer { (memory + [scratch]).forEach { $0.deallocate() } }
        input.withUnsafeScalars { x in
            gradient.withUnsafeScalars { g in
                sumParameterGradients(view(gradient, g.baseAddress!), input: view(input, x.baseAddress!), into: memory, scratch: scratch)
            }
        }
        return zip(parameters, memory).map { parameter, memory in
            Tensor(shape: parameter.value.shape, scalars: Array(UnsafeBufferPointer(start: memory, count: parameter.value.count)))
        }
    }
}
