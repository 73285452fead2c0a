import Networks

/// What every unit of a layer answers at most to each of several kinds of stimuli that it must not prefer.
struct ControlResponses {
    let kinds: [(name: String, strongest: [Float])]

    /// The responses of a layer to sweeps, by name.
    /// - Throws: as ``Networks/Layer/tuning(over:imageSize:deviations:)``.
    init(of layer: Layer, to sweeps: KeyValuePairs<String, StimulusSweep>) throws {
        kinds = try sweeps.map { (name: $0.key, strongest: try layer.tuning(over: $0.value).strongest) }
    }

    /// The largest response of a channel to any of them; 0 for one that answers to none.
    func highest(_ channel: Int) -> Double { Double(kinds.map { max($0.strongest[channel], 0) }.max() ?? 0) }

    /// Each of them as a number of a unit.
    func measures(_ channel: Int) -> [Phenomenon.Measure] { kinds.map { .init($0.name, Double(max($0.strongest[channel], 0))) } }
}
