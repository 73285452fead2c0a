import Circuits
import Figures
import Foundation
import ImageFolders
import Networks
import PictureWorld
import Tensors
import Testing

/// A folder with two classes, some damaged files and some that are no pictures; it goes away with the test.
private final class Album {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("album-\(UUID().uuidString)").path

    init() throws {
        try add("n02/photo.jpg", JPEGReference.file("photo.jpg"))
        try add("n02/deeper/grey.JPEG", JPEGReference.file("grey.jpg"))
        try add("n01/mislabelled.JPEG", JPEGReference.file("photo.png"))
        try add("n01/cut.jpg", JPEGReference.file("photo.jpg").prefix(500))
        try add("n01/progressive.jpg", JPEGReference.file("progressive.jpg"))
        try add("n01/notes.jpg", Data("no picture".utf8))
        try add("n01/empty.png", Data())
        try add("n01/readme.txt", Data("not even by name".utf8))
        try add("n03/.hidden.jpg", JPEGReference.file("photo.jpg"))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func add(_ name: String, _ data: Data) throws {
        let file = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
    }
}

@Suite struct ImageFolderTests {
    @Test func `folders are classes and files are found by their bytes, in order`() throws {
        let album = try Album()
        let folder = try ImageFolder(album.path, names: ["n02": "tench"])
        #expect(folder.classes == ["n01", "tench", "n03"])
        #expect((0..<folder.count).map(folder.file) == ["n01/cut.jpg", "n01/mislabelled.JPEG", "n01/progressive.jpg", "n02/deeper/grey.JPEG", "n02/photo.jpg"])
        #expect((0..<folder.count).map(folder.label) == [0, 0, 0, 1, 1])
        #expect(folder.skipped.map(\.path) == ["n01/empty.png", "n01/notes.jpg", "n03"])
        #expect(folder.skipped.map(\.reason) == ["the file is empty", "the file is neither JPEG nor PNG", "the folder has no pictures"])
    }

    @Test func `a picture is resized and cropped as torchvision does`() throws {
        let album = try Album()
        let folder = try ImageFolder(album.path)
        let pixels = try folder.pixels(4, size: 28), expected = try Image(png: JPEGReference.file("photo-28.png")).tensor
        // torchvision rounds to 8 bits between columns and rows.
        #expect(difference(pixels, expected) < 2.5 / 255)
        let whole = try ImageFolder(album.path, cropping: 1).image(4)
        #expect(whole.width == 51 && whole.height == 37)
    }

    @Test func `damaged files are left out of a run and named, and one by one they throw`() throws {
        let album = try Album()
        let folder = try ImageFolder(album.path)
        let batch = folder.pictures(in: 0..<5, size: 16)
        #expect(batch.images.shape == [4, 16, 16, 3] && batch.indices == [1, 2, 3, 4] && batch.labels == [0, 0, 1, 1])
        #expect(batch.skipped.map(\.path) == ["n01/cut.jpg"] && batch.skipped.allSatisfy { $0.reason.contains("JPEG") })
        #expect(try batch.images.slice(3) == folder.pixels(4, size: 16))
        #expect(throws: ImageFolderError.self) { try folder.pixels(0, size: 16) }
        // The same pixels from the PNG that is called JPEG.
        #expect(difference(batch.images.slice(0), batch.images.slice(3)) < 1.5 / 255)
        var seen: [Int] = []
        try folder.forEachBatch(of: 1, size: 8) { seen += $0.indices }
        #expect(seen == [1, 2, 3, 4])
    }

    @Test func `a strip of pixels is refused before it is enlarged`() throws {
        let album = try Album()
        try album.add("n04/strip.png", Image(Tensor(repeating: 0.5, shape: [1, 500, 3])).pngData())
        let folder = try ImageFolder(album.path)
        #expect(throws: ImageFolderError.self) { try folder.pixels(folder.count - 1, size: 64) }
    }

    @Test func `a folder without class folders is one class`() throws {
        let album = try Album()
        let folder = try ImageFolder(album.path + "/n02/deeper")
        #expect(folder.classes == ["deeper"] && folder.count == 1)
    }

    @Test func `what is no folder of pictures is refused in words`() throws {
        let album = try Album()
        #expect(throws: ImageFolderError.noFolder("/nowhere")) { try ImageFolder("/nowhere") }
        #expect(throws: ImageFolderError.noPictures(album.path + "/n03", skipped: 1)) { try ImageFolder(album.path + "/n03") }
        #expect(throws: ImageFolderError.cropping(0)) { try ImageFolder(album.path, cropping: 0) }
    }

    @Test func `photographs have statistics, examples and quilts, and damaged ones are counted`() throws {
        let album = try Album(), folder = try ImageFolder(album.path), cache = StatisticsCache(folder: nil)
        let unit = try Model.load("handwritten-curves")["conv2d2"][0]
        let statistics = try unit.statistics(over: folder, cache: cache)
        #expect(statistics.pictures == 4 && statistics.skipped == 1 && statistics.count == 4 * 32 * 32)
        let layer = try unit.model["conv2d2"].statistics(over: folder, cache: cache)
        #expect(layer.skippedExamples.count == 1 && layer.skippedExamples.allSatisfy { $0.hasPrefix("n01/cut.jpg: ") })
        let found = try unit.examples(in: folder, count: 9, cache: cache)
        #expect(found.examples.count == 4 && Set(found.examples.map(\.index)) == [1, 2, 3, 4])
        #expect(found.examples.allSatisfy { $0.className == (folder.label($0.index) == 0 ? "n01" : "n02") })
        #expect(try unit.quilt(in: folder, cache: cache).drawing().markup.contains("<image"))
        #expect(Set(try unit.responses(byClassIn: folder, cache: cache).responses.map(\.className)) == ["n01", "n02"])
        #expect(throws: StatisticsError.noParts(dataset: album.path)) { try unit.responses(byPartIn: folder, cache: cache) }
    }

    @Test func `another listing of a folder is another identity`() throws {
        let album = try Album()
        let first = try ImageFolder(album.path).identity
        #expect(try ImageFolder(album.path).identity == first)
        #expect(try ImageFolder(album.path, cropping: 1).identity != first)
        try album.add("n02/more.jpg", JPEGReference.file("photo.jpg"))
        let more = try ImageFolder(album.path).identity
        #expect(more != first)
        try album.add("n02/more.jpg", JPEGReference.file("grey.jpg"))
        #expect(try ImageFolder(album.path).identity != more)
    }

    @Test func `a split of the world is a source of pictures too`() throws {
        func first(_ source: some PictureSource) throws -> String {
            "\(source.title): \(source.classes[source.label(0)]) \(try source.pixels(0, size: 8).shape)"
        }
        #expect(try first(World.test) == "World.test: circle [8, 8, 3]")
        #expect(try first(World.test.restricted(to: ["dog"])) == "World.test (dog): dog [8, 8, 3]")
        var count = 0
        try World.test.forEachBatch(of: 7, limit: 20, size: 8) { count += $0.labels.count }
        #expect(count == 20)
    }
}
