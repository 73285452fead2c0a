import Figures
import Networks

/// A feature and the features it is made of: the channels of the layer before that excite and inhibit it most, with their icons and the
/// weights between them ("Zoom In", the car circuit).
///
///     try Circuit(around: model["mixed3b"][17])
public struct Circuit: Drawable, CustomStringConvertible, Sendable {
    public let feature: Feature
    /// Strongest first.
    public let exciting: [Connection]
    /// Strongest first.
    public let inhibiting: [Connection]
    private let icon: Image
    private let sourceIcons: [Image]

    /// Finds and renders the circuit; icons are rendered once per process.
    /// - Parameters:
    ///   - from: the earlier layer; the one before by default.
    ///   - top: how many channels of each sign.
    /// - Throws: ``ModelError``, ``CircuitError``, and `Interrupted` when the user stops it.
    public init(around feature: Feature, from: String? = nil, top: Int = 3) throws {
        self.feature = feature
        (exciting, inhibiting) = try feature.strongestConnections(from: from, top: top)
        sourceIcons = try (exciting + inhibiting).map(\.source).icons(size: 96)
        icon = try feature.icon(size: 192)
    }

    public var description: String {
        WeightFigure(feature: feature, exciting: exciting, inhibiting: inhibiting, icons: []).description
    }

    public func drawing() throws -> SVG {
        let nodes = zip(exciting + inhibiting, sourceIcons).map { connection, icon in
            CircuitDiagram.Upstream("\(connection.source)", image: icon, weights: connection.kernel, strength: connection.strength)
        }
        return try CircuitDiagram(target: .init("\(feature)", image: icon), upstream: nodes, title: "The circuit of \(feature)").drawing()
    }
}
