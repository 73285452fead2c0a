import Tensors
import WeightFiles

/// What TensorFlow's operations mean. Maps are `[batch, height, width, channel]`, weights `[height, width, in, out]` there, as here.
extension OperatorTable {
    static let tensorFlow: OperatorTable = {
        let same: (inout NetworkImporter, Operator) throws -> [ImportedValue] = { [try $1.value(0)] }
        let normalization: (inout NetworkImporter, Operator) throws -> [ImportedValue] = { [try $0.tensorFlowNormalization($1)] }
        let add: (inout NetworkImporter, Operator) throws -> [ImportedValue] = { [try $0.arithmetic(.add, $1)] }
        let concatenate = { (isFirst: Bool) -> ((inout NetworkImporter, Operator) throws -> [ImportedValue]) in
            { [try $0.tensorFlowConcatenation($1, axisIsFirst: isFirst)] }
        }
        let foldAdd = ConstantFolding.binary(+) { exact($0.addingReportingOverflow($1)) }
        let foldQuotient = ConstantFolding.binary(/) { exact($0.dividedReportingOverflow(by: $1)) }
        let axes: (Operator) throws -> [Int]? = { op in
            let axes = try op.integers("squeeze_dims") ?? op.integers("axis")
            return axes?.isEmpty ?? true ? nil : axes
        }
        return OperatorTable(
            layers: [
                "Conv2D": { [try $0.tensorFlowConvolution($1, isDepthwise: false)] },
                "DepthwiseConv2dNative": { [try $0.tensorFlowConvolution($1, isDepthwise: true)] },
                "MatMul": { [try $0.tensorFlowProduct($1)] },
                "BiasAdd": { importer, op in
                    try op.checkLayout()
                    return [try importer.arithmetic(.add, op)]
                },
                "Relu": { [.activation(try $0.elementwise(ReLU(), $1.activation(), $1))] },
                "Relu6": { [.activation(try $0.elementwise(ReLU6(), $1.activation(), $1))] },
                "MaxPool": { [try $0.tensorFlowPooling(.maximum, $1)] },
                "AvgPool": { [try $0.tensorFlowPooling(.average(countsPadding: false), $1)] },
                "Mean": { importer, op in
                    let keepsAxes = try op.integer("keep_dims", 0) != 0
                    return [.activation(try importer.mean(over: op.integers(1), keepsAxes: keepsAxes, op.activation(), op))]
                },
                "LRN": { importer, op in
                    let x = try op.activation(), radius = try op.integer("depth_radius", 5)
                    try importer.checkMaps(x, .channelsLast, op)
                    guard !x.isFlat, (0...NetworkImporter.channelLimit).contains(radius) else { throw op.failure("has a radius of \(radius)") }
                    let (bias, alpha, beta) = (try op.float("bias", 1), try op.float("alpha", 1), try op.float("beta", 0.5))
                    guard bias > 0, alpha >= 0, beta > 0 else { throw op.failure("has bias \(bias), alpha \(alpha) and beta \(beta)") }
                    let layer = LocalResponseNormalization(radius: radius, bias: bias, alpha: alpha, beta: beta)
                    return [.activation(try importer.elementwise(layer, x, op))]
                },
                "FusedBatchNorm": normalization, "FusedBatchNormV2": normalization, "FusedBatchNormV3": normalization,
                "Softmax": { importer, op in
                    let x = try op.activation()
                    guard x.isFlat || x.order.isMaps(.channelsLast) else { throw op.failure("is over \(x.order.lengths)") }
                    return [.activation(try importer.elementwise(Softmax(), x, op))]
                },
                "Add": add, "AddV2": add,
                "AddN": { importer, op in [.activation(try importer.sum(op.inputs.indices.map { try op.activation($0) }, op))] },
                "Sub": { [try $0.arithmetic(.subtract, $1)] },
                "Mul": { [try $0.arithmetic(.multiply, $1)] },
                "RealDiv": { [try $0.arithmetic(.divide, $1)] },
                "Concat": concatenate(true), "ConcatV2": concatenate(false),
                "Split": { importer, op in
                    let axis = try op.integers(0), count = try op.integer("num_split", 0)
                    if case .constant(let constant) = try op.value(1) { return try importer.parts(of: constant, axis, count, op) }
                    let x = try op.activation(1)
                    guard axis.count == 1, count == x.order.channels, count <= 64 else {
                        return try importer.groups(of: x, axis, count, op)
                    }
                    return try (0..<count).map { .channel(try importer.channel($0, axis: axis[0], keepsAxis: true, of: x, op)) }
                },
                "Reshape": { importer, op in
                    let target = try op.integers(1)
                    return [try importer.reordered(op.value(0), op) { try $0.reshaped(target) }]
                },
                "Squeeze": { importer, op in
                    let axes = try axes(op)
                    return [try importer.reordered(op.value(0), op) { try $0.squeezed(axes) }]
                },
                "ExpandDims": { importer, op in
                    let axis = try op.integers(1)
                    return [try importer.reordered(op.value(0), op) { try $0.unsqueezed(axis) }]
                },
                "Transpose": { importer, op in
                    let permutation = try op.integers(1)
                    return [try importer.reordered(op.value(0), op) { try $0.transposed(permutation) }]
                },
                "Pad": { [try $0.tensorFlowPadding($1)] }, "PadV2": { [try $0.tensorFlowPadding($1)] },
                "Identity": same, "StopGradient": same, "CheckNumerics": same, "Snapshot": same, "PlaceholderWithDefault": same,
                "Shape": { _, op in [.constant(ImportedConstant(try op.lengths()))] },
                "Placeholder": { _, op in throw op.failure("is another input; name the outputs that need only one: outputs: [...]") },
            ],
            folding: [
                "Identity": ConstantFolding.same, "StopGradient": ConstantFolding.same, "CheckNumerics": ConstantFolding.same,
                "PlaceholderWithDefault": ConstantFolding.same,
                "Add": foldAdd, "AddV2": foldAdd, "BiasAdd": foldAdd,
                "Sub": ConstantFolding.binary(-) { exact($0.subtractingReportingOverflow($1)) },
                "Mul": ConstantFolding.binary(*) { exact($0.multipliedReportingOverflow(by: $1)) },
                "RealDiv": foldQuotient,
                "Rsqrt": ConstantFolding.unary { 1 / $0.squareRoot() },
                "Sqrt": ConstantFolding.unary { $0.squareRoot() },
                "Neg": ConstantFolding.unary { -$0 },
                "Reshape": ConstantFolding.reshape,
                "Squeeze": ConstantFolding.squeeze(axes),
                "ExpandDims": ConstantFolding.unsqueeze { try $0.integers(1) },
                "Transpose": ConstantFolding.transpose { op, _ in try op.integers(1) },
                "ConcatV2": ConstantFolding.concatenate { op in
                    let last = op.inputs.count - 1
                    return (try op.integers(last).first ?? 0, 0..<max(last, 0))
                },
                "Pack": ConstantFolding.pack,
                "StridedSlice": ConstantFolding.element,
            ])
    }()
}

