import Networks
import RichDisplay
import Tensors

extension Layer {
    /// Proposes groups of units that are connected alike.
    ///
    ///     try model["mixed4a"].proposedGroups(from: .implementation)
    ///
    /// A unit's vector has its signed weight for each unit of the other layer: the norm of what excites in the kernel of expanded weights
    /// less the norm of what inhibits, divided by the length of all. The unit's own mean and the layer's mean are taken off, so that
    /// vectors say what a unit reads more than others do. Vectors are grouped by their cosine, by Ward's tree and spherical k-means.
    /// ("Weight Banding" groups normalized weights by k-means.) Norms without a sign would not do: they group units by the branch whose
    /// bottleneck they share, in untrained networks too.
    ///
    /// The same is done with each unit's weights shuffled, and for two untrained networks. The number of groups is that whose mean
    /// silhouette lies farthest above the mean of the shuffles (as by the gap statistic of Tibshirani, Walther and Hastie 2001). Unless it
    /// is larger than that of the controls by ``WeightGroups/rule``, no groups are proposed.
    ///
    /// - Parameters:
    ///   - side: whether units are compared by what they are built from or by who uses them.
    ///   - other: the layer at the other end; the canonical one before or behind by default.
    ///   - count: how many groups; between 2 and 15 by default, see above.
    ///   - naming: groups of the other layer, such as those of ``proposedGroups(share:control:)``. A group that reads the units of one of
    ///     them more than as many units drawn at random (p < 0.01, corrected for their number) is named by it.
    ///   - comparing: other groups of this layer, such as those by tuning; how far both agree is measured.
    ///   - shuffles: how many times weights are shuffled.
    ///   - seed: decides shuffles, permutations and the untrained networks.
    /// - Throws: ``WeightGroupsError``, ``CircuitError``, ``ModelError``, and `Interrupted` when the user stops it.
    public func proposedGroups(
        from side: FeatureConnections.Side, of other: String? = nil, count: Int? = nil, naming: NeuronGroups? = nil,
        comparing: NeuronGroups? = nil, shuffles: Int = 199, seed: UInt64 = 0
    ) throws -> WeightGroups {
        let units = try channels(), needed = Int((1 / WeightGroups.significance).rounded(.up))
        guard shuffles >= needed else { throw WeightGroupsError.tooFewShuffles(shuffles, needed: needed) }
        if side == .implementation, other == nil, model.layers.first?.name == name { throw WeightGroupsError.readsTheImage(name) }
        if let comparing, comparing.layer != name { throw WeightGroupsError.otherLayer(groups: comparing.layer, wanted: name) }
        let strengths = try ConnectionStrengths(of: self, side: side, other: other)
        if let naming, naming.layer != strengths.other {
            throw WeightGroupsError.otherLayer(groups: naming.layer, wanted: strengths.other)
        }
        let profiles = try ConnectionProfiles(strengths)
        let comparison = try ClusterComparison(strengths, profiles, counts: profiles.counts(count), shuffles: shuffles, seed: seed)
        let (best, control) = (comparison.best, comparison.control)

        let owner = Dictionary(zip(profiles.units, best.labels.map(String.init)), uniquingKeysWith: { first, _ in first })
        func agreement(_ groups: [(name: String, units: [Int])]) -> GroupAgreement {
            let names = groups.flatMap { group in group.units.map { ($0, group.name) } }
            return GroupAgreement(owner, Dictionary(names, uniquingKeysWith: { first, _ in first }), seed: seed)
        }
        let branches = model.summary(of: name)?.branches ?? []
        func result(_ groups: [NeuronGroup], _ evidence: [Int: WeightGroups.Evidence]) throws -> WeightGroups {
            WeightGroups(
                groups: try NeuronGroups(groups, of: self), evidence: evidence, side: side, other: strengths.other, count: best.count,
                meanSilhouette: best.meanSilhouette, silhouettes: comparison.silhouettes, control: control,
                clusters: profiles.members(of: best), silent: (0..<units).filter { owner[$0] == nil },
                branches: branches.count > 1 ? agreement(branches.map { ($0.name, Array($0.channels)) }) : nil,
                compared: comparing.map { agreement($0.groups.map { ($0.name, $0.units) }) })
        }
        let empty = try result([], [:])
        guard empty.exceedsControl else { return empty }
        let naming = ProfileNaming(strengths, profiles: profiles, naming: naming, branches: branches)
        let (groups, evidence) = naming.groups(best, above: control.threshold)
        return try result(groups, evidence)
    }
}
