import Tensors

/// PyTorch's local response normalization, which exporters take apart:
///
///     x / (bias + scale * mean of x^2 over a window of channels) ^ power
///
/// as Mul, Reshape or Unsqueeze, Pad, AveragePool, Squeeze (or an If around it) and Reshape, Mul, Add, Pow, Div.
extension NetworkImporter {
    func averaged(
        _ energy: ChannelEnergy, kernel: [Int], strides: [Int], pads: [Int], countsPadding: Bool, _ op: Operator
    ) throws -> ChannelEnergy {
        var energy = energy
        let rank = energy.order.rank
        guard kernel.count == rank - 2, pads.allSatisfy((0...Model.imageLimit).contains), strides.allSatisfy({ $0 == 1 }), pads.allSatisfy({ $0 == 0 }) || countsPadding,
            pads.isEmpty || pads.count == 2 * kernel.count,
            let axis = (2..<rank).first(where: { energy.order.isChannel($0) }), energy.window == nil, kernel[axis - 2] > 0,
            kernel.enumerated().allSatisfy({ $0.offset == axis - 2 || $0.element == 1 })
        else { throw op.failure("averages squares in another way than a local response normalization") }
        energy.window = kernel[axis - 2]
        if !pads.isEmpty {
            energy.before += pads[axis - 2]
            energy.after += pads[axis - 2 + kernel.count]
        }
        return energy
    }

    func scaled(_ energy: ChannelEnergy, _ kind: Arithmetic, _ constant: ImportedConstant, _ op: Operator) throws -> ChannelEnergy {
        var energy = energy
        guard constant.count == 1, let number = try op.floats(constant).scalars.first, energy.power == nil else {
            throw op.failure("combines squares with the shape \(constant.shape)")
        }
        switch kind {
        case .multiply where energy.bias == nil: energy.scale *= number
        case .divide where energy.bias == nil && number != 0: energy.scale /= number
        case .add where energy.bias == nil: energy.bias = number
        default: throw op.failure("combines squares in another way than a local response normalization")
        }
        return energy
    }

    func power(_ value: ImportedValue, _ exponent: Float, _ op: Operator) throws -> ImportedValue {
        switch value {
        case .activation(let x) where exponent == 2 && x.padding == nil: return .energy(ChannelEnergy(source: x, order: x.order))
        case .energy(var energy) where energy.bias != nil && energy.power == nil:
            energy.power = exponent
            return .energy(energy)
        default: throw op.failure("raises activations to the power \(exponent), which is supported in a local response normalization only")
        }
    }

    mutating func normalized(_ x: ImportedActivation, by energy: ChannelEnergy, isProduct: Bool, _ op: Operator) throws -> ImportedActivation {
        guard x.node == energy.source.node, x.order == energy.order, x.padding == nil, !x.isFlat, let window = energy.window,
            let bias = energy.bias, let power = energy.power
        else { throw op.failure("combines activations with their squares in another way than a local response normalization") }
        guard window % 2 == 1, energy.before == window / 2, energy.after == window / 2 else {
            throw op.failure("normalizes over \(window) channels with \(energy.before) before; only windows around the channel are supported")
        }
        return try localResponse(
            x, window: window, alpha: energy.scale, beta: isProduct ? -power : power, bias: bias, op)
    }

    /// - Parameter alpha: is divided by the window, as in PyTorch and ONNX.
    mutating func localResponse(
        _ x: ImportedActivation, window: Int, alpha: Float, beta: Float, bias: Float, _ op: Operator
    ) throws -> ImportedActivation {
        guard window > 0, window % 2 == 1, window <= Self.channelLimit, beta > 0, bias > 0, alpha >= 0, !x.isFlat else {
            throw op.failure("has a window of \(window), bias \(bias), alpha \(alpha) and beta \(beta); odd windows and positive numbers are supported")
        }
        let layer = LocalResponseNormalization(radius: window / 2, bias: bias, alpha: Float(Double(alpha) / Double(window)), beta: beta)
        return try elementwise(layer, x, op)
    }
}
