import Tensors

extension Padding {
    /// In a file: a word, or what is added above, below, left and right.
    var stored: StoredValue {
        switch self {
        case .same: .text("same")
        case .valid: .text("valid")
        case .explicit(let top, let bottom, let left, let right): .integers([top, bottom, left, right])
        }
    }
}

extension Convolution: StorableLayer {
    static let kind = "convolution"
    var settings: [String: StoredValue] {
        ["stride": .integer(stride), "padding": padding.stored, "dilation": .integer(dilation), "groups": .integer(groups)]
    }
    var tensors: [String: Tensor] { ["weight": weights, "bias": bias] }

    init(stored: StoredLayer) throws {
        let sizes = 1...Model.imageLimit
        try self.init(
            weights: stored.tensor("weight", rank: 4), bias: stored.tensor("bias", rank: 1), stride: stored.integer("stride", in: sizes),
            padding: stored.padding(), dilation: stored.integer("dilation", in: sizes),
            groups: stored.integer("groups", in: 1...NetworkImporter.channelLimit))
    }
}

extension Dense: StorableLayer {
    static let kind = "dense"
    var tensors: [String: Tensor] { ["weight": weights, "bias": bias] }

    init(stored: StoredLayer) throws { try self.init(weights: stored.tensor("weight", rank: 2), bias: stored.tensor("bias", rank: 1)) }
}

extension BatchNormalization: StorableLayer {
    static let kind = "affine"
    var tensors: [String: Tensor] { ["weight": scale, "bias": shift] }

    init(stored: StoredLayer) throws { try self.init(scale: stored.tensor("weight", rank: 1), shift: stored.tensor("bias", rank: 1)) }
}

extension LocalResponseNormalization: StorableLayer {
    static let kind = "localResponse"
    var settings: [String: StoredValue] {
        ["radius": .integer(radius), "bias": .float(bias), "alpha": .float(alpha), "beta": .float(beta)]
    }

    init(stored: StoredLayer) throws {
        self.init(
            radius: try stored.integer("radius", in: 0...NetworkImporter.channelLimit),
            bias: try stored.float("bias", "a positive number") { $0 > 0 }, alpha: try stored.float("alpha", "0 or more") { $0 >= 0 },
            beta: try stored.float("beta", "a positive number") { $0 > 0 })
    }
}

extension EditedActivations: StorableLayer {
    static let kind = "edit"
    var settings: [String: StoredValue] {
        guard let replacement else { return [:] }
        return ["shape": .integers(replacement.shape), "replaced": .integers(isReplaced.indices.filter { isReplaced[$0] })]
    }
    var tensors: [String: Tensor] {
        var tensors = ["gain": Tensor(gains), "offset": Tensor(offsets)]
        // In a row: its axes are not those of weights.
        if let replacement { tensors["replacement"] = replacement.reshaped([replacement.count]) }
        return tensors
    }

    init(stored: StoredLayer) throws {
        let gains = try stored.tensor("gain", rank: 1), offsets = try stored.tensor("offset", rank: 1)
        guard gains.count == offsets.count else {
            throw StoredLayer.Failure(reason: "has \(gains.count) gains and \(offsets.count) offsets")
        }
        var replacement: Tensor?, replaced: [Int] = []
        if stored.has("replaced") {
            let values = try stored.tensor("replacement", rank: 1)
            let shape = try stored.integers("shape", count: 2...4, in: 1...NetworkImporter.activationLimit)
            guard Tensor.count(of: shape) == values.count else {
                throw StoredLayer.Failure(reason: "has \(values.count) activations for the shape \(shape)")
            }
            replacement = values.reshaped(shape)
            replaced = try stored.integers("replaced", count: 0...gains.count, in: 0...gains.count - 1)
        }
        self.init(gains: gains.scalars, offsets: offsets.scalars, replacement: replacement, replaced: Set(replaced))
    }
}
