import CVector
import Tensors

/// What a network makes of an image in `0...1` before its first layer: every channel is scaled and shifted, and they may change places.
///
///     .range(-117...138)                                                                     // Lucid's InceptionV1
///     .meanAndDeviation(mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])       // torchvision
///     .means([123.68, 116.779, 103.939], order: .bgr)                                        // Caffe
public struct InputNormalization: Hashable, Sendable {
    /// In which order the network reads the colours of an image, whose own order is red, green, blue.
    public enum ChannelOrder: Hashable, Sendable { case rgb, bgr }

    /// What each of the image's channels is multiplied by, and what is added then; a single one is for all channels. They follow the order
    /// of the image, whatever ``order`` is.
    public let scales: [Float]
    public let shifts: [Float]
    public let order: ChannelOrder

    /// - Precondition: `scales` and `shifts` are equally many, at least one.
    public init(scales: [Float], shifts: [Float], order: ChannelOrder = .rgb) {
        require(!scales.isEmpty && scales.count == shifts.count, "\(scales.count) scales and \(shifts.count) shifts of an image's channels")
        (self.scales, self.shifts, self.order) = (scales, shifts, order)
    }

    /// `0...1` becomes `range`, in every channel.
    public static func range(_ range: ClosedRange<Float>, order: ChannelOrder = .rgb) -> InputNormalization {
        InputNormalization(scales: [range.upperBound - range.lowerBound], shifts: [range.lowerBound], order: order)
    }

    /// `(x - mean) / deviation`, both in units of the `0...1` image, by red, green and blue.
    /// - Precondition: they are equally many, and no deviation is zero.
    public static func meanAndDeviation(mean: [Float], deviation: [Float], order: ChannelOrder = .rgb) -> InputNormalization {
        require(
            mean.count == deviation.count && !deviation.contains(0),
            "the means \(mean) and deviations \(deviation) are not one of each for every channel, or a deviation is zero")
        return InputNormalization(
            scales: deviation.map { Float(1 / Double($0)) }, shifts: zip(mean, deviation).map { Float(-Double($0) / Double($1)) },
            order: order)
    }

    /// `255 x - mean`: images in `0...255` around means by red, green and blue, as Caffe's models take them.
    public static func means(_ means: [Float], order: ChannelOrder = .bgr) -> InputNormalization {
        InputNormalization(scales: means.map { _ in 255 }, shifts: means.map { -$0 }, order: order)
    }

    /// torchvision's, over ImageNet.
    public static let imageNet = meanAndDeviation(mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])

    /// Why an image with so many channels cannot be normalized like this; nil if it can.
    func misfit(channels: Int) -> String? {
        guard channels > 0 else { return "images have at least one channel" }
        guard scales.count == 1 || scales.count == channels else {
            return "the normalization is of \(scales.count) channels, the images have \(channels)"
        }
        guard (scales + shifts).allSatisfy(\.isFinite) else { return "the normalization holds a number that is not finite" }
        return order == .bgr && channels != 3 ? "blue, green and red are three channels, the images have \(channels)" : nil
    }

    /// The scale of every channel of the image.
    func scales(channels: Int) -> [Float] { scales.count == 1 ? [Float](repeating: scales[0], count: channels) : scales }

    /// Writes the normalized images.
    func load(_ images: Tensor, into view: ActivationView) {
        images.withUnsafeScalars { scalars in
            guard let base = scalars.baseAddress else { return }
            let shape = view.shape
            let pixels = ActivationView(
                base: UnsafeMutablePointer(mutating: base), batch: view.batch, shape: shape, pixelStride: shape.channels)
            map(pixels, into: view, shifts: shifts)
        }
    }

    /// The gradient with respect to the `0...1` image, given the one with respect to what the network reads.
    /// - Parameter window: the pixels that are asked for; zero where the gradient holds none.
    func imageGradient(_ gradient: ActivationView, window: Window) -> Tensor {
        if window != gradient.window {
            let part = imageGradient(gradient, window: gradient.window)
            return part.withView(of: gradient.window, in: gradient.whole) { $0.tensor(window: window) } ?? part
        }
        let shape = gradient.shape
        return Tensor(shape: shape.tensorShape(batch: gradient.batch)) { result in
            guard let base = result.baseAddress, result.count > 0 else { return }
            let pixels = ActivationView(base: base, batch: gradient.batch, shape: shape, pixelStride: shape.channels)
            // Swapping red and blue is its own inverse, so the adjoint differs in the order of the scales alone, which are the image's.
            map(gradient, into: pixels, scales: order == .bgr ? scales.reversed() : scales, shifts: scales.map { _ in 0 })
        }
    }

    /// Scales and shifts are in the order of `from`.
    private func map(_ from: ActivationView, into to: ActivationView, scales: [Float]? = nil, shifts: [Float]) {
        let scales = scales ?? self.scales
        if order == .rgb, scales.count == 1 {
            vector_copy(to.vector, from.vector, to.pixels, to.channels, scales[0], shifts[0], 0)
        } else if order == .rgb {
            vector_affine(to.vector, from.vector, scales, shifts, to.pixels, to.channels, 0)
        } else {
            for channel in 0..<to.channels {
                let place = scales.count == 1 ? 0 : channel
                vector_copy(
                    vector_pixels(base: to.base + (to.channels - 1 - channel), stride: to.pixelStride),
                    vector_pixels(base: from.base + channel, stride: from.pixelStride), to.pixels, 1, scales[place], shifts[place], 0)
            }
        }
    }
}
