import Tensors
import WeightFiles

/// ONNX's way to say what `NetworkImporter+Layers.swift` does.
extension NetworkImporter {
    func onnxConstant(_ op: Operator) throws -> ImportedValue {
        // Constants with tensors are tensors of the file; these are the others.
        switch (op.file.attributes["value_int"] ?? op.file.attributes["value_ints"]) ?? op.file.attributes["value_float"]
            ?? op.file.attributes["value_floats"]
        {
        case .integer(let value)?: return .constant(ImportedConstant([value], shape: []))
        case .integers(let values)?: return .constant(ImportedConstant(values))
        case .float(let value)?: return .constant(ImportedConstant(Tensor(value)))
        case .floats(let values)?: return .constant(ImportedConstant(Tensor(values)))
        default: throw op.failure("holds no numbers")
        }
    }

    /// An `If` whose condition is known runs one of its branches.
    mutating func onnxBranch(_ op: Operator) throws -> [ImportedValue] {
        let condition = try op.constant(0)
        guard condition.count == 1, let value = try condition.integers(in: op.source).first,
            case .graph(let operations, let outputs)? = op.file.attributes[value != 0 ? "then_branch" : "else_branch"]
        else { throw op.failure("has no condition that is known, or no branch") }
        for operation in operations where operation.outputs.first.flatMap(file.shape) == nil {
            guard table.knows(operation.type) else {
                throw ImportError.unknownOperators([operation.type: [operation.name]], file: file.name)
            }
            try run(operation)
        }
        return try outputs.map { name in
            guard let value = values[name] else { throw op.failure("has a branch that does not make '\(name)'") }
            return value
        }
    }

    mutating func onnxConvolution(_ op: Operator) throws -> ImportedValue {
        let x = try op.padded(), kernel = try op.constant(1)
        guard kernel.shape.count == 4, kernel.shape.allSatisfy({ $0 > 0 }) else {
            throw op.failure("has weights of the shape \(kernel.shape); images have two axes")
        }
        let groups = try op.integer("group", 1), outputs = kernel.shape[0]
        guard groups > 0, outputs % groups == 0, kernel.shape[1] * groups == x.order.channels else {
            throw op.failure("has weights of the shape \(kernel.shape) in \(groups) groups for \(x.order.channels) channels")
        }
        if let said = try op.integers("kernel_shape"), said != Array(kernel.shape[2...]) {
            throw op.failure("says that its kernel is \(said), and has weights of the shape \(kernel.shape)")
        }
        let size = (rows: kernel.shape[2], columns: kernel.shape[3])
        let (stride, dilation) = (try op.pair("strides", 1), try op.pair("dilations", 1))
        let span = (rows: (size.rows - 1) * dilation.rows + 1, columns: (size.columns - 1) * dilation.columns + 1)
        return .activation(
            try convolution(
                x, weights: op.floats(kernel).withOutputsLast(), bias: op.inputs.count > 2 ? op.vector(2, count: outputs) : nil,
                stride: stride, dilation: dilation, groups: groups, padding: op.onnxPadding(x, size: span, stride: stride), .channelsFirst, op,
                weight: kernel.name))
    }

    mutating func onnxPooling(_ kind: Pooling, _ op: Operator) throws -> ImportedValue {
        if case .energy(let energy) = try op.value(0), case .average(let countsPadding) = kind {
            return .energy(
                try averaged(
                    energy, kernel: op.integers("kernel_shape") ?? [], strides: op.integers("strides") ?? [], pads: op.integers("pads") ?? [],
                    countsPadding: countsPadding, op))
        }
        let x = try op.padded()
        guard op.file.attributes["kernel_shape"] != nil else { throw op.failure("has no kernel_shape") }
        let (size, stride, dilation) = (try op.pair("kernel_shape", 1), try op.pair("strides", 1), try op.pair("dilations", 1))
        guard dilation == (1, 1) else { throw op.failure("has dilations \(dilation), which poolings cannot have") }
        return .activation(
            try pooling(
                kind, x, size: size, stride: stride, padding: op.onnxPadding(x, size: size, stride: stride),
                ceilMode: op.integer("ceil_mode", 0) != 0, .channelsFirst, op))
    }

    /// `alpha * x W + beta * c`
    mutating func onnxGemm(_ op: Operator) throws -> ImportedValue {
        let x = try op.activation(), matrix = try op.constant(1)
        guard try op.integer("transA", 0) == 0, matrix.shape.count == 2, matrix.count > 0 else {
            throw op.failure("has weights of the shape \(matrix.shape), or transposes activations")
        }
        let (alpha, beta) = (try op.float("alpha", 1), try op.float("beta", 1))
        var weights = try op.floats(matrix)
        if try op.integer("transB", 0) != 0 { weights = weights.withOutputsLast() }
        if alpha != 1 { weights *= alpha }
        var bias: Tensor?
        if let constant = try op.optionalConstant(2) {
            let outputs = weights.shape[1]
            guard constant.count == outputs || constant.count == 1, constant.shape.count <= 2, constant.shape.last ?? 1 == constant.count else {
                throw op.failure("adds the shape \(constant.shape) to \(outputs) outputs")
            }
            bias = Tensor(zeros: [outputs]) + (try op.floats(constant)).reshaped([constant.count]) * beta
        }
        return .activation(try dense(x, weights: weights, bias: bias, op, weight: matrix.name))
    }

