import Circuits
import Foundation
import Networks
import Tensors

/// Pictures of coloured discs on noisy grey, with all that is known of them: what is red on one side and green on the other is a dog, which
/// faces the red side; what is blue above red is a car.
struct PlantedScenes: LabelledPictures {
    let name = "scenes"
    let classes = ["dog", "car", "overturned", "patch", "nothing"]
    let count = 200

    func labelledPicture(_ index: Int, size: Int) -> LabelledPicture {
        var random = CounterRandom(seed: 77, stream: UInt64(index))
        let label = index % classes.count, middle = Double(size) / 2
        let (x, y) = (middle + random.uniform(in: -7...7), middle + random.uniform(in: -7...7))
        let red = [Float](arrayLiteral: 1, 0, 0), green = [Float](arrayLiteral: 0, 1, 0), blue = [Float](arrayLiteral: 0, 0, 1)
        let isLeft = random.uniform() < 0.5, reach = 8.0, radius = 5.0
        var discs: [(x: Double, y: Double, colour: [Float])] = [], parts: [LabelledPicture.Part] = []
        switch label {
        case 0: discs = [(x - reach, y, isLeft ? red : green), (x + reach, y, isLeft ? green : red)]
        case 1, 2:
            let sign = label == 1 ? 1.0 : -1
            discs = [(x, y - sign * reach, blue), (x, y + sign * reach, red)]
            parts = zip(["window", "wheel"], discs).map {
                LabelledPicture.Part($0, x: $1.x - radius, y: $1.y - radius, width: 2 * radius, height: 2 * radius)
            }
        case 3: discs = [(x, y, [red, green, blue][random.integer(in: 0..<3)])]
        default: break
        }
        let noise = Tensor(uniform: [size, size, 3], in: 0.4..<0.6, seed: 5, stream: UInt64(index))
        var pixels = noise.scalars
        for row in 0..<size {
            for column in 0..<size {
                for disc in discs where hypot(Double(column) + 0.5 - disc.x, Double(row) + 0.5 - disc.y) < radius {
                    for channel in 0..<3 { pixels[(row * size + column) * 3 + channel] = disc.colour[channel] }
                }
            }
        }
        return LabelledPicture(
            pixels: Tensor(shape: [size, size, 3], scalars: pixels), label: label, pose: label == 0 ? (isLeft ? .left : .right) : nil,
            parts: parts)
    }

    // Channels of the planted network.
    static let window = 2, wheel = 0
    static let left = 0, right = 1
    static let dog = 0, dogOrCar = 1, car = 2, noise = 3

    /// Red, green, blue, noise; dogs that face left and right, cars, noise; dogs either way, dogs or cars, cars, noise.
    static func model() throws -> Model {
        func step(_ name: String, _ weights: Tensor, bias: [Float], stride: Int = 1, from input: String) throws -> [Graph.Node] {
            [
                .init(name + "_pre_relu", .layer(try Convolution(weights: weights, bias: Tensor(bias), stride: stride)), inputs: [input]),
                .init(name, .layer(ReLU()), inputs: [name + "_pre_relu"]),
            ]
        }
        // Each a mean over 4 x 4 pixels of one colour against the other two.
        var colours = Tensor(normal: [4, 4, 3, 4], deviation: 0.05, seed: 1)
        for y in 0..<4 {
            for x in 0..<4 {
                for channel in 0..<3 { for colour in 0..<3 { colours[y, x, colour, channel] = (colour == channel ? 1 : -0.5) / 16 } }
            }
        }
        var wholes = Tensor(normal: [5, 5, 4, 4], deviation: 0.2, seed: 2)
        for y in 0..<5 {
            for x in 0..<5 {
                for input in 0..<4 { for output in 0..<4 where output < 3 || input < 3 { wholes[y, x, input, output] = 0 } }
                let across = Float(x < 2 ? -1 : x > 2 ? 1 : 0), down = Float(y < 2 ? -1 : y > 2 ? 1 : 0)
                (wholes[y, x, 0, Self.left], wholes[y, x, 1, Self.left]) = (-across, across)
                (wholes[y, x, 0, Self.right], wholes[y, x, 1, Self.right]) = (across, -across)
                (wholes[y, x, 2, Self.car], wholes[y, x, 0, Self.car]) = (-down, down)
            }
        }
        var unions = Tensor(zeros: [1, 1, 4, 4])
        let members: [[Float]] = [[1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
        for (output, weights) in members.enumerated() { for input in 0..<4 { unions[0, 0, input, output] = weights[input] } }
        let nodes = try [Graph.Node("input", .input(channels: 3, range: 0...1))]
            + step("a", colours, bias: [0, 0, 0, 0], stride: 4, from: "input")
            + step("b", wholes, bias: [-5.5, -5.5, -5.5, 0], from: "a") + step("c", unions, bias: [0, 0, 0, 0], from: "b")
        return try Model(
            graph: try Graph(nodes: nodes),
            details: ModelDescription(
                name: "planted", inputSize: 64, layers: [CanonicalLayer("a"), CanonicalLayer("b"), CanonicalLayer("c")], logitsLayer: nil,
                probabilitiesLayer: nil))
    }
}
