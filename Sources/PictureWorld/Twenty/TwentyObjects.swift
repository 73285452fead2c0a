/// The composites, always upright: car, house, flower and face. A circuit that finds one has to combine its parts in their places.
extension PictureClass {
    static let twentyObjects: [PictureClass] = [
        PictureClass(twenty: "car") { drawCar(&$0) }, PictureClass(twenty: "house") { drawHouse(&$0) },
        PictureClass(twenty: "flower") { drawFlower(&$0) }, PictureClass(twenty: "face") { drawFace(&$0) },
    ]

    /// Begins a composite within a box of this half size; `at` maps (-1...1, -1...1) into it.
    private static func begin(_ scene: inout TwentyScene, halfSize: SIMD2<Float>) -> (_ x: Float, _ y: Float) -> SIMD2<Float> {
        scene.layGround()
        scene.chooseStyle(outlined: 0.25)
        let centre = scene.place(halfSize: halfSize)
        scene.record(centre: centre, radius: max(halfSize.x, halfSize.y))
        return { x, y in centre + SIMD2(x, y) * halfSize }
    }

    /// The colour of a detail on the figure: in outline everything is drawn with one pen.
    private static func detail(_ scene: inout TwentyScene, alsoDistinctFrom other: Colour? = nil) -> Colour {
        let colour = scene.colour(distinctFrom: scene.figure, other ?? scene.figure)
        return scene.isFilled ? colour : scene.figure
    }

    private static func box(_ name: String, _ centre: SIMD2<Float>, _ halfSize: SIMD2<Float>, corner: Float = 0,
        _ colour: Colour, _ scene: inout TwentyScene
    ) {
        scene.draw(Box(centre: centre, halfSize: halfSize, corner: corner), colour)
        scene.recordPart(name, centre: centre, halfSize: halfSize)
    }

    private static func disc(_ name: String, _ centre: SIMD2<Float>, _ radius: Float, _ colour: Colour, _ scene: inout TwentyScene) {
        scene.draw(Disc(centre: centre, radius: radius), colour)
        scene.recordPart(name, centre: centre, halfSize: SIMD2(repeating: radius))
    }

    /// Windows above, wheels below, facing left or right.
    private static func drawCar(_ scene: inout TwentyScene) {
        let w = scene.uniform(0.66...0.9)
        let h = w * scene.uniform(0.55...0.68)
        let at = begin(&scene, halfSize: SIMD2(w, h))
        let glass = detail(&scene)
        let tyre = scene.isFilled ? scene.colour(distinctFrom: scene.figure, scene.ground.colour) : scene.figure
        let facing: Float = scene.chance(0.5) ? 1 : -1
        let cabinX = -0.12 * facing
        let roof = scene.uniform(0.4...0.5)
        let cabin = [at(cabinX - roof * 1.3, 0), at(cabinX - roof, -1), at(cabinX + roof, -1), at(cabinX + roof * 1.3, 0)]
        scene.draw(Polygon(cabin), scene.figure)
        scene.recordPart("cabin", centre: at(cabinX, -0.5), halfSize: SIMD2(w * roof * 1.3, h * 0.5))
        box("body", at(0, 0.27), SIMD2(w, h * 0.33), corner: 0.07, scene.figure, &scene)
        for side: Float in [-1, 1] {
            box("window", at(cabinX + side * roof * 0.5, -0.47), SIMD2(w * roof * 0.39, h * 0.29), corner: 0.02, glass, &scene)
        }
        let radius = h * scene.uniform(0.3...0.36)
        for side: Float in [-1, 1] {
            let centre = at(side * 0.55, 0.64)
            if !scene.isFilled { scene.paint(Disc(centre: centre, radius: radius), scene.ground.colour) }
            disc("wheel", centre, radius, tyre, &scene)
            scene.paint(Disc(centre: centre, radius: radius * 0.4), scene.isFilled ? scene.figure : tyre)
        }
    }

    /// A roof above a wall with a door and windows.
    private static func drawHouse(_ scene: inout TwentyScene) {
        let w = scene.uniform(0.55...0.8)
        let h = scene.uniform(0.65...0.9)
        let at = begin(&scene, halfSize: SIMD2(w, h))
        let roofColour = scene.isFilled ? scene.colour(distinctFrom: scene.figure, scene.ground.colour) : scene.figure
        let doorColour = detail(&scene), windowColour = detail(&scene)
        let eaves = scene.uniform(-0.25 ... -0.05)
        let wallHalf = (1 - eaves) / 2
        box("wall", at(0, eaves + wallHalf), SIMD2(w * 0.82, h * wallHalf), scene.figure, &scene)
        scene.draw(Polygon([at(-1, eaves), at(0, -1), at(1, eaves)]), roofColour)
        scene.recordPart("roof", centre: at(0, (eaves - 1) / 2), halfSize: SIMD2(w, h * (1 + eaves) / 2))
        let doorSide: Float = [-1, 0, 1][scene.integer(0...2)]
        let doorHalf = wallHalf * 0.62
        box("door", at(doorSide * 0.45, 1 - doorHalf), SIMD2(w * 0.17, h * doorHalf), doorColour, &scene)
        for side: Float in [-1, 1] where side != doorSide {
            box("window", at(side * 0.48, eaves + wallHalf * 0.75), SIMD2(w * 0.17, h * wallHalf * 0.3), windowColour, &scene)
        }
    }

