import Networks
import Tensors

extension Model {
    /// Shows the model pictures whose classes are known, and counts what it makes of them.
    ///
    ///     try model.evaluate(over: World.test)
    ///
    /// - Parameters:
    ///   - pictures: labelled pictures; classes are matched by name.
    ///   - count: how many to show, from the first on; all when absent.
    /// - Throws: ``EvaluationError`` when there is nothing to count, ``ModelError``, `Interrupted`.
    public func evaluate(over pictures: some LabelledPictures, count: Int? = nil) throws -> HeldOutReport {
        let count = min(max(count ?? pictures.count, 0), pictures.count)
        guard count > 0 else { throw EvaluationError.noPictures(pictures.name) }
        let places = pictures.classes.map(classes.firstIndex)
        if let missing = places.firstIndex(of: nil) {
            throw EvaluationError.unknownClass(pictures.classes[missing], model: name, classes: classes)
        }
        var (labels, answers, confidences) = ([Int](), [Int](), [Float]())
        try pictures.forEachBatch(of: Array(0..<count), size: inputSize) { shown in
            for (picture, predictions) in zip(shown, try predict(Tensor.stack(shown.map(\.pixels)), top: 1)) {
                guard let best = predictions.first, let label = places[picture.label] else { continue }
                labels.append(label)
                answers.append(best.index)
                confidences.append(best.probability)
            }
        }
        return HeldOutReport(
            model: name, pictures: "the \(pictures.name) pictures", classes: classes, labels: labels, answers: answers,
            confidences: confidences)
    }
}

/// Why a model cannot be measured on pictures.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
    case noPictures(String)
    case unknownClass(String, model: String, classes: [String])

    public var description: String {
        switch self {
        case .noPictures(let name): "there are no pictures to show in '\(name)'"
        case .unknownClass(let name, let model, let classes):
            "the pictures show the class '\(name)', which \(model) has not; it has \(classes.prefix(60).joined(separator: ", "))"
                + (classes.count > 60 ? ", …" : "") + ". World's splits can be restricted: World.test.restricted(to: model.classes)"
        }
    }
}
