import Circuits
import Foundation
import Networks
import PictureWorld
import RichDisplay
import Tensors
import Testing

@Suite struct LayerStatisticsTests {
    private let nothingKept = StatisticsCache(folder: nil)

    /// Every value of a unit before its ReLU, `[picture][position]`, computed on the side.
    private func values(_ channel: Int, of source: PlantedSwatches, _ pictures: Range<Int>) throws -> [[Float]] {
        let images = Tensor.stack(try pictures.map { try source.pixels($0, size: 16) })
        let activations = try PlantedSwatches.model()["squares_pre_relu"].activations(of: images)
        return pictures.indices.map { picture in (0..<16).map { activations[picture - pictures.lowerBound, $0 / 4, $0 % 4, channel] } }
    }

    @Test func `counts, moments, histograms and quantiles are those of all values`() throws {
        let source = PlantedSwatches(count: 150)
        let statistics = try PlantedSwatches.model()["squares"].statistics(over: source, cache: nothingKept)
        #expect(statistics.pictures == 150 && statistics.positions == 16 && statistics.isRectified)
        for channel in [PlantedSwatches.red, PlantedSwatches.redAboveSome, PlantedSwatches.redAgainstGreen] {
            let unit = statistics[channel], all = try values(channel, of: source, 0..<150).joined().map(Double.init)
            for (found, numbers) in [(unit.beforeReLU, all), (unit.afterReLU, all.map { max($0, 0) })] {
                let mean = numbers.reduce(0, +) / 2400, variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 2400
                #expect(found.count == 2400 && found.counts.reduce(0, +) == 2400)
                #expect(abs(found.mean - mean) < 1e-6 && abs(found.deviation - variance.squareRoot()) < 1e-6)
                #expect(abs(found.minimum - (numbers.min() ?? 0)) < 1e-6 && abs(found.maximum - (numbers.max() ?? 0)) < 1e-6)
                // numpy.histogram with the same edges; a value on an edge may fall to either side by rounding.
                for (index, held) in found.counts.enumerated() {
                    let slack = 1e-6
                    let surely = numbers.filter { $0 >= found.edges[index] + slack && $0 < found.edges[index + 1] - slack }.count
                    let possibly = numbers.filter { $0 >= found.edges[index] - slack && $0 < found.edges[index + 1] + slack }.count
                    #expect((surely...possibly).contains(held), "bin \(index) of \(channel)")
                }
                #expect(found.edges.contains(0) || found.minimum > 0)
                let sorted = numbers.sorted()
                for share in [0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1] {
                    let exact = sorted[min(Int(share * 2399), 2399)], next = sorted[min(Int(share * 2399) + 1, 2399)]
                    let quantile = found.quantile(share)
                    #expect(quantile > exact - found.binWidth && quantile < next + found.binWidth, "\(share) of \(channel)")
                }
                // At least 128 bins on the longer side of zero.
                #expect(found.binWidth <= max(abs(found.minimum), found.maximum) / 128)
            }
            #expect(unit.fractionActive == Double(all.filter { $0 > 0 }.count) / 2400)
            let area = unit.beforeReLU.density.reduce(0) { $0 + $1 * unit.beforeReLU.binWidth }
            #expect(abs(area - 1) < 1e-9)
        }
        #expect(statistics.deviations.count == 6)
    }

    @Test func `a unit that nothing activates is said to be dead, in words and in figures`() throws {
        let statistics = try PlantedSwatches.model()["squares"].statistics(over: PlantedSwatches(count: 40), cache: nothingKept)
        #expect(statistics.deadChannels == [PlantedSwatches.dead])
        #expect(statistics.description == "squares over 40 pictures of swatches, 1 dead channel: 2")
        let dead = statistics[PlantedSwatches.dead]
        #expect(dead.isDead && dead.fractionActive == 0 && dead.mean == 0 && dead.deviation == 0)
        #expect(dead.description == "squares:2 over 40 pictures of swatches: dead, never above 0")
        #expect(abs(dead.beforeReLU.mean + 1) < 1e-6 && dead.beforeReLU.deviation < 1e-6)
        #expect(dead.drawing().markup.contains("dead, never above 0"))
        #expect(dead.responsesByClass().drawing().markup.contains("dead"))
        #expect(!statistics[PlantedSwatches.red].isDead && !statistics[PlantedSwatches.red].drawing().markup.contains("dead"))
    }

