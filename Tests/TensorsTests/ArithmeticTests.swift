import Foundation
import Tensors
import Testing

@Suite struct ArithmeticTests {
    @Test func `broadcasting agrees with NumPy`() throws {
        let file = try TensorReference.file("arithmetic")
        let pairs = TensorReference.cases("pair", in: file)
        #expect(pairs.count >= 8)
        for pair in pairs {
            let a = try file.tensor(pair + "/a"), b = try file.tensor(pair + "/b")
            func expected(_ name: String) throws -> Tensor { try file.tensor("\(pair)/\(name)") }
            #expect(try a + b == expected("add"))
            #expect(try a - b == expected("subtract"))
            #expect(try a * b == expected("multiply"))
            #expect(try a / b == expected("divide"))
            #expect(try maximum(a, b) == expected("maximum"))
            #expect(try minimum(a, b) == expected("minimum"))
            #expect(try (a .< b) == expected("less"))
            #expect(try a.replacing(with: b, where: a .> b) == expected("where"))
        }
    }

    @Test func `updates happen in place, and never to a tensor that somebody else holds`() {
        var a = noise(4, 5)
        let before = a, view = a[1..<3], b = noise(4, 5, seed: 2)
        a += b
        #expect(a == before + b && view == before[1..<3])
        let address = a.withUnsafeScalars { $0.baseAddress }
        a -= b * 2
        a *= 3
        #expect(a.withUnsafeScalars { $0.baseAddress } == address && error(a, (before - b) * 3) < 1e-6)
        a /= Tensor([1, 2, 4, 8, 16])
        #expect(error(a, (before - b) * 3 * Tensor([1, 0.5, 0.25, 0.125, 0.0625])) < 1e-6)
        var part = before[2...]
        part += 1
        #expect(part == before[2...] + 1 && part.count == 10)
        a += a
    }

    @Test func `reductions along axes agree with NumPy`() throws {
        let file = try TensorReference.file("arithmetic"), x = try file.tensor("x")
        for (i, axes) in [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2], [-1]].enumerated() {
            func expected(_ name: String) throws -> Tensor { try file.tensor("axes\(i)/\(name)") }
            #expect(try error(x.sum(along: axes), expected("sum")) < 1e-6)
            #expect(try error(x.mean(along: axes), expected("mean")) < 1e-6)
            #expect(try x.max(along: axes) == expected("max"))
            #expect(try x.min(along: axes) == expected("min"))
            #expect(try error(x.variance(along: axes), expected("variance")) < 1e-6)
            #expect(try error(x.standardDeviation(along: axes, correction: 1), expected("deviation")) < 1e-6)
            let kept = x.sum(along: axes, keepingDimensions: true)
            #expect(kept.rank == 3 && kept.count == x.sum(along: axes).count && (x - kept).shape == x.shape)
        }
        for axis in 0..<3 { #expect(try x.argmax(along: axis) == file.tensor("argmax\(axis)")) }
        #expect(x.argmax(along: 1, keepingDimensions: true).shape == [5, 1, 7])
        #expect(x.scalars[x.argmax()] == x.max() && x.min() == -(-x).max())
    }

    @Test func `a sum of ten million numbers is that of doubles`() {
        // In single precision the sum of 0.1 goes wrong in the fourth digit.
        let many = Tensor(repeating: 0.1, shape: [10_000, 1000])
        #expect(abs(many.sum() - 1_000_000.0149) < 1)
        #expect(abs(many.sum(along: 0).max() - 1000) < 0.001 && abs(many.sum(along: 1).min() - 100) < 0.0001)
        #expect(many.variance() < 1e-12 && many.mean() == 0.1)
    }

