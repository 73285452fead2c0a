import Circuits
import Figures
import Foundation
import Networks
import Tensors

/// A small network with detectors of known stimuli: what every analysis must find, and noise in which it must find nothing.
struct PlantedDetectors {
    let model: Model
    /// conv2d0: an arc of half a receptive field that bulges to 60 degrees, a straight line that runs along 30 degrees, the same arc turned
    /// by half a turn, noise, a Gabor that runs along 30 degrees, red against green.
    static let arc = 0, line = 1, oppositeArc = 2, noise = 3, gabor = 22, redGreen = 23
    /// conv2d1: high frequencies, low frequencies, either of both arcs.
    static let high = 0, low = 1, eitherArc = 2
    /// mixed3a: high frequencies on the right, low ones on the left (the first of the 5x5 branch); the two units behind it want high
    /// frequencies everywhere, and low ones.
    static let highLow = 48

    /// Every channel of conv2d0, `[7, 7, 3]` and its bias.
    private typealias Filter = (weights: [Float], bias: Float)

    init() throws {
        var model = try Model(random: .miniInception(classCount: 20), seed: 5)
        var filters = [Int: Filter]()
        let arc = try Self.detector { $0.radius > 2 && $0.radius < 5 && $0.look == 0 ? $0.distance(fromArc: 60) : nil }
        filters[Self.arc] = arc
        filters[Self.oppositeArc] = (arc.weights.indices.map { arc.weights[(48 - $0 / 3) * 3 + $0 % 3] }, arc.bias)
        filters[Self.line] = try Self.detector { example in
            // Arcs of large circles are lines too.
            guard example.look == 0, abs(example.offset) < 1, example.radius >= 8 else { return nil }
            return TuningCurve.distance(example.orientation, example.radius < .infinity ? 120 : 30, period: 180)
        }
        // High frequencies: waves of four pixels in four directions and four phases; low ones: bright and dark blurs.
        for direction in 0..<4 {
            for phase in 0..<4 {
                let wave = Self.wave(length: 4, angle: Double(direction) * 45, phase: Double(phase) * 90, deviation: 2)
                filters[4 + direction * 4 + phase] = (wave, 0)
            }
        }
        let blur = (0..<49).map { index -> Float in
            let x = Double(index % 7) - 3, y = Double(index / 7) - 3
            return Float(exp(-(x * x + y * y) / 18))
        }
        let sum = blur.reduce(0, +)
        // A grey of one half is 10.5 in the network's own range.
        for (channel, sign) in [(20, Float(1)), (21, -1)] {
            filters[channel] = (blur.flatMap { [Float](repeating: sign * $0 / sum / 3 / 64, count: 3) }, -sign * 10.5 / 64)
        }
        filters[Self.gabor] = (Self.wave(length: 5, angle: 30, phase: 40, deviation: 1.8), 0)
        let edge = Self.wave(length: 9, angle: 0, phase: 90, deviation: 2)
        filters[Self.redGreen] = (edge.enumerated().map { $0.offset % 3 == 0 ? $0.element : $0.offset % 3 == 1 ? -$0.element : 0 }, 0)

        var weights = try model.weights(of: "conv2d0"), bias = Tensor(zeros: [24])
        for (channel, filter) in filters {
            for index in 0..<147 { weights[index / 21, index / 3 % 7, index % 3, channel] = filter.weights[index] }
            bias[channel] = filter.bias
        }
        model = try model.replacing("conv2d0", weights: weights, bias: bias)

        var sums = Tensor(zeros: [1, 1, 24, 24])
        for channel in 4..<20 { sums[0, 0, channel, Self.high] = 0.25 }
        for channel in 20..<22 { sums[0, 0, channel, Self.low] = 1 }
        for channel in [Self.arc, Self.oppositeArc] { sums[0, 0, channel, Self.eitherArc] = 1 }
        model = try model.replacing("conv2d1", weights: sums)
        var through = try model.weights(of: "conv2d2")
        for y in 0..<3 { for x in 0..<3 { for input in 0..<24 { for output in 0..<2 { through[y, x, input, output] = 0 } } } }
        for channel in 0..<2 { through[1, 1, channel, channel] = 1 }
        model = try model.replacing("conv2d2", weights: through)
        var bottleneck = try model.weights(of: "mixed3a_5x5_bottleneck")  // [1, 1, 48, 8]
        for input in 0..<48 { for output in 0..<2 { bottleneck[0, 0, input, output] = input == output ? 1 : 0 } }
        // All other units of mixed3a are silent: random weights over units that see high frequencies would prefer one side as well.
        for name in ["mixed3a_1x1", "mixed3a_3x3", "mixed3a_pool_reduce"] {
            model = try model.replacing(name, weights: Tensor(zeros: try model.weights(of: name).shape))
        }
        var branch = Tensor(zeros: try model.weights(of: "mixed3a_5x5").shape)  // [5, 5, 8, 8]
        for y in 0..<5 {
            for x in 0..<5 {
                let side = Float(x < 2 ? -1 : x > 2 ? 1 : 0)
                (branch[y, x, Self.high, 0], branch[y, x, Self.low, 0]) = (side, -side)
                // Beside it units for high and for low frequencies wherever they are, which are no detectors of a boundary.
                (branch[y, x, Self.high, 1], branch[y, x, Self.low, 2]) = (1, 1)
            }
        }
        model = try model.replacing("mixed3a_5x5_bottleneck", weights: bottleneck)
        self.model = try model.replacing("mixed3a_5x5", weights: branch)
    }