    @Test func `the strongest and weakest pictures are found with their positions`() throws {
        let source = PlantedSwatches(count: 150), channel = PlantedSwatches.redAgainstGreen
        let unit = try PlantedSwatches.model()["squares"].statistics(over: source, cache: nothingKept)[channel]
        let all = try values(channel, of: source, 0..<150)
        let highest = all.indices.sorted { (all[$0].max() ?? 0, $1) > (all[$1].max() ?? 0, $0) }
        let lowest = all.indices.sorted { (all[$0].min() ?? 0, $0) < (all[$1].min() ?? 0, $1) }
        #expect(unit.strongest.map(\.picture) == Array(highest.prefix(32)))
        #expect(unit.weakest.map(\.picture) == Array(lowest.prefix(32)))
        for place in unit.strongest + unit.weakest {
            #expect(abs(all[place.picture][place.position.y * 4 + place.position.x] - place.activation) < 1e-6)
        }
        #expect(unit.pictureMaxima.map(\.picture) == Array(0..<150))
        #expect(unit.pictureMaxima.allSatisfy { abs($0.activation - max(all[$0.picture].max() ?? 0, 0)) < 1e-6 })
    }

    @Test func `samples of a range lie in it, and every position of it is as likely`() throws {
        let source = PlantedSwatches(count: 60), model = try PlantedSwatches.model(), channel = PlantedSwatches.green
        let all = try values(channel, of: source, 0..<60)
        let range = 0.25..<0.75, held = all.joined().filter { range.contains(Double($0)) }.count
        var inFirstHalf = 0, total = 0
        for seed in 0..<30 {
            let unit = try model["squares"].statistics(over: source, seed: UInt64(seed), cache: nothingKept)[channel]
            let sample = unit.sample(in: range)
            #expect(sample.count == 12 && Set(sample).count == 12)
            for place in sample {
                #expect(range.contains(Double(place.activation)))
                #expect(abs(all[place.picture][place.position.y * 4 + place.position.x] - place.activation) < 1e-6)
            }
            inFirstHalf += sample.filter { $0.picture < 30 }.count
            total += sample.count
            if seed == 0 {
                let again = try model["squares"].statistics(over: source, cache: StatisticsCache(folder: nil))[channel]
                #expect(again.sample(in: range) == sample)
            }
        }
        let expected = Double(all[..<30].joined().filter { range.contains(Double($0)) }.count) / Double(held)
        // Three standard deviations of a share of so many.
        #expect(abs(Double(inFirstHalf) / Double(total) - expected) < 3 * (0.25 / Double(total)).squareRoot())
        // A band of eight bins with few positions keeps all of them.
        let rare = try model["squares"].statistics(over: source, cache: nothingKept)[PlantedSwatches.redAgainstGreen]
        let band = 8 * rare.beforeReLU.binWidth, top = (rare.beforeReLU.maximum / band).rounded(.down) * band
        let highest = try values(PlantedSwatches.redAgainstGreen, of: source, 0..<60).joined().filter { Double($0) >= top }.count
        #expect((1...12).contains(highest) && rare.sample(in: top..<top + band).count == highest)
    }

