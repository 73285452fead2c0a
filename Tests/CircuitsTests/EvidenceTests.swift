import Circuits
import Networks
import RichDisplay
import Tensors
import Testing

@Suite struct EvidenceTests {
    @Test func `intervals are Wilson's`() {
        let most = Proportion(18, of: 20)
        #expect(abs(most.interval.lowerBound - 0.6990) < 1e-3 && abs(most.interval.upperBound - 0.9721) < 1e-3)
        let none = Proportion(0, of: 10)
        #expect(none.interval.lowerBound == 0 && abs(none.interval.upperBound - 0.2775) < 1e-3)
        #expect(Proportion(0, of: 0).value.isNaN && Proportion(0, of: 0).interval == 0...1)
    }

    @Test func `a curve detector passes the test of its own label, and fails that of another`() throws {
        let curve = try Model.load("handwritten-curves")["mixed3b"][3]
        let own = try curve.test(.curve(orientation: 45))
        #expect(own.isSupported, "\(own)")
        #expect(own.precision.value > 0.9 && own.recall.value > 0.5 && own.base.value < 0.3)
        #expect(try #require(own.control).f1 < own.f1 && own.control?.units == 24)
        let opposite = try curve.test(.curve(orientation: 225), control: false)
        #expect(!opposite.isSupported, "\(opposite)")
        // The same seed draws the same halves.
        let again = try curve.test(.curve(orientation: 45), control: false)
        #expect(again.threshold == own.threshold && again.precision == own.precision)
    }

    @Test func `the planted arc passes, planted noise does not`() throws {
        let layer = try PlantedDetectors().model["conv2d0"]
        let arc = try layer[PlantedDetectors.arc].test(.curve(orientation: 60), control: false)
        #expect(arc.precision.value > arc.base.value && arc.precision.interval.lowerBound > arc.base.value, "\(arc)")
        for turn in [60.0, 240] {
            let noise = try layer[PlantedDetectors.noise].test(.curve(orientation: turn), control: false)
            #expect(!noise.isSupported, "\(noise)")
        }
    }

    @Test func `the planted car unit shows cars, a union of two classes is not precise, noise shows nothing`() throws {
        let layer = try PlantedScenes.model()["c"], scenes = PlantedScenes()
        let label = try FeatureLabel.shows("car", in: scenes)
        let car = try layer[PlantedScenes.car].test(label, over: scenes)
        #expect(car.isSupported && car.precision.value > 0.95 && car.recall.value > 0.8, "\(car)")
        let union = try layer[PlantedScenes.dogOrCar].test(label, over: scenes, control: false)
        #expect(union.precision.value < 0.7, "\(union)")
        #expect(try !layer[PlantedScenes.noise].test(label, over: scenes, control: false).isSupported)
        let faces = FeatureLabel.pictures("faces left") { $0.pose.map { $0 == .left } }
        let left = try PlantedScenes.model()["b"][PlantedScenes.left].test(faces, over: scenes, control: false)
        #expect(left.isSupported && left.precision.value > 0.9, "\(left)")
    }

    @Test func `what cannot be tested says so`() throws {
        let layer = try PlantedScenes.model()["c"], scenes = PlantedScenes()
        #expect(throws: PhenomenonError.unknownClass("cat", classes: scenes.classes)) { try FeatureLabel.shows("cat", in: scenes) }
        let shows = try FeatureLabel.shows("car", in: scenes)
        #expect(throws: EvidenceError.nothingToTest(label: "car", what: "stimuli")) { try layer[0].test(shows) }
        let always = FeatureLabel.pictures("anything") { _ in true }
        #expect(throws: EvidenceError.tooFewCases(label: "anything", cases: 200, of: 200)) { try layer[0].test(always, over: scenes) }
    }

    @Test func `the table has seven rows, and says what was not measured`() throws {
        let model = try Model.load("handwritten-curves"), curve = model["mixed3b"][3]
        let evidence = try curve.evidence(for: .curve(orientation: 45), control: false)
        #expect(evidence.findings.map(\.argument) == FeatureEvidence.Argument.allCases)
        #expect(evidence[.syntheticStimuli].verdict == .supports && evidence.support.total == 2)
        #expect(TuningCurve.distance(evidence[.syntheticStimuli]["peak"] ?? .nan, 45) <= 10)
        for argument in FeatureEvidence.Argument.allCases where ![.syntheticStimuli, .implementation].contains(argument) {
            #expect(evidence[argument].verdict == .notMeasured, "\(argument)")
        }
        #expect(evidence[.implementation].measured.contains("is excited by mixed3a"))
        #expect(evidence[.use].measured.contains("mixed3b has no layer behind it"), "\(evidence[.use])")
    }

