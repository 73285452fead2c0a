/// Face and watch: parts within a round frame, upright.
extension PictureClass {
    static let face = PictureClass("face") { $0.drawFace() }
    static let watch = PictureClass("watch") { $0.drawWatch() }
}

extension Scene {
    /// Two eyes above a nose and a mouth, with hair more often than not.
    fileprivate mutating func drawFace() {
        let w = uniform(0.6...0.78), h = uniform(0.76...0.88)
        let frame = place(Bounds(low: SIMD2(-w - 0.06, -h - 0.1), high: SIMD2(w + 0.06, h)), scale: 0.52...0.92, poses: false)
        let skin = palette.figure, hair = tone(distinctFrom: skin, palette.ground), feature = tone(distinctFrom: skin)
        let head = Ellipse(centre: SIMD2(0, 0), halfAxes: SIMD2(w, h))
        let hasHair = chance(0.5)
        if hasHair && chance(0.5) {
            // Long hair, behind the head.
            drawPart("hair", Ellipse(centre: SIMD2(0, -0.06), halfAxes: SIMD2(w + 0.1, h + 0.06)), hair, in: frame, isShadowed: true)
        }
        drawPart("head", head, bodyFill(skin, patterned: 0.1), in: frame, isShadowed: true)
        if hasHair {
            let fringe = Ellipse(centre: SIMD2(0, -h * 0.5), halfAxes: SIMD2(w * 0.98, h * 0.56))
                .without(Ellipse(centre: SIMD2(uniform(-0.25...0.25), h * uniform(0.05...0.2)), halfAxes: SIMD2(w * 0.98, h * 0.72)))
            drawPart("hair", fringe, hair, in: frame)
        }
        let spread = w * uniform(0.36...0.46), level = h * uniform(-0.16...0), radius = uniform(0.085...0.13)
        for side in [-1, 1] as [Float] {
            let eye = Disc(centre: SIMD2(side * spread, level), radius: radius)
            if chance(0.5) {
                paint(Placed(shape: Ellipse(centre: eye.centre, halfAxes: SIMD2(radius * 1.5, radius * 1.15)), frame: frame), Tone(lightness: 0.97, chroma: 0.01, hue: 90))
            }
            drawDetail("eye", eye, Tone(lightness: 0.17, chroma: 0.03, hue: 250), in: frame)
        }
        if chance(0.75) {
            drawDetail("nose", Polyline([SIMD2(0.02, level + 0.1), SIMD2(-0.07, h * 0.3), SIMD2(0.05, h * 0.31)], halfWidth: 0.028), feature, in: frame)
        }
        let mouthRadius = w * uniform(0.45...0.62), half = degrees(38...66)
        let end = DeterministicTrigonometry.direction(degrees: half)
        let smiles = chance(0.8)
        let smile = ArcStroke(
            centre: SIMD2(0, h * 0.66 - (smiles ? mouthRadius : -mouthRadius * end.x)), radius: mouthRadius, direction: SIMD2(0, smiles ? 1 : -1),
            sine: end.y, cosine: end.x, halfWidth: uniform(0.035...0.055))
        drawDetail("mouth", smile, feature, in: frame)
    }

    /// A round dial with hours and two hands, between the halves of a strap.
    fileprivate mutating func drawWatch() {
        let frame = place(Bounds(low: SIMD2(-0.66, -0.95), high: SIMD2(0.7, 0.95)), scale: 0.52...0.94, tilt: 12, poses: false)
        let caseTone = palette.figure, strap = tone(distinctFrom: palette.ground, caseTone)
        let radius = uniform(0.5...0.62), half = uniform(0.24...0.36), end = half * uniform(0.7...1)
        for side in [-1, 1] as [Float] {
            let band = Polygon([SIMD2(-half, side * radius * 0.7), SIMD2(half, side * radius * 0.7), SIMD2(end, side * 0.95), SIMD2(-end, side * 0.95)])
            drawPart("strap", band, bodyFill(strap, patterned: 0.3), in: frame)
        }
        drawPart("crown", Box(centre: SIMD2(radius + 0.03, 0), halfSize: SIMD2(0.06, 0.06), corner: 0.02), caseTone, in: frame)
        drawPart("case", Disc(centre: SIMD2(0, 0), radius: radius), caseTone, in: frame, isShadowed: true)
        let dial = look == .line ? palette.ground : caseTone.with(lightness: caseTone.lightness > 0.6 ? 0.25 : 0.95, chroma: 0.02)
        let mark = look == .line ? palette.figure : caseTone.with(lightness: dial.lightness > 0.5 ? 0.2 : 0.95, chroma: 0.02)
        let face = Disc(centre: SIMD2(0, 0), radius: radius * uniform(0.78...0.86))
        paint(Placed(shape: face, frame: frame), dial)
        truth.parts.append(("dial", Placed(shape: face, frame: frame).bounds))
        let every = chance(0.6) ? 1 : 3
        for hour in stride(from: 0, to: 12, by: every) {
            let outward = DeterministicTrigonometry.direction(degrees: Double(hour) * 30)
            let length: Float = hour % 3 == 0 ? 0.2 : 0.1
            paint(Placed(shape: Polyline([outward * (face.radius * 0.92), outward * (face.radius * (0.92 - length))], halfWidth: 0.022), frame: frame), mark)
        }
        let minutes = Double(integer(0...59)), hours = Double(integer(0...11)) + minutes / 60
        for (name, turn, length, width) in [("hour hand", hours * 30 - 90, 0.5, 0.036), ("minute hand", minutes * 6 - 90, 0.78, 0.026)] as [(String, Double, Float, Float)] {
            let hand = Polyline([SIMD2(0, 0), DeterministicTrigonometry.direction(degrees: turn) * (face.radius * length)], halfWidth: width)
            paint(Placed(shape: hand, frame: frame), mark)
            truth.parts.append((name, Placed(shape: hand, frame: frame).bounds))
        }
        truth.measures["time"] = hours * 60
    }
}
