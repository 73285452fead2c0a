import Circuits
import Networks
import Tensors
import Testing

@Suite struct ObjectiveTests {
    @Test func `values and gradients are those of PyTorch`() throws {
        let reference = try VisualizationReference.load().objectives
        let target = Tensor(shape: Array(reference.shape.dropFirst()), scalars: reference.target)
        let pattern = Tensor(shape: [6, 3, 6], scalars: reference.pattern)
        let objectives: [String: Objective] = [
            "tensorDirection": .tensorDirection("a", pattern),
            "tensorDirection, cosine": .tensorDirection("a", pattern, cosinePower: 1),
            "caricature, cosine": .caricature("a", of: target, cosinePower: 1),
            "activationDifference": .activationDifference("a", from: target),
            "inputDifference": .inputDifference(from: target),
            "alignment": .alignment("a", decayRatio: 3),
            "boundary": .penalizedBoundary(width: 1, constant: 0.4),
            "channel": .channel("a", 2),
            "neuron": .neuron("a", 4),
            "direction": .direction("a", reference.vector),
            "direction, cosine squared": .direction("a", reference.vector, cosinePower: 2),
            "directionNeuron, cosine": .directionNeuron("a", reference.vector, cosinePower: 1),
            "deepDream": .deepDream("a"),
            "l1": .l1("a", from: 0.3),
            "l2": .l2("a", from: 0.3),
            "totalVariation": .totalVariation("a"),
            "diversity": .diversity("a"),
            "sum": 2 * .channel("a", 2) - .deepDream("a") * 3,
            "product": -(.channel("a", 2)) * .deepDream("a"),
            "entry": .deepDream("a").entry(1),
        ]
        #expect(Set(objectives.keys) == Set(reference.results.keys))
        let batch = Tensor(shape: reference.shape, scalars: reference.activations), activations = ["a": batch, Objective.images: batch]
        for (name, objective) in objectives {
            let expected = try #require(reference.results[name])
            let (value, gradients) = try objective.evaluate(activations)
            let gradient = try #require(gradients.first?.value)
            let scale = max(1, expected.gradient.reduce(0) { max($0, abs($1)) })
            #expect(abs(value - expected.value) < 1e-5 * max(1, abs(expected.value)), "\(name): \(value), not \(expected.value)")
            #expect(gradient.distance(to: expected.gradient) < 1e-5 * scale, "\(name)")
        }
    }

    @Test func `objectives of several layers give each its gradient`() throws {
        let objective = Objective.channel("a", 0) * .channel("b", 1)
        let (value, gradients) = try objective.evaluate([
            "a": Tensor(shape: [1, 1, 1, 1], scalars: [3]), "b": Tensor(shape: [1, 2], scalars: [5, 7]),
        ])
        #expect(value == 21)
        #expect(gradients == ["a": Tensor(shape: [1, 1, 1, 1], scalars: [7]), "b": Tensor(shape: [1, 2], scalars: [0, 3])])
    }

