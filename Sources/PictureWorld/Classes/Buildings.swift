/// The house: a roof above a wall with a door and windows.
extension PictureClass {
    static let buildings: [PictureClass] = [PictureClass("house") { $0.drawHouse() }]
}

extension Scene {
    fileprivate mutating func drawHouse() {
        let half = uniform(0.55...0.8), eaves = uniform(-0.25...0.02), overhang = uniform(0.06...0.16)
        let frame = place(Bounds(low: SIMD2(-half - overhang, -0.85), high: SIMD2(half + overhang, 0.85)), scale: 0.44...0.9, tilt: 3, poses: false)
        let wallTone = palette.figure, roofTone = tone(distinctFrom: wallTone, palette.ground), doorTone = tone(distinctFrom: wallTone)
        let glass = tone(distinctFrom: wallTone)
        if chance(0.5) {
            let side: Float = sign()
            let chimney = Bounds(low: SIMD2(side * half * 0.5 - 0.08, -0.82), high: SIMD2(side * half * 0.5 + 0.08, eaves))
            drawPart("chimney", Box(centre: chimney.centre, halfSize: chimney.halfSize), roofTone, in: frame)
        }
        let wall = Bounds(low: SIMD2(-half, eaves), high: SIMD2(half, 0.85))
        drawPart("wall", Box(centre: wall.centre, halfSize: wall.halfSize), bodyFill(wallTone), in: frame, isShadowed: true)
        let corners: [SIMD2<Float>] = chance(0.65)
            ? [SIMD2(-half - overhang, eaves), SIMD2(0, -0.85), SIMD2(half + overhang, eaves)]
            : [SIMD2(-half - overhang, eaves), SIMD2(-half * 0.55, -0.8), SIMD2(half * 0.55, -0.8), SIMD2(half + overhang, eaves)]
        drawPart("roof", Polygon(corners), bodyFill(roofTone), in: frame)
        let doorPlace = Float(integer(-1...1)), doorHalf = uniform(0.12...0.16), doorTop = 0.85 - (0.85 - eaves) * uniform(0.5...0.62)
        let door = Bounds(low: SIMD2(doorPlace * half * 0.55 - doorHalf, doorTop), high: SIMD2(doorPlace * half * 0.55 + doorHalf, 0.85))
        drawPart("door", Box(centre: door.centre, halfSize: door.halfSize, corner: 0.02), doorTone, in: frame)
        let level = eaves + (0.85 - eaves) * 0.36, pane = uniform(0.12...0.16)
        for place in [-1, 0, 1] as [Float] where place != doorPlace && (place != 0 || half > 0.68) {
            let window = Box(centre: SIMD2(place * half * 0.55, level), halfSize: SIMD2(pane, pane))
            drawPart("window", window, glass, in: frame)
            let bars = Polyline([window.centre - SIMD2(0, pane), window.centre + SIMD2(0, pane)], halfWidth: 0.016)
            drawDetail(nil, bars, wallTone, in: frame)
        }
    }
}
