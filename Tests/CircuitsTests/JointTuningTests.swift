import Circuits
import Foundation
import Networks
import PictureWorld
import RichDisplay
import Tensors
import Testing

@Suite struct JointTuningTests {
    @Test func `turning the examples of one curve detector moves the peak through the family in order`() throws {
        let model = try Model.load("handwritten-curves"), family = try model["mixed3b"].features()
        let source = try World.test.restricted(to: ["arc", "circle", "ellipse", "crescent"])
        let joint = try family.jointTuning(over: .rotation(step: 15), in: source, examples: 6, examplesOf: [0, 9, 18], limit: 240)
        #expect(joint.responses[0].shape == [6, 24, 24] && joint.examples[1].isEmpty)
        for unit in [0, 9, 18] {
            let peaks = joint.peaks(examplesOf: unit)
            for (member, peak) in peaks.enumerated() {
                let peak = try #require(peak), expected = Double(member - unit) * 15
                #expect(abs((peak - expected).remainder(dividingBy: 360)) <= 15, "unit \(member) at \(peak), expected \(expected)")
            }
            #expect(peaks[unit] == 0)
        }
        // As evidence: the family with its own orientations, and one whose orientations are dealt out wrongly.
        func found(_ values: [Double]) throws -> FeatureEvidence.Finding {
            joint.finding(for: family[9], in: try FeatureFamily("curves", of: model["mixed3b"], channels: Array(0..<24), values: values))
        }
        let right = try found((0..<24).map { Double($0) * 15 }), wrong = try found((0..<24).map { Double($0 * 7 % 24) * 15 })
        #expect(right.verdict == .supports && right["share"] == 1 && abs((right["chance"] ?? 0) - 1.0 / 6) < 1e-9, "\(right)")
        #expect(wrong.verdict == .doesNotSupport, "\(wrong)")
        let other = try FeatureFamily("curves", of: model["mixed3b"], channels: [0, 1], values: [0, 15])
        #expect(joint.finding(for: family[1], in: other).verdict == .notMeasured, "nobody turned the examples of unit 1")
        let markup = joint.drawing().markup
        #expect(markup.contains("mixed3b:23") && markup.contains("pictures that excite mixed3b:0"))
    }

    @Test func `turning the hue hands over from red to green to blue`() throws {
        let layer = try PlantedSwatches.model()["squares"]
        let family = [PlantedSwatches.red, PlantedSwatches.green, PlantedSwatches.blue].map { layer[$0] }
        let joint = try family.jointTuning(over: .hue(step: 20), in: Pure(), examples: 1, examplesOf: [0], limit: 1)
        #expect(joint.peaks(examplesOf: 0) == [0, 120, -120])
    }

    @Test func `a shift moves the peak by as many pixels, and a scale changes areas by its square`() throws {
        let model = try Self.halves()
        let family = [model["halves"][0], model["halves"][1]]
        let shift = try family.jointTuning(over: .shift(by: 12, count: 25), in: Discs(radius: 2, offset: -4), examples: 1, examplesOf: [0])
        #expect(shift.peaks(examplesOf: 0) == [0, 8])
        let sizes = PictureChange.scale(from: 0.5, to: 2, count: 3)
        let scale = try [model["halves"][2]].jointTuning(over: sizes, in: Discs(radius: 4, offset: 0), examples: 1)
        let traces = scale.curves(examplesOf: 0, isAligned: false).traces[0][0]
        #expect(abs(traces[0] / traces[1] - 0.25) < 0.02 && abs(traces[2] / traces[1] - 4) < 0.2)
        #expect(scale.curves(examplesOf: 0).axis == [-2, -1, 0, 1, 2])
    }

