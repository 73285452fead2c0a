import Tensors

/// A change to the activations of a layer while the network runs: ablation, patching, steering.
///
///     let without = try model.editing("mixed3b", .ablating([94]))                 // as if the channel were silent
///     let steered = try model.editing("mixed4a", .adding([12: 3.5]))              // more of one channel, everywhere
///     let patched = try model.editing("mixed4a", .replacing(with: other, channels: [12]))
///
/// What follows the layer sees the changed activations, gradients included: a channel that was set to something passes none.
public struct ActivationEdit: Sendable {
    /// By channel: what the activation is multiplied by (1 where nothing is said) and what is added then.
    var gains: [Int: Float] = [:], offsets: [Int: Float] = [:]
    /// `[batch, height, width, channel]`, and the channels that are taken from it.
    var replacement: (activations: Tensor, channels: Set<Int>?)?

    /// The channels give zero.
    public static func ablating(_ channels: some Sequence<Int>) -> ActivationEdit {
        setting(Dictionary(channels.map { ($0, 0) }, uniquingKeysWith: { first, _ in first }))
    }

    /// The channels give a constant at every position, such as their mean over a dataset ("mean ablation").
    public static func setting(_ values: [Int: Float]) -> ActivationEdit {
        ActivationEdit(gains: values.mapValues { _ in 0 }, offsets: values)
    }

    /// The channels are multiplied by a factor.
    public static func scaling(_ factors: [Int: Float]) -> ActivationEdit { ActivationEdit(gains: factors) }

    /// A direction is added at every position ("steering").
    public static func adding(_ direction: [Int: Float]) -> ActivationEdit { ActivationEdit(offsets: direction) }

    /// The channels come from other activations of the layer ("activation patching"), of another image for example.
    /// - Parameters:
    ///   - activations: `[batch, height, width, channel]` as ``Model/activations(of:at:)`` returns them; a batch of one serves every image.
    ///   - channels: which are replaced; all of them if nothing is said.
    public static func replacing(with activations: Tensor, channels: (some Sequence<Int>)? = [Int]?.none) -> ActivationEdit {
        ActivationEdit(replacement: (activations, channels.map { Set($0) }))
    }

    /// The channels that are named.
    var namedChannels: Set<Int> { Set(gains.keys).union(offsets.keys).union(replacement?.channels ?? []) }
}
