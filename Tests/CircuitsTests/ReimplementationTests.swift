import Circuits
import Figures
import Foundation
import Networks
import PictureWorld
import Tensors
import Testing

@Suite struct ReimplementationTests {
    private static let turns = StimulusSweep.curves(orientations: stride(from: 0, to: 360, by: 15), radii: [14, 20, 30])

    @Test func `the same weights swapped in agree completely`() throws {
        let curve = try Model.load("handwritten-curves")["mixed3b"][3]
        let report = try curve.reimplemented(by: .copied(), over: Self.turns, pictures: PlantedScenes(), count: 60, fitting: 20)
        #expect((report.tuningCorrelation ?? 0) > 0.99999 && abs(report.units[0].gain - 1) < 1e-4)
        let pictures = try #require(report.pictures)
        #expect((pictures.correlation ?? 0) > 0.99999 && (pictures.reconstruction ?? 0) > 0.9999)
        #expect(pictures.sharedExamples.total > 0 && pictures.sharedExamples.successes == pictures.sharedExamples.total)
        #expect(pictures.looked == 60 && pictures.accuracy == nil, "the network does not classify")
        #expect(report.source == "mixed3a")
    }

    @Test func `zeros swapped in have the figures of an ablation`() throws {
        let model = try Model.load("mini-inception")
        let family = try FeatureFamily("some", of: model["mixed4a"], channels: Array(0..<40))
        let report = try family.reimplemented(over: Self.turns, pictures: World.test, count: 80, fitting: 0) { _ in .zero }
        let pictures = try #require(report.pictures), accuracy = try #require(pictures.accuracy)
        #expect(pictures.correlation == nil && report.tuningCorrelation == nil)
        #expect(pictures.reconstruction == 0 && pictures.sharedExamples.successes == 0)
        #expect(accuracy.handwritten == accuracy.ablated)
        // The world has classes that this network does not know; their pictures do not count.
        let all = World.test.batch(0..<80)
        let places = all.labels.indices.filter { model.classes.contains(World.test.classes[all.labels[$0]]) }
        #expect(accuracy.trained.total == places.count)
        let images = Tensor.stack(places.map { all.images.slice($0) })
        let known = places.compactMap { model.classes.firstIndex(of: World.test.classes[all.labels[$0]]) }
        let ablated = try model.editing("mixed4a", .ablating(0..<40))
        #expect(abs(try ablated.accuracy(images: images, labels: known) - Float(accuracy.ablated.value)) < 1e-6)
        #expect(abs(try model.accuracy(images: images, labels: known) - Float(accuracy.trained.value)) < 1e-6)
    }

    @Test func `an arc of lines and early curves is tuned as the unit that it replaces`() throws {
        let model = try Model.load("handwritten-curves")
        let lines = try FeatureFamily(
            "lines", of: model["mixed3a"], channels: Array(0..<12), parameter: "orientation", values: (0..<12).map { 15 * Double($0) },
            period: 180)
        let early = try FeatureFamily(
            "early curves", of: model["mixed3a"], channels: Array(12..<36), parameter: "orientation",
            values: (0..<24).map { 15 * Double($0) }, period: 360)
        let report = try model["mixed3b"][3].reimplemented(
            by: .stroke(.arc(radius: 4.5, orientation: 45), from: [lines, early]), over: Self.turns, pictures: PlantedScenes(), count: 60,
            fitting: 20)
        #expect((report.tuningCorrelation ?? 0) > 0.75 && (report.pictures?.correlation ?? 0) > 0.9, "\(report)")
        #expect(TuningCurve.distance(report.units[0].handwritten.peak.angle, 45) <= 15)
        // Turned by half a turn the rule writes another unit.
        let opposite = try model["mixed3b"][3].reimplemented(
            by: .stroke(.arc(radius: 4.5, orientation: 225), from: [lines, early]), over: Self.turns)
        #expect((opposite.tuningCorrelation ?? 1) < 0.2 && opposite.pictures == nil)
        let svg = try report.drawing()
        #expect(svg.width <= SVG.pageWidth && svg.markup.contains("handwritten") && svg.markup.contains("CAR"))
    }

