import Networks
import RichDisplay
import Tensors

/// What an optimization will need, computed before it starts, so that one that cannot fit is refused rather than killed.
struct OptimizationForecast {
    /// Bytes of the images, of everything that the optimizer remembers, and of the activations and their gradients.
    let bytes: Int

    /// Optimizations below so many pixels are not looked at: they fit anywhere.
    private static let smallestPixels = 1 << 18

    /// The forecast for a batch; nil where it is too small to matter.
    /// - Throws: `ModelError` for layers that do not exist or do not take images of this size.
    init?(canvas: ImageCanvas, batch: Int, transforms: [Transform], layers: [String: Positions], model: Model) throws {
        let side = Self.largestSide(Swift.max(canvas.height, canvas.width), after: transforms)
        guard batch * side * side > Self.smallestPixels else { return nil }
        let network = try layers.isEmpty
            ? 0 : model.memoryForecast(images: batch, height: side, width: side, at: layers, gradient: true, rules: .redirectedReLU).bytes
        let parameters = canvas.parameterShape(batch: batch).reduce(1, *)
        bytes = network + 4 * (4 * parameters + 8 * batch * side * side * canvas.channels)
    }

    /// - Throws: ``VisualizationError/memory(needed:available:images:)`` when that is more than the machine has.
    func check(images: String) throws(VisualizationError) {
        let available = ProcessMemory.available
        guard bytes <= available else { throw .memory(needed: bytes, available: available, images: images) }
    }

    /// The longest side that transforms can make of images.
    static func largestSide(_ side: Int, after transforms: [Transform]) -> Int {
        transforms.reduce(side) { side, transform in
            switch transform {
            case .pad(let pixels, _): return side + 2 * Swift.max(0, Swift.min(pixels, TransformDraw.largestSide))
            case .jitter(let pixels): return Swift.max(1, side - Swift.max(0, Swift.min(pixels, side)))
            case .randomScale(let scales):
                let scale = scales.filter(\.isFinite).max() ?? 1
                return Int(Swift.min(Swift.max(Double(side) * scale, 1), Double(TransformDraw.largestSide)))
            case .crop(let pixels), .cropOrPad(let pixels): return Swift.max(1, Swift.min(pixels, TransformDraw.largestSide))
            case .randomRotate, .flip, .blur, .colourJitter: return side
            }
        }
    }
}
