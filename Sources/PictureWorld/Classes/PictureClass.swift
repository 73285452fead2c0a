import Tensors

/// A class of pictures: its name and how one of it is drawn.
struct PictureClass: Sendable {
    let name: String
    /// A picture `[size, size, 3]` and what is true of it, from a stream of random numbers.
    let render: @Sendable (CounterRandom, _ size: Int) -> (pixels: Tensor, truth: PlaneTruth)

    init(_ name: String, draw: @escaping @Sendable (inout Scene) -> Void) {
        self.name = name
        render = { random, size in
            var scene = Scene(random: random, size: size)
            draw(&scene)
            let pixels = scene.finish()
            return (pixels, scene.truth)
        }
    }

    /// All classes in label order.
    static let all = curves + straightEdges + textures + colours + [focus] + vehicles + buildings + heads + animals + plants + [face, watch]
}
