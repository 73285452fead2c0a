/// Bird and fish, seen from the side, facing left or right.
extension PictureClass {
    static let animals: [PictureClass] = [PictureClass("bird") { $0.drawBird() }, PictureClass("fish") { $0.drawFish() }]
}

extension Scene {
    /// A beak, an eye, a wing on a round body, a tail and two legs.
    fileprivate mutating func drawBird() {
        let frame = place(Bounds(low: SIMD2(-0.98, -0.72), high: SIMD2(0.95, 0.8)), scale: 0.46...0.94, poses: true)
        let plumage = palette.figure, wingTone = shade(of: plumage, by: 0.16...0.28)
        let beakTone = Tone(lightness: uniform(0.62...0.76), chroma: 0.15, hue: degrees(45...75))
        let legs = look == .line ? palette.figure : pen
        for x in [-0.08, 0.14] as [Float] {
            paint(Placed(shape: Polyline([SIMD2(x, 0.35), SIMD2(x + 0.03, 0.78), SIMD2(x + 0.16, 0.78)], halfWidth: 0.028), frame: frame), legs)
            truth.parts.append(("leg", Placed(shape: Polyline([SIMD2(x, 0.5), SIMD2(x + 0.16, 0.78)], halfWidth: 0.028), frame: frame).bounds))
        }
        let tail = Polygon([SIMD2(-0.4, 0.02), SIMD2(-0.98, uniform(-0.3 ... -0.1)), SIMD2(-0.92, 0.1), SIMD2(-0.4, 0.26)])
        drawPart("tail", tail, wingTone, in: frame)
        let beak = Polygon([SIMD2(0.66, -0.46), SIMD2(uniform(0.9...0.98), -0.34), SIMD2(0.66, -0.24)])
        drawPart("beak", beak, beakTone, in: frame)
        let head = Disc(centre: SIMD2(0.46, -0.36), radius: uniform(0.25...0.31))
        let belly = Ellipse(centre: SIMD2(-0.02, 0.1), halfAxes: SIMD2(0.56, uniform(0.34...0.4)), direction: DeterministicTrigonometry.direction(degrees: -18))
        drawPart("body", belly.joined(head, blend: 0.25), bodyFill(plumage), in: frame, isShadowed: true)
        truth.parts.append(("head", Placed(shape: head, frame: frame).bounds))
        let wing = Ellipse(centre: SIMD2(-0.14, 0.08), halfAxes: SIMD2(uniform(0.32...0.4), 0.2), direction: direction(-34 ... -12))
        drawPart("wing", wing, bodyFill(wingTone, patterned: 0.4), in: frame)
        drawDot("eye", Disc(centre: SIMD2(0.52, -0.42), radius: 0.065), in: frame)
    }

    /// An oval body with a tail fin behind, a fin above and below, an eye and a mouth.
    fileprivate mutating func drawFish() {
        let frame = place(Bounds(low: SIMD2(-1, -0.62), high: SIMD2(0.92, 0.6)), scale: 0.46...0.94, tilt: 12, poses: true)
        let skin = palette.figure, finTone = shade(of: skin, by: 0.14...0.26)
        let depth = uniform(0.36...0.48), spread = uniform(0.34...0.48)
        let tail = Polygon([SIMD2(-0.5, 0), SIMD2(-1, -spread), SIMD2(-0.84, 0), SIMD2(-1, spread)])
        drawPart("tail", tail, finTone, in: frame, isShadowed: true)
        drawPart("fin", Polygon([SIMD2(-0.25, -depth * 0.75), SIMD2(-0.2, -depth - 0.16), SIMD2(0.3, -depth * 0.8)]), finTone, in: frame)
        drawPart("fin", Polygon([SIMD2(-0.1, depth * 0.75), SIMD2(-0.12, depth + 0.12), SIMD2(0.2, depth * 0.8)]), finTone, in: frame)
        let body = Ellipse(centre: SIMD2(0.14, 0), halfAxes: SIMD2(0.76, depth))
        let across = frame.turned(SIMD2(1, 0))
        let fill: Fill
        switch integer(0...3) {
        case 0: fill = Fill(skin, finTone, .stripes(Stripes(direction: across, period: uniform(0.2...0.34), offset: uniform(0...1), width: 0.4)))
        case 1:
            let spacing = uniform(0.16...0.22)
            fill = Fill(skin, finTone, .dots(Dots(direction: across, spacing: spacing, offset: SIMD2(0, 0), radius: spacing * 0.32, isStaggered: true)))
        default: fill = Fill(skin)
        }
        drawPart("body", body, fill, in: frame)
        drawDetail("gill", ArcStroke(centre: SIMD2(0.22, 0), radius: 0.26, direction: SIMD2(1, 0), sine: 0.8, cosine: 0.6, halfWidth: 0.02), pen, in: frame)
        drawDot("eye", Disc(centre: SIMD2(0.6, -depth * 0.28), radius: 0.07), in: frame)
        drawDetail("mouth", Polyline([SIMD2(0.86, 0.06), SIMD2(0.72, 0.11)], halfWidth: 0.022), pen, in: frame)
    }

    /// A dark eye in a light ring.
    private mutating func drawDot(_ name: String, _ disc: Disc, in frame: Frame) {
        let rim = Disc(centre: disc.centre, radius: disc.radius * 1.6)
        paint(Placed(shape: rim, frame: frame), Tone(lightness: 0.97, chroma: 0.01, hue: 90))
        paint(Placed(shape: disc, frame: frame), Tone(lightness: 0.14, chroma: 0.02, hue: 0))
        truth.parts.append((name, Placed(shape: rim, frame: frame).bounds))
    }
}
