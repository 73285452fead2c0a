import Figures
import Networks
import RichDisplay

/// Groups of a layer that its units' answers propose, each unit with the figures that put it there.
///
///     let proposed = try model["mixed3b"].proposedGroups()
///     proposed                                   // cards, and how many units of an untrained network get a label
///     proposed.evidence[33]                      // why
///     try proposed.groups.json()                 // to be corrected by hand
///
/// A proposal says what excites a unit most among the stimuli that were shown. It knows nothing of what was not shown: heads, fur and text
/// stay without a group.
public struct ProposedGroups: Displayable, CustomStringConvertible, Sendable {
    /// Why a unit is in its group.
    public struct Evidence: Sendable {
        public let group: String
        /// The orientation or hue that it prefers, in degrees.
        public let preferred: Double?
        /// The figures of the group's rule.
        public let measures: [Phenomenon.Measure]

        /// A figure by its name.
        public subscript(name: String) -> Double? { measures.first { $0.name == name }?.value }
    }

    public let groups: NeuronGroups
    /// By unit; nothing for units without a group.
    public let evidence: [Int: Evidence]
    /// By group: what counts, in words.
    public let rules: [String: String]
    /// How many units of an untrained network the same rules put into each group, the most of two such networks; nil when it was not
    /// measured.
    public let control: [String: Int]?
    /// Groups that are not proposed because less than twice as many units satisfy their rule as in the untrained network, and how many do.
    public let withheld: [String: Int]

    /// How many units have a group.
    public var labelled: Int { evidence.count }

    public var description: String {
        groups.description + ". " + note
    }

    /// What the untrained network says of the proposals.
    private var note: String {
        guard let control else { return "Not compared with an untrained network" }
        func list(_ counts: [String: Int]) -> String {
            let sorted = counts.filter { $0.value > 0 }.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
            return sorted.isEmpty ? "" : " (" + sorted.map { "\($0.key) \($0.value)" }.joined(separator: ", ") + ")"
        }
        let text = "\(labelled) of \(groups.size) units \(labelled == 1 ? "has" : "have") a group; the rules put \(control.values.reduce(0, +)) of the untrained "
            + "network's into one\(list(control))"
        return withheld.isEmpty ? text : text + ". Withheld, as hardly more frequent than there\(list(withheld))"
    }

    public func mimeBundle() throws -> MimeBundle {
        let captions = evidence.compactMapValues { $0.preferred.map { "\($0.rounded().short)°" } }
        let note = "<p style=\"font-size:12px;font-family:sans-serif\">\(HTML.escape(note)).</p>"
        return MimeBundle(plain: description).adding("text/html", text: note + (try groups.cards(captions: captions)))
    }
}

extension Layer {
    /// Proposes groups for the layer's units from their answers to stimuli and, in a layer that reads the image, from their weights.
    ///
    /// A unit joins the group whose stimuli excite it most among the groups whose rule it satisfies, and only if these excite it nearly as
    /// much as anything that was shown. All other units stay without a group, and so do those of groups of which the untrained network has
    /// more than half as many.
    ///
    /// - Parameters:
    ///   - share: how much of its strongest response to anything shown a unit must give to the group's stimuli.
    ///   - control: whether the same is measured on two untrained networks.
    /// - Throws: as ``tuning(over:imageSize:deviations:)``.
    public func proposedGroups(share: Double = 0.75, control: Bool = true) throws -> ProposedGroups {
        let proposals = try GroupProposals(of: self, share: share)
        // The more frequent of two, since one is a small sample.
        let count = try control ? (0..<2).reduce(into: [String: Int]()) { most, seed in
            let chance = try GroupProposals(of: model.untrained(seed: UInt64(seed))[name], share: share).units.mapValues(\.count)
            most.merge(chance) { max($0, $1) }
        } : nil
        let withheld = proposals.units.mapValues(\.count).filter { $0.value < 2 * (count?[$0.key] ?? 0) }
        let groups = proposals.kinds.compactMap { kind -> NeuronGroup? in
            guard let units = proposals.units[kind.name], !units.isEmpty, withheld[kind.name] == nil else { return nil }
            return NeuronGroup(kind.name, units: units, comment: "Proposed: " + kind.rule + ".", layer: name)
        }
        return ProposedGroups(
            groups: try NeuronGroups(groups, of: self), evidence: proposals.evidence.filter { withheld[$0.value.group] == nil },
            rules: Dictionary(proposals.kinds.map { ($0.name, $0.rule) }, uniquingKeysWith: { first, _ in first }), control: count,
            withheld: withheld)
    }
}

