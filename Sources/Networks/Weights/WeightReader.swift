import Tensors
import WeightFiles

/// Reads the tensors of a network from a weight file and checks each: there, of the shape expected, finite. Results are in Hooke's layout.
///
///     let reader = WeightReader(file)
///     let weights = try reader.convolution("features.0.weight", size: 11, inputs: 3)       // [11, 11, 3, out], `out` as in the file
///     let bias = try reader.vector("features.0.bias", count: weights.shape[3])
///     try reader.finish("alexnet")
///
/// It is used by one thread while a network is made.
public final class WeightReader {
    public let file: any WeightFile
    /// How the file has the axes of its weights.
    public let layout: WeightLayout
    private var used: Set<String> = []

    /// - Parameter layout: where names tell it and the file does not.
    public init(_ file: any WeightFile, layout: WeightLayout? = nil) { (self.file, self.layout) = (file, layout ?? file.layout) }

    /// Whether there is such a tensor.
    public func has(_ tensor: String) -> Bool { file.shape(of: tensor) != nil }

    /// A tensor as it is in the file.
    /// - Throws: ``WeightFileError`` when it is missing, of another shape or not finite.
    public func tensor(_ tensor: String, shape: [Int]) throws -> Tensor {
        guard let found = file.shape(of: tensor) else { throw WeightFileError.missing(tensor: tensor, file: file.name, expected: shape) }
        guard found == shape else { throw WeightFileError.shape(tensor: tensor, file: file.name, expected: shape, found: found) }
        used.insert(tensor)
        let result = try file.tensor(tensor)
        guard result.firstNonfinite == nil else { throw WeightFileError.notFinite(tensor: tensor, file: file.name) }
        return result
    }

    /// A vector: a bias, or a statistic of a normalization.
    /// - Parameter count: its length; nil to take the file's.
    /// - Throws: as ``tensor(_:shape:)``.
    public func vector(_ name: String, count: Int? = nil) throws -> Tensor {
        try tensor(name, shape: [count ?? found(name).first ?? 0])
    }

    /// The weights of a convolution, `[size, size, inputs, outputs]`.
    /// - Parameters:
    ///   - inputs: of one group.
    ///   - outputs: nil to take the file's.
    /// - Throws: as ``tensor(_:shape:)``.
    public func convolution(_ name: String, size: Int, inputs: Int, outputs: Int? = nil) throws -> Tensor {
        try convolution(name, height: size, width: size, inputs: inputs, outputs: outputs)
    }

    /// The same for a kernel that is not square.
    /// - Throws: as ``tensor(_:shape:)``.
    public func convolution(_ name: String, height: Int, width: Int, inputs: Int, outputs: Int? = nil) throws -> Tensor {
        switch layout {
        case .outputsFirst: try tensor(name, shape: [outputs ?? found(name).first ?? 0, inputs, height, width]).withOutputsLast()
        case .outputsLast: try tensor(name, shape: [height, width, inputs, outputs ?? found(name).last ?? 0])
        }
    }

    /// The weights of a dense layer, `[inputs, outputs]`.
    /// - Throws: as ``tensor(_:shape:)``.
    public func dense(_ name: String, inputs: Int, outputs: Int? = nil) throws -> Tensor {
        switch layout {
        case .outputsFirst: try tensor(name, shape: [outputs ?? found(name).first ?? 0, inputs]).withOutputsLast()
        case .outputsLast: try tensor(name, shape: [inputs, outputs ?? found(name).last ?? 0])
        }
    }

    /// PyTorch's `<prefix>.weight`, `.bias`, `.running_mean` and `.running_var`; `.num_batches_tracked` is of no use.
    /// - Parameter epsilon: PyTorch's default; torchvision's Inception networks have 1e-3.
    /// - Throws: as ``tensor(_:shape:)``, and ``LayerError`` for variances that cannot be.
    public func batchNormalization(_ prefix: String, channels: Int, epsilon: Double = 1e-5) throws -> BatchNormalization {
        used.insert(prefix + ".num_batches_tracked")
        return try BatchNormalization(
            gamma: vector(prefix + ".weight", count: channels), beta: vector(prefix + ".bias", count: channels),
            mean: vector(prefix + ".running_mean", count: channels), variance: vector(prefix + ".running_var", count: channels),
            epsilon: epsilon)
    }

    /// Says that some tensors are known and not needed, such as those of auxiliary heads.
    public func skip(where isKnown: (String) -> Bool) { used.formUnion(file.tensorNames.filter(isKnown)) }

    /// Ends reading.
    /// - Throws: ``WeightFileError/unexpected(tensors:file:architecture:)`` naming tensors that were neither read nor skipped: the file is
    ///   another network's.
    public func finish(_ architecture: String) throws {
        let extra = file.tensorNames.filter { !used.contains($0) }
        guard extra.isEmpty else { throw WeightFileError.unexpected(tensors: extra, file: file.name, architecture: architecture) }
    }

    /// The shape in the file.
    private func found(_ name: String) throws -> [Int] {
        guard let shape = file.shape(of: name) else { throw WeightFileError.missing(tensor: name, file: file.name, expected: []) }
        return shape
    }
}
