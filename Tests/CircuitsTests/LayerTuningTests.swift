import Circuits
import Figures
import Foundation
import Networks
import RichDisplay
import Tensors
import Testing

@Suite struct LayerTuningTests {
    private static let angles = Array(stride(from: 0.0, to: 360, by: 45))

    @Test func `the central unit answers to the cut picture as to the same stimulus in a whole one`() throws {
        let model = try Model.load("mini-inception")
        for name in ["conv2d0", "conv2d2", "mixed3a", "mixed3b"] {
            let layer = model[name]
            let small = try layer.stimulusField(), whole = try layer.stimulusField(imageSize: model.inputSize)
            #expect(small.isWhole && small.imageSize < whole.imageSize && small.size == whole.size)
            let sweep = StimulusSweep.curves(orientations: Self.angles, radii: [0.4 * small.size, small.size])
            let cut = try layer.tuning(over: sweep).responses
            // What the cut picture does not hold, the unit does not see.
            let full = try layer.tuning(over: sweep, imageSize: model.inputSize).responses
            #expect((cut - full).map(abs).max() < 1e-4 * max(1, full.max()), "\(name)")
        }
    }

    @Test func `responses are those that the network gives for each picture, before and after the ReLU`() throws {
        let model = try Model.load("mini-inception"), layer = model["mixed3a"]
        let sweep = StimulusSweep.curves(orientations: [0, 90, 200], radii: [10, 30])
        let tuning = try layer.tuning(over: sweep)
        let channels = try layer.channels()
        #expect(tuning.responses.shape == [3, 2, channels] && tuning.axes[1].values == [10, 30])
        let field = tuning.field, place = try #require(field.position)
        let picture = try Stimulus.arc(radius: 30, orientation: 200).rendered(
            width: field.imageSize, height: field.imageSize, centre: (field.centre.x, field.centre.y))
        let expected = try layer.activations(of: picture), before = try model["mixed3a_pre_relu"].activations(of: picture)
        let linear = try #require(tuning.preActivations)
        for channel in 0..<channels {
            #expect(abs(tuning.responses[2, 1, channel] - expected[0, place.y, place.x, channel]) < 1e-4)
            #expect(abs(linear[2, 1, channel] - before[0, place.y, place.x, channel]) < 1e-4)
        }
        let single = try layer.responses(to: [.arc(radius: 30, orientation: 200), .line(orientation: 3)])
        #expect(single.shape == [2, channels])
        for channel in 0..<channels { #expect(abs(single[0, channel] - tuning.responses[2, 1, channel]) < 1e-4) }
    }

    @Test func `a layer that is edited keeps its edit, and has no responses before its ReLU`() throws {
        let model = try Model.load("mini-inception")
        let sweep = StimulusSweep.lines(orientations: [0, 45, 90])
        let alone = try model["mixed3a"].tuning(over: sweep)
        let edited = try model.editing("mixed3a", .ablating([3]))["mixed3a"].tuning(over: sweep)
        #expect(edited.preActivations == nil && edited[3].responses.max() == 0)
        #expect((edited[4].responses - alone[4].responses).map(abs).max() < 1e-4)
    }

    @Test func `layers behind the global pooling and layers that see more than the picture are asked with whole pictures`() throws {
        let model = try Model.load("mini-inception")
        let sweep = StimulusSweep.curves(orientations: [0, 90])
        let head = try model["softmax2_pre_activation"].tuning(over: sweep)
        #expect(head.responses.shape == [2, 16, 40] && head.field.position == nil && head.field.imageSize == 64)
        let deep = try model["mixed4c"].tuning(over: sweep)
        #expect(!deep.field.isWhole && deep.field.imageSize == 64 && deep.axes[1].values[0] == 0.28 * 64)
    }

    @Test func `a direction's tuning is the weighted sum of its channels'`() throws {
        let model = try Model.load("mini-inception")
        let tuning = try model["mixed3a"].tuning(over: .curves(orientations: Self.angles, radii: [12]))
        let direction = model["mixed3a"].direction([2: 1, 5: -0.5])
        let both = try tuning.tuning(of: direction), alone = try direction.tuning(over: .curves(orientations: Self.angles, radii: [12]))
        let expected = tuning[2].responses - tuning[5].responses * 0.5
        #expect((both.responses - expected).map(abs).max() < 1e-5 && (alone.responses - expected).map(abs).max() < 1e-4)
        #expect(throws: TuningError.otherLayer(feature: "mixed3b:0", layer: "mixed3a")) { try tuning.tuning(of: model["mixed3b"][0]) }
    }

    @Test func `standard deviations are those of the activations over pictures`() throws {
        let model = try Model.load("mini-inception"), layer = model["mixed3a"]
        let images = Tensor(uniform: [5, 64, 64, 3], seed: 4)
        let deviations = try layer.deviations(over: images)
        let activations = try layer.activations(of: images)
        let expected = activations.standardDeviation(along: [0, 1, 2])
        for (deviation, expected) in zip(deviations, expected.scalars) { #expect(abs(deviation - expected) < 1e-3 * max(1, expected)) }
        let sweep = StimulusSweep.lines(orientations: [0, 90])
        let plain = try layer.tuning(over: sweep), scaled = try layer.tuning(over: sweep, deviations: deviations)
        #expect(scaled.unit == "standard deviations")
        for channel in 0..<deviations.count where deviations[channel] > 0 {
            #expect(abs(scaled.responses[0, channel] - plain.responses[0, channel] / deviations[channel]) < 1e-3)
        }
        #expect(throws: TuningError.deviationCount(2, channels: deviations.count)) { try layer.tuning(over: sweep, deviations: [1, 2]) }
        #expect(throws: TuningError.noPictures) { try layer.deviations(over: Tensor(zeros: [0, 64, 64, 3])) }
    }

    @Test func `any parameter can be swept, and the last one varies fastest`() throws {
        let model = try Model.load("mini-inception")
        let sweep = StimulusSweep(
            "faint arcs",
            over: [.directions([0, 90]), StimulusAxis("contrast", [0.2, 0.6, 1]), StimulusAxis("radius", [0.3, 0.6], unit: .fields)]
        ) { .arc(radius: $0["radius"], orientation: $0["orientation"], width: 0.05 * $1.size).contrast($0["contrast"]) }
        #expect(sweep.count == 12)
        let tuning = try model["conv2d2"].tuning(over: sweep)
        #expect(tuning.responses.shape == [2, 3, 2, 48] && tuning.axes[2].values.map { ($0 * 10).rounded() } == [33, 66])
        let single = try model["conv2d2"].responses(to: [Stimulus.arc(radius: 6.6, orientation: 90, width: 0.55).contrast(0.6)])
        for channel in 0..<48 { #expect(abs(tuning.responses[1, 1, 1, channel] - single[0, channel]) < 1e-3) }
        #expect(try tuning[7].profile(along: "contrast").count == 3)
        #expect(throws: TuningError.unknownAxis("hue", axes: ["orientation", "contrast", "radius"])) { try tuning[7].profile(along: "hue") }
    }

    @Test func `a sweep that cannot be is refused before anything is drawn`() throws {
        let layer = try Model.load("mini-inception")["conv2d0"]
        func text(_ sweep: StimulusSweep) -> String {
            do { _ = try layer.tuning(over: sweep) } catch { return "\(error)" }
            return ""
        }
        #expect(text(.curves(orientations: [])).contains("orientation"))
        #expect(text(StimulusSweep("twice", over: [StimulusAxis("a", [1]), StimulusAxis("a", [1])]) { _, _ in .plain() }).contains("twice"))
        #expect(text(.curves(orientations: stride(from: 0, to: 360, by: 1e-4))).contains("larger steps"))
        let forgotten = text(StimulusSweep("unnamed", over: [StimulusAxis("a", [1])]) { point, _ in .disc(radius: point["radius"]) })
        #expect(forgotten.contains("name every parameter"))
        let large = text(StimulusSweep("large", over: [StimulusAxis("radius", [3, 9])]) { point, _ in .disc(radius: point["radius"]) })
        #expect(large.contains("18.0 px") && large.contains("8x8"))
        #expect(throws: StimulusError.self) { try layer.stimulusField(imageSize: 0) }
        #expect(throws: ModelError.self) { try Model.load("mini-inception")["mixed9z"].tuning(over: .lines()) }
    }

    @Test func `a family is sorted by preference, and its gap is the widest part without a unit`() throws {
        let tuning = try Model.load("mini-inception")["conv2d2"].tuning(over: .curves(orientations: stride(from: 0, to: 360, by: 15)))
        let family = try tuning.units(sortedBy: "orientation")
        let peaks = family.members.map(\.curve.peak.angle)
        #expect(peaks == peaks.sorted() && !peaks.isEmpty)
        let gaps = zip(peaks, peaks.dropFirst() + [peaks[0] + 360]).map { $1 - $0 }
        #expect(family.largestGap == gaps.max())
        let aligned = family.aligned
        let middle = try #require(aligned.angles.firstIndex(of: 0))
        #expect(aligned.curves.allSatisfy { abs($0[middle] - 1) < 1e-6 && $0.allSatisfy { $0 <= 1 + 1e-6 } })
        #expect(aligned.mean.indices.max { aligned.mean[$0] < aligned.mean[$1] } == middle)
        let chosen = family.mostSelective(5).members
        let rest = family.members.filter { member in !chosen.contains { $0.feature == member.feature } }
        #expect(chosen.count == 5 && chosen.map(\.curve.peak.angle) == chosen.map(\.curve.peak.angle).sorted())
        #expect(try #require(chosen.map(\.curve.selectivity).min()) >= rest.map(\.curve.selectivity).max() ?? 0)
        #expect(family.mostSelective(0).members.isEmpty && family.mostSelective(10_000).members.count == family.members.count)
    }

    @Test func `tuning is drawn as a heat map with a radial curve, and stands on its page`() throws {
        let model = try Model.load("mini-inception")
        let tuning = try model["mixed3a"].tuning(over: .curves(orientations: stride(from: 0, to: 360, by: 20)))
        let discs = StimulusSweep("discs", over: [StimulusAxis("radius", [2, 4, 6])]) { point, _ in .disc(radius: point["radius"]) }
        for figure: any Drawable in [
            tuning[3], try tuning[3].heatMap(), try tuning[3].radialChart(), try tuning.units(sortedBy: "orientation", channels: [1, 2, 3]),
            StimulusSweep.curves(), try model["mixed3a"][2].tuning(over: .lines()),
            try model["mixed3a"][2].tuning(over: discs),
        ] {
            let drawing = try figure.drawing()
            #expect(drawing.width <= SVG.pageWidth && drawing.markup.contains("</svg>"))
        }
        #expect(tuning[3].description.contains("mixed3a:3 over curves"))
    }
}
