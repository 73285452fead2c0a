import Tensors
import WeightFiles

extension InceptionArchitecture: Architecture {
    /// Widths that are not the published ones are nobody's files: only a caller can say that a file is of this architecture.
    public func recognizes(_ file: any WeightFile) -> Bool { false }

    /// The network with the weights of a file, which must have exactly these widths and Lucent's names.
    /// - Throws: ``WeightFileError`` naming the tensor that is missing, left over or of another shape.
    public func network(from file: any WeightFile) throws -> (graph: Graph, details: ModelDescription) {
        let reader = WeightReader(file)
        let graph = try graph { layer in
            let (weights, shape) = (layer.key + ".weight", layer.shape)
            return (
                layer.isDense
                    ? try reader.dense(weights, inputs: shape[0], outputs: shape[1])
                    : try reader.convolution(weights, size: shape[0], inputs: shape[2], outputs: shape[3]),
                try reader.vector(layer.key + ".bias", count: layer.outputs)
            )
        }
        try reader.finish(name)
        return (graph, details)
    }
}

extension Tensor {
    /// PyTorch's `[out, in, height, width]` as `[height, width, in, out]`, and `[out, in]` as `[in, out]`.
    func withOutputsLast() -> Tensor {
        let (outputs, inputs) = (shape[0], shape[1]), positions = rank == 4 ? shape[2] * shape[3] : 1
        return Tensor(shape: (rank == 4 ? [shape[2], shape[3]] : []) + [inputs, outputs]) { result in
            withUnsafeScalars { from in
                for o in 0..<outputs {
                    for i in 0..<inputs {
                        for p in 0..<positions { result[(p * inputs + i) * outputs + o] = from[(o * inputs + i) * positions + p] }
                    }
                }
            }
        }
    }

    /// The inverse of ``withOutputsLast()``.
    func withOutputsFirst() -> Tensor {
        let (outputs, inputs) = (shape[rank - 1], shape[rank - 2]), positions = rank == 4 ? shape[0] * shape[1] : 1
        return Tensor(shape: [outputs, inputs] + (rank == 4 ? [shape[0], shape[1]] : [])) { result in
            withUnsafeScalars { from in
                for o in 0..<outputs {
                    for i in 0..<inputs {
                        for p in 0..<positions { result[(o * inputs + i) * positions + p] = from[(p * inputs + i) * outputs + o] }
                    }
                }
            }
        }
    }
}
