import Tensors

/// What both formats say in other words: layers on maps and vectors.
extension NetworkImporter {
    /// A layer that leaves the shape as it is.
    mutating func elementwise(_ layer: any NetworkLayer, _ x: ImportedActivation, _ op: Operator) throws -> ImportedActivation {
        let node = try add(.layer(layer), inputs: [x.node], shape: layer.outputShape(for: drafts[x.node].shape), op)
        return ImportedActivation(node: node, order: x.order, isFlat: x.isFlat)
    }

    /// A layer on maps.
    private mutating func maps(
        _ layer: any NetworkLayer, _ x: ImportedActivation, _ op: Operator, _ layout: AxisOrder.Layout, weight: String? = nil
    ) throws -> ImportedActivation {
        let shape = try layer.outputShape(for: drafts[x.node].shape)
        let node = try add(.layer(layer), inputs: [x.node], shape: shape, op, weight: weight)
        let order = x.order.resized(layout, channels: shape.channels, height: shape.height, width: shape.width)
        return ImportedActivation(node: node, order: order, isFlat: !shape.isSpatial)
    }

    func checkMaps(_ x: ImportedActivation, _ layout: AxisOrder.Layout, _ op: Operator) throws {
        guard x.order.isMaps(layout) else {
            throw op.failure("takes maps [batch, \(layout == .channelsFirst ? "channel, height, width" : "height, width, channel")], not \(x.order.lengths)")
        }
    }

    /// - Parameters:
    ///   - weights: `[height, width, in / groups, out]`.
    ///   - stride, dilation: for rows and columns.
    mutating func convolution(
        _ padded: ImportedActivation, weights: Tensor, bias: Tensor?, stride: (rows: Int, columns: Int), dilation: (rows: Int, columns: Int),
        groups: Int = 1, padding: Padding, _ layout: AxisOrder.Layout, _ op: Operator, weight: String?
    ) throws -> ImportedActivation {
        try checkMaps(padded, layout, op)
        guard stride.rows == stride.columns, dilation.rows == dilation.columns else {
            throw op.failure("has strides \(stride) and dilations \(dilation); they must be the same for rows and columns")
        }
        try spend(weights.count, op)
        let bias = bias ?? Tensor(zeros: [weights.shape[3]])
        var x = padded
        if x.isFlat {
            // Behind a global pooling a 1x1 convolution is a dense layer.
            guard weights.shape[0] == 1, weights.shape[1] == 1, groups == 1, x.padding == nil else {
                throw op.failure("has a kernel of \(weights.shape[0]) x \(weights.shape[1]) on activations without positions")
            }
            let dense = try Dense(weights: weights.reshaped([weights.shape[2], weights.shape[3]]), bias: bias)
            return try maps(dense, x, op, layout, weight: weight)
        }
        let padding = try merged(&x, padding, value: 0, op)
        let layer = try Convolution(
            weights: weights, bias: bias, stride: stride.rows, padding: padding, dilation: dilation.rows, groups: groups)
        return try maps(layer, x, op, layout, weight: weight)
    }

    enum Pooling { case maximum, average(countsPadding: Bool) }

    mutating func pooling(
        _ kind: Pooling, _ padded: ImportedActivation, size: (rows: Int, columns: Int), stride: (rows: Int, columns: Int), padding: Padding,
        ceilMode: Bool = false, _ layout: AxisOrder.Layout, _ op: Operator
    ) throws -> ImportedActivation {
        try checkMaps(padded, layout, op)
        guard !padded.isFlat else { throw op.failure("takes maps, not activations without positions") }
        var x = padded
        let isPlain = x.padding == nil && [.valid, .same, .all(0)].contains(padding)
        // PyTorch's adaptive pooling to the size that is there already.
        if size == (1, 1), stride == (1, 1), isPlain { return x }
        let window = { (padding: Padding) in
            PoolingWindow(
                height: size.rows, width: size.columns, rowStride: stride.rows, columnStride: stride.columns, padding: padding,
                ceilMode: ceilMode)
        }
        switch kind {
        case .maximum: return try maps(MaxPool(window(merged(&x, padding, value: -.infinity, op))), x, op, layout)
        case .average(var countsPadding):
            if isPlain, padding != .same, size == (x.order.height, x.order.width) { return try globalAverage(x, layout, op) }
            if x.padding != nil {
                // The zeros of a separate padding count in any case.
                guard countsPadding || [.valid, .all(0)].contains(padding) else {
                    throw op.failure("has a padding that does not count, after one that does")
                }
                countsPadding = true
            }
            return try maps(AveragePool(window(merged(&x, padding, value: 0, op)), countsPadding: countsPadding), x, op, layout)
        }
    }

