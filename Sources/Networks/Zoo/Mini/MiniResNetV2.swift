extension NetworkSketch {
    /// ResNetV2's shape at a small size: bottleneck blocks with pre-activation, whose sums nothing rectifies (He et al. 2016).
    ///
    /// `mini-resnetv2`, for 64x64 images: three stages of two blocks.
    ///
    /// A block `block1_1` is the sum of its input (through the 1x1 convolution `block1_1_shortcut` where sizes change) and of what
    /// `block1_1_conv1` (1x1), `block1_1_conv2` (3x3, with the stride) and `block1_1_conv3` (1x1) make of `block1_1_preact`.
    public static func miniResNetV2(classCount: Int) -> NetworkSketch {
        var sketch = NetworkSketch("mini-resnetv2", inputSize: 64)
        sketch.layers.append(CanonicalLayer("conv1"))
        var last = sketch.layer("conv1", .plainConvolution(size: 7, outputs: 32, stride: 2), from: "input")
        for (stage, width) in [64, 128, 192].enumerated() {
            for number in 1...2 {
                let name = "block\(stage + 1)_\(number)", input = last, stride = number == 1 ? 2 : 1
                let active = sketch.layer(name + "_preact", .activation, from: input)
                let narrow = sketch.layer(name + "_conv1", .convolution(size: 1, outputs: width / 4, stride: 1), from: active)
                let middle = sketch.layer(name + "_conv2", .convolution(size: 3, outputs: width / 4, stride: stride), from: narrow)
                let residual = sketch.layer(name + "_conv3", .plainConvolution(size: 1, outputs: width, stride: 1), from: middle)
                let shortcut =
                    number == 1
                    ? sketch.layer(name + "_shortcut", .plainConvolution(size: 1, outputs: width, stride: stride), from: active) : input
                last = sketch.layer(name, .sum, from: residual, shortcut)
                sketch.layers.append(CanonicalLayer(name))
            }
        }
        sketch.layers.append(CanonicalLayer("postnorm"))
        sketch.layer("postnorm", .activation, from: last)
        sketch.layer("avgpool", .globalAverage, from: "postnorm")
        sketch.layer("dropout", .dropout(rate: 0.2), from: "avgpool")
        sketch.classifier("fc", from: "dropout", outputs: classCount)
        return sketch
    }
}
