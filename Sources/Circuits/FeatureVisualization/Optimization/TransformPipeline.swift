import Tensors

/// The transforms of an optimization's steps, with the memory that they use again and again.
final class TransformPipeline {
    private let batch: Int
    private let scratch = TransformScratch()
    /// What lies between two transforms: one reads the first and writes the second, and the next the other way round.
    private var buffers = (UnsafeMutableBufferPointer<Float>.allocate(capacity: 1), UnsafeMutableBufferPointer<Float>.allocate(capacity: 1))
    /// The images that the network gets, by size: random scales give a few sizes, again and again.
    private var results: [Int: Tensor] = [:]
    private static let keptSizes = 32

    init(batch: Int) { self.batch = batch }

    deinit {
        buffers.0.deallocate()
        buffers.1.deallocate()
    }

    /// The transformed images. They are written over when images of their size are asked for again and no one else holds them.
    func apply(_ draws: [TransformDraw], to images: Tensor) -> Tensor {
        let draws = draws.filter { !$0.isIdentity }
        guard let last = draws.last else { return images }
        let size = last.height << 32 | last.width
        if results[size] == nil {
            if results.count >= Self.keptSizes { results.removeAll() }
            results[size] = Tensor(zeros: [batch, last.height, last.width, 3])
        }
        makeRoom(for: draws)
        images.withUnsafeScalars { images in
            guard var from = images.baseAddress, let (first, second) = bases else { return }
            var (to, other) = (first, second)
            for draw in draws.dropLast() {
                draw.forward(from, to, batch: batch, channels: 3, scratch: scratch)
                from = UnsafePointer(to)
                swap(&to, &other)
            }
            results[size]?.withUnsafeMutableScalars { result in
                guard let result = result.baseAddress else { return }
                last.forward(from, result, batch: batch, channels: 3, scratch: scratch)
            }
        }
        return results[size] ?? images
    }

    /// Writes the gradient for the images, from that for the transformed ones.
    func adjoint(_ draws: [TransformDraw], of gradient: Tensor, into result: UnsafeMutablePointer<Float>) {
        let draws = draws.filter { !$0.isIdentity }
        gradient.withUnsafeScalars { gradient in
            guard var from = gradient.baseAddress else { return }
            guard let first = draws.first else { return result.update(from: from, count: gradient.count) }
            makeRoom(for: draws)
            guard var (to, other) = bases else { return }
            for draw in draws.dropFirst().reversed() {
                draw.backward(from, to, batch: batch, channels: 3, scratch: scratch)
                from = UnsafePointer(to)
                swap(&to, &other)
            }
            first.backward(from, result, batch: batch, channels: 3, scratch: scratch)
        }
    }

    private var bases: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)? {
        guard let first = buffers.0.baseAddress, let second = buffers.1.baseAddress else { return nil }
        return (first, second)
    }

    private func makeRoom(for draws: [TransformDraw]) {
        var count = 0
        for draw in draws { count = Swift.max(count, batch * 3 * Swift.max(draw.inputHeight * draw.inputWidth, draw.height * draw.width)) }
        guard count > buffers.0.count else { return }
        buffers.0.deallocate()
        buffers.1.deallocate()
        // Some room more, since random scales soon ask for it.
        buffers = (.allocate(capacity: count + count / 4), .allocate(capacity: count + count / 4))
    }
}
