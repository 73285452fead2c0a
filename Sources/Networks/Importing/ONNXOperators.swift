import Tensors
import WeightFiles

/// What ONNX's operators mean (onnx.ai/onnx/operators). Maps are `[batch, channel, height, width]` there. Arguments that moved from attributes
/// to inputs between versions of the operators are taken from either place.
extension OperatorTable {
    /// - Parameter opset: the version of the operators.
    static func onnx(opset: Int) -> OperatorTable {
        OperatorTable(
            layers: [
                "Conv": { [try $0.onnxConvolution($1)] },
                "Gemm": { [try $0.onnxGemm($1)] },
                "MatMul": { [try $0.onnxProduct($1)] },
                "Relu": { [.activation(try $0.elementwise(ReLU(), $1.activation(), $1))] },
                "Clip": { [try $0.onnxClip($1)] },
                "MaxPool": { [try $0.onnxPooling(.maximum, $1)] },
                "AveragePool": { [try $0.onnxPooling(.average(countsPadding: $1.integer("count_include_pad", 0) != 0), $1)] },
                "GlobalAveragePool": { importer, op in
                    let x = try op.activation()
                    try importer.checkMaps(x, .channelsFirst, op)
                    return [.activation(try importer.globalAverage(x, .channelsFirst, op))]
                },
                "GlobalMaxPool": { importer, op in
                    let x = try op.activation()
                    let size = (rows: x.order.height, columns: x.order.width)
                    return [.activation(try importer.pooling(.maximum, x, size: size, stride: (1, 1), padding: .valid, .channelsFirst, op))]
                },
                "ReduceMean": { [try $0.onnxMean($1)] },
                "BatchNormalization": { [try $0.onnxNormalization($1)] },
                "LRN": { importer, op in
                    let x = try op.activation()
                    try importer.checkMaps(x, .channelsFirst, op)
                    return [
                        .activation(
                            try importer.localResponse(
                                x, window: op.integer("size", 0), alpha: op.float("alpha", 1e-4), beta: op.float("beta", 0.75),
                                bias: op.float("bias", 1), op))
                    ]
                },
                "Softmax": { importer, op in
                    let x = try op.activation()
                    let axis = try x.order.position(op.integer("axis", opset < 13 ? 1 : -1))
                    guard x.isFlat || x.order.isChannel(axis) else { throw op.failure("is over the axis \(axis) of \(x.order.lengths), not the channels") }
                    return [.activation(try importer.elementwise(Softmax(), x, op))]
                },
                "Add": { [try $0.arithmetic(.add, $1)] },
                "Sum": { importer, op in [.activation(try importer.sum(op.inputs.indices.map { try op.activation($0) }, op))] },
                "Sub": { [try $0.arithmetic(.subtract, $1)] },
                "Mul": { [try $0.arithmetic(.multiply, $1)] },
                "Div": { [try $0.arithmetic(.divide, $1)] },
                "Pow": { importer, op in
                    let exponent = try op.constant(1)
                    guard exponent.count == 1 else { throw op.failure("has exponents of the shape \(exponent.shape)") }
                    return [try importer.power(op.value(0), op.floats(exponent).scalars[0], op)]
                },
                "Concat": { importer, op in
                    let axis = try op.integer("axis", 1)
                    if case .channel = try op.value(0) {
                        let channels = try op.inputs.indices.map { index in
                            guard case .channel(let channel) = try op.value(index) else { throw op.failure("concatenates channels and others") }
                            return channel
                        }
                        return [.activation(try importer.concatenation(channels, axis: axis, op))]
                    }
                    return [.activation(try importer.concatenation(op.inputs.indices.map { try op.activation($0) }, axis: axis, op))]
                },
                "Flatten": { importer, op in
                    let axis = try op.integer("axis", 1)
                    return [
                        try importer.reordered(op.value(0), op) { order in
                            let lengths = order.lengths, position = axis == order.rank ? axis : try order.position(axis)
                            return try order.reshaped([lengths[..<position].reduce(1, *), lengths[position...].reduce(1, *)])
                        }
                    ]
                },
                "Reshape": { importer, op in
                    let target = try op.integers(1), keepsZeros = try op.integer("allowzero", 0) != 0
                    return [
                        try importer.reordered(op.value(0), op) { order in
                            let lengths = order.lengths
                            return try order.reshaped(
                                target.enumerated().map { $0.element == 0 && !keepsZeros && $0.offset < lengths.count ? lengths[$0.offset] : $0.element })
                        }
                    ]
                },
                "Squeeze": { importer, op in
                    let axes = try op.onnxAxes()
                    return [try importer.reordered(op.value(0), op) { try $0.squeezed(axes) }]
                },
                "Unsqueeze": { importer, op in
                    let axes = try op.onnxAxes() ?? []
                    return [try importer.reordered(op.value(0), op) { try $0.unsqueezed(axes) }]
                },
                "Transpose": { importer, op in
                    let permutation = try op.integers("perm")
                    return [try importer.reordered(op.value(0), op) { try $0.transposed(permutation ?? (0..<$0.rank).reversed()) }]
                },
                "Gather": { importer, op in
                    let index = try op.constant(1)
                    guard index.count == 1, index.shape.count <= 1 else { throw op.failure("takes several parts of activations") }
                    return [
                        .channel(
                            try importer.channel(
                                index.integers(in: op.source)[0], axis: op.integer("axis", 0), keepsAxis: index.shape.count == 1,
                                of: op.activation(), op))
                    ]
                },
                "Slice": { importer, op in
                    let (starts, ends) = (try op.integers(1), try op.integers(2))
                    let axes = try op.optionalConstant(3)?.integers(in: op.source) ?? Array(starts.indices)
                    guard starts.count == 1, ends.count == 1, axes.count == 1, starts[0] < Int.max, ends[0] == starts[0] + 1 else {
                        throw op.failure("takes several parts of activations; only single channels are supported")
                    }
                    return [.channel(try importer.channel(starts[0], axis: axes[0], keepsAxis: true, of: op.activation(), op))]
                },
                "Pad": { [try $0.onnxPadding($1)] },
                "Identity": { [try $1.value(0)] },
                "Dropout": { [try $1.value(0)] },
                "Cast": { [try $1.value(0)] },
                "Shape": { _, op in [.constant(ImportedConstant(try op.lengths()))] },
                "Constant": { [try $0.onnxConstant($1)] },
                "If": { try $0.onnxBranch($1) },
            ],
            folding: [
                "Identity": ConstantFolding.same,
                "Cast": { try ConstantFolding.cast(toInteger: [2, 3, 4, 5, 6, 7, 9, 12, 13].contains($0.integer("to", 1)), $0) },
                "Add": ConstantFolding.binary(+) { exact($0.addingReportingOverflow($1)) },
                "Sub": ConstantFolding.binary(-) { exact($0.subtractingReportingOverflow($1)) },
                "Mul": ConstantFolding.binary(*) { exact($0.multipliedReportingOverflow(by: $1)) },
                "Div": ConstantFolding.binary(/) { exact($0.dividedReportingOverflow(by: $1)) },
                "Equal": ConstantFolding.binary({ $0 == $1 ? 1 : 0 }) { $0 == $1 ? 1 : 0 },
                "Sqrt": ConstantFolding.unary { $0.squareRoot() },
                "Neg": ConstantFolding.unary { -$0 },
                "Reciprocal": ConstantFolding.unary { 1 / $0 },
                "Reshape": ConstantFolding.reshape,
                "Squeeze": ConstantFolding.squeeze { try $0.onnxAxes() },
                "Unsqueeze": ConstantFolding.unsqueeze { try $0.onnxAxes() ?? [] },
                "Transpose": ConstantFolding.transpose { try $0.integers("perm") ?? (0..<$1).reversed() },
                "Concat": ConstantFolding.concatenate { (try $0.integer("axis", 0), $0.inputs.indices) },
                "Gather": ConstantFolding.gather,
                "Slice": ConstantFolding.slice,
                "ConstantOfShape": ConstantFolding.filled,
            ])
    }
}
