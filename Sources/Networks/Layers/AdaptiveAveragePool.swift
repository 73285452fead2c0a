import CVector
import Tensors

/// Means over a grid of a fixed size, whatever the input's: bin `i` of `n` covers the rows from `floor(i * height / n)` to below
/// `ceil((i + 1) * height / n)`, columns likewise. Bins overlap where the size is no multiple; an input of the size itself stays as it is.
/// It is PyTorch's `AdaptiveAvgPool2d`, before the classifiers of AlexNet (6x6) and VGG (7x7).
public struct AdaptiveAveragePool: NetworkLayer {
    public let height, width: Int

    /// - Precondition: both are at least 1.
    public init(height: Int, width: Int) {
        require(height > 0 && width > 0, "an adaptive pooling to \(height) x \(width)")
        (self.height, self.width) = (height, width)
    }

    /// What one bin of `count` covers of an axis.
    static func bin(_ index: Int, of count: Int, size: Int) -> Range<Int> {
        index * size / count..<((index + 1) * size + count - 1) / count
    }

    public func outputShape(for input: ActivationShape) throws -> ActivationShape {
        guard input.isSpatial, input.height > 0, input.width > 0 else {
            throw LayerError("an adaptive pooling takes [height, width, channels], not \(input)")
        }
        return ActivationShape(height: height, width: width, channels: input.channels)
    }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        pairs(input, output) { whole, bin, share, isFirst in bin.take(whole, scale: share, accumulate: !isFirst) }
    }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        if !accumulate { inputGradient.clear() }
        pairs(inputGradient, outputGradient) { whole, bin, share, _ in whole.take(bin, scale: share, accumulate: true) }
    }

    /// Calls `body` for each position of each bin with that position and the bin, both over the whole batch.
    private func pairs(
        _ input: ActivationView, _ output: ActivationView, _ body: (ActivationView, ActivationView, _ share: Float, _ isFirst: Bool) -> Void
    ) {
        func position(_ view: ActivationView, _ y: Int, _ x: Int) -> ActivationView {
            ActivationView(
                base: view.pixel(0, y, x), batch: view.batch, shape: ActivationShape(channels: view.channels),
                pixelStride: view.height * view.width * view.pixelStride)
        }
        for y in 0..<height {
            for x in 0..<width {
                let bin = position(output, y, x)
                let rows = Self.bin(y, of: height, size: input.height), columns = Self.bin(x, of: width, size: input.width)
                let share = 1 / Float(rows.count * columns.count)
                for row in rows {
                    for column in columns {
                        body(position(input, row, column), bin, share, row == rows.lowerBound && column == columns.lowerBound)
                    }
                }
            }
        }
    }
}
