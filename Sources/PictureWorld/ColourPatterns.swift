/// The class that only colour tells: a soft centre in the hue opposite to its surround.
extension PictureClass {
    static let colours: [PictureClass] = [
        PictureClass("centre-surround") { scene in
            let hue = scene.uniform(0...1)
            let value = scene.uniform(0.7...1)
            let radius = scene.uniform(0.4...0.65)
            let centre = scene.place(radius: radius + 0.1)
            let blur = scene.uniform(0.2...0.34)
            scene.flood(Palette.colour(hue: hue, saturation: scene.uniform(0.7...1), value: value))
            scene.paint(
                SoftDisc(centre: centre, radius: radius, blur: blur),
                Palette.colour(
                    hue: hue + scene.uniform(0.42...0.58), saturation: scene.uniform(0.7...1),
                    value: value * scene.uniform(0.85...1)))
            scene.record(centre: centre, radius: radius, ["blur": Double(blur), "surround hue": Double(hue) * 360])
        }
    ]
}

/// A disc that fades out over a band of width 2 `blur` around its radius.
private struct SoftDisc: CoverageField {
    var centre: SIMD2<Float>
    var radius: Float, blur: Float
    func coverage(_ p: SIMD2<Float>, resolution: Float) -> Float {
        let share = min(max(0.5 - ((p - centre).length - radius) / (2 * blur), 0), 1)
        return share * share * (3 - 2 * share)
    }
}
