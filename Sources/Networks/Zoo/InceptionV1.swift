import WeightFiles

/// InceptionV1, the network of Lucid and of the Circuits articles: ``InceptionArchitecture/inceptionV1``, from a file of Lucent
/// (`inception5h.pth`), captum.optim or TensorFlow (`tensorflow_inception_graph.pb`), with the auxiliary heads that the file has.
///
/// Local response normalization is TensorFlow's (window 11, bias 2, alpha 1e-4, beta 0.5); Lucent's differs, and so do its activations.
struct InceptionV1: Architecture {
    let name = "inceptionv1"

    func recognizes(_ file: any WeightFile) -> Bool {
        guard let naming = InceptionNaming(of: file), let first = naming.shape(of: "conv2d0", in: file),
            // torchvision's GoogLeNet has 208 here.
            let telling = naming.shape(of: "mixed4a_3x3", in: file)
        else { return false }
        return first == (3, 64) && telling == (96, 204)
    }

    var publication: Publication? {
        Publication(
            url: "https://github.com/ProGamerGov/pytorch-old-tensorflow-models/raw/master/inception5h.pth",
            note: "converted from TensorFlow's inception5h (Apache License 2.0) for Lucent; top-1 69.1 %")
    }

    func layout(of file: any WeightFile) -> WeightLayout { InceptionNaming(of: file)?.layout(of: file) ?? file.layout }

    func network(from file: any WeightFile) throws -> (graph: Graph, details: ModelDescription) {
        var architecture = InceptionArchitecture.inceptionV1
        if let naming = InceptionNaming(of: file) {
            if let outputs = naming.shape(of: InceptionArchitecture.logits, in: file)?.outputs { architecture.classCount = outputs }
            architecture.auxiliaryHeads = [.init(0, on: "mixed4a"), .init(1, on: "mixed4d")].filter {
                file.shape(of: naming.weights(of: "nn\($0.number)")) != nil
            }
        }
        return try architecture.network(from: file)
    }
}
