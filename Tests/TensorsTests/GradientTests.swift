import Tensors
import Testing

@Suite struct GradientTests {
    /// The functions of `tensors_reference.py`, spelled with variables.
    static let functions: [(String, ([Variable]) -> Variable)] = [
        ("broadcast", { x in let (a, b, c) = (x[0], x[1], x[2]); return ((a * b - c / (b * b + 1)) * (a + c)).sum() }),
        ("scalars", { x in let a = x[0]; return ((2 * a + 1) * (3 - a) / 2 - 1 / (a * a + 1)).mean() }),
        ("functions", { x in
            let a = x[0]
            let first = tanh(a) * sigmoid(a) + relu(a) * exp(-a * a) + log(a.squared + 1)
            return (first + sqrt(abs(a) + 0.5) + pow(a, 3) + sin(a) * cos(a)).sum()
        }),
        ("extremes", { x in (maximum(x[0], x[1]) * minimum(x[0], x[1] * 2) + x[0].clamped(to: -0.5...0.7)).sum() }),
        ("reductions", { x in
            let a = x[0]
            let means = (a.mean(along: 0, 2) * a.sum(along: 0, 2)).sum(), extremes = (a.max(along: 1) * a.min(along: 1)).sum()
            return means + extremes + a.variance(along: [1, 2]).sum() + sqrt(a.variance(along: [0], correction: 1)).sum()
        }),
        ("softmax", { x in (x[0].softmax() * x[0].logSoftmax()).sum() + x[0].logSumExp(along: 0).sum() }),
        ("matmul", { x in
            let (a, b, c) = (x[0], x[1], x[2])
            let diagonal = tanh(a.matmul(b)).matmul(c) * Tensor(shape: [3, 3], scalars: [1, 0, 0, 0, 1, 0, 0, 0, 1])
            return diagonal.sum() + a.transposed.matmul(b.matmul(c).transposed).sum()
        }),
        ("slices", { x in
            let a = x[0]
            let neighbours = (a[0..., 1..<3] * a[0..., 2..<4]).sum() + a[-1, .every(2)].squared.sum()
            return neighbours + (a.flipped(1)[0, .ellipsis] * a[1, .all]).sum() + (a.gathered([0, 2, 2], along: 1) * a[.all, ..<3]).sum()
        }),
        ("shapes", { x in
            let a = x[0]
            let product = a.permuted(2, 0, 1).reshaped([4, 6]).matmul(a.reshaped([6, 4])).sum()
            let padded = a.padded([(0, 0), (0, 2), (1, 1)]).squared.sum()
            let joined = Variable.concatenated([a, a * a], along: 1)[.all, 1..<5].squared.sum()
            let each = (0..<2).map { a[$0, .all].transposed.matmul(a[0, .all]).sum() }
            return product + padded + joined + each[0] + each[1]
        }),
        ("products", { x in
            let (a, b, c, d) = (x[0], x[1], x[2], x[3]), square = d.matmul(a)
            return tanh(a.matmul(b)).matmul(c).sum() + tanh(square.transposed.matmul(square)).sum()
        }),
        ("padding", { x in
            pow(x[0].padded([(0, 0), (0, 0), (2, 4), (3, 1)], mode: .reflect), 3).sum()
                + x[0].padded([(0, 0), (0, 0), (2, 0), (1, 3)], mode: .edge).squared.sum() * 0.5
        }),
        ("fourier", { x in
            let spectrum = x[0].rfft2()
            return spectrum.squared.mean() + pow((spectrum * Tensor([-1.5, -0.5, 0.5, 1.5])).irfft2(width: 6), 3).sum()
        }),
        ("resize", { x in
            x[0].resized(height: 8, width: 3, by: .pyTorch(.bilinear)).squared.sum()
                + pow(x[0].resized(height: 3, width: 9, by: .pyTorch(.bicubicAlignedCorners)), 3).sum()
        }),
        ("cosine", { x in
            let (a, b) = (x[0], x[1])
            return ((a * b).sum(along: 1) / sqrt(a.squared.sum(along: 1) * b.squared.sum(along: 1))).mean()
        }),
    ]

    @Test(arguments: functions.map(\.0)) func `values and gradients are PyTorch's`(name: String) throws {
        let function = try #require(Self.functions.first { $0.0 == name }?.1)
        let file = try TensorReference.file("gradients")
        let count = file.names.filter { $0.hasPrefix(name + "/input") }.count
        let inputs = try (0..<count).map { try file.tensor("\(name)/input\($0)") }
        let (value, gradients) = try valueAndGradients(at: inputs, of: function)
        // A sum of large numbers may be small: its error is measured by what goes into it.
        let size = zip(gradients, inputs).reduce(abs(value)) { $0 + $1.0.norm() * $1.1.norm() }
        #expect(try abs(value - file.tensor(name + "/value").scalars[0]) < 1e-6 * size)
        for (i, gradient) in gradients.enumerated() {
            #expect(try error(gradient, file.tensor("\(name)/gradient\(i)")) < 2e-5, "operand \(i)")
        }
    }

