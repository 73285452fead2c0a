import Figures
import Networks
import Tensors

/// How a feature is built from the layer before, or who uses it in the layer behind: arguments five and six of "Zoom In".
///
///     try model["mixed3b"][33].implementation()      // icon, weights, icon: what excites it, what inhibits it
///     try model["mixed3b"][33].clients()             // whom it excites and inhibits
public struct FeatureConnections: Drawable, CustomStringConvertible, Sendable {
    /// Which way the connections are followed.
    public enum Side: Sendable {
        /// From the units that the feature reads.
        case implementation
        /// To the units that read the feature.
        case use
    }

    public let feature: Feature
    public let side: Side
    /// The other layer.
    public let layer: String
    /// All connections that are not zero, the largest norm of the spatial kernel first.
    public let ranked: [Connection]
    /// How many of each sign are shown.
    public let top: Int

    /// The strongest connections of each sign, the largest norm first.
    public var exciting: [Connection] { Array(ranked.filter { $0.strength > 0 }.prefix(top)) }
    public var inhibiting: [Connection] { Array(ranked.filter { $0.strength < 0 }.prefix(top)) }

    /// The share of all connections' weight (the sum of squares) that the shown ones carry, `0...1`.
    public var share: Double {
        func energy(_ connections: [Connection]) -> Double { connections.reduce(0) { $0 + Double($1.norm) * Double($1.norm) } }
        let all = energy(ranked)
        return all > 0 ? energy(exciting + inhibiting) / all : 0
    }

    /// The norm that ranks a connection, negative for inhibition.
    private static func text(_ connection: Connection) -> String {
        WeightFigure.signed(connection.strength < 0 ? -connection.norm : connection.norm)
    }

    /// The unit at the other end.
    public func partner(_ connection: Connection) -> Feature { side == .use ? connection.target : connection.source }

    /// How many of the strongest units are among some expected ones: `hits` of the first `count`, as many as are expected.
    ///
    /// `expected.count` of `units` in the layer is what chance gives.
    public func agreement(with expected: [Feature], units: Int) -> (found: Proportion, chance: Double) {
        let wanted = Set(expected.filter { $0.layer == layer }), count = min(wanted.count, ranked.count)
        let hits = ranked.prefix(count).filter { wanted.contains(partner($0)) }.count
        return (Proportion(hits, of: count), units > 0 ? Double(wanted.count) / Double(units) : 0)
    }

    public var description: String {
        func list(_ connections: [Connection]) -> String {
            connections.isEmpty ? "nothing" : connections.map { "\(partner($0)) \(Self.text($0))" }.joined(separator: ", ")
        }
        switch side {
        case .implementation: return "\(feature) is excited by \(list(exciting)); inhibited by \(list(inhibiting))"
        case .use: return "\(feature) excites \(list(exciting)); inhibits \(list(inhibiting)) of \(layer)"
        }
    }

    /// Rows of icon, weights, icon: those that excite on the left, those that inhibit on the right.
    /// - Throws: as `Feature.visualize`, and `Interrupted` when the user stops it.
    public func drawing() throws -> SVG {
        let shown = exciting + inhibiting
        let partners = try shown.map(partner).icons(size: 64, steps: NeuronGroups.iconSteps)
        let own = try feature.icon(size: 64, steps: NeuronGroups.iconSteps)
        let rows = zip(shown, partners).map { connection, icon -> ConnectionRows.Row in
            let other = ConnectionRows.Node("\(partner(connection))", image: icon), this = ConnectionRows.Node("\(feature)", image: own)
            let caption = Self.text(connection)
            return side == .implementation
                ? .init(from: other, weights: connection.kernel, caption: caption, to: this)
                : .init(from: this, weights: connection.kernel, caption: caption, to: other)
        }
        let words = side == .implementation ? ("excited by", "inhibited by") : ("excites", "inhibits")
        return try ConnectionRows(
            [
                .init(words.0, color: .excitation, rows: Array(rows.prefix(exciting.count))),
                .init(words.1, color: .inhibition, rows: Array(rows.dropFirst(exciting.count))),
            ], title: side == .implementation ? "What builds \(feature)" : "What \(layer) does with \(feature)"
        ).drawing()
    }
}

extension Feature {
    /// The units of the layer before that the feature is built from, ranked by the norm of their expanded weights' spatial kernel, with
    /// the weights.
    ///
    ///     try model["mixed3b"][33].implementation()
    ///
    /// - Parameters:
    ///   - from: the earlier layer; the one before by default. Behind a max-pool the weights are those on the pooled grid.
    ///   - top: how many of each sign are shown; ``FeatureConnections/ranked`` has all.
    /// - Throws: ``ModelError``, ``CircuitError``.
    public func implementation(from: String? = nil, top: Int = 5) throws -> FeatureConnections {
        guard (1...12).contains(top) else { throw CircuitError.topOutOfRange(top) }
        let earlier = try from ?? layerBefore()
        return FeatureConnections(
            feature: self, side: .implementation, layer: earlier, ranked: try connections(from: earlier).rankedByNorm(\.source), top: top)
    }

    /// The units of the layer behind that read the feature, ranked by the norm of their expanded weights' spatial kernel, with the
    /// weights.
    ///
    ///     try model["mixed3b"][33].clients()
    ///
    /// - Parameters:
    ///   - later: the later layer; the one behind by default. The logits have no positions: their weights are not spatial, and asking for
    ///     them throws.
    ///   - top: how many of each sign are shown; ``FeatureConnections/ranked`` has all.
    /// - Throws: ``ModelError``, ``CircuitError``.
    public func clients(in later: String? = nil, top: Int = 5) throws -> FeatureConnections {
        guard (1...12).contains(top) else { throw CircuitError.topOutOfRange(top) }
        let later = try later ?? layerBehind()
        return FeatureConnections(
            feature: self, side: .use, layer: later, ranked: try connections(to: later).rankedByNorm(\.target), top: top)
    }
}

extension [Connection] {
    fileprivate func rankedByNorm(_ unit: KeyPath<Connection, Feature>) -> [Connection] {
        sorted { ($0.norm, $1[keyPath: unit].channel ?? 0) > ($1.norm, $0[keyPath: unit].channel ?? 0) }
    }
}
