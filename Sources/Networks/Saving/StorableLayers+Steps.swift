import Tensors

// Layers without weights.

extension ReLU: StorableLayer {
    static let kind = "relu"
    init(stored: StoredLayer) { self.init() }
}

extension ReLU6: StorableLayer {
    static let kind = "relu6"
    init(stored: StoredLayer) { self.init() }
}

extension Softmax: StorableLayer {
    static let kind = "softmax"
    init(stored: StoredLayer) { self.init() }
}

extension GlobalAveragePool: StorableLayer {
    static let kind = "globalAverage"
    init(stored: StoredLayer) { self.init() }
}

extension Flatten: StorableLayer {
    static let kind = "flatten"
    init(stored: StoredLayer) { self.init() }
}

extension PoolingWindow {
    var settings: [String: StoredValue] {
        [
            "size": .integers([height, width]), "strides": .integers([rowStride, columnStride]), "padding": padding.stored,
            "ceilMode": .flag(ceilMode),
        ]
    }

    init(stored: StoredLayer) throws {
        let sizes = 1...Model.imageLimit
        let size = try stored.integers("size", count: 2...2, in: sizes), strides = try stored.integers("strides", count: 2...2, in: sizes)
        self.init(
            height: size[0], width: size[1], rowStride: strides[0], columnStride: strides[1], padding: try stored.padding(),
            ceilMode: try stored.flag("ceilMode"))
    }
}

extension MaxPool: StorableLayer {
    static let kind = "maxPool"
    var settings: [String: StoredValue] { window.settings }
    init(stored: StoredLayer) throws { self.init(try PoolingWindow(stored: stored)) }
}

extension AveragePool: StorableLayer {
    static let kind = "averagePool"
    var settings: [String: StoredValue] { window.settings.merging(["countsPadding": .flag(countsPadding)]) { $1 } }
    init(stored: StoredLayer) throws {
        self.init(try PoolingWindow(stored: stored), countsPadding: try stored.flag("countsPadding"))
    }
}

extension AdaptiveAveragePool: StorableLayer {
    static let kind = "adaptiveAverage"
    var settings: [String: StoredValue] { ["size": .integers([height, width])] }
    init(stored: StoredLayer) throws {
        let size = try stored.integers("size", count: 2...2, in: 1...Model.imageLimit)
        self.init(height: size[0], width: size[1])
    }
}

extension Resize: StorableLayer {
    static let kind = "resize"
    var settings: [String: StoredValue] {
        let size: (String, StoredValue) =
            switch size {
            case .exactly(let height, let width): ("size", .integers([height, width]))
            case .times(let factor): ("factor", .integer(factor))
            }
        let method =
            switch method {
            case .nearest: "nearest"
            case .bilinear(let alignCorners): alignCorners ? "bilinear, aligned corners" : "bilinear"
            }
        return [size.0: size.1, "method": .text(method)]
    }
    init(stored: StoredLayer) throws {
        let method = try stored.choice(
            "method", ["nearest": Method.nearest, "bilinear": .bilinear(), "bilinear, aligned corners": .bilinear(alignCorners: true)])
        if stored.has("factor") {
            self.init(to: .times(try stored.integer("factor", in: 1...Model.imageLimit)), method: method)
        } else {
            let size = try stored.integers("size", count: 2...2, in: 1...Model.imageLimit)
            self.init(to: .exactly(height: size[0], width: size[1]), method: method)
        }
    }
}
