/// The classes that hue alone tells: every tone of a picture has one lightness. Warm centre, cool centre and centre-surround share all
/// of their geometry and differ in nothing but the hues inside and outside; colour contrast is an edge between two hues.
extension PictureClass {
    static let colours: [PictureClass] = [
        PictureClass("colour contrast") { scene in
            let (first, second) = scene.oppositeTones(hue: scene.degrees())
            let orientation = scene.degrees()
            let across = DeterministicTrigonometry.direction(degrees: orientation)
            let middle = across * scene.uniform(-0.3...0.3)
            scene.flood(Fill(first, second, .slope(Slope(direction: across, centre: middle, reach: scene.uniform(0.03...0.2)))))
            scene.record(
                centre: middle, radius: 1, orientation: orientation, ["first hue": first.hue, "second hue": second.hue])
            scene.isPlain = true
        },
        PictureClass("warm centre") { $0.drawCentreSurround(hue: $0.degrees(15...75)) },
        PictureClass("cool centre") { $0.drawCentreSurround(hue: $0.degrees(195...255)) },
        PictureClass("centre-surround") { scene in
            // Green inside magenta or the other way round: neither is warm or cool.
            scene.drawCentreSurround(hue: scene.degrees(120...160) + (scene.chance(0.5) ? 180 : 0))
        },
    ]
}

extension Scene {
    /// Two tones of opposite hues and of one lightness and chroma.
    mutating func oppositeTones(hue: Double) -> (Tone, Tone) {
        // Within what the screen shows at every hue.
        let lightness = uniform(0.6...0.78), chroma = uniform(0.08...0.12)
        let first = Tone(lightness: lightness, chroma: chroma, hue: hue)
        return (first, Tone(lightness: lightness, chroma: chroma, hue: hue + 180 + random.uniform(in: -15...15)))
    }

    /// A soft shape in one hue on the opposite one.
    mutating func drawCentreSurround(hue: Double) {
        let (centre, surround) = oppositeTones(hue: hue)
        // About half of the picture is centre, so that the mean colour says little.
        let radius = uniform(0.55...1)
        let place = place(radius: min(radius, 0.8))
        let blur = uniform(0.06...0.3)
        flood(Fill(surround))
        if chance(0.5) {
            paint(Blurred(shape: Disc(centre: place, radius: radius), blur: blur), centre)
        } else {
            let frame = Frame(centre: place, scale: 1, direction: direction())
            let box = Box(centre: SIMD2(0, 0), halfSize: SIMD2(radius * 0.9, radius * uniform(0.7...0.9)), corner: radius * 0.35)
            paint(Blurred(shape: Placed(shape: box, frame: frame), blur: blur), centre)
        }
        record(centre: place, radius: radius, ["blur": Double(blur), "centre hue": centre.hue, "surround hue": surround.hue])
        isPlain = true
    }
}
