import Networks
import Tensors
import Testing

/// Plans that compute some positions only, beside those that compute everything.
@Suite struct WindowTests {
    static func networks() throws -> [(model: Model, images: Tensor)] {
        [
            (try Model(random: .miniInception(classCount: 4).narrowed(by: 3), seed: 3), ModelTests.image([2, 70, 83, 3], seed: 8)),
            (try Model(random: .inceptionV1.narrowed(by: 6), seed: 4), ModelTests.image([1, 150, 135, 3], seed: 9)),
        ]
    }

    static let layers = ["conv2d0", "maxpool1", "mixed3a", "mixed3b_5x5_bottleneck", "mixed3b", "mixed4a_3x3_pre_relu", "mixed4a", "mixed5a"]

    /// Corners, borders and places in between.
    static func windows(height: Int, width: Int, _ random: inout CounterRandom) -> [(rows: Range<Int>, columns: Range<Int>)] {
        func some(_ count: Int) -> Int { min(count - 1, Int(random.uniform() * Double(count))) }
        func one(_ y: Int, _ x: Int) -> (rows: Range<Int>, columns: Range<Int>) { (y..<y + 1, x..<x + 1) }
        let (low, high) = (some(height), some(height)), (left, right) = (some(width), some(width))
        return [
            one(0, 0), one(height - 1, width - 1), one(0, some(width)), one(some(height), width - 1), one(height / 2, width / 2),
            one(some(height), some(width)), (min(low, high)..<max(low, high) + 1, min(left, right)..<max(left, right) + 1),
        ]
    }

    static func cut(_ tensor: Tensor, _ window: (rows: Range<Int>, columns: Range<Int>)) -> Tensor {
        tensor[0..., window.rows, window.columns, 0...]
    }

    /// The largest difference over the largest value of all that it is a part of.
    static func error(_ found: Tensor?, _ expected: Tensor, of whole: Tensor) -> Float {
        guard let found, found.shape == expected.shape else { return .infinity }
        return (found - expected).scalars.map(abs).max()! / max(whole.scalars.map(abs).max()!, 1e-30)
    }

    @Test func `neurons at borders and anywhere have the activations that they have in the whole layer`() throws {
        var random = CounterRandom(seed: 1)
        for (model, images) in try Self.networks() {
            let whole = try model.activations(of: images, at: Self.layers)
            for layer in Self.layers {
                let all = try #require(whole[layer])
                for window in Self.windows(height: all.shape[1], width: all.shape[2], &random) {
                    let positions = Positions.window(rows: window.rows, columns: window.columns)
                    let found = try model.activations(of: images, at: [layer: positions])[layer]
                    #expect(Self.error(found, Self.cut(all, window), of: all) < 2e-5, "\(layer), \(window)")
                }
            }
        }
    }

    @Test(arguments: [BackwardRules.standard, .redirectedReLU, .guidedReLU, .linearized]) func `their gradients are those of the whole layer`(
        _ rules: BackwardRules
    ) throws {
        var random = CounterRandom(seed: 2)
        for (model, images) in try Self.networks() {
            for (layer, target) in Self.layers.map({ ($0, "input") }) + [("mixed3b", "conv2d1"), ("mixed4a", "maxpool1"), ("mixed5a", "mixed4a")] {
                let shape = try model.shape(of: layer, imageHeight: images.shape[1], imageWidth: images.shape[2])
                for window in Self.windows(height: shape.height, width: shape.width, &random) {
                    let positions = Positions.window(rows: window.rows, columns: window.columns)
                    let seed = Tensor(normal: [images.shape[0], window.rows.count, window.columns.count, shape.channels], using: &random)
                    let found = try model.gradient(of: images, at: [layer: positions], to: target, rules: rules) { activations in
                        #expect(activations[layer]?.shape == seed.shape)
                        return (0, [layer: seed])
                    }.gradient
                    let expected = try model.gradient(of: images, at: [layer], to: target, rules: rules) { activations in
                        var whole = Tensor(zeros: activations[layer]!.shape)
                        whole[0..., window.rows, window.columns, 0...] = seed
                        return (0, [layer: whole])
                    }.gradient
                    #expect(relativeError(found, expected) < 5e-5, "\(layer) to \(target), \(window)")
                }
            }
        }
    }

