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
        #expect(evidence[.syntheticStimuli].verdict == .supports && evidence.support.total == 1)
        #expect(TuningCurve.distance(evidence[.syntheticStimuli]["peak"] ?? .nan, 45) <= 10)
        for argument in FeatureEvidence.Argument.allCases where argument != .syntheticStimuli {
            #expect(evidence[argument].verdict == .notMeasured, "\(argument)")
        }
        #expect(evidence[.implementation].measured.contains("is excited by mixed3a"))
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
