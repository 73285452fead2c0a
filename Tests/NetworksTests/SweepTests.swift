import Foundation
import Networks
import Tensors
import Testing

/// Random shapes of every kind of layer beside PyTorch (`Tests/Peers/sweep_reference.py`).
@Suite struct SweepTests {
    struct Case: Decodable {
        var kind: String
        var seed: Int
        var shape: [Int]
        var kernel: [Int]?
        var outputs, groups, stride, dilation: Int?
        var size: Size?
        var window, strides: [Int]?
        var ceil, counts: Bool?
        var padding: Sides?
        var method: String?
        var radius: Int?
        var bias, alpha, beta: Float?
        var output, inputGradient: [Double]

        /// One number for poolings, two for resizes.
        struct Size: Decodable {
            var numbers: [Int]
            init(from decoder: Decoder) throws {
                let container = try decoder.singleValueContainer()
                numbers = try (try? container.decode([Int].self)) ?? [container.decode(Int.self)]
            }
        }

        struct Sides: Decodable {
            var padding: Padding
            init(from decoder: Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let name = try? container.decode(String.self) {
                    padding = name == "same" ? .same : .valid
                } else {
                    let sides = try container.decode([Int].self)
                    padding = .explicit(top: sides[0], bottom: sides[1], left: sides[2], right: sides[3])
                }
            }
        }

        /// What comes in is multiplied by this first.
        var scale: Float { kind == "lrn" || kind == "softmax" ? 4 : 1 }

        func layer() throws -> any NetworkLayer {
            let channels = shape[3], padding = padding?.padding ?? .same
            func vector(_ index: Int) -> Tensor { numbers(seed + index, [channels]) }
            switch kind {
            case "convolution", "depthwise":
                let (kernel, groups, outputs) = (kernel ?? [], groups ?? 1, outputs ?? 1)
                return try Convolution(
                    weights: numbers(seed + 1, [kernel[0], kernel[1], channels / groups, outputs]), bias: numbers(seed + 2, [outputs]),
                    stride: stride ?? 1, padding: padding, dilation: dilation ?? 1, groups: groups)
            case "maxpool": return MaxPool(size: size?.numbers[0] ?? 0, stride: stride ?? 1, padding: padding)
            case "avgpool": return AveragePool(size: size?.numbers[0] ?? 0, stride: stride ?? 1, padding: padding)
            case "maxwindow", "avgwindow":
                let (window, strides) = (window ?? [], strides ?? [])
                let windows = PoolingWindow(
                    height: window[0], width: window[1], rowStride: strides[0], columnStride: strides[1], padding: padding,
                    ceilMode: ceil ?? false)
                return kind == "maxwindow" ? MaxPool(windows) : AveragePool(windows, countsPadding: counts ?? false)
            case "adaptive": return AdaptiveAveragePool(height: size?.numbers[0] ?? 0, width: size?.numbers[1] ?? 0)
            case "flatten": return Flatten()
            case "resize":
                let size = size?.numbers ?? []
                return Resize(
                    to: .exactly(height: size[0], width: size[1]),
                    method: method == "nearest" ? .nearest : .bilinear(alignCorners: method == "corners"))
            case "lrn": return LocalResponseNormalization(radius: radius ?? 0, bias: bias ?? 0, alpha: alpha ?? 0, beta: beta ?? 0)
            case "batchnorm":
                return try BatchNormalization(gamma: vector(1), beta: vector(2), mean: vector(3), variance: vector(4) + 1.25, epsilon: 1e-3)
            default: return Softmax()
            }
        }
    }

    static func cases() throws -> [Case] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Reference/sweep.json")
        return try JSONDecoder().decode([Case].self, from: Data(contentsOf: file))
    }

    /// Between -1 and 1, by hashing the position: the formula of `sweep_reference.py`.
    static func numbers(_ seed: Int, _ shape: [Int]) -> Tensor {
        let start = UInt32(truncatingIfNeeded: seed &* 0x9E37_79B9)
        return Tensor(
            shape: shape,
            scalars: (0..<shape.reduce(1, *)).map { position in
                var h = UInt32(truncatingIfNeeded: position) &+ start
                h ^= h >> 16
                h &*= 0x7FEB_352D
                h ^= h >> 15
                h &*= 0x846C_A68B
                h ^= h >> 16
                return Float(h >> 8) / 8_388_608 - 1
            })
    }

    /// Whether a tensor has the norm and the products that PyTorch's has. A tensor that is wrong anywhere by more than a few
    /// ten-thousandths of its norm fails.
    static func agrees(_ tensor: Tensor, _ expected: [Double], seed: Int) -> Bool {
        let values = tensor.scalars.map(Double.init)
        let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let products = (0..<3).map { index in
            zip(values, numbers(seed + index, [values.count]).scalars).reduce(0) { $0 + $1.0 * Double($1.1) }
        }
        return zip([norm] + products, expected).allSatisfy { abs($0 - $1) <= 1e-4 * expected[0] + 1e-30 }
    }

    static func settings() -> [(threads: Int, instructions: Compute.Instructions)] {
        Compute.Instructions.allCases.filter { $0 <= Compute.availableInstructions }.flatMap { level in
            Set([1, Compute.availableThreads]).sorted().map { ($0, level) }
        }
    }

    @Test(arguments: settings()) func `outputs and input gradients of 780 random layers are PyTorch's`(
        _ setting: (threads: Int, instructions: Compute.Instructions)
    ) throws {
        let cases = try Self.cases()
        #expect(cases.count == 780)
        try Compute.with(threads: setting.threads, instructions: setting.instructions) {
            #expect(Compute.instructions == setting.instructions && Compute.threads == setting.threads)
            for one in cases {
                let layer = try one.layer()
                let input = Self.numbers(one.seed, one.shape) * one.scale
                let output = try layer(input)
                #expect(Self.agrees(output, one.output, seed: one.seed + 20), "output of \(one)")
                let gradient = try layer.inputGradient(ofOutput: Self.numbers(one.seed + 10, output.shape), at: input) * one.scale
                #expect(Self.agrees(gradient, one.inputGradient, seed: one.seed + 30), "gradient of \(one)")
            }
        }
    }

    @Test func `a wrong element is noticed`() throws {
        let one = try Self.cases()[0]
        let layer = try one.layer()
        let right = try layer(Self.numbers(one.seed, one.shape))
        let sizes = right.scalars.map(abs)
        let largest = sizes.firstIndex(of: sizes.max() ?? 0) ?? 0
        let wrong = Tensor(
            shape: right.shape, scalars: right.scalars.enumerated().map { $0.offset == largest ? 1.1 * $0.element : $0.element })
        let (accepted, noticed) = (
            Self.agrees(right, one.output, seed: one.seed + 20), !Self.agrees(wrong, one.output, seed: one.seed + 20)
        )
        #expect(accepted && noticed)
    }
}

private func numbers(_ seed: Int, _ shape: [Int]) -> Tensor { SweepTests.numbers(seed, shape) }
