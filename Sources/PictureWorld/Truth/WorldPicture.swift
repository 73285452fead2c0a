import Tensors

/// One picture of the world, with all that is true of it.
public struct WorldPicture: Sendable {
    /// The picture, `[height, width, 3]`, red green blue in 0...1.
    public let pixels: Tensor
    /// The index of its class in the classes of its split.
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
    /// half the length of a wave, a zigzag or bars, the longer half axis of an ellipse, the larger half size of an object; half the picture
    /// for a texture.
    public let radius: Double
    /// Where the shape points: the middle of an arc or crescent seen from its centre, the corner of an angle, the outer end of a spiral; the
    /// run of an ellipse, wave, zigzag, s-curve, bars, stripes, hatch or fur; the turn of a polygon, checks or a grid from upright; from the
    /// first hue of a colour contrast to the second; out of the sharp thing of a focus. `nil` for shapes that have no orientation.
    public let orientation: Double?
    /// One over the radius of a curve, in 1/pixels; `nil` where nothing is curved, or not evenly.
    public let curvature: Double?
    /// Where an animal looks or a vehicle is bound; `nil` for what has no sides.
    public let pose: PicturePose?
    /// The direction from the blurred to the sharp side of a picture with depth, in degrees; `nil` for others.
    public let sharpSide: Double?
    /// How much of the picture is hidden behind something in front of the subject, 0...1. Boxes of parts do not mind it.
    public let occlusion: Double
    /// The fill, or the line of an outline; what "filled" means is in `isFilled`.
    public let figureColour: [Double]
    /// The mean colour behind the shape, or the second colour of a texture.
    public let groundColour: [Double]
    /// Whether the shape is filled; otherwise its outline is drawn.
    public let isFilled: Bool
    /// Further numbers by name: `sweep` of an arc, `opening` of an angle, `tilt` of an object in degrees; hues (`centre hue`, `surround hue`,
    /// `first hue`, `second hue`) in degrees of OKLab; `turns`, `hand`, `points`, `count`, `ratio`, `time` (minutes) as they are;
    /// `stroke`, `period`, `amplitude`, `dot radius`, `blur` in pixels.
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
    /// The box around it, in pixels.
    public let box: PictureBox
    /// The same box in shares of the picture's width and height, 0...1.
    public let relativeBox: PictureBox

    /// A part of a picture of the given width and height.
    public init(name: String, box: PictureBox, pictureWidth: Double, pictureHeight: Double) {
        (self.name, self.box) = (name, box)
        relativeBox = PictureBox(
            x: box.x / pictureWidth, y: box.y / pictureHeight, width: box.width / pictureWidth, height: box.height / pictureHeight)
    }

    init(name: String, box: PictureBox, relativeBox: PictureBox) { (self.name, self.box, self.relativeBox) = (name, box, relativeBox) }
}

/// The side that something faces.
public enum PicturePose: String, Sendable {
    case left, right
}

/// An upright rectangle.
public struct PictureBox: Sendable, Equatable {
    /// The left edge.
    public let x: Double
    /// The top edge.
    public let y: Double
    /// The extent to the right.
    public let width: Double
    /// The extent downwards.
    public let height: Double

    public init(x: Double, y: Double, width: Double, height: Double) { (self.x, self.y, self.width, self.height) = (x, y, width, height) }
}

extension PictureTruth {
    private static let lengths: Set<String> = ["stroke", "period", "amplitude", "dot radius", "blur"]

    /// What is true of the plane, for a picture of the given size.
    init(_ plane: PlaneTruth, size: Int) {
        let half = Double(size) / 2
        centre = PicturePoint(x: (Double(plane.centre.x) + 1) * half, y: (Double(plane.centre.y) + 1) * half)
        radius = Double(plane.radius) * half
        orientation = plane.orientation
        curvature = plane.curvature.map { $0 / half }
        pose = plane.pose
        sharpSide = plane.sharpSide
        occlusion = plane.occlusion
        figureColour = [Double(plane.figure.x), Double(plane.figure.y), Double(plane.figure.z)]
        groundColour = [Double(plane.ground.x), Double(plane.ground.y), Double(plane.ground.z)]
        isFilled = plane.isFilled
        measures = Dictionary(uniqueKeysWithValues: plane.measures.map { name, value in
            (name, Self.lengths.contains(name) ? value * half : value)
        })
        parts = plane.parts.map { part in
            PicturePart(name: part.name, box: PictureBox(part.bounds, unit: half), relativeBox: PictureBox(part.bounds, unit: 0.5))
        }
    }
}

extension PictureBox {
    /// A box of the plane; `unit` is what a unit of the plane measures.
    init(_ bounds: Bounds, unit: Double) {
        x = (Double(bounds.low.x) + 1) * unit
        y = (Double(bounds.low.y) + 1) * unit
        width = Double(bounds.high.x - bounds.low.x) * unit
        height = Double(bounds.high.y - bounds.low.y) * unit
    }
}
