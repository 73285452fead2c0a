import Tensors

extension Objective {
    /// An objective of your own: any function of a layer's activations, whose gradient is found by itself.
    ///
    ///     let edgesOnly = Objective("17 without 26", of: "mixed3b") { x in
    ///         x[.ellipsis, 17..<18].mean() - 2 * relu(x[.ellipsis, 26..<27]).mean()
    ///     }
    ///     try model.visualize(edgesOnly - 0.01 * .totalVariation())
    ///
    /// Pictures of such objectives are not kept in the ``VisualizationCache``: nothing tells two functions apart.
    ///
    /// - Parameters:
    ///   - description: for captions.
    ///   - layer: any node of the network, or ``images`` for the pictures themselves.
    ///   - function: from the activations, `[batch, height, width, channel]` or `[batch, class]`, to a single number.
    /// - Throws: when it is evaluated, ``ObjectiveError/function(_:reason:)`` for what the function throws, and for a value that is not a single
    ///   number.
    public init(_ description: String, of layer: String, _ function: @escaping @Sendable (Variable) throws -> Variable) {
        self.init(description, of: [layer]) { try function($0[0]) }
    }

    /// An objective of your own that looks at several layers.
    ///
    ///     Objective("seen early, not late", of: ["mixed3a", "mixed4c"]) { $0[0].mean() - $0[1].mean() }
    ///
    /// - Parameter function: from the activations of the layers, in their order, to a single number.
    /// - Throws: as ``init(_:of:_:)``.
    public init(_ description: String, of layers: [String], _ function: @escaping @Sendable ([Variable]) throws -> Variable) {
        self.init(description, layers: Set(layers), identity: nil) { input throws(ObjectiveError) in
            var seen: [LayerActivations] = []
            for layer in layers { seen.append(try LayerActivations(layer, in: input, for: description)) }
            let result: (value: Float, gradients: [Tensor])
            do {
                result = try valueAndGradients(at: seen.map(\.ownEntries), of: function)
            } catch {
                throw ObjectiveError.function(description, reason: "\(error)")
            }
            return Outcome(value: result.value) { weight, gradients in
                for (layer, slope) in zip(seen, result.gradients) {
                    gradients[layer.layer]?.withUnsafeMutableScalars { gradient in
                        slope.withUnsafeScalars { for (place, value) in zip(layer.range, $0) { gradient[place] += weight * value } }
                    }
                }
            }
        }
    }
}

extension LayerActivations {
    /// The activations of the entries that count alone.
    fileprivate var ownEntries: Tensor { entries == 0..<tensor.shape[0] ? tensor : tensor.slices(entries) }
}
