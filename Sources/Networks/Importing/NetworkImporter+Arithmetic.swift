import Tensors

/// Sums, differences, products and quotients. With a constant for every channel they are part of the convolution before them or an affine
/// layer of their own; two activations make a residual sum; squares begin a local response normalization.
extension NetworkImporter {
    enum Arithmetic { case add, subtract, multiply, divide }

    mutating func arithmetic(_ kind: Arithmetic, _ op: Operator) throws -> ImportedValue {
        guard op.inputs.count == 2 else { throw op.failure("has \(op.inputs.count) inputs; two are supported") }
        switch (try op.value(0), try op.value(1)) {
        case (.activation(let x), .constant(let c)): return .activation(try affine(kind, x, c, op))
        case (.constant(let c), .activation(let x)):
            switch kind {
            case .add, .multiply: return .activation(try affine(kind, x, c, op))
            case .subtract:
                let negative = try affine(scale: [Float](repeating: -1, count: x.width), shift: [Float](repeating: 0, count: x.width), x, op)
                return .activation(try affine(.add, negative, c, op))
            case .divide: throw op.failure("divides by activations")
            }
        case (.activation(let a), .activation(let b)):
            if kind == .add { return .activation(try sum([try op.activation(0), try op.activation(1)], op)) }
            guard kind == .multiply, a.node == b.node, a.order == b.order, a.padding == nil, b.padding == nil else {
                throw op.failure("combines two activations; only sums of them are supported")
            }
            return .energy(ChannelEnergy(source: a, order: a.order))
        case (.channel(var channel), .constant(let c)), (.constant(let c), .channel(var channel)):
            guard c.count == 1, let number = try op.floats(c).scalars.first else {
                throw op.failure("combines one channel with the shape \(c.shape); one number is supported")
            }
            let isReversed = if case .constant = try op.value(0) { true } else { false }
            (channel.scale, channel.shift) = try composed(kind, channel.scale, channel.shift, number, isReversed: isReversed, op)
            return .channel(channel)
        case (.energy(let energy), .constant(let c)), (.constant(let c), .energy(let energy)):
            return .energy(try scaled(energy, kind, c, op))
        case (.activation(let x), .energy(let energy)):
            guard kind == .divide || kind == .multiply else { throw op.failure("combines activations and their squares") }
            return .activation(try normalized(x, by: energy, isProduct: kind == .multiply, op))
        case (.energy(let energy), .activation(let x)):
            guard kind == .multiply else { throw op.failure("combines activations and their squares") }
            return .activation(try normalized(x, by: energy, isProduct: true, op))
        default: throw op.failure("combines values in a way that is not supported")
        }
    }

    private func composed(
        _ kind: Arithmetic, _ scale: Float, _ shift: Float, _ number: Float, isReversed: Bool, _ op: Operator
    ) throws -> (Float, Float) {
        switch kind {
        case .add: return (scale, shift + number)
        case .subtract: return isReversed ? (-scale, number - shift) : (scale, shift - number)
        case .multiply: return (scale * number, shift * number)
        case .divide:
            guard !isReversed, number != 0 else { throw op.failure("divides by activations or by zero") }
            return (scale / number, shift / number)
        }
    }

    private mutating func affine(_ kind: Arithmetic, _ x: ImportedActivation, _ c: ImportedConstant, _ op: Operator) throws -> ImportedActivation {
        let numbers = try channelNumbers(c, x, op)
        let ones = [Float](repeating: 1, count: numbers.count), zeros = [Float](repeating: 0, count: numbers.count)
        switch kind {
        case .add: return try affine(scale: ones, shift: numbers, x, op)
        case .subtract: return try affine(scale: ones, shift: numbers.map { -$0 }, x, op)
        case .multiply: return try affine(scale: numbers, shift: zeros, x, op)
        case .divide:
            guard !numbers.contains(0) else { throw op.failure("divides by zero") }
            return try affine(scale: numbers.map { Float(1 / Double($0)) }, shift: zeros, x, op)
        }
    }

