import Foundation
import Tensors

/// A compositional pattern-producing network: each pixel's planes are computed from its coordinates alone by a small network of
/// 1x1 convolutions, and the parameters are that network's weights. One network per image.
///
/// Layers, activation and start are Lucid's `cppn`: coordinates from -√3 to √3; hidden layers whose `a = atan(x)` is passed on as
/// `a / 0.67` and `a² / 0.6`; weights of variance 1 / inputs, biases of deviation 0.1; a last layer that starts at zero.
/// After Stanley, "Compositional Pattern Producing Networks" (2007), and Mordvintsev et al., "Differentiable Image Parameterizations"
/// (Distill, 2018). Pixels are taken in tiles whose activations fit into the cache; the backward pass computes them again.
struct PatternNetwork: PlaneBasis {
    let height, width, channels: Int
    /// Hidden layers, and neurons in each.
    let layers, neurons: Int

    private static let tile = 256
    private static let (oddScale, evenScale): (Float, Float) = (1 / 0.67, 1 / 0.6)

    /// Inputs and outputs of each matrix, the last one included.
    private func sizes(_ layer: Int) -> (inputs: Int, outputs: Int) {
        (layer == 0 ? 2 : 2 * neurons, layer == layers ? channels : neurons)
    }

    /// The place of a layer's weights `[inputs, outputs]` among the parameters of an image; its biases follow.
    private func place(_ layer: Int) -> Int {
        (0..<layer).reduce(0) { $0 + (sizes($1).inputs + 1) * sizes($1).outputs }
    }

    func parameterCount(batch: Int) -> Int { batch * place(layers + 1) }

    /// For a tile: inputs of every layer and slopes of every hidden one, the outputs, and two gradients.
    func workspaceCount(batch: Int) -> Int { Self.tile * (2 + layers * 3 * neurons + channels + 3 * neurons) }

    func start(
        _ parameters: UnsafeMutablePointer<Float>, position: Int, batch: Int, deviation: Double, using random: inout CounterRandom
    ) {
        let own = parameters + position * place(layers + 1)
        for layer in 0...layers {
            let (inputs, outputs) = sizes(layer), weights = own + place(layer)
            // A normal distribution without what lies beyond two deviations has 0.8796 of the deviation.
            let deviation = 1 / Double(inputs).squareRoot() / 0.8796256610342398
            for i in 0..<inputs * outputs {
                guard layer < layers else {
                    weights[i] = 0
                    continue
                }
                var normal = random.normal()
                while abs(normal) > 2 { normal = random.normal() }
                weights[i] = Float(normal * deviation)
            }
            for i in inputs * outputs..<(inputs + 1) * outputs { weights[i] = Float(random.normal() * 0.1) }
        }
    }

    /// Settings with a starting picture are refused before: a picture has no network.
    func add(_ picture: Tensor, to parameters: UnsafeMutablePointer<Float>, batch: Int) {}

    func planes(
        of parameters: UnsafePointer<Float>, into planes: UnsafeMutablePointer<Float>, batch: Int, workspace: UnsafeMutablePointer<Float>
    ) {
        for entry in 0..<batch {
            eachTile { first, count in
                let outputs = forward(parameters + entry * place(layers + 1), first, count, workspace)
                for i in 0..<count {
                    let target = planes + self.plane((first + i) / width, entry, batch) + (first + i) % width
                    for c in 0..<channels { target[c * width] = outputs[i * channels + c] }
                }
            }
        }
    }

    func adjoint(
        of planes: UnsafePointer<Float>, at parameters: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>, batch: Int,
        workspace: UnsafeMutablePointer<Float>
    ) {
        gradient.update(repeating: 0, count: parameterCount(batch: batch))
        for entry in 0..<batch {
            let (own, into) = (parameters + entry * place(layers + 1), gradient + entry * place(layers + 1))
            eachTile { first, count in
                let outputs = forward(own, first, count, workspace)
                for i in 0..<count {
                    let source = planes + self.plane((first + i) / width, entry, batch) + (first + i) % width
                    for c in 0..<channels { outputs[i * channels + c] = source[c * width] }
                }
                backward(own, into, outputs, count, workspace)
            }
        }
    }

    private func plane(_ y: Int, _ entry: Int, _ batch: Int) -> Int { (y * batch + entry) * channels * width }

    private func eachTile(_ body: (_ first: Int, _ count: Int) -> Void) {
        for first in stride(from: 0, to: height * width, by: Self.tile) { body(first, Swift.min(Self.tile, height * width - first)) }
    }

    // MARK: - One tile

    /// The inputs of a layer in the workspace: coordinates, or both halves of the activations before.
    private func inputs(_ layer: Int, _ workspace: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
        layer == 0 ? workspace : workspace + Self.tile * (2 + (layer - 1) * 2 * neurons)
    }

