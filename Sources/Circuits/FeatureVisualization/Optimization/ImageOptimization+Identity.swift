import Foundation
import Networks

extension ImageOptimization {
    /// What decides how the pictures look, besides the network and the machine.
    private struct Identity: Encodable {
        let height, width: Int
        let parametrization: ImageParametrization
        let entries: [Int]
        let objectives: [String]
        let transforms: [Transform]
        let steps: Int
        let rate: Double
        let seed: UInt64
        let optimizer: Optimizer
        let schedule: RateSchedule
        let thresholds: [Int]
        let instructions: Int
        let network: String
        let program: String
    }

    /// The hash under which the pictures are kept; nil when an objective has a function of a user's own.
    func cacheKey(on model: Model) -> String? {
        let known = objectives.compactMap(\.identity)
        guard known.count == objectives.count else { return nil }
        let identity = Identity(
            height: canvas.height, width: canvas.width, parametrization: canvas.parametrization, entries: entries, objectives: known,
            transforms: transforms, steps: steps, rate: rate, seed: seed, optimizer: optimizer, schedule: schedule, thresholds: thresholds,
            instructions: Compute.instructions.rawValue, network: model.digest, program: Self.program)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // What JSON cannot say, such as an infinite setting, is refused elsewhere.
        guard let text = try? encoder.encode(identity) else { return nil }
        return FileDigest.sha256(of: String(decoding: text, as: UTF8.self))
    }

    /// Tells this build of the program from others.
    private static let program: String = {
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let date = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        return "\(attributes?[.size] as? Int ?? 0) bytes of \(date)"
    }()
}
