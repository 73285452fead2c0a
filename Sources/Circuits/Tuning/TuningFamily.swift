import Figures
import Networks

/// Units of a layer sorted by what they prefer, and their curves laid over each other.
///
///     let family = try model["mixed3b"].tuning(over: .curves()).units(sortedBy: "orientation")
///     family.members.map(\.curve.peak.angle)     // ascending
///     family.largestGap                          // degrees without a unit
public struct TuningFamily: Drawable, CustomStringConvertible, Sendable {
    /// A unit and its curve.
    public struct Member: Sendable {
        public let feature: Feature
        public let curve: TuningCurve
    }

    /// The parameter around whose circle the units are sorted.
    public let axis: String
    /// By preferred angle, ascending.
    public let members: [Member]
    public let unit: String

    /// The widest part of the circle in which no unit has its peak, in degrees; the whole period for fewer than two units.
    public var largestGap: Double { Self.largestGap(members.map(\.curve.peak.angle), period: members.first?.curve.period ?? 360) }

    static func largestGap(_ angles: [Double], period: Double) -> Double {
        let sorted = angles.sorted()
        guard let first = sorted.first, let last = sorted.last, sorted.count > 1 else { return period }
        return zip(sorted, sorted.dropFirst()).reduce(first + period - last) { Swift.max($0, $1.1 - $1.0) }
    }

    /// Every curve turned to its peak and divided by its height, and the mean of all: `[angle from the peak]`.
    public var aligned: (angles: [Double], curves: [[Double]], mean: [Double]) {
        guard let first = members.first else { return ([], [], []) }
        let curves = members.map { member -> [Double] in
            let height = member.curve.peak.value
            return member.curve.aligned.map { height > 0 ? $0 / height : 0 }
        }
        let half = first.curve.period / 2
        // From half a turn before the peak to half a turn behind it.
        let order = first.curve.angles.indices.map { index -> (Int, Double) in
            let angle = first.curve.angles[index] - (first.curve.angles.first ?? 0)
            return (index, angle >= half ? angle - first.curve.period : angle)
        }.sorted { $0.1 < $1.1 }
        let turned = curves.map { curve in order.map { curve[$0.0] } }
        let mean = order.indices.map { index in turned.reduce(0) { $0 + $1[index] } / Double(turned.count) }
        return (order.map(\.1), turned, mean)
    }

    /// The members that care most for the parameter, in their order.
    ///
    ///     try model["mixed3b"].tuning(over: .curves()).units(sortedBy: "orientation").mostSelective(8)
    public func mostSelective(_ count: Int) -> TuningFamily {
        let chosen = members.indices.sorted {
            (members[$0].curve.selectivity, $1) > (members[$1].curve.selectivity, $0)
        }.prefix(Swift.max(count, 0))
        return TuningFamily(axis: axis, members: chosen.sorted().map { members[$0] }, unit: unit)
    }

    public var description: String {
        "\(members.count) units by \(axis): "
            + members.map { "\($0.feature) \($0.curve.peak.angle.short)°" }.joined(separator: ", ")
    }

    /// The radial tuning curves of all units in one chart, beside the aligned curves with their mean.
    public func drawing() -> SVG {
        let petals = members.map { $0.curve.series("\($0.feature)") }
        let radial = RadialChart(petals, title: "\(members.count) units", valueLabel: unit, size: 320)
        let aligned = aligned
        let lines = LineChart(
            [.init("mean", x: aligned.angles, y: aligned.mean)] + zip(members, aligned.curves).prefix(6).map {
                .init("\($0.feature)", x: aligned.angles, y: $1)
            }, title: "around each unit's peak", xLabel: "degrees from the peak", yLabel: "share of the peak", fromZero: true, width: 460)
        let right = lines.drawing()
        var svg = SVG(width: 320 + 16 + right.width, height: max(radial.height, right.height), title: description)
        svg.add(radial.elements())
        svg.add(.group(x: 336, y: 0, right.content))
        return svg
    }
}

extension LayerTuning {
    /// Units of the layer with their curves around one parameter, sorted by the angle they prefer.
    /// - Parameters:
    ///   - name: a parameter with a period; the first one when absent.
    ///   - channels: which units; all that answer to anything when absent.
    /// - Throws: ``TuningError/unknownAxis(_:axes:)``, ``ModelError`` for channels that do not exist.
    public func units(
        sortedBy name: String? = nil, channels: [Int]? = nil, pooling: Tuning.Pooling = .mean
    ) throws -> TuningFamily {
        for channel in channels ?? [] { try layer[channel].validate() }
        let members = try (channels ?? Array(0..<self.channels)).map {
            TuningFamily.Member(feature: layer[$0], curve: try self[$0].curve(over: name, pooling: pooling))
        }.filter { channels != nil || $0.curve.peak.value > 0 }.sorted { $0.curve.peak.angle < $1.curve.peak.angle }
        return TuningFamily(axis: name ?? axes.first { $0.period != nil }?.name ?? "", members: members, unit: unit)
    }
}
