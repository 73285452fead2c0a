import Figures
import Networks
import RichDisplay

extension Model: Drawable {
    /// The model as a diagram: its layers, how wide they are, how much of the image one unit sees.
    public func drawing() -> SVG {
        let rows = layers.map { layer in
            let sees = layer.receptiveField >= inputSize ? "sees the whole image" : "sees \(layer.receptiveField) px"
            let branches = layer.branches.map { ModelDiagram.Branch($0.name == "pool_reduce" ? "pool" : $0.name, $0.channels.count) }
            return ModelDiagram.Layer(
                layer.name, details: ["\(layer.channels) channels", "stride \(layer.stride)", sees],
                branches: branches.isEmpty ? [.init("", layer.channels)] : branches)
        }
        let accuracy = metadata["accuracy"].flatMap(Double.init).map { ", \(($0 * 10_000).rounded() / 100) % of held-out pictures right" } ?? ""
        return ModelDiagram(
            title: name,
            subtitle: "images of \(inputSize) × \(inputSize), \(classes.count) classes, \(parameterCount) parameters" + accuracy,
            layers: rows
        ).drawing()
    }
}
