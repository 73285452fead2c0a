import Figures
import Networks
import RichDisplay
import Tensors

/// How much a number changes with each pixel of a picture.
///
///     try model.saliency(of: picture, to: .logit("car"))
///
/// It shows the picture beside the map.
public struct Saliency: Drawable, CustomStringConvertible, Sendable {
    /// What becomes of the signs, and of the colours of a pixel.
    public enum Sign: String, CaseIterable, Sendable {
        /// The largest magnitude of the three colours (Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks", 2013;
        /// Captum's `Saliency`).
        case absolute
        /// The sum over the colours where it is positive: what would raise the number if it were brighter.
        case positive
        /// The sum over the colours.
        case signed
    }

    /// `[height, width, channel]` in `0...1`.
    public let picture: Tensor
    /// What is explained, in words.
    public let target: String
    public let sign: Sign
    /// The gradient of the target for the picture, `[height, width, channel]` per unit of the `0...1` picture; the mean of noisy pictures'
    /// for SmoothGrad.
    public let gradient: Tensor
    /// The target's value for the picture.
    public let value: Float
    /// How it was made, in words.
    public let how: String

    /// `[height, width]`: one number per pixel.
    public var map: Tensor {
        switch sign {
        case .absolute: abs(gradient).max(along: [2])
        case .positive: relu(gradient.sum(along: [2]))
        case .signed: gradient.sum(along: [2])
        }
    }

    public var description: String { "\(how) of \(target) = \(Visualization.short(value)), \(sign.rawValue)" }

    /// The map alone, black for zero; signed maps are blue below and red above it.
    /// - Throws: `ImageError`.
    public func image() throws -> Image {
        let map = map, largest = Swift.max(abs(map).max(), .leastNormalMagnitude)
        return try Image(map, colorMap: sign == .signed ? .weights : .gray, range: sign == .signed ? -largest...largest : 0...largest)
    }

    public func drawing() throws -> SVG {
        try ImageGrid(
            [Attribution.image(picture).resizedForFigure(), image().resizedForFigure()],
            captions: ["picture", sign == .signed ? "red raises, blue lowers" : "white matters most"], columns: 2, cellSize: 220,
            title: description
        ).drawing()
    }
}

extension Model {
    /// How much a number changes with each pixel: the gradient for the picture.
    ///
    ///     try model.saliency(of: picture, to: .logit("car"))
    ///     try model.saliency(of: picture, to: .logit("car"), samples: 50)                // SmoothGrad
    ///     try model.saliency(of: picture, to: .logit("car"), rules: .guidedReLU)         // guided backpropagation
    /// - Parameters:
    ///   - picture: `[height, width, 3]` in `0...1`.
    ///   - sign: what becomes of signs and colours.
    ///   - rules: how gradients pass ReLUs and poolings.
    ///   - samples: more than 1 for SmoothGrad, the mean gradient of so many noisy pictures (Smilkov, Thorat, Kim, Viégas and Wattenberg,
    ///     2017).
    ///   - noise: the standard deviation of the noise, in units of the `0...1` picture.
    ///   - seed: of the noise.
    /// - Throws: as ``attribution(of:to:at:by:showProgress:)``.
    public func saliency(
        of picture: Tensor, to target: AttributionTarget, sign: Saliency.Sign = .absolute, rules: BackwardRules = .standard,
        samples: Int = 1, noise: Float = 0.15, seed: UInt64 = 0, showProgress: Bool = true
    ) throws -> Saliency {
        guard (1...10_000).contains(samples) else {
            throw AttributionError.setting(name: "samples", value: "\(samples)", allowed: "1 to 10000")
        }
        guard noise.isFinite, noise >= 0 else { throw AttributionError.setting(name: "noise", value: "\(noise)", allowed: "0 or more") }
        let picture = try Attribution.onePicture(picture)
        let pass = try AttributionPass(model: self, picture: picture, layer: Objective.images, objective: try target.objective(self))
        var (value, gradient) = try pass.gradient(rules: rules)
        if samples > 1 {
            gradient = try pass.smoothedGradient(rules: rules, samples: samples, noise: noise, seed: seed, showProgress: showProgress)
        }
        let kind = rules.relu == .guided ? "guided backpropagation" : "gradient"
        return Saliency(
            picture: picture.slice(0), target: pass.objective.description, sign: sign, gradient: gradient.slice(0), value: value,
            how: samples > 1 ? "SmoothGrad (\(kind), \(samples) samples, noise \(noise))" : kind)
    }
}

extension AttributionPass {
    /// The mean gradient of noisy copies of the picture. Each copy has a stream of random numbers of its own, so that their number in a
    /// batch does not matter.
    func smoothedGradient(rules: BackwardRules, samples: Int, noise: Float, seed: UInt64, showProgress: Bool) throws -> Tensor {
        let progress = try VisualizationProgress("\(objective.description), SmoothGrad", steps: samples, isShown: showProgress)
        let batch = max(1, min(16, (1 << 18) / (picture.shape[1] * picture.shape[2])))
        var sums = [Double](repeating: 0, count: picture.count)
        for first in stride(from: 0, to: samples, by: batch) {
            try Interruption.check()
            if picture.shape[3] == 3 { try progress.update(step: first, images: picture) }
            let noisy = (first..<min(first + batch, samples)).map { sample in
                picture + Tensor(normal: picture.shape, deviation: Double(noise), seed: seed, stream: UInt64(sample))
            }
            let gradient = try run(model, images: .concatenated(noisy), rules: rules).gradient
            gradient.withUnsafeScalars { gradient in
                for i in 0..<gradient.count { sums[i % sums.count] += Double(gradient[i]) }
            }
        }
        try progress.finish("\(objective.description), SmoothGrad over \(samples) samples")
        return Tensor(shape: picture.shape, scalars: sums.map { Float($0 / Double(samples)) })
    }
}