    @Test(arguments: functions.map(\.0)) func `gradients are slopes of the function`(name: String) throws {
        let function = try #require(Self.functions.first { $0.0 == name }?.1)
        // Always the committed numbers: none of them lies beside a kink, where a difference is no slope.
        let file = try NPZFile(path: TensorReference.committed + "/gradients.npz")
        let count = file.names.filter { $0.hasPrefix(name + "/input") }.count
        let inputs = try (0..<count).map { try file.tensor("\(name)/input\($0)") }
        let gradients = try valueAndGradients(at: inputs, of: function).gradients
        // Along a random direction, by the fourth-order central difference: the error of a Float's rounding is what remains.
        let directions = inputs.enumerated().map { i, input in
            var random = CounterRandom(seed: 9, stream: UInt64(i))
            return Tensor(normal: input.shape, using: &random)
        }
        func value(_ step: Float) throws -> Double {
            try Double(valueAndGradients(at: zip(inputs, directions).map { $0 + $1 * step }, of: function).value)
        }
        let step: Float = 1 / 256
        let slope = try (8 * (value(step) - value(-step)) - (value(2 * step) - value(-2 * step))) / Double(12 * step)
        let expected = zip(gradients, directions).reduce(0) { $0 + Double(($1.0 * $1.1).sum()) }
        let size = zip(gradients, directions).reduce(0) { $0 + Double($1.0.norm() * $1.1.norm()) }
        #expect(abs(slope - expected) < 3e-3 * size, "\(slope) instead of \(expected)")
    }

    @Test func `a function that uses a value twice gets both gradients, and constants get none`() throws {
        let x = Tensor([1, 2, 3])
        #expect(try gradient(at: x) { x in (x * x + x).sum() } == Tensor([3, 5, 7]))
        #expect(try gradient(at: x) { x in (x * x.detached).sum() } == x)
        #expect(try gradient(at: x) { _ in Variable(5) } == Tensor(zeros: [3]))
        #expect(try gradient(at: x) { x in x.expanded(at: 0).squeezed()[1, .newAxis].sum() } == Tensor([0, 1, 0]))
        let (a, b) = try gradient(at: x, Tensor(2)) { x, y in (x * y).sum() }
        #expect(a == Tensor([2, 2, 2]) && b == Tensor(6))
    }

    @Test func `equal elements share the gradient of their maximum`() throws {
        #expect(try gradient(at: Tensor([1, 3, 3])) { $0.max(along: 0) } == Tensor([0, 0.5, 0.5]))
        #expect(try gradient(at: Tensor([1, 2])) { maximum($0, Variable(2)).sum() } == Tensor([0, 0.5]))
        #expect(try gradient(at: Tensor([-1, 0, 1])) { (relu($0) + abs($0)).sum() } == Tensor([-1, 0, 2]))
    }

    @Test func `a primitive of one's own takes part like any other operation`() throws {
        func cube(_ x: Variable) -> Variable {
            Variable.primitive("cube", of: [x, Variable(1)], value: pow(x.value, 3)) { [value = x.value] in
                [$0 * 3 * value.squared, Tensor(0)]
            }
        }
        #expect(try gradient(at: Tensor([1, 2])) { (cube($0 * 2) + $0).sum() } == Tensor([25, 97]))
        #expect(throws: GradientError.primitive("wrong", needed: [[2]], found: [[1, 2]])) {
            try gradient(at: Tensor([1, 2])) { x in Variable.primitive("wrong", of: [x], value: x.value) { [$0.expanded(at: 0)] }.sum() }
        }
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try gradient(at: Tensor([1, 2])) { x in Variable.primitive("stop", of: [x], value: Tensor(1)) { _ in throw Stop() } }
        }
    }

    @Test func `only a single number can be differentiated`() {
        #expect(throws: GradientError.notScalar(shape: [3])) { try gradient(at: Tensor([1, 2, 3])) { $0 * 2 } }
        #expect("\(GradientError.notScalar(shape: [3]))".contains("sum()"))
    }

    @Test func `a tape of fifty thousand operations is run back and freed without deep recursion`() throws {
        let slope = try gradient(at: Tensor(1)) { x in
            var y = x
            for _ in 0..<50_000 { y = y + x * 0x1p-10 }
            return y
        }
        #expect(slope == Tensor(1 + 50_000 * 0x1p-10))
    }

    @Test func `gradient descent finds the picture that a blurred one came from`() throws {
        let target = noise(1, 12, 12, 1), blurred = target.resized(height: 6, width: 6, by: .pil(.bicubic))
        var picture = Tensor(zeros: [1, 12, 12, 1]), losses: [Float] = []
        for _ in 0..<60 {
            let (loss, slope) = try valueAndGradient(at: picture) { x in
                (x.resized(height: 6, width: 6, by: .pil(.bicubic)) - blurred).squared.sum()
            }
            picture -= slope * 1.5
            losses.append(loss)
        }
        #expect(losses[59] < losses[0] * 1e-4)
    }
}
