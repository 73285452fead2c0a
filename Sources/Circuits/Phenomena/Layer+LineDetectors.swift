import Figures
import Networks
import Tensors

extension Layer {
    /// The line detectors of the layer ("An Overview of Early Vision": lines): units that answer to a straight line of one orientation,
    /// whatever it is drawn with.
    ///
    ///     try model["conv2d2"].lineDetectors()
    ///
    /// Lines are shown dark on white and bright on black, with thin and with thick strokes. A unit must answer to two of these looks:
    /// random units, which prefer some orientation as well, hardly ever do. An edge along the line may excite it nearly as much.
    ///
    /// - Parameters:
    ///   - ratio: how many times its strongest response to a spot and to one colour the unit's strongest response to a line must be.
    ///   - width: what the full width at half height over orientation must stay under, in degrees.
    ///   - control: whether the same is measured on the untrained network.
    /// - Throws: as ``tuning(over:imageSize:deviations:)``.
    public func lineDetectors(ratio: Double = 1.5, width: Double = 60, control: Bool = true) throws -> Phenomenon {
        try withControl(control) { layer in
            let lines = try layer.tuning(over: .appearances(of: .shiftedLines()))
            let spots = try layer.tuning(over: .spots).strongest, plain = try layer.tuning(over: .plainColors).strongest
            let edges = try layer.tuning(over: .edges(orientations: stride(from: 0, to: 360, by: 15))).strongest
            // Arcs of large radius are lines; a line detector must not prefer tight ones.
            let arcs = try layer.tuning(over: .appearances(of: .tightCurves)).strongest
            let strongest = lines.strongest
            var members: [TuningFamily.Member] = [], units: [Phenomenon.Unit] = []
            for channel in strongest.indices where strongest[channel] > 0 {
                let response = Double(strongest[channel])
                guard response >= ratio * Double(max(spots[channel], plain[channel])),
                    response >= Self.nearly * Double(max(edges[channel], arcs[channel]))
                else { continue }
                let tuning = lines[channel], curve = try tuning.curve(over: "orientation")
                guard curve.width < width, try tuning.curve(over: "orientation", pooling: .maximum).width < width else { continue }
                // The best line in each look.
                let looks = (0..<4).map { look in
                    Double(tuning.response(nearest: tuning.best.parameters.merging(["look": Double(look)]) { $1 })) / response
                }.sorted(by: >)
                guard looks[1] >= 0.5 else { continue }
                members.append(.init(feature: layer[channel], curve: curve))
                units.append(
                    .init(
                        feature: layer[channel], preferred: curve.peak.angle,
                        measures: [
                            .init("line", response), .init("spot", Double(max(spots[channel], 0))),
                            .init("one colour", Double(max(plain[channel], 0))), .init("edge", Double(max(edges[channel], 0))),
                            .init("tight arc", Double(max(arcs[channel], 0))), .init("width", curve.width),
                            .init("second look", looks[1]),
                        ]))
            }
            let order = units.indices.sorted { members[$0].curve.peak.angle < members[$1].curve.peak.angle }
            return Phenomenon(
                name: "line detectors",
                rule: "the strongest response to a straight line is at least \(ratio.short) times that to a black or white spot and to one "
                    + "colour, and at least \(Self.nearly.short) times that to an edge between black and white and to an arc of at most "
                    + "half a receptive field's radius; over orientation it is above one half of its peak for less than \(width.short) "
                    + "degrees; of four looks (dark and bright, thin and thick) a second one gets at least one half of the best",
                model: layer.model.name, layer: layer.name, looked: strongest.count, units: order.map { units[$0] }, findings: [],
                control: nil,
                figure: .family(TuningFamily(axis: "orientation", members: order.map { members[$0] }, unit: lines.unit)))
        }
    }

    /// What counts as nearly as much.
    private static let nearly = 0.8

