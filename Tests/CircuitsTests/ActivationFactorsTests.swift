import Circuits
import Networks
import PictureWorld
import RichDisplay
import Tensors
import Testing

@Suite struct ActivationFactorsTests {
    @Test func `the error of a factorization is scikit-learn's`() throws {
        for reference in try AttributionReference.load().factors {
            let matrix = Tensor(shape: reference.shape, scalars: reference.matrix)
            for (count, error) in reference.errors {
                let found = try matrix.nonnegativeFactors(try #require(Int(count)))
                #expect(abs(found.error - error) <= 0.01 * error, "\(count) parts: \(found.error) instead of \(error)")
                #expect(found.weights.min() >= 0 && found.parts.min() >= 0)
                #expect(abs((matrix - found.weights.matmul(found.parts)).norm() - found.error) < 1e-5 * matrix.norm())
            }
        }
    }

    @Test func `planted factors are found, whatever the order of the pictures`() throws {
        let layer = try PlantedAttribution().model["conv1"]
        let factors = try layer.factors(of: PlantedAttribution.picture(), count: 2)
        #expect(factors.relativeError < 1e-3 && factors.count == 2)
        // Red fires the first two channels as 1 to 2, which is the larger part; green the third.
        let five = Float(5).squareRoot()
        #expect(factors.directions.distance(to: [1 / five, 2 / five, 0, 0, 0, 0, 1, 0]) < 1e-3)
        for y in 0..<4 {
            for x in 0..<4 {
                let bright: Float = y == 3 ? 0.8 : 0.4
                #expect(abs(factors.maps[0, y, x, 0] - (x < 2 ? bright * five : 0)) < 2e-3)
                #expect(abs(factors.maps[0, y, x, 1] - (x < 2 ? 0 : bright)) < 2e-3)
            }
        }
        #expect(try factors[1].layer == "conv1" && abs((factors[1].weights[2] ?? 0) - 1) < 1e-3)
        #expect(try factors.map(of: 1).shape == [1, 4, 4] && abs(factors.shares.reduce(0, +) - 1) < 1e-5)
        // The same factors in the picture upside down.
        let turned = try factors.maps(of: PlantedAttribution.picture().flipped(0))
        #expect((turned - factors.maps.flipped(1)).map(abs).max() < 5e-3)
    }

    @Test func `directions get signs where activations have them`() throws {
        var weights = Tensor(zeros: [1, 1, 3, 4])
        (weights[0, 0, 0, 0], weights[0, 0, 0, 1], weights[0, 0, 1, 2]) = (1, -1, 1)
        let layer = try PlantedAttribution().model.replacing("conv1_pre_relu", weights: weights)["conv1_pre_relu"]
        let factors = try layer.factors(of: PlantedAttribution.picture(), count: 2)
        #expect(factors.relativeError < 1e-3 && factors.maps.min() >= 0)
        let half = Float(0.5).squareRoot()
        #expect(factors.directions.distance(to: [half, -half, 0, 0, 0, 0, 1, 0]) < 1e-3)
    }

    @Test func `attribution is shared out among factors, and nothing is lost`() throws {
        let model = try PlantedAttribution().model, picture = PlantedAttribution.picture()
        let factors = try model["conv1"].factors(of: picture, count: 2)
        let parts = try model.attribution(of: picture, to: .logit("warm"), at: "conv1").byFactor(factors)
        #expect(abs(parts.totals[0] - 0.5) < 2e-3 && abs(parts.totals[1] + 0.75) < 2e-3 && abs(parts.rest) < 3e-3)
        #expect(try parts.mimeBundle().plain.contains("factor 1"))
        #expect(throws: AttributionError.otherLayer(factors: "conv1", layer: "conv2")) {
            try model.attribution(of: picture, to: .logit("warm"), at: "conv2").byFactor(factors)
        }
        // A factor is a target too.
        let target = try model.attribution(of: picture, to: .feature(factors[1]))
        #expect(abs(target.channels[1] - 0.25) < 2e-3 && abs(target.channels[0]) < 2e-3)
    }

    @Test func `factors of several pictures of a trained network explain more the more there are`() throws {
        let model = try Model.load("mini-inception"), pictures = World.test.batch(0..<4).images
        let few = try model["mixed3b"].factors(of: pictures, count: 2), many = try model["mixed3b"].factors(of: pictures, count: 8)
        #expect(many.relativeError < few.relativeError && few.relativeError < 1)
        #expect(many.maps.shape[0] == 4)
        #expect(try many.directions.shape == [8, model.channels(of: "mixed3b")])
        #expect(try model["mixed3b"].factors(of: pictures, count: 8).maps == many.maps)
        let figure = try few.visualize(size: 24, steps: 2, showProgress: false)
        #expect(figure.visualizations.count == 2)
        #expect(try figure.mimeBundle().plain.contains("mixed3b in 2 factors"))
    }

    @Test func `factors that cannot be are refused with the reason`() throws {
        let model = try PlantedAttribution().model, picture = PlantedAttribution.picture()
        for count in [0, 5] {
            #expect {
                try model["conv1"].factors(of: picture, count: count)
            } throws: {
                "\($0)" == "count cannot be \(count); it must be 1 to 4 factors: conv1 has 4 channels at 16 positions here"
            }
        }
        #expect(throws: AttributionError.silent(layer: "conv1")) { try model["conv1"].factors(of: Tensor(zeros: [4, 4, 3]), count: 2) }
        #expect(throws: ModelError.notSpatial(layer: "logits")) { try model["logits"].factors(of: picture, count: 1) }
        #expect(throws: LinearAlgebraError.self) { try Tensor([1, -1]).reshaped([1, 2]).nonnegativeFactors(1) }
        #expect(throws: LinearAlgebraError.self) { try Tensor([1, .nan]).reshaped([1, 2]).nonnegativeFactors(1) }
        #expect(throws: LinearAlgebraError.self) { try Tensor([1, 2]).reshaped([1, 2]).nonnegativeFactors(2) }
        #expect(throws: AttributionError.unknownFactor(2, count: 2)) { try model["conv1"].factors(of: picture, count: 2).map(of: 2) }
        #expect(throws: AttributionError.unknownFactor(-1, count: 2)) { try model["conv1"].factors(of: picture, count: 2)[-1] }
    }
}
