import Foundation
import Tensors
import WeightFiles

extension InceptionArchitecture {
    /// The architecture that a weight file is for, by its metadata; a file without metadata that has InceptionV1's first layer (as
    /// converted from Lucent's `inception5h.pth`) is InceptionV1.
    init(of file: SafetensorsFile) throws {
        let name = file.metadata["architecture"]
        let classCount = file.shape(of: Self.logits + "_matmul.weight")?.first
        switch (name, file.shape(of: "conv2d0_pre_relu_conv.weight")) {
        case ("inceptionv1", _), (nil, [64, 3, 7, 7]):
            self = .inceptionV1
            self.classCount = classCount ?? self.classCount
        case ("mini-inception", _): self = .miniInception(classCount: classCount ?? 1)
        default:
            throw WeightFileError.unknownArchitecture(name, file: file.name, known: ["mini-inception", "inceptionv1"])
        }
    }

    /// The graph with the weights of a file.
    /// - Throws: ``WeightFileError`` naming the tensor that is missing, left over or of another shape.
    func graph(from file: SafetensorsFile) throws -> Graph {
        let layers = weightedLayers
        let expected = Set(layers.flatMap { [$0.key + ".weight", $0.key + ".bias"] })
        func read(_ tensor: String, _ shape: [Int]) throws -> Tensor {
            guard let found = file.shape(of: tensor) else {
                throw WeightFileError.missing(tensor: tensor, file: file.name, expected: shape)
            }
            guard found == shape else {
                throw WeightFileError.shape(tensor: tensor, file: file.name, expected: shape, found: found)
            }
            let result = try file.tensor(tensor)
            guard result.scalars.allSatisfy(\.isFinite) else { throw WeightFileError.notFinite(tensor: tensor, file: file.name) }
            return result
        }
        let graph = try graph { layer in
            let weights = try read(layer.key + ".weight", layer.fileShape)
            let bias = try read(layer.key + ".bias", [layer.outputs])
            return (weights.withOutputsLast(), bias)
        }
        let extra = file.tensorNames.filter { !expected.contains($0) }
        guard extra.isEmpty else { throw WeightFileError.unexpected(tensors: extra, file: file.name, architecture: name) }
        return graph
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