    private func slopes(_ layer: Int, _ workspace: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
        workspace + Self.tile * (2 + layers * 2 * neurons + layer * neurons)
    }

    private func outputs(_ workspace: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
        workspace + Self.tile * (2 + layers * 3 * neurons)
    }

    private func forward(
        _ parameters: UnsafePointer<Float>, _ first: Int, _ count: Int, _ workspace: UnsafeMutablePointer<Float>
    ) -> UnsafeMutablePointer<Float> {
        let reach = Float(3).squareRoot()
        func coordinate(_ index: Int, of size: Int) -> Float { size > 1 ? reach * (2 * Float(index) / Float(size - 1) - 1) : 0 }
        for i in 0..<count {
            workspace[2 * i] = coordinate((first + i) % width, of: width)
            workspace[2 * i + 1] = coordinate((first + i) / width, of: height)
        }
        for layer in 0...layers {
            let (from, to) = sizes(layer), weights = parameters + place(layer), biases = weights + from * to
            let sums = layer == layers ? outputs(workspace) : slopes(layer, workspace)
            for i in 0..<count { (sums + i * to).update(from: biases, count: to) }
            matrixMultiply(m: count, n: to, k: from, inputs(layer, workspace), lda: from, weights, ldb: to, beta: 1, sums, ldc: to)
            guard layer < layers else { break }
            let next = inputs(layer + 1, workspace), angles = outputs(workspace) + Self.tile * channels
            for i in 0..<count * neurons {
                let x = sums[i]
                angles[i] = Self.arctangent(x)
                sums[i] = 1 / (1 + x * x)
            }
            for i in 0..<count {
                let (row, odd) = (angles + i * neurons, next + i * 2 * neurons)
                for n in 0..<neurons { odd[n] = row[n] * Self.oddScale }
                for n in 0..<neurons { odd[neurons + n] = row[n] * row[n] * Self.evenScale }
            }
        }
        return outputs(workspace)
    }

    /// Adds a tile's share to the gradient for the parameters.
    private func backward(
        _ parameters: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>, _ outputs: UnsafeMutablePointer<Float>, _ count: Int,
        _ workspace: UnsafeMutablePointer<Float>
    ) {
        let ofSums = outputs + Self.tile * channels, ofInputs = ofSums + Self.tile * neurons
        for layer in stride(from: layers, through: 0, by: -1) {
            let (from, to) = sizes(layer), weights = parameters + place(layer), into = gradient + place(layer)
            let (sums, before) = (layer == layers ? outputs : ofSums, inputs(layer, workspace))
            matrixMultiply(m: from, n: to, k: count, before, lda: from, transposeA: true, sums, ldb: to, beta: 1, into, ldc: to)
            let biases = into + from * to
            for i in 0..<count { for n in 0..<to { biases[n] += sums[i * to + n] } }
            guard layer > 0 else { return }
            matrixMultiply(m: count, n: from, k: to, sums, lda: to, weights, ldb: to, transposeB: true, ofInputs, ldc: from)
            let slope = slopes(layer - 1, workspace)
            for i in 0..<count {
                let (values, gradients) = (before + i * from, ofInputs + i * from)
                let target = ofSums + i * neurons, slope = slope + i * neurons
                for n in 0..<neurons {
                    let even = gradients[neurons + n] * values[n] * (2 * Self.evenScale / Self.oddScale)
                    target[n] = (gradients[n] * Self.oddScale + even) * slope[n]
                }
            }
        }
    }

    /// The arctangent without branches, so that it runs in vectors; exact to a few units in the last place.
    @inline(__always)
    private static func arctangent(_ x: Float) -> Float {
        // Above tan π/8, atan x = π/4 + atan (x - 1) / (x + 1); above tan 3π/8, atan x = π/2 + atan -1 / x.
        let size = abs(x), isMiddle = size > 0.41421356, isLarge = size > 2.4142136
        let numerator = isLarge ? -1 : isMiddle ? size - 1 : size
        let denominator = isLarge ? size : isMiddle ? size + 1 : 1
        let turned = isLarge ? Float.pi / 2 : isMiddle ? Float.pi / 4 : 0
        let t = numerator / denominator, z = t * t
        // The Taylor series; the next term is below a tenth of a unit in the last place.
        var series: Float = 1 / 17
        series = series * z - 1 / 15
        series = series * z + 1 / 13
        series = series * z - 1 / 11
        series = series * z + 1 / 9
        series = series * z - 1 / 7
        series = series * z + 1 / 5
        series = series * z - 1 / 3
        return Float(signOf: x, magnitudeOf: turned + (series * z * t + t))
    }
}
