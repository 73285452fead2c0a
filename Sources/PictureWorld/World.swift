/// A world of pictures drawn by code: forty classes of curves, straight edges, textures, colours and things made of parts, each picture
/// a pure function of its split and index. Nothing has to be downloaded, and everything about a picture is known exactly.
///
///     World.classes                     // ["circle", "ring", "ellipse", "arc", "crescent", "s-curve", …, "face", "watch"]
///     World.test[7].className           // "wave"
///     World.test[7].truth.orientation   // degrees
///     World.test[29].truth.parts        // body, windows, lamp, wheels of a car, each with its box
///     World.test.batch(0..<64).images   // [64, 64, 64, 3]
///     try World.test.restricted(to: ["dog", "cat"])
public enum World {
    /// The names of the classes, in label order.
    public static let classes: [String] = PictureClass.all.map(\.name)
    /// The pictures to learn from: 2,000 of each class.
    public static let train = WorldSplit(name: "train", count: 80_000, seed: 0x686F_6F6B_6531, kinds: PictureClass.all)
    /// The pictures to choose settings by: 100 of each class.
    public static let validation = WorldSplit(name: "validation", count: 4_000, seed: 0x686F_6F6B_6532, kinds: PictureClass.all)
    /// The pictures to measure with: 200 of each class.
    public static let test = WorldSplit(name: "test", count: 8_000, seed: 0x686F_6F6B_6533, kinds: PictureClass.all)
    /// All splits.
    public static let splits = [train, validation, test]
}
