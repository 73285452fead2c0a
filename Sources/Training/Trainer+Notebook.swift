import Foundation
import Networks
import RichDisplay
import WeightFiles

extension Trainer {
    /// Makes the remaining steps with a loss curve that grows in the notebook.
    ///
    ///     try trainer.train("curves", checkpoint: "curves.checkpoint")
    ///
    /// - Parameters:
    ///   - title: of the figure.
    ///   - checkpoint: a file to save to every `interval` steps and when the cell is interrupted; if it exists, the training goes on from
    ///   it.
    ///   - isShown: false shows nothing.
    ///   - progress: called after every step.
    /// - Throws: ``TrainingError``, `SafetensorsError` when the checkpoint is damaged or cannot be written, what the data throws,
    ///   `Interrupted`.
    public func train(
        _ title: String = "Training", checkpoint: String? = nil, every interval: Int = 100, isShown: Bool = true,
        progress: (TrainingProgress) throws -> Void = { _ in }
    ) throws {
        if let checkpoint, FileManager.default.fileExists(atPath: checkpoint) { try resume(from: checkpoint) }
        let curve = try LiveLossCurve(title, isShown: isShown)
        func show(_ step: TrainingProgress) throws {
            try curve.update(step, losses: losses)
            try progress(step)
        }
        if let checkpoint { try run(savingTo: checkpoint, every: interval, progress: show) } else { try run(progress: show) }
    }
}
