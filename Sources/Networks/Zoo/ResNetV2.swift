import WeightFiles

/// timm's ResNetV2-50 (`resnetv2_50.a1h_in1k`; He et al. 2016, "Identity mappings in deep residual networks"): normalization and ReLU stand
/// before the convolutions, and nothing on the way from block to block. It is neither TF-Slim's, whose features Microscope showed, nor
/// a BiT network, which has other normalizations under the same names.
///
/// Nodes have the names of timm's modules: `stem.conv`, `stages.0.blocks.0` (the sum), its `norm1`, `norm2`, `norm3` (with their ReLU;
/// before it `<name>_pre_relu`), `conv3` and `downsample.conv`, then `norm` and `head.fc`. The normalizations `norm2` and `norm3` are part
/// of the convolutions before them; `norm1` and the last one, which read a sum, stay layers.
struct ResNetV2: Architecture {
    let name = "resnetv2_50"
    private let depths = [3, 4, 6, 3]

    func recognizes(_ file: any WeightFile) -> Bool {
        // Group normalization, of BiT networks, has no running averages.
        file.shape(of: "stem.conv.weight")?.suffix(3) == [3, 7, 7] && file.shape(of: "stages.2.blocks.5.norm1.running_mean") != nil
            && file.shape(of: "stages.2.blocks.6.norm1.weight") == nil && file.shape(of: "stages.3.blocks.2.conv3.weight") != nil
    }

    var publication: Publication? {
        .torch(
            "https://github.com/huggingface/pytorch-image-models/releases/download/v0.1-rsb-weights/resnetv2_50_a1h-000cdf49.pth",
            note: "timm (a1h_in1k)")
    }

    func network(from file: any WeightFile) throws -> (graph: Graph, details: ModelDescription) {
        var network = NetworkBuilder(file, normalization: .range(-1...1))
        try network.convolution("stem.conv", weights: "stem.conv", size: 7, stride: 2, padding: .all(3))
        network.layers.append(CanonicalLayer("stem.conv"))
        network.add("stem.pool", MaxPool(size: 3, stride: 2, padding: .all(1)))
        for (stage, depth) in depths.enumerated() {
            for block in 0..<depth {
                try bottleneck("stages.\(stage).blocks.\(block)", stride: stage > 0 && block == 0 ? 2 : 1, isFirst: block == 0, &network)
            }
        }
        try network.normalization("norm_pre_relu", weights: "norm")
        network.add("norm", ReLU())
        network.layers.append(CanonicalLayer("norm"))
        network.add("head.global_pool", GlobalAveragePool())
        let kernel = try network.reader.convolution("head.fc.weight", size: 1, inputs: network.channels)
        try network.dense("head.fc", weights: kernel.reshaped(Array(kernel.shape.suffix(2))), bias: "head.fc.bias")
        network.add("softmax", Softmax())
        return try network.finish(name, inputSize: 224, logits: "head.fc")
    }

    /// Normalization, ReLU and convolution three times, added to what came in. The first block of a stage has another width, and perhaps a
    /// stride: there what came in passes the first normalization and a convolution.
    private func bottleneck(_ name: String, stride: Int, isFirst: Bool, _ network: inout NetworkBuilder) throws {
        var shortcut = network.last
        try network.normalization(name + ".norm1_pre_relu", weights: name + ".norm1")
        network.add(name + ".norm1", ReLU())
        if isFirst {
            shortcut = name + ".downsample.conv"
            try network.convolution(shortcut, weights: shortcut, size: 1, stride: stride, padding: .valid)
            network.resume(at: name + ".norm1")
        }
        try network.convolution(
            name + ".norm2_pre_relu", weights: name + ".conv1", size: 1, padding: .valid, normalization: name + ".norm2")
        network.add(name + ".norm2", ReLU())
        try network.convolution(
            name + ".norm3_pre_relu", weights: name + ".conv2", size: 3, stride: stride, padding: .all(1), normalization: name + ".norm3")
        network.add(name + ".norm3", ReLU())
        try network.convolution(name + ".conv3", weights: name + ".conv3", size: 1, padding: .valid)
        network.sum(name, [name + ".conv3", shortcut])
        network.layers.append(CanonicalLayer(name))
    }
}
