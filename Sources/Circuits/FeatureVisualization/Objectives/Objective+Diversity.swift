import Tensors

extension Objective {
    /// How alike the images of a batch are in style: the sum over pairs of the products of their normalized Gram matrices,
    /// divided by the number of images; used with a negative weight.
    ///
    /// `(1/B) Σ_{i≠j} ⟨G_i, G_j⟩`, where `G = XᵀX / ‖XᵀX‖` and `X` is `[positions, channels]`. After "Feature Visualization" (Distill, 2017), section "Diversity".
    public static func diversity(_ layer: String) -> Objective {
        onLayer(layer, "diversity \(layer)", values: []) { x throws(ObjectiveError) in
            let (channels, positions, tensor) = (x.channels, x.positions, x.tensor)
            let entries = Array(x.entries)
            var grams: [Tensor] = []
            var norms: [Float] = []
            for entry in entries {
                var gram = Tensor(zeros: [channels, channels])
                gram.withUnsafeMutableScalars { gram in
                    tensor.withUnsafeScalars { x in
                        guard let gram = gram.baseAddress, let x = x.baseAddress else { return }
                        let flat = x + entry * positions * channels
                        matrixMultiply(
                            m: channels, n: channels, k: positions, flat, lda: channels, transposeA: true,
                            flat, ldb: channels, gram, ldc: channels)
                    }
                }
                // TensorFlow's l2_normalize: the squared norm is at least epsilon.
                let norm = Swift.max(gram.norm(), 1e-5)
                norms.append(norm)
                grams.append(gram / norm)
            }
            let products = grams.map { a in grams.map { b in Self.inner(a, b) } }
            var value: Float = 0
            for i in grams.indices { for j in grams.indices where i != j { value += products[i][j] } }
            let scale = 1 / Float(entries.count)
            return (value * scale, { weight, gradient in
                for (i, entry) in entries.enumerated() {
                    // The gradient of the normalized Gram matrix, then of the matrix itself, then of X: 2 X G'.
                    var slope = Tensor(zeros: [channels, channels])
                    for j in grams.indices where j != i { slope = slope + grams[j] }
                    if norms[i] > 1e-5 {
                        let along = products[i].enumerated().reduce(0) { $0 + ($1.offset == i ? 0 : $1.element) }
                        slope = slope - grams[i] * along
                    }
                    let factor = 4 * weight * scale / norms[i]
                    tensor.withUnsafeScalars { x in
                        slope.withUnsafeScalars { slope in
                            guard let x = x.baseAddress, let slope = slope.baseAddress, let gradient = gradient.baseAddress else { return }
                            let start = entry * positions * channels
                            matrixMultiply(
                                m: positions, n: channels, k: channels, alpha: factor, x + start, lda: channels,
                                slope, ldb: channels, beta: 1, gradient + start, ldc: channels)
                        }
                    }
                }
            })
        }
    }

    private static func inner(_ a: Tensor, _ b: Tensor) -> Float {
        a.withUnsafeScalars { a in
            b.withUnsafeScalars { b in
                var sum: Float = 0
                for i in 0..<a.count { sum += a[i] * b[i] }
                return sum
            }
        }
    }
}

extension Objective {
    /// An objective for a batch of images that should reach it in different ways: `objective - weight * |objective| * similarity`, where
    /// the similarity is ``diversity(_:)`` divided by the number of others, and `|objective|` counts as a constant in the gradient.
    ///
    /// Lucid subtracts `1e2 * diversity`, a weight that suits activations as large as InceptionV1's. Relative to the objective,
    /// diversity counts the same in every network and layer.
    public static func unlike(_ objective: Objective, in layer: String, images: Int, weight: Float) -> Objective {
        guard images > 1 else { return objective }
        let similarity = diversity(layer)
        return Objective(
            "\(objective.description), \(images) different", layers: objective.layers.union([layer]),
            identity: identity("unlike \(layer) \(images) \(weight)", of: [objective])
        ) { input throws(ObjectiveError) in
            let (reached, alike) = (try objective.evaluation(input), try similarity.evaluation(input))
            let scale = weight * abs(reached.value) / Float(images - 1)
            return Outcome(value: reached.value - scale * alike.value) { weight, gradients in
                reached.addGradient(weight, &gradients)
                alike.addGradient(-weight * scale, &gradients)
            }
        }
    }
}
