extension NetworkSketch {
    /// AlexNet's shape at a small size: two columns that do not see each other in the first two layers (*Branch Specialization*), then
    /// layers over both, then fully connected ones; max-pools overlap, and local response normalization follows the first two layers.
    ///
    /// `mini-alexnet`, for 64x64 images: conv1 and conv2 have the branches `a` and `b`.
    public static func miniAlexNet(classCount: Int) -> NetworkSketch {
        var sketch = NetworkSketch("mini-alexnet", inputSize: 64)
        func normalizedAndPooled(_ columns: [String], _ number: Int) -> [String] {
            zip(columns, ["a", "b"]).map { column, branch in
                let norm = sketch.layer("norm\(number)_\(branch)", .responseNormalization, from: column)
                return sketch.layer("pool\(number)_\(branch)", .maxPool(size: 3, stride: 2), from: norm)
            }
        }
        let conv1 = sketch.branchedConvolution("conv1", branches: ["a", "b"], from: ["input", "input"], size: 9, outputs: 16, stride: 2)
        let pool1 = normalizedAndPooled(conv1, 1)
        let conv2 = sketch.branchedConvolution("conv2", branches: ["a", "b"], from: pool1, size: 5, outputs: 32)
        let pool2 = normalizedAndPooled(conv2, 2)
        let both = sketch.layer("pool2", .concatenation, from: pool2[0], pool2[1])
        let conv3 = sketch.convolution("conv3", from: both, size: 3, outputs: 96)
        let conv4 = sketch.convolution("conv4", from: conv3, size: 3, outputs: 96)
        let conv5 = sketch.convolution("conv5", from: conv4, size: 3, outputs: 64)
        sketch.layer("pool5", .maxPool(size: 3, stride: 2), from: conv5)
        sketch.layer("flatten", .flatten, from: "pool5")
        sketch.fullyConnected("fc6", from: "flatten", outputs: 128)
        sketch.fullyConnected("fc7", from: "fc6_dropout", outputs: 128)
        sketch.classifier("fc8", from: "fc7_dropout", outputs: classCount)
        return sketch
    }

    /// Adds a fully connected layer with its ReLU, and the dropout behind it (`<name>_dropout`).
    mutating func fullyConnected(_ name: String, from input: String, outputs: Int, dropout: Double = 0.3) {
        layers.append(CanonicalLayer(name))
        layer(name, .dense(outputs: outputs, isRectified: true), from: input)
        layer(name + "_dropout", .dropout(rate: dropout), from: name)
    }
}
