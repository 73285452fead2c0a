import Circuits
import Networks
import RichDisplay
import Tensors
import Testing

/// Layers a (24 units), b (22 units) and c (20 units). Of b, 0-5 read a:0-5, 6-11 read a:8-13, and 12-18 read a:16-21 and are inhibited by
/// a:0-2; 19 and 20 read whatever comes, 21 reads nothing. Of c, one half reads the even units of b, the other half the odd ones.
private enum PlantedGroups {
    static let members = [Array(0..<6), Array(6..<12), Array(12..<19)]
    static let inputs = [Array(0..<6), Array(8..<14), Array(16..<22)]
    static let noise = [19, 20], dead = 21

    /// - Parameter lone: whether d, a layer of one unit, follows.
    static func model(lone: Bool = false) throws -> Model {
        var random = CounterRandom(seed: 3)
        var b = Tensor(normal: [3, 3, 24, 22], deviation: 0.02, seed: 1)
        for y in 0..<3 {
            for x in 0..<3 {
                for (group, units) in members.enumerated() {
                    for unit in units {
                        for input in inputs[group] { b[y, x, input, unit] = Float(random.uniform(in: 0.3...1)) }
                        if group == 2 { for input in 0..<3 { b[y, x, input, unit] = -Float(random.uniform(in: 0.3...1)) } }
                    }
                }
                for input in 0..<24 {
                    for unit in noise { b[y, x, input, unit] = Float(random.normal()) }
                    b[y, x, input, dead] = 0
                }
            }
        }
        var c = Tensor(normal: [1, 1, 22, 20], deviation: 0.02, seed: 2)
        for client in 0..<20 {
            for unit in 0..<21 where unit % 2 == client / 10 { c[0, 0, unit, client] = Float(random.uniform(in: 0.3...1)) }
            c[0, 0, dead, client] = 0
        }
        func step(_ name: String, _ weights: Tensor, from input: String) throws -> [Graph.Node] {
            [
                .init(
                    name + "_pre_relu",
                    .layer(try Convolution(weights: weights, bias: Tensor(zeros: [weights.shape[3]]))), inputs: [input]),
                .init(name, .layer(ReLU()), inputs: [name + "_pre_relu"]),
            ]
        }
        var nodes = try [Graph.Node("input", .input(channels: 3, range: 0...1))]
            + step("a", Tensor(normal: [3, 3, 3, 24], seed: 5), from: "input") + step("b", b, from: "a") + step("c", c, from: "b")
        if lone { nodes += try step("d", Tensor(normal: [1, 1, 20, 1], seed: 6), from: "c") }
        return try Model(
            graph: Graph(nodes: nodes),
            details: ModelDescription(
                name: "planted groups", inputSize: 32, layers: (["a", "b", "c"] + (lone ? ["d"] : [])).map { CanonicalLayer($0) },
                logitsLayer: nil, probabilitiesLayer: nil))
    }
}

@Suite struct WeightGroupsTests {
    @Test func `units that read the same units are found as groups, noise and a unit without weights are in none`() throws {
        let proposed = try PlantedGroups.model()["b"].proposedGroups(from: .implementation)
        #expect(proposed.exceedsControl && proposed.other == "a", "\(proposed)")
        #expect(Set(proposed.groups.groups.map { Set($0.units) }) == Set(PlantedGroups.members.map(Set.init)), "\(proposed)")
        #expect(proposed.groups.withoutGroup == PlantedGroups.noise + [PlantedGroups.dead])
        #expect(proposed.silent == [PlantedGroups.dead] && proposed.evidence[PlantedGroups.dead] == nil)
        #expect(proposed.control.shuffled.count == 199 && proposed.control.untrained.count == 2)
        #expect(proposed.control.chance == 1.0 / 200)
        #expect(proposed.branches == nil && proposed.compared == nil)
        for (group, units) in PlantedGroups.members.enumerated() {
            for unit in units {
                let evidence = try #require(proposed.evidence[unit])
                #expect(evidence.similarity > 0.9 && evidence.next.similarity < 0.3 && evidence.silhouette > 0.5, "\(unit): \(evidence)")
                // What it shares with its group is what was planted, and the weights are its own.
                let exciting = evidence.shared.filter { $0.weight > 0.2 }.map(\.unit)
                #expect(!exciting.isEmpty && Set(exciting).isSubset(of: PlantedGroups.inputs[group]), "\(unit): \(evidence)")
                if group == 2 {
                    #expect(evidence.shared.filter { $0.weight < -0.2 }.allSatisfy { $0.unit < 3 })
                }
            }
        }
        // A name lists what the group reads.
        let third = try #require(proposed.evidence[12]?.group)
        let listed = try #require(third.split(separator: ":").last).split(separator: ", ").compactMap { Int($0) }
        #expect(third.hasPrefix("reads a:") && listed.count == 3 && Set(listed).isSubset(of: PlantedGroups.inputs[2]), "\(third)")
        #expect(try #require(proposed.groups[third]).comment.contains("inhibited by"))
    }

