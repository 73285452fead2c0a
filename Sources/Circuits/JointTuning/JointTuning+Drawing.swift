import Figures
import Networks

extension JointTuning {
    /// Stacked tuning curves to the examples of the first unit that has any: see ``stack(examplesOf:isAligned:)``.
    public func drawing() -> SVG { stack(examplesOf: examples.firstIndex { !$0.isEmpty } ?? 0) }

    /// One row for each unit of the family: its responses to each changed picture in thin lines and their mean in a thick one, each row in
    /// its own scale; ticks in each unit's colour where its mean is highest.
    /// - Precondition: the family has the unit.
    public func stack(examplesOf unit: Int, isAligned: Bool = true) -> SVG {
        let curves = curves(examplesOf: unit, isAligned: isAligned)
        let (left, right, row, top, width) = (140.0, 24.0, 44.0, 50.0, 760.0)
        let shown = Array(features.indices.prefix(40)), base = top + Double(shown.count) * row
        let (low, high) = (curves.axis.first ?? 0, curves.axis.last ?? 1)
        func x(_ value: Double) -> Double { left + (high > low ? (value - low) / (high - low) : 0.5) * (width - left - right) }
        let aligned = isAligned ? ", each turned to \(features[unit])'s own peak" : ""
        let kind = change.kind == .rotation || change.kind == .hue ? aligned : aligned.replacing("turned", with: "moved")
        var svg = SVG(width: width, height: base + 56, title: "\(description); examples of \(features[unit])")
        svg.add(.text("The family's responses to pictures that excite \(features[unit])", x: 12, y: 22, size: 14, bold: true))
        svg.add(.text("\(examples[unit].count) pictures of \(dataset.ending)\(kind)", x: 12, y: 38, size: 11, color: .faint))
        for (place, member) in shown.enumerated() {
            let floor = top + Double(place + 1) * row - 4
            let color = Color(hue: Double(place) / Double(max(shown.count, 1)) * 330, saturation: 0.75, lightness: 0.42)
            let height = curves.means[member].filter(\.isFinite).max() ?? 0
            svg.add(.line(x1: left, y1: floor, x2: width - right, y2: floor, .stroke(.rule)))
            svg.add(.text("\(features[member])", x: left - 12, y: floor - 14, size: 11.5, anchor: .end, color: color, bold: member == unit))
            guard height > 0 else {
                svg.add(.text("no response", x: left + 8, y: floor - 8, size: 11, color: .faint))
                continue
            }
            // The row holds every picture; the mean may be lower.
            let highest = curves.traces[member].joined().filter(\.isFinite).max() ?? height
            func y(_ value: Double) -> Double { floor - value / max(height, 0.75 * highest) * (row - 14) }
            for trace in curves.traces[member] {
                svg.add(line(curves.axis, trace, x, y).map { .path($0, .stroke(color, width: 0.75, opacity: 0.22)) })
            }
            svg.add(line(curves.axis, curves.means[member], x, y).map { .path($0, .stroke(color, width: 2.25)) })
            if let best = curves.means[member].firstIndex(of: height) {
                let at = x(curves.axis[best])
                let tick = SVGElement.line(x1: at, y1: base + 2, x2: at, y2: base + 12, .stroke(color, width: 2.5))
                svg.add(tick.tooltip("\(features[member]): \(curves.axis[best].short)"))
            }
        }
        for tick in ticks(low, high) {
            svg.add(.line(x1: x(tick), y1: base, x2: x(tick), y2: base + 5, .stroke(.faint)))
            svg.add(.text(tick.short, x: x(tick), y: base + 26, size: 11, anchor: .middle, color: .faint))
        }
        let seen = isAligned ? " from the peak" : ""
        let label = change.kind == .scale && isAligned ? "scale (doublings\(seen))" : change.label + seen
        svg.add(.text(label, x: (left + width - right) / 2, y: base + 46, size: 12, anchor: .middle))
        return svg
    }

    private func line(_ axis: [Double], _ values: [Double], _ x: (Double) -> Double, _ y: (Double) -> Double) -> [SVGPath] {
        var paths: [SVGPath] = [], isOpen = false
        for (place, value) in zip(axis, values) {
            guard value.isFinite else {
                isOpen = false
                continue
            }
            if isOpen { paths[paths.count - 1].line(x(place), y(value)) } else {
                paths.append(SVGPath())
                paths[paths.count - 1].move(x(place), y(value))
            }
            isOpen = true
        }
        return paths
    }

    /// Round numbers along the axis.
    private func ticks(_ low: Double, _ high: Double) -> [Double] {
        guard high > low else { return [low] }
        let steps = change.period != nil ? [15.0, 30, 45, 90] : [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
        let step = steps.first { (high - low) / $0 <= 10 } ?? (high - low) / 8
        return stride(from: (low / step).rounded(.up) * step, through: high + step * 1e-6, by: step).map { abs($0) < step * 1e-9 ? 0 : $0 }
    }
}
