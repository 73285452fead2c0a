import Networks
import Tensors

extension Feature {
    /// What the layer's answers to a data set, if it was shown one, say against pictures of the feature.
    ///
    /// Only a channel that is maximized can be compared: what inhibits a unit has no such peak, and of directions none is known.
    func doubts(about pictures: [Tensor], settings: VisualizationSettings) throws -> [String] {
        guard let channel, !settings.negative, settings.parametrization.background == nil,
            let known = StatisticsCache.shared.peaks(of: model[layer])
        else { return [] }
        let everywhere = Feature(model: model, layer: layer, direction: direction)
        let peak = try pictures.map { try everywhere.activations(of: $0).max() }.max() ?? 0
        let doubt = VisualizationReliability.doubt(
            peak: peak, datasetPeak: known.peaks[channel], looked: known.looked, dataset: known.dataset)
        return doubt.map { [$0] } ?? []
    }
}
