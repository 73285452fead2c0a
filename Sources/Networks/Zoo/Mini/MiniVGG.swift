import WeightFiles

/// VGG's shape at a small size: pairs of 3x3 convolutions with a max-pool behind each, then fully connected layers.
struct MiniVGG: Architecture {
    let name = "mini-vgg"

    /// Only the metadata tells a small network from others with the same names.
    func recognizes(_ file: any WeightFile) -> Bool { false }

    func network(from file: any WeightFile) throws -> (graph: Graph, details: ModelDescription) {
        try NetworkSketch.miniVGG(classCount: file.shape(of: "fc7.weight")?.first ?? 1).network(from: file)
    }
}

extension NetworkSketch {
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
