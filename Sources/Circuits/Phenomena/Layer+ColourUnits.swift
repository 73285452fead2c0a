import Figures
import Networks
import Tensors

extension Layer {
    /// Units that answer to two colours side by side ("An Overview of Early Vision": colour contrast): the hue on one side and its
    /// complement on the other, more than either colour alone and more than a difference in brightness.
    ///
    ///     try model["conv2d2"].colorContrastUnits()
    ///
    /// - Parameters:
    ///   - ratio: how many times its strongest response to any control the unit's strongest response to a colour pair must be.
    ///   - echo: the most that the pair with its sides exchanged may get of the peak.
    /// - Throws: as ``tuning(over:imageSize:deviations:)``.
    public func colorContrastUnits(ratio: Double = 2, echo: Double = 0.5, control: Bool = true) throws -> Phenomenon {
        try withControl(control) { layer in
            let pairs = try layer.tuning(over: .colorPairs())
            let controls = try ControlResponses(
                of: layer, to: ["one colour": .plainColors, "edge": .edges(orientations: stride(from: 0, to: 360, by: 15))])
            return try layer.phenomenon(
                "colour contrast units",
                rule: "the strongest response to a pair of complementary hues of equal brightness is at least \(ratio.short) times that "
                    + "to one colour, to grey, to black, to white and to an edge between black and white, and half of that to any arc or line; with the sides exchanged it is "
                    + "at most \(echo.short) of the peak",
                tuning: pairs, controls: controls, ratio: ratio, axis: "hue"
            ) { tuning in
                // The complementary hue at the same orientation is the same pair with its sides exchanged.
                var exchanged = tuning.best.parameters
                exchanged["hue", default: 0] += 180
                return Double(tuning.response(nearest: exchanged)) <= echo * Double(tuning.best.value)
            }
        }
    }

    /// Units that answer to a spot of one hue in its complement ("Color Center-Surround"), more than to either colour alone, and more than
    /// to a border between the two.
    ///
    ///     try model["conv2d2"].colorCentreSurroundUnits()
    ///
    /// - Parameter ratio: how many times its strongest response to any control the unit's strongest response to a spot must be.
    /// - Throws: as ``tuning(over:imageSize:deviations:)``.
    public func colorCentreSurroundUnits(ratio: Double = 2, control: Bool = true) throws -> Phenomenon {
        try withControl(control) { layer in
            let spots = try layer.tuning(over: .colorCentres())
            let controls = try ControlResponses(of: layer, to: ["one colour": .plainColors, "side by side": .colorPairs()])
            return try layer.phenomenon(
                "colour centre-surround units",
                rule: "the strongest response to a disc of one hue in its complement, both of equal brightness, is at least \(ratio.short) "
                    + "times that to one colour, to grey, to black, to white and to the two colours side by side, and half of that to any arc or line",
                tuning: spots, controls: controls, ratio: ratio, axis: "hue") { _ in true }
        }
    }

    /// Of a unit's strongest response to a black or white stroke, what colours must reach: a colour unit does not prefer strokes.
    private static let strokeShare = 0.5

    /// The units whose strongest response is so many times that to every control.
    private func phenomenon(
        _ name: String, rule: String, tuning: LayerTuning, controls: ControlResponses, ratio: Double, axis: String,
        where isKept: (Tuning) throws -> Bool
    ) throws -> Phenomenon {
        let strongest = tuning.strongest, strokes = try strongestStroke()
        var units: [Phenomenon.Unit] = []
        for channel in strongest.indices where strongest[channel] > 0 {
            let least = max(ratio * controls.highest(channel), Self.strokeShare * Double(strokes[channel]))
            guard Double(strongest[channel]) >= least, try isKept(tuning[channel]) else { continue }
            let best = tuning[channel].best
            units.append(
                .init(
                    feature: self[channel], preferred: best.parameters[axis],
                    measures: [.init("response", Double(best.value))]
                        + controls.measures(channel)
                        + [.init("arc or line", Double(strokes[channel]))]))
        }
        units.sort { ($0.preferred ?? 0) < ($1.preferred ?? 0) }
        return Phenomenon(
            name: name, rule: rule, model: model.name, layer: self.name, looked: strongest.count, units: units, findings: [], control: nil,
            figure: .maps(try units.prefix(6).map { try tuning[$0.feature.channel ?? 0].heatMap(width: 440, height: 220) }))
    }
}

extension StimulusSweep {
    /// Every hue alone, and black, grey and white.
    static var plainColors: StimulusSweep {
        let hues = Array(stride(from: 0.0, to: 360, by: 15))
        return StimulusSweep("plain colours", over: [StimulusAxis("colour", (0..<hues.count + 3).map(Double.init))]) { point, _ in
            let index = Int(point["colour"])
            return .plain(index < hues.count ? .balanced(hue: hues[index]) : Color(gray: Float(index - hues.count) / 2))
        }
    }
}
