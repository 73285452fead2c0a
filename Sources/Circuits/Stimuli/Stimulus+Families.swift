import Figures

/// Lines and curves: "Curve Detectors", section 3.1 of the analysis.
extension Stimulus {
    /// An arc of a circle whose middle lies in the middle of the picture and which bulges to `orientation`.
    /// - Parameters:
    ///   - span: how much of the circle is drawn, in degrees.
    ///   - isFilled: the disc behind the arc instead of its outline.
    public static func arc(
        radius: Double, orientation: Double, span: Double = 180, width: Double = 1.5, isFilled: Bool = false
    ) -> Stimulus {
        Stimulus(
            .bend(Bend(radius: radius, halfTurn: isFilled ? 180 : span / 2, arms: 0), width: width, isFilled: isFilled),
            orientation: orientation)
    }

    /// A straight line through the middle of the picture that runs along `orientation`.
    /// - Parameter length: of the line; by default it leaves the picture.
    public static func line(orientation: Double, width: Double = 1.5, length: Double = .infinity) -> Stimulus {
        Stimulus(.line(length: length, width: width), orientation: orientation)
    }

    /// Two straight segments that meet in the middle of the picture and point to `orientation`.
    /// - Parameters:
    ///   - opening: the angle between the segments, in degrees; 180 is a straight line.
    ///   - arms: the length of each segment; by default they leave the picture.
    ///   - isFilled: the wedge between the segments instead of its outline.
    public static func corner(
        opening: Double, orientation: Double, width: Double = 1.5, arms: Double = .infinity, isFilled: Bool = false
    ) -> Stimulus {
        Stimulus(
            .bend(Bend(radius: 0, halfTurn: 90 - opening / 2, arms: arms), width: width, isFilled: isFilled),
            orientation: orientation)
    }

    /// A step of the morph from an angle to a curve: the same turn from one end to the other, ever rounder.
    /// - Parameters:
    ///   - opening: the angle between the ends' directions, in degrees; 180 is a straight line.
    ///   - roundness: 0 is the sharp corner, 1 an arc from end to end.
    ///   - reach: the length from the middle to each end, along the line.
    public static func bend(
        opening: Double, roundness: Double, orientation: Double, reach: Double, width: Double = 1.5
    ) -> Stimulus {
        let halfTurn = 90 - opening / 2, turn = halfTurn * .pi / 180
        // The arc takes this share of the line's length, the arms the rest.
        let radius = turn > 1e-6 ? roundness * reach / turn : 0
        return Stimulus(
            .bend(Bend(radius: radius, halfTurn: halfTurn, arms: reach * (1 - roundness)), width: width, isFilled: false),
            orientation: orientation)
    }
}

/// Closed shapes.
extension Stimulus {
    /// A filled circle.
    public static func disc(radius: Double) -> Stimulus { ellipse(radius: radius, secondRadius: radius) }

    /// The outline of a circle.
    public static func circle(radius: Double, width: Double = 1.5) -> Stimulus {
        Stimulus(.ellipse(along: radius, across: radius, width: width), orientation: 0)
    }

    /// An ellipse, `radius` along its orientation; `width` draws the outline, nil fills it.
    public static func ellipse(radius: Double, secondRadius: Double, orientation: Double = 0, width: Double? = nil) -> Stimulus {
        Stimulus(.ellipse(along: radius, across: secondRadius, width: width), orientation: orientation)
    }

    /// A regular polygon with a corner at `orientation`; `width` draws the outline, nil fills it.
    /// - Parameter radius: from the middle to the corners.
    public static func polygon(sides: Int, radius: Double, orientation: Double = -90, width: Double? = nil) -> Stimulus {
        Stimulus(.polygon(sides: sides, radius: radius, width: width), orientation: orientation)
    }

    /// A spiral of Archimedes from the middle to its outer end at `orientation`.
    public static func spiral(
        radius: Double, turns: Double = 3, orientation: Double = 0, isClockwise: Bool = true, width: Double = 1.5
    ) -> Stimulus {
        Stimulus(.spiral(radius: radius, turns: turns, isClockwise: isClockwise, width: width), orientation: orientation)
    }
}

/// Frequencies and textures: "High-Low Frequency Detectors".
extension Stimulus {
    private static func bright(_ pattern: StimulusPattern, _ orientation: Double) -> Stimulus {
        Stimulus(pattern, orientation: orientation, foreground: .white, background: .black)
    }

    /// A cosine wave that runs along `orientation`; its stripes stand across.
    /// - Parameters:
    ///   - wavelength: pixels from one crest to the next, at least 2.
    ///   - phase: in degrees; 0 puts a crest into the middle, 90 a rising edge behind it.
    public static func grating(wavelength: Double, orientation: Double = 0, phase: Double = 0) -> Stimulus {
        bright(.grating(wavelength: wavelength, phase: phase), orientation)
    }

    /// The sum of two gratings at right angles.
    public static func plaid(wavelength: Double, orientation: Double = 0, phase: Double = 0) -> Stimulus {
        bright(.plaid(wavelength: wavelength, phase: phase), orientation)
    }

    /// The stimulus of "High-Low Frequency Detectors": a plaid of high frequency on the side to which `orientation` points, one of low
    /// frequency on the other.
    /// - Parameters:
    ///   - ratio: of the two frequencies; 1 shows the same plaid on both sides.
    ///   - wavelength: the geometric mean of both wavelengths.
    public static func frequencyBoundary(ratio: Double, wavelength: Double, orientation: Double) -> Stimulus {
        let root = ratio > 0 ? ratio.squareRoot() : .nan
        return bright(.boundary(ahead: wavelength / root, behind: wavelength * root), orientation)
    }

    /// The bright colour on the side to which `orientation` points, the dark one on the other: a brightness edge, or a pair of colours
    /// when coloured.
    /// - Parameter ramp: pixels from one to the other; at least one is used.
    public static func edge(orientation: Double, ramp: Double = 1) -> Stimulus { bright(.edge(ramp: ramp), orientation) }

    /// Two colours side by side, the first on the side to which `orientation` points.
    public static func colors(_ first: Color, _ second: Color, orientation: Double) -> Stimulus {
        edge(orientation: orientation).colored(first, on: second)
    }

    /// A disc of one colour in another.
    /// - Parameter surround: the radius up to which the other colour reaches; the middle of both lies beyond. All of the picture by
    ///   default.
    public static func centreSurround(
        centre: Double, surround: Double = .infinity, _ inner: Color = .white, in outer: Color = .black
    ) -> Stimulus {
        Stimulus(.centreSurround(centre: centre, surround: surround), orientation: 0, foreground: inner, background: outer)
    }

    /// A texture without end.
    /// - Parameters:
    ///   - scale: the side of a square, the distance of two dots, the size of a grain, in pixels.
    ///   - seed: of the noise.
    public static func texture(_ kind: StimulusTexture, scale: Double, orientation: Double = 0, seed: UInt64 = 0) -> Stimulus {
        bright(.texture(kind, scale: scale, seed: seed), orientation)
    }

    /// One colour everywhere: what a response is compared with.
    public static func plain(_ color: Color = Color(gray: 0.5)) -> Stimulus {
        bright(.edge(ramp: 1), 0).colored(color, on: color)
    }
}
