import Circuits
import Figures
import Networks
import RichDisplay
import Tensors
import Testing

/// Channel 40 of mixed3b reads exactly two channels of mixed3a; all other units of its 3x3 branch read nothing.
private func plantedModel() throws -> Model {
    var model = try Model(random: .miniInception(classCount: 20), seed: 3)
    var bottleneck = Tensor(zeros: try model.weights(of: "mixed3b_3x3_bottleneck").shape)  // [1, 1, 64, 32]
    bottleneck[0, 0, 5, 0] = 1
    bottleneck[0, 0, 9, 0] = -0.5
    var branch = Tensor(zeros: try model.weights(of: "mixed3b_3x3").shape)  // [3, 3, 32, 48]
    for y in 0..<3 { for x in 0..<3 { branch[y, x, 0, 8] = y == 0 ? 40 : 0 } }
    model = try model.replacing("mixed3b_3x3_bottleneck", weights: bottleneck)
    return try model.replacing("mixed3b_3x3", weights: branch)
}

@Suite struct FeatureConnectionsTests {
    @Test func `the implementation of a planted unit is what was planted`() throws {
        let found = try plantedModel()["mixed3b"][40].implementation()
        #expect(found.exciting.map(\.source.channel) == [5] && found.inhibiting.map(\.source.channel) == [9])
        #expect(found.layer == "mixed3a" && abs(found.share - 1) < 1e-6)
        #expect(abs(found.exciting[0].norm - 40 * Float(3).squareRoot()) < 1e-2)
        #expect(found.exciting[0].target.channel == 40)
        #expect(found.description.hasPrefix("mixed3b:40 is excited by mixed3a:5 +69.28; inhibited by mixed3a:9"))
    }

    @Test func `the planted unit is the strongest client of what it reads, with the same weights`() throws {
        let model = try plantedModel()
        let clients = try model["mixed3a"][5].clients()
        #expect(clients.ranked.first?.target.channel == 40 && clients.layer == "mixed3b")
        let backwards = try model["mixed3b"][40].implementation().exciting[0].kernel
        #expect(zip(clients.ranked[0].kernel.scalars, backwards.scalars).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(clients.ranked.map(\.norm) == clients.ranked.map(\.norm).sorted(by: >))
        // What nobody reads has no clients in that branch: the rest of the layer is random and reads it.
        let (share, chance) = clients.agreement(with: [model["mixed3b"][40]], units: 120)
        #expect(share.successes == 1 && share.total == 1 && abs(chance - 1.0 / 120) < 1e-9)
    }

    @Test func `weights behind a pooling lie on its grid, forwards and backwards alike`() throws {
        let model = try Model(random: .miniInception(classCount: 20), seed: 3)
        let forward = try model["mixed3b"][3].clients()
        let one = try #require(forward.ranked.first)
        let back = try one.target.connections().first { $0.source.channel == 3 }
        #expect(zip(one.kernel.scalars, try #require(back).kernel.scalars).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test func `the clients of a direction read the same combination`() throws {
        let model = try plantedModel()
        let clients = try model["mixed3a"].direction([5: 1, 9: 2]).connections(to: "mixed3b")
        // +1 and twice -0.5 cancel.
        #expect(!clients.contains { $0.target.channel == 40 && $0.norm > 1e-3 })
    }

    @Test func `rows show icon, weights and icon, and say when there is nothing`() throws {
        let model = try plantedModel()
        let svg = try model["mixed3b"][40].implementation().drawing().markup
        for text in ["What builds mixed3b:40", "excited by", "inhibited by", "mixed3a:5", "+69.28"] {
            #expect(svg.contains(text), "\(text)")
        }
        #expect(svg.components(separatedBy: "<image").count == 5)
        let nothing = try model["mixed3b"][41].implementation()
        #expect(nothing.ranked.isEmpty && nothing.share == 0)
        #expect(try nothing.drawing().markup.contains("excited by: nothing"))
        #expect(throws: CircuitError.topOutOfRange(0)) { try model["mixed3b"][40].clients(top: 0) }
        #expect(throws: CircuitError.noEarlierLayer("conv2d0")) { try model["conv2d0"][0].implementation() }
        let last = try #require(model.layers.last?.name)
        #expect(throws: CircuitError.noLaterLayer(last)) { try model[last][0].clients() }
    }
}
