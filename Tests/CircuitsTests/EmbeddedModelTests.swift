import Foundation
import Networks
import PictureWorld
import Tensors
import Testing

@Suite struct EmbeddedModelTests {
    private struct Logits: Decodable { let logits: [[Float]] }

    @Test func `mini-inception gives the logits that PyTorch computes from the same file`() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("NetworksTests/Reference/mini-inception-logits.json")
        let expected = try JSONDecoder().decode(Logits.self, from: Data(contentsOf: file)).logits
        // PyTorch read the exported pictures, which have 8 bits.
        let images = World.test.batch(0..<expected.count).images.map { ($0 * 255).rounded() / 255 }
        let logits = try Model.load("mini-inception").logits(of: images)
        let largest = expected.flatMap { $0 }.map(abs).max() ?? 1
        for (row, values) in expected.enumerated() {
            for (column, value) in values.enumerated() { #expect(abs(logits[row, column] - value) < 1e-4 * largest) }
        }
    }

    @Test(arguments: Model.embedded.filter { $0 != "handwritten-curves" })
    func `every model that comes with Hooke recognizes held-out pictures of all classes`(name: String) throws {
        let model = try Model.load(name), recipe = try #require(model.metadata["recipe"])
        #expect(model.classes == World.classes && model.name == name && !recipe.isEmpty)
        let report = try model.evaluate(over: World.test, count: 600)
        #expect(report.accuracy > 0.95, "\(report)")
    }

    @Test func `an unknown model, layer, channel or picture is refused with what exists`() throws {
        let model = try Model.load("mini-inception")
        func text(_ body: () throws -> Void) -> String {
            do { try body() } catch { return "\(error)" }
            return ""
        }
        #expect(text { _ = try Model.load("inception-v9") }.contains("mini-inception"))
        let layer = text { _ = try model["mixed3z"].channels() }
        #expect(layer.contains("mixed3z") && layer.contains("mixed3b") && layer.contains("conv2d0"))
        let channel = text { try model["mixed3b"][500].validate() }
        #expect(channel.contains("500") && channel.contains("119"))
        let picture = text { _ = try model.logits(of: Tensor(zeros: [1, 32, 32, 3])) }
        #expect(picture.contains("64"))
        #expect(!text { _ = try model.activations(of: Tensor(zeros: [8, 8]), at: ["mixed3a"]) }.isEmpty)
    }

    @Test func `a damaged copy of the file is refused with its name and what is wrong`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("model-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("copy.safetensors")
        try Model.load("mini-inception").save(to: file.path)
        let data = try Data(contentsOf: file)
        #expect(try Model.load(file.path).classes == Model.load("mini-inception").classes)
        for part in [data.prefix(4), data.prefix(200), data.dropLast(10), Data()] {
            try Data(part).write(to: file)
            do {
                _ = try Model.load(file.path)
                Issue.record("a damaged file was accepted")
            } catch {
                #expect("\(error)".contains("copy.safetensors"), "\(error)")
            }
        }
    }
}
