import Figures
import Networks
import Tensors

extension Feature {
    /// A small picture of the feature for diagrams: the visualization of its neuron, cropped to what the neuron can see.
    ///
    /// Rendered once and kept in ``VisualizationCache/shared``. The articles of the thread crop their icons alike: 7 px for conv2d0, 13 for conv2d1, and so on.
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
        return try zip(self, try visualizations(settings, showProgress: showProgress)).map { feature, visualization in
            let crop = try feature.iconCrop(side: visualization.settings.size)
            return try Image(visualization.images[0]).crop(rows: crop.rows, columns: crop.columns)
                .resized(width: size, height: size, by: crop.rows.count > size ? .area : .bilinear)
        }
    }

    /// The features' visualizations under the given settings, in order; those of one layer are rendered together, each once.
    private func visualizations(_ settings: (Feature) throws -> VisualizationSettings, showProgress: Bool) throws -> [Visualization] {
        var groups: [(settings: VisualizationSettings, features: [Feature])] = []
        for feature in self {
            let own = try settings(feature)
            let place = groups.firstIndex {
                $0.features[0].model === feature.model && $0.features[0].layer == feature.layer && $0.settings == own
            }
            guard let place else {
                groups.append((own, [feature]))
                continue
            }
            if !groups[place].features.contains(feature) { groups[place].features.append(feature) }
        }
        var found: [Feature: Visualization] = [:]
        for group in groups {
            let made = try group.settings.visualizations(of: group.features, showProgress: showProgress, keep: true)
            for (feature, visualization) in zip(group.features, made) { found[feature] = visualization }
        }
        return compactMap { found[$0] }
    }
}
