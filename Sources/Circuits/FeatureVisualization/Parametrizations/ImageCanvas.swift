import Tensors

/// An ``ImageParametrization`` of images of one size: the map from parameters to images and its adjoint.
public struct ImageCanvas: Sendable {
    /// The settings.
    public let parametrization: ImageParametrization
    /// Rows of an image.
    public let height: Int
    /// Columns of an image.
    public let width: Int
    /// 3, or 4 with opacity.
    public var channels: Int { parametrization.channels }
    let basis: any PlaneBasis
    let shared: [LowResolution]
    let colour: ColourMap
    /// Streams of random numbers for shared parts start here, beyond those of images and transforms.
    private static let sharedStream: UInt64 = 1 << 33

    /// - Precondition: height and width are at least 1.
    init(_ parametrization: ImageParametrization, height: Int, width: Int) {
        require(height > 0 && width > 0, "an image of \(height) x \(width) pixels has no pixels to optimize")
        (self.parametrization, self.height, self.width) = (parametrization, height, width)
        let channels = parametrization.channels
        switch parametrization.basis {
        case .fourier(let decay): basis = FourierBasis(height: height, width: width, channels: channels, decay: decay)
        case .pixels: basis = PixelBasis(height: height, width: width, channels: channels)
        case .laplacianPyramid(let levels): basis = PyramidBasis(height: height, width: width, channels: channels, levels: levels)
        case .cppn(let layers, let neurons):
            basis = PatternNetwork(height: height, width: width, channels: channels, layers: layers, neurons: neurons)
        }
        shared = parametrization.sharedLevels.map {
            LowResolution(height: height, width: width, channels: channels, dividedBy: $0.divisor, images: $0.images)
        }
        colour = parametrization.isGrey ? .grey : parametrization.decorrelatesColour ? .decorrelated : .plain
    }

    /// The shape of the parameters of a batch: `[height, 2, batch * channels, frequencies]` for a spectrum (real and imaginary parts; the
    /// planes of all images side by side, so that one matrix product transforms them all), `[height, batch * channels, width]` for pixels,
    /// and one row of numbers for all others.
    public func parameterShape(batch: Int) -> [Int] {
        if shared.isEmpty {
            if let fourier = basis as? FourierBasis { return [height, 2, batch * channels, fourier.frequencies] }
            if basis is PixelBasis { return [height, batch * channels, width] }
        }
        return [shared.reduce(basis.parameterCount(batch: batch)) { $0 + $1.parameterCount(batch: batch) }]
    }

    /// Normal noise of the parametrization's deviation, and the picture to start from. An entry's noise depends on the seed and on its
    /// number in `entries` alone, so it does not change with the size of the batch; entries of one number start alike.
    public func initialParameters(seed: UInt64, entries: [Int]) -> Tensor {
        var parameters = Tensor(zeros: parameterShape(batch: entries.count))
        fill(&parameters, seed: seed, streams: entries.map { UInt64($0) })
        guard let start = parametrization.start else { return parameters }
        let planes = colour.planes(of: start.resized(height: height, width: width, channels: channels))
        parameters.withUnsafeMutableScalars { parameters in
            guard let parameters = parameters.baseAddress else { return }
            basis.add(planes, to: parameters, batch: entries.count)
        }
        return parameters
    }

    /// Writes the noise that images start from, one stream of random numbers for each.
    func fill(_ parameters: inout Tensor, seed: UInt64, streams: [UInt64]) {
        let batch = streams.count, deviation = parametrization.deviation
        parameters.withUnsafeMutableScalars { parameters in
            guard let parameters = parameters.baseAddress else { return }
            for (position, stream) in streams.enumerated() {
                var random = CounterRandom(seed: seed, stream: stream)
                basis.start(parameters, position: position, batch: batch, deviation: deviation, using: &random)
            }
            var place = basis.parameterCount(batch: batch)
            for (number, level) in shared.enumerated() {
                var random = CounterRandom(seed: seed, stream: Self.sharedStream + UInt64(number))
                for i in place..<place + level.parameterCount(batch: batch) { parameters[i] = Float(random.normal() * deviation) }
                place += level.parameterCount(batch: batch)
            }
        }
    }

