import Foundation
import Tensors

/// The weights of a curve-detector network that nobody trained: every number follows from a rule about circles and their tangents, as
/// in the "artificial artificial neural network" of *Curve Circuits*.
///
///     let model = try Model.load("handwritten-curves")
///     try model["mixed3b"][18].visualize()           // curves that bulge upwards
///
/// | layer | channels | rule |
/// |---|---|---|
/// | `conv2d0` 7x7, stride 2 | 48 | Gabors: 12 orientations, 4 phases each |
/// | `conv2d1` 1x1 | 12 | complex Gabors: the phases of one orientation together, the mean of all orientations against |
/// | `conv2d2` 3x3 | 12 | lines: complex Gabors in a row along their orientation, flanks against |
/// | `mixed3a` 3x3 | 12 + 24 | lines again, and early curves: lines on the tangents of a circle, those of its mirror image against |
/// | `mixed3b` 5x5 | 24 | curves: lines and early curves along a circle, those of its mirror image against |
///
/// Orientations of lines are 15 degrees apart over 180, those of curves 15 degrees over 360: channel `c` of the 24 bulges towards
/// `15 c` degrees, clockwise on the screen from the right, as stimuli are. Strides, sizes and names are those of `mini-inception`.
struct HandwrittenCurves {
    /// Orientations of Gabors and lines, over 180 degrees.
    static let lineCount = 12
    /// Orientations of curves, over 360 degrees.
    static let curveCount = 24
    private static let phases = 4
    private static let lineStep = 180.0 / Double(lineCount)
    private static let curveStep = 360.0 / Double(curveCount)

    /// The radii of the circles that early curves and curves follow, in positions of their layers (4 pixels).
    var earlyRadius = 5.0
    var radius = 4.5

    func graph() throws -> Graph {
        func step(_ name: String, _ weights: Tensor, stride: Int = 1, from input: String) throws -> [Graph.Node] {
            let bias = Tensor(zeros: [weights.shape[3]])
            return [
                .init(name + "_pre_relu", .layer(try Convolution(weights: weights, bias: bias, stride: stride)), inputs: [input]),
                .init(name, .layer(ReLU()), inputs: [name + "_pre_relu"]),
            ]
        }
        var nodes = [Graph.Node("input", .input(channels: 3, range: 0...1))]
        nodes += try step("conv2d0", gabors, stride: 2, from: "input")
        nodes += try step("conv2d1", complexGabors, from: "conv2d0")
        nodes += try step("conv2d2", lines, from: "conv2d1")
        nodes.append(.init("maxpool1", .layer(MaxPool(size: 3, stride: 2)), inputs: ["conv2d2"]))
        nodes += try step("mixed3a", linesAndEarlyCurves, from: "maxpool1")
        nodes += try step("mixed3b", curves, from: "mixed3a")
        return try Graph(nodes: nodes)
    }

    // MARK: Rules. Positions have x to the right and y downwards, so angles grow clockwise on the screen.

    private func weights(
        size: Int, inputs: Int, outputs: Int, _ weight: (_ x: Double, _ y: Double, _ input: Int, _ output: Int) -> Double
    ) -> Tensor {
        let middle = Double(size / 2)
        var scalars: [Float] = []
        for row in 0..<size {
            for column in 0..<size {
                for input in 0..<inputs {
                    for output in 0..<outputs {
                        scalars.append(Float(weight(Double(column) - middle, Double(row) - middle, input, output)))
                    }
                }
            }
        }
        return Tensor(shape: [size, size, inputs, outputs], scalars: scalars)
    }