    @Test func `by its clients the same layer has other groups`() throws {
        let proposed = try PlantedGroups.model()["b"].proposedGroups(from: .use)
        #expect(proposed.exceedsControl && proposed.other == "c" && proposed.count == 2, "\(proposed)")
        let even = Set(stride(from: 0, to: 21, by: 2)), odd = Set(stride(from: 1, to: 21, by: 2))
        #expect(Set(proposed.groups.groups.map { Set($0.units) }) == [even, odd], "\(proposed)")
        #expect(proposed.groups.groups.allSatisfy { $0.name.hasPrefix("read by c:") })
    }

    @Test func `groups of the layer before give names, and groups of the layer are compared`() throws {
        let model = try PlantedGroups.model(), layer = model["b"]
        let kinds = zip(["Lines", "Spots", "Waves"], PlantedGroups.inputs).map { NeuronGroup($0, units: $1) }
        let before = try NeuronGroups(kinds, of: model["a"])
        let same = try NeuronGroups(PlantedGroups.members.enumerated().map { NeuronGroup("\($0)", units: $1) }, of: layer)
        let proposed = try layer.proposedGroups(from: .implementation, naming: before, comparing: same)
        let names = try PlantedGroups.members.map { try #require(proposed.evidence[$0[0]]?.group) }
        #expect(zip(names, ["Lines", "Spots", "Waves"]).allSatisfy { $0.hasPrefix("reads \($1) (a:") }, "\(names)")
        // Groups that no unit reads more than others give no names.
        let parts = (0..<3).map { part in NeuronGroup("\(part)", units: (0..<24).filter { $0 % 3 == part }) }
        let mixed = try NeuronGroups(parts, of: model["a"])
        let plain = try layer.proposedGroups(from: .implementation, naming: mixed)
        #expect(plain.groups.groups.allSatisfy { $0.name.hasPrefix("reads a:") }, "\(plain)")
        let agreement = try #require(proposed.compared)
        #expect(agreement.adjustedRand == 1 && agreement.chance == 0.001 && agreement.units == 19)
        #expect(proposed.description.contains("Agreement with the groups given: adjusted Rand index 1.00 over 19 units"))
        let thirds = [0, 1, 2].map { part in NeuronGroup("\(part)", units: (0..<19).filter { $0 % 3 == part }) }
        let crossed = try NeuronGroups(thirds, of: layer)
        let other = try #require(try layer.proposedGroups(from: .implementation, comparing: crossed).compared)
        #expect(other.adjustedRand < 0.1 && other.chance > 0.05, "\(other)")
    }

    @Test func `an untrained network and shuffled weights have no groups, and it is said so`() throws {
        for seed in [11, 12] as [UInt64] {
            let untrained = try Model(random: .miniInception(classCount: 20), seed: seed)
            let proposed = try untrained["mixed3b"].proposedGroups(from: .implementation)
            #expect(!proposed.exceedsControl && proposed.groups.groups.isEmpty && proposed.evidence.isEmpty, "\(proposed)")
            #expect(proposed.description.contains("not better than the controls: no groups are proposed"))
            #expect(proposed.clusters.flatMap(\.self).count == 120 && proposed.branches != nil)
            #expect(try proposed.mimeBundle().plain == proposed.description)
        }
        // The planted weights, each unit's shuffled among its inputs.
        let model = try PlantedGroups.model()
        var random = CounterRandom(seed: 8), weights = try model.weights(of: "b")
        for unit in 0..<22 {
            let order = random.permutation(of: 24)
            for y in 0..<3 { for x in 0..<3 {
                let own = (0..<24).map { weights[y, x, $0, unit] }
                for input in 0..<24 { weights[y, x, input, unit] = own[order[input]] }
            } }
        }
        let shuffled = try model.replacing("b", weights: weights)["b"].proposedGroups(from: .implementation)
        #expect(!shuffled.exceedsControl && shuffled.groups.groups.isEmpty, "\(shuffled)")
    }

    @Test func `what cannot be grouped says why`() throws {
        let model = try PlantedGroups.model(lone: true)
        #expect(throws: WeightGroupsError.readsTheImage("a")) { try model["a"].proposedGroups(from: .implementation) }
        #expect(throws: WeightGroupsError.tooFewUnits(layer: "d", connected: 1, of: 1, needed: 6)) {
            try model["d"].proposedGroups(from: .implementation)
        }
        #expect(throws: WeightGroupsError.tooFewPartners(layer: "c", other: "d", units: 1)) { try model["c"].proposedGroups(from: .use) }
        #expect(throws: CircuitError.noLaterLayer("d")) { try model["d"].proposedGroups(from: .use) }
        for count in [-1, 1, 8] {
            #expect(throws: WeightGroupsError.countOutOfRange(count, layer: "b", range: 2...7)) {
                try model["b"].proposedGroups(from: .implementation, count: count)
            }
        }
        #expect(throws: WeightGroupsError.tooFewShuffles(3, needed: 100)) {
            try model["b"].proposedGroups(from: .implementation, shuffles: 3)
        }
        let silent = try model.replacing("b", weights: Tensor(zeros: [3, 3, 24, 22]))
        #expect(throws: WeightGroupsError.tooFewUnits(layer: "b", connected: 0, of: 22, needed: 6)) {
            try silent["b"].proposedGroups(from: .implementation)
        }
        let other = try NeuronGroups([NeuronGroup("x", units: [0])], of: model["c"])
        #expect(throws: WeightGroupsError.otherLayer(groups: "c", wanted: "b")) {
            try model["b"].proposedGroups(from: .implementation, comparing: other)
        }
        #expect(throws: WeightGroupsError.otherLayer(groups: "c", wanted: "a")) {
            try model["b"].proposedGroups(from: .implementation, naming: other)
        }
        #expect(throws: ModelError.self) { try model["e"].proposedGroups(from: .implementation) }
    }

    @Test func `agreement is 1 for the same groups under other names, and 0 on average for random ones`() {
        let groups = Dictionary(uniqueKeysWithValues: (0..<40).map { ($0, "\($0 / 10)") })
        let renamed = groups.mapValues { "group " + $0 }
        #expect(GroupAgreement(groups, renamed).adjustedRand == 1)
        // The example of Hubert and Arabie's index in scikit-learn's manual: 0.242 for [0, 0, 0, 1, 1, 1] and [0, 0, 1, 1, 2, 2].
        let first = Dictionary(uniqueKeysWithValues: [0, 0, 0, 1, 1, 1].enumerated().map { ($0.offset, "\($0.element)") })
        let second = Dictionary(uniqueKeysWithValues: [0, 0, 1, 1, 2, 2].enumerated().map { ($0.offset, "\($0.element)") })
        #expect(abs(GroupAgreement(first, second).adjustedRand - 0.242424) < 1e-4)
        var random = CounterRandom(seed: 1)
        let draws = (0..<50).map { draw in
            GroupAgreement(groups, groups.mapValues { _ in "\(random.integer(in: 0..<4))" }, permutations: 99, seed: UInt64(draw))
        }
        #expect(abs(draws.map(\.adjustedRand).reduce(0, +) / 50) < 0.02)
        #expect(draws.filter { $0.chance < 0.05 }.count <= 8)
        let nothing = GroupAgreement(groups, [50: "x"])
        #expect(nothing.units == 0 && nothing.adjustedRand.isNaN && nothing.chance == 1)
        #expect(nothing.description == "0 units in both: too few, or all in one group, to compare")
    }
}
