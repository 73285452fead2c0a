import Circuits
import Networks
import Tensors
import Testing

@Suite struct ScenePhenomenaTests {
    @Test func `the unit that answers to dogs facing left and right is found, with the oriented units that feed it`() throws {
        let model = try PlantedScenes.model()
        let found = try model["c"].poseInvariantUnits(of: "dog", over: PlantedScenes(), from: "b", control: false)
        #expect(found.units.map(\.feature.channel) == [PlantedScenes.dog], "\(found) \(found.units)")
        #expect(found.findings.map(\.value) == [1, 1], "\(found.findings)")
        let unit = try #require(found.units.first)
        #expect(unit["left units that excite it"] == 1 && unit["right units that excite it"] == 1)
        let oriented = try model["b"].poseInvariantUnits(of: "dog", over: PlantedScenes(), control: false)
        #expect(oriented.units.isEmpty, "a unit for one pose is not invariant")
    }

    @Test func `the car unit is found with windows above and wheels below, and not with its parts exchanged`() throws {
        let model = try PlantedScenes.model()
        let found = try model["b"].assembledUnits(of: "car", over: PlantedScenes(), from: "a", above: "window", below: "wheel", control: false)
        #expect(found.units.map(\.feature.channel) == [PlantedScenes.car], "\(found)")
        #expect(found.units.first?["window unit"] == Double(PlantedScenes.window) && found.units.first?["wheel unit"] == Double(PlantedScenes.wheel))
        #expect((found.units.first?["height of its weights"] ?? 0) < -1 && (found.units.first?["height of its weights below"] ?? 0) > 1)
        let exchanged = try model["b"].assembledUnits(of: "car", over: PlantedScenes(), from: "a", above: "wheel", below: "window", control: false)
        #expect(exchanged.units.isEmpty)
    }

    @Test func `the unit that was made of two classes is polysemantic, the others are not`() throws {
        let model = try PlantedScenes.model()
        let found = try model["c"].polysemanticUnits(over: PlantedScenes(), count: 200, control: false)
        #expect(found.units.compactMap(\.feature.channel).contains(PlantedScenes.dogOrCar) || found.units.isEmpty == false, "\(found)")
        #expect(!found.units.compactMap(\.feature.channel).contains(PlantedScenes.dog) && !found.units.compactMap(\.feature.channel).contains(PlantedScenes.car))
    }

    @Test func `classes and pictures that are missing are named`() throws {
        let model = try PlantedScenes.model()
        #expect(throws: PhenomenonError.unknownClass("cow", classes: PlantedScenes().classes)) {
            try model["c"].poseInvariantUnits(of: "cow", over: PlantedScenes())
        }
        #expect(throws: PhenomenonError.tooFewPictures(of: "'dog' facing left", found: 1, needed: 5)) {
            try model["c"].poseInvariantUnits(of: "dog", over: PlantedScenes(), count: 10, control: false)
        }
        #expect(throws: PhenomenonError.tooFewPictures(of: "'car' facing left", found: 0, needed: 5)) {
            try model["c"].poseInvariantUnits(of: "car", over: PlantedScenes(), control: false)
        }
    }
}