    /// Wavelength 5 pixels; without a mean, so that plain surfaces are nothing; the norm of each is 1, over three equal colours.
    private var gabors: Tensor {
        func envelope(_ along: Double, _ across: Double) -> Double { gaussian(across, 1.6) * gaussian(along, 2.2) }
        func wave(_ across: Double, _ phase: Int) -> Double { cos(2 * .pi * across / 5 + Double(phase) * .pi / 2) }
        let grid = (-3...3).flatMap { y in (-3...3).map { x in (Double(x), Double(y)) } }
        // The mean and norm of each filter first.
        let corrections = (0..<Self.lineCount * Self.phases).map { channel -> (mean: Double, norm: Double) in
            let places = grid.map { Self.turned($0.0, $0.1, by: Double(channel / Self.phases) * Self.lineStep) }
            let weight = places.reduce(0) { $0 + envelope($1.along, $1.across) }
            let mean = places.reduce(0) { $0 + envelope($1.along, $1.across) * wave($1.across, channel % Self.phases) } / weight
            let squares = places.reduce(0) { sum, place in
                let value = envelope(place.along, place.across) * (wave(place.across, channel % Self.phases) - mean)
                return sum + value * value
            }
            return (mean, squares.squareRoot())
        }
        return weights(size: 7, inputs: 3, outputs: Self.lineCount * Self.phases) { x, y, _, channel in
            let place = Self.turned(x, y, by: Double(channel / Self.phases) * Self.lineStep)
            let (mean, norm) = corrections[channel]
            return envelope(place.along, place.across) * (wave(place.across, channel % Self.phases) - mean) / norm / 3
        }
    }

    private var complexGabors: Tensor {
        weights(size: 1, inputs: Self.lineCount * Self.phases, outputs: Self.lineCount) { _, _, gabor, orientation in
            (gabor / Self.phases == orientation ? 1 : 0) - 0.9 / Double(Self.lineCount)
        }
    }

    private var lines: Tensor { weights(size: 3, inputs: Self.lineCount, outputs: Self.lineCount, Self.line) }

    private var linesAndEarlyCurves: Tensor {
        let (lines, curves) = (Self.lineCount, Self.curveCount)
        return weights(size: 3, inputs: lines, outputs: lines + curves) { x, y, input, output in
            guard output >= lines else { return Self.line(x, y, input, output) }
            let bulge = Double(output - lines) * Self.curveStep
            return self.line(input, onCircle: earlyRadius, bulge: bulge, at: (x, y), reach: 1.5, sharpness: 0.45, tolerance: 18)
        }.balanced(from: lines)
    }

    private var curves: Tensor {
        let lines = Self.lineCount
        return weights(size: 5, inputs: lines + Self.curveCount, outputs: Self.curveCount) { x, y, input, output in
            let bulge = Double(output) * Self.curveStep
            guard input >= lines else {
                return 0.35 * self.line(input, onCircle: radius, bulge: bulge, at: (x, y), reach: 2.5, sharpness: 0.6, tolerance: 22)
            }
            let early = Double(input - lines) * Self.curveStep
            func along(_ bulge: Double, _ early: Double) -> Double {
                let place = Place(x, y, onCircle: radius, bulge: bulge)
                return place.weight(sharpness: 0.6, reach: 2.5) * gaussian(Self.wrapped(early - place.normal, 360), 22)
            }
            // With the circle, but neither bent the other way on it nor on its mirror image.
            return along(bulge, early) - along(bulge, early + 180) - 0.5 * along(bulge + 180, early)
        }.balanced(from: 0)
    }

    /// Lines of nearly the same orientation in a row; their flanks and lines across are against it.
    private static func line(_ x: Double, _ y: Double, _ input: Int, _ output: Int) -> Double {
        let ridges = { (x: Double, y: Double) -> (ridge: Double, flank: Double) in
            let place = turned(x, y, by: Double(output) * lineStep)
            let across = exp(-place.across * place.across / (2 * 0.5 * 0.5))
            return (across * exp(-place.along * place.along / (2 * 1.2 * 1.2)), 1 - across)
        }
        var total = (ridge: 0.0, flank: 0.0)
        for y in -1...1 {
            for x in -1...1 {
                let one = ridges(Double(x), Double(y))
                total = (total.ridge + one.ridge, total.flank + one.flank)
            }
        }
        let here = ridges(x, y), ridge = here.ridge / total.ridge
        let difference = wrapped(Double(output - input) * lineStep, 180)
        return gaussian(difference, 15) * (ridge - 0.6 * here.flank / total.flank) - (abs(difference) > 50 ? 0.15 * ridge : 0)
    }

