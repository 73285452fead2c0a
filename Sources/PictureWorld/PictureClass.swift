/// A class of pictures: its name and how one of it is composed.
struct PictureClass: Sendable {
    let name: String
    let draw: @Sendable (inout Scene) -> Void

    init(_ name: String, draw: @escaping @Sendable (inout Scene) -> Void) {
        self.name = name
        self.draw = draw
    }

    /// All classes in label order.
    static let all = curved + straight + textures + colours + objects
}
