extension NetworkSketch {
    /// VGG's shape at a small size: pairs of 3x3 convolutions with a max-pool behind each, then fully connected layers.
    ///
    /// `mini-vgg`, for 64x64 images: conv1_1 to conv4_2.
    public static func miniVGG(classCount: Int) -> NetworkSketch {
        var sketch = NetworkSketch("mini-vgg", inputSize: 64)
        var last = "input"
        for (stage, width) in [16, 32, 64, 96].enumerated() {
            for number in 1...2 {
                last = sketch.convolution("conv\(stage + 1)_\(number)", from: last, size: 3, outputs: width)
            }
            last = sketch.layer("pool\(stage + 1)", .maxPool(size: 2, stride: 2), from: last)
        }
        sketch.layer("flatten", .flatten, from: last)
        sketch.fullyConnected("fc6", from: "flatten", outputs: 128)
        sketch.classifier("fc7", from: "fc6_dropout", outputs: classCount)
        return sketch
    }
}
