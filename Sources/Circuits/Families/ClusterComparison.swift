import Networks
import RichDisplay
import Tensors

/// The groups of units that are connected alike, at the number of groups that lies farthest above chance, and the controls at that number.
struct ClusterComparison {
    let best: CosineClusters
    let control: WeightGroups.Control
    /// The mean silhouette for each count that was tried.
    let silhouettes: [Int: Double]

    /// - Throws: ``WeightGroupsError``, ``ModelError``, ``CircuitError``, and `Interrupted` when the user stops it.
    init(
        _ strengths: ConnectionStrengths, _ profiles: ConnectionProfiles, counts: ClosedRange<Int>, shuffles: Int, seed: UInt64
    ) throws {
        var random = CounterRandom(seed: seed, stream: 40), shuffled: [[CosineClusters]] = []
        for _ in 0..<shuffles {
            try Interruption.check()
            shuffled.append(try ConnectionProfiles(strengths.shuffled(using: &random)).grouped(into: counts))
        }
        let clusters = profiles.grouped(into: counts), places = 0..<clusters.count
        // Weights and shuffles at the same count, since small groups have larger silhouettes by chance.
        let usual = places.map { place in shuffled.reduce(0) { $0 + Self.silhouette($1, place) } / Double(max(shuffles, 1)) }
        func gaps(_ clusters: [CosineClusters]) -> [Double] { places.map { Self.silhouette(clusters, $0) - usual[$0] } }
        let own = gaps(clusters), largest = own.max() ?? 0, place = own.firstIndex(of: largest) ?? 0, best = clusters[place]
        // A shuffle may choose its count as the weights may.
        let asGood = shuffled.filter { (gaps($0).max() ?? 0) >= largest }.count
        let units = shuffled.flatMap { $0.indices.contains(place) ? $0[place].silhouettes : [] }.sorted()
        let threshold = units.isEmpty ? 0 : max(0, units[min(units.count - 1, Int(0.95 * Double(units.count)))])

        let untrained = try (0..<2 as Range<UInt64>).map { number in
            let layer = try strengths.layer.model.untrained(seed: seed &+ number)[strengths.layer.name]
            let other = try ConnectionStrengths(of: layer, side: strengths.side, other: strengths.other)
            return try ConnectionProfiles(other).grouped(into: best.count...best.count)
        }
        self.best = best
        silhouettes = Dictionary(clusters.map { ($0.count, $0.meanSilhouette) }, uniquingKeysWith: { first, _ in first })
        control = WeightGroups.Control(
            shuffled: shuffled.map { Self.silhouette($0, place) }, chance: Double(asGood + 1) / Double(shuffles + 1),
            untrained: untrained.map { Self.silhouette($0, 0) }, threshold: threshold,
            untrainedUnits: untrained.map { $0.flatMap(\.silhouettes).filter { $0 > threshold }.count })
    }

    /// The mean silhouette at the place of a count; 0 where so many groups cannot be made.
    private static func silhouette(_ clusters: [CosineClusters], _ place: Int) -> Double {
        clusters.indices.contains(place) ? clusters[place].meanSilhouette : 0
    }
}
