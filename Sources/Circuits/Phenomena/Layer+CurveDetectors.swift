import Figures
import Networks
import Tensors

extension Layer {
    /// The curve detectors of the layer ("Curve Detectors"): units that answer to arcs and not to straight lines, each at its own
    /// orientation.
    ///
    ///     let curves = try model["mixed3b"].curveDetectors()
    ///     curves.units.map(\.preferred)              // degrees, ascending
    ///     curves.findings                            // the largest gap between neighbouring orientations
    ///
    /// Lines and arcs are shown dark on white and bright on black, with thin and with thick strokes: a unit may care for any of these.
    ///
    /// - Parameters:
    ///   - ratio: how many times its strongest response to a line the unit's strongest response to an arc must be.
    ///   - width: what the full width at half height of its radial tuning curve must stay under, in degrees.
    ///   - control: whether the same is measured on the untrained network.
    /// - Throws: as ``tuning(over:imageSize:deviations:)``.
    public func curveDetectors(ratio: Double = 2, width: Double = 90, control: Bool = true) throws -> Phenomenon {
        try withControl(control) { layer in
            let arcs = try layer.tuning(over: .appearances(of: .curves()))
            let strongestArc = arcs.strongest, strongestLine = try layer.tuning(over: .appearances(of: .shiftedLines())).strongest
            var members: [TuningFamily.Member] = [], units: [Phenomenon.Unit] = []
            for channel in strongestArc.indices where strongestArc[channel] > 0 {
                guard Double(strongestArc[channel]) >= ratio * Double(max(strongestLine[channel], 0)) else { continue }
                let tuning = arcs[channel], curve = try tuning.curve(over: "orientation")
                guard curve.width < width else { continue }
                members.append(.init(feature: layer[channel], curve: curve))
                units.append(
                    .init(
                        feature: layer[channel], preferred: curve.peak.angle,
                        measures: [
                            .init("arc", Double(strongestArc[channel])), .init("line", Double(max(strongestLine[channel], 0))),
                            .init("width", curve.width), .init("echo", curve.echo),
                            .init("radius", tuning.best.parameters["radius"] ?? 0),
                        ]))
            }
            let order = units.indices.sorted { members[$0].curve.peak.angle < members[$1].curve.peak.angle }
            let family = TuningFamily(axis: "orientation", members: order.map { members[$0] }, unit: arcs.unit)
            return Phenomenon(
                name: "curve detectors",
                rule: "the strongest response to an arc is at least \(ratio.short) times that to any straight line, and the response, "
                    + "as the mean over radii, is above one half of its peak over less than \(width.short) degrees of orientation",
                model: layer.model.name, layer: layer.name, looked: strongestArc.count, units: order.map { units[$0] },
                findings: units.isEmpty ? [] : [.init("largest gap in degrees", family.largestGap)], control: nil,
                figure: .family(family))
        }
    }
}

extension StimulusSweep {
    /// The sweep in four looks: dark on white and bright on black, with the stroke as it is and with one three times as wide.
    static func appearances(of sweep: StimulusSweep) -> StimulusSweep {
        sweep.varied(over: StimulusAxis("look", [0, 1, 2, 3])) { stimulus, value in
            let look = Int(value)
            let stroke = look >= 2 ? stimulus.widened(by: 3) : stimulus
            return look % 2 == 1 ? stroke.colored(.white, on: .black) : stroke
        }
    }
}
