import Circuits
import Figures
import Networks
import RichDisplay
import Tensors
import Testing

@Suite struct FeatureFamilyTests {
    @Test func `the detectors written by hand are one family, sorted by orientation`() throws {
        let model = try Model.load("handwritten-curves")
        // Against their order, so that sorting has something to do.
        let given = try FeatureFamily("curves", of: model["mixed3b"], channels: Array((0..<24).reversed()))
        #expect(given.parameter == nil && given.channels.first == 23)
        let family = try #require(FeatureFamily(try given.tuning(over: .curves()), named: "curves"))
        #expect(family.count == 24 && family.parameter == "orientation" && family.period == 360)
        for member in family.members {
            let turn = TuningCurve.distance(member.value ?? .nan, 15 * Double(member.feature.channel ?? 0))
            #expect(turn <= 10, "\(member)")
        }
        let values = family.members.compactMap(\.value)
        #expect(values == values.sorted())
        #expect(family[2..<5].channels == Array(family.channels[2..<5]))
        #expect(family[2..<5].parameter == "orientation")
        let near = try #require(family.member(nearest: 359))
        #expect(TuningCurve.distance(near.value ?? 180, 0) <= 10, "around the circle: \(near)")
    }

    @Test func `families come from phenomena and from equivariance without measuring anew`() throws {
        let layer = try Model.load("handwritten-curves")["mixed3b"]
        let tuning = try layer.tuning(over: .curves(orientations: stride(from: 0, to: 360, by: 15)))
        let turned = try #require(try tuning.equivariantFamilies(over: "orientation").first)
        let family = FeatureFamily(turned, named: "turned")
        #expect(family.count == turned.members.count && family.members.map(\.value) == turned.members.map { Optional($0.shift) })
        let found = try #require(FeatureFamily(try layer.curveDetectors(control: false)))
        #expect(found.count == 24 && found.name == "curve detectors")
        #expect(FeatureFamily(try PlantedDetectors().model["conv2d1"].frequencyBoundaryUnits(control: false)) == nil)
    }

    @Test func `a family of one says so`() throws {
        let model = try Model.load("handwritten-curves")
        let family = try FeatureFamily([model["mixed3b"][7]], named: "alone")
        #expect(family.description == "alone: one member, mixed3b:7")
        #expect(try family.mimeBundle().contents["image/svg+xml"] != nil)
        #expect(try family.tuning(over: .curves(orientations: stride(from: 0, to: 360, by: 45))).members.count == 1)
    }

    @Test func `what is no family is refused by name`() throws {
        let model = try Model.load("handwritten-curves")
        #expect(throws: FamilyError.noMembers(family: "none")) { try FeatureFamily([], named: "none") }
        #expect(throws: FamilyError.otherLayer("mixed3a:1", family: "two", layer: "mixed3b")) {
            try FeatureFamily([model["mixed3b"][0], model["mixed3a"][1]], named: "two")
        }
        #expect(throws: FamilyError.twice("mixed3b:4", family: "same")) {
            try FeatureFamily("same", of: model["mixed3b"], channels: [4, 4])
        }
        #expect(throws: FamilyError.valueCount(1, members: 2, family: "few")) {
            try FeatureFamily("few", of: model["mixed3b"], channels: [1, 2], values: [0])
        }
        #expect(throws: FamilyError.notFinite("mixed3b:1", family: "nan")) {
            try FeatureFamily("nan", of: model["mixed3b"], channels: [1], values: [.nan])
        }
        #expect(throws: ModelError.channelOutOfRange(24, layer: "mixed3b", channels: 24)) {
            try FeatureFamily("far", of: model["mixed3b"], channels: [24])
        }
    }

    @Test func `the row shows every member with its angle`() throws {
        let model = try Model.load("handwritten-curves")
        let family = try FeatureFamily(
            "curves", of: model["mixed3b"], channels: [0, 6, 12], parameter: "orientation", values: [0, 90.4, 180], period: 360)
        let svg = try family.drawing().markup
        for text in ["mixed3b:0", "mixed3b:6", "mixed3b:12", "90°", "180°", "3 members of mixed3b, by orientation"] {
            #expect(svg.contains(text), "\(text)")
        }
        #expect(svg.components(separatedBy: "<image").count == 4)
    }
}
