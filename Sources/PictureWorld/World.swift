/// A world of pictures drawn by code: twenty classes of curves, straight edges, textures, colours and composites, each picture a
/// pure function of its split and index. Nothing has to be downloaded, and everything about a picture is known exactly.
///
///     World.classes                     // ["circle", "ring", "arc", "crescent", "spiral", …, "face"]
///     World.test[7].className           // "square"
///     World.test[7].truth.orientation   // degrees
///     World.test.batch(0..<64).images   // [64, 64, 64, 3]
public enum World {
    /// The names of the classes, in label order.
    public static let classes: [String] = PictureClass.all.map(\.name)
    /// The pictures to learn from.
    public static let train = WorldSplit(name: "train", count: 40_000, seed: 0x7472_6169)
    /// The pictures to choose settings by.
    public static let validation = WorldSplit(name: "validation", count: 2_000, seed: 0x7661_6C69)
    /// The pictures to measure with.
    public static let test = WorldSplit(name: "test", count: 4_000, seed: 0x7465_7374)
    /// All splits.
    public static let splits = [train, validation, test]
}
