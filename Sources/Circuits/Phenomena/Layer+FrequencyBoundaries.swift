import Figures
import Networks
import Tensors

extension Layer {
    /// The high-low frequency units of the layer ("High-Low Frequency Detectors"): units that want high frequency on one side and low
    /// frequency on the other.
    ///
    ///     try model["mixed3a"].frequencyBoundaryUnits()
    ///
    /// - Parameters:
    ///   - ratio: how many times its strongest response to any of the three controls (the high frequency everywhere, the low frequency
    ///     everywhere, an edge between black and white) the unit's strongest response to a boundary must be.
    ///   - width: what the full width at half height over orientation must stay under, in degrees; the articles' units have 107 to 132.
    ///   - echo: the most that the boundary turned by half a turn may get of the peak.
    ///   - share: of the unit's strongest response to any arc or line that the boundary must reach.
    ///   - control: whether the same is measured on the untrained network.
    /// - Throws: as ``tuning(over:imageSize:deviations:)``.
    public func frequencyBoundaryUnits(
        ratio: Double = 2, width: Double = 180, echo: Double = 0.5, share: Double = 0.5, control: Bool = true
    ) throws -> Phenomenon {
        try withControl(control) { layer in
            let turns = Array(stride(from: 0.0, to: 360, by: 10))
            let boundary = try layer.tuning(over: .frequencyBoundaries(orientations: turns, ratios: [2, 3, 4, 6, 8, 10]))
            // The plaids of both sides of every boundary, at several turns and phases.
            let ratios = boundary.axes[1].values, middle = 0.25 * boundary.field.size
            let wavelengths = ratios.flatMap { ratio -> [Double] in
                let mean = max(middle, 2 * ratio.squareRoot())
                return [mean / ratio.squareRoot(), mean * ratio.squareRoot()]
            }
            let uniform = try layer.tuning(
                over: StimulusSweep(
                    "plaids",
                    over: [
                        StimulusAxis("wavelength", wavelengths, unit: .pixels),
                        StimulusAxis("orientation", stride(from: 0, to: 90, by: 15), unit: .degrees, period: 90),
                        StimulusAxis("phase", [0, 90, 180, 270], unit: .degrees, period: 360),
                    ]
                ) { point, _ in
                    .plaid(wavelength: max(2, point["wavelength"]), orientation: point["orientation"], phase: point["phase"])
                }).strongest
            let edges = try layer.tuning(over: .edges(orientations: turns)).strongest
            let strongest = boundary.strongest, strokes = try layer.strongestStroke()
            var units: [Phenomenon.Unit] = [], members: [TuningFamily.Member] = []
            for channel in strongest.indices where strongest[channel] > 0 {
                let control = max(uniform[channel], edges[channel], 0)
                guard Double(strongest[channel]) >= max(ratio * Double(control), share * Double(strokes[channel])) else { continue }
                let curve = try boundary[channel].curve(over: "orientation")
                guard curve.width < width, curve.echo <= echo else { continue }
                members.append(.init(feature: layer[channel], curve: curve))
                units.append(
                    .init(
                        feature: layer[channel], preferred: curve.meanAngle,
                        measures: [
                            .init("boundary", Double(strongest[channel])), .init("uniform", Double(max(uniform[channel], 0))),
                            .init("edge", Double(max(edges[channel], 0))), .init("arc or line", Double(strokes[channel])),
                            .init("width", curve.width),
                            .init("echo", curve.echo),
                        ]))
            }
            let order = units.indices.sorted { members[$0].curve.peak.angle < members[$1].curve.peak.angle }
            return Phenomenon(
                name: "high-low frequency units",
                rule: "the strongest response to a boundary between high and low frequency is at least \(ratio.short) times that to either "
                    + "frequency alone and to an edge between black and white, and \(share.short) times that to any arc or line; "
                    + "over orientation it is above one half of its peak for less than \(width.short) degrees, and the boundary turned by 180 degrees gets at most \(echo.short) of the peak",
                model: layer.model.name, layer: layer.name, looked: strongest.count, units: order.map { units[$0] }, findings: [],
                control: nil, figure: .maps(try order.prefix(6).map { index in
                    let channel = units[index].feature.channel ?? 0
                    return try boundary[channel].heatMap(width: 440, height: 220)
                }))
        }
    }
}
