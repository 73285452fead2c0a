import Circuits
import Networks
import RichDisplay
import Testing

@Suite struct ProposedGroupsTests {
    @Test func `curve detectors written by hand are proposed as curves, and nothing else is`() throws {
        let proposed = try Model.load("handwritten-curves")["mixed3b"].proposedGroups(control: false)
        #expect(proposed.groups.groups.map(\.name) == ["Curves"], "\(proposed)")
        #expect(Set(proposed.groups["Curves"]?.units ?? []) == Set(0..<24))
        for unit in 0..<24 {
            let evidence = try #require(proposed.evidence[unit])
            #expect(TuningCurve.distance(evidence.preferred ?? .nan, 15 * Double(unit)) <= 10)
            #expect((evidence["arc"] ?? 0) >= 2 * (evidence["line"] ?? 0))
        }
        #expect(proposed.control == nil && proposed.labelled == 24)
    }

    @Test func `lines written by hand are proposed as lines with their orientation`() throws {
        let proposed = try Model.load("handwritten-curves")["conv2d2"].proposedGroups(control: false)
        let lines = proposed.groups["Lines"]?.units ?? []
        #expect(lines.count >= 10, "\(proposed)")
        for unit in lines {
            #expect(TuningCurve.distance(proposed.evidence[unit]?.preferred ?? .nan, 15 * Double(unit), period: 180) <= 10, "\(unit)")
        }
    }

    @Test func `planted arcs are curves, a union of two arcs and noise get no such label, an untrained network few`() throws {
        let planted = try PlantedDetectors()
        let first = try planted.model["conv2d0"].proposedGroups()
        #expect(first.evidence[PlantedDetectors.arc]?.group == "Curves", "\(first)")
        #expect(TuningCurve.distance(first.evidence[PlantedDetectors.arc]?.preferred ?? .nan, 60) <= 10)
        #expect(first.evidence[PlantedDetectors.oppositeArc]?.group == "Curves")
        #expect(first.evidence[PlantedDetectors.noise] == nil)
        #expect(first.evidence[PlantedDetectors.gabor]?.group == "Gabor Filters")
        #expect(first.evidence[PlantedDetectors.redGreen]?.group == "Color Filters")
        let chance = first.control?.values.reduce(0, +) ?? .max
        #expect(chance <= 4, "\(chance) of 24 untrained units: \(first)")
        for (group, number) in first.withheld { #expect(number < 2 * (first.control?[group] ?? 0) && first.groups[group] == nil) }
        #expect(try planted.model["conv2d1"].proposedGroups(control: false).evidence[PlantedDetectors.eitherArc]?.group != "Curves")
        let third = try planted.model["mixed3a"].proposedGroups(control: false)
        #expect(third.evidence[PlantedDetectors.highLow]?.group == "High-Low Frequency")
        #expect(third.rules["High-Low Frequency"]?.contains("boundary") == true)
        // A proposal is a file that can be corrected by hand.
        let again = try NeuronGroups(json: try first.groups.json(), of: planted.model["conv2d0"])
        #expect(again.groups == first.groups.groups)
    }

    @Test func `an untrained network gets hardly any label once it is compared with another one`() throws {
        let untrained = try Model(random: .miniInception(classCount: 20), seed: 11)
        let proposed = try untrained["mixed3a"].proposedGroups()
        #expect(proposed.labelled <= 6, "\(proposed)")
        #expect(proposed.description.contains("of 64 units have a group"))
        #expect(proposed.evidence.keys.allSatisfy { !proposed.groups.withoutGroup.contains($0) })
    }
}
