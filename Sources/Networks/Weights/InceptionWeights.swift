import Tensors
import WeightFiles

extension InceptionArchitecture: Architecture {
    /// Widths that are not the published ones are nobody's files: only a caller can say that a file is of this architecture.
    public func recognizes(_ file: any WeightFile) -> Bool { false }

    /// The network with the weights of a file, which must have exactly these widths and one of the published ways of naming: Lucent's,
    /// captum.optim's or TensorFlow's. Tensors of auxiliary heads that the architecture does not have are left out.
    /// - Throws: ``WeightFileError`` naming the tensor that is missing, left over or of another shape.
    public func network(from file: any WeightFile) throws -> (graph: Graph, details: ModelDescription) {
        let naming = InceptionNaming(of: file) ?? .lucent
        let reader = WeightReader(file, layout: naming.layout(of: file))
        let graph = try graph { layer in
            let (weights, shape) = (naming.weights(of: layer.name), layer.shape)
            let bias = try reader.vector(naming.bias(of: layer.name), count: layer.outputs)
            guard layer.isDense else { return (try reader.convolution(weights, size: shape[0], inputs: shape[2], outputs: shape[3]), bias) }
            let matrix = try reader.dense(weights, inputs: shape[0], outputs: shape[1])
            let readsPositions = naming == .tensorFlow && layer.name.hasPrefix("nn")
            return (readsPositions ? matrix.withInputChannelsFirst(positions: AuxiliaryHead.positions) : matrix, bias)
        }
        reader.skip { name in
            switch naming {
            case .lucent: false
            case .captum: name.hasPrefix("aux")
            // A graph has constants of other kinds too: axes and shapes.
            case .tensorFlow:
                !name.hasSuffix("_w") && !name.hasSuffix("_b") || ["head", "nn", "softmax0", "softmax1"].contains(where: name.hasPrefix)
            }
        }
        try reader.finish(name)
        return (graph, details)
    }
}

extension Tensor {
    /// The matrix of a layer behind a flattened map, `[position * channel, out]`, in the order of ``Flatten``: `[channel * position, out]`.
    func withInputChannelsFirst(positions: Int) -> Tensor {
        let (channels, outputs) = (shape[0] / positions, shape[1])
        return reshaped([positions, channels, outputs]).permuted(1, 0, 2).reshaped([channels * positions, outputs])
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