    @Test func `what fits the mirrored arc inhibits where the two arcs part, and the unit answers less to the opposite curve`() throws {
        let model = try Model.load("handwritten-curves"), curve = model["mixed3b"][0]
        let lines = try FeatureFamily(
            "lines", of: model["mixed3a"], channels: Array(0..<12), parameter: "orientation", values: (0..<12).map { 15 * Double($0) },
            period: 180)
        func rule(_ opposition: Double, _ stroke: StrokeTemplate = .arc(radius: 2.5, orientation: 0)) -> WeightRule {
            .stroke(stroke, from: [lines], opposition: opposition, balance: 0)
        }
        let plain = try rule(0).unit(for: curve).unit.kernel, opposed = try rule(0.5).unit(for: curve).unit.kernel
        // The arc bulges to the right: its upper end leans left, "/" seen from the right, where the mirrored one's leans right.
        let ends = [(y: 0, x: 1), (y: 4, x: 1)], mirrored = [(y: 0, x: 3), (y: 4, x: 3)]
        func strongest(_ kernel: Tensor, _ y: Int, _ x: Int) -> Float { (0..<12).map { kernel[y, x, $0] }.max() ?? 0 }
        func weakest(_ kernel: Tensor, _ y: Int, _ x: Int) -> Float { (0..<12).map { kernel[y, x, $0] }.min() ?? 0 }
        let peak = strongest(plain, 2, 2)
        for (y, x) in ends { #expect(strongest(opposed, y, x) > 0.9 * strongest(plain, y, x) && strongest(plain, y, x) > 0.5 * peak) }
        for (y, x) in mirrored {
            #expect(weakest(opposed, y, x) < -0.35 * peak && weakest(plain, y, x) > -0.15 * peak)
        }
        for channel in 0..<12 { #expect(abs(opposed[2, 2, channel] - plain[2, 2, channel]) < 0.1 * peak, "the tangent is shared") }
        // Mirrored, the weights are those of the arc that bulges to the left.
        let left = try rule(0.5, .arc(radius: 2.5, orientation: 180)).unit(for: curve).unit.kernel
        for y in 0..<5 { for x in 0..<5 { #expect(abs(left[y, x, 6] - opposed[y, 4 - x, 6]) < 1e-5) } }
        func echo(_ opposition: Double) throws -> Double {
            try curve.reimplemented(by: rule(opposition), over: Self.turns).units[0].handwritten.echo
        }
        let (without, with) = (try echo(0), try echo(0.5))
        #expect(with < 0.7 * without, "\(without), \(with)")
        // A line has no opposite.
        let (line, same) = (try rule(0, .line(orientation: 30)).unit(for: curve), try rule(0.5, .line(orientation: 30)).unit(for: curve))
        #expect(line.unit.kernel == same.unit.kernel)
        #expect(throws: WeightRuleError.self) { try rule(.nan).unit(for: curve) }
    }

    @Test func `a unit beside a block reads what it is written to read, and nothing else changes`() throws {
        let model = try Model(random: .miniInception(classCount: 20), seed: 3)
        let kernel = Tensor(normal: [3, 3, 64], deviation: 0.1, seed: 1)
        let unit = HandwrittenUnit(channel: 40, kernel: kernel, bias: 0.25)
        let swapped = try model.swappingIn([unit], in: "mixed3b", reading: "mixed3a")
        let images = World.test.batch(0..<2).images
        let before = try model.activations(of: images, at: ["mixed3a", "mixed3b"])
        let (earlier, old) = (try #require(before["mixed3a"]), try #require(before["mixed3b"]))
        let new = try swapped["mixed3b"].activations(of: images)
        let convolution = try Convolution(weights: kernel.reshaped([3, 3, 64, 1]), bias: Tensor([0.25]))
        let expected = try ReLU()(try convolution(earlier))
        for picture in 0..<2 {
            for y in 0..<new.shape[1] {
                for x in 0..<new.shape[2] {
                    #expect(abs(new[picture, y, x, 40] - expected[picture, y, x, 0]) < 1e-4)
                    #expect(new[picture, y, x, 39] == old[picture, y, x, 39])
                }
            }
        }
        // Its expanded weights are its kernel, in the middle of the block's window; swapping twice is swapping the second.
        let weights = try swapped.expandedWeights(from: "mixed3a", to: "mixed3b", channel: 40)
        #expect(abs(weights[weights.shape[0] / 2, weights.shape[1] / 2, 7] - kernel[1, 1, 7]) < 1e-5)
        let silent = try swapped.swappingIn(
            [HandwrittenUnit(channel: 40, kernel: Tensor(zeros: [1, 1, 64]))], in: "mixed3b", reading: "mixed3a")
        #expect(try silent["mixed3b"][40].activations(of: images).max() == 0)
    }

    @Test func `units that do not fit are refused`() throws {
        let model = try Model(random: .miniInception(classCount: 20), seed: 3)
        func swap(_ kernel: Tensor, _ channel: Int = 0, reading source: String = "mixed3a") throws {
            _ = try model.swappingIn([HandwrittenUnit(channel: channel, kernel: kernel)], in: "mixed3b", reading: source)
        }
        #expect(throws: ModelError.channelOutOfRange(500, layer: "mixed3b", channels: 120)) { try swap(Tensor(zeros: [3, 3, 64]), 500) }
        #expect(throws: HandwrittenUnitError.kernelShape([2, 3, 64], channel: 0, source: "mixed3a", channels: 64)) {
            try swap(Tensor(zeros: [2, 3, 64]))
        }
        #expect(throws: HandwrittenUnitError.notFinite(channel: 0)) { try swap(Tensor(repeating: .nan, shape: [1, 1, 64])) }
        #expect(throws: ModelError.noPath(from: "mixed4a", to: "mixed3b")) { try swap(Tensor(zeros: [1, 1, 120]), reading: "mixed4a") }
        #expect(throws: HandwrittenUnitError.self) { try swap(Tensor(zeros: [1, 1, 24]), reading: "conv2d0") }
        let bare = try FeatureFamily("bare", of: model["mixed3a"], channels: [0, 1])
        #expect(throws: FamilyError.noValues(family: "bare")) {
            try model["mixed3b"][0].reimplemented(by: .stroke(.line(orientation: 0), from: [bare]))
        }
        #expect(throws: WeightRuleError.noFamily) { try model["mixed3b"][0].reimplemented(by: .stroke(.line(orientation: 0), from: [])) }
    }

    @Test(
        "The rule's numbers are those of the published weights of Curve Circuits",
        .enabled(if: PublishedData.exists("fixtures/aann_weights.json"), "\(PublishedData.missing)"))
    func published() throws {
        struct File: Decodable { let weights_42x42x5x5: [[[[Float]]]] }
        let all = try JSONDecoder().decode(File.self, from: PublishedData.data("fixtures/aann_weights.json")).weights_42x42x5x5
        let model = try Model.load("handwritten-curves")
        // 24 early curves, 15 degrees apart; the first bulges to the right.
        let early = try FeatureFamily(
            "early", of: model["mixed3a"], channels: Array(12..<36), values: (0..<24).map { 15 * Double($0) }, period: 360)
        let unit = try WeightRule.stroke(.arc(radius: 7, orientation: 0), from: [early], balance: 0).unit(for: model["mixed3b"][0]).unit
        func rule(_ input: Int) -> [Float] { (0..<25).map { unit.kernel[$0 / 5, $0 % 5, 12 + input] } }
        func correlation(_ a: [Float], _ b: [Float]) -> Float {
            let (x, y) = (Tensor(a) - Tensor(a).mean(), Tensor(b) - Tensor(b).mean())
            return (x * y).sum() / (x.norm() * y.norm())
        }
        // The same orientation, and its neighbours; the indices are [input][output] or the other way around.
        #expect(correlation(rule(0), all[0][0].flatMap { $0 }) > 0.97)
        let neighbour = max(correlation(rule(1), all[1][0].flatMap { $0 }), correlation(rule(1), all[0][1].flatMap { $0 }))
        #expect(neighbour > 0.85, "\(neighbour)")
        #expect(correlation(rule(12), all[12][0].flatMap { $0 }) > 0.6, "the opposite orientation is against")
    }
}
