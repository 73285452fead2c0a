import Circuits
import Foundation
import Networks
import RichDisplay
import Tensors
import Testing

/// A network in which one channel of mixed3b reads exactly two channels of mixed3a, with known kernels.
private struct Planted {
    let model: Model
    /// Channel 40 of mixed3b, in its 3x3 branch.
    var feature: Feature { model["mixed3b"][40] }
    static let exciting = 5, inhibiting = 9
    static let kernel: [Float] = [0, 1, 0, 0, 2, 0, 0, 1, 0]

    init() throws {
        var model = try Model(random: .miniInception(classCount: 20), seed: 3)
        var bottleneck = Tensor(zeros: try model.weights(of: "mixed3b_3x3_bottleneck").shape)  // [1, 1, 64, 32]
        bottleneck[0, 0, Self.exciting, 0] = 1
        bottleneck[0, 0, Self.inhibiting, 0] = -0.5
        var branch = Tensor(zeros: try model.weights(of: "mixed3b_3x3").shape)  // [3, 3, 32, 48]
        // Channel 40 is the ninth of the 3x3 branch, which follows the 32 of the 1x1 branch.
        for y in 0..<3 { for x in 0..<3 { branch[y, x, 0, 8] = Self.kernel[y * 3 + x] } }
        model = try model.replacing("mixed3b_3x3_bottleneck", weights: bottleneck)
        self.model = try model.replacing("mixed3b_3x3", weights: branch)
    }
}

@Suite struct ConnectionsTests {
    @Test func `the analysis finds exactly the circuit that was planted`() throws {
        let connections = try Planted().feature.connections()
        #expect(connections.map(\.source.channel) == [Planted.exciting, Planted.inhibiting])
        #expect(connections.map(\.source.layer) == ["mixed3a", "mixed3a"])
        let norm = Float(6).squareRoot()
        #expect(abs(connections[0].strength - norm) < 1e-4 && abs(connections[1].strength + norm / 2) < 1e-4)
        // The 3x3 kernel stands in the middle of the block's 5x5 window.
        #expect(connections[0].kernel.shape == [5, 5])
        for y in 0..<5 {
            for x in 0..<5 {
                let inside = (1...3).contains(y) && (1...3).contains(x)
                #expect(abs(connections[0].kernel[y, x] - (inside ? Planted.kernel[(y - 1) * 3 + x - 1] : 0)) < 1e-5)
            }
        }
    }

    @Test func `nothing is found for a channel without weights`() throws {
        let planted = try Planted()
        #expect(try planted.model["mixed3b"][41].connections().isEmpty)
        let figure = try planted.model["mixed3b"][41].weights()
        #expect(figure.description == "mixed3b:41 is excited by nothing; inhibited by nothing")
        #expect(try figure.mimeBundle().contents["image/svg+xml"] != nil)
    }

    @Test func `a direction reads the same combination of its channels' kernels`() throws {
        let planted = try Planted()
        let connections = try planted.model["mixed3b"].direction([40: -2, 41: 1]).connections()
        #expect(connections.map(\.source.channel) == [Planted.exciting, Planted.inhibiting])
        #expect(connections[0].strength < 0 && abs(connections[0].strength + 2 * Float(6).squareRoot()) < 1e-4)
    }

    @Test func `a circuit holds the strongest channels of each sign and draws them`() throws {
        let circuit = try Circuit(around: try Planted().feature, top: 2)
        #expect(circuit.exciting.map(\.source.channel) == [Planted.exciting])
        #expect(circuit.inhibiting.map(\.source.channel) == [Planted.inhibiting])
        guard case .text(let svg)? = try circuit.mimeBundle().contents["image/svg+xml"] else {
            Issue.record("no drawing")
            return
        }
        #expect(svg.contains("mixed3a:5") && svg.contains("mixed3a:9") && svg.contains("mixed3b:40"))
    }

    @Test func `what cannot be asked is refused with what can`() throws {
        let model = try Planted().model
        #expect(throws: CircuitError.noEarlierLayer("conv2d0")) { try model["conv2d0"][0].connections() }
        #expect(throws: CircuitError.topOutOfRange(0)) { try model["mixed3b"][0].weights(top: 0) }
        #expect(throws: CircuitError.notAnImageLayer("conv2d2")) { try model["conv2d2"].filters() }
        #expect("\(CircuitError.notAnImageLayer("conv2d2"))".contains("weights(from:)"))
    }

    @Test func `filters of the first layer are one picture per channel`() throws {
        let sheet = try Planted().model["conv2d0"].filters()
        #expect(sheet.images.count == 24 && sheet.images.allSatisfy { $0.width == 7 && $0.height == 7 })
    }
}
