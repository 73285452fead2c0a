import Circuits
import Figures
import Foundation
import Networks
import RichDisplay
import Tensors
import Testing

@Suite struct PhenomenaTests {
    @Test func `the planted arc detectors are found with their orientations, and neither the line detector nor noise is`() throws {
        let planted = try PlantedDetectors()
        let found = try planted.model["conv2d0"].curveDetectors(control: false)
        #expect(found.units.map(\.feature.channel) == [PlantedDetectors.arc, PlantedDetectors.oppositeArc], "\(found)")
        let preferred = found.units.compactMap(\.preferred)
        #expect(preferred.count == 2 && abs(preferred[0] - 60) <= 10 && abs(preferred[1] - 240) <= 10, "\(preferred)")
        #expect(found.units.allSatisfy { ($0["arc"] ?? 0) >= 2 * ($0["line"] ?? 0) && ($0["width"] ?? 0) < 90 })
        #expect(abs((found.findings.first?.value ?? 0) - 180) <= 10)
        #expect(try found.mimeBundle().plain.contains("at least 2 times") && found.looked == 24)
    }

    @Test func `a union of two arcs has two peaks, one arc has one`() throws {
        let model = try PlantedDetectors().model
        let either = try model["conv2d1"][PlantedDetectors.eitherArc].tuning(over: .curves()).curve()
        #expect(either.echo > 0.9 && either.peaks().count == 2)
        let one = try model["conv2d0"][PlantedDetectors.arc].tuning(over: .curves()).curve()
        #expect(one.echo < 0.1 && one.peaks().count == 1)
    }

    @Test func `the planted line detector answers to its line at its orientation`() throws {
        let line = try PlantedDetectors().model["conv2d0"][PlantedDetectors.line].tuning(over: .lines()).curve()
        #expect(abs(line.peak.angle - 30) <= 5 && line.width < 60 && line.period == 180)
    }

    @Test func `the planted high-low frequency detector is the only one found, high on the right`() throws {
        let found = try PlantedDetectors().model["mixed3a"].frequencyBoundaryUnits(control: false)
        #expect(found.units.map(\.feature.channel) == [PlantedDetectors.highLow], "\(found)")
        #expect(TuningCurve.distance(found.units.first?.preferred ?? 180, 0) < 10)
        #expect((found.units.first?["echo"] ?? 1) < 0.1)
    }

    @Test func `a Gabor is fitted with its orientation and wavelength, noise and a blob are none`() throws {
        let planted = try PlantedDetectors(), layer = planted.model["conv2d0"]
        let found = try layer.gaborFilters(control: false)
        let channels = found.units.compactMap(\.feature.channel)
        #expect(channels.contains(PlantedDetectors.gabor) && !channels.contains(PlantedDetectors.noise))
        #expect(!channels.contains(20) && !channels.contains(21), "a blur is no wave")
        let unit = try #require(found.units.first { $0.feature.channel == PlantedDetectors.gabor })
        #expect(abs((unit.preferred ?? 0) - 30) < 4 && abs((unit["wavelength"] ?? 0) - 5) < 0.4 && (unit["explained"] ?? 0) > 0.97)
        // What is no Gabor of the planted ones is the noise that was left, and the arcs.
        let colours = try layer.colorFilters(control: false)
        #expect(colours.units.map(\.feature.channel) == [PlantedDetectors.redGreen])
        #expect((colours.units.first?["share"] ?? 0) > 0.99 && (colours.units.first?["angle from grey"] ?? 0) > 89)
    }

