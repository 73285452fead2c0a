import Networks
import RichDisplay
import Tensors

/// Names and evidence for groups of units that are connected alike, from what tells them apart.
struct ProfileNaming {
    private let strengths: ConnectionStrengths
    private let profiles: ConnectionProfiles
    private let naming: NeuronGroups?
    private let branches: [LayerSummary.Branch]

    /// How many units of the other layer a name and a unit's evidence list.
    private static let named = 3, listed = 6
    /// With fewer units a group is a coincidence.
    private static let smallest = 3

    /// - Parameters:
    ///   - naming: groups of the other layer.
    ///   - branches: of the layer, if it has any: units of one branch are alike because they share its bottleneck, so a comment says so.
    init(
        _ strengths: ConnectionStrengths, profiles: ConnectionProfiles, naming: NeuronGroups?, branches: [LayerSummary.Branch]
    ) {
        (self.strengths, self.profiles, self.naming, self.branches) = (strengths, profiles, naming, branches)
    }

    /// The groups of those units whose silhouette lies above a threshold, the best fitting unit first.
    func groups(_ clusters: CosineClusters, above threshold: Double) -> (groups: [NeuronGroup], evidence: [Int: WeightGroups.Evidence]) {
        let places = (0..<clusters.count).map { group in profiles.units.indices.filter { clusters.labels[$0] == group } }
        let means = places.map(meanProfile)
        let names = unique(means.map(name))
        let values = strengths.signed.scalars, partners = strengths.signed.shape[1]
        var groups: [NeuronGroup] = [], evidence: [Int: WeightGroups.Evidence] = [:]
        for group in 0..<clusters.count {
            let fitting = places[group].filter { clusters.silhouettes[$0] > threshold }
                .sorted { (clusters.silhouettes[$0], $1) > (clusters.silhouettes[$1], $0) }
            guard fitting.count >= Self.smallest else { continue }
            let sizes = means[group].map(abs)
            let telling = Array(sizes.indices.sorted { (sizes[$0], $1) > (sizes[$1], $0) }.prefix(Self.listed))
            for place in fitting {
                let similarities = clusters.similarities[place], unit = profiles.units[place]
                let next = (0..<clusters.count).filter { $0 != group }.max { similarities[$0] < similarities[$1] } ?? group
                evidence[unit] = .init(
                    group: names[group], similarity: similarities[group], next: (names[next], similarities[next]),
                    silhouette: clusters.silhouettes[place],
                    shared: telling.map { ($0, Double(values[unit * partners + $0])) })
            }
            let silhouette = fitting.reduce(0) { $0 + clusters.silhouettes[$1] } / Double(fitting.count)
            groups.append(
                NeuronGroup(
                    names[group], units: fitting.map { profiles.units[$0] },
                    comment: comment(means[group], telling, of: places[group].count, fitting: fitting.count, silhouette: silhouette)
                        + branch(of: fitting.map { profiles.units[$0] }),
                    layer: strengths.layer.name))
        }
        return (groups, evidence)
    }

    /// What the units of a group are connected with more than the layer's average unit: by unit at the other end.
    private func meanProfile(_ places: [Int]) -> [Double] {
        let values = profiles.vectors.scalars, partners = profiles.vectors.shape[1]
        return (0..<partners).map { partner in
            places.reduce(0) { $0 + Double(values[$1 * partners + partner]) } / Double(max(places.count, 1))
        }
    }

    /// "reads mixed3b:12, 40, 7", with the name of the group of the other layer that it reads most in front when there is one that chance
    /// does not explain.
    private func name(_ mean: [Double]) -> String {
        let verb = strengths.side == .implementation ? "reads" : "read by"
        let strongest = mean.indices.filter { mean[$0] > 0 }.sorted { (mean[$0], $1) > (mean[$1], $0) }.prefix(Self.named)
        let list = "\(strengths.other):" + strongest.map(String.init).joined(separator: ", ")
        return preferred(mean).map { "\(verb) \($0.prefix(100)) (\(list))" } ?? "\(verb) \(list)"
    }

    /// The group of the other layer whose units have the largest mean, if as many units drawn at random rarely have as large a one.
    private func preferred(_ mean: [Double]) -> String? {
        let groups = (naming?.groups ?? []).filter { $0.units.count >= Self.smallest }
        func share(_ units: [Int]) -> Double { units.reduce(0) { $0 + mean[$1] } / Double(units.count) }
        guard let most = groups.max(by: { share($0.units) < share($1.units) }) else { return nil }
        let found = share(most.units), draws = 1999
        var random = CounterRandom(seed: 0, stream: 43), asLarge = 0
        for _ in 0..<draws where share(random.choice(most.units.count, of: mean.count)) >= found { asLarge += 1 }
        // The best of several groups was chosen.
        let chance = Double(asLarge + 1) / Double(draws + 1) * Double(groups.count)
        return found > 0 && chance < WeightGroups.significance ? most.name : nil
    }

    /// Groups that tell the same units apart are numbered.
    private func unique(_ names: [String]) -> [String] {
        var seen: [String: Int] = [:]
        return names.map { name in
            seen[name, default: 0] += 1
            return seen[name] == 1 ? name : "\(name), \(seen[name] ?? 0)"
        }
    }

    /// The branch that at least half of the units are in.
    private func branch(of units: [Int]) -> String {
        let shares = branches.map { branch in (branch, units.filter(branch.channels.contains).count) }
        guard let (branch, count) = shares.max(by: { $0.1 < $1.1 }), 2 * count >= units.count else { return "" }
        return " \(count) of them are in the \(branch.name) branch, which has \(branch.channels.count) of the layer's "
            + "\(strengths.signed.shape[0]) units."
    }

    private func comment(_ mean: [Double], _ telling: [Int], of count: Int, fitting: Int, silhouette: Double) -> String {
        func list(_ isWanted: (Double) -> Bool) -> String {
            telling.filter { isWanted(mean[$0]) }.map { "\($0) (\(mean[$0] > 0 ? "+" : "")\(mean[$0].short))" }.joined(separator: ", ")
        }
        let (more, less) = (list { $0 > 0 }, list { $0 < 0 })
        let isRead = strengths.side == .implementation
        return "Weights \(isRead ? "from" : "into") \(strengths.other), against the layer's average unit: "
            + [
                more.isEmpty ? nil : "\(isRead ? "excited more by" : "excites more") \(more)",
                less.isEmpty ? nil : "\(isRead ? "excited less or inhibited by" : "excites less or inhibits") \(less)",
            ]
                .compactMap(\.self).joined(separator: "; ")
            + ". \(fitting) of the \(count) units of the cluster fit, with a mean silhouette of \(silhouette.short)."
    }
}
