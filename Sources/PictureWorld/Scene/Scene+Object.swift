/// Subjects made of parts: drawn in coordinates of their own, facing right, and placed with a scale, a slight tilt and a pose.
extension Scene {
    /// A place for an object whose drawing fits `bounds`.
    /// - Parameters:
    ///   - scale: the range of half its larger side in the picture.
    ///   - tilt: the most it leans to a side, in degrees.
    ///   - poses: whether it faces left half of the time.
    mutating func place(_ bounds: Bounds, scale range: ClosedRange<Double>, tilt: Double = 6, poses: Bool) -> Frame {
        let half = bounds.halfSize
        let extent = max(half.x, half.y)
        let degrees = random.uniform(in: -tilt...tilt)
        let isMirrored = poses && chance(0.5)
        let direction = DeterministicTrigonometry.direction(degrees: degrees)
        // What the tilted box takes.
        let tilted = SIMD2(
            half.x * abs(direction.x) + half.y * abs(direction.y), half.x * abs(direction.y) + half.y * abs(direction.x))
        let scale = min(uniform(range) / extent, 0.96 / max(tilted.x, tilted.y))
        let centre = place(halfSize: tilted * scale)
        var frame = Frame(centre: SIMD2(0, 0), scale: scale, direction: direction, isMirrored: isMirrored)
        frame.centre = centre - frame.turned(bounds.centre) * scale
        if poses { truth.pose = isMirrored ? .left : .right }
        record(centre: centre, radius: extent * scale, orientation: nil, ["tilt": degrees])
        truth.isFilled = look != .line
        return frame
    }

    /// Draws a part in the picture's look and, when it has a name, records it with its box.
    mutating func drawPart(_ name: String? = nil, _ shape: some DistanceField, _ fill: Fill, in frame: Frame, isShadowed: Bool = false) {
        let placed = Placed(shape: shape, frame: frame)
        if isShadowed && look != .line { castShadow(placed) }
        switch look {
        case .flat: paint(placed, fill)
        case .inked:
            paint(placed, fill)
            paint(Contour(shape: placed, halfWidth: penHalfWidth * 0.6), pen)
        case .line:
            paint(placed, palette.ground)
            paint(Contour(shape: placed, halfWidth: penHalfWidth * 0.85), palette.figure)
        }
        if let name { truth.parts.append((name, placed.bounds)) }
    }

    mutating func drawPart(_ name: String? = nil, _ shape: some DistanceField, _ tone: Tone, in frame: Frame, isShadowed: Bool = false) {
        drawPart(name, shape, Fill(tone), in: frame, isShadowed: isShadowed)
    }

    /// Draws a small dark or light detail, solid in every look.
    mutating func drawDetail(_ name: String? = nil, _ shape: some DistanceField, _ tone: Tone, in frame: Frame) {
        let placed = Placed(shape: shape, frame: frame)
        paint(placed, look == .line ? palette.figure : tone)
        if let name { truth.parts.append((name, placed.bounds)) }
    }

    /// A fill for a body: a pattern now and then.
    mutating func bodyFill(_ tone: Tone, patterned probability: Double = 0.35) -> Fill {
        chance(probability) ? Fill(tone, shade(of: tone, by: 0.08...0.18), fillPattern()) : Fill(tone)
    }
}
