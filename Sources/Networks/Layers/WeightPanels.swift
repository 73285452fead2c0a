import CVector
import Synchronization

/// A weight matrix in the order in which the kernels read it: made when it is first needed and kept, as packing takes about as long
/// as one small product.
final class WeightPanels: @unchecked Sendable {
    // @unchecked: the memory is written by `init` alone and only read afterwards.
    let base: UnsafeMutablePointer<Float>
    /// Zeros for what lies outside of an input, behind the panels.
    var zeros: UnsafePointer<Float> { UnsafePointer(base + zerosOffset) }
    private let zerosOffset: Int

    /// - Parameters:
    ///   - floats: for all panels.
    ///   - channels: how many zeros are needed.
    ///   - pack: writes the panels.
    init(floats: Int, channels: Int, pack: (UnsafeMutablePointer<Float>) -> Void) {
        zerosOffset = (floats + 15) / 16 * 16
        let count = zerosOffset + channels + 16
        base = UnsafeMutableRawPointer.allocate(byteCount: count * 4, alignment: 64).bindMemory(to: Float.self, capacity: count)
        (base + zerosOffset).initialize(repeating: 0, count: channels + 16)
        pack(base)
    }

    deinit { base.deallocate() }
}

/// Panels that are made once. No lock is held meanwhile: a notebook may stop a thread for good at any moment, and two threads that
/// pack the same weights only waste some time.
final class LazyPanels: Sendable {
    private let panels = AtomicLazyReference<WeightPanels>()

    func callAsFunction(_ make: () -> WeightPanels) -> WeightPanels { panels.load() ?? panels.storeIfNil(make()) }
}
