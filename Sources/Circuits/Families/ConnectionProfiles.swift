import Networks
import Tensors

/// What each unit of a layer is connected with more than the layer's units are on average, as vectors of length 1.
struct ConnectionProfiles: Sendable {
    /// The units that have a vector: their weights differ from one unit at the other end to the next.
    let units: [Int]
    /// `[place in units, unit at the other end]`
    let vectors: Tensor
    private let layer: String, all: Int

    private static let fewestUnits = 6, fewestPartners = 3, mostGroups = 15

    /// - Throws: ``WeightGroupsError``.
    init(_ strengths: ConnectionStrengths) throws(WeightGroupsError) {
        let (all, partners) = (strengths.signed.shape[0], strengths.signed.shape[1])
        (layer, self.all) = (strengths.layer.name, all)
        guard partners >= Self.fewestPartners else {
            throw .tooFewPartners(layer: layer, other: strengths.other, units: partners)
        }
        let values = strengths.signed.scalars
        var rows: [[Double]] = [], units: [Int] = []
        for unit in 0..<all {
            let row = values[unit * partners..<(unit + 1) * partners].map(Double.init)
            guard row.allSatisfy(\.isFinite) else { throw .notFinite(layer: layer, unit: unit) }
            let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot(), mean = row.reduce(0, +) / Double(partners)
            let centred = row.map { $0 - mean }
            // What is left of equal weights is rounding.
            guard length > 0, centred.reduce(0, { $0 + $1 * $1 }).squareRoot() > 1e-4 * length else { continue }
            units.append(unit)
            rows.append(centred.map { $0 / length })
        }
        guard units.count >= Self.fewestUnits else {
            throw .tooFewUnits(layer: layer, connected: units.count, of: all, needed: Self.fewestUnits)
        }
        for partner in 0..<partners {
            let mean = rows.reduce(0) { $0 + $1[partner] } / Double(rows.count)
            for row in rows.indices { rows[row][partner] -= mean }
        }
        let scalars = rows.flatMap { row -> [Float] in
            let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
            // A unit that is the average one resembles nothing.
            return row.map { Float(length > 1e-4 ? $0 / length : 0) }
        }
        self.units = units
        vectors = Tensor(shape: [units.count, partners], scalars: scalars)
    }

    /// How many groups are tried: one count, or all up to 15.
    /// - Throws: ``WeightGroupsError/countOutOfRange(_:layer:range:)``.
    func counts(_ count: Int?) throws(WeightGroupsError) -> ClosedRange<Int> {
        let most = max(2, units.count / 3)
        guard let count else { return 2...min(most, Self.mostGroups) }
        guard (2...most).contains(count) else { throw .countOutOfRange(count, layer: layer, range: 2...most) }
        return count...count
    }

    /// The groups for each count.
    func grouped(into counts: ClosedRange<Int>) -> [CosineClusters] { CosineClusters.all(of: vectors, counts: counts) }

    /// The layer's units in each group.
    func members(of clusters: CosineClusters) -> [[Int]] {
        zip(units, clusters.labels).reduce(into: [[Int]](repeating: [], count: clusters.count)) { $0[$1.1].append($1.0) }
    }
}

extension ConnectionStrengths {
    /// The same with each unit's weights shuffled among the units at the other end: as strong, but shared with no other unit.
    func shuffled(using random: inout CounterRandom) -> ConnectionStrengths {
        let partners = signed.shape[1]
        let rows = (0..<signed.shape[0]).flatMap { unit -> [Float] in
            let row = signed.slice(unit).scalars
            return random.permutation(of: partners).map { row[$0] }
        }
        return ConnectionStrengths(Tensor(shape: signed.shape, scalars: rows), of: layer, side: side, other: other)
    }
}
