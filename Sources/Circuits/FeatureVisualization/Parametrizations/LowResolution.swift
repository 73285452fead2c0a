import Tensors

/// Planes at a lower resolution, enlarged bilinearly by TensorFlow 1's rule: Lucid's `lowres_tensor`.
///
/// There may be fewer of them than images: one for all, or two for the ends of a series between which the others interpolate.
struct LowResolution: Sendable {
    /// The parameters are `[rows.from, images * channels, columns.from]`.
    private let rows: Interpolation
    private let columns: Interpolation
    private let channels: Int
    /// How many images share the parameters; none when each has its own.
    let images: Int?

    init(height: Int, width: Int, channels: Int, dividedBy factor: Int, images: Int? = nil) {
        rows = Interpolation(from: Swift.max(1, height / factor), to: height)
        columns = Interpolation(from: Swift.max(1, width / factor), to: width)
        (self.channels, self.images) = (channels, images)
    }

    /// Rows and columns of the parameters.
    var size: (height: Int, width: Int) { (rows.from, columns.from) }

    func parameterCount(batch: Int) -> Int { rows.from * (images ?? batch) * channels * columns.from }
    func workspaceCount(batch: Int) -> Int { rows.from * batch * channels * (columns.from + columns.to) }

    /// Adds the enlarged planes to planes `[height, batch * channels, width]`.
    func add(
        _ parameters: UnsafePointer<Float>, to planes: UnsafeMutablePointer<Float>, batch: Int, workspace: UnsafeMutablePointer<Float>
    ) {
        let count = batch * channels, own = workspace, wide = workspace + rows.from * count * columns.from
        spread(parameters, to: own, batch: batch)
        for line in 0..<rows.from * count {
            let (from, to) = (own + line * columns.from, wide + line * columns.to)
            for x in 0..<columns.to {
                let tap = columns.taps[x]
                to[x] = from[tap.low] + (from[tap.high] - from[tap.low]) * tap.share
            }
        }
        let row = count * columns.to
        for y in 0..<rows.to {
            let tap = rows.taps[y], to = planes + y * row
            let (low, high) = (wide + tap.low * row, wide + tap.high * row)
            for i in 0..<row { to[i] += low[i] + (high[i] - low[i]) * tap.share }
        }
    }

    /// Writes the gradient for the parameters.
    func adjoint(
        of planes: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>, batch: Int, workspace: UnsafeMutablePointer<Float>
    ) {
        let count = batch * channels, own = workspace, wide = workspace + rows.from * count * columns.from
        let row = count * columns.to
        workspace.update(repeating: 0, count: workspaceCount(batch: batch))
        for y in 0..<rows.to {
            let tap = rows.taps[y], from = planes + y * row
            let (low, high) = (wide + tap.low * row, wide + tap.high * row)
            for i in 0..<row {
                low[i] += from[i] * (1 - tap.share)
                high[i] += from[i] * tap.share
            }
        }
        for line in 0..<rows.from * count {
            let (to, from) = (own + line * columns.from, wide + line * columns.to)
            for x in 0..<columns.to {
                let tap = columns.taps[x]
                to[tap.low] += from[x] * (1 - tap.share)
                to[tap.high] += from[x] * tap.share
            }
        }
        gather(own, into: gradient, batch: batch)
    }

    // MARK: - From the images that share to all images

    private func spread(_ shared: UnsafePointer<Float>, to own: UnsafeMutablePointer<Float>, batch: Int) {
        own.update(repeating: 0, count: rows.from * batch * channels * columns.from)
        eachShare(batch) { source, target, weight in
            for i in 0..<channels * columns.from { own[target + i] += weight * shared[source + i] }
        }
    }

    private func gather(_ own: UnsafePointer<Float>, into shared: UnsafeMutablePointer<Float>, batch: Int) {
        shared.update(repeating: 0, count: parameterCount(batch: batch))
        eachShare(batch) { source, target, weight in
            for i in 0..<channels * columns.from { shared[source + i] += weight * own[target + i] }
        }
    }

    /// Calls `body` for every row of every image and each row of the parameters that it takes a share of.
    @inline(__always)
    private func eachShare(_ batch: Int, _ body: (_ source: Int, _ target: Int, _ weight: Float) -> Void) {
        let count = images ?? batch, row = channels * columns.from
        let scale = Float(count) / Float(batch)
        for entry in 0..<batch {
            let place = Float(entry) * scale
            let low = Swift.min(Int(place), count - 1), high = Swift.min(low + 1, count - 1), share = place - Float(low)
            for y in 0..<rows.from {
                let target = (y * batch + entry) * row
                body((y * count + low) * row, target, 1 - share)
                if share > 0 { body((y * count + high) * row, target, share) }
            }
        }
    }

    /// One axis of a bilinear resize.
    private struct Interpolation: Sendable {
        let from, to: Int
        let taps: [(low: Int, high: Int, share: Float)]

        init(from: Int, to: Int) {
            (self.from, self.to) = (from, to)
            let scale = Float(from) / Float(to)
            taps = (0..<to).map { target in
                let source = Float(target) * scale
                let low = Swift.min(Int(source), from - 1)
                return (low, Swift.min(low + 1, from - 1), source - Float(low))
            }
        }
    }
}
