import RichDisplay

/// The memory that a run of a network takes, known before it begins.
///
///     try model.memoryForecast(images: 64, height: 512, width: 512, at: ["mixed4a": .all], gradient: true)       // 3.1 GB
public struct MemoryForecast: Hashable, Sendable, CustomStringConvertible {
    /// Bytes of the network's workspace: activations and gradients, which share places where they can, and scratch memory.
    public let workspace: Int
    /// Bytes of what is handed out.
    public let results: Int
    public var bytes: Int { workspace + results }

    public init(workspace: Int, results: Int) { (self.workspace, self.results) = (workspace, results) }

    init(_ plan: ExecutionPlan) { self.init(workspace: 4 * plan.slabCount, results: 4 * plan.resultCount) }

    /// Runs that take less are not compared with what there is.
    static let smallest = 64 << 20

    /// Whether a run may begin. It leaves alone what the process has already; a share of what is left is for everything else.
    var fits: Bool { bytes <= Self.smallest || bytes <= ProcessMemory.available - ProcessMemory.available / 16 }

    /// - Throws: ``ModelError/memory(needed:available:)``.
    func check() throws {
        guard bytes > Self.smallest else { return }
        let available = ProcessMemory.available
        guard bytes <= available - available / 16 else { throw ModelError.memory(needed: bytes, available: available) }
    }

    public var description: String { ProcessMemory.text(bytes) }
}

extension Model {
    /// What ``activations(of:at:)``, or ``gradient(of:at:to:rules:objective:)``, of images takes at once. A large batch is cut into
    /// pieces for activations, but not for a gradient, whose objective sees all images together.
    ///
    ///     try model.memoryForecast(images: 8, height: 224, width: 224, at: ["mixed4a": .all]).bytes
    /// - Parameter gradient: whether the gradient for the images is asked for too.
    /// - Throws: ``ModelError`` for unknown layers and impossible sizes.
    public func memoryForecast(
        images: Int, height: Int, width: Int, at positions: [String: Positions], gradient: Bool = false,
        rules: BackwardRules = .standard
    ) throws -> MemoryForecast {
        let nodes = try positions.keys.map(node).sorted()
        try checkSize(height: height, width: width, for: nodes)
        let request = PlanRequest(
            batch: max(images, 0), height: height, width: width, wanted: nodes, seeds: gradient ? nodes : [], targets: gradient ? [0] : [],
            rules: rules, windows: try windows(positions, height: height, width: width))
        return MemoryForecast(try ExecutionPlan(graph, request))
    }
}
