import Figures
import Networks
import Tensors

/// The weights of a feature from the layer before it: the channels that excite and inhibit it most, as tiles
/// ("Visualizing Weights"; red excites, blue inhibits).
///
///     try model["mixed3b"][17].weights(from: "mixed3a", top: 6)
public struct WeightFigure: Drawable, CustomStringConvertible, Sendable {
    public let feature: Feature
    /// Strongest first.
    public let exciting: [Connection]
    /// Strongest first.
    public let inhibiting: [Connection]
    /// Icons of the channels above their tiles, in the order of `exciting`, then `inhibiting`; empty without.
    public let icons: [Image]

    public var description: String {
        func list(_ connections: [Connection]) -> String { connections.map { "\($0.source) \(Self.signed($0.strength))" }.joined(separator: ", ") }
        return "\(feature) is excited by \(exciting.isEmpty ? "nothing" : list(exciting)); inhibited by \(inhibiting.isEmpty ? "nothing" : list(inhibiting))"
    }

    public func drawing() throws -> SVG {
        func section(_ title: String, _ color: Color, _ connections: [Connection], _ icons: ArraySlice<Image>) -> WeightTileGrid.Section {
            .init(
                title: connections.isEmpty ? title + ": nothing" : title, color: color, tiles: connections.map(\.kernel),
                captions: connections.map { "\($0.source) \(Self.signed($0.strength))" }, icons: icons.map { $0 })
        }
        return try WeightTileGrid([
            section("excited by", .excitation, exciting, icons.prefix(exciting.count)),
            section("inhibited by", .inhibition, inhibiting, icons.dropFirst(exciting.count)),
        ], title: "What \(feature) reads").drawing()
    }

    static func signed(_ value: Float) -> String { (value < 0 ? "−" : "+") + Visualization.short(abs(value)) }
}

extension Feature {
    /// The channels of an earlier layer with the largest weights to this feature, and the weights.
    ///
    /// - Parameters:
    ///   - from: the earlier layer; the one before by default.
    ///   - top: how many of each sign.
    ///   - icons: whether to show what each of the channels looks for, above its weights.
    /// - Throws: ``ModelError``, ``CircuitError``.
    public func weights(from: String? = nil, top: Int = 6, icons: Bool = false) throws -> WeightFigure {
        let (exciting, inhibiting) = try strongestConnections(from: from, top: top)
        let pictures = icons ? try (exciting + inhibiting).map(\.source).icons(size: 64) : []
        return WeightFigure(feature: self, exciting: exciting, inhibiting: inhibiting, icons: pictures)
    }

    func strongestConnections(from: String?, top: Int) throws -> (exciting: [Connection], inhibiting: [Connection]) {
        guard (1...12).contains(top) else { throw CircuitError.topOutOfRange(top) }
        let all = try connections(from: from)
        return (Array(all.filter { $0.strength > 0 }.prefix(top)), Array(all.filter { $0.strength < 0 }.prefix(top)))
    }
}