    @Test func `several layers take part with windows of their own, or all of them`() throws {
        let (model, images) = try Self.networks()[0]
        let positions: [String: Positions] = [
            "mixed3a_1x1": .all, "mixed3a": .at(x: 2, y: 5), "mixed3b": .centre, "maxpool4": .window(rows: 0..<3, columns: 7..<9), "mixed4a_3x3": .all,
        ]
        let whole = try model.activations(of: images, at: Array(positions.keys))
        let parts = try model.activations(of: images, at: positions)
        func part(_ layer: String, _ tensor: Tensor) -> Tensor {
            switch layer {
            case "mixed3a": return tensor[0..., 5..<6, 2..<3, 0...]
            case "mixed3b":
                let (y, x) = (tensor.shape[1] / 2, tensor.shape[2] / 2)
                return tensor[0..., y..<y + 1, x..<x + 1, 0...]
            case "maxpool4": return tensor[0..., 0..<3, 7..<9, 0...]
            default: return tensor
            }
        }
        for (layer, all) in whole { #expect(Self.error(parts[layer], part(layer, all), of: all) < 2e-5, "\(layer)") }
        let seeds = parts.mapValues { SweepTests.numbers($0.count, $0.shape) }
        let found = try model.gradient(of: images, at: positions) { _ in (0, seeds) }.gradient
        let expected = try model.gradient(of: images, at: Array(positions.keys)) { activations in
            var padded = activations.mapValues { Tensor(zeros: $0.shape) }
            for (layer, seed) in seeds {
                let shape = activations[layer]!.shape
                switch layer {
                case "mixed3a": padded[layer]![0..., 5..<6, 2..<3, 0...] = seed
                case "mixed3b": padded[layer]![0..., shape[1] / 2..<shape[1] / 2 + 1, shape[2] / 2..<shape[2] / 2 + 1, 0...] = seed
                case "maxpool4": padded[layer]![0..., 0..<3, 7..<9, 0...] = seed
                default: padded[layer] = seed
                }
            }
            return (0, padded)
        }.gradient
        #expect(relativeError(found, expected) < 5e-5)
    }

    @Test func `an edited layer is edited at the positions that are computed, and the head sees everything`() throws {
        let (model, _) = try Self.networks()[0]
        let images = ModelTests.image([2, 64, 64, 3], seed: 12)
        let other = try model.activations(of: ModelTests.image([2, 64, 64, 3], seed: 13), at: ["mixed3a"])["mixed3a"]!
        let edited = try model.editing("mixed3a", .replacing(with: other, channels: [0, 3])).editing("conv2d1", .scaling([1: 3]))
        let all = try edited.activations(of: images, at: ["mixed3b", "softmax2"])
        let parts = try edited.activations(of: images, at: ["mixed3b": .at(x: 3, y: 14), "softmax2": .centre])
        #expect(Self.error(parts["mixed3b"], all["mixed3b"]![0..., 14..<15, 3..<4, 0...], of: all["mixed3b"]!) < 2e-5)
        #expect(relativeError(parts["softmax2"], all["softmax2"]!) < 1e-5)
        let alone = try edited.activations(of: images, at: ["mixed3b": .at(x: 3, y: 14)])["mixed3b"]
        #expect(Self.error(alone, all["mixed3b"]![0..., 14..<15, 3..<4, 0...], of: all["mixed3b"]!) < 2e-5)
    }

    @Test func `positions that a layer does not have are errors`() throws {
        let (model, images) = try Self.networks()[0]
        #expect(throws: ModelError.positionOutOfRange(x: 21, y: 3, layer: "mixed3a", width: 21, height: 18)) {
            try model.activations(of: images, at: ["mixed3a": .at(x: 21, y: 3)])
        }
        #expect(throws: ModelError.positionOutOfRange(x: 3, y: -1, layer: "mixed3a", width: 21, height: 18)) {
            try model.activations(of: images, at: ["mixed3a": .window(rows: -1..<2, columns: 2..<4)])
        }
        #expect(throws: ModelError.positionOutOfRange(x: 1, y: 1, layer: "mixed3a", width: 21, height: 18)) {
            try model.activations(of: images, at: ["mixed3a": .window(rows: 2..<2, columns: 2..<2)])
        }
    }

    @Test func `any layer gives a window of its outputs from a window of its inputs that holds what they read`() throws {
        var random = CounterRandom(seed: 5)
        func some(_ range: ClosedRange<Int>) -> Int { range.lowerBound + min(range.count - 1, Int(random.uniform() * Double(range.count))) }
        for one in try SweepTests.cases() where one.shape.count == 4 {
            let layer = try one.layer()
            // These compute whole maps only.
            switch layer.reach {
            case .everything, .bins: continue
            case .position, .sliding: break
            }
            let input = SweepTests.numbers(one.seed, one.shape) * one.scale
            let output = try layer(input)
            let gradient = SweepTests.numbers(one.seed + 10, output.shape)
            let (from, to) = (Self.shape(input), Self.shape(output))
            let (y, x) = (some(0...to.height - 1), some(0...to.width - 1))
            let asked = Window(rows: y..<some(y + 1...to.height), columns: x..<some(x + 1...to.width))
            let seen = layer.reach.seen(asked, input: from)
            // As much as they read, and at times some more, but nothing beyond the border.
            let more = layer.reach == .position ? 0 : some(0...2)
            func clip(_ range: Range<Int>, _ count: Int) -> Range<Int> {
                let low = min(max(range.lowerBound - more, 0), count - 1)
                return low..<max(min(range.upperBound + more, count), low + 1)
            }
            let window = Window(rows: clip(seen.rows, from.height), columns: clip(seen.columns, from.width))
            let part = input[0..., window.rows, window.columns, 0...]
            let scratch = UnsafeMutablePointer<Float>.allocate(capacity: layer.scratchCount(for: window.shape(of: from), batch: one.shape[0]) + 1)
            defer { scratch.deallocate() }
            let found = Self.withView(part, window, from) { x in
                Self.tensor(asked, to, batch: one.shape[0]) { layer.forward(x, into: $0, scratch: scratch) }
            }
            #expect(relativeError(found, output[0..., asked.rows, asked.columns, 0...]) < 2e-5, "\(asked) of \(one)")

            var padded = Tensor(zeros: output.shape)
            let some = gradient[0..., asked.rows, asked.columns, 0...]
            padded[0..., asked.rows, asked.columns, 0...] = some
            let expected = try layer.inputGradient(ofOutput: padded, at: input)
            let back = Self.withView(part, window, from) { x in
                Self.withView(found, asked, to) { y in
                    Self.withView(some, asked, to) { g in
                        Self.tensor(window, from, batch: one.shape[0]) {
                            layer.backward(
                                g, recorded: RecordedActivations(input: x, output: y), into: $0, accumulate: false, rules: .standard, scratch: scratch)
                        }
                    }
                }
            }
            #expect(Self.error(back, expected[0..., window.rows, window.columns, 0...], of: expected) < 5e-5, "gradient, \(asked) of \(one)")
        }
    }

    private static func shape(_ tensor: Tensor) -> ActivationShape {
        ActivationShape(height: tensor.shape[1], width: tensor.shape[2], channels: tensor.shape[3])
    }

    private static func withView<R>(_ tensor: Tensor, _ window: Window, _ whole: ActivationShape, _ body: (ActivationView) -> R) -> R {
        tensor.withUnsafeScalars {
            body(
                ActivationView(
                    base: UnsafeMutablePointer(mutating: $0.baseAddress!), batch: tensor.shape[0], window: window, of: whole,
                    pixelStride: whole.channels))
        }
    }

    private static func tensor(_ window: Window, _ whole: ActivationShape, batch: Int, _ body: (ActivationView) -> Void) -> Tensor {
        var result = Tensor(repeating: .nan, shape: [batch, window.rows.count, window.columns.count, whole.channels])
        result.withUnsafeMutableScalars {
            body(ActivationView(base: $0.baseAddress!, batch: batch, window: window, of: whole, pixelStride: whole.channels))
        }
        return result
    }
}
