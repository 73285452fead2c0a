import Figures
import Foundation
import Networks
import RichDisplay

/// Groups of a layer that its weights propose: units that read the same units of the layer before, or that the same units of the layer
/// behind read, with the evidence of each and the comparison with weights in which there is nothing to find.
///
///     let proposed = try model["mixed4a"].proposedGroups(from: .implementation)
///     proposed                                   // cards, and whether the weights group at all
///     proposed.evidence[12]?.silhouette          // how much better it fits into its group than into the next
///     proposed.branches                          // whether the groups are just the block's branches
///
/// A group says that units are connected alike, not what they detect.
public struct WeightGroups: Displayable, CustomStringConvertible, Sendable {
    /// Why a unit is in its group.
    public struct Evidence: Sendable {
        public let group: String
        /// The mean cosine of its connections with those of the others in the group, `-1...1`.
        public let similarity: Double
        /// The group that it resembles most besides, and how much.
        public let next: (group: String, similarity: Double)
        /// Rousseeuw's (1987): 1 when it fits its own group alone, 0 when it fits the next one as well.
        public let silhouette: Double
        /// The units of the other layer that tell the group apart, with the unit's own signed weight (the norm of what excites less that of
        /// what inhibits), those that count most first.
        public let shared: [(unit: Int, weight: Double)]
    }

    /// The same procedure where there is nothing to find.
    public struct Control: Sendable {
        /// The mean silhouette of as many groups with each unit's weights shuffled among the units of the other layer, one per shuffle.
        public let shuffled: [Double]
        /// The share of shuffles that lie as far above the mean of all at the best of their counts, at least `1 / (shuffles + 1)`.
        public let chance: Double
        /// The mean silhouette of as many groups in untrained networks, one each.
        public let untrained: [Double]
        /// The silhouette that 95 % of the shuffled units have at most.
        public let threshold: Double
        /// How many units of each untrained network have more than that.
        public let untrainedUnits: [Int]
    }

    public let groups: NeuronGroups
    /// By unit; nothing for units without a group.
    public let evidence: [Int: Evidence]
    public let side: FeatureConnections.Side
    /// The layer at the other end of the weights.
    public let other: String
    /// How many groups were made; groups of which fewer than three units are left are not shown.
    public let count: Int
    /// Over all units that have weights.
    public let meanSilhouette: Double
    /// The mean silhouette for each count that was tried.
    public let silhouettes: [Int: Double]
    public let control: Control
    /// The groups as they were made, of which nothing is shown unless the weights are grouped better than the controls.
    public let clusters: [[Int]]
    /// Units without weights, or connected with all units of the other layer alike.
    public let silent: [Int]
    /// Agreement of all units' clusters with the branches of the block; nil where there are none.
    public let branches: GroupAgreement?
    /// Agreement of the units' clusters with groups that were given to compare; nil when none were.
    public let compared: GroupAgreement?

    /// The p of ``Control/chance`` below which shuffled weights are held to be exceeded, and how many times the mean silhouette of the best
    /// untrained network it takes.
    public static let significance = Phenomenon.significance, untrainedFactor = 1.5

    /// Whether the weights are grouped better than shuffled ones and than those of untrained networks.
    public var exceedsControl: Bool {
        control.chance < Self.significance
            && meanSilhouette >= Self.untrainedFactor * (control.untrained.max() ?? 0) && meanSilhouette > 0
    }

    /// What counts as a group.
    public static let rule = "the mean silhouette is larger than with shuffled weights (p < \(significance.short)) and at least "
        + "\(untrainedFactor.short) times that of the best untrained network, each with as many groups; a unit belongs to its group when "
        + "its silhouette lies above that of 95 % of the shuffled units; a group has three such units"

    public var description: String {
        exceedsControl ? groups.description + ". " + note : note
    }

    /// What the controls say, and what the groups agree with.
    private var note: String {
        let ends = side == .implementation ? "from" : "into"
        var text = "\(clusters.flatMap(\.self).count) units of \(groups.layer) in \(count) groups by their weights \(ends) \(other): mean "
            + "silhouette \(Self.text(meanSilhouette)); shuffled weights \(Self.text(control.shuffled.max() ?? 0)) at most (p "
            + "\(control.chance.short))"
        if !control.untrained.isEmpty {
            text += ", untrained networks \(control.untrained.map(Self.text).joined(separator: " and "))"
        }
        text += exceedsControl
            ? ". The grouping is better than the controls; \(evidence.count) of \(groups.size) units fit into a group, of untrained "
                + "networks " + control.untrainedUnits.map(String.init).joined(separator: " and ")
            : ". That is not better than the controls: no groups are proposed"
        if let branches { text += ". Agreement with the branches: \(branches)" }
        if let compared { text += ". Agreement with the groups given: \(compared)" }
        if !silent.isEmpty { text += ". Nothing tells the weights of \(silent.count) units apart" }
        return text
    }

    private static func text(_ silhouette: Double) -> String { String(format: "%.3f", silhouette) }

    public func mimeBundle() throws -> MimeBundle {
        let note = "<p style=\"font-size:12px;font-family:sans-serif;max-width:1000px\">\(HTML.escape(note)). "
            + "<span style=\"color:#6b6b6b\">Rule: \(HTML.escape(Self.rule)).</span></p>"
        guard exceedsControl else { return MimeBundle(plain: description).adding("text/html", text: note) }
        let captions = evidence.mapValues { String(format: "%.2f", $0.silhouette) }
        return MimeBundle(plain: description).adding("text/html", text: note + (try groups.cards(captions: captions)))
    }
}

/// Why a layer's weights cannot be grouped.
public enum WeightGroupsError: Error, Equatable, CustomStringConvertible {
    case readsTheImage(String)
    case tooFewUnits(layer: String, connected: Int, of: Int, needed: Int)
    case tooFewPartners(layer: String, other: String, units: Int)
    case countOutOfRange(Int, layer: String, range: ClosedRange<Int>)
    case tooFewShuffles(Int, needed: Int)
    case notFinite(layer: String, unit: Int)
    case otherLayer(groups: String, wanted: String)

    public var description: String {
        switch self {
        case .readsTheImage(let layer):
            "\(layer) reads the image, whose three colours tell little apart. Group it by who uses it, proposedGroups(from: .use), or by "
                + "its answers, proposedGroups()"
        case .tooFewUnits(let layer, let connected, let units, let needed):
            "\(connected) of the \(units) units of \(layer) have weights that differ from one unit at the other end to the next; groups "
                + "take at least \(needed)"
        case .tooFewPartners(let layer, let other, let units):
            "\(other) has \(units) unit\(units == 1 ? "" : "s"), which cannot tell those of \(layer) apart; groups take at least 3"
        case .countOutOfRange(let count, let layer, let range):
            "\(count) groups of \(layer): its units make between \(range.lowerBound) and \(range.upperBound)"
        case .tooFewShuffles(let count, let needed):
            "\(count) shuffles cannot show p < \(WeightGroups.significance.short); take at least \(needed)"
        case .notFinite(let layer, let unit): "the weights of \(layer):\(unit) are not all finite numbers, so nothing resembles it"
        case .otherLayer(let groups, let wanted): "the groups are of \(groups); \(wanted) was asked for"
        }
    }
}
