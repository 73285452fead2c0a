import CVector
import Tensors

/// Another height and width, by PyTorch's sampling rules (`interpolate`).
public struct Resize: NetworkLayer {
    public enum Method: Hashable, Sendable {
        /// The input pixel at `floor(output * input size / output size)`.
        case nearest
        /// The mean of the four pixels around a point, weighted by their nearness; pixels have their centres at halves, or, with
        /// `alignCorners`, the corner pixels of input and output have the same centres.
        case bilinear(alignCorners: Bool = false)
    }

    public enum Size: Hashable, Sendable {
        case exactly(height: Int, width: Int)
        /// So many output pixels for every input pixel on each axis.
        case times(Int)
    }

    public let size: Size
    public let method: Method

    /// - Precondition: the size is at least 1.
    public init(to size: Size, method: Method) {
        switch size {
        case .exactly(let height, let width): require(height > 0 && width > 0, "a resize to \(height) x \(width)")
        case .times(let factor): require(factor > 0, "a resize by the factor \(factor)")
        }
        (self.size, self.method) = (size, method)
    }

    public func outputShape(for input: ActivationShape) throws -> ActivationShape {
        guard input.isSpatial, input.height > 0, input.width > 0 else {
            throw LayerError("a resize takes [height, width, channels], not \(input)")
        }
        switch size {
        case .exactly(let height, let width): return ActivationShape(height: height, width: width, channels: input.channels)
        case .times(let factor):
            return ActivationShape(height: input.height * factor, width: input.width * factor, channels: input.channels)
        }
    }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        withSampling(input, output) { vector_resize(&$0, output.vector, input.vector) }
    }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        withSampling(inputGradient, outputGradient) {
            vector_resize_gradient(&$0, inputGradient.vector, outputGradient.vector, accumulate ? 1 : 0)
        }
    }

    /// The two input positions of an output position, and the weight of the second.
    private func sample(_ position: Int, input: Int, output: Int) -> (low: Int, high: Int, mix: Float) {
        switch method {
        case .nearest:
            let nearest = min(input - 1, position * input / output)
            return (nearest, nearest, 0)
        case .bilinear(let alignCorners):
            let point =
                alignCorners
                ? (output > 1 ? Double(position) * Double(input - 1) / Double(output - 1) : 0)
                : max(0, (Double(position) + 0.5) * Double(input) / Double(output) - 0.5)
            let low = min(input - 1, Int(point))
            return (low, min(input - 1, low + 1), Float(point - Double(low)))
        }
    }

    private func withSampling(_ input: ActivationView, _ output: ActivationView, _ body: (inout vector_resizing) -> Void) {
        let (height, width) = (output.height, output.width)
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * (height + width)) { places in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: height + width) { mixes in
                for i in 0..<height + width {
                    let isRow = i < height
                    let (low, high, mix) =
                        isRow
                        ? sample(i, input: input.height, output: height) : sample(i - height, input: input.width, output: width)
                    (places[i], places[height + width + i], mixes[i]) = (Int32(low), Int32(high), mix)
                }
                let low = UnsafePointer(places.baseAddress!), high = low + height + width, mix = UnsafePointer(mixes.baseAddress!)
                var shape = vector_resizing(
                    images: Int32(input.batch), channels: Int32(input.channels), height: Int32(input.height), width: Int32(input.width),
                    target_height: Int32(height), target_width: Int32(width), low_y: low, high_y: high, low_x: low + height,
                    high_x: high + height, mix_y: mix, mix_x: mix + height)
                body(&shape)
            }
        }
    }
}
