/// Heads of dogs and cats in profile. Either way they look it is one class, so a unit that finds the head in both poses is worth having.
extension PictureClass {
    static let heads: [PictureClass] = [PictureClass("dog") { $0.drawDog() }, PictureClass("cat") { $0.drawCat() }]
}

extension Scene {
    /// A long snout with the nose at its tip, a hanging ear, an eye, fur that lies back from the nose.
    fileprivate mutating func drawDog() {
        let frame = place(Bounds(low: SIMD2(-0.85, -0.8), high: SIMD2(0.98, 0.95)), scale: 0.5...0.94, poses: true)
        let coat = palette.figure
        let dark = coat.lighter(by: coat.lightness > 0.45 ? -0.2 : 0.2)
        let snoutLength = uniform(0.3...0.42), snoutDepth = uniform(0.17...0.23), skullRadius = uniform(0.46...0.54)
        let snoutTip: Float = 0.2 + snoutLength * 1.75

        let neck = Polygon([SIMD2(-0.55, -0.1), SIMD2(0.18, 0.25), SIMD2(0.3, 0.95), SIMD2(-0.8, 0.95)])
        let skull = Ellipse(centre: SIMD2(-0.15, -0.22), halfAxes: SIMD2(skullRadius, skullRadius * 0.92))
        let snout = Box(centre: SIMD2(snoutTip - snoutLength * 0.95, 0.06), halfSize: SIMD2(snoutLength * 0.95, snoutDepth), corner: snoutDepth * 0.8)
        let head = skull.joined(snout, blend: 0.22).joined(neck, blend: 0.2)
        drawPart("head", head, furFill(coat, back: SIMD2(-0.85, 0.5), in: frame), in: frame, isShadowed: true)
        record("snout", snout.bounds, in: frame)
        record("neck", neck.bounds, in: frame)

        // The muzzle's lighter underside and the mouth.
        let mouth = Polyline([SIMD2(snoutTip - 0.06, 0.1 + snoutDepth * 0.35), SIMD2(snoutTip - 0.3, 0.14 + snoutDepth * 0.4), SIMD2(0.22, 0.11 + snoutDepth * 0.3)], halfWidth: 0.022)
        drawDetail("mouth", mouth, pen, in: frame)
        let nose = Ellipse(centre: SIMD2(snoutTip - 0.04, -0.05), halfAxes: SIMD2(0.115, 0.095))
        drawDetail("nose", nose, Tone(lightness: 0.16, chroma: 0.02, hue: coat.hue), in: frame)
        drawEye(SIMD2(0.12, -0.3), radius: uniform(0.075...0.1), in: frame)
        let drop = uniform(0.36...0.5)
        let ear = Ellipse(centre: SIMD2(-0.42, -0.5 + drop * 0.9), halfAxes: SIMD2(drop, drop * uniform(0.4...0.5)), direction: direction(96...112))
        let earFill = furFill(dark, back: SIMD2(-0.1, 1), in: frame)
        drawPart("ear", ear, earFill, in: frame)
        if chance(0.35) {
            // A collar.
            let band = tone(distinctFrom: coat, dark)
            drawPart("collar", Polygon([SIMD2(-0.66, 0.5), SIMD2(0.22, 0.56), SIMD2(0.25, 0.72), SIMD2(-0.72, 0.68)]), band, in: frame)
        }
    }

