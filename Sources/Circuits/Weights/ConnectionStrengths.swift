import Networks
import RichDisplay
import Tensors

/// How strongly every unit of a layer is connected with every unit of another one, excitation and inhibition told apart.
///
/// A connection's kernel of expanded weights has a norm of what excites and a norm of what inhibits; the first less the second is its
/// signed strength. What excites on one side and inhibits as much on the other counts as neither.
struct ConnectionStrengths: Sendable {
    let layer: Layer
    let side: FeatureConnections.Side
    /// The layer at the other end.
    let other: String
    /// `[unit of the layer, unit of the other]`: the norm of the kernel's positive part less that of its negative part.
    let signed: Tensor

    /// - Parameter other: the layer at the other end; the canonical layer before or behind by default. Behind a max-pool the weights are
    ///   those on the pooled grid.
    /// - Throws: ``ModelError``, ``CircuitError``.
    init(of layer: Layer, side: FeatureConnections.Side, other: String? = nil) throws {
        let any = layer[0], model = layer.model
        try any.validate()
        let found = try other ?? (side == .implementation ? any.layerBefore() : any.layerBehind())
        (self.layer, self.side, self.other) = (layer, side, found)
        let (earlier, later) = side == .implementation ? (found, layer.name) : (layer.name, found)
        let grid = model.pooledGrid(of: earlier, before: later), targets = try model.channels(of: later)
        let sources = try model.channels(of: earlier)
        var rows: [Float] = []
        rows.reserveCapacity(targets * sources)
        // The kernels of a whole layer at once would be as large as its weights multiplied out.
        for start in stride(from: 0, to: targets, by: 64) {
            try Interruption.check()
            let some = Array(start..<min(start + 64, targets))
            rows += Self.signed(try model.expandedWeights(from: grid, to: later, channels: some))
        }
        let matrix = Tensor(shape: [targets, sources], scalars: rows)
        signed = side == .implementation ? matrix : matrix.transposed
    }

    /// Strengths that were made otherwise.
    init(_ signed: Tensor, of layer: Layer, side: FeatureConnections.Side, other: String) {
        (self.signed, self.layer, self.side, self.other) = (signed, layer, side, other)
    }

    /// The signed strength of one connection's kernel `[height, width]`.
    static func signed(ofKernel kernel: Tensor) -> Double {
        Double(signed(kernel.reshaped([1, kernel.shape[0], kernel.shape[1], 1]))[0])
    }

    /// The signed strengths of kernels `[target, height, width, source]`, target after target.
    private static func signed(_ kernels: Tensor) -> [Float] {
        let targets = kernels.shape[0], sources = kernels.shape[3], places = kernels.shape[1] * kernels.shape[2]
        var excitation = [Float](repeating: 0, count: targets * sources), inhibition = excitation
        kernels.withUnsafeScalars { values in
            for target in 0..<targets {
                for place in 0..<places {
                    for source in 0..<sources {
                        let value = values[(target * places + place) * sources + source]
                        if value > 0 {
                            excitation[target * sources + source] += value * value
                        } else {
                            inhibition[target * sources + source] += value * value
                        }
                    }
                }
            }
        }
        return zip(excitation, inhibition).map { $0.squareRoot() - $1.squareRoot() }
    }
}
