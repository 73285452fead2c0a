import WeightFiles

/// The AlexNet of the first paper (Krizhevsky, Sutskever & Hinton 2012) with Caffe's weights (`bvlc_alexnet`), whose features Microscope
/// showed: two columns that do not see each other in conv2, conv4 and conv5, local response normalization, 227x227 images in BGR around
/// Caffe's means.
///
/// | Hooke's node | Lucid's frozen graph | Caffe |
/// |---|---|---|
/// | `conv1_pre_relu`, `conv1` | `BiasAdd`, `conv1_1` | `conv1`, and `relu1` in its place |
/// | `norm1`, `pool1` | `norm1`, `pool1` | `norm1`, `pool1` |
/// | `conv5_pre_relu`, `conv5` | `BiasAdd_4`, `conv5_1` | `conv5` |
/// | `fc6_pre_relu`, `fc6` | `fc6/fc6`, `Relu` | `fc6` |
/// | `fc8`, `softmax` | `fc8/fc8`, `Softmax` | `fc8`, `prob` |
///
/// The names of Lucid's graph that are none of Hooke's are aliases. Its `Conv2D` and `concat_2` come before the bias is added, and are no
/// nodes here; ``Model/init(tensorFlowGraph:normalization:inputSize:classes:outputs:)`` keeps all of the graph's.
struct CaffeAlexNet: Architecture {
    static let inputSize = 227
    static let normalization = InputNormalization.means([123.68, 116.779, 103.939], order: .bgr)
    let name = "alexnet-caffe"

    /// Who named the tensors.
    private enum Naming: CaseIterable {
        /// `conv1.weight` and `conv1.bias`, as converters from Caffe to PyTorch have it.
        case caffe
        /// `conv1/weights` and `conv1/biases`, the variables of the graph that Lucid published.
        case tensorFlow

        init?(of file: any WeightFile) {
            let found = Self.allCases.first { naming in ["conv1", "fc8"].allSatisfy { file.shape(of: $0 + naming.endings.weight) != nil } }
            guard let found else { return nil }
            self = found
        }

        var endings: (weight: String, bias: String) { self == .caffe ? (".weight", ".bias") : ("/weights", "/biases") }
        func layout(of file: any WeightFile) -> WeightLayout { self == .caffe ? file.layout : .outputsLast }
    }

    func recognizes(_ file: any WeightFile) -> Bool {
        guard let naming = Naming(of: file), let first = file.shape(of: "conv1" + naming.endings.weight), first.count == 4,
            let second = file.shape(of: "conv2" + naming.endings.weight), second.count == 4
        else { return false }
        let isTurned = naming.layout(of: file) == .outputsFirst
        // Of the 96 channels of conv1 every column of conv2 reads a half.
        let halves = isTurned ? (first[0], second[1]) : (first[3], second[2])
        return (isTurned ? Array(first.dropFirst()) == [3, 11, 11] : Array(first.dropLast()) == [11, 11, 3]) && halves.0 == 2 * halves.1
    }

    var publication: Publication? {
        Publication(
            url: "https://storage.googleapis.com/modelzoo/vision/other_models/AlexNet.pb",
            note: "Lucid's model zoo: Caffe's weights (bvlc_alexnet, unrestricted use), top-1 57.1 %")
    }

    func layout(of file: any WeightFile) -> WeightLayout { Naming(of: file)?.layout(of: file) ?? file.layout }

    func network(from file: any WeightFile) throws -> (graph: Graph, details: ModelDescription) {
        let naming = Naming(of: file) ?? .caffe, constants = Constants(of: file)
        var network = NetworkBuilder(file, normalization: Self.normalization, layout: naming.layout(of: file), endings: naming.endings)
        func convolution(_ number: Int, size: Int, stride: Int = 1, padding: Padding = .same, groups: Int = 1) throws {
            let name = "conv\(number)"
            try network.convolution(
                name + "_pre_relu", weights: name, size: size, stride: stride, padding: padding, groups: groups, hasBias: true)
            network.add(name, ReLU())
            network.layers.append(CanonicalLayer(name))
        }
        // Caffe's poolings round up; at 227 pixels there is nothing to round.
        func pool(_ number: Int) { network.add("pool\(number)", MaxPool(size: 3, stride: 2, padding: .valid, ceilMode: naming == .caffe)) }

        try convolution(1, size: 11, stride: 4, padding: constants.firstPadding)
        network.add("norm1", constants.normalization)
        pool(1)
        try convolution(2, size: 5, groups: 2)
        network.add("norm2", constants.normalization)
        pool(2)
        try convolution(3, size: 3)
        try convolution(4, size: 3, groups: 2)
        try convolution(5, size: 3, groups: 2)
        pool(5)
        let positions = 6 * 6
        network.flatten("flatten", positions: positions)
        for name in ["fc6", "fc7"] {
            let matrix = try network.reader.dense(name + naming.endings.weight, inputs: network.channels)
            // TensorFlow flattens position by position.
            let isByPosition = naming == .tensorFlow && name == "fc6"
            try network.dense(
                name + "_pre_relu", weights: isByPosition ? matrix.withInputChannelsFirst(positions: positions) : matrix,
                bias: name + naming.endings.bias)
            network.add(name, ReLU())
            network.layers.append(CanonicalLayer(name))
        }
        try network.dense("fc8", weights: "fc8")
        network.add("softmax", Softmax())
        if naming == .tensorFlow {
            // A graph has constants of other kinds too: axes and shapes.
            network.reader.skip { !$0.hasSuffix(naming.endings.weight) && !$0.hasSuffix(naming.endings.bias) }
        }
        var (graph, details) = try network.finish(name, inputSize: Self.inputSize, logits: "fc8")
        details.aliases = Self.aliases
        return (graph, details)
    }

    private static let aliases: [String: String] = {
        var aliases = [
            "Placeholder": "input", "fc6/fc6": "fc6_pre_relu", "Relu": "fc6", "fc7/fc7": "fc7_pre_relu", "Relu_1": "fc7", "fc8/fc8": "fc8",
            "Softmax": "softmax", "prob": "softmax",
        ]
        for number in 1...5 {
            aliases["conv\(number)_1"] = "conv\(number)"
            aliases["BiasAdd" + (number == 1 ? "" : "_\(number - 1)")] = "conv\(number)_pre_relu"
        }
        return aliases
    }()
}

extension CaffeAlexNet {
    /// What conversions of the graph differ in. A graph is asked what it does; for tensors alone it is what Caffe does.
    private struct Constants {
        var firstPadding = Padding.valid
        /// Caffe divides its alpha of 1e-4 by the window of 5.
        var normalization = LocalResponseNormalization(radius: 2, bias: 1, alpha: 2e-5, beta: 0.75)

        init(of file: any WeightFile) {
            guard let operations = (file as? TensorFlowGraphFile)?.operations else { return }
            if case .string("SAME")? = operations.first(where: { $0.type == "Conv2D" })?.attributes["padding"] { firstPadding = .same }
            if case .float(let alpha)? = operations.first(where: { $0.type == "LRN" })?.attributes["alpha"], alpha.isFinite, alpha >= 0 {
                normalization = LocalResponseNormalization(radius: 2, bias: 1, alpha: alpha, beta: 0.75)
            }
        }
    }
}