    /// A round head with upright pointed ears, a short snout, a slit eye and whiskers.
    fileprivate mutating func drawCat() {
        let frame = place(Bounds(low: SIMD2(-0.8, -0.95), high: SIMD2(0.85, 0.95)), scale: 0.5...0.94, poses: true)
        let coat = palette.figure
        let dark = coat.lighter(by: coat.lightness > 0.45 ? -0.2 : 0.2)
        let height = uniform(0.42...0.55)

        // The far ear, then the head, then the near ear.
        let far = Polygon([SIMD2(-0.02, -0.4), SIMD2(0.22, -0.42 - height), SIMD2(0.36, -0.3)])
        drawPart("ear", far, Fill(dark), in: frame)
        let neck = Polygon([SIMD2(-0.5, 0), SIMD2(0.1, 0.3), SIMD2(0.16, 0.95), SIMD2(-0.66, 0.95)])
        let skull = Ellipse(centre: SIMD2(-0.08, -0.06), halfAxes: SIMD2(0.56, 0.5))
        let snout = Ellipse(centre: SIMD2(0.4, 0.14), halfAxes: SIMD2(uniform(0.24...0.3), 0.2))
        drawPart("head", skull.joined(snout, blend: 0.15).joined(neck, blend: 0.12), furFill(coat, back: SIMD2(-0.9, 0.35), in: frame), in: frame, isShadowed: true)
        record("snout", snout.bounds, in: frame)
        record("neck", neck.bounds, in: frame)
        let near = Polygon([SIMD2(-0.55, -0.3), SIMD2(-0.4, -0.4 - height), SIMD2(-0.06, -0.48)])
        drawPart("ear", near, furFill(coat, back: SIMD2(-0.3, -1), in: frame), in: frame)
        let inner = near.bounds.centre
        drawDetail(nil, Polygon([SIMD2(-0.47, -0.36), SIMD2(-0.385, -0.34 - height * 0.7), SIMD2(-0.17, -0.46)].map { $0 * 0.9 + inner * 0.1 }), dark, in: frame)

        if chance(0.35) {
            // A tabby's bars over the brow and the cheek.
            for bar in [[SIMD2<Float>(-0.22, -0.5), SIMD2(-0.16, -0.28)], [SIMD2(-0.06, -0.53), SIMD2(-0.02, -0.32)], [SIMD2(-0.6, 0.02), SIMD2(-0.36, 0.08)], [SIMD2(-0.58, 0.18), SIMD2(-0.36, 0.2)]] {
                drawDetail(nil, Polyline(bar, halfWidth: 0.032), dark, in: frame)
            }
        }
        drawEye(SIMD2(0.16, -0.14), radius: 0.13, isSlit: true, in: frame)
        let tip = snout.bounds.high.x
        drawDetail("nose", Polygon([SIMD2(tip - 0.14, 0.03), SIMD2(tip + 0.03, 0.03), SIMD2(tip - 0.03, 0.14)]), Tone(lightness: 0.45, chroma: 0.11, hue: 15), in: frame)
        let whiskers: [[SIMD2<Float>]] = [(-0.06), 0.06, 0.18].map { rise in
            [SIMD2(0.32, 0.2 + rise * 0.4), SIMD2(-0.08, 0.22 + rise * 1.4)]
        }
        for whisker in whiskers { drawDetail("whisker", Polyline(whisker, halfWidth: 0.014), pen, in: frame) }
    }

    /// An eye that looks the way the head does.
    fileprivate mutating func drawEye(_ centre: SIMD2<Float>, radius: Float, isSlit: Bool = false, in frame: Frame) {
        let black = Tone(lightness: 0.14, chroma: 0.02, hue: 0)
        if isSlit {
            let iris = Tone(lightness: uniform(0.72...0.85), chroma: 0.13, hue: degrees(85...150))
            let eye = Placed(shape: Ellipse(centre: centre, halfAxes: SIMD2(radius, radius * 0.72), direction: DeterministicTrigonometry.direction(degrees: 12)), frame: frame)
            paint(eye, iris)
            paint(Contour(shape: eye, halfWidth: 0.014), look == .line ? palette.figure : black)
            paint(Placed(shape: Ellipse(centre: centre, halfAxes: SIMD2(radius * 0.24, radius * 0.62)), frame: frame), black)
            truth.parts.append(("eye", eye.bounds))
        } else {
            let white = Tone(lightness: 0.96, chroma: 0.01, hue: 90)
            let eye = Disc(centre: centre, radius: radius)
            paint(Placed(shape: Disc(centre: centre, radius: radius * 1.35), frame: frame), white)
            paint(Placed(shape: eye, frame: frame), black)
            paint(Placed(shape: Disc(centre: centre + SIMD2(radius * 0.3, -radius * 0.35), radius: radius * 0.3), frame: frame), white)
            truth.parts.append(("eye", Placed(shape: Disc(centre: centre, radius: radius * 1.35), frame: frame).bounds))
        }
    }

    /// A coat: fur whose strands run along `back` in the drawing, or one tone now and then.
    fileprivate mutating func furFill(_ tone: Tone, back: SIMD2<Float>, in frame: Frame) -> Fill {
        guard chance(0.8) else { return Fill(tone) }
        let strands = frame.turned(back / back.length)
        return Fill(tone, tone.lighter(by: (tone.lightness > 0.5 ? -1 : 1) * uniform(0.1...0.22)), fur(strands, frequency: 8...12))
    }

    fileprivate mutating func record(_ name: String, _ bounds: Bounds, in frame: Frame) {
        truth.parts.append((name, Bounds(bounds.corners.map(frame.plane))))
    }
}
