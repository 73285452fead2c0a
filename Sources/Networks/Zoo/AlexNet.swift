import WeightFiles

/// torchvision's AlexNet (`alexnet-owt-7be5be79.pth`; Krizhevsky 2014, "One weird trick for parallelizing convolutional neural networks"):
/// one column, no local response normalization. Microscope showed the features of Caffe's, which is ``CaffeAlexNet``.
///
/// Layers have the names of Caffe's AlexNet; the file calls them `features.0` (conv1), `features.3` (conv2), `features.6` (conv3),
/// `features.8` (conv4), `features.10` (conv5) and `classifier.1`, `.4`, `.6` (fc6, fc7, fc8). Before its ReLU each is `<layer>_pre_relu`;
/// the poolings are pool1, pool2 and pool5.
struct AlexNet: Architecture {
    let name = "alexnet"

    func recognizes(_ file: any WeightFile) -> Bool {
        file.shape(of: "features.0.weight")?.suffix(3) == [3, 11, 11] && file.shape(of: "classifier.6.weight") != nil
    }

    var publication: Publication? {
        .torch("https://download.pytorch.org/models/alexnet-owt-7be5be79.pth", note: "torchvision; top-1 56.5 %")
    }

    func network(from file: any WeightFile) throws -> (graph: Graph, details: ModelDescription) {
        var network = NetworkBuilder(file, normalization: .imageNet)
        func pool(_ name: String) { network.add(name, MaxPool(size: 3, stride: 2, padding: .valid)) }
        func convolution(_ number: Int, _ place: Int, size: Int, stride: Int = 1, padding: Int) throws {
            let name = "conv\(number)"
            try network.convolution(
                name + "_pre_relu", weights: "features.\(place)", size: size, stride: stride, padding: .all(padding), hasBias: true)
            network.add(name, ReLU())
            network.layers.append(CanonicalLayer(name))
        }
        try convolution(1, 0, size: 11, stride: 4, padding: 2)
        pool("pool1")
        try convolution(2, 3, size: 5, padding: 2)
        pool("pool2")
        try convolution(3, 6, size: 3, padding: 1)
        try convolution(4, 8, size: 3, padding: 1)
        try convolution(5, 10, size: 3, padding: 1)
        pool("pool5")
        try network.classifier(positions: 6, weights: ["classifier.1", "classifier.4", "classifier.6"])
        return try network.finish(name, inputSize: 224, logits: "fc8")
    }
}

extension NetworkBuilder {
    /// The classifier of AlexNet and VGG: an adaptive pooling to so many rows and columns, and the dense layers fc6, fc7 and fc8.
    mutating func classifier(positions: Int, weights keys: [String]) throws {
        add("avgpool", AdaptiveAveragePool(height: positions, width: positions))
        flatten("flatten", positions: positions * positions)
        for (name, key) in zip(["fc6", "fc7"], keys) {
            try dense(name + "_pre_relu", weights: key)
            add(name, ReLU())
            layers.append(CanonicalLayer(name))
        }
        try dense("fc8", weights: keys[2])
        add("softmax", Softmax())
    }
}