    @Test func `when nobody names units, weights that follow the units' own preference support a label`() throws {
        let model = try Model.load("handwritten-curves"), label = FeatureLabel.curve(orientation: 45)
        let built = try model["mixed3b"][3].evidence(for: label)[.implementation]
        #expect(built.verdict == .supports && built.rule.contains("no units were named"), "\(built)")
        #expect((built["correlation"] ?? 0) > 0.35 && (built["p"] ?? 1) < 0.01 && (built["units"] ?? 0) > 24, "\(built)")
        #expect(try #require(built["correlation of the best untrained unit"]) < built["correlation"] ?? 0)
        // Early curves of 45° excite the curves of 45° behind them.
        let used = try model["mixed3a"][12 + 3].evidence(for: label, control: false)
        #expect(used[.use].verdict == .supports && used[.use].measured.contains("units of mixed3b"), "\(used[.use])")
        #expect(used[.use]["correlation of the best untrained unit"] == nil)
        // What wants the opposite curve is built against the label.
        let opposite = try model["mixed3b"][15].evidence(for: label, control: false)[.implementation]
        #expect(opposite.verdict == .doesNotSupport && (opposite["correlation"] ?? 1) < 0, "\(opposite)")
    }

    @Test func `weights shuffled among the units do not support a label, and a unit without weights is not measured`() throws {
        var model = try Model.load("handwritten-curves")
        var weights = try model.weights(of: "mixed3b"), random = CounterRandom(seed: 4)  // [5, 5, 36, 24]
        let label = FeatureLabel.curve(orientation: 45)
        for unit in 4..<14 {
            let order = random.permutation(of: 36)
            for y in 0..<5 { for x in 0..<5 { for input in 0..<36 { weights[y, x, input, unit] = weights[y, x, order[input], 3] } } }
        }
        for y in 0..<5 { for x in 0..<5 { for input in 0..<36 { weights[y, x, input, 20] = 0 } } }
        model = try model.replacing("mixed3b", weights: weights)
        let shuffled = try (4..<14).map { try model["mixed3b"][$0].evidence(for: label, control: false)[.implementation] }
        #expect(shuffled.filter { $0.verdict == .supports }.count <= 1, "\(shuffled.map(\.measured))")
        let silent = try model["mixed3b"][20].evidence(for: label, control: false)[.implementation]
        #expect(silent.verdict == .notMeasured, "\(silent)")
        // A label about pictures alone says nothing about what stimuli the inputs prefer.
        let pictures = try model["mixed3b"][3].evidence(for: .pictures("anything") { _ in true }, control: false)[.implementation]
        #expect(pictures.verdict == .notMeasured && pictures.measured.contains("nobody said"))
        let first = try model["conv2d0"][0].evidence(for: .line(orientation: 0), control: false)[.implementation]
        #expect(first.verdict == .notMeasured && first.measured.contains("conv2d0 has no layer before it"), "\(first)")
    }

    @Test func `given the units that should build it, a handwritten unit and joint tuning, the table judges them`() throws {
        let model = try Model.load("handwritten-curves"), curve = model["mixed3b"][3]
        let turns = StimulusSweep.curves(orientations: stride(from: 0, to: 360, by: 15), radii: [14, 20, 30])
        let report = try curve.reimplemented(by: .copied(), over: turns, pictures: PlantedScenes(), count: 40, fitting: 10)
        // Early curves of nearly its orientation excite it, those of nearly the opposite one inhibit it.
        let early = try FeatureFamily("early curves", of: model["mixed3a"], channels: [13, 14, 15, 16, 17, 25, 26, 27, 28, 29])
        let lines = try FeatureFamily("other lines", of: model["mixed3a"], channels: [9, 10])
        let label = FeatureLabel.curve(orientation: 45).and(try .shows("car", in: PlantedScenes()))
        let evidence = try curve.evidence(
            for: label, pictures: PlantedScenes(), count: 100, builtFrom: early,
            jointTuning: .init(.jointTuning, .supports, measured: "<b>the next unit takes over"), handwritten: report, control: false)
        #expect(evidence[.implementation].verdict == .supports, "\(evidence[.implementation])")
        #expect(evidence[.handwritten].verdict == .supports && evidence[.jointTuning].verdict == .supports)
        #expect(evidence[.datasetExamples].verdict == .doesNotSupport, "a curve detector shows no cars: \(evidence[.datasetExamples])")
        #expect(evidence[.featureVisualization].verdict != .notMeasured && (evidence[.featureVisualization]["ratio"] ?? 0) > 0)
        #expect(evidence[.use].verdict == .notMeasured)
        let html = evidence.html
        #expect(html.contains("&lt;b&gt;the next unit") && !html.contains("<b>the next"))
        #expect(html.components(separatedBy: "<tr>").count == 9)
        let wrong = try curve.evidence(for: label, builtFrom: lines, control: false)
        #expect(wrong[.implementation].verdict == .doesNotSupport, "\(wrong[.implementation])")
    }
}
