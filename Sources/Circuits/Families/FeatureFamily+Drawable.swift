import Figures
import Networks

extension FeatureFamily: Drawable {
    /// The members' icons in their order, each with its address and its value: a row, and more rows where one is too short.
    ///
    /// Icons come from the ``VisualizationCache``; those that are missing are rendered together.
    /// - Throws: as `Feature.visualize`, and `Interrupted` when the user stops it.
    public func drawing() throws -> SVG {
        let icons = try features.icons(size: 72, steps: NeuronGroups.iconSteps)
        return try ImageGrid(icons, captions: captions, cellSize: 72, title: heading, crisp: false).drawing()
    }

    /// Under each icon: the channel's address, and its value with its unit.
    private var captions: [String] {
        let unit = period == nil ? "" : "°"
        return members.map { "\($0.feature)" + ($0.value.map { "\n\($0.rounded().short)\(unit)" } ?? "") }
    }

    private var heading: String {
        let along = parameter.map { ", by \($0)" } ?? ""
        return "\(name): " + (count == 1 ? "one member of \(layer.name)" : "\(count) members of \(layer.name)\(along)")
    }
}