    @Test func `the extremes of empty tensors and of tensors with NaN are NaN`() {
        let empty = Tensor([])
        #expect(empty.sum() == 0 && empty.mean() == 0 && empty.max().isNaN && empty.min().isNaN)
        let flat = Tensor(zeros: [2, 0, 3])
        #expect(flat.sum(along: 1) == Tensor(zeros: [2, 3]) && flat.mean(along: 1).firstNonFinite == [0, 0])
        #expect(flat.sum(along: 0).shape == [0, 3] && (flat + 1).shape == [2, 0, 3] && flat.transposed.shape == [2, 3, 0])
        #expect(noise(2, 3)[2...].sum(along: 0) == Tensor(zeros: [3]))
        for place in [0, 5, 16] {
            var x = noise(17)
            x[place] = .nan
            #expect(x.max().isNaN && x.min().isNaN && x.argmax() == place && x.firstNonFinite == [place])
            #expect(x.reshaped([17, 1]).max(along: 0).scalars[0].isNaN)
        }
        #expect(maximum(Tensor(.nan), Tensor(1)).scalars[0].isNaN && minimum(Tensor(1), Tensor(.nan)).scalars[0].isNaN)
    }

    @Test func `the first number that is not finite is found with its index`() {
        var x = noise(2, 3, 4)
        #expect(x.allFinite && x.firstNonFinite == nil)
        x[1, 0, 2] = -.infinity
        x[1, 2, 3] = .nan
        #expect(!x.allFinite && x.firstNonFinite == [1, 0, 2] && x.isFinite.sum() == 22)
    }

    @Test func `functions agree with double precision to a few units in the last place`() {
        func worst(_ found: Tensor, _ inputs: Tensor, _ function: (Double) -> Double) -> Double {
            zip(found.scalars, inputs.scalars).map { value, input in
                let exact = function(Double(input)), float = Float(exact)
                if !float.isFinite || value == float { return value == float || (value.isNaN && float.isNaN) ? 0 : .infinity }
                return abs(Double(value) - exact) / Double(Swift.max(float.ulp, .leastNormalMagnitude.ulp))
            }.max() ?? 0
        }
        let wide = Tensor((0..<40_001).map { Float($0 - 20_000) / 230 })
        let small = Tensor((0..<10_001).map { Float($0 - 5000) / 5000 })
        let tiny = Tensor((0..<3000).map { pow(10, Float($0) / 100 - 30) })
        #expect(worst(exp(wide), wide, Foundation.exp) < 1.1)
        #expect(worst(tanh(wide), wide, Foundation.tanh) < 1.4 && worst(tanh(small), small, Foundation.tanh) < 1.4)
        #expect(worst(tanh(tiny), tiny, Foundation.tanh) < 1.4)
        #expect(worst(sigmoid(wide), wide) { 1 / (1 + Foundation.exp(-$0)) } < 2.5)
        let positive = exp(wide), near = small * 0.01 + 1, subnormal = tiny * 0x1p-110
        #expect(worst(log(positive), positive, Foundation.log) < 1 && worst(log(near), near, Foundation.log) < 1)
        #expect(subnormal.max() < .leastNormalMagnitude * 1e6 && worst(log(subnormal), subnormal, Foundation.log) < 1)
        let low = Tensor((0..<4000).map { -87 - Float($0) / 200 })
        #expect(worst(exp(low), low, Foundation.exp) < 1.1 && worst(sigmoid(low), low) { 1 / (1 + Foundation.exp(-$0)) } < 2.5)
        #expect(worst(sqrt(positive), positive) { $0.squareRoot() } < 1)
        #expect(worst(pow(positive, 1.7), positive) { Foundation.pow($0, Double(Float(1.7))) } < 2)
    }

