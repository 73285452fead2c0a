import WeightFiles

/// A frozen graph that has been published, and what it does not say about itself.
struct KnownGraph {
    let architecture: String
    let inputSize: Int
    let normalization: InputNormalization
    /// Operations that tell it from others.
    private let operations: Set<String>

    private static let all = [
        // TensorFlow's "inception5h".
        KnownGraph(
            architecture: "inceptionv1", inputSize: 224, normalization: .range(-117...138),
            operations: ["conv2d0_pre_relu/conv", "mixed3a", "mixed5b", "softmax2_pre_activation/matmul"]),
        // Lucid's AlexNet.
        KnownGraph(
            architecture: CaffeAlexNet().name, inputSize: CaffeAlexNet.inputSize, normalization: CaffeAlexNet.normalization,
            operations: ["conv1/weights", "norm1", "conv5_1", "concat_2", "fc8/fc8"]),
    ]

    private init(architecture: String, inputSize: Int, normalization: InputNormalization, operations: Set<String>) {
        (self.architecture, self.inputSize, self.normalization, self.operations) = (architecture, inputSize, normalization, operations)
    }

    /// The known graph of a file; nil if it is none.
    init?(_ file: any NetworkFile) {
        guard file is TensorFlowGraphFile else { return nil }
        let names = Set(file.operations.map(\.name) + file.tensorNames)
        guard let found = Self.all.first(where: { names.isSuperset(of: $0.operations) }) else { return nil }
        self = found
    }
}
