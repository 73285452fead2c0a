import WeightFiles

/// InceptionV1 as Lucid has it: ``InceptionArchitecture/inceptionV1``.
struct InceptionV1: Architecture {
    let name = "inceptionv1"

    func recognizes(_ file: any WeightFile) -> Bool { file.shape(of: "conv2d0_pre_relu_conv.weight") == [64, 3, 7, 7] }

    func network(from file: any WeightFile) throws -> (graph: Graph, details: ModelDescription) {
        var architecture = InceptionArchitecture.inceptionV1
        if let count = file.shape(of: InceptionArchitecture.logits + "_matmul.weight")?.first { architecture.classCount = count }
        return try architecture.network(from: file)
    }
}