extension Operator {
    /// Refuses maps with the channels before the positions, which TensorFlow computes on GPUs only.
    func checkLayout() throws {
        let layout = try string("data_format", "NHWC")
        guard layout == "NHWC" else { throw failure("has the layout \(layout); NHWC is supported") }
    }
}

/// TensorFlow's way to say what `NetworkImporter+Layers.swift` does.
extension NetworkImporter {
    /// Strides, sizes and dilations are given for all four axes.
    private func pair(_ name: String, _ op: Operator) throws -> (rows: Int, columns: Int) {
        let values = try op.integers(name).flatMap { $0.isEmpty ? nil : $0 } ?? [1, 1, 1, 1]
        guard values.count == 4, values[0] == 1, values[3] == 1, values.allSatisfy((1...Model.imageLimit).contains) else {
            throw op.failure("has \(name) \(values); [1, rows, columns, 1] is supported")
        }
        return (values[1], values[2])
    }

    private func padding(_ op: Operator) throws -> Padding {
        switch try op.string("padding", "VALID") {
        case "SAME": return .same
        case "VALID": return .valid
        case "EXPLICIT":
            let pads = try op.integers("explicit_paddings") ?? []
            guard pads.count == 8, [0, 1, 6, 7].allSatisfy({ pads[$0] == 0 }), pads.allSatisfy((0...Model.imageLimit).contains) else {
                throw op.failure("has the paddings \(pads)")
            }
            return .explicit(top: pads[2], bottom: pads[3], left: pads[4], right: pads[5])
        case let other: throw op.failure("has the padding '\(other)'")
        }
    }

