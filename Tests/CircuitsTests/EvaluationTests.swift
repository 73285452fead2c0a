import Circuits
import Foundation
import Networks
import PictureWorld
import Tensors
import Testing

/// Plain colours; every tenth green picture is red.
private struct PlainColours: LabelledPictures {
    let name = "plain"
    var classes = ["red", "green", "blue"]
    var count = 90

    func labelledPicture(_ index: Int, size: Int) -> LabelledPicture {
        let label = index % 3, shown = label == 1 && index / 3 % 10 == 0 ? 0 : label
        let pixel: [Float] = (0..<3).map { $0 == shown ? 1 : 0 }
        return LabelledPicture(pixels: Tensor(shape: [size, size, 3], scalars: (0..<size * size).flatMap { _ in pixel }), label: label)
    }

    /// A network whose logits are three times the mean colour.
    static func model(classes: [String]) throws -> Model {
        let matrix = Tensor(shape: [3, 3], scalars: [3, 0, 0, 0, 3, 0, 0, 0, 3])
        return try Model(
            graph: Graph(nodes: [
                .init("input", .input(channels: 3, range: 0...1)),
                .init("mean", .layer(GlobalAveragePool()), inputs: ["input"]),
                .init("logits", .layer(Dense(weights: matrix, bias: Tensor(zeros: [3]))), inputs: ["mean"]),
            ]),
            details: ModelDescription(
                name: "colours", inputSize: 8, classes: classes, layers: [], logitsLayer: "logits", probabilitiesLayer: nil))
    }
}

@Suite struct EvaluationTests {
    @Test func `a report counts what was taken for what`() throws {
        let report = try PlainColours.model(classes: ["blue", "green", "red"].reversed()).evaluate(over: PlainColours())
        #expect(report.confusion == [[30, 0, 0], [3, 27, 0], [0, 0, 30]])
        #expect(report.count == 90 && abs(report.accuracy - 87.0 / 90) < 1e-12)
        #expect(report.classes.map(\.accuracy) == [1, 0.9, 1])
        #expect(abs(report.classes[0].precision - 30.0 / 33) < 1e-12)
        #expect(report.confusions().map { "\($0.shown) for \($0.answer): \($0.count)" } == ["green for red: 3"])
        // Every answer has the probability e³ / (e³ + 2).
        let odds = Foundation.exp(3.0), probability = odds / (odds + 2)
        #expect(abs(report.calibrationError - abs(probability - 87.0 / 90)) < 1e-5)
        #expect(report.calibration.map(\.count) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 90])
        #expect(report.description.contains("green for red (3)"), "\(report)")
        #expect(try report.confusionMatrix().matrix.scalars == [1, 0, 0, 0.1, 0.9, 0, 0, 0, 1])
    }

    @Test func `classes are matched by their names`() throws {
        // Named the other way round, the network takes red for blue.
        let report = try PlainColours.model(classes: ["blue", "green", "red"]).evaluate(over: PlainColours(), count: 30)
        #expect(report.classes.map(\.name) == ["blue", "green", "red"])
        #expect(report.classes.map(\.right) == [0, 9, 0])
    }

    @Test func `the interval of 29 right of 30 is Wilson's`() throws {
        var pictures = PlainColours()
        pictures.count = 30
        let model = try PlainColours.model(classes: ["red", "green", "blue"])
        // One green picture of ten is red: 29 of 30. The bounds are those of R's prop.test without correction.
        let interval = try model.evaluate(over: pictures).recognized.interval
        #expect(abs(interval.lowerBound - 0.8333) < 1e-3 && abs(interval.upperBound - 0.9941) < 1e-3, "\(interval)")
    }

    @Test func `nothing to show, and classes that the model has not, are named`() throws {
        var pictures = PlainColours()
        let model = try PlainColours.model(classes: ["red", "green", "violet"])
        #expect(throws: EvaluationError.unknownClass("blue", model: "colours", classes: ["red", "green", "violet"])) {
            try model.evaluate(over: pictures)
        }
        pictures.count = 0
        #expect(throws: EvaluationError.noPictures("plain")) { try model.evaluate(over: pictures) }
    }
}

@Suite struct ModelCardTests {
    @Test func `a card says what was found, and every figure that it names is a file beside it`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cards-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let model = try PlantedScenes.model()
        let questions = PictureQuestions(posed: ["dog"], assembled: [.init("car", above: "window", below: "wheel")])
        let card = try model.card(over: PlantedScenes(), asking: questions, count: 200)
        #expect(card.report == nil, "the planted network has no classes")
        let found = card.phenomena.phenomena.first { $0.name.hasPrefix("pose-invariant") && $0.layer == "c" }
        #expect(found?.units.map(\.feature.channel) == [PlantedScenes.dog, PlantedScenes.dogOrCar])
        #expect(found?.control?.looked == 4)

        let path = try card.write(to: folder.path), text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("# \(model.name)") && text.contains("pose-invariant units for 'dog'"))
        let links = text.components(separatedBy: "](").dropFirst().compactMap { $0.split(separator: ")").first.map(String.init) }
        #expect(!links.isEmpty)
        for link in links {
            let drawing = try String(contentsOf: folder.appendingPathComponent(link), encoding: .utf8)
            #expect(drawing.hasPrefix("<svg"))
        }
        #expect(Set(links).count == card.figures.count, "every figure is shown once")
        #expect(!card.markdown().contains("!["), "without a folder there are no figures")
    }

    @Test func `the probability of chance is Fisher's`() throws {
        let found = try Model.load("mini-inception")["conv2d0"].gaborFilters(), control = try #require(found.control)
        // By exact counting: the ways to choose so many or more of the trained units among all that satisfy the rule.
        func choose(_ n: Int, _ k: Int) -> Double { k < 0 || k > n ? 0 : (0..<k).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) } }
        let all = found.units.count + control.count
        let expected = (found.units.count...all).reduce(0.0) { $0 + choose(24, $1) * choose(24, all - $1) } / choose(48, all)
        #expect(found.units.count > 0 && abs((found.chance ?? -1) - expected) < 1e-9)
        #expect(found.exceedsControl == (expected < 0.01))
        #expect(try Model.load("mini-inception")["conv2d0"].gaborFilters(control: false).chance == nil)
    }
}