    /// A line on the tangent of a circle through the middle; on the tangent of the mirrored circle it is against.
    private func line(
        _ line: Int, onCircle radius: Double, bulge: Double, at position: (x: Double, y: Double), reach: Double, sharpness: Double,
        tolerance: Double
    ) -> Double {
        let sides = [bulge, bulge + 180].map { bulge in
            let place = Place(position.x, position.y, onCircle: radius, bulge: bulge)
            let difference = Self.wrapped(Double(line) * Self.lineStep - place.normal - 90, 180)
            return place.weight(sharpness: sharpness, reach: reach) * gaussian(difference, tolerance)
        }
        return sides[0] - sides[1]
    }

    /// Coordinates along and across a line through the middle.
    private static func turned(_ x: Double, _ y: Double, by degrees: Double) -> (along: Double, across: Double) {
        let (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
        return (x * c + y * s, y * c - x * s)
    }

    /// An angle in half a period around zero.
    private static func wrapped(_ angle: Double, _ period: Double) -> Double { angle - period * (angle / period).rounded() }

    /// A position seen from the circle that passes through the middle and bulges towards an angle there.
    private struct Place {
        /// The direction of the circle's normal here, in degrees.
        let normal: Double
        private let toCircle: Double
        private let toMiddle: Double

        init(_ x: Double, _ y: Double, onCircle radius: Double, bulge: Double) {
            let (dx, dy) = (x + radius * cos(bulge * .pi / 180), y + radius * sin(bulge * .pi / 180))
            normal = atan2(dy, dx) * 180 / .pi
            toCircle = (dx * dx + dy * dy).squareRoot() - radius
            toMiddle = (x * x + y * y).squareRoot()
        }

        func weight(sharpness: Double, reach: Double) -> Double { gaussian(toCircle, sharpness) * gaussian(toMiddle, reach) }
    }
}

extension Model {
    /// The network whose curve detectors are written by rule: ``HandwrittenCurves``. It classifies nothing.
    static func handwrittenCurves() throws -> Model {
        let curves = HandwrittenCurves.curveCount, lines = HandwrittenCurves.lineCount
        return try Model(
            graph: HandwrittenCurves().graph(),
            details: ModelDescription(
                name: "handwritten-curves", architecture: "handwritten-curves", inputSize: 64,
                layers: [
                    CanonicalLayer("conv2d0"), CanonicalLayer("conv2d1"), CanonicalLayer("conv2d2"),
                    CanonicalLayer("mixed3a", branches: ["lines": lines, "early curves": curves]), CanonicalLayer("mixed3b"),
                ],
                logitsLayer: nil, probabilitiesLayer: nil))
    }
}

private func gaussian(_ x: Double, _ deviation: Double) -> Double { exp(-x * x / (2 * deviation * deviation)) }

extension Tensor {
    /// Output channels from `first` on with positive weights that add up to 1, less a quarter spread evenly over all: what excites
    /// everywhere and in all orientations at once, such as noise, is no curve.
    fileprivate func balanced(from first: Int) -> Tensor {
        let outputs = shape[3], inputs = count / outputs
        return Tensor(shape: shape) { result in
            withUnsafeScalars { scalars in
                for output in 0..<outputs {
                    let column = stride(from: output, to: count, by: outputs)
                    let positive = column.reduce(Float(0)) { $0 + Swift.max(scalars[$1], 0) }
                    for i in column { result[i] = output < first ? scalars[i] : scalars[i] / positive - 0.25 / Float(inputs) }
                }
            }
        }
    }
}
