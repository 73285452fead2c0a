import Tensors

/// A Laplacian pyramid: the sum of planes at 1/1, 1/2, 1/4, ... of the resolution. Lucid's `laplacian_pyramid_image`.
struct PyramidBasis: PlaneBasis {
    private let levels: [LowResolution]
    private let pixels: PixelBasis

    init(height: Int, width: Int, channels: Int, levels: Int) {
        pixels = PixelBasis(height: height, width: width, channels: channels)
        self.levels = (1..<Swift.max(levels, 1)).map {
            LowResolution(height: height, width: width, channels: channels, dividedBy: 1 << $0)
        }
    }

    func parameterCount(batch: Int) -> Int { levels.reduce(pixels.parameterCount(batch: batch)) { $0 + $1.parameterCount(batch: batch) } }
    func workspaceCount(batch: Int) -> Int { levels.map { $0.workspaceCount(batch: batch) }.max() ?? 0 }

    func planes(
        of parameters: UnsafePointer<Float>, into planes: UnsafeMutablePointer<Float>, batch: Int, workspace: UnsafeMutablePointer<Float>
    ) {
        pixels.planes(of: parameters, into: planes, batch: batch, workspace: workspace)
        var start = pixels.parameterCount(batch: batch)
        for level in levels {
            level.add(parameters + start, to: planes, batch: batch, workspace: workspace)
            start += level.parameterCount(batch: batch)
        }
    }

    func adjoint(
        of planes: UnsafePointer<Float>, at parameters: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>, batch: Int,
        workspace: UnsafeMutablePointer<Float>
    ) {
        pixels.adjoint(of: planes, at: parameters, into: gradient, batch: batch, workspace: workspace)
        var start = pixels.parameterCount(batch: batch)
        for level in levels {
            level.adjoint(of: planes, into: gradient + start, batch: batch, workspace: workspace)
            start += level.parameterCount(batch: batch)
        }
    }

    func start(
        _ parameters: UnsafeMutablePointer<Float>, position: Int, batch: Int, deviation: Double, using random: inout CounterRandom
    ) {
        pixels.start(parameters, position: position, batch: batch, deviation: deviation, using: &random)
        var start = pixels.parameterCount(batch: batch)
        for level in levels {
            Self.noise(
                parameters + start, rows: level.size.height, row: pixels.channels * level.size.width, position: position, batch: batch,
                deviation: deviation, using: &random)
            start += level.parameterCount(batch: batch)
        }
    }

    /// Everything goes into the finest level.
    func add(_ picture: Tensor, to parameters: UnsafeMutablePointer<Float>, batch: Int) {
        pixels.add(picture, to: parameters, batch: batch)
    }
}
