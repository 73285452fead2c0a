/// The class that only colour tells: a soft centre in the hue opposite to its surround.
extension PictureClass {
    static let twentyColours: [PictureClass] = [
        PictureClass(twenty: "centre-surround") { scene in
            let hue = scene.uniform(0...1)
            let value = scene.uniform(0.7...1)
            let radius = scene.uniform(0.4...0.65)
            let centre = scene.place(radius: radius + 0.1)
            let blur = scene.uniform(0.2...0.34)
            scene.flood(TwentyPalette.colour(hue: hue, saturation: scene.uniform(0.7...1), value: value))
            scene.paint(
                Blurred(shape: Disc(centre: centre, radius: radius), blur: blur),
                TwentyPalette.colour(
                    hue: hue + scene.uniform(0.42...0.58), saturation: scene.uniform(0.7...1),
                    value: value * scene.uniform(0.85...1)))
            scene.record(centre: centre, radius: radius, ["blur": Double(blur), "surround hue": Double(hue) * 360])
        }
    ]
}