/// The groups of one layer, before anybody compares them with a control.
private struct GroupProposals {
    private(set) var kinds: [(name: String, rule: String)] = []
    /// By group, in the order of preference.
    private(set) var units: [String: [Int]] = [:]
    private(set) var evidence: [Int: ProposedGroups.Evidence] = [:]

    private struct Candidate {
        let group: String, unit: Phenomenon.Unit, response: Double
        /// Which proposal stands when a unit has several: the weights of a filter say more than the stimuli that they imply.
        let rank: Int
    }

    init(of layer: Layer, share: Double) throws {
        var candidates: [Int: [Candidate]] = [:]
        func add(_ group: String, _ phenomenon: Phenomenon, response name: String?, rank: Int = 0, rule: String = "") {
            kinds.append((group, phenomenon.rule + rule))
            for unit in phenomenon.units {
                guard let channel = unit.feature.channel else { continue }
                let response = name.map { unit[$0] ?? 0 } ?? .infinity
                candidates[channel, default: []].append(.init(group: group, unit: unit, response: response, rank: rank))
            }
        }
        var curves = try layer.curveDetectors(control: false)
        // What wants an arc and its opposite as well is a union of two, no curve detector.
        curves = curves.keeping { ($0["echo"] ?? 1) <= 0.5 }
        add("Curves", curves, response: "arc", rank: 2, rule: "; the opposite orientation gets at most one half of the peak")
        add("High-Low Frequency", try layer.frequencyBoundaryUnits(control: false), response: "boundary", rank: 2)
        add("Color Contrast", try layer.colorContrastUnits(control: false), response: "response")
        add("Color Center-Surround", try layer.colorCentreSurroundUnits(control: false), response: "response")
        add("Lines", try layer.lineDetectors(control: false), response: "line")
        add("Brightness Gradient", try layer.brightnessGradientUnits(control: false), response: "edge")
        add("Center-Surround", try layer.centreSurroundUnits(control: false), response: "spot")
        if let weights = try? layer.model.weights(of: layer.name), weights.rank == 4, weights.shape[2] == 3 {
            add("Color Filters", try layer.colorFilters(control: false), response: nil, rank: 1)
            add("Gabor Filters", try layer.gaborFilters(control: false), response: nil, rank: 1)
        }
        guard !candidates.isEmpty else { return }
        let strongest = try Self.strongestOfAll(layer)
        for (channel, proposals) in candidates.sorted(by: { $0.key < $1.key }) {
            let wanted = share * Double(strongest[channel])
            guard let best = proposals.filter({ $0.response >= wanted }).max(by: { ($0.rank, $0.response) < ($1.rank, $1.response) })
            else { continue }
            var measures = best.unit.measures
            if best.response.isFinite, strongest[channel] > 0 {
                measures.append(.init("share of the strongest response", best.response / Double(strongest[channel])))
            }
            evidence[channel] = .init(group: best.group, preferred: best.unit.preferred, measures: measures)
            units[best.group, default: []].append(channel)
        }
        for (group, channels) in units {
            units[group] = channels.sorted {
                (evidence[$0]?.preferred ?? .infinity, $0) < (evidence[$1]?.preferred ?? .infinity, $1)
            }
        }
    }

    /// The strongest response of every unit to any kind of stimulus, coarsely sampled: `[channel]`.
    private static func strongestOfAll(_ layer: Layer) throws -> [Float] {
        let turns = Array(stride(from: 0.0, to: 360, by: 15))
        let radii = StimulusAxis("radius", StimulusAxis.geometric(from: 0.28, to: 1.5, count: 6), unit: .fields)
        let arcs = StimulusSweep("curves", over: [.directions(turns), radii]) {
            .arc(radius: $0["radius"], orientation: $0["orientation"], width: StimulusSweep.lineWidth(nil, in: $1))
        }
        let lines = StimulusSweep.shiftedLines(orientations: stride(from: 0, to: 180, by: 15))
        let sweeps: [StimulusSweep] = [
            .appearances(of: arcs), .appearances(of: lines), .frequencyBoundaries(orientations: turns, ratios: [2, 4, 8]), .colorPairs(),
            .colorCentres(), .ramps, .spots, .gratings(), .plainColors,
        ]
        var strongest = [Float](repeating: 0, count: try layer.channels())
        for sweep in sweeps {
            strongest = zip(strongest, try layer.tuning(over: sweep).strongest).map { max($0, $1) }
        }
        return strongest
    }
}