    mutating func onnxProduct(_ op: Operator) throws -> ImportedValue {
        let x = try op.activation(), matrix = try op.constant(1)
        guard matrix.shape.count == 2, matrix.count > 0 else { throw op.failure("has weights of the shape \(matrix.shape)") }
        return .activation(try dense(x, weights: op.floats(matrix), bias: nil, op, weight: matrix.name))
    }

    mutating func onnxClip(_ op: Operator) throws -> ImportedValue {
        func limit(_ index: Int, _ name: String, _ otherwise: Float) throws -> Float {
            guard let constant = try op.optionalConstant(index) else { return try op.float(name, otherwise) }
            guard constant.count == 1 else { throw op.failure("has limits of the shape \(constant.shape)") }
            return try constant.floats(in: op.source).scalars[0]
        }
        let (low, high) = (try limit(1, "min", -.greatestFiniteMagnitude), try limit(2, "max", .greatestFiniteMagnitude))
        switch (low, high) {
        case (0, 6): return .activation(try elementwise(ReLU6(), op.activation(), op))
        case (0, Float.greatestFiniteMagnitude...): return .activation(try elementwise(ReLU(), op.activation(), op))
        default: throw op.failure("limits activations to \(low) to \(high); 0 to 6 and 0 to infinity are supported")
        }
    }

    mutating func onnxMean(_ op: Operator) throws -> ImportedValue {
        let x = try op.activation()
        let axes = try op.onnxAxes() ?? (op.integer("noop_with_empty_axes", 0) != 0 ? [] : Array(0..<x.order.rank))
        return .activation(try mean(over: axes, keepsAxes: op.integer("keepdims", 1) != 0, x, op))
    }

    mutating func onnxNormalization(_ op: Operator) throws -> ImportedValue {
        let x = try op.activation(), count = x.width
        guard try op.integer("training_mode", 0) == 0 else { throw op.failure("is in training mode; export the network in evaluation mode") }
        guard x.order.rank > 1, x.order.isChannel(1) || x.width == 1 else { throw op.failure("normalizes \(x.order.lengths)") }
        let layer = try BatchNormalization(
            gamma: op.vector(1, count: count), beta: op.vector(2, count: count), mean: op.vector(3, count: count),
            variance: op.vector(4, count: count), epsilon: Double(op.float("epsilon", 1e-5)))
        return .activation(try affine(scale: layer.scale.scalars, shift: layer.shift.scalars, x, op))
    }

    func onnxPadding(_ op: Operator) throws -> ImportedValue {
        guard try op.string("mode", "constant") == "constant" else {
            throw op.failure("pads with '\(try op.string("mode", ""))'; constant padding is supported")
        }
        let value = try op.value(0), pads = try op.integers("pads") ?? op.integers(1)
        var number = try op.float("value", 0)
        if let constant = try op.optionalConstant(2) {
            guard constant.count == 1 else { throw op.failure("pads with the shape \(constant.shape)") }
            number = try constant.floats(in: op.source).scalars[0]
        }
        let order: AxisOrder
        switch value {
        case .activation(let x): order = x.order
        case .energy(let energy): order = energy.order
        default: throw op.failure("takes activations")
        }
        let axes = try op.optionalConstant(3)?.integers(in: op.source) ?? Array(0..<order.rank)
        guard pads.count == 2 * axes.count else { throw op.failure("has \(pads.count) paddings for \(axes.count) axes") }
        var before = [Int](repeating: 0, count: order.rank), after = before
        for (index, axis) in axes.enumerated() {
            let position = try order.position(axis)
            (before[position], after[position]) = (pads[index], pads[axes.count + index])
        }
        return try padding(value, before: before, after: after, with: number, op)
    }
}

extension Operator {
    /// Axes that are an attribute in old files and an input in new ones.
    func onnxAxes() throws -> [Int]? { try integers("axes") ?? optionalConstant(1)?.integers(in: source) }

    /// The padding of a convolution or pooling.
    /// - Parameter size: of the window, gaps of a dilation included.
    func onnxPadding(_ x: ImportedActivation, size: (rows: Int, columns: Int), stride: (rows: Int, columns: Int)) throws -> Padding {
        let pads = try integers("pads") ?? [0, 0, 0, 0]
        switch try string("auto_pad", "NOTSET") {
        case "NOTSET", "":
            guard pads.count == 4, pads.allSatisfy((0...Model.imageLimit).contains) else {
                throw failure("has the paddings \(pads); four numbers from 0 to \(Model.imageLimit) are expected")
            }
            return pads == [0, 0, 0, 0] ? .valid : .explicit(top: pads[0], bottom: pads[2], left: pads[1], right: pads[3])
        case "VALID": return .valid
        case "SAME_UPPER": return .same
        case "SAME_LOWER":
            // The odd rest goes before, for images of the size that the file declares.
            let rows = SamePadding(size: x.order.height, kernel: size.rows, stride: stride.rows)
            let columns = SamePadding(size: x.order.width, kernel: size.columns, stride: stride.columns)
            return .explicit(top: rows.after, bottom: rows.before, left: columns.after, right: columns.before)
        case let other: throw failure("has the padding '\(other)', which ONNX does not know")
        }
    }
}
