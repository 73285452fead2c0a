import Figures
import Foundation
import Networks
import RichDisplay
import Tensors

/// What is known of a model, measured anew from its weights: what it was trained on, how well it does on held-out pictures, and which of
/// the phenomena of the Circuits thread it shows.
///
///     let card = try Model.load("mini-inception").card(over: World.test)
///     try card.write(to: "cards")                // cards/mini-inception.md and its figures
///
/// After Mitchell et al., "Model Cards for Model Reporting" (2019).
public struct ModelCard: Displayable, Sendable {
    /// A figure of the card.
    public struct Figure: Sendable {
        /// The name of its file, without the folder.
        public let file: String
        /// What it shows, for those who cannot see it.
        public let text: String
        public let drawing: SVG
    }

    public let model: Model
    /// Nil for a model without classes of the pictures.
    public let report: HeldOutReport?
    /// The same network with random weights on the same pictures.
    public let untrained: HeldOutReport?
    public let phenomena: PhenomenaReport
    public let figures: [Figure]

    /// - Throws: `ImageError` when a figure cannot be drawn, ``CircuitError``.
    init(model: Model, report: HeldOutReport?, untrained: HeldOutReport?, phenomena: PhenomenaReport) throws {
        (self.model, self.report, self.untrained, self.phenomena) = (model, report, untrained, phenomena)
        var figures: [Figure] = []
        // A network whose first layer reads the image directly has filters to show.
        if let first = model.layers.first?.name, let filters = try? model[first].filters() {
            figures.append(.init(file: "filters.svg", text: "the weights of \(first)", drawing: try filters.drawing()))
        }
        if let report {
            figures.append(.init(file: "accuracy.svg", text: "accuracy by class", drawing: report.classAccuracies.drawing()))
            figures.append(.init(file: "confusion.svg", text: "what is taken for what", drawing: try report.confusionMatrix().drawing()))
            figures.append(.init(file: "calibration.svg", text: "accuracy over probability", drawing: report.reliability.drawing()))
        }
        for phenomenon in phenomena.mostCommon where !phenomenon.units.isEmpty {
            let name = phenomenon.name.lowercased().map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
            let file = name.split(separator: "-").joined(separator: "-") + ".svg"
            figures.append(.init(file: file, text: phenomenon.description, drawing: try phenomenon.drawing()))
        }
        self.figures = figures
    }

    /// The card as Markdown.
    /// - Parameter folder: where its figures are, seen from the card; without one they are left out.
    public func markdown(figuresIn folder: String? = nil) -> String {
        func figure(_ file: String) -> String {
            guard let folder, let found = figures.first(where: { $0.file == file }) else { return "" }
            return "\n![\(found.text)](\(folder)/\(file))\n"
        }
        var text = "# \(model.name)\n\n" + facts
        if !figure("filters.svg").isEmpty { text += "\n## What does its first layer look like?\n" + figure("filters.svg") }
        if let report {
            text += "\n## How well does it do?\n\n\(report.description).\n"
            if let untrained { text += "The same network with random weights: \((100 * untrained.accuracy).short) %.\n" }
            text += figure("accuracy.svg") + figure("confusion.svg") + figure("calibration.svg")
        }
        text += "\n## Which phenomena of the Circuits thread does it show?\n\n" + phenomena.summary + "\n"
        for found in figures.dropFirst(figures.firstIndex { $0.file == "calibration.svg" }.map { $0 + 1 } ?? 1) where folder != nil {
            text += "\n**\(found.text)**\n" + figure(found.file)
        }
        return text + "\n## Every measurement\n\n" + phenomena.markdown + "\n"
    }

    private var facts: String {
        var lines = [
            "- images of \(model.inputSize) x \(model.inputSize), \(model.classes.count) classes, \(model.parameterCount) parameters",
            "- layers: " + model.layers.map { "\($0.name) (\($0.channels))" }.joined(separator: ", "),
        ]
        if let text = model.metadata["trained_on"] { lines.append("- trained on " + text) }
        if let text = model.metadata["recipe"] { lines.append("- recipe: " + text) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Writes `<model>.md`, and its figures to the folder `<model>`.
    /// - Returns: the path of the card.
    /// - Throws: what writing files throws.
    @discardableResult
    public func write(to folder: String) throws -> String {
        let name = model.name.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? String($0) : "-" }.joined()
        let root = URL(fileURLWithPath: folder, isDirectory: true), place = root.appendingPathComponent(name, isDirectory: true)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        for figure in figures {
            try Data(figure.drawing.markup.utf8).write(to: place.appendingPathComponent(figure.file), options: .atomic)
        }
        let card = root.appendingPathComponent(name + ".md")
        try Data(markdown(figuresIn: name).utf8).write(to: card, options: .atomic)
        return card.path
    }

    /// The card without its figures.
    public func mimeBundle() -> MimeBundle { Markdown(markdown()).mimeBundle() }
}

extension Model {
    /// Measures the model and writes down what was found.
    ///
    /// - Parameters:
    ///   - pictures: held-out pictures. Their classes are the model's, or there is no report of its accuracy.
    ///   - questions: which classes have poses and parts.
    ///   - count: how many pictures the phenomena are looked for in; the accuracy is measured on all.
    /// - Throws: ``ModelError``, ``PhenomenonError``, ``CircuitError``, `Interrupted`.
    public func card(
        over pictures: some LabelledPictures, asking questions: PictureQuestions = .zoomIn, count: Int = 4000
    ) throws -> ModelCard {
        let knows = pictures.classes.allSatisfy(classes.contains)
        return try ModelCard(
            model: self, report: knows ? evaluate(over: pictures) : nil,
            untrained: knows ? untrained().evaluate(over: pictures, count: 2000) : nil,
            phenomena: phenomena(over: pictures, asking: questions, count: count))
    }
}
