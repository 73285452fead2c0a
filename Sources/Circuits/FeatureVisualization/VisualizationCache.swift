import Figures
import Foundation
import Networks
import Synchronization
import Tensors

/// Visualizations made in this process, so that the icons of circuits are rendered once.
///
/// Keys are a feature (which holds its model) and the settings; a model that is loaded again is another model. The oldest pictures
/// are forgotten beyond 64 MB.
public final class VisualizationCache: Sendable {
    /// The cache of the process.
    public static let shared = VisualizationCache()

    private struct Key: Hashable {
        let feature: Feature
        let settings: VisualizationSettings
    }

    private struct Contents {
        var visualizations: [Key: Visualization] = [:]
        var order: [Key] = []
        var scalars = 0
    }

    private static let largestCount = 1 << 24
    private let contents = Mutex(Contents())

    /// Forgets everything, and with it every model that only the cache still knew.
    public func removeAll() { contents.withLock { $0 = Contents() } }

    /// How many visualizations it holds.
    public var count: Int { contents.withLock { $0.visualizations.count } }

    /// The features' visualizations under the given settings; those of one layer that are missing are rendered together.
    /// - Throws: as `Feature.visualize`.
    func visualizations(of features: [Feature], settings: (Feature) throws -> VisualizationSettings, showProgress: Bool) throws -> [Visualization] {
        let keys = try features.map { Key(feature: $0, settings: try settings($0)) }
        var found: [Key: Visualization] = [:]
        contents.withLock { contents in for key in keys { found[key] = contents.visualizations[key] } }
        var missing: [[Key]] = []
        for key in keys where found[key] == nil && !missing.contains(where: { $0.contains(key) }) {
            let place = missing.firstIndex {
                $0[0].feature.model === key.feature.model && $0[0].feature.layer == key.feature.layer && $0[0].settings == key.settings
            }
            if let place { missing[place].append(key) } else { missing.append([key]) }
        }
        for group in missing {
            let made = try group[0].settings.visualizations(of: group.map(\.feature), showProgress: showProgress)
            for (key, visualization) in zip(group, made) {
                found[key] = visualization
                insert(visualization, for: key)
            }
        }
        return keys.compactMap { found[$0] }
    }

    private func insert(_ visualization: Visualization, for key: Key) {
        let scalars = visualization.images.reduce(0) { $0 + $1.count } + visualization.values.count
        contents.withLock { contents in
            guard contents.visualizations.updateValue(visualization, forKey: key) == nil else { return }
            contents.order.append(key)
            contents.scalars += scalars
            while contents.scalars > Self.largestCount, contents.order.count > 1 {
                guard let oldest = contents.visualizations.removeValue(forKey: contents.order.removeFirst()) else { continue }
                contents.scalars -= oldest.images.reduce(0) { $0 + $1.count } + oldest.values.count
            }
        }
    }
}

extension Feature {
    /// A small picture of the feature for diagrams: the visualization of its neuron, cropped to what the neuron can see.
    ///
    /// Rendered once per process and seed. The articles of the thread crop their icons alike: 7 px for conv2d0, 13 for conv2d1, and so on.
    /// - Parameter size: side of the icon in pixels.
    /// - Throws: as `visualize`.
    public func icon(size: Int = 48, seed: UInt64 = 0, steps: Int = 128) throws -> Image {
        guard let icon = try [self].icons(size: size, seed: seed, steps: steps, showProgress: false).first else {
            throw VisualizationError.setting(name: "icons", value: "0", allowed: "one")
        }
        return icon
    }

    /// The part of an image of the given side that the middle neuron can see.
    fileprivate func iconCrop(side: Int) throws -> (rows: Range<Int>, columns: Range<Int>) {
        let shape = try model.shape(of: layer, imageHeight: side, imageWidth: side)
        guard shape.isSpatial else { return (0..<side, 0..<side) }
        let field = try model.receptiveField(
            of: layer, x: position?.x ?? shape.width / 2, y: position?.y ?? shape.height / 2, imageHeight: side, imageWidth: side)
        let (rows, columns) = (field.rows.clamped(to: 0..<side), field.columns.clamped(to: 0..<side))
        return rows.isEmpty || columns.isEmpty ? (0..<side, 0..<side) : (rows, columns)
    }
}

extension Array where Element == Feature {
    /// Icons of several features, in order; those of one layer are rendered together, which is faster than one by one.
    /// - Throws: as `Feature.visualize`.
    public func icons(size: Int = 48, seed: UInt64 = 0, steps: Int = 128, showProgress: Bool = true) throws -> [Image] {
        func settings(_ feature: Feature) throws -> VisualizationSettings {
            VisualizationSettings(
                size: try feature.model.isHead(feature.layer) ? feature.model.inputSize : Swift.min(128, feature.model.inputSize),
                steps: steps, diversity: 1, diversityWeight: 0, seed: seed, negative: false, target: .neuron, cosinePower: 0,
                parametrization: .fourier(), transforms: try feature.model.visualizationTransforms(nil, for: feature.layer), rate: 0.05)
        }
        let visualizations = try VisualizationCache.shared.visualizations(of: self, settings: settings, showProgress: showProgress)
        return try zip(self, visualizations).map { feature, visualization in
            let crop = try feature.iconCrop(side: visualization.settings.size)
            return try Image(visualization.images[0]).crop(rows: crop.rows, columns: crop.columns)
                .resized(width: size, height: size, by: crop.rows.count > size ? .area : .bilinear)
        }
    }
}