    /// Petals around a centre, on a stem with leaves.
    private static func drawFlower(_ scene: inout TwentyScene) {
        let bloom = scene.uniform(0.4...0.55)
        let halfHeight = scene.uniform(0.8...0.93)
        let at = begin(&scene, halfSize: SIMD2(bloom, halfHeight))
        let green = scene.isFilled
            ? [TwentyPalette.colour(hue: 0.33, saturation: 0.8, value: 0.9), TwentyPalette.colour(hue: 0.35, saturation: 0.9, value: 0.3)]
                .max { abs(TwentyPalette.luma($0) - TwentyPalette.luma(scene.ground.colour)) < abs(TwentyPalette.luma($1) - TwentyPalette.luma(scene.ground.colour)) }
                ?? scene.figure
            : scene.figure
        let heart = detail(&scene, alsoDistinctFrom: scene.ground.colour)
        let centre = at(0, -1) + SIMD2(0, bloom)
        let foot = at(scene.uniform(-0.3...0.3), 1)
        scene.paint(Polyline([centre, foot], halfWidth: 0.05), green)
        scene.recordPart(
            "stem", centre: (centre + foot) / 2,
            halfSize: SIMD2(abs(foot.x - centre.x) / 2 + 0.05, (foot.y - centre.y) / 2))
        for (side, angle): (Float, Double) in [(-1, 210), (1, -30)] {
            let leaf = centre + (foot - centre) * 0.74 + SIMD2(side * 0.2, -0.06)
            scene.paint(
                Ellipse(centre: leaf, halfAxes: SIMD2(0.2, 0.085), direction: DeterministicTrigonometry.direction(degrees: angle)), green)
            scene.recordPart("leaf", centre: leaf, halfSize: SIMD2(0.18, 0.12))
        }
        if !scene.isFilled { scene.paint(Disc(centre: centre, radius: bloom * 0.7), scene.ground.colour) }
        let petals = scene.integer(5...7)
        let turn = scene.degrees()
        let reach = bloom * 0.62
        for petal in 0..<petals {
            let direction = DeterministicTrigonometry.direction(degrees: turn + Double(petal) * 360 / Double(petals))
            let shape = Ellipse(
                centre: centre + direction * reach, halfAxes: SIMD2(bloom * 0.38, bloom * (1.75 / Float(petals))),
                direction: direction)
            scene.draw(shape, scene.figure)
            scene.recordPart("petal", centre: shape.centre, halfSize: SIMD2(repeating: bloom * 0.36))
        }
        if !scene.isFilled { scene.paint(Disc(centre: centre, radius: bloom * 0.3), scene.ground.colour) }
        disc("heart", centre, bloom * 0.3, heart, &scene)
    }

    /// Two eyes above a mouth in a head.
    private static func drawFace(_ scene: inout TwentyScene) {
        let w = scene.uniform(0.5...0.75)
        let h = min(w * scene.uniform(1...1.3), 0.92)
        let at = begin(&scene, halfSize: SIMD2(w, h))
        let eye = detail(&scene), mouth = detail(&scene)
        let head = at(0, 0)
        scene.draw(Ellipse(centre: head, halfAxes: SIMD2(w, h)), scene.figure)
        scene.recordPart("head", centre: head, halfSize: SIMD2(w, h))
        let spread = scene.uniform(0.36...0.46), eyeLevel = scene.uniform(-0.32 ... -0.18)
        let eyeRadius = w * scene.uniform(0.13...0.18)
        for side: Float in [-1, 1] {
            let centre = at(side * spread, eyeLevel)
            scene.paint(Disc(centre: centre, radius: eyeRadius), eye)
            scene.recordPart("eye", centre: centre, halfSize: SIMD2(repeating: eyeRadius))
        }
        let mouthRadius = w * scene.uniform(0.45...0.6)
        let half = scene.degrees(40...70)
        let end = DeterministicTrigonometry.direction(degrees: half)
        let smile = at(0, 0.66) - SIMD2(0, mouthRadius)
        let stroke = scene.uniform(0.04...0.06)
        scene.paint(
            ArcStroke(
                centre: smile, radius: mouthRadius, direction: SIMD2(0, 1), sine: end.y, cosine: end.x, halfWidth: stroke),
            mouth)
        scene.recordPart(
            "mouth", centre: smile + SIMD2(0, mouthRadius * (1 + end.x) / 2),
            halfSize: SIMD2(mouthRadius * end.y + stroke, mouthRadius * (1 - end.x) / 2 + stroke))
        if scene.chance(0.6) {
            let nose = [at(0, -0.08), at(-0.09, 0.2), at(0.06, 0.2)]
            scene.paint(Polyline(nose, halfWidth: 0.03), mouth)
            scene.recordPart("nose", centre: at(0, 0.06), halfSize: SIMD2(w * 0.09 + 0.03, h * 0.14 + 0.03))
        }
    }
}