    mutating func globalAverage(_ x: ImportedActivation, _ layout: AxisOrder.Layout, _ op: Operator) throws -> ImportedActivation {
        x.isFlat ? x : try maps(GlobalAveragePool(), x, op, layout)
    }

    /// The mean over some axes, which must be rows and columns.
    mutating func mean(over axes: [Int], keepsAxes: Bool, _ x: ImportedActivation, _ op: Operator) throws -> ImportedActivation {
        let axes = try x.order.positions(axes)
        let gone = axes.flatMap { x.order.axes[$0] }
        guard Set(gone) == Set([.row, .column].filter { x.order.extent($0) > 1 }), !x.isFlat || gone.isEmpty else {
            throw op.failure("takes the mean over the axes \(axes) of \(x.order.lengths); only that over all rows and columns is supported")
        }
        let layout: AxisOrder.Layout = x.order.isMaps(.channelsFirst) ? .channelsFirst : .channelsLast
        try checkMaps(x, layout, op)
        var result = try globalAverage(x, layout, op)
        if !keepsAxes { result.order = try result.order.squeezed(axes) }
        return result
    }

    /// The padding of a layer together with what a separate operation has added before it; takes the latter from `x`.
    private func merged(_ x: inout ImportedActivation, _ padding: Padding, value: Float, _ op: Operator) throws -> Padding {
        guard let before = x.padding else { return padding }
        // Zeros never win against activations that are not negative, and minus infinity never does.
        let isRectified = layer(x.node) is ReLU || layer(x.node) is ReLU6
        guard before.value == value || value == -.infinity && before.value == 0 && isRectified else {
            throw op.failure("follows a padding with \(before.value), which it cannot take over")
        }
        x.padding = nil
        func explicit(_ top: Int, _ bottom: Int, _ left: Int, _ right: Int) -> Padding {
            .explicit(top: before.top + top, bottom: before.bottom + bottom, left: before.left + left, right: before.right + right)
        }
        switch padding {
        case .valid: return explicit(0, 0, 0, 0)
        case .explicit(let top, let bottom, let left, let right): return explicit(top, bottom, left, right)
        case .same: throw op.failure("has a padding that depends on the size, after a separate one")
        }
    }

    /// - Parameter weights: `[in, out]`, inputs in the order of the file.
    mutating func dense(
        _ x: ImportedActivation, weights: Tensor, bias: Tensor?, _ op: Operator, weight: String?
    ) throws -> ImportedActivation {
        guard x.order.isVectors, x.isFlat, weights.rank == 2, weights.shape[0] == x.order.features else {
            throw op.failure("takes vectors [batch, \(weights.shape.first ?? 0)], not \(x.order.lengths)")
        }
        try spend(weights.count, op)
        let ordered = x.order.places(ofFeaturesIn: 1).map { weights.rows($0) } ?? weights
        let layer = try Dense(weights: ordered, bias: bias ?? Tensor(zeros: [weights.shape[1]]))
        let node = try add(.layer(layer), inputs: [x.node], shape: layer.outputShape(for: drafts[x.node].shape), op, weight: weight)
        return ImportedActivation(node: node, order: AxisOrder(batch: x.order.batch, channels: weights.shape[1]), isFlat: true)
    }

    /// Activations side by side on an axis of the file.
    mutating func concatenation(_ parts: [ImportedActivation], axis: Int, _ op: Operator) throws -> ImportedActivation {
        guard let first = parts.first else { throw op.failure("has no inputs") }
        if parts.count == 1 { return first }
        let axis = try first.order.position(axis)
        // Vectors of features concatenate like channels when the file has them in the order that is here.
        let isVector = first.isFlat && first.order.isVectors && axis == 1
        var shape = drafts[first.node].shape
        shape.channels = 0
        for part in parts {
            let (order, one) = (part.order, drafts[part.node].shape)
            let isChannel = order.rank > axis && (order.isChannel(axis) || order.channels == 1 && order.axes[axis].isEmpty)
            guard part.isFlat == first.isFlat, (one.height, one.width) == (shape.height, shape.width),
                isVector ? order.isVectors && order.places(ofFeaturesIn: 1) == nil : isChannel && order.sameBut(axis, as: first.order)
            else {
                throw op.failure("concatenates \(parts.map(\.order.lengths)) on axis \(axis); only channels can be concatenated")
            }
            shape.channels += one.channels
        }
        let node = try add(.concatenation, inputs: parts.map(\.node), shape: shape, op)
        let order = isVector ? AxisOrder(batch: first.order.batch, channels: shape.channels) : first.order.widened(to: shape.channels, at: axis)
        return ImportedActivation(node: node, order: order, isFlat: first.isFlat)
    }

