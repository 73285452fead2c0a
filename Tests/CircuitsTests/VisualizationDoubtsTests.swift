import Circuits
import Foundation
import Networks
import PictureWorld
import Tensors
import Testing

@Suite struct VisualizationDoubtsTests {
    @Test func `a picture that excites a unit less than half as much as a data set says so, once the data set was shown`() async {
        // In a process of its own: what layers were shown is remembered for the whole process.
        await #expect(processExitsWith: .success) {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("doubts-\(UUID())")
            setenv("HOOKE_CACHE", folder.path, 1)
            defer { try? FileManager.default.removeItem(at: folder) }
            let layer = try Model.load("mini-inception")["mixed3b"]
            func picture(steps: Int) throws -> Visualization { try layer[59].visualize(size: 64, steps: steps, showProgress: false) }
            try hold(picture(steps: 1).doubts.isEmpty)
            let statistics = try layer.statistics(over: World.test, limit: 200)

            let poor = try picture(steps: 1)
            hold(poor.doubts.count == 1 && poor.description.contains("200 pictures of"), poor.description)
            try hold(poor.mimeBundle().contents["text/html"].map { "\($0)".contains("Doubtful") } == true)
            let good = try picture(steps: 128)
            hold(good.doubts.isEmpty, good.description)
            try hold(good.mimeBundle().contents["image/png"] != nil)
            // What inhibits a unit has no peak to compare with.
            try hold(layer[59].visualize(size: 64, steps: 1, negative: true, showProgress: false).doubts.isEmpty)

            let sheet = try layer.visualize(channels: 58..<61, size: 64, steps: 1, showProgress: false)
            hold(sheet.doubtfulChannels.contains(59) && sheet.description.contains("doubtful (?)"))
            hold(Set(sheet.doubtfulChannels).isDisjoint(with: statistics.deadChannels))
        }
    }
}
