import Foundation
import PictureWorld
import Tensors
import Testing

@Suite struct WorldTests {
    @Test func `there are forty classes, each with a name of its own, and labels are balanced`() {
        #expect(World.classes.count == 40 && Set(World.classes).count == 40)
        for split in World.splits {
            #expect(split.classes == World.classes)
            let counts = Dictionary(grouping: 0..<split.count, by: split.label).mapValues(\.count)
            #expect(Set(counts.values) == [split.count / 40])
        }
    }

    /// A hash of the pixels in 8 bits.
    private func digest(_ split: WorldSplit, _ indices: Range<Int>) -> UInt64 {
        indices.reduce(1_469_598_103_934_665_603) { digest, index in
            split[index].pixels.scalars.reduce(digest) { ($0 ^ UInt64(($1 * 255).rounded())) &* 1_099_511_628_211 }
        }
    }

    @Test func `a picture is a pure function of its split and index`() {
        // Written down once: a change here changes every model that was trained on these pictures.
        #expect(digest(World.train, 0..<80) == 7523608528171391671)
        #expect(digest(World.validation, 0..<40) == 9188152701889846867)
        #expect(digest(World.test, 7960..<8000) == 189319441199883998)
        #expect(World.test[5].pixels == World.test.batch(3..<8).images.slice(2))
    }

    @Test func `splits show different pictures`() {
        var seen: Set<[Float]> = []
        for split in World.splits {
            for index in 0..<400 { seen.insert(split.picture(index, size: 8).pixels.scalars) }
        }
        #expect(seen.count == 1200)
    }

    @Test func `pixels lie between black and white and every picture has contrast`() {
        let images = World.test.batch(0..<800).images
        #expect(images.min() >= 0 && images.max() <= 1)
        for index in 0..<800 {
            let picture = images.slice(index)
            #expect(picture.max() - picture.min() > 0.12, "picture \(index)")
        }
    }

    @Test(arguments: World.classes)
    func `a scene is the same at every size, and edges are smooth`(name: String) throws {
        let split = try World.test.restricted(to: [name])
        var difference = 0.0
        for index in 0..<4 {
            let small = split.picture(index, size: 64).pixels, large = split.picture(index, size: 192).pixels
            for y in 0..<64 {
                for x in 0..<64 {
                    for c in 0..<3 {
                        var mean: Float = 0
                        for dy in 0..<3 { for dx in 0..<3 { mean += large[y * 3 + dy, x * 3 + dx, c] / 9 } }
                        difference += Double(abs(mean - small[y, x, c]))
                    }
                }
            }
        }
        #expect(difference / (4 * 64 * 64 * 3) < 0.015)
    }

    @Test func `a restricted split has the pictures of the whole one, labelled by the given order`() throws {
        let pets = try World.test.restricted(to: ["cat", "dog"])
        #expect(pets.classes == ["cat", "dog"] && pets.count == 400)
        for index in 0..<6 {
            let picture = pets[index]
            #expect(picture.className == pets.classes[picture.label] && picture.label == index % 2)
            #expect(World.test[picture.index].className == picture.className)
            #expect(World.test[picture.index].pixels == picture.pixels)
        }
        #expect(pets[399].index < World.test.count)
        #expect(throws: WorldError.unknownClass("zebra", known: World.classes)) { try World.test.restricted(to: ["dog", "zebra"]) }
        #expect(throws: WorldError.repeatedClass("dog")) { try World.test.restricted(to: ["dog", "dog"]) }
        #expect(throws: WorldError.noClasses) { try World.test.restricted(to: []) }
    }

    @Test func `the first pictures of a split are its own, and no more than it has`() throws {
        let few = World.test.first(90)
        #expect(few.count == 90 && few.classes == World.test.classes && few.title == World.test.title)
        #expect(few[89].pixels == World.test[89].pixels && few[89].label == World.test[89].label)
        let dogs = try World.test.restricted(to: ["dog"])
        #expect(try few.restricted(to: ["dog"]).count == 2 && dogs.first(1_000_000).count == dogs.count)
        #expect(dogs.first(3)[2].index == dogs[2].index)
    }

    @Test func `an export holds what NumPy expects and refuses what the split does not have`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("world-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try WorldExport(World.test, count: 30, size: 16).write(to: folder)
        let images = try Data(contentsOf: folder.appendingPathComponent("images.npy"))
        #expect(images.prefix(8) == Data([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0]))
        let header = Int(images[8]) + 256 * Int(images[9])
        #expect((10 + header) % 64 == 0 && images.count == 10 + header + 30 * 16 * 16 * 3)
        let names = try JSONDecoder().decode([String].self, from: Data(contentsOf: folder.appendingPathComponent("classes.json")))
        #expect(names == World.classes)
        #expect(throws: WorldExportError.tooMany(asked: 8001, split: "test", available: 8000)) { try WorldExport(World.test, count: 8001) }
    }
}
