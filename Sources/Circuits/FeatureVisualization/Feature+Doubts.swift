import Networks
import Tensors

extension Feature {
    /// What the layer's answers to a data set, if it was shown one, say against pictures of the feature.
    ///
    /// Only a channel that is maximized can be compared: what inhibits a unit has no such peak, and of directions none is known.
    /// - Parameter known: see ``StatisticsCache/peaks(of:)``; nil when the layer was shown none.
    func doubts(
        about visualization: Visualization, comparedWith known: (dataset: String, looked: Int, peaks: [Float])?
    ) throws -> [String] {
        let settings = visualization.settings
        guard let known, let channel, !settings.negative, settings.parametrization.background == nil else { return [] }
        let everywhere = Feature(model: model, layer: layer, direction: direction)
        let peak = try visualization.images.map { try everywhere.activations(of: $0).max() }.max() ?? 0
        let doubt = VisualizationReliability.doubt(
            peak: peak, datasetPeak: known.peaks[channel], looked: known.looked, dataset: known.dataset)
        return doubt.map { [$0] } ?? []
    }
}