    /// `x * scale + shift`, by channel: part of the layer before where that is linear and nobody reads it, else a layer.
    mutating func affine(scale: [Float], shift: [Float], _ x: ImportedActivation, _ op: Operator) throws -> ImportedActivation {
        guard x.padding == nil else { throw op.failure("follows a padding; only convolutions and poolings can") }
        let affine = try BatchNormalization(scale: Tensor(scale), shift: Tensor(shift))
        if !x.isShared, let folded = try folded(affine, into: layer(x.node)) {
            replace(x.node, with: folded, op)
            return x
        }
        return try elementwise(affine, x, op)
    }

    private func folded(_ affine: BatchNormalization, into layer: (any NetworkLayer)?) throws -> (any NetworkLayer)? {
        let isShift = affine.scale.scalars.allSatisfy { $0 == 1 }
        switch layer {
        case let layer as Convolution:
            return isShift ? try layer.replacing(weights: layer.weights, bias: layer.bias + affine.shift) : try affine.folded(into: layer)
        case let layer as Dense:
            return try Dense(weights: isShift ? layer.weights : layer.weights * affine.scale, bias: layer.bias * affine.scale + affine.shift)
        case let layer as BatchNormalization:
            return try BatchNormalization(scale: layer.scale * affine.scale, shift: layer.shift * affine.scale + affine.shift)
        default: return nil
        }
    }

    /// A constant that is broadcast against activations, as one number for each of their channels.
    private func channelNumbers(_ constant: ImportedConstant, _ x: ImportedActivation, _ op: Operator) throws -> [Float] {
        func failure() -> ImportError {
            op.failure("combines \(x.order.lengths) with a constant of the shape \(constant.shape); only one number for each channel is supported")
        }
        guard constant.shape.count <= x.order.rank, constant.isSmall || constant.count == x.width else { throw failure() }
        let values = try op.floats(constant).scalars
        if let number = values.first, values.count == 1 { return [Float](repeating: number, count: x.width) }
        let offset = x.order.rank - constant.shape.count
        guard values.count == x.width, let axis = constant.shape.firstIndex(of: x.width).map({ $0 + offset }),
            x.isFlat && x.order.isVectors ? axis == 1 : x.order.isChannel(axis)
        else { throw failure() }
        guard x.isFlat, let places = x.order.places(ofFeaturesIn: axis) else { return values }
        return places.map { values[$0] }
    }

    // MARK: Channel by channel

    /// One channel of activations.
    func channel(_ index: Int, axis: Int, keepsAxis: Bool, of x: ImportedActivation, _ op: Operator) throws -> ImportedChannel {
        let axis = try x.order.position(axis)
        let index = index < 0 ? index + x.order.channels : index
        guard x.padding == nil, !x.isFlat, x.order.isChannel(axis), (0..<x.order.channels).contains(index) else {
            throw op.failure("takes a part of \(x.order.lengths); only single channels of maps are supported")
        }
        let rest = x.order.removing(axis)
        return ImportedChannel(source: x, channel: index, order: keepsAxis ? try rest.unsqueezed([axis]) : rest)
    }

    /// Channels of one activation side by side again: an affine layer, or a 1x1 convolution where they change places.
    mutating func concatenation(_ channels: [ImportedChannel], axis: Int, _ op: Operator) throws -> ImportedActivation {
        let source = channels[0].source
        let axis = try source.order.position(axis), single = try source.order.removing(axis).unsqueezed([axis])
        guard source.order.isChannel(axis), channels.allSatisfy({ $0.source.node == source.node && $0.order == single }) else {
            throw op.failure("concatenates single channels in a way that is not supported")
        }
        if channels.map(\.channel) == Array(0..<source.order.channels) {
            var source = source
            source.isShared = true
            return try affine(scale: channels.map(\.scale), shift: channels.map(\.shift), source, op)
        }
        var weights = Tensor(zeros: [1, 1, source.order.channels, channels.count])
        for (place, channel) in channels.enumerated() { weights[0, 0, channel.channel, place] = channel.scale }
        let layout: AxisOrder.Layout = axis == 1 ? .channelsFirst : .channelsLast
        return try convolution(
            source, weights: weights, bias: Tensor(channels.map(\.shift)), stride: (1, 1), dilation: (1, 1), padding: .valid, layout, op,
            weight: nil)
    }
}
