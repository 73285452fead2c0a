import WeightFiles

/// torchvision's VGG19 without batch normalization (`vgg19-dcbb9e9d.pth`; Simonyan & Zisserman 2014): five groups of 3x3 convolutions, 2x2
/// poolings between them. Images are normalized as torchvision does, in RGB; Caffe's published weights, in BGR, are others.
///
/// Layers have the paper's names, conv1_1 to conv5_4, pool1 to pool5, fc6, fc7 and fc8; the file counts its convolutions through:
/// `features.0` (conv1_1), `features.2` (conv1_2), `features.5` (conv2_1), ..., `features.34` (conv5_4), and `classifier.0`, `.3`, `.6`.
/// Before its ReLU each is `<layer>_pre_relu`.
struct VGG19: Architecture {
    let name = "vgg19"

    func recognizes(_ file: any WeightFile) -> Bool {
        file.shape(of: "features.0.weight")?.suffix(3) == [3, 3, 3] && file.shape(of: "features.34.weight") != nil
            && file.shape(of: "classifier.6.weight") != nil
    }

    var publication: Publication? {
        .torch("https://download.pytorch.org/models/vgg19-dcbb9e9d.pth", note: "torchvision; top-1 72.4 %")
    }

    func network(from file: any WeightFile) throws -> (graph: Graph, details: ModelDescription) {
        var network = NetworkBuilder(file, normalization: .imageNet)
        // Each convolution is followed by its ReLU, each group by its pooling.
        var place = 0
        for (group, count) in [2, 2, 4, 4, 4].enumerated() {
            for number in 1...count {
                let name = "conv\(group + 1)_\(number)"
                try network.convolution(name + "_pre_relu", weights: "features.\(place)", size: 3, padding: .all(1), hasBias: true)
                network.add(name, ReLU())
                network.layers.append(CanonicalLayer(name))
                place += 2
            }
            network.add("pool\(group + 1)", MaxPool(size: 2, stride: 2, padding: .valid))
            place += 1
        }
        try network.classifier(positions: 7, weights: ["classifier.0", "classifier.3", "classifier.6"])
        return try network.finish(name, inputSize: 224, logits: "fc8")
    }
}
