/// How a shape is coloured in: one colour, or a pattern of two.
struct Fill {
    var first: Colour
    var second: Colour
    var pattern: Pattern

    init(_ colour: Colour) { (first, second, pattern) = (colour, colour, .none) }
    init(_ tone: Tone) { self.init(tone.colour) }
    init(_ first: Tone, _ second: Tone, _ pattern: Pattern) {
        (self.first, self.second, self.pattern) = (first.colour, second.colour, pattern)
    }

    @inline(__always)
    func colour(at p: SIMD2<Float>, resolution: Float) -> Colour {
        if case .none = pattern { return first }
        return first + (second - first) * pattern.coverage(p, resolution: resolution)
    }
}

/// How the edges of a subject are drawn.
enum Look {
    /// Colour without outlines.
    case flat
    /// Colour with outlines of a pen.
    case inked
    /// Outlines alone, on the colour of the ground.
    case line
}
