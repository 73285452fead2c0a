import Networks
import Tensors
import Testing
import WeightFiles

@Suite struct LayerReferenceTests {
    /// The layer of a case of the reference file, by its name.
    static func layer(_ name: String, _ file: SafetensorsFile) throws -> any NetworkLayer {
        let parts = name.split(separator: "-").map(String.init)
        func number(_ index: Int) -> Int { index < parts.count ? Int(parts[index]) ?? 0 : 0 }
        switch parts[0] {
        case "convolution":
            return try Convolution(weights: file.tensor(name + "/weight"), bias: file.tensor(name + "/bias"), stride: number(2))
        case "maxpool": return name == "maxpool-ties" ? MaxPool(size: 3, stride: 2) : MaxPool(size: number(1), stride: number(2))
        case "avgpool": return AveragePool(size: number(1), stride: number(2))
        case "lrn" where name == "lrn-other": return LocalResponseNormalization(radius: 2, bias: 1, alpha: 1e-2, beta: 0.75)
        case "lrn": return LocalResponseNormalization()
        case "relu": return ReLU()
        case "globalavgpool": return GlobalAveragePool()
        case "dense": return try Dense(weights: file.tensor("dense/weight"), bias: file.tensor("dense/bias"))
        default: return Softmax()
        }
    }

    @Test func `every layer computes PyTorch's outputs and input gradients`() throws {
        let file = try Reference.file("layers")
        let names = file.tensorNames.filter { $0.hasSuffix("/input") }.map { String($0.dropLast("/input".count)) }
        #expect(names.count == 30)
        for name in names {
            let layer = try Self.layer(name, file)
            let input = try file.tensor(name + "/input")
            #expect(try relativeError(layer(input), file.tensor(name + "/output")) < 1e-4, "\(name), output")
            let gradient = try layer.inputGradient(ofOutput: file.tensor(name + "/gradient"), at: input)
            #expect(try relativeError(gradient, file.tensor(name + "/inputGradient")) < 1e-4, "\(name), gradient")
        }
    }

    @Test func `the rules that make a network linear are the derivatives of linear layers`() throws {
        let file = try Reference.file("layers")
        for name in ["maxpool-3-2-9x8", "maxpool-3-1-5x6"] {
            let pool = try #require(Self.layer(name, file) as? MaxPool)
            let average = AveragePool(pool.window)
            let (input, gradient) = (try file.tensor(name + "/input"), try file.tensor(name + "/gradient"))
            #expect(
                try pool.inputGradient(ofOutput: gradient, at: input, rules: .linearized)
                    == average.inputGradient(ofOutput: gradient, at: input))
        }
        let (input, gradient) = (try file.tensor("relu/input"), try file.tensor("relu/gradient"))
        #expect(try ReLU().inputGradient(ofOutput: gradient, at: input, rules: .linearized) == gradient)
        let gain = try LocalResponseNormalization().inputGradient(ofOutput: gradient, at: input, rules: .linearized)
        #expect(relativeError(gain, gradient * Float(0.5).squareRoot()) < 1e-6)
    }

    @Test func `a layer that is given another shape says what it takes`() throws {
        let convolution = try Convolution(weights: Tensor(zeros: [3, 3, 4, 2]), bias: Tensor(zeros: [2]))
        #expect(throws: LayerError.self) { try convolution(Tensor(zeros: [1, 5, 5, 3])) }
        #expect(throws: LayerError.self) { try convolution(Tensor(zeros: [5, 5, 4])) }
        #expect(throws: LayerError.self) { try Convolution(weights: Tensor(zeros: [3, 3, 4]), bias: Tensor(zeros: [2])) }
        #expect(throws: LayerError.self) { try Convolution(weights: Tensor(zeros: [3, 3, 4, 2]), bias: Tensor(zeros: [3])) }
        #expect(throws: LayerError.self) { try Dense(weights: Tensor(zeros: [4, 2]), bias: Tensor(zeros: [2]))(Tensor(zeros: [1, 5])) }
    }
}
