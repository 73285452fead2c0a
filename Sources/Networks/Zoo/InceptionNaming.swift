import Tensors
import WeightFiles

/// What the published conversions of InceptionV1 call the same weights.
///
/// | Hooke's layer | Lucent, before `.weight` | captum.optim, before `.weight` | TensorFlow's graph |
/// |---|---|---|---|
/// | `conv2d0` | `conv2d0_pre_relu_conv` | `conv1` | `conv2d0_w` |
/// | `mixed3a_3x3_bottleneck` | `mixed3a_3x3_bottleneck_pre_relu_conv` | `mixed3a.conv_3x3_reduce` | `mixed3a_3x3_bottleneck_w` |
/// | `mixed3a_pool_reduce` | `mixed3a_pool_reduce_pre_relu_conv` | `mixed3a.pool_proj` | `mixed3a_pool_reduce_w` |
/// | `softmax2_pre_activation` | `softmax2_pre_activation_matmul` | `fc` | `softmax2_w` |
/// | `head0_bottleneck` | `head0_bottleneck_pre_relu_conv` | `aux1.conv` | `head0_bottleneck_w` |
/// | `nn0` | `nn0_pre_relu_matmul` | `aux1.fc1` | `nn0_w` |
/// | `softmax0_pre_activation` | `softmax0_pre_activation_matmul` | `aux1.fc2` | `softmax0_w` |
///
/// PyTorch's files have `[out, in, height, width]`, TensorFlow's `[height, width, in, out]`. Lucent publishes no auxiliary heads; where
/// Hooke writes them, it goes on with Lucent's way of naming.
enum InceptionNaming: CaseIterable {
    case lucent, captum, tensorFlow

    /// The naming that a file follows; nil if it is none of them.
    init?(of file: any WeightFile) {
        let found = Self.allCases.first { naming in
            [("conv2d0", 4), ("mixed3a_pool_reduce", 4)].allSatisfy { file.shape(of: naming.weights(of: $0))?.count == $1 }
                && file.shape(of: naming.bias(of: "conv2d0"))?.count == 1
        }
        guard let found else { return nil }
        self = found
    }

    /// How a file that follows this naming has its axes.
    func layout(of file: any WeightFile) -> WeightLayout { self == .tensorFlow ? .outputsLast : file.layout }

    func weights(of layer: String) -> String { key(layer) + (self == .tensorFlow ? "_w" : ".weight") }
    func bias(of layer: String) -> String { key(layer) + (self == .tensorFlow ? "_b" : ".bias") }

    /// Inputs and outputs of a layer in a file; nil where the file has no such layer.
    func shape(of layer: String, in file: any WeightFile) -> (inputs: Int, outputs: Int)? {
        guard let shape = file.shape(of: weights(of: layer)), shape.count == 4 || shape.count == 2 else { return nil }
        return layout(of: file) == .outputsFirst ? (shape[1], shape[0]) : (shape[shape.count - 2], shape[shape.count - 1])
    }

    /// What comes before `.weight` and `.bias`, or `_w` and `_b`.
    func key(_ layer: String) -> String {
        switch self {
        case .lucent:
            return layer + (Self.isDense(layer) ? (layer.hasPrefix("nn") ? "_pre_relu_matmul" : "_matmul") : "_pre_relu_conv")
        case .tensorFlow:
            return layer.hasSuffix(Self.logits) ? String(layer.dropLast(Self.logits.count)) : layer
        case .captum:
            if let special = Self.captumNames[layer] { return special }
            let parts = layer.split(separator: "_", maxSplits: 1).map(String.init)
            guard parts.count == 2, let branch = Self.captumBranches[parts[1]] else { return layer }
            return parts[0] + "." + branch
        }
    }

    private static let logits = "_pre_activation"
    private static func isDense(_ layer: String) -> Bool { layer.hasSuffix(logits) || layer.hasPrefix("nn") }

    private static let captumBranches = [
        "1x1": "conv_1x1", "3x3_bottleneck": "conv_3x3_reduce", "3x3": "conv_3x3", "5x5_bottleneck": "conv_5x5_reduce", "5x5": "conv_5x5",
        "pool_reduce": "pool_proj",
    ]
    private static let captumNames = [
        "conv2d0": "conv1", "conv2d1": "conv2", "conv2d2": "conv3", "softmax2_pre_activation": "fc",
        "head0_bottleneck": "aux1.conv", "nn0": "aux1.fc1", "softmax0_pre_activation": "aux1.fc2",
        "head1_bottleneck": "aux2.conv", "nn1": "aux2.fc1", "softmax1_pre_activation": "aux2.fc2",
    ]
}
