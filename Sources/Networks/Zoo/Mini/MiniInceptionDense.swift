extension NetworkSketch {
    /// mini-inception without its global average pooling: a fully connected layer sees every position of the last block on its own, as in
    /// the networks that show no weight banding (*Weight Banding*).
    ///
    /// `mini-inception-dense`, for 64x64 images: the layers of `mini-inception` up to `mixed5a`.
    public static func miniInceptionDense(classCount: Int) -> NetworkSketch {
        let shape = InceptionArchitecture.miniInception(classCount: classCount)
        var sketch = NetworkSketch("mini-inception-dense", inputSize: shape.inputSize, inputRange: shape.inputRange)
        sketch.convolution("conv2d0", from: "input", size: 7, outputs: shape.stem[0], stride: 2)
        sketch.layer("localresponsenorm0", .responseNormalization, from: "conv2d0")
        sketch.convolution("conv2d1", from: "localresponsenorm0", size: 1, outputs: shape.stem[1])
        sketch.convolution("conv2d2", from: "conv2d1", size: 3, outputs: shape.stem[2])
        var last = sketch.layer("localresponsenorm1", .responseNormalization, from: "conv2d2")
        for block in shape.blocks {
            if let pool = block.poolBefore { last = sketch.layer(pool, .maxPool(size: 3, stride: 2), from: last) }
            last = sketch.inceptionBlock(block, from: last)
        }
        sketch.layer("flatten", .flatten, from: last)
        sketch.layer("dropout", .dropout(rate: 0.5), from: "flatten")
        sketch.classifier(InceptionArchitecture.logits, from: "dropout", outputs: classCount, softmax: InceptionArchitecture.probabilities)
        return sketch
    }
}
