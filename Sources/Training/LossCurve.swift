import Figures
import Foundation
import Networks
import RichDisplay

/// The losses of a training as a figure: every step, and a running mean over about a 20th of them.
///
///     LossCurve(trainer.losses, title: "mini-inception")
public struct LossCurve: Drawable {
    public let losses: [Float]
    public let title: String?
    /// Steps that the axis leaves room for; those made by default.
    public let steps: Int

    public init(_ losses: [Float], title: String? = nil, steps: Int? = nil) {
        (self.losses, self.title, self.steps) = (losses, title, max(steps ?? losses.count, losses.count))
    }

    /// At most as many points as the plot has columns: each the mean of its steps.
    private static let points = 400

    public func drawing() -> SVG {
        let stride = max(1, (losses.count + Self.points - 1) / Self.points)
        var raw: (x: [Double], y: [Double]) = ([], []), smooth = raw
        var mean = 0.0, weight = 0.0
        // An exponential mean, divided by the weight that it has so far.
        let keep = 1 - 1 / max(2, Double(losses.count) / 20)
        var sum = 0.0, count = 0
        for (index, loss) in losses.enumerated() {
            mean = keep * mean + (1 - keep) * Double(loss)
            weight = keep * weight + (1 - keep)
            sum += Double(loss)
            count += 1
            guard count == stride || index == losses.count - 1 else { continue }
            raw.x.append(Double(index + 1))
            raw.y.append(sum / Double(count))
            smooth.x.append(Double(index + 1))
            smooth.y.append(mean / weight)
            (sum, count) = (0, 0)
        }
        return LineChart(
            [.init("loss", x: raw.x, y: raw.y), .init("running mean", x: smooth.x, y: smooth.y)], title: title, xLabel: "step",
            yLabel: "cross entropy", fromZero: true
        ).drawing()
    }
}