    /// Units for a step or a ramp from dark to bright ("An Overview of Early Vision": brightness gradients).
    ///
    ///     try model["mixed3a"].brightnessGradientUnits()
    ///
    /// - Parameters:
    ///   - ratio: how many times its strongest response to a line, to a spot and to one colour the unit's strongest response to an edge
    ///     must be.
    ///   - width: what the full width at half height over orientation must stay under, in degrees.
    ///   - echo: the most that the edge turned by half a turn may get of the peak.
    /// - Throws: as ``tuning(over:imageSize:deviations:)``.
    public func brightnessGradientUnits(
        ratio: Double = 2, width: Double = 200, echo: Double = 0.5, control: Bool = true
    ) throws -> Phenomenon {
        try withControl(control) { layer in
            let edges = try layer.tuning(over: .ramps)
            let controls = try ControlResponses(
                of: layer, to: ["line": .appearances(of: .shiftedLines()), "spot": .spots, "one colour": .plainColors])
            let strongest = edges.strongest
            var members: [TuningFamily.Member] = [], units: [Phenomenon.Unit] = []
            for channel in strongest.indices where strongest[channel] > 0 {
                guard Double(strongest[channel]) >= ratio * controls.highest(channel) else { continue }
                let curve = try edges[channel].curve(over: "orientation")
                guard curve.width < width, curve.echo <= echo else { continue }
                members.append(.init(feature: layer[channel], curve: curve))
                units.append(
                    .init(
                        feature: layer[channel], preferred: curve.meanAngle,
                        measures: [.init("edge", Double(strongest[channel]))] + controls.measures(channel)
                            + [.init("width", curve.width), .init("echo", curve.echo)]))
            }
            let order = units.indices.sorted { members[$0].curve.peak.angle < members[$1].curve.peak.angle }
            return Phenomenon(
                name: "brightness gradient units",
                rule: "the strongest response to a step or ramp from black to white is at least \(ratio.short) times that to a line, to a "
                    + "spot and to one colour; over orientation it is above one half of its peak for less than \(width.short) degrees, and "
                    + "with the sides exchanged it is at most \(echo.short) of the peak",
                model: layer.model.name, layer: layer.name, looked: strongest.count, units: order.map { units[$0] }, findings: [],
                control: nil,
                figure: .family(TuningFamily(axis: "orientation", members: order.map { members[$0] }, unit: edges.unit)))
        }
    }

    /// Units for a black spot on white or a white one on black ("An Overview of Early Vision": centre-surround without colour).
    ///
    ///     try model["conv2d2"].centreSurroundUnits()
    ///
    /// - Parameter ratio: how many times its strongest response to a line, to an edge and to one colour the unit's strongest response to a
    ///   spot must be.
    /// - Throws: as ``tuning(over:imageSize:deviations:)``.
    public func centreSurroundUnits(ratio: Double = 1.5, control: Bool = true) throws -> Phenomenon {
        try withControl(control) { layer in
            let spots = try layer.tuning(over: .spots)
            let controls = try ControlResponses(
                of: layer, to: ["line": .appearances(of: .shiftedLines()), "edge": .ramps, "one colour": .plainColors])
            let strongest = spots.strongest
            var units: [Phenomenon.Unit] = [], bars: [BarChart.Bar] = []
            for channel in strongest.indices where strongest[channel] > 0 {
                guard Double(strongest[channel]) >= ratio * controls.highest(channel) else { continue }
                let best = spots[channel].best.parameters
                units.append(
                    .init(
                        feature: layer[channel], preferred: nil,
                        measures: [.init("spot", Double(strongest[channel]))] + controls.measures(channel)
                            + [.init("radius", best["radius"] ?? 0), .init("bright spot", best["look"] ?? 0)]))
                bars.append(.init("\(layer.name):\(channel)", Double(strongest[channel])))
            }
            return Phenomenon(
                name: "centre-surround units",
                rule: "the strongest response to a black spot on white or a white one on black is at least \(ratio.short) times that to a "
                    + "line, to an edge and to one colour",
                model: layer.model.name, layer: layer.name, looked: strongest.count, units: units, findings: [], control: nil,
                figure: .bars(BarChart(bars, title: "centre-surround units of \(layer.name)", xLabel: "strongest response to a spot")))
        }
    }
}

extension StimulusSweep {
    /// Black spots on white and white ones on black, of eight sizes.
    static var spots: StimulusSweep {
        let radii = StimulusAxis("radius", StimulusAxis.geometric(from: 0.06, to: 0.48, count: 8), unit: .fields)
        return StimulusSweep("spots", over: [radii, StimulusAxis("look", [0, 1])]) { point, _ in
            point["look"] == 1
                ? .centreSurround(centre: point["radius"]) : .centreSurround(centre: point["radius"], .black, in: .white)
        }
    }

    /// Edges between black and white: steps, and ramps half a receptive field wide.
    static var ramps: StimulusSweep {
        let ramps = StimulusAxis("ramp", [0.001, 0.5], unit: .fields)
        return StimulusSweep("steps and ramps", over: [.directions(stride(from: 0, to: 360, by: 15)), ramps]) { point, _ in
            .edge(orientation: point["orientation"], ramp: max(1, point["ramp"]))
        }
    }

    /// Arcs whose radius is at most half of the receptive field.
    static var tightCurves: StimulusSweep {
        let radii = StimulusAxis("radius", StimulusAxis.geometric(from: 0.2, to: 0.5, count: 4), unit: .fields)
        return StimulusSweep("tight curves", over: [.directions(stride(from: 0, to: 360, by: 15)), radii]) {
            .arc(radius: $0["radius"], orientation: $0["orientation"], width: lineWidth(nil, in: $1))
        }
    }
}