    @Test func `an unchanged picture gets the response of its example, and a family of nothing is refused`() throws {
        let layer = try PlantedSwatches.model()["squares"], source = PlantedSwatches(count: 50)
        let family = [layer[PlantedSwatches.red], layer[PlantedSwatches.dead]]
        let joint = try family.jointTuning(over: .rotation(step: 90), in: source, examples: 4)
        for (index, example) in joint.examples[0].enumerated() { #expect(abs(joint.responses[0][index, 0, 0] - example.activation) < 1e-4) }
        #expect(joint.examples[1].isEmpty && joint.description.contains("no examples of squares:2"))
        #expect(throws: JointTuningError.noFeatures) { try [Feature]().jointTuning(in: source) }
        #expect(throws: JointTuningError.noExamples(features: ["squares:2"], dataset: "swatches")) {
            try [layer[2]].jointTuning(in: source)
        }
        #expect(throws: JointTuningError.unknownUnit(2, count: 2)) { try family.jointTuning(in: source, examplesOf: [2]) }
        #expect(throws: JointTuningError.examples(0)) { try family.jointTuning(in: source, examples: 0) }
        #expect(throws: JointTuningError.self) { try [layer[0], layer.model["squares_pre_relu"][0]].jointTuning(in: source) }
    }

    /// Three units that see 16 pixels: the left half, the right half, all of it; each against nothing.
    private static func halves() throws -> Model {
        var weights = Tensor(zeros: [16, 16, 3, 3])
        for y in 0..<16 {
            for x in 0..<16 {
                // Strongest in the middle of each half.
                weights[y, x, 0, 0] = Float(exp(-(pow(Double(x) - 3.5, 2) + pow(Double(y) - 7.5, 2)) / 8))
                weights[y, x, 0, 1] = Float(exp(-(pow(Double(x) - 11.5, 2) + pow(Double(y) - 7.5, 2)) / 8))
                weights[y, x, 0, 2] = 1
            }
        }
        let graph = try Graph(nodes: [
            .init("input", .input(channels: 3, range: 0...1)),
            .init("halves_pre_relu", .layer(try Convolution(weights: weights, bias: Tensor(zeros: [3]), stride: 16)), inputs: ["input"]),
            .init("halves", .layer(ReLU()), inputs: ["halves_pre_relu"]),
        ])
        return try Model(
            graph: graph,
            details: ModelDescription(
                name: "halves", inputSize: 48, layers: [CanonicalLayer("halves")], logitsLayer: nil, probabilitiesLayer: nil))
    }

    /// A plain red picture.
    private struct Pure: PictureSource {
        let title = "red", classes = ["red"], count = 1
        func label(_ index: Int) -> Int { 0 }
        func pixels(_ index: Int, size: Int) -> Tensor {
            Tensor(shape: [size, size, 3], scalars: (0..<size * size * 3).map { $0 % 3 == 0 ? 0.8 : 0.1 })
        }
        func pictures(in range: Range<Int>, size: Int) -> PictureBatch {
            PictureBatch(images: Tensor.stack(range.map { pixels($0, size: size) }), labels: range.map(label), indices: Array(range))
        }
    }

    /// A red disc on black, beside the middle by an offset.
    private struct Discs: PictureSource {
        let radius: Double, offset: Double
        let title = "disc", classes = ["disc"], count = 1
        func label(_ index: Int) -> Int { 0 }
        func pixels(_ index: Int, size: Int) -> Tensor {
            Tensor(shape: [size, size, 3]) { pixels in
                for y in 0..<size {
                    for x in 0..<size {
                        let from = hypot(Double(x) + 0.5 - Double(size) / 2 - offset, Double(y) + 0.5 - Double(size) / 2)
                        for c in 0..<3 { pixels[(y * size + x) * 3 + c] = c == 0 ? Float(min(max(radius + 0.5 - from, 0), 1)) : 0 }
                    }
                }
            }
        }
        func pictures(in range: Range<Int>, size: Int) -> PictureBatch {
            PictureBatch(images: Tensor.stack(range.map { pixels($0, size: size) }), labels: range.map(label), indices: Array(range))
        }
    }
}
