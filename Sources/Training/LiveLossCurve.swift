import Foundation
import Networks
import RichDisplay

/// A loss curve that grows in the notebook, about twice a second.
final class LiveLossCurve {
    private let title: String
    private let handle: DisplayHandle?
    private var shown = Date.distantPast
    private static let interval = 0.5

    /// Shows nothing where displays cannot be replaced: there every update would be one more figure.
    init(_ title: String, isShown: Bool) throws {
        self.title = title
        guard isShown, let sink = DisplayRouter.sink, sink.canUpdate else {
            handle = nil
            return
        }
        handle = try display(LossCurve([], title: title))
    }

    func update(_ progress: TrainingProgress, losses: [Float]) throws {
        let isLast = progress.step == progress.steps
        guard let handle, isLast || Date().timeIntervalSince(shown) >= Self.interval else { return }
        shown = Date()
        let accuracy = Int((100 * progress.accuracy).rounded())
        let title = "\(title): step \(progress.step) of \(progress.steps), \(accuracy) % of the batch right"
        try handle.update(LossCurve(losses, title: title))
    }
}
