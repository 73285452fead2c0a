import Circuits
import Foundation
import Networks
import Tensors
import Testing
import WeightFiles

/// The cache of the process is what is tested, so each test has a process of its own.
@Suite struct VisualizationCacheTests {
    /// A folder, and the names of the files in it.
    struct Folder {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("cache-\(UUID())").path
        var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
        func remove() { try? FileManager.default.removeItem(atPath: path) }
    }

    static func picture(_ model: Model, seed: UInt64 = 0, size: Int = 24, objective: VisualizationSettings.Target? = nil) throws -> Visualization {
        try model["mixed3a"][26].visualize(
            size: size, steps: 6, seed: seed, objective: objective, thresholds: [3], showProgress: false)
    }

    @Test func `what was rendered before is read from its file, and only that`() async {
        await #expect(processExitsWith: .success) {
            let folder = Folder()
            defer { folder.remove() }
            let model = try Model.load("mini-inception")
            let first = try VisualizationCacheTests.picture(model)
            hold(folder.files.isEmpty)
            VisualizationCache.shared.folder = folder.path
            try hold(VisualizationCacheTests.picture(model).images == first.images && folder.files.count == 1)

            // The file is what comes back: a picture that was painted over comes back painted over.
            let path = folder.path + "/" + folder.files[0]
            let file = try SafetensorsFile(data: Data(contentsOf: URL(fileURLWithPath: path)), name: path)
            var tensors = Dictionary(uniqueKeysWithValues: try file.tensorNames.map { ($0, try file.tensor($0)) })
            let painted = Tensor(repeating: 0.25, shape: [1, 24, 24, 3])
            tensors["images"] = painted
            try SafetensorsFile.write(tensors, metadata: file.metadata, to: path)
            try hold(VisualizationCacheTests.picture(model).images == first.images)  // still in memory
            VisualizationCache.shared.removeAll()
            let again = try VisualizationCacheTests.picture(model)
            hold(again.images == [painted.slice(0)] && again.values == first.values && again.description == first.description)
            hold(again.snapshots.map(\.step) == [3] && again.snapshots[0].images == first.snapshots[0].images)

            // Whatever makes another picture has another name.
            _ = try VisualizationCacheTests.picture(model, seed: 1)
            _ = try VisualizationCacheTests.picture(model, size: 25)
            _ = try VisualizationCacheTests.picture(model, objective: .neuron)
            var bias = try model.bias(of: "conv2d0")
            bias[0] += 1
            _ = try VisualizationCacheTests.picture(model.replacing("conv2d0", weights: model.weights(of: "conv2d0"), bias: bias))
            hold(folder.files.count == 5)
            // Objectives are told apart by what they compute, not by how they are called.
            _ = try model.visualize(.direction("mixed3a", [Float](repeating: 1, count: 64)), size: 24, steps: 2, showProgress: false)
            _ = try model.visualize(.direction("mixed3a", [Float](repeating: 2, count: 64)), size: 24, steps: 2, showProgress: false)
            hold(folder.files.count == 7)
            // Nothing tells one function of a user's own from another.
            _ = try model.visualize(Objective("own", of: "mixed3a") { $0.mean() }, size: 24, steps: 2, showProgress: false)
            hold(folder.files.count == 7)
        }
    }

    @Test func `a sheet is kept channel by channel, and damaged files count as none`() async {
        await #expect(processExitsWith: .success) {
            let folder = Folder()
            defer { folder.remove() }
            VisualizationCache.shared.folder = folder.path
            let layer = try Model.load("mini-inception")["mixed3a"]
            func sheet(_ channels: Range<Int>) throws -> [[Tensor]] {
                try layer.visualize(channels: channels, size: 24, steps: 4, showProgress: false).visualizations.map(\.images)
            }
            let whole = try sheet(20..<25)
            hold(folder.files.count == 5)
            VisualizationCache.shared.removeAll()
            for (number, name) in folder.files.enumerated() {
                let url = URL(fileURLWithPath: folder.path + "/" + name)
                var bytes = try Data(contentsOf: url)
                switch number {
                case 0: bytes.removeLast(100)
                case 1: bytes = Data()
                case 2: bytes[8] = 0xFF
                case 3: bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + folder.files[4]))
                default: break
                }
                try bytes.write(to: url)
            }
            try hold(sheet(18..<25).suffix(5) == whole[...])
            hold(folder.files.count == 7)
        }
    }

    @Test func `a folder that cannot be written costs nothing but the files`() async {
        await #expect(processExitsWith: .success) {
            let model = try Model.load("mini-inception")
            let picture = try VisualizationCacheTests.picture(model)
            VisualizationCache.shared.folder = "/proc/nowhere"
            try hold(VisualizationCacheTests.picture(model).images == picture.images)
        }
    }
}
