import Figures
import Foundation
import RichDisplay
import Tensors

/// How well a model does on pictures that it has not learned from: accuracy as a whole and by class, what is taken for what, and whether
/// its probabilities can be believed.
///
///     let report = try model.evaluate(over: World.test)
///     report.accuracy                            // 0.97
///     report.classes.min { $0.accuracy < $1.accuracy }
///     report.confusionMatrix                     // a figure
///     report.calibrationError                    // expected calibration error, 0...1
public struct HeldOutReport: Displayable, CustomStringConvertible, Sendable {
    /// What became of the pictures of one class.
    public struct ClassResult: Hashable, Sendable {
        public let name: String
        /// How many pictures show the class, and how many of those the model says so of.
        public let count, right: Int
        /// How many pictures the model says it of, rightly or not.
        public let answers: Int

        /// The share of its pictures that are recognized; NaN when there are none.
        public var accuracy: Double { count > 0 ? Double(right) / Double(count) : .nan }
        /// The share of the answers that are right; NaN when there are none.
        public var precision: Double { answers > 0 ? Double(right) / Double(answers) : .nan }
    }

    /// Two classes and how often the first is taken for the second.
    public struct Confusion: Hashable, Sendable {
        public let shown, answer: String
        public let count: Int
    }

    /// The pictures whose most probable class has a probability in a range.
    public struct CalibrationBin: Hashable, Sendable {
        public let range: Range<Double>
        public let count: Int
        /// The mean probability of the most probable class, and the share of those that are right.
        public let confidence, accuracy: Double
    }

    public let model: String
    /// The name of the pictures.
    public let pictures: String
    public let classes: [ClassResult]
    /// How often each class (row) got each answer (column): `[class, class]`.
    public let confusion: [[Int]]
    /// Ten ranges of the probability, from 0 to 1.
    public let calibration: [CalibrationBin]

    /// - Parameters:
    ///   - names: of the classes.
    ///   - labels: what each picture shows.
    ///   - answers: the most probable class of each picture.
    ///   - confidences: its probability.
    init(model: String, pictures: String, classes names: [String], labels: [Int], answers: [Int], confidences: [Float]) {
        (self.model, self.pictures) = (model, pictures)
        var confusion = [[Int]](repeating: [Int](repeating: 0, count: names.count), count: names.count)
        for (label, answer) in zip(labels, answers) { confusion[label][answer] += 1 }
        self.confusion = confusion
        classes = names.indices.map { label in
            ClassResult(
                name: names[label], count: confusion[label].reduce(0, +), right: confusion[label][label],
                answers: confusion.reduce(0) { $0 + $1[label] })
        }
        calibration = (0..<10).map { bin in
            let chosen = confidences.indices.filter { min(Int(confidences[$0] * 10), 9) == bin }
            let count = Double(max(chosen.count, 1))
            return CalibrationBin(
                range: Double(bin) / 10..<Double(bin + 1) / 10, count: chosen.count,
                confidence: chosen.reduce(0.0) { $0 + Double(confidences[$1]) } / count,
                accuracy: chosen.reduce(0.0) { $0 + (labels[$1] == answers[$1] ? 1 : 0) } / count)
        }
    }

    /// How many pictures were shown.
    public var count: Int { classes.reduce(0) { $0 + $1.count } }

    /// The share of pictures that are recognized.
    public var accuracy: Double { recognized.value }

    /// The pictures that are recognized, of all, with the confidence interval of their share.
    public var recognized: Proportion { Proportion(classes.reduce(0) { $0 + $1.right }, of: count) }

    /// The mean distance between probability and accuracy over all pictures (expected calibration error, ten bins; Guo et al. 2017).
    public var calibrationError: Double {
        calibration.reduce(0) { $0 + Double($1.count) * abs($1.confidence - $1.accuracy) } / Double(max(count, 1))
    }

    /// What is most often taken for what.
    public func confusions(top number: Int = 10) -> [Confusion] {
        var found: [Confusion] = []
        for (row, counts) in confusion.enumerated() {
            for (column, count) in counts.enumerated() where row != column && count > 0 {
                found.append(Confusion(shown: classes[row].name, answer: classes[column].name, count: count))
            }
        }
        return Array(found.sorted { ($1.count, $0.shown, $0.answer) < ($0.count, $1.shown, $1.answer) }.prefix(max(number, 0)))
    }

    /// The share of each class's pictures (rows) that got each answer (columns).
    /// - Throws: `ImageError` when there are no classes.
    public func confusionMatrix() throws -> LabelledMatrix {
        let names = classes.map(\.name)
        let shares = confusion.flatMap { row in row.map { Float($0) / Float(max(row.reduce(0, +), 1)) } }
        return try LabelledMatrix(
            Tensor(shape: [names.count, names.count], scalars: shares), rows: names, columns: names,
            title: "\(model) on \(pictures): what is taken for what", rowLabel: "shown", columnLabel: "answer", range: 0...1, cell: 16)
    }

    /// Accuracy over probability; on the diagonal the probabilities are right.
    public var reliability: LineChart {
        let bins = calibration.filter { $0.count > 0 }
        return LineChart(
            [
                .init("pictures of that probability", x: bins.map(\.confidence), y: bins.map(\.accuracy)),
                .init("as announced", x: [0, 1], y: [0, 1]),
            ],
            title: "\(model): calibration error \((100 * calibrationError).short) %", xLabel: "probability of the answer", yLabel: "share right",
            fromZero: true, width: 460, height: 320)
    }

    /// The share of each class's pictures that are recognized.
    public var classAccuracies: BarChart {
        BarChart(
            classes.filter { $0.count > 0 }.sorted { ($1.accuracy, $0.name) < ($0.accuracy, $1.name) }.map { ($0.name, 100 * $0.accuracy) },
            title: "\(model) on \(pictures): \(accuracyText)", xLabel: "% of its pictures that are recognized")
    }

    private var accuracyText: String {
        let interval = recognized.interval
        func percent(_ share: Double) -> String { String(format: "%.1f", 100 * share) }
        return "\(percent(accuracy)) % of \(count) pictures recognized "
            + "(95 % confidence: \(percent(interval.lowerBound)) to \(percent(interval.upperBound)))"
    }

    public var description: String {
        let worst = confusions(top: 3).map { "\($0.shown) for \($0.answer) (\($0.count))" }.joined(separator: ", ")
        return "\(model) on \(pictures): \(accuracyText), calibration error \((100 * calibrationError).short) %"
            + (worst.isEmpty ? "" : "; taken for another most often: \(worst)")
    }

    /// The description and the bars of the classes.
    public func mimeBundle() throws -> MimeBundle {
        MimeBundle(plain: description).adding("image/svg+xml", text: classAccuracies.drawing().markup)
    }
}
