import Figures
import Foundation

/// The distribution of a feature's activations as a figure: on the left the log density before the ReLU, what is active in colour; on the
/// right what is left after the ReLU.
public struct DistributionFigure: Drawable, CustomStringConvertible, Sendable {
    public let unit: UnitStatistics

    public init(_ unit: UnitStatistics) { self.unit = unit }

    public var description: String { unit.description }
    public var beforeReLU: ActivationDistribution { unit.beforeReLU }
    public var afterReLU: ActivationDistribution { unit.afterReLU }

    public func drawing() -> SVG {
        let before = DensityChart(
            unit.beforeReLU, title: unit.isDead ? unit.description : "\(unit.feature)\(unit.isRectified ? " before the ReLU" : "")",
            xLabel: "activation\(unit.isRectified ? " before the ReLU" : "")",
            isLogarithmic: true,
            note: ActivationDistribution.percent(unit.fractionActive) + (unit.isRectified ? " active" : " above 0"))
        let panels = unit.isRectified && !unit.isDead
            ? [before, DensityChart(
                unit.afterReLU, title: "after the ReLU", xLabel: "activation", isLogarithmic: false,
                note: ActivationDistribution.percent(1 - unit.fractionActive) + " exactly 0")] : [before]
        let drawings = panels.map { $0.drawing() }
        let gap = 12.0, top = 34.0
        let width = drawings.reduce(-gap) { $0 + $1.width + gap }
        var svg = SVG(width: width, height: top + (drawings.map(\.height).max() ?? 0), title: description)
        let source = "\(unit.count) positions in \(unit.pictures) pictures of \(unit.dataset.ending)"
        svg.add(.text(source, x: 16, y: 22, size: 12, color: .faint))
        var x = 0.0
        for drawing in drawings {
            svg.add(.group(x: x, y: top, drawing.content))
            x += drawing.width + gap
        }
        return svg
    }
}

extension DensityChart {
    fileprivate init(_ distribution: ActivationDistribution, title: String, xLabel: String, isLogarithmic: Bool, note: String) {
        self.init(
            edges: distribution.edges, density: distribution.density, title: title, xLabel: xLabel, isLogarithmic: isLogarithmic,
            note: note)
    }
}

extension String {
    /// The end of a long name, such as a path, for a line that cannot be broken.
    var ending: String { count > 44 ? "…" + suffix(43) : self }
}