    @Test func `functions keep infinities and NaN in their places`() {
        let ends = Tensor([-.infinity, .infinity, .nan, -1, 0, 100, -200])
        #expect(exp(ends).scalars[0] == 0 && exp(ends).scalars[1] == .infinity && exp(ends).scalars[2].isNaN)
        #expect(exp(ends).scalars[4] == 1 && exp(ends).scalars[5] == .infinity && exp(ends).scalars[6] == 0)
        #expect(log(ends).scalars[1] == .infinity && log(ends).scalars[0].isNaN && log(ends).scalars[2].isNaN)
        #expect(log(ends).scalars[3].isNaN && log(ends).scalars[4] == -.infinity)
        #expect(tanh(ends).scalars[0] == -1 && tanh(ends).scalars[1] == 1 && tanh(ends).scalars[2].isNaN)
        #expect(sigmoid(ends).scalars[0] == 0 && sigmoid(ends).scalars[1] == 1 && sigmoid(ends).scalars[2].isNaN)
        #expect(relu(ends).scalars[1] == .infinity && relu(ends).scalars[2].isNaN && relu(ends).scalars[3] == 0)
        #expect(ends.clamped(to: -1...1).scalars[0] == -1 && ends.clamped(to: -1...1).scalars[2].isNaN)
    }

    @Test func `functions keep the signs of zeros`() {
        let zero = Tensor([-0.0])
        for found in [tanh(zero), sqrt(zero), sign(zero), zero * 2, maximum(zero, zero)] {
            #expect(found.scalars[0] == 0 && found.scalars[0].sign == .minus)
        }
        #expect(abs(zero).scalars[0].sign == .plus && (-zero).scalars[0].sign == .plus && exp(zero) == Tensor([1]))
    }

    @Test func `large tensors agree with small ones`() {
        // Large ones are cut for several threads; a small one is computed at once.
        let x = noise(300, 7, 41), y = noise(300, 7, 41, seed: 2), row = noise(41, seed: 3), column = noise(7, 1, seed: 4)
        let one = noise(3, seed: 5)
        for k in [0, 17, 299] {
            let a = x.slice(k), b = y.slice(k)
            #expect(exp(x).slice(k) == exp(a) && (x / y).slice(k) == a / b && (x .>= y).slice(k) == (a .>= b))
            #expect((x - row).slice(k) == a - row && (column - x).slice(k) == column - a && x.max(along: -1).slice(k) == a.max(along: -1))
            #expect((x + row * column).slice(k) == a + row * column && x.argmax(along: 1).slice(k) == a.argmax(along: 0))
            #expect(x.replacing(with: y, where: x .> 0).slice(k) == a.replacing(with: b, where: a .> 0))
        }
        let pixels = noise(70_000, 3)
        #expect((pixels * one)[69_999...] == pixels[69_999...] * one && (one - pixels)[1..<3] == one - pixels[1..<3])
        #expect(error(pixels.mean(along: 0), pixels.transposed.mean(along: -1)) < 1e-6)
        #expect(abs(pixels.sum() - pixels.sum(along: 1).sum()) < 1e-3 && pixels.max() == pixels.max(along: 0).max())
        let place = pixels.argmax()
        #expect(pixels[place / 3, place % 3] == pixels.max())
    }

    @Test func `matrix products of batches agree with NumPy`() throws {
        let file = try TensorReference.file("arithmetic"), cases = TensorReference.cases("product", in: file)
        #expect(cases.count == 7)
        for name in cases {
            let a = try file.tensor(name + "/a"), b = try file.tensor(name + "/b")
            #expect(try error(a.matmul(b), file.tensor(name + "/matmul")) < 1e-6, "\(name)")
        }
    }

    @Test func `softmax sums to one and neither over- nor underflows`() {
        let x = Tensor(shape: [2, 3], scalars: [1000, 1001, 999, -1000, -1000, -1000])
        #expect(error(x.softmax().sum(along: 1), Tensor([1, 1])) < 1e-6)
        #expect(error(x.logSumExp(), Tensor([1001 + log(1 + exp(-1) + exp(-2)), -1000 + log(3)])) < 1e-6)
        #expect(error(exp(x.logSoftmax()), x.softmax()) < 1e-6)
        #expect(Tensor([-.infinity, -.infinity]).logSumExp().scalars[0] == -.infinity)
    }
}
