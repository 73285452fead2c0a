import Tensors

/// What the planes of a batch of images are made of: a map from parameters to planes `[height, batch * channels, width]`, and its adjoint.
///
/// The planes of all images lie side by side, so that one matrix product transforms them all. Everything works in memory of the
/// caller's, so that the steps of an optimization allocate nothing.
protocol PlaneBasis: Sendable {
    /// Parameters of a batch.
    func parameterCount(batch: Int) -> Int
    /// Numbers of working memory for a batch.
    func workspaceCount(batch: Int) -> Int

    /// Writes the planes.
    func planes(
        of parameters: UnsafePointer<Float>, into planes: UnsafeMutablePointer<Float>, batch: Int, workspace: UnsafeMutablePointer<Float>)

    /// Writes the gradient for the parameters, from the gradient for the planes.
    func adjoint(
        of planes: UnsafePointer<Float>, at parameters: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>, batch: Int,
        workspace: UnsafeMutablePointer<Float>)

    /// Writes the noise that entry `position` of the batch starts from.
    func start(
        _ parameters: UnsafeMutablePointer<Float>, position: Int, batch: Int, deviation: Double, using random: inout CounterRandom)

    /// Adds to the parameters of the whole batch what gives the planes of a picture, `[channels, height, width]`, in every image.
    func add(_ picture: Tensor, to parameters: UnsafeMutablePointer<Float>, batch: Int)
}

extension PlaneBasis {
    /// Normal noise for one entry of parameters `[rows, batch, row]`.
    static func noise(
        _ parameters: UnsafeMutablePointer<Float>, rows: Int, row: Int, position: Int, batch: Int, deviation: Double,
        using random: inout CounterRandom
    ) {
        for outer in 0..<rows {
            let start = (outer * batch + position) * row
            for i in 0..<row { parameters[start + i] = Float(random.normal() * deviation) }
        }
    }
}

/// Planes that are their own parameters.
struct PixelBasis: PlaneBasis {
    let height, width, channels: Int

    func parameterCount(batch: Int) -> Int { height * batch * channels * width }
    func workspaceCount(batch: Int) -> Int { 0 }

    func planes(
        of parameters: UnsafePointer<Float>, into planes: UnsafeMutablePointer<Float>, batch: Int, workspace: UnsafeMutablePointer<Float>
    ) { planes.update(from: parameters, count: parameterCount(batch: batch)) }

    func adjoint(
        of planes: UnsafePointer<Float>, at parameters: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>, batch: Int,
        workspace: UnsafeMutablePointer<Float>
    ) { gradient.update(from: planes, count: parameterCount(batch: batch)) }

    func start(
        _ parameters: UnsafeMutablePointer<Float>, position: Int, batch: Int, deviation: Double, using random: inout CounterRandom
    ) {
        Self.noise(
            parameters, rows: height, row: channels * width, position: position, batch: batch, deviation: deviation, using: &random)
    }

    func add(_ picture: Tensor, to parameters: UnsafeMutablePointer<Float>, batch: Int) {
        let rows = picture.permuted(1, 0, 2)  // [height, channels, width]
        rows.withUnsafeScalars { rows in
            for y in 0..<height {
                for entry in 0..<batch {
                    let (source, target) = (y * channels * width, (y * batch + entry) * channels * width)
                    for i in 0..<channels * width { parameters[target + i] += rows[source + i] }
                }
            }
        }
    }
}
