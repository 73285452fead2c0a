import Foundation
import PictureWorld
import Tensors
import Testing

/// No class may be told by what takes no seeing: how much ink there is and where, or what the mean colour is.
@Suite struct WorldShortcutTests {
    /// Mean and deviation of each colour, the share of ink, its centre, its box; ink is what differs from the most frequent colour.
    private func features(_ picture: WorldPicture) -> [Float] {
        let side = picture.side, colours = (0..<side * side).map { picture.colour($0 % side, $0 / side) }
        var features: [Double] = []
        for channel in 0..<3 {
            let values = colours.map { $0[channel] }, mean = values.reduce(0, +) / Double(values.count)
            features += [mean, (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()]
        }
        let bins = Dictionary(grouping: colours) { $0.map { ($0 * 6).rounded() } }
        let common = bins.max { ($0.value.count, $0.key[0]) < ($1.value.count, $1.key[0]) }?.value ?? []
        let ground = (0..<3).map { channel in common.map { $0[channel] }.reduce(0, +) / Double(max(common.count, 1)) }
        let ink = colours.indices.filter { place in zip(colours[place], ground).map { abs($0 - $1) }.max() ?? 0 > 0.18 }
        let xs = ink.map { Double($0 % side) / Double(side) }.sorted(), ys = ink.map { Double($0 / side) / Double(side) }.sorted()
        guard !ink.isEmpty else { return (features + [0, 0.5, 0.5, 0, 0, 0, 0]).map(Float.init) }
        // Boxes that a few stray pixels do not move.
        let low = ink.count / 50, high = ink.count - 1 - low
        features += [Double(ink.count) / Double(side * side), xs.reduce(0, +) / Double(ink.count), ys.reduce(0, +) / Double(ink.count)]
        features += [xs[low], xs[high], ys[low], ys[high]]
        return features.map(Float.init)
    }

    @Test func `a linear classifier of mean colour, ink and box tells few classes`() {
        func table(_ split: WorldSplit, _ count: Int) -> [[Float]] { (0..<count).map { features(split.picture($0, size: 32)) } }
        let train = table(World.train, 4000), test = table(World.test, 2000)
        let scales = train[0].indices.map { column in Scale(train.map { $0[column] }) }
        func scaled(_ rows: [[Float]]) -> Tensor {
            let values = rows.flatMap { row in zip(row, scales).map { value, scale in scale(value) } + [Float(1)] }
            return Tensor(shape: [rows.count, scales.count + 1], scalars: values)
        }
        let classifier = SoftmaxRegression(scaled(train), labels: (0..<4000).map(World.train.label), classes: 40)
        let accuracy = classifier.accuracy(scaled(test), labels: (0..<2000).map(World.test.label))
        print("trivial features: \((1000 * accuracy).rounded() / 10) % of held-out pictures right; chance is 2.5 %")
        #expect(accuracy > 0.025 && accuracy < 0.25)
    }
}

/// Brings a column of numbers to mean 0 and deviation 1.
private struct Scale {
    private let mean: Float, deviation: Float

    init(_ column: [Float]) {
        let mean = column.reduce(0, +) / Float(column.count)
        let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(column.count)
        (self.mean, deviation) = (mean, max(variance.squareRoot(), 1e-4))
    }

    func callAsFunction(_ value: Float) -> Float { (value - mean) / deviation }
}

/// Logistic regression for several classes, trained by gradient descent with momentum on all of the data at once.
private struct SoftmaxRegression {
    /// `[feature, class]`.
    private var weights: Tensor

    init(_ rows: Tensor, labels: [Int], classes: Int) {
        weights = Tensor(zeros: [rows.shape[1], classes])
        let targets = Tensor(shape: [labels.count, classes], scalars: labels.flatMap { label in (0..<classes).map { $0 == label ? Float(1) : 0 } })
        var velocity = weights
        for _ in 0..<300 {
            let gradient = rows.transposed.matmul(rows.matmul(weights).softmax() - targets)
            velocity = velocity * 0.9 + gradient * (1 / Float(labels.count))
            weights = weights - velocity * 0.5
        }
    }

    func accuracy(_ rows: Tensor, labels: [Int]) -> Double {
        let scores = rows.matmul(weights)
        let right = labels.indices.filter { row in
            let own = scores.slice(row).scalars
            return own.indices.max { own[$0] < own[$1] } == labels[row]
        }
        return Double(right.count) / Double(labels.count)
    }
}
