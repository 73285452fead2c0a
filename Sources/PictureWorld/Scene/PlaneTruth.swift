/// What is true of a picture in units of the plane, before it is given in pixels.
struct PlaneTruth {
    var centre = SIMD2<Float>(0, 0)
    var radius: Float = 1
    var orientation: Double?
    var curvature: Double?
    var pose: PicturePose?
    var sharpSide: Double?
    var measures: [String: Double] = [:]
    var parts: [(name: String, bounds: Bounds)] = []
    var figure = Colour(0, 0, 0)
    var ground = Colour(0, 0, 0)
    var isFilled = true
    var occlusion: Double = 0
}
