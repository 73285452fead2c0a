import Networks
import RichDisplay
import Tensors

/// What several measures on one model share, so that it is computed once: the untrained control, and the responses to pictures.
///
/// `Model.phenomena` sets one up for all its measures; a measure that is asked for alone has one of its own.
final class PhenomenonStudy: @unchecked Sendable {
    // Not sent anywhere: a task-local value has to be Sendable, and a study stays in the call that made it.
    @TaskLocal static var current: PhenomenonStudy?

    private let model: Model
    /// Layers whose responses to pictures are computed in one pass.
    private let layers: [String]
    private var controls: [UInt64: Model] = [:]
    private var responses: [Key: PictureResponses] = [:]
    private var strokes: [Key: [Float]] = [:]

    private struct Key: Hashable {
        let model: ObjectIdentifier
        let layer, pictures: String
        let count: Int
    }

    init(of model: Model, layers: [String] = []) { (self.model, self.layers) = (model, layers) }

    /// Runs a measure with the study that is under way for the model, or with a new one of some layers.
    static func run<Result>(
        on model: Model, layers: [String] = [], _ measure: (PhenomenonStudy) throws -> Result
    ) rethrows -> Result {
        if let current, current.covers(model) { return try measure(current) }
        let study = PhenomenonStudy(of: model, layers: layers)
        return try $current.withValue(study) { try measure(study) }
    }

    private func covers(_ other: Model) -> Bool { other === model || controls.values.contains { $0 === other } }

    /// The model with random weights.
    func untrained(seed: UInt64) throws -> Model {
        if let known = controls[seed] { return known }
        let control = try model.untrained(seed: seed)
        controls[seed] = control
        return control
    }

    /// The strongest response of every unit of a layer, of the model or of its control, to an arc or a line: what a unit does at all. Beside it
    /// an answer to something else may be next to nothing, however much it exceeds others of its kind.
    func strongestStroke(of layer: Layer) throws -> [Float] {
        let key = Key(model: ObjectIdentifier(layer.model), layer: layer.name, pictures: "", count: 0)
        if let known = strokes[key] { return known }
        let turns = stride(from: 0.0, to: 360, by: 15)
        let arcs = try layer.tuning(over: .appearances(of: .curves(orientations: turns))).strongest
        let lines = try layer.tuning(over: .appearances(of: .shiftedLines(orientations: stride(from: 0.0, to: 180, by: 15)))).strongest
        let found = zip(arcs, lines).map { max($0, $1, 0) }
        strokes[key] = found
        return found
    }

    /// The responses of a layer, of the model or of its control, to the first `count` pictures.
    func responses(of layer: Layer, over pictures: some LabelledPictures, count: Int) throws -> PictureResponses {
        func key(_ name: String) -> Key {
            Key(model: ObjectIdentifier(layer.model), layer: name, pictures: pictures.name, count: count)
        }
        if let known = responses[key(layer.name)] { return known }
        let names = layers.contains(layer.name) ? layers : [layer.name]
        for (name, found) in zip(names, try PictureResponses.all(of: names, in: layer.model, over: pictures, count: count)) {
            responses[key(name)] = found
        }
        return try responses[key(layer.name)] ?? PictureResponses.all(of: [layer.name], in: layer.model, over: pictures, count: count)[0]
    }
}

extension Layer {
    /// The strongest response of every unit to an arc or a line.
    /// - Throws: as ``tuning(over:imageSize:deviations:)``.
    func strongestStroke() throws -> [Float] { try PhenomenonStudy.run(on: model) { try $0.strongestStroke(of: self) } }

    /// The strongest response of every unit to each of the first `count` pictures.
    /// - Throws: ``ModelError``, `Interrupted`.
    func responses(over pictures: some LabelledPictures, count: Int) throws -> PictureResponses {
        try PhenomenonStudy.run(on: model) { try $0.responses(of: self, over: pictures, count: count) }
    }
}
