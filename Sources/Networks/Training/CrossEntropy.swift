import Foundation
import Tensors

/// The mean over a batch of `-log softmax(logits)[label]`.
///
/// With smoothing the target is `1 - smoothing` of the label and `smoothing` of all classes alike (Szegedy et al. 2016).
public struct CrossEntropy: Hashable, Sendable {
    /// In `0...1`.
    public var smoothing: Double

    public init(smoothing: Double = 0) { self.smoothing = smoothing }

    /// What a batch of logits is worth.
    public struct Value: Sendable {
        /// The mean loss, in nats.
        public let loss: Double
        /// With respect to the logits: `[batch, class]`.
        public let gradient: Tensor
        /// How many of the labels have the largest logit.
        public let correct: Int
    }

    /// - Parameters:
    ///   - logits: `[batch, class]`.
    ///   - labels: the index of the right class of each row.
    /// - Throws: ``TrainingError/labels(_:)`` when the labels do not fit the logits.
    public func callAsFunction(_ logits: Tensor, labels: [Int]) throws -> Value {
        guard logits.rank == 2, logits.shape[0] == labels.count, logits.count > 0 else {
            throw TrainingError.labels("\(labels.count) labels do not fit logits of shape \(logits.shape), which are [batch, class]")
        }
        let (batch, classes) = (logits.shape[0], logits.shape[1])
        if let wrong = labels.first(where: { !(0..<classes).contains($0) }) {
            throw TrainingError.labels("the label \(wrong) is not one of the \(classes) classes 0...\(classes - 1)")
        }
        var loss = 0.0, correct = 0
        let everywhere = smoothing / Double(classes), scale = 1 / Double(batch)
        let gradient = Tensor(shape: logits.shape) { gradient in
            logits.withUnsafeScalars { logits in
                for (row, label) in labels.enumerated() {
                    let x = logits[row * classes..<(row + 1) * classes]
                    let largest = Double(x.max() ?? 0)
                    let total = x.reduce(0) { $0 + exp(Double($1) - largest) }
                    let logTotal = largest + log(total)
                    // The first of equal ones counts.
                    if x.max().flatMap(x.firstIndex(of:)) == x.startIndex + label { correct += 1 }
                    for (column, value) in x.enumerated() {
                        let target = everywhere + (column == label ? 1 - smoothing : 0)
                        loss -= target * (Double(value) - logTotal) * scale
                        gradient.initializeElement(at: row * classes + column, to: Float((exp(Double(value) - logTotal) - target) * scale))
                    }
                }
            }
        }
        return Value(loss: loss, gradient: gradient, correct: correct)
    }
}
