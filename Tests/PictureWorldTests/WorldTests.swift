import Foundation
import PictureWorld
import Tensors
import Testing

@Suite struct WorldTests {
    @Test func `there are twenty classes, each with a name of its own, and labels are balanced`() {
        #expect(World.classes.count == 20 && Set(World.classes).count == 20)
        for split in World.splits {
            let counts = Dictionary(grouping: 0..<split.count, by: split.label).mapValues(\.count)
            #expect(Set(counts.values) == [split.count / 20])
        }
    }

    @Test func `a picture is a pure function of its split and index`() {
        // Written down once: a change here changes every model card.
        var digest: UInt64 = 1_469_598_103_934_665_603
        for index in 0..<40 {
            for value in World.test[index].pixels.scalars {
                digest = (digest ^ UInt64((value * 32).rounded())) &* 1_099_511_628_211
            }
        }
        #expect(digest == 4_551_213_487_694_878_857)
        #expect(World.test[5].pixels == World.test.batch(3..<8).images.slice(2))
    }

    @Test func `splits show different pictures`() {
        for index in 0..<60 {
            #expect(World.train[index].pixels != World.test[index].pixels)
            #expect(World.validation[index].pixels != World.test[index].pixels)
        }
    }

    @Test func `pixels lie between black and white and every picture has contrast`() {
        let images = World.test.batch(0..<200).images
        #expect(images.min() >= 0 && images.max() <= 1)
        for index in 0..<200 {
            let picture = images.slice(index)
            #expect(picture.max() - picture.min() > 0.15, "picture \(index)")
        }
    }

    @Test(arguments: ["circle", "ring", "triangle", "cross", "house"])
    func `a scene is the same at every size, and edges are smooth`(name: String) throws {
        let index = try #require(World.classes.firstIndex(of: name))
        let small = World.test.picture(index, size: 64).pixels
        let large = World.test.picture(index, size: 256).pixels
        var difference = 0.0
        for y in 0..<64 {
            for x in 0..<64 {
                for c in 0..<3 {
                    var mean: Float = 0
                    for dy in 0..<4 { for dx in 0..<4 { mean += large[y * 4 + dy, x * 4 + dx, c] / 16 } }
                    difference += Double(abs(mean - small[y, x, c]))
                }
            }
        }
        #expect(difference / (64 * 64 * 3) < 0.02)
    }

    @Test func `the truth of a filled circle agrees with its pixels`() throws {
        let circles = (0..<400).lazy.map { World.test[$0] }.filter { $0.className == "circle" && $0.truth.isFilled }
        var checked = 0
        for picture in circles.prefix(8) {
            let truth = picture.truth
            func colour(_ dx: Double) -> [Float]? {
                let (x, y) = (Int(truth.centre.x + dx), Int(truth.centre.y))
                guard x >= 0, x < 64, y >= 0, y < 64 else { return nil }
                return (0..<3).map { picture.pixels[y, x, $0] }
            }
            guard let inside = colour(0), let nearEdge = colour(truth.radius * 0.6) else { continue }
            #expect(zip(inside, nearEdge).allSatisfy { abs($0 - $1) < 0.2 })
            let outside = [colour(truth.radius * 1.25 + 2), colour(-truth.radius * 1.25 - 2)].compactMap { $0 }.first
            if let outside { #expect(zip(inside, outside).map { abs($0 - $1) }.max()! > 0.1) }
            checked += 1
        }
        #expect(checked >= 4)
    }

    @Test func `a car has wheels below windows`() throws {
        let index = try #require(World.classes.firstIndex(of: "car"))
        let parts = World.test[index].truth.parts
        let wheels = parts.filter { $0.name == "wheel" }, windows = parts.filter { $0.name == "window" }
        #expect(wheels.count == 2 && !windows.isEmpty)
        #expect(wheels.allSatisfy { wheel in windows.allSatisfy { $0.box.y + $0.box.height <= wheel.box.y + wheel.box.height / 2 } })
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
        #expect(throws: WorldExportError.tooMany(asked: 4001, split: "test", available: 4000)) { try WorldExport(World.test, count: 4001) }
    }
}
