import Circuits
import Networks
import PictureWorld
import Tensors
import Testing

@Suite struct ActivationQuiltTests {
    private let nothingKept = StatisticsCache(folder: nil)

    /// What the planted unit sees in a crop.
    private func difference(_ crop: Tensor) -> Float {
        var sum: Float = 0
        for y in 0..<4 { for x in 0..<4 { sum += crop[y, x, 0] - crop[y, x, 1] } }
        return sum / 16
    }

    @Test func `every crop shows the activation of its column`() throws {
        let unit = try PlantedSwatches.model()["squares"][PlantedSwatches.redAgainstGreen]
        for bands in [ActivationQuilt.Bands.steps(10), .ends] {
            let quilt = try unit.quilt(in: PlantedSwatches(count: 200), bands: bands, rows: 5, cache: nothingKept)
            #expect(quilt.bands.count > 4 && quilt.bands.count <= 10)
            #expect(abs(quilt.bands.reduce(0) { $0 + $1.share } - 1) < 0.02)
            for (band, next) in zip(quilt.bands, quilt.bands.dropFirst()) { #expect(band.range.upperBound == next.range.lowerBound) }
            for band in quilt.bands {
                #expect(band.examples.count <= 5)
                for example in band.examples {
                    #expect(example.crop.tensor.shape == [4, 4, 3])
                    #expect(band.range.contains(Double(example.activation)))
                    #expect(abs(difference(example.crop.tensor) - example.activation) < 1e-5)
                }
            }
            if bands == .steps(10) {
                #expect(quilt.bands.contains { $0.range.lowerBound == 0 } && quilt.bands.first.map { $0.range.upperBound <= 0 } == true)
                #expect(quilt.bands.reduce(0) { $0 + $1.examples.count } >= 30)
            }
            #expect(try quilt.drawing().markup.contains("<image"))
        }
    }

    @Test func `impossible bands are refused`() throws {
        let unit = try PlantedSwatches.model()["squares"][0]
        for quantiles in [[], [0.5], [0.5, 0.1], [0, 2], [.nan, 1]] {
            #expect(throws: StatisticsError.self) {
                try unit.quilt(in: PlantedSwatches(count: 8), bands: .quantiles(quantiles), cache: nothingKept)
            }
        }
    }

    @Test func `moderate examples lie between, negative ones below, and overlays are red where the unit is excited`() throws {
        let source = PlantedSwatches(count: 200), unit = try PlantedSwatches.model()["squares"][PlantedSwatches.redAgainstGreen]
        let strongest = try unit.examples(in: source, count: 4, cache: nothingKept)
        let best = try #require(strongest.examples.first)
        let moderate = try unit.examples(in: source, .moderate, count: 8, cache: nothingKept)
        #expect(moderate.examples.count == 8)
        #expect(moderate.examples.allSatisfy { $0.activation >= 0.3 * best.activation && $0.activation <= 0.7 * best.activation })
        for example in moderate.examples { #expect(abs(difference(example.crop.tensor) - example.activation) < 1e-5) }
        let negative = try unit.examples(in: source, .negative, count: 5, cache: nothingKept).examples
        #expect(negative.count == 5 && negative.allSatisfy { $0.activation < 0 })
        #expect(negative.map(\.activation) == negative.map(\.activation).sorted())
        for example in negative { #expect(abs(difference(example.crop.tensor) - example.activation) < 1e-5) }

        let overlay = try best.overlay.image().tensor
        let (x, y) = (best.position.x * 4 + 2, best.position.y * 4 + 2)
        #expect(overlay.shape == [16, 16, 3] && overlay[y, x, 0] > overlay[y, x, 2] + 0.2)
        let worst = try #require(negative.first), below = try worst.overlay.image().tensor
        let (column, row) = (worst.position.x * 4 + 2, worst.position.y * 4 + 2)
        #expect(below[row, column, 2] > below[row, column, 0] + 0.2)
        #expect(try strongest.overlays.drawing().markup.contains("<image"))
    }

    @Test func `a neuron and a direction have examples too`() throws {
        let source = PlantedSwatches(count: 60), layer = try PlantedSwatches.model()["squares"]
        let neuron = try layer[PlantedSwatches.red].at(x: 1, y: 3).examples(in: source, count: 3, cache: nothingKept)
        #expect(neuron.examples.allSatisfy { $0.position == .init(x: 1, y: 3) })
        let direction = layer.direction([PlantedSwatches.red: 1, PlantedSwatches.green: -1])
        let found = try direction.examples(in: source, count: 3, cache: nothingKept).examples
        for example in found { #expect(abs(difference(example.crop.tensor) - example.activation) < 1e-5) }
        #expect(try direction.quilt(in: source, cache: nothingKept).bands.count > 2)
    }
}