    @Test func `Gabors with random parameters are explained, random filters are not`() throws {
        var random = CounterRandom(seed: 9)
        for _ in 0..<12 {
            let angle = random.uniform(in: 0...Double.pi), wavelength = random.uniform(in: 3...8), phase = random.uniform(in: 0...6)
            let deviation = max(wavelength / 3, random.uniform(in: 1.2...2.5))
            let filter = Tensor(
                shape: [7, 7],
                scalars: (0..<49).map { index in
                    let x = Double(index % 7) - 3, y = Double(index / 7) - 3, u = x * cos(angle) + y * sin(angle)
                    return Float(exp(-(x * x + y * y) / (2 * deviation * deviation)) * cos(2 * .pi * u / wavelength - phase))
                })
            let fit = GaborFit(filter)
            #expect(fit.explained > 0.97, "\(fit.explained)")
            #expect(abs((fit.fitted - filter).norm() / filter.norm() - Float(max(0, 1 - fit.explained).squareRoot())) < 0.02)
            if deviation > wavelength / 3 + 0.1 {
                let degrees = angle * 180 / .pi
                #expect(TuningCurve.distance(fit.orientation, degrees, period: 180) < 8, "\(fit.orientation), \(degrees)")
            }
        }
        for seed in 0..<12 { #expect(GaborFit(Tensor(normal: [7, 7], seed: UInt64(seed))).explained < 0.65) }
        #expect(GaborFit(Tensor(zeros: [7, 7])).explained == 0)
        let bell = (0..<49).map { index -> Float in
            let x = Double(index % 7) - 3, y = Double(index / 7) - 3
            return Float(exp(-(x * x + y * y) / 6))
        }
        let blob = GaborFit(Tensor(shape: [7, 7], scalars: bell))
        #expect(blob.isotropic > 0.99 && blob.isotropic > blob.explained)
    }

    @Test func `the colour contrast unit prefers red to the side where it was planted`() throws {
        let found = try PlantedDetectors().model["conv2d0"].colorContrastUnits(control: false)
        #expect(found.units.map(\.feature.channel) == [PlantedDetectors.redGreen], "\(found)")
    }

    @Test func `turned copies of one detector are a family with their turns`() throws {
        var model = try Model(random: .miniInception(classCount: 20), seed: 8)
        let planted = try PlantedDetectors().model, source = try planted.weights(of: "conv2d0"), bias = try planted.bias(of: "conv2d0")
        var weights = try model.weights(of: "conv2d0"), biases = Tensor(zeros: [24])
        // Channels 4 to 7: the arc detector turned by quarters of a turn, clockwise; all others are noise.
        for quarter in 0..<4 {
            for y in 0..<7 {
                for x in 0..<7 {
                    var (row, column) = (y, x)
                    for _ in 0..<quarter { (row, column) = (6 - column, row) }
                    for colour in 0..<3 { weights[y, x, colour, 4 + quarter] = source[row, column, colour, PlantedDetectors.arc] }
                }
            }
            biases[4 + quarter] = bias[PlantedDetectors.arc]
        }
        model = try model.replacing("conv2d0", weights: weights, bias: biases)
        let tuning = try model["conv2d0"].tuning(over: .curves(orientations: stride(from: 0, to: 360, by: 10)))
        let families = try tuning.equivariantFamilies(over: "orientation")
        let family = try #require(families.first { $0.members.contains { $0.feature.channel == 4 } })
        #expect(Set(family.members.compactMap(\.feature.channel)) == [4, 5, 6, 7], "\(families)")
        let shifts = Dictionary(uniqueKeysWithValues: family.members.map { ($0.feature.channel ?? 0, $0.shift) })
        let base = shifts[4] ?? 0
        for quarter in 0..<4 { #expect(TuningCurve.distance((shifts[4 + quarter] ?? 0) - base, Double(quarter) * 90) < 1e-6) }
        #expect(throws: TuningError.unknownAxis("hue", axes: ["orientation", "radius"])) { try tuning.equivariantFamilies(over: "hue") }
    }

    @Test func `an untrained network has none of them, and is the control of the trained one`() throws {
        let untrained = try Model(random: .miniInception(classCount: 20), seed: 0)
        for phenomenon in [
            try untrained["conv2d0"].gaborFilters(control: false), try untrained["conv2d0"].colorFilters(control: false),
            try untrained["mixed3a"].frequencyBoundaryUnits(control: false),
        ] {
            #expect(phenomenon.units.isEmpty, "\(phenomenon)")
            #expect(try phenomenon.drawing().markup.contains("0 of"))
        }
        let found = try Model.load("mini-inception")["conv2d0"].gaborFilters()
        #expect(found.control?.looked == 24 && found.control?.model.hasPrefix("untrained") == true)
        #expect(found.description.contains("untrained: \(found.control?.count ?? -1) of 24"))
    }

    @Test func `a layer that does not read the image has no filters to fit`() throws {
        let model = try Model.load("mini-inception")
        #expect(throws: CircuitError.notAnImageLayer("conv2d2")) { try model["conv2d2"].gaborFilters() }
    }
}
