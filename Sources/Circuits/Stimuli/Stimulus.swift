import Figures
import Tensors

/// A picture made for a question: an arc of known radius and orientation, a grating of known frequency. It is drawn by code at any size,
/// with smooth edges.
///
///     try Stimulus.arc(radius: 20, orientation: 45).rendered(width: 64, height: 64)       // [64, 64, 3]
///     Stimulus.grating(wavelength: 8).colored(Color(0xCC0000), on: Color(0x00AA00))
///     Stimulus.disc(radius: 6).moved(x: 10, y: 0)
///
/// Lengths are pixels. Angles are degrees, clockwise on the screen from the right, as in "Curve Detectors": an arc's orientation is
/// where it bulges, a line's is where it runs. A stimulus is dark on white unless it is coloured.
public struct Stimulus: Hashable, Sendable {
    private(set) var pattern: StimulusPattern
    /// In degrees, clockwise on the screen from the right.
    public private(set) var orientation: Double
    /// What is drawn, and what it is drawn on; of waves, edges and textures the bright and the dark side.
    public private(set) var foreground: Color, background: Color
    /// 1 draws the foreground as it is, 0 nothing of it.
    public private(set) var contrast = 1.0
    /// How far the stimulus lies from the middle of the picture (or of the receptive field), to the right and down.
    public private(set) var offset = (x: 0.0, y: 0.0)
    /// The radius of a round window with a soft edge, beyond which there is grey; nil for none.
    public private(set) var aperture: Double?

    init(_ pattern: StimulusPattern, orientation: Double, foreground: Color = .black, background: Color = .white) {
        (self.pattern, self.orientation, self.foreground, self.background) = (pattern, orientation, foreground, background)
    }

    /// The same in other colours.
    public func colored(_ foreground: Color, on background: Color) -> Stimulus {
        var copy = self
        (copy.foreground, copy.background) = (foreground, background)
        return copy
    }

    /// The same with less contrast, from 1 (as it is) to 0 (nothing): shapes fade into their background, waves and textures into the mean
    /// of their two colours.
    public func contrast(_ contrast: Double) -> Stimulus {
        var copy = self
        copy.contrast = contrast
        return copy
    }

    /// The same so many pixels to the right and down.
    public func moved(x: Double, y: Double) -> Stimulus {
        var copy = self
        copy.offset = (offset.x + x, offset.y + y)
        return copy
    }

    /// The same seen through a round window of this radius: the middle of both colours beyond it.
    public func seen(within radius: Double) -> Stimulus {
        var copy = self
        copy.aperture = radius
        return copy
    }

    /// The same with lines so many times as wide; filled shapes, waves and textures stay as they are.
    public func widened(by factor: Double) -> Stimulus {
        var copy = self
        copy.pattern = pattern.widened(by: factor)
        return copy
    }

    public static func == (a: Stimulus, b: Stimulus) -> Bool {
        a.pattern == b.pattern && a.orientation == b.orientation && a.foreground == b.foreground && a.background == b.background
            && a.contrast == b.contrast && a.offset == b.offset && a.aperture == b.aperture
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(pattern)
        hasher.combine(orientation)
        hasher.combine(foreground)
        hasher.combine(background)
    }

    /// The picture, `[height, width, 3]` in `0...1`.
    /// - Parameter centre: where the stimulus lies, in pixels from the top left corner; the middle of the picture by default.
    /// - Throws: ``StimulusError`` for parameters that cannot be, and for closed shapes larger than the picture.
    public func rendered(width: Int, height: Int, centre: (x: Double, y: Double)? = nil) throws -> Tensor {
        try validate(width: width, height: height)
        let centre = centre ?? (Double(width) / 2, Double(height) / 2)
        return Tensor(shape: [height, width, 3]) { buffer in
            guard let base = buffer.baseAddress else { return }
            draw(into: base, width: width, height: height, centre: centre)
        }
    }

    /// The picture for display.
    /// - Throws: as ``rendered(width:height:centre:)``.
    public func image(size: Int = 96) throws -> Image { try Image(try rendered(width: size, height: size)) }

    /// Checks every parameter.
    /// - Throws: ``StimulusError``.
    func validate(width: Int, height: Int) throws {
        guard (1...4096).contains(width), (1...4096).contains(height) else {
            throw StimulusError.pictureSize(width: width, height: height)
        }
        for parameter in pattern.parameters {
            guard parameter.value.isFinite || parameter.mayBeInfinite && parameter.value == .infinity else {
                throw StimulusError.notFinite(parameter: parameter.name, stimulus: pattern.name)
            }
            guard !parameter.value.isFinite || parameter.range.contains(parameter.value) else {
                throw StimulusError.outOfRange(
                    parameter: parameter.name, value: parameter.value,
                    allowed: "from \(parameter.range.lowerBound) to \(parameter.range.upperBound)", stimulus: pattern.name)
            }
        }
        for (name, value) in [("orientation", orientation), ("offset", offset.x), ("offset", offset.y), ("window", aperture ?? 1)]
        where !value.isFinite {
            throw StimulusError.notFinite(parameter: name, stimulus: pattern.name)
        }
        guard (0...1).contains(contrast) else {
            throw StimulusError.outOfRange(parameter: "contrast", value: contrast, allowed: "from 0 to 1", stimulus: pattern.name)
        }
        if let extent = pattern.extent, extent > Double(Swift.min(width, height)) {
            throw StimulusError.tooLarge(stimulus: pattern.name, extent: extent, height: height, width: width)
        }
    }

    /// Draws the picture into `height * width * 3` floats.
    func draw(into pixels: UnsafeMutablePointer<Float>, width: Int, height: Int, centre: (x: Double, y: Double)) {
        let place = (x: centre.x + offset.x, y: centre.y + offset.y)
        let pivot: Float = pattern.isBalanced ? 0.5 : 0, contrast = Float(contrast)
        let low = (background.red, background.green, background.blue)
        let span = (foreground.red - low.0, foreground.green - low.1, foreground.blue - low.2)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width * height) { amounts in
            guard let base = amounts.baseAddress else { return }
            pattern.draw(into: base, width: width, height: height, centre: place, orientation: orientation)
            if let aperture { Self.window(base, width: width, height: height, centre: place, radius: Float(aperture)) }
            for pixel in 0..<width * height {
                let amount = pivot + (base[pixel] - pivot) * contrast
                pixels[pixel * 3] = low.0 + span.0 * amount
                pixels[pixel * 3 + 1] = low.1 + span.1 * amount
                pixels[pixel * 3 + 2] = low.2 + span.2 * amount
            }
        }
    }

    /// Mixes the amounts with one half outside of a disc whose edge is one tenth of the radius wide.
    private static func window(
        _ amounts: UnsafeMutablePointer<Float>, width: Int, height: Int, centre: (x: Double, y: Double), radius: Float
    ) {
        let soft = max(radius / 10, 1)
        for row in 0..<height {
            for column in 0..<width {
                let x = Float(column) + 0.5 - Float(centre.x), y = Float(row) + 0.5 - Float(centre.y)
                let share = min(max((radius - (x * x + y * y).squareRoot()) / soft, 0), 1)
                let index = row * width + column
                amounts[index] = 0.5 + (amounts[index] - 0.5) * share
            }
        }
    }
}