    @Test func `a function of a user's own has the gradient of the objective that it spells out`() throws {
        let x = Tensor(uniform: [2, 3, 4, 5], in: -1..<1, seed: 1), y = Tensor(uniform: [2, 2, 2, 3], in: -1..<1, seed: 2)
        let own = Objective("own", of: "a") { $0[.ellipsis, 2..<3].mean() }
        let (value, gradients) = try own.evaluate(["a": x]), known = try Objective.channel("a", 2).evaluate(["a": x])
        #expect(abs(value - known.value) < 1e-6 && abs(gradients["a"]! - known.gradients["a"]!).max() < 1e-6)
        // One picture of the batch, and as a term among others.
        let mixed = 2 * own.entry(1) - .l2("a")
        let same = 2 * Objective.channel("a", 2).entry(1) - .l2("a")
        #expect(try abs(mixed.evaluate(["a": x]).gradients["a"]! - same.evaluate(["a": x]).gradients["a"]!).max() < 1e-6)
        let both = Objective("both", of: ["a", "b"]) { $0[0].squared.mean() * $0[1].mean() }
        let product = Objective.deepDream("a") * Objective("mean", of: "b") { $0.mean() }
        let (one, other) = (try both.evaluate(["a": x, "b": y]), try product.evaluate(["a": x, "b": y]))
        #expect(abs(one.value - other.value) < 1e-6)
        for layer in ["a", "b"] { #expect(abs(one.gradients[layer]! - other.gradients[layer]!).max() < 1e-6) }
    }

    @Test func `a function without a single number, or that throws, is named in the error`() throws {
        struct Stop: Error {}
        let x = ["a": Tensor(uniform: [1, 2, 2, 3], in: -1..<1, seed: 1)]
        #expect { try Objective("many", of: "a") { $0 * 2 }.evaluate(x) } throws: { "\($0)".contains("'many'") && "\($0)".contains("sum()") }
        #expect { try Objective("odd", of: "a") { _ in throw Stop() }.evaluate(x) } throws: { "\($0)".contains("'odd'") && "\($0)".contains("Stop") }
        #expect(throws: ObjectiveError.self) { try Objective("far", of: "b") { $0.mean() }.evaluate(x) }
    }

    @Test func `descriptions read like the arithmetic`() {
        let objective = Objective.channel("mixed3b", 17) - 0.5 * (.neuron("mixed3b", 2) + .deepDream("mixed3a"))
        #expect(objective.description == "mixed3b:17 - 0.5 * (neuron mixed3b:2 + deepdream mixed3a)")
        #expect((-objective.described(as: "curves")).description == "-curves")
    }

    @Test func `what a layer does not have is named in the error`() {
        let activations = ["a": Tensor(zeros: [2, 3, 4, 5])]
        func error(_ objective: Objective) -> ObjectiveError? {
            do throws(ObjectiveError) { _ = try objective.evaluate(activations) } catch { return error }
            return nil
        }
        #expect(error(.channel("b", 0)) == .missingLayer("b", objective: "b:0"))
        #expect(error(.channel("a", 5)) == .outOfRange("channel", index: 5, count: 5, layer: "a"))
        #expect(error(.channel("a", -1)) == .outOfRange("channel", index: -1, count: 5, layer: "a"))
        #expect(error(.neuron("a", 0, at: .init(x: 0, y: 3))) == .outOfRange("row", index: 3, count: 3, layer: "a"))
        #expect(error(.direction("a", [1, 2])) == .vectorLength(2, channels: 5, layer: "a"))
        #expect(error(.channel("a", 0).entry(2)) == .outOfRange("image", index: 2, count: 2, layer: "a"))
        #expect(error(.channel("a", 0).entry(1)) == nil)
        let other = Tensor(zeros: [3, 3, 5])
        #expect(error(.caricature("a", of: other)) == .otherShape([3, 3, 5], found: [3, 4, 5], layer: "a"))
        #expect(error(.activationDifference("a", from: other)) == .otherShape([3, 3, 5], found: [3, 4, 5], layer: "a"))
        #expect(error(.tensorDirection("a", Tensor(zeros: [3, 3, 4]))) == .vectorLength(4, channels: 5, layer: "a"))
    }

    @Test func `a series goes from one objective to another in equal steps`() throws {
        let x = Tensor.noise([1, 3, 3, 4])
        let (first, last) = (Objective.channel("a", 0), Objective.channel("a", 3))
        let ends = try (first.evaluate(["a": x]).value, last.evaluate(["a": x]).value)
        let series = try Objective.series(from: first, to: last, count: 3).map { try $0.evaluate(["a": x]).value }
        #expect(series.count == 3 && abs(series[0] - ends.0) < 1e-6 && abs(series[2] - ends.1) < 1e-6)
        #expect(abs(series[1] - (ends.0 + ends.1) / 2) < 1e-6)
    }

    @Test func `blur objectives are zero for a flat picture and fall towards it`() throws {
        let flat = Tensor(repeating: 0.3, shape: [1, 5, 4, 4])
        #expect(abs(try Objective.blurInput().evaluate([Objective.images: flat]).value) < 1e-10)
        var spike = flat
        spike[0, 2, 1, 3] = 1.3
        let (value, gradients) = try Objective.blurAlpha().evaluate([Objective.images: spike])
        let gradient = try #require(gradients[Objective.images])
        // The spike is 1 above its surroundings: of the weights 1 + 8 * 0.5 it has one fifth, of its neighbours' each a tenth or more.
        #expect(abs(gradient[0, 2, 1, 3] - 0.8) < 1e-6)
        #expect(abs(gradient[0, 3, 2, 3] + 0.1) < 1e-6 && gradient[0, 2, 1, 0] == 0)
        // An edge pixel has fewer neighbours: the spike's share is 0.5 of 1 + 5 * 0.5.
        #expect(abs(gradient[0, 2, 0, 3] + 0.5 / 3.5) < 1e-6)
        let squares = gradient.scalars.reduce(0.0) { $0 + Double($1 * $1) }
        #expect(abs(Double(value) - 0.5 * squares) < 1e-6)
        #expect(abs(try Objective.opacity().evaluate([Objective.images: spike]).value - (0.3 + 1.0 / 20)) < 1e-6)
        #expect(throws: ObjectiveError.self) { try Objective.blurAlpha().evaluate([Objective.images: Tensor(zeros: [1, 4, 4, 3])]) }
    }
}
