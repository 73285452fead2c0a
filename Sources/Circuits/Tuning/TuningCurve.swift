import Foundation

/// Responses around a circle of orientations or hues, and what articles say about them.
///
///     let curve = TuningCurve(angles: Array(stride(from: 0, to: 360, by: 0.5)), values: responses)
///     curve.peak.angle          // 243
///     curve.width               // 54, the full width at half of the height
///     curve.echo                // 0.01, the response on the opposite side over that at the peak
public struct TuningCurve: Sendable, Hashable {
    /// In degrees, ascending.
    public let angles: [Double]
    /// One per angle; what is negative counts as zero, as in the articles.
    public let values: [Double]
    /// Where the angles begin anew: 360 for directions, 180 for orientations.
    public let period: Double

    /// A curve through values at angles; the shorter of both lists counts.
    public init(angles: [Double], values: [Double], period: Double = 360) {
        let points = zip(angles, values).sorted { $0.0 < $1.0 }
        self.angles = points.map(\.0)
        self.values = points.map { $0.1.isFinite ? Swift.max($0.1, 0) : 0 }
        self.period = period
    }

    /// The strongest response and its angle; the first one when several are as strong.
    public var peak: (angle: Double, value: Double) {
        guard let best = values.indices.max(by: { values[$0] < values[$1] }) else { return (0, 0) }
        return (angles[best], values[best])
    }

    /// The angle around which the responses lie, as the direction of their sum taken as arrows; for broad curves steadier than the peak.
    public var meanAngle: Double {
        let turns = zip(angles, values).map { (2 * .pi * $0 / period, $1) }
        let (x, y) = (turns.reduce(0) { $0 + cos($1.0) * $1.1 }, turns.reduce(0) { $0 + sin($1.0) * $1.1 })
        let angle = atan2(y, x) / (2 * .pi) * period
        return angle < 0 ? angle + period : angle
    }

    /// How much one side is preferred: 0 for equal responses everywhere, 1 when a single angle gets a response (the length of the sum of
    /// the responses as arrows, over the sum of their lengths).
    public var selectivity: Double {
        let total = values.reduce(0, +)
        guard total > 0 else { return 0 }
        let x = zip(angles, values).reduce(0) { $0 + cos(2 * .pi * $1.0 / period) * $1.1 }
        let y = zip(angles, values).reduce(0) { $0 + sin(2 * .pi * $1.0 / period) * $1.1 }
        return (x * x + y * y).squareRoot() / total
    }

    /// The full width at half height, in degrees: how far around the peak the response stays above one half of it. The whole period for a
    /// curve that never falls so low; 0 without a response.
    public var width: Double { width(at: 0.5) }

    /// The full width at a share of the height.
    public func width(at share: Double) -> Double {
        let count = values.count
        guard count > 1, let best = values.indices.max(by: { values[$0] < values[$1] }), values[best] > 0 else { return 0 }
        let level = values[best] * share
        /// Degrees from the peak to where the curve crosses the level, between samples on a straight line.
        func reach(_ step: Int) -> Double? {
            var travelled = 0.0, here = best
            for _ in 0..<count {
                let next = (here + step + count) % count
                var gap = Double(step) * (angles[next] - angles[here])
                if gap < 0 { gap += period }
                if values[next] < level { return travelled + gap * (values[here] - level) / (values[here] - values[next]) }
                travelled += gap
                here = next
            }
            return nil
        }
        guard let before = reach(-1), let after = reach(1) else { return period }
        return Swift.min(before + after, period)
    }

    /// The response at an angle, on a straight line between samples.
    public func value(at angle: Double) -> Double {
        guard let first = angles.first, let last = angles.last else { return 0 }
        var angle = (angle - first).truncatingRemainder(dividingBy: period)
        if angle < 0 { angle += period }
        angle += first
        guard angle < last else {
            // Between the last sample and the first of the next turn.
            let gap = first + period - last, end = values[values.count - 1]
            return gap > 0 ? end + (values[0] - end) * (angle - last) / gap : end
        }
        let next = angles.firstIndex { $0 > angle } ?? angles.count - 1
        let before = Swift.max(next - 1, 0)
        let gap = angles[next] - angles[before]
        return gap > 0 ? values[before] + (values[next] - values[before]) * (angle - angles[before]) / gap : values[before]
    }

    /// The secondary response on the opposite side, over the peak: 0 for a unit that knows one side from the other. It is the largest
    /// response within one twelfth of the period (30 degrees of a full turn) of half a turn from the peak, which reproduces the echoes of
    /// the published data.
    public var echo: Double {
        let peak = peak
        guard peak.value > 0 else { return 0 }
        let opposite = peak.angle + period / 2
        let near = zip(angles, values).filter { Self.distance($0.0, opposite, period: period) <= period / 12 + 1e-9 }.map(\.1)
        return (near.max() ?? value(at: opposite)) / peak.value
    }

    /// All maxima of at least a share of the highest, highest first: a unit with two is tuned to two things.
    /// - Parameter separation: maxima nearer than this, in degrees, count as one.
    public func peaks(above share: Double = 0.5, separation: Double = 30) -> [(angle: Double, value: Double)] {
        let count = values.count, highest = peak.value
        guard count > 2, highest > 0 else { return [] }
        let maxima = values.indices.filter {
            values[$0] >= share * highest && values[$0] >= values[($0 + 1) % count] && values[$0] > values[($0 + count - 1) % count]
        }.sorted { (values[$0], $1) > (values[$1], $0) }
        var kept: [Int] = []
        for index in maxima where kept.allSatisfy({ Self.distance(angles[$0], angles[index], period: period) >= separation }) {
            kept.append(index)
        }
        return kept.map { (angles[$0], values[$0]) }
    }

    /// The same curve turned so that its peak lies at 0, sampled at its own angles: for curves that are laid over each other.
    public var aligned: [Double] {
        let angle = peak.angle
        return angles.map { value(at: $0 + angle) }
    }

    /// The shorter way around the circle.
    public static func distance(_ a: Double, _ b: Double, period: Double = 360) -> Double {
        let gap = abs((a - b).truncatingRemainder(dividingBy: period))
        return Swift.min(gap, period - gap)
    }
}
