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

    private init(_ name: String, render: @escaping @Sendable (CounterRandom, Int) -> (pixels: Tensor, truth: PlaneTruth)) {
        (self.name, self.render) = (name, render)
    }

    /// A class of the first world, which had twenty.
    init(twenty name: String, draw: @escaping @Sendable (inout TwentyScene) -> Void) {
        self.init(name) { random, size in
            var scene = TwentyScene(random: random, size: size)
            draw(&scene)
            let pixels = scene.finish()
            var truth = scene.truth
            (truth.figure, truth.ground, truth.isFilled) = (scene.figure, scene.ground.colour, scene.isFilled)
            return (pixels, truth)
        }
    }

    /// All classes in label order.
    static let all = curves + straightEdges + textures + colours + [focus] + vehicles + buildings + heads + animals + plants + [face, watch]
    /// Those of the first world, in its label order.
    static let twenty = twentyCurves + twentyStraights + twentyTextures + twentyColours + twentyObjects
}
