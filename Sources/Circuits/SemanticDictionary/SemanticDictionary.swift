import Figures
import Networks
import Tensors

/// What one position of a layer sees, in words made of pictures: its strongest channels, each with the picture that it looks for ("The
/// Building Blocks of Interpretability").
///
///     try model["mixed4a"].semanticDictionary(of: picture, x: 3, y: 4)
///     try model["mixed4a"].semanticDictionary(of: picture, groups: ["wheels": [12, 40]]).groups
public struct SemanticDictionary: Drawable, CustomStringConvertible, Sendable {
    /// A channel and how much it answers.
    public struct Entry: Sendable {
        public let feature: Feature
        public let activation: Float
        /// What the channel looks for; nil if icons were not asked for.
        public let icon: Image?
    }

    public let layer: Layer
    /// `[height, width, channel]` in `0...1`.
    public let picture: Tensor
    public let position: Feature.Position
    /// Strongest first.
    public let entries: [Entry]
    /// How much of the position's activation belongs to each group of channels, largest first; empty when no groups were given.
    public let groups: [ChannelGroups.Part]
    /// Columns and rows of the layer.
    let columns: Int, rows: Int

    public var description: String {
        let channels = entries.map { "\($0.feature) \(Visualization.short($0.activation))" }.joined(separator: ", ")
        let shares = groups.map { "\($0.name) \(Int(($0.share * 100).rounded())) %" }.joined(separator: ", ")
        return "\(layer.name)@\(position.x),\(position.y): \(channels.isEmpty ? "silent" : channels)" + (shares.isEmpty ? "" : "; \(shares)")
    }

    /// The picture with the position's cell framed, beside the channels and, below them, the groups.
    public func drawing() throws -> SVG {
        func cell(_ place: Int, _ count: Int) -> ClosedRange<Double> { Double(place) / Double(count)...Double(place + 1) / Double(count) }
        let framed = try Attribution.image(picture).framed(rows: cell(position.y, rows), columns: cell(position.x, columns))
        let left = try ImageGrid([framed], captions: ["\(layer.name), x \(position.x), y \(position.y)"], cellSize: 220, crisp: false).drawing()
        var bars = entries.map { IconBarChart.Row("\($0.feature)", Double($0.activation), icon: $0.icon) }
        if !groups.isEmpty {
            bars += groups.map { IconBarChart.Row("\($0.name), \(Int(($0.share * 100).rounded())) %", Double($0.value), color: .series[6]) }
        }
        let right = try IconBarChart(bars, title: "What \(layer.name) sees here", width: 440, iconSize: 56).drawing()
        return Attribution.sideBySide(left, right, title: description)
    }
}

/// The strongest channel of every position, as a mosaic of their icons, as large as their activations.
///
///     try model["mixed4a"].semanticDictionary(of: picture)          // one position
///     try model["mixed4a"].semanticGrid(of: picture)                // all of them
public struct SemanticGrid: Drawable, CustomStringConvertible, Sendable {
    public let layer: Layer
    /// `[height, width, channel]` in `0...1`.
    public let picture: Tensor
    /// The strongest channels of every position, by row and column, strongest first; none where all are silent.
    public let entries: [[[SemanticDictionary.Entry]]]

    public var description: String {
        let channels = Set(entries.joined().compactMap { $0.first?.feature.channel }).count
        return "\(layer.name), \(entries.count) x \(entries.first?.count ?? 0) positions, \(channels) different channels are strongest"
    }

    public func drawing() throws -> SVG {
        let largest = Swift.max(entries.joined().compactMap { $0.first?.activation }.max() ?? 0, .leastNormalMagnitude)
        let mosaic = try Image(
            mosaic: entries.map { $0.map { $0.first?.icon } }, shares: entries.map { $0.map { ($0.first?.activation ?? 0) / largest } }, cell: 48)
        return try ImageGrid(
            [Attribution.image(picture).resizedForFigure(), mosaic], captions: ["picture", "the strongest channel of each position"], columns: 2,
            cellSize: 420, title: description, crisp: false
        ).drawing()
    }
}

extension Layer {
    /// The strongest channels at one position of a picture, with what each looks for.
    /// - Parameters:
    ///   - picture: `[height, width, 3]` in `0...1`.
    ///   - x, y: column and row of the layer; the position with the longest activation vector when absent.
    ///   - top: how many channels.
    ///   - groups: channels by name, for the share of each group.
    ///   - icons: whether the channels' icons are rendered (once per process).
    /// - Throws: `ModelError`, ``AttributionError``, and as `Feature.icon`.
    public func semanticDictionary(
        of picture: Tensor, x: Int? = nil, y: Int? = nil, top: Int = 4, groups: [String: [Int]] = [:], icons: Bool = true
    ) throws -> SemanticDictionary {
        let (picture, activations) = try spatialActivations(of: picture)
        let (height, width, channels) = (activations.shape[0], activations.shape[1], activations.shape[2])
        try Self.check(top: top)
        let longest = activations.squared.sum(along: [2]).argmax()
        let position = Feature.Position(x: x ?? longest % width, y: y ?? longest / width)
        guard (0..<width).contains(position.x), (0..<height).contains(position.y) else {
            throw ModelError.positionOutOfRange(x: position.x, y: position.y, layer: name, width: width, height: height)
        }
        let vector = activations.slice(position.y).slice(position.x)
        let strongest = strongest(vector.scalars, top)
        let pictures = icons ? try strongest.map(\.feature).icons(size: 56) : []
        return SemanticDictionary(
            layer: self, picture: picture, position: position,
            entries: strongest.enumerated().map { .init(feature: $1.feature, activation: $1.value, icon: icons ? pictures[$0] : nil) },
            groups: groups.isEmpty ? [] : try ChannelGroups(groups, layer: name, channels: channels).parts(of: relu(vector)), columns: width, rows: height)
    }

    /// The strongest channels at every position of a picture; the first of each is shown.
    /// - Throws: as ``semanticDictionary(of:x:y:top:groups:icons:)``.
    public func semanticGrid(of picture: Tensor, top: Int = 1, icons: Bool = true) throws -> SemanticGrid {
        let (picture, activations) = try spatialActivations(of: picture)
        try Self.check(top: top)
        let strongest = (0..<activations.shape[0]).map { y in
            (0..<activations.shape[1]).map { self.strongest(activations.slice(y).slice($0).scalars, top) }
        }
        // Many positions have the same strongest channel: each is rendered once.
        let channels = Set(strongest.joined().flatMap { $0.compactMap(\.feature.channel) }).sorted()
        let pictures = icons ? try channels.map { self[$0] }.icons(size: 48) : []
        let known = icons ? Dictionary(uniqueKeysWithValues: zip(channels, pictures)) : [:]
        func entry(_ found: (feature: Feature, value: Float)) -> SemanticDictionary.Entry {
            var icon: Image?
            if let channel = found.feature.channel { icon = known[channel] }
            return .init(feature: found.feature, activation: found.value, icon: icon)
        }
        return SemanticGrid(layer: self, picture: picture, entries: strongest.map { row in row.map { $0.map(entry) } })
    }

    private static func check(top: Int) throws {
        guard (1...32).contains(top) else { throw AttributionError.setting(name: "top", value: "\(top)", allowed: "1 to 32 channels") }
    }

    /// The channels above zero, strongest first.
    private func strongest(_ vector: [Float], _ count: Int) -> [(feature: Feature, value: Float)] {
        vector.indices.filter { vector[$0] > 0 }.sorted { (vector[$0], $1) > (vector[$1], $0) }.prefix(count).map { (self[$0], vector[$0]) }
    }
}
