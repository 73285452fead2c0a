import Tensors
import WeightFiles

/// Makes a graph of the operations of a network file. What operators mean is in an ``OperatorTable``, one for each format; both describe
/// layers in the same words (`NetworkImporter+Layers.swift` and its neighbours).
///
/// Operations run once, in the order of the file, on values that stand for activations (``ImportedValue``): an operation adds a node, becomes
/// part of the one before it (a bias, a normalization), changes only how the file sees the axes (a reshape), or computes with constants.
struct NetworkImporter {
    /// A node of the graph, before it has its name.
    struct Draft {
        var operation: Graph.Operation
        let inputs: [Int]
        let shape: ActivationShape
        /// The operations of the file that it comes from, in order.
        var sources: [FileOperation]
        /// What the file calls its weights.
        var weight: String?
        /// The names of operations and values in the file that stand for it.
        var fileNames: [String] = []
    }

    static let operationLimit = 10_000
    static let channelLimit = 1 << 20
    static let activationLimit = 1 << 28

    let file: any NetworkFile
    let table: OperatorTable
    private(set) var drafts: [Draft] = []
    private(set) var values: [String: ImportedValue] = [:]
    /// How many operations read a value; an output of the network counts as read twice.
    private var uses: [String: Int] = [:]
    /// Weights that may still be made. Operations can share a tensor of the file, but not without end.
    private var parametersLeft: Int

    init(_ file: any NetworkFile, _ table: OperatorTable) {
        (self.file, self.table) = (file, table)
        parametersLeft = 1 << 24
        for name in file.tensorNames { parametersLeft += file.shape(of: name)?.reduce(1, *) ?? 0 }
    }

    /// Runs all operations that the outputs need.
    /// - Returns: the nodes of the outputs.
    mutating func run(input: FileInput, order: AxisOrder, normalization: InputNormalization, outputs: [String]) throws -> [Int] {
        let needed = try file.operationsNeeded(for: outputs, isKnown: { $0 == input.name })
        guard needed.count <= Self.operationLimit else {
            throw ImportError.tooLarge(
                file: file.name, reason: "the network has \(needed.count) operations; at most \(Self.operationLimit) can be imported")
        }
        var unknown: [String: [String]] = [:]
        for operation in needed where !table.knows(operation.type) { unknown[operation.type, default: []].append(operation.name) }
        guard unknown.isEmpty else { throw ImportError.unknownOperators(unknown, file: file.name) }
        for name in needed.flatMap(\.allInputs) { uses[name, default: 0] += 1 }
        for name in outputs { uses[name, default: 0] += 2 }

        drafts = [
            Draft(
                operation: .input(channels: order.channels, normalization: normalization), inputs: [],
                shape: ActivationShape(height: order.height, width: order.width, channels: order.channels), sources: [])
        ]
        bind(.activation(ImportedActivation(node: 0, order: order, isFlat: false)), to: input.name)
        for operation in needed { try run(operation) }
        return try outputs.map { name in
            guard case .activation(let result)? = values[name], result.padding == nil else {
                throw ImportError.output(file: file.name, reason: "the output '\(name)' is not the activations of a layer")
            }
            return result.node
        }
    }

    /// Runs one operation.
    mutating func run(_ operation: FileOperation) throws {
        func failure(_ reason: String) -> ImportError {
            .operation(name: operation.name, type: operation.type, file: file.name, reason: reason)
        }
        let inputs = try operation.inputs.map { name in
            if name.isEmpty { return ImportedValue?.none }
            guard let value = values[name] ?? stored(name) else { throw failure("reads '\(name)', which is not there or holds no numbers") }
            return value
        }
        let op = Operator(operation, inputs, file)
        let constants = inputs.allSatisfy { if case .constant? = $0 { true } else { $0 == nil } }
        do {
            let results: [ImportedValue]
            if constants, let fold = table.folding[operation.type] {
                results = [.constant(try fold(op))]
            } else if let layer = table.layers[operation.type] {
                results = try layer(&self, op)
            } else if constants {
                throw failure("computes with constants in a way that is not supported")
            } else {
                throw failure("is supported for constants only")
            }
            for (name, value) in zip(operation.outputs, results) { bind(value, to: name, operation) }
            if results.count > operation.outputs.count {
                // TensorFlow's further outputs.
                for index in 1..<results.count { bind(results[index], to: "\(operation.name):\(index)") }
            }
        } catch let error as AxisOrder.Failure { throw failure(error.reason) } catch let error as LayerError { throw failure("\(error)") }
    }

    private func stored(_ name: String) -> ImportedValue? {
        file.shape(of: name) == nil ? nil : .constant(ImportedConstant(stored: name, in: file))
    }

    private mutating func bind(_ value: ImportedValue, to name: String, _ operation: FileOperation? = nil) {
        values[name] = value
        guard case .activation(var activation) = value else { return }
        activation.isShared = activation.isShared || uses[name, default: 0] > 1
        values[name] = .activation(activation)
        guard activation.padding == nil else { return }
        drafts[activation.node].fileNames.append(name)
        if let operation, operation.name != name { drafts[activation.node].fileNames.append(operation.name) }
    }

    // MARK: Nodes

    /// Counts weights.
    mutating func spend(_ parameters: Int, _ op: Operator) throws {
        parametersLeft -= parameters
        guard parametersLeft >= 0 else {
            throw ImportError.tooLarge(file: file.name, reason: "its operations have far more weights than the file holds, by '\(op.file.name)'")
        }
    }

    /// Adds a node.
    mutating func add(
        _ operation: Graph.Operation, inputs: [Int], shape: ActivationShape, _ op: Operator, weight: String? = nil
    ) throws -> Int {
        guard shape.channels <= Self.channelLimit, shape.height <= Model.imageLimit, shape.width <= Model.imageLimit,
            shape.count <= Self.activationLimit
        else { throw op.failure("makes activations of the shape \(shape), which are too large") }
        drafts.append(Draft(operation: operation, inputs: inputs, shape: shape, sources: [op.file], weight: weight))
        return drafts.count - 1
    }

    /// Gives a node an operation that does what the new one does as well.
    mutating func replace(_ node: Int, with layer: any NetworkLayer, _ op: Operator) {
        drafts[node].operation = .layer(layer)
        drafts[node].sources.append(op.file)
        // What the file calls the old result is nowhere any more.
        drafts[node].fileNames = []
    }

    func layer(_ node: Int) -> (any NetworkLayer)? {
        if case .layer(let layer) = drafts[node].operation { layer } else { nil }
    }
}

/// What operators of a format mean.
struct OperatorTable {
    /// Operators on activations. They get values of all kinds; results are in the order of the outputs.
    let layers: [String: (inout NetworkImporter, Operator) throws -> [ImportedValue]]
    /// Operators on constants alone.
    let folding: [String: (Operator) throws -> ImportedConstant]

    func knows(_ type: String) -> Bool { layers[type] != nil || folding[type] != nil }
}
