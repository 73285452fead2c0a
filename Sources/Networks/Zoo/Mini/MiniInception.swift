import WeightFiles

/// The network that comes with Hooke: ``InceptionArchitecture/miniInception(classCount:)``.
struct MiniInception: Architecture {
    let name = "mini-inception"

    /// Only the metadata tells a small network from others with the same names.
    func recognizes(_ file: any WeightFile) -> Bool { false }

    func network(from file: any WeightFile) throws -> (graph: Graph, details: ModelDescription) {
        let classCount = InceptionNaming.lucent.shape(of: InceptionArchitecture.logits, in: file)?.outputs
        return try InceptionArchitecture.miniInception(classCount: classCount ?? 1).network(from: file)
    }
}
