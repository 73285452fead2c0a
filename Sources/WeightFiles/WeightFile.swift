import Tensors

/// A file of named tensors, whatever its format: what the models of the zoo are made from.
///
///     let file = try SafetensorsFile(path: "model.safetensors")
///     file.tensorNames                           // ["conv2d0_pre_relu_conv.bias", ...]
///     try file.tensor("fc.weight").shape         // [1000, 1024]
///
/// Readers treat the bytes as untrusted: opening a file checks all that it declares, and nothing in it is ever executed.
public protocol WeightFile: Sendable {
    /// What the file is called in errors.
    var name: String { get }
    /// The names of all tensors, sorted.
    var tensorNames: [String] { get }
    /// What the file says about itself; empty for formats that have nothing of the kind.
    var metadata: [String: String] { get }
    /// In which order convolutions have their axes.
    var layout: WeightLayout { get }
    /// The shape of a tensor in the order in which the file has its axes; nil if there is no such tensor.
    func shape(of tensor: String) -> [Int]?
    /// A tensor, converted to 32-bit floats.
    /// - Throws: an error that names the file, the tensor and what is wrong with it.
    func tensor(_ tensor: String) throws -> Tensor
}

extension WeightFile {
    public var metadata: [String: String] { [:] }
    public var layout: WeightLayout { .outputsFirst }
}

/// The order of the axes of weights in a file.
public enum WeightLayout: String, Sendable {
    /// PyTorch's: `[out, in, height, width]` for convolutions, `[out, in]` for dense layers.
    case outputsFirst = "oihw"
    /// Hooke's and TensorFlow's: `[height, width, in, out]` and `[in, out]`. Networks use such tensors as they lie in the file.
    case outputsLast = "hwio"
}
