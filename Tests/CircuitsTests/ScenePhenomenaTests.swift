import Circuits
import Networks
import Tensors
import Testing

@Suite struct ScenePhenomenaTests {
    @Test func `the unit that answers to dogs facing left and right is found, with the oriented units that feed it`() throws {
        let model = try PlantedScenes.model()
        let found = try model["c"].poseInvariantUnits(of: "dog", over: PlantedScenes(), from: "b", control: false)
        // The unit for dogs or cars answers to dogs either way as well.
        #expect(found.units.map(\.feature.channel) == [PlantedScenes.dog, PlantedScenes.dogOrCar], "\(found)")
        #expect(found.findings.map(\.value) == [1, 1], "\(found.findings)")
        let unit = try #require(found.units.first)
        #expect(unit["left units that excite it"] == 1 && unit["right units that excite it"] == 1)
        let oriented = try model["b"].poseInvariantUnits(of: "dog", over: PlantedScenes(), control: false)
        #expect(oriented.units.isEmpty, "a unit for one pose is not invariant")
    }

    @Test func `the car unit is found with windows above and wheels below, and not with its parts exchanged`() throws {
        let model = try PlantedScenes.model()
        func assembled(above: String, below: String) throws -> Phenomenon {
            try model["b"].assembledUnits(of: "car", over: PlantedScenes(), from: "a", above: above, below: below, control: false)
        }
        let found = try assembled(above: "window", below: "wheel")
        #expect(found.units.map(\.feature.channel) == [PlantedScenes.car], "\(found)")
        let unit = try #require(found.units.first)
        #expect(unit["window unit"] == Double(PlantedScenes.window) && unit["wheel unit"] == Double(PlantedScenes.wheel))
        #expect((unit["height of its weights"] ?? 0) < -1 && (unit["height of its weights below"] ?? 0) > 1)
        #expect(try assembled(above: "wheel", below: "window").units.isEmpty)
    }

    @Test func `the unit that was made of two classes is polysemantic, the others are not`() throws {
        let model = try PlantedScenes.model()
        let found = try model["c"].polysemanticUnits(over: PlantedScenes(), count: 200, control: false)
        #expect(found.units.map(\.feature.channel) == [PlantedScenes.dogOrCar], "\(found)")
        let names = Set(found.units.first?.measures.map(\.name) ?? [])
        #expect(names.isSuperset(of: ["dog", "car"]))
    }

    @Test func `classes and pictures that are missing are named`() throws {
        let model = try PlantedScenes.model()
        #expect(throws: PhenomenonError.unknownClass("cow", classes: PlantedScenes().classes)) {
            try model["c"].poseInvariantUnits(of: "cow", over: PlantedScenes())
        }
        #expect(throws: PhenomenonError.tooFewPictures(of: "'dog' facing left", found: 2, needed: 5)) {
            try model["c"].poseInvariantUnits(of: "dog", over: PlantedScenes(), count: 10, control: false)
        }
        #expect(throws: PhenomenonError.tooFewPictures(of: "'car' facing left", found: 0, needed: 5)) {
            try model["c"].poseInvariantUnits(of: "car", over: PlantedScenes(), control: false)
        }
    }
}