    @Test func `classes and parts get the responses of their pictures and places`() throws {
        let source = PlantedSwatches(count: 180), channel = PlantedSwatches.redAboveSome, model = try PlantedSwatches.model()
        let all = try values(channel, of: source, 0..<180).map { $0.map { Double(max($0, 0)) } }
        let byClass = try model["squares"][channel].responses(byClassIn: source, cache: nothingKept)
        let means = try model["squares"][channel].responses(byClassIn: source, pooling: .mean, cache: nothingKept)
        #expect(byClass.responses.map(\.className) == ["red", "reddish", "dull"] && byClass.responses.allSatisfy { $0.pictures == 60 })
        for (label, name) in source.classes.enumerated() {
            let own = all.indices.filter { $0 % 3 == label }.map { all[$0] }
            let strongest = own.reduce(0) { $0 + ($1.max() ?? 0) } / 60, mean = own.joined().reduce(0, +) / 960
            #expect(byClass.responses.contains { $0.className == name && abs($0.response - strongest) < 1e-6 })
            #expect(means.responses.contains { $0.className == name && abs($0.response - mean) < 1e-6 })
        }
        let parts = try model["squares"][channel].responses(byPartIn: source, cache: nothingKept).responses
        let shown = all.indices.filter { $0 % 9 == 4 }.map { all[$0] }
        let inside = shown.flatMap { $0[4..<8] }, outside = shown.flatMap { $0[..<4] + $0[8...] }
        #expect(parts.map(\.part) == ["band"] && parts[0].positions == inside.count)
        #expect(abs(parts[0].inside - inside.reduce(0, +) / Double(inside.count)) < 1e-6)
        #expect(abs(parts[0].outside - outside.reduce(0, +) / Double(outside.count)) < 1e-6)
        #expect(parts[0].inside > 2 * parts[0].outside)
        #expect(throws: StatisticsError.noParts(dataset: "World.test (circle)")) {
            try model["squares"][channel].responses(byPartIn: World.test.restricted(to: ["circle"]), limit: 8, cache: nothingKept)
        }
    }

    @Test func `a direction and a single neuron are looked at by themselves`() throws {
        let source = PlantedSwatches(count: 70), layer = try PlantedSwatches.model()["squares"]
        let red = try values(PlantedSwatches.red, of: source, 0..<70), green = try values(PlantedSwatches.green, of: source, 0..<70)
        let sum = zip(red.joined(), green.joined()).map { Double($0 - 0.5 * $1) }
        let feature = layer.direction([PlantedSwatches.red: 1, PlantedSwatches.green: -0.5])
        let direction = try feature.statistics(over: source, cache: nothingKept)
        #expect(direction.count == 1120 && !direction.isRectified)
        #expect(abs(direction.mean - sum.reduce(0, +) / 1120) < 1e-6 && abs(direction.beforeReLU.minimum - (sum.min() ?? 0)) < 1e-6)
        let neuron = try layer[PlantedSwatches.red].at(x: 2, y: 1).statistics(over: source, cache: nothingKept)
        #expect(neuron.count == 70 && neuron.strongest.allSatisfy { $0.position == .init(x: 2, y: 1) })
        #expect(abs(neuron.mean - red.reduce(0) { $0 + Double($1[6]) } / 70) < 1e-6)
        #expect(throws: ModelError.self) { try layer[0].at(x: 4, y: 0).statistics(over: source, cache: nothingKept) }
    }

    @Test func `pictures that cannot be read are skipped and counted, and a data set without any is refused`() throws {
        let layer = try PlantedSwatches.model()["squares"]
        let statistics = try layer.statistics(over: PlantedSwatches(count: 130, unreadable: [3, 64, 65]), cache: nothingKept)
        #expect(statistics.pictures == 127 && statistics.skipped == 3)
        #expect(statistics.skippedExamples.first == "picture 3: it is damaged")
        #expect(statistics.description.contains("127 pictures of swatches (3 could not be read)"))
        #expect(throws: StatisticsError.noPictures(dataset: "swatches", limit: nil)) {
            try layer.statistics(over: PlantedSwatches(count: 0), cache: nothingKept)
        }
        #expect(throws: StatisticsError.nothingReadable(dataset: "swatches", count: 2, first: "picture 0: it is damaged")) {
            try layer.statistics(over: PlantedSwatches(count: 2, unreadable: [0, 1]), cache: nothingKept)
        }
    }

    @Test func `numbers that are not finite are counted apart`() throws {
        let layer = try PlantedSwatches.model(scale: .greatestFiniteMagnitude)["squares"]
        let unit = try layer.statistics(over: PlantedSwatches(count: 64), cache: nothingKept)[PlantedSwatches.red]
        #expect(unit.count + unit.nonfinite == 1024 && unit.beforeReLU.counts.reduce(0, +) == unit.count)
        #expect(unit.beforeReLU.edges.allSatisfy { $0.isFinite })
    }
}

