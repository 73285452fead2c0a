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
            unit.beforeReLU, title: unit.isRectified ? "\(unit.feature) before the ReLU" : "\(unit.feature)", xLabel: "activation",
            isLogarithmic: true, note: "\(ActivationDistribution.percent(unit.fractionActive)) \(unit.isRectified ? "active" : "above 0")", highlights: true)
        let heading = unit.isDead ? unit.description : "\(unit.count) positions in \(unit.pictures) pictures of \(unit.dataset)"
        let panels = unit.isRectified && !unit.isDead
            ? [before, DensityChart(
                unit.afterReLU, title: "after the ReLU", xLabel: "activation", isLogarithmic: false,
                note: "\(ActivationDistribution.percent(1 - unit.fractionActive)) exactly 0", highlights: true)] : [before]
        let drawings = panels.map { $0.drawing() }
        let gap = 12.0, top = 34.0
        let width = drawings.reduce(-gap) { $0 + $1.width + gap }
        var svg = SVG(width: width, height: top + (drawings.map(\.height).max() ?? 0), title: description)
        let line = SVGElement.text(heading, x: 16, y: 22, size: 12, color: unit.isDead ? .excitation : .faint, bold: unit.isDead)
        svg.add(line)
        var x = 0.0
        for drawing in drawings {
            svg.add(.group(x: x, y: top, drawing.content))
            x += drawing.width + gap
        }
        return svg
    }
}

extension DensityChart {
    fileprivate init(
        _ distribution: ActivationDistribution, title: String, xLabel: String, isLogarithmic: Bool, note: String, highlights: Bool
    ) {
        self.init(
            edges: distribution.edges, density: distribution.density, title: title, xLabel: xLabel, isLogarithmic: isLogarithmic, note: note,
            highlights: highlights)
    }
}
