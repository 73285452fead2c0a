import Tensors

/// Convolutions with groups as older TensorFlow writes them: maps and kernels are cut along the channels, every part is convolved on its
/// own, and the results are put side by side. They become one ``Convolution`` with groups.
extension NetworkImporter {
    /// A constant cut into equal parts along its last axis.
    mutating func parts(of constant: ImportedConstant, _ axes: [Int], _ count: Int, _ op: Operator) throws -> [ImportedValue] {
        let rank = constant.shape.count
        guard axes.count == 1, rank > 0, axes[0] == rank - 1 || axes[0] == -1, (1...64).contains(count), constant.count > 0,
            constant.shape[rank - 1] % count == 0
        else { throw op.failure("cuts a constant of the shape \(constant.shape) into \(count) parts") }
        try spend(constant.count, op)
        let tensor = try op.floats(constant), width = constant.shape[rank - 1], part = width / count
        return (0..<count).map { index in
            let cut = Tensor(shape: constant.shape.dropLast() + [part]) { result in
                tensor.withUnsafeScalars { from in
                    for i in 0..<result.count { result[i] = from[i / part * width + index * part + i % part] }
                }
            }
            return .constant(ImportedConstant(cut))
        }
    }

    /// The channels of maps cut into equal parts.
    func groups(of x: ImportedActivation, _ axes: [Int], _ count: Int, _ op: Operator) throws -> [ImportedValue] {
        guard axes.count == 1, !x.isFlat, x.order.isMaps(.channelsLast), try x.order.position(axes[0]) == 3, (1...64).contains(count),
            x.order.channels % count == 0
        else {
            throw op.failure(
                "cuts \(x.order.lengths) into \(count) parts; single channels, and equal parts of the channels of maps, are supported")
        }
        return (0..<count).map { .group(ImportedGroup(source: x, index: $0, count: count)) }
    }

    func convolution(
        of group: ImportedGroup, weights: Tensor, stride: (rows: Int, columns: Int), dilation: (rows: Int, columns: Int), padding: Padding,
        _ op: Operator
    ) throws -> ImportedValue {
        guard group.convolution == nil, weights.rank == 4, weights.count > 0,
            weights.shape[2] * group.count == group.source.order.channels
        else {
            throw op.failure("has weights of the shape \(weights.shape) for one of \(group.count) parts of \(group.source.order.lengths)")
        }
        var group = group
        group.convolution = .init(weights: weights, stride: stride, dilation: dilation, padding: padding)
        return .group(group)
    }

    /// The convolved parts side by side.
    mutating func concatenation(_ groups: [ImportedGroup], axis: Int, _ op: Operator) throws -> ImportedActivation {
        let first = groups[0]
        guard let one = first.convolution, try first.source.order.position(axis) == 3, groups.map(\.index) == Array(0..<first.count),
            groups.allSatisfy({ group in
                group.source.node == first.source.node && group.convolution.map {
                    $0.weights.shape == one.weights.shape && $0.stride == one.stride && $0.dilation == one.dilation
                        && $0.padding == one.padding
                } ?? false
            })
        else { throw op.failure("puts parts of channels side by side in a way that is no convolution with groups") }
        let weights = groups.compactMap { $0.convolution?.weights }, part = one.weights.shape[3]
        let all = Tensor(shape: one.weights.shape.dropLast() + [part * groups.count]) { result in
            for (index, tensor) in weights.enumerated() {
                tensor.withUnsafeScalars { from in
                    for i in 0..<from.count { result[(i / part * groups.count + index) * part + i % part] = from[i] }
                }
            }
        }
        return try convolution(
            first.source, weights: all, bias: nil, stride: one.stride, dilation: one.dilation, groups: groups.count, padding: one.padding,
            .channelsLast, op, weight: nil)
    }
}
