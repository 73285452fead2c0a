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
    public let groups: [GroupPart]
    /// Columns and rows of the layer.
    let columns: Int, rows: Int

    public var description: String {
        let channels = entries.map { "\($0.feature) \(Visualization.short($0.activation))" }.joined(separator: ", ")
        let shares = groups.map { "\($0.name) \(Int(($0.share * 100).rounded())) %" }.joined(separator: ", ")
        let place = "\(layer.name)@\(position.x),\(position.y)"
        return "\(place): \(channels.isEmpty ? "silent" : channels)" + (shares.isEmpty ? "" : "; \(shares)")
    }

    /// The picture with the position's cell framed, beside the channels and, below them, the sums over groups.
    public func drawing() throws -> SVG {
        func cell(_ place: Int, _ count: Int) -> ClosedRange<Double> {
            Double(place) / Double(count)...Double(place + 1) / Double(count)
        }
        let framed = try Attribution.image(picture).framed(rows: cell(position.y, rows), columns: cell(position.x, columns))
        let left = try ImageGrid([framed], captions: ["\(layer.name), x \(position.x), y \(position.y)"], cellSize: 220, crisp: false)
            .drawing()
        let bars = entries.map { IconBarChart.Row("\($0.feature)", Double($0.activation), icon: $0.icon) }
        let channels = try IconBarChart(bars, title: "What \(layer.name) sees here", width: 440, iconSize: 56).drawing()
        guard !groups.isEmpty else { return Attribution.sideBySide(left, channels, title: description) }
        // Sums over groups have a scale of their own.
        let shares = groups.map { part in
            IconBarChart.Row("\(part.name), \(Int((part.share * 100).rounded())) %", Double(part.value), color: .series[6])
        }
        let sums = try IconBarChart(shares, title: "by group of channels", width: 440).drawing()
        var right = SVG(width: 440, height: channels.height + sums.height, title: description)
        right.add(channels.content)
        right.add(.group(y: channels.height, sums.content))
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
            mosaic: entries.map { row in row.map { $0.first?.icon } },
            shares: entries.map { row in row.map { ($0.first?.activation ?? 0) / largest } }, cell: 48)
        return try ImageGrid(
            [Attribution.image(picture).resizedForFigure(), mosaic], captions: ["picture", "the strongest channel of each position"],
            columns: 2, cellSize: 420, title: description, crisp: false
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
        var entries: [SemanticDictionary.Entry] = []
        for (index, channel) in strongest.enumerated() {
            entries.append(.init(feature: channel.feature, activation: channel.value, icon: icons ? pictures[index] : nil))
        }
        let parts = groups.isEmpty ? [] : try ChannelGroups(groups, layer: name, channels: channels).parts(of: relu(vector))
        return SemanticDictionary(
            layer: self, picture: picture, position: position, entries: entries, groups: parts, columns: width, rows: height)
    }

    /// The strongest channels at every position of a picture; the first of each is shown.
    /// - Throws: as ``semanticDictionary(of:x:y:top:groups:icons:)``.
    public func semanticGrid(of picture: Tensor, top: Int = 1, icons: Bool = true) throws -> SemanticGrid {
        let (picture, activations) = try spatialActivations(of: picture)
        try Self.check(top: top)
        let (height, width) = (activations.shape[0], activations.shape[1])
        let strongest = (0..<height * width).map { self.strongest(activations.slice($0 / width).slice($0 % width).scalars, top) }
        // Many positions have the same strongest channels: each is rendered once.
        let features = Set(strongest.joined().map(\.feature)).sorted { ($0.channel ?? 0) < ($1.channel ?? 0) }
        let pictures = icons ? Dictionary(uniqueKeysWithValues: zip(features, try features.icons(size: 48))) : [:]
        var entries = [[[SemanticDictionary.Entry]]](repeating: [], count: height)
        for (place, channels) in strongest.enumerated() {
            var known: [SemanticDictionary.Entry] = []
            for (feature, value) in channels { known.append(.init(feature: feature, activation: value, icon: pictures[feature])) }
            entries[place / width].append(known)
        }
        return SemanticGrid(layer: self, picture: picture, entries: entries)
    }

    private static func check(top: Int) throws {
        guard (1...32).contains(top) else { throw AttributionError.setting(name: "top", value: "\(top)", allowed: "1 to 32 channels") }
    }

    /// The channels above zero, strongest first.
    private func strongest(_ vector: [Float], _ count: Int) -> [(feature: Feature, value: Float)] {
        let active = vector.indices.filter { vector[$0] > 0 }.sorted { (vector[$0], $1) > (vector[$1], $0) }
        return active.prefix(count).map { (self[$0], vector[$0]) }
    }
}
