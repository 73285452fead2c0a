import Foundation

/// The colour bar under weight tiles: which numbers the two full colours stand for.
struct WeightLegend {
    let scale: Float
    static let width = 120.0, height = 28.0

    func elements(x: Double, y: Double) -> [SVGElement] {
        let steps = 41, step = Self.width / 41
        var result = (0..<steps).map { i -> SVGElement in
            let value = Float(i) / Float(steps - 1) * 2 - 1
            return .rect(
                x: x + Double(i) * step, y: y, width: step + (i + 1 < steps ? 0.6 : 0), height: 8, .fill(ColorMap.weights(value)))
        }
        let labels: [(Double, SVGElement.Anchor, String)] = [
            (0, .start, "−" + Self.text(scale)), (0.5, .middle, "0"), (1, .end, "+" + Self.text(scale)),
        ]
        for (position, anchor, text) in labels {
            result.append(.text(text, x: x + position * Self.width, y: y + 20, size: 10, anchor: anchor, color: .faint))
        }
        return result
    }

    /// A magnitude in three significant digits.
    static func text(_ value: Float) -> String { value.isFinite ? String(format: "%.3g", abs(value)) : "?" }
}