    /// The number of images that parameters are for.
    private func batch(of parameters: Tensor) -> Int {
        let common = shared.reduce(0) { $0 + $1.parameterCount(batch: 1) }
        let batch = (parameters.count - common) / basis.parameterCount(batch: 1)
        require(
            batch > 0 && parameters.shape == parameterShape(batch: batch),
            "\(parametrization) has no parameters of shape \(parameters.shape)")
        return batch
    }

    /// The images `[batch, height, width, channels]` in 0...1 that the parameters stand for.
    public func images(of parameters: Tensor) -> Tensor {
        let batch = batch(of: parameters)
        var images = Tensor(zeros: [batch, height, width, channels])
        ImageRenderer(self, batch: batch).render(parameters, into: &images)
        return images
    }

    /// The gradient of the parameters, from the gradient of the images `[batch, height, width, channels]` at the images and parameters
    /// themselves.
    public func adjoint(of gradient: Tensor, at images: Tensor, parameters: Tensor) -> Tensor {
        require(gradient.shape == images.shape, "a gradient of shape \(gradient.shape) for images of shape \(images.shape)")
        var result = Tensor(zeros: parameters.shape)
        ImageRenderer(self, batch: batch(of: parameters)).adjoint(of: gradient, at: images, parameters: parameters, into: &result)
        return result
    }
}

/// An ``ImageCanvas`` with the memory that it needs for a batch, for a loop that renders again and again.
final class ImageRenderer {
    let canvas: ImageCanvas
    let batch: Int
    private let planes: UnsafeMutablePointer<Float>
    private let workspace: UnsafeMutablePointer<Float>

    init(_ canvas: ImageCanvas, batch: Int) {
        (self.canvas, self.batch) = (canvas, batch)
        let needs = canvas.shared.map { $0.workspaceCount(batch: batch) } + [canvas.basis.workspaceCount(batch: batch), 1]
        planes = .allocate(capacity: canvas.height * canvas.width * canvas.channels * batch)
        workspace = .allocate(capacity: needs.max() ?? 1)
    }

    deinit {
        planes.deallocate()
        workspace.deallocate()
    }

    /// Writes the images that the parameters stand for.
    func render(_ parameters: Tensor, into images: inout Tensor) {
        let (height, width, channels) = (canvas.height, canvas.width, canvas.channels)
        parameters.withUnsafeScalars { parameters in
            guard let parameters = parameters.baseAddress else { return }
            canvas.basis.planes(of: parameters, into: planes, batch: batch, workspace: workspace)
            var place = canvas.basis.parameterCount(batch: batch)
            for level in canvas.shared {
                level.add(parameters + place, to: planes, batch: batch, workspace: workspace)
                place += level.parameterCount(batch: batch)
            }
        }
        images.withUnsafeMutableScalars { images in
            guard let images = images.baseAddress else { return }
            canvas.colour.images(of: planes, into: images, batch: batch, height: height, width: width, channels: channels)
        }
    }

    /// Writes the gradient for the parameters.
    func adjoint(of gradient: Tensor, at images: Tensor, parameters: Tensor, into result: inout Tensor) {
        let (height, width, channels) = (canvas.height, canvas.width, canvas.channels)
        gradient.withUnsafeScalars { gradient in
            images.withUnsafeScalars { images in
                guard let gradient = gradient.baseAddress, let images = images.baseAddress else { return }
                canvas.colour.adjoint(
                    of: gradient, at: images, into: planes, batch: batch, height: height, width: width, channels: channels)
            }
        }
        result.withUnsafeMutableScalars { result in
            parameters.withUnsafeScalars { parameters in
                guard let result = result.baseAddress, let parameters = parameters.baseAddress else { return }
                canvas.basis.adjoint(of: planes, at: parameters, into: result, batch: batch, workspace: workspace)
                var place = canvas.basis.parameterCount(batch: batch)
                for level in canvas.shared {
                    level.adjoint(of: planes, into: result + place, batch: batch, workspace: workspace)
                    place += level.parameterCount(batch: batch)
                }
            }
        }
    }
}