    /// A residual connection.
    mutating func sum(_ parts: [ImportedActivation], _ op: Operator) throws -> ImportedActivation {
        guard let first = parts.first else { throw op.failure("has no inputs") }
        guard parts.allSatisfy({ $0.order == first.order && $0.isFlat == first.isFlat }) else {
            throw op.failure("adds \(parts.map(\.order.lengths)); only activations of one shape can be added")
        }
        if parts.count == 1 { return first }
        let node = try add(.sum, inputs: parts.map(\.node), shape: drafts[first.node].shape, op)
        return ImportedActivation(node: node, order: first.order, isFlat: first.isFlat)
    }

    /// The file sees the axes in another way. Activations become vectors where it sees vectors.
    mutating func reordered(
        _ value: ImportedValue, _ op: Operator, _ change: (AxisOrder) throws -> AxisOrder
    ) throws -> ImportedValue {
        switch value {
        case .constant, .group: throw op.failure("takes activations")
        case .channel(var channel):
            channel.order = try change(channel.order)
            return .channel(channel)
        case .energy(var energy):
            energy.order = try change(energy.order)
            return .energy(energy)
        case .activation(var x):
            guard x.padding == nil else { throw op.failure("follows a padding; only convolutions and poolings can") }
            x.order = try change(x.order)
            guard x.order.isVectors, !x.isFlat else { return .activation(x) }
            x.node = try add(.layer(Flatten()), inputs: [x.node], shape: Flatten().outputShape(for: drafts[x.node].shape), op)
            return .activation(ImportedActivation(node: x.node, order: x.order, isFlat: true))
        }
    }

    /// Zeros (or minus infinity) around maps or, in a local response normalization, around the channels.
    /// - Parameters: before and after every axis of the file.
    func padding(_ value: ImportedValue, before: [Int], after: [Int], with number: Float, _ op: Operator) throws -> ImportedValue {
        func check(_ order: AxisOrder) throws {
            guard before.count == order.rank, after.count == order.rank, (before + after).allSatisfy((0...Model.imageLimit).contains) else {
                throw op.failure("pads \(order.lengths) by \(before) and \(after)")
            }
        }
        switch value {
        case .activation(var x):
            try check(x.order)
            var padding = x.padding ?? PendingPadding(value: number)
            guard !x.isFlat, padding.value == number, number == 0 || number == -.infinity else {
                throw op.failure("pads with \(number); zeros around maps are supported")
            }
            let layout: AxisOrder.Layout = x.order.isMaps(.channelsFirst) ? .channelsFirst : .channelsLast
            try checkMaps(x, layout, op)
            for (axis, kind) in layout.order.enumerated() {
                switch kind {
                case .row: (padding.top, padding.bottom) = (padding.top + before[axis], padding.bottom + after[axis])
                case .column: (padding.left, padding.right) = (padding.left + before[axis], padding.right + after[axis])
                default: guard before[axis] == 0, after[axis] == 0 else { throw op.failure("pads the batch or the channels") }
                }
            }
            guard max(padding.top, padding.bottom, padding.left, padding.right) <= Model.imageLimit else { throw op.failure("pads too much") }
            x.padding = padding
            return .activation(x)
        case .energy(var energy):
            try check(energy.order)
            guard number == 0, energy.window == nil else { throw op.failure("pads squares with \(number)") }
            for axis in before.indices where before[axis] + after[axis] > 0 {
                guard energy.order.isChannel(axis) else { throw op.failure("pads squares on an axis that is not the channels") }
                (energy.before, energy.after) = (energy.before + before[axis], energy.after + after[axis])
            }
            return .energy(energy)
        default: throw op.failure("takes activations")
        }
    }
}

extension AxisOrder {
    /// Whether all axes but one are the same.
    func sameBut(_ axis: Int, as other: AxisOrder) -> Bool {
        rank == other.rank && axes.indices.allSatisfy { $0 == axis || axes[$0] == other.axes[$0] }
    }

    /// With another number of channels on an axis of the file.
    func widened(to channels: Int, at axis: Int) -> AxisOrder {
        rank == 4
            ? resized(axis == 1 ? .channelsFirst : .channelsLast, channels: channels, height: height, width: width)
            : AxisOrder(batch: batch, channels: channels)
    }
}

extension Tensor {
    /// The rows of a matrix at other places: row `i` is the old row `places[i]`.
    fileprivate func rows(_ places: [Int]) -> Tensor {
        let width = shape[1]
        return Tensor(shape: shape) { result in
            withUnsafeScalars { from in
                for (row, place) in places.enumerated() {
                    for column in 0..<width { result[row * width + column] = from[place * width + column] }
                }
            }
        }
    }
}