    /// Grey waves under a bell, without a mean.
    private static func wave(length: Double, angle: Double, phase: Double, deviation: Double) -> [Float] {
        let (c, s) = (cos(angle * .pi / 180), sin(angle * .pi / 180))
        var values = (0..<49).map { index -> Float in
            let x = Double(index % 7) - 3, y = Double(index / 7) - 3
            return Float(exp(-(x * x + y * y) / (2 * deviation * deviation)) * cos(2 * .pi * (x * c + y * s) / length - phase * .pi / 180))
        }
        let mean = values.reduce(0, +) / 49
        values = values.map { ($0 - mean) / 400 }
        return values.flatMap { [$0, $0, $0] }
    }

    /// One stimulus of those from which a detector is made.
    struct Example {
        let orientation, radius, offset: Double
        let look: Int

        /// Degrees from an arc that bulges to an angle.
        func distance(fromArc angle: Double) -> Double? { radius < .infinity ? TuningCurve.distance(orientation, angle) : nil }
        var stimulus: Stimulus {
            let width = look >= 2 ? 4.5 : 1.5
            let normal = (orientation + 90) * .pi / 180
            let line: Stimulus = radius < .infinity ? .arc(radius: radius, orientation: orientation, width: width)
                : Stimulus.line(orientation: orientation, width: width).moved(x: offset * cos(normal), y: offset * sin(normal))
            return look % 2 == 1 ? line.colored(.white, on: .black) : line
        }
    }

    /// The linear filter that answers 1 to the wanted stimuli and as little as possible to all others, by least squares with a small
    /// penalty on the weights.
    /// - Parameter distance: degrees from what is wanted; nil for what is not.
    private static func detector(_ distance: (Example) -> Double?) throws -> Filter {
        var examples: [Example] = []
        for look in 0..<4 {
            for turn in stride(from: 0.0, to: 360, by: 10) {
                for radius in [2.2, 2.8, 3.5, 4.2, 5.5, 8, 12, 20] {
                    examples.append(.init(orientation: turn, radius: radius, offset: 0, look: look))
                }
            }
            for turn in stride(from: 0.0, to: 180, by: 10) {
                for offset in [-2.1, -1.4, -0.7, 0, 0.7, 1.4, 2.1] {
                    examples.append(.init(orientation: turn, radius: .infinity, offset: offset, look: look))
                }
            }
        }
        var rows: [Float] = [], targets: [Float] = []
        for example in examples {
            let near = distance(example)
            // What is neither wanted nor unwanted teaches nothing.
            if let near, near > 20, near < 50 { continue }
            let isWanted = near.map { $0 <= 20 } ?? false
            let weight: Float = isWanted ? 4 : 1
            let pixels = try example.stimulus.rendered(width: 7, height: 7)
            rows += (0..<49).map { (255 * pixels.scalars[$0 * 3] - 117) / 128 * weight } + [weight]
            targets.append(isWanted ? weight : -0.8 * weight)
        }
        for index in 0..<49 {
            rows += (0..<50).map { $0 == index ? 0.6 : 0 }
            targets.append(0)
        }
        let solution = try Tensor(shape: [targets.count, 50], scalars: rows)
            .leastSquares(Tensor(shape: [targets.count, 1], scalars: targets))
        return ((0..<147).map { solution.scalars[$0 / 3] / 128 / 3 }, solution.scalars[49])
    }
}
