/// Car and lorry: windows above, wheels below, bound for the left or the right.
extension PictureClass {
    static let vehicles: [PictureClass] = [PictureClass("car") { $0.drawCar() }, PictureClass("lorry") { $0.drawLorry() }]
}

extension Scene {
    fileprivate mutating func drawCar() {
        let roofHeight = uniform(0.32...0.44), frontLength = uniform(0.3...0.42)
        let top = -roofHeight - 0.1
        let frame = place(Bounds(low: SIMD2(-1, top), high: SIMD2(1, 0.52)), scale: 0.48...0.92, tilt: 4, poses: true)
        let paintwork = palette.figure, glass = tone(distinctFrom: paintwork)
        // A longer bonnet in front, a short boot behind.
        let back: Float = -0.78, front = 1 - frontLength
        let cabin = [SIMD2(back, -0.05), SIMD2(back + 0.2, top), SIMD2(front - 0.42, top), SIMD2(front, -0.05)]
        let body = Box(centre: SIMD2(0, 0.12), halfSize: SIMD2(1, 0.24), corner: 0.12)
        drawPart("body", Polygon(cabin).joined(body, blend: 0.06), bodyFill(paintwork, patterned: 0.3), in: frame, isShadowed: true)
        let middle = (back + front) / 2 - 0.12, sill: Float = -0.08
        let rear = [SIMD2(back + 0.13, sill), SIMD2(back + 0.26, top + 0.09), SIMD2(middle - 0.04, top + 0.09), SIMD2(middle - 0.04, sill)]
        let screen = [SIMD2(middle + 0.05, sill), SIMD2(middle + 0.05, top + 0.09), SIMD2(front - 0.47, top + 0.09), SIMD2(front - 0.13, sill)]
        drawPart("window", Polygon(rear), glass, in: frame)
        drawPart("window", Polygon(screen), glass, in: frame)
        let lamp = Tone(lightness: 0.9, chroma: 0.12, hue: 95)
        drawDetail("lamp", Ellipse(centre: SIMD2(0.92, 0.06), halfAxes: SIMD2(0.07, 0.09)), lamp, in: frame)
        drawWheels(at: [-0.56, 0.56], y: 0.33, radius: uniform(0.19...0.25), in: frame)
    }

    fileprivate mutating func drawLorry() {
        let boxTop = -uniform(0.6...0.78), cabTop = -uniform(0.38...0.5)
        let frame = place(Bounds(low: SIMD2(-1, boxTop), high: SIMD2(1, 0.52)), scale: 0.48...0.93, tilt: 4, poses: true)
        let load = palette.figure, cab = tone(distinctFrom: load, palette.ground), glass = tone(distinctFrom: cab)
        let split = uniform(0.36...0.46)
        let bed = Box(centre: SIMD2(0, 0.26), halfSize: SIMD2(0.96, 0.07))
        drawPart(nil, bed, pen, in: frame)
        let box = Bounds(low: SIMD2(-1, boxTop), high: SIMD2(split, 0.24))
        drawPart("box", Box(centre: box.centre, halfSize: box.halfSize, corner: 0.03), bodyFill(load, patterned: 0.5), in: frame, isShadowed: true)
        let nose: Float = split + 0.06
        let cabin = Polygon([SIMD2(nose, 0.3), SIMD2(nose, cabTop), SIMD2(0.84, cabTop), SIMD2(1, -0.06), SIMD2(1, 0.3)])
        drawPart("cab", cabin, cab, in: frame, isShadowed: true)
        drawPart("window", Polygon([SIMD2(nose + 0.13, -0.06), SIMD2(nose + 0.13, cabTop + 0.08), SIMD2(0.8, cabTop + 0.08), SIMD2(0.92, -0.06)]), glass, in: frame)
        drawDetail("lamp", Disc(centre: SIMD2(0.95, 0.14), radius: 0.06), Tone(lightness: 0.9, chroma: 0.12, hue: 95), in: frame)
        drawWheels(at: chance(0.5) ? [-0.72, -0.3, 0.68] : [-0.6, 0.68], y: 0.33, radius: 0.19, in: frame)
    }

    private mutating func drawWheels(at places: [Float], y: Float, radius: Float, in frame: Frame) {
        let tyre = Tone(lightness: palette.ground.lightness < 0.4 ? uniform(0.05...0.14) : uniform(0.14...0.3), chroma: 0.02, hue: 250)
        let hub = Tone(lightness: uniform(0.7...0.93), chroma: 0.03, hue: palette.figure.hue)
        for x in places {
            let wheel = Disc(centre: SIMD2(x, y), radius: radius)
            drawPart("wheel", wheel, tyre, in: frame)
            drawDetail(nil, Disc(centre: wheel.centre, radius: radius * 0.42), hub, in: frame)
        }
    }
}