    mutating func tensorFlowConvolution(_ op: Operator, isDepthwise: Bool) throws -> ImportedValue {
        try op.checkLayout()
        if case .group(let group) = try op.value(0), !isDepthwise {
            return try convolution(
                of: group, weights: op.floats(op.constant(1)), stride: pair("strides", op), dilation: pair("dilations", op),
                padding: padding(op), op)
        }
        let x = try op.padded(), kernel = try op.constant(1), channels = x.order.channels
        guard kernel.shape.count == 4, kernel.shape.allSatisfy({ $0 > 0 }), channels % kernel.shape[2] == 0,
            !isDepthwise || kernel.shape[2] == channels
        else { throw op.failure("has weights of the shape \(kernel.shape) for \(channels) channels") }
        var weights = try op.floats(kernel)
        // Every channel has its own outputs, one after another.
        if isDepthwise { weights = weights.reshaped([kernel.shape[0], kernel.shape[1], 1, channels * kernel.shape[3]]) }
        return .activation(
            try convolution(
                x, weights: weights, bias: nil, stride: pair("strides", op), dilation: pair("dilations", op),
                groups: isDepthwise ? channels : channels / kernel.shape[2], padding: padding(op), .channelsLast, op, weight: kernel.name))
    }

    mutating func tensorFlowPooling(_ kind: Pooling, _ op: Operator) throws -> ImportedValue {
        try op.checkLayout()
        return .activation(
            try pooling(kind, op.padded(), size: pair("ksize", op), stride: pair("strides", op), padding: padding(op), .channelsLast, op))
    }

    mutating func tensorFlowProduct(_ op: Operator) throws -> ImportedValue {
        let x = try op.activation(), matrix = try op.constant(1)
        guard try op.integer("transpose_a", 0) == 0, matrix.shape.count == 2, matrix.count > 0 else {
            throw op.failure("has weights of the shape \(matrix.shape), or transposes activations")
        }
        var weights = try op.floats(matrix)
        if try op.integer("transpose_b", 0) != 0 { weights = weights.withOutputsLast() }
        return .activation(try dense(x, weights: weights, bias: nil, op, weight: matrix.name))
    }

    mutating func tensorFlowNormalization(_ op: Operator) throws -> ImportedValue {
        try op.checkLayout()
        let x = try op.activation(), count = x.order.channels
        try checkMaps(x, .channelsLast, op)
        guard try op.integer("is_training", 1) == 0 else { throw op.failure("is in training mode; freeze the network for inference") }
        let layer = try BatchNormalization(
            gamma: op.vector(1, count: count), beta: op.vector(2, count: count), mean: op.vector(3, count: count),
            variance: op.vector(4, count: count), epsilon: Double(op.float("epsilon", 1e-4)))
        return .activation(try affine(scale: layer.scale.scalars, shift: layer.shift.scalars, x, op))
    }

    mutating func tensorFlowConcatenation(_ op: Operator, axisIsFirst: Bool) throws -> ImportedValue {
        guard op.inputs.count > 1 else { throw op.failure("has \(op.inputs.count) inputs") }
        let axes = try op.integers(axisIsFirst ? 0 : op.inputs.count - 1)
        guard axes.count == 1 else { throw op.failure("concatenates on the axes \(axes)") }
        let parts = axisIsFirst ? 1..<op.inputs.count : 0..<op.inputs.count - 1
        if case .channel = try op.value(parts.lowerBound) {
            let channels = try parts.map { index in
                guard case .channel(let channel) = try op.value(index) else { throw op.failure("concatenates channels and others") }
                return channel
            }
            return .activation(try concatenation(channels, axis: axes[0], op))
        }
        if case .group = try op.value(parts.lowerBound) {
            let groups = try parts.map { index in
                guard case .group(let group) = try op.value(index) else { throw op.failure("concatenates parts of channels and others") }
                return group
            }
            return .activation(try concatenation(groups, axis: axes[0], op))
        }
        return .activation(try concatenation(parts.map { try op.activation($0) }, axis: axes[0], op))
    }

    func tensorFlowPadding(_ op: Operator) throws -> ImportedValue {
        let value = try op.value(0), constant = try op.constant(1)
        guard constant.shape.count == 2, constant.shape[1] == 2 else { throw op.failure("has paddings of the shape \(constant.shape)") }
        let pads = try constant.integers(in: op.source)
        var number: Float = 0
        if let constant = try op.optionalConstant(2) {
            guard constant.count == 1 else { throw op.failure("pads with the shape \(constant.shape)") }
            number = try constant.floats(in: op.source).scalars[0]
        }
        let rows = pads.indices.filter { $0 % 2 == 0 }
        return try padding(value, before: rows.map { pads[$0] }, after: rows.map { pads[$0 + 1] }, with: number, op)
    }
}