@Suite struct StatisticsCacheTests {
    @Test func `an interrupted pass goes on where it stopped and gives the same bits`() throws {
        let whole = ScratchFolder(), parts = ScratchFolder(), model = try PlantedSwatches.model(), layers = ["squares", "squares_pre_relu"]
        _ = try model.statistics(of: layers, over: PlantedSwatches(count: 300), cache: StatisticsCache(folder: whole.path))
        for stop in [150, 270] {
            #expect(throws: Interrupted.self) {
                try model.statistics(
                    of: layers, over: PlantedSwatches(count: 300, interruptedAt: stop), cache: StatisticsCache(folder: parts.path))
            }
            #expect(parts.files.count == 2 && parts.files.allSatisfy { $0.hasSuffix(".partial") })
        }
        let rest = PlantedSwatches(count: 300)
        _ = try model.statistics(of: layers, over: rest, cache: StatisticsCache(folder: parts.path))
        #expect(rest.runs == [256..<300])
        #expect(parts.files == whole.files && whole.files.count == 2)
        for file in whole.files { #expect(try parts.contents(file) == whole.contents(file)) }
    }

    @Test func `what was measured is not measured again, unless the weights or the pictures are others`() throws {
        let folder = ScratchFolder(), first = PlantedSwatches(count: 100), again = PlantedSwatches(count: 100)
        let numbers = try PlantedSwatches.model()["squares"].statistics(over: first, cache: StatisticsCache(folder: folder.path))
        // Another session: another cache, and the model loaded anew.
        let same = try PlantedSwatches.model()["squares"].statistics(over: again, cache: StatisticsCache(folder: folder.path))
        #expect(first.runs.count == 2 && again.runs.isEmpty && same[3].mean == numbers[3].mean && same[3].strongest == numbers[3].strongest)
        let others = PlantedSwatches(count: 100), fewer = PlantedSwatches(count: 99)
        _ = try PlantedSwatches.model(scale: 2)["squares"].statistics(over: others, cache: StatisticsCache(folder: folder.path))
        _ = try PlantedSwatches.model()["squares"].statistics(over: fewer, cache: StatisticsCache(folder: folder.path))
        #expect(!others.runs.isEmpty && !fewer.runs.isEmpty && folder.files.count == 3)
    }

    @Test func `damaged files count as none`() throws {
        let folder = ScratchFolder(), layer = try PlantedSwatches.model()["squares"]
        let numbers = try layer.statistics(over: PlantedSwatches(count: 64), cache: StatisticsCache(folder: folder.path))
        let name = try #require(folder.files.first), good = try folder.contents(name)
        var flipped = good
        flipped[good.count / 2] ^= 4
        for bad in [Data(), good.prefix(40), good.dropLast(9), flipped, good + Data([0]), Data(repeating: 0xFF, count: good.count)] {
            try bad.write(to: URL(fileURLWithPath: folder.path + "/" + name))
            let source = PlantedSwatches(count: 64)
            let found = try PlantedSwatches.model()["squares"].statistics(over: source, cache: StatisticsCache(folder: folder.path))
            #expect(source.runs == [0..<64] && found[0].mean == numbers[0].mean)
            #expect(try folder.contents(name) == good)
        }
    }

    @Test func `a folder that cannot be written costs the file and not the answer`() throws {
        let layer = try PlantedSwatches.model()["squares"]
        let found = try layer.statistics(over: PlantedSwatches(count: 10), cache: StatisticsCache(folder: "/proc/no/such"))
        #expect(found.pictures == 10)
    }
}
