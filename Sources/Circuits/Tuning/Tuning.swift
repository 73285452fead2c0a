import Figures
import Foundation
import Networks
import Tensors

/// The answers of one feature to a sweep of stimuli.
///
///     let tuning = try model["mixed3b"][17].tuning(over: .curves())
///     tuning                                     // a heat map beside the radial tuning curve
///     try tuning.curve().width                   // degrees
///     tuning.best                                // the stimulus it answered most
public struct Tuning: Drawable, CustomStringConvertible, Sendable {
    public let feature: Feature
    /// What was swept, in words.
    public let sweep: String
    /// The parameters of the stimuli, lengths in pixels.
    public let axes: [StimulusAxis]
    /// One number per stimulus, `[parameter...]`, after the ReLU if the layer ends in one.
    public let responses: Tensor
    /// The same before the ReLU; nil for layers that do not end in one.
    public let preActivations: Tensor?
    /// What a response of 1 stands for: "activation" or "standard deviations".
    public let unit: String

    /// The strongest response and the parameters of its stimulus.
    public var best: (value: Float, parameters: [String: Double]) {
        let index = responses.count > 0 ? responses.argmax() : 0
        var rest = index
        var parameters: [String: Double] = [:]
        for axis in axes.reversed() {
            parameters[axis.name] = axis.values[rest % axis.values.count]
            rest /= axis.values.count
        }
        return (responses.count > 0 ? responses.reshaped([-1])[index] : 0, parameters)
    }

    /// The response to the stimulus of the sweep whose parameters are nearest to the given ones; the first value of those not given.
    public func response(nearest parameters: [String: Double]) -> Float {
        guard responses.count > 0 else { return 0 }
        let index = axes.reduce(0) { index, axis in
            func distance(_ value: Double) -> Double {
                let wanted = parameters[axis.name] ?? axis.values[0]
                return axis.period.map { TuningCurve.distance(value, wanted, period: $0) } ?? abs(value - wanted)
            }
            let nearest = axis.values.indices.min { distance(axis.values[$0]) < distance(axis.values[$1]) } ?? 0
            return index * axis.values.count + nearest
        }
        return responses.reshaped([-1])[index]
    }

    /// How a sum over the other parameters is made.
    public enum Pooling: Sendable {
        /// The mean of the positive responses: the articles' radial tuning curve.
        case mean
        /// The strongest response.
        case maximum
    }

    /// The positive responses along one parameter, pooled over all others: `[value of the parameter]`.
    /// - Throws: ``TuningError/unknownAxis(_:axes:)``.
    public func profile(along name: String, pooling: Pooling = .mean) throws -> [Double] {
        guard let axis = axes.firstIndex(where: { $0.name == name }) else {
            throw TuningError.unknownAxis(name, axes: axes.map(\.name))
        }
        let others = axes.indices.filter { $0 != axis }
        let positive = responses.map { Swift.max($0, 0) }
        guard !others.isEmpty else { return positive.scalars.map(Double.init) }
        return (pooling == .mean ? positive.mean(along: others) : positive.max(along: others)).scalars.map(Double.init)
    }

    /// The tuning curve around the circle of one parameter, pooled over all others.
    /// - Parameter name: a parameter with a period; the first one when absent.
    /// - Throws: ``TuningError/unknownAxis(_:axes:)`` when there is none.
    public func curve(over name: String? = nil, pooling: Pooling = .mean) throws -> TuningCurve {
        guard let axis = axes.first(where: { $0.period != nil && (name == nil || $0.name == name) }), let period = axis.period else {
            throw TuningError.unknownAxis(name ?? "orientation", axes: axes.map(\.name))
        }
        return TuningCurve(angles: axis.values, values: try profile(along: axis.name, pooling: pooling), period: period)
    }

    public var description: String {
        let best = best
        guard best.value > 0 else { return "\(feature) answers to none of the \(sweep)" }
        let place = axes.map { axis in
            "\(axis.name) \((best.parameters[axis.name] ?? 0).short)" + (axis.unit == .degrees ? "°" : axis.unit == .pixels ? " px" : "")
        }
        return "\(feature) over \(sweep): strongest \(Double(best.value).short) at \(place.joined(separator: ", "))"
    }

    /// The responses over two parameters (the strongest over any others), the first one to the right.
    /// - Throws: ``ImageError``.
    public func heatMap(range: ClosedRange<Float>? = nil, width: Int = 520, height: Int = 260) throws -> HeatMap {
        let columns = axes.first, rows = axes.count > 1 ? axes[1] : nil
        var matrix = responses.map { Swift.max($0, 0) }
        if axes.count > 2 { matrix = matrix.max(along: Array(2..<axes.count)) }
        matrix = matrix.reshaped([columns?.values.count ?? 1, rows?.values.count ?? 1]).permuted(1, 0)
        // Lengths grow upwards, as on any axis.
        let growsUp = rows.map { $0.unit == .pixels } ?? false
        if growsUp { matrix = matrix.flipped(0) }
        let y = rows.map { growsUp ? Array($0.values.reversed()) : $0.values } ?? [0]
        return try HeatMap(
            matrix, x: columns?.values ?? [0], y: y, title: "\(feature) over \(sweep)", xLabel: columns?.label, yLabel: rows?.label,
            valueLabel: unit, range: range, width: width, height: rows == nil ? 120 : height)
    }

    /// The radial tuning curve. Orientations of lines, which return after half a turn, are drawn twice, as in the articles.
    /// - Throws: ``TuningError``.
    public func radialChart(size: Int = 280) throws -> RadialChart {
        let around = axes.first { $0.period != nil }?.name, others = axes.map(\.name).filter { $0 != around }
        return RadialChart(
            [try curve().series("\(feature)")], title: others.isEmpty ? nil : "mean over " + others.joined(separator: ", "),
            valueLabel: unit, size: size)
    }

    /// The heat map, and beside it the radial tuning curve when an orientation is swept; a line for one other parameter.
    public func drawing() throws -> SVG {
        guard let around = axes.first(where: { $0.period != nil }) else {
            if axes.count == 1, let axis = axes.first {
                return LineChart(
                    [.init("\(feature)", x: axis.values, y: responses.scalars.map(Double.init))], title: "\(feature) over \(sweep)",
                    xLabel: axis.label, yLabel: unit, fromZero: true
                ).drawing()
            }
            return try heatMap().drawing()
        }
        let radial = try radialChart(), map = try heatMap()
        let gap = 16.0
        var svg = SVG(
            width: Double(map.width) + gap + Double(radial.size), height: max(Double(map.height), radial.height),
            title: description + "; preferred \(around.name) \(try curve().peak.angle.short)°")
        svg.add(try map.elements(y: max(0, (radial.height - Double(map.height)) / 2)))
        svg.add(radial.elements(x: Double(map.width) + gap))
        return svg
    }
}

extension TuningCurve {
    /// The curve for a radial chart: once around, however many periods that takes.
    func series(_ name: String, color: Color? = nil) -> RadialChart.Series {
        let turns = Swift.max(1, Int((360 / period).rounded()))
        return RadialChart.Series(
            name, angles: (0..<turns).flatMap { turn in angles.map { $0 + Double(turn) * period } },
            values: (0..<turns).flatMap { _ in values }, color: color)
    }
}

extension Double {
    /// The number in a caption: three significant digits.
    var short: String {
        let text = abs(self) >= 1000 || self == rounded() ? String(format: "%.0f", self) : String(format: "%.3g", self)
        return text.replacing("-", with: "−")
    }
}
