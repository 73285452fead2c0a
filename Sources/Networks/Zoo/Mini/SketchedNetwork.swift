import WeightFiles

/// A small network of Hooke's own whose files are read by its sketch.
public struct SketchedNetwork: Architecture {
    public let name: String
    /// The layer whose outputs are the classes.
    let logits: String
    /// The network for so many classes.
    public let sketch: @Sendable (_ classCount: Int) -> NetworkSketch

    /// Only the metadata tells a small network from others with the same names.
    public func recognizes(_ file: any WeightFile) -> Bool { false }

    public func network(from file: any WeightFile) throws -> (graph: Graph, details: ModelDescription) {
        try sketch(file.shape(of: logits + ".weight")?.first ?? 1).network(from: file)
    }

    /// All of them.
    public static let all = [
        SketchedNetwork(name: "mini-inception-dense", logits: InceptionArchitecture.logits, sketch: { .miniInceptionDense(classCount: $0) }),
        SketchedNetwork(name: "mini-alexnet", logits: "fc8", sketch: { .miniAlexNet(classCount: $0) }),
        SketchedNetwork(name: "mini-vgg", logits: "fc7", sketch: { .miniVGG(classCount: $0) }),
        SketchedNetwork(name: "mini-resnetv2", logits: "fc", sketch: { .miniResNetV2(classCount: $0) }),
    ]
}
