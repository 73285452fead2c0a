import Foundation
import Networks
import Tensors

/// What an optimization will need, computed before it starts, so that one that cannot fit is refused rather than killed.
struct MemoryForecast {
    /// Bytes of the images, of everything that the optimizer remembers, and of the activations and their gradients.
    let bytes: Int

    /// Optimizations below so many pixels are not looked at: they fit anywhere.
    private static let smallestPixels = 1 << 18

    /// The forecast for a batch; nil where it is too small to matter.
    /// - Throws: `ModelError` for layers that do not exist or do not take images of this size.
    init?(canvas: ImageCanvas, batch: Int, transforms: [Transform], layers: [String], model: Model) throws {
        let side = Self.largestSide(Swift.max(canvas.height, canvas.width), after: transforms)
        guard batch * side * side > Self.smallestPixels else { return nil }
        var network = 0
        let last = layers.compactMap { model.graph.index(of: $0) }.max() ?? -1
        for node in model.graph.nodes.prefix(last + 1) {
            // A ReLU works in the memory of its input.
            guard !node.name.hasSuffix("_pre_relu"),
                let shape = try? model.shape(of: node.name, imageHeight: side, imageWidth: side)
            else { continue }
            network += batch * shape.count
        }
        let parameters = canvas.parameterShape(batch: batch).reduce(1, *)
        bytes = 4 * (network + 4 * parameters + 8 * batch * side * side * canvas.channels)
    }

    /// - Throws: ``VisualizationError/memory(needed:available:images:)`` when that is more than the machine has.
    func check(images: String) throws(VisualizationError) {
        let available = Self.availableBytes
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

    /// What Linux calls available; elsewhere all of the machine's memory.
    private static var availableBytes: Int {
        if let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
            let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) { return kilobytes * 1024 }
        return Int(ProcessInfo.processInfo.physicalMemory)
    }
}
