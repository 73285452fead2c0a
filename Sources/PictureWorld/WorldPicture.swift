import Tensors

/// One picture of the world, with all that is true of it.
public struct WorldPicture: Sendable {
    /// The picture, `[height, width, 3]`, red green blue in 0...1.
    public let pixels: Tensor
    /// The index of its class in `World.classes`.
    public let label: Int
    /// The name of its class.
    public let className: String
    /// Its index in its split.
    public let index: Int
    /// The name of its split.
    public let split: String
    /// What is shown, and where.
    public let truth: PictureTruth
}

/// What a picture shows. Lengths and places are in pixels of the picture, from its top left corner (the centre of the first pixel
/// is at 0.5, 0.5); angles in degrees, clockwise from the x axis as displayed.
public struct PictureTruth: Sendable, Equatable {
    /// The middle of the shape: the centre of a circle, the centre of curvature of an arc.
    public let centre: PicturePoint
    /// The radius: of the curve for circle, ring (to the middle of its stroke) and arc, of the circle around a polygon or spiral,
    /// half the length of a wave or zigzag, the larger half size of a composite; half the picture for a texture.
    public let radius: Double
    /// Where the shape points: the middle of an arc or crescent seen from its centre, the outer end of a spiral, the run of a wave,
    /// zigzag, stripes or fur, the turn of a polygon from upright; `nil` for shapes that have no orientation.
    public let orientation: Double?
    /// The fill, or the line of an outline; what "filled" means is in `isFilled`.
    public let figureColour: [Double]
    /// The mean colour behind the shape, or the second colour of a texture.
    public let groundColour: [Double]
    /// Whether the shape is filled; otherwise its outline is drawn.
    public let isFilled: Bool
    /// Further numbers by name: `sweep` of an arc and `turns`, `hand` of a spiral and `points` of a star as they are;
    /// `stroke`, `period`, `amplitude`, `dot radius`, `blur` in pixels; `surround hue` in degrees.
    public let measures: [String: Double]
    /// The parts of a composite, each with its upright box.
    public let parts: [PicturePart]
}

/// A place in a picture, in pixels.
public struct PicturePoint: Sendable, Equatable {
    /// Pixels from the left edge.
    public let x: Double
    /// Pixels from the top edge.
    public let y: Double
}

/// A named part of a composite: `window`, `wheel`, `eye` …
public struct PicturePart: Sendable, Equatable {
    /// What the part is.
    public let name: String
    /// The box around it.
    public let box: PictureBox
}

/// An upright rectangle, in pixels.
public struct PictureBox: Sendable, Equatable {
    /// The left edge.
    public let x: Double
    /// The top edge.
    public let y: Double
    /// The extent to the right.
    public let width: Double
    /// The extent downwards.
    public let height: Double
}

extension PictureTruth {
    private static let lengths: Set<String> = ["stroke", "period", "amplitude", "dot radius", "blur"]

    /// The truth of a composed scene for a picture of the given size.
    init(_ scene: Scene, size: Int) {
        let half = Double(size) / 2
        let plane = scene.truth
        centre = PicturePoint(x: (Double(plane.centre.x) + 1) * half, y: (Double(plane.centre.y) + 1) * half)
        radius = Double(plane.radius) * half
        orientation = plane.orientation
        figureColour = [Double(scene.figure.x), Double(scene.figure.y), Double(scene.figure.z)]
        let ground = scene.ground.colour
        groundColour = [Double(ground.x), Double(ground.y), Double(ground.z)]
        isFilled = scene.isFilled
        measures = Dictionary(uniqueKeysWithValues: plane.measures.map { name, value in
            (name, Self.lengths.contains(name) ? value * half : value)
        })
        parts = plane.parts.map { part in
            PicturePart(
                name: part.name,
                box: PictureBox(
                    x: (Double(part.low.x) + 1) * half, y: (Double(part.low.y) + 1) * half,
                    width: Double(part.high.x - part.low.x) * half, height: Double(part.high.y - part.low.y) * half))
        }
    }
}
