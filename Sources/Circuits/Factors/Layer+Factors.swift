import Networks
import RichDisplay
import Tensors

extension Layer {
    /// Groups of neurons that fire together in pictures: a non-negative factorization of the layer's activations, positions by channels,
    /// over all pictures at once.
    ///
    ///     try model["mixed4a"].factors(of: picture, count: 4)
    ///     try model["mixed4a"].factors(of: World.test.batch(0..<20).images, count: 8)
    ///
    /// The factorization is scikit-learn's with its defaults, which Lucid's `ChannelReducer` uses. Where activations are negative as well
    /// (before a ReLU, after a sum), their positive and negative parts are factored side by side, so that maps stay positive and directions
    /// get signs.
    /// - Parameters:
    ///   - images: `[picture, height, width, 3]` or `[height, width, 3]` in `0...1`.
    ///   - count: how many factors, at most as many as channels and positions.
    /// - Throws: `ModelError`, ``AttributionError``, `Interrupted`.
    public func factors(of images: Tensor, count: Int = 6) throws -> ActivationFactors {
        let pictures = images.rank == 3 ? images.reshaped([1] + images.shape) : images
        try checkMemory(of: pictures)
        let activations = try activations(of: images)
        guard activations.rank == 4 else { throw ModelError.notSpatial(layer: name) }
        let shape = activations.shape, channels = shape[3], places = shape[0] * shape[1] * shape[2]
        let largest = min(channels, places)
        guard (1...max(1, largest)).contains(count) else {
            throw AttributionError.setting(
                name: "count", value: "\(count)",
                allowed: "1 to \(largest) factors: \(name) has \(channels) channels at \(places) positions here")
        }
        guard activations.scalars.contains(where: { $0 != 0 }) else { throw AttributionError.silent(layer: name) }
        let matrix = activations.reshaped([places, channels])
        let parts = ActivationFactors.split(matrix)
        let found = try parts.nonnegativeFactors(count) { _ in try Interruption.check() }
        // The two signs of a channel are one number of the direction.
        let signed = parts.shape[1] == channels ? found.parts : found.parts[0..., ..<channels] - found.parts[0..., channels...]
        let lengths = sqrt(signed.squared.sum(along: [1])).scalars
        let weights = found.weights.squared.sum(along: [0]).scalars
        let energies = (0..<count).map { lengths[$0] * lengths[$0] * weights[$0] }
        let order = (0..<count).sorted { (energies[$0], $1) > (energies[$1], $0) }
        let scales = Tensor(order.map { lengths[$0] })
        let directions = signed.gathered(order, along: 0) / maximum(scales, Tensor(.leastNormalMagnitude)).expanded(at: 1)
        let maps = found.weights.gathered(order, along: 1) * scales
        let left = (matrix - maps.matmul(directions)).norm() / matrix.norm()
        return ActivationFactors(
            layer: self, pictures: pictures, directions: directions, maps: maps.reshaped([shape[0], shape[1], shape[2], count]),
            relativeError: left)
    }
}

extension Layer {
    /// - Throws: `ModelError.memory` when the activations of so many pictures, and what a factorization makes of them, do not fit.
    private func checkMemory(of pictures: Tensor) throws {
        guard pictures.rank == 4 else { return }
        let shape = try model.shape(of: name, imageHeight: pictures.shape[1], imageWidth: pictures.shape[2])
        // The activations, their two signs, the transpose and what is left over.
        let (needed, available) = (pictures.shape[0] * shape.count * 4 * 6, ProcessMemory.available)
        guard needed < available else { throw ModelError.memory(needed: needed, available: available) }
    }
}

extension ActivationFactors {
    /// The matrix itself where nothing of it is negative, and otherwise its positive parts beside its negative ones.
    static func split(_ matrix: Tensor) -> Tensor {
        matrix.min() >= 0 ? matrix : .concatenated([relu(matrix), relu(-matrix)], along: 1)
    }

    /// The maps of known directions in activations `[picture, height, width, channel]`.
    static func maps(of activations: Tensor, directions: Tensor) throws -> Tensor {
        guard activations.rank == 4 else { throw ModelError.notSpatial(layer: "the layer") }
        let matrix = activations.reshaped([-1, activations.shape[3]])
        let isSigned = matrix.min() < 0 || directions.min() < 0
        let parts = isSigned ? Tensor.concatenated([relu(matrix), relu(-matrix)], along: 1) : matrix
        let known = isSigned ? Tensor.concatenated([relu(directions), relu(-directions)], along: 1) : directions
        let weights = try parts.nonnegativeWeights(of: known) { _ in try Interruption.check() }
        return weights.reshaped(Array(activations.shape.dropLast()) + [directions.shape[0]])
    }
}
