import Networks
import Tensors
import Testing

@Suite struct ConvolutionTests {
    /// The sum over the kernel in double precision, for a square kernel with SAME padding.
    static func reference(_ layer: Convolution, _ input: Tensor) throws -> Tensor {
        var output = try layer(Tensor(zeros: input.shape))
        let (height, width) = (input.shape[1], input.shape[2]), (rows, columns) = (output.shape[1], output.shape[2])
        let top = SamePadding(size: height, kernel: layer.kernelHeight, stride: layer.stride).before
        let left = SamePadding(size: width, kernel: layer.kernelWidth, stride: layer.stride).before
        let (w, x) = (layer.weights.scalars, input.scalars), (ins, outs) = (layer.inputChannels, layer.outputChannels)
        output.withUnsafeMutableScalars { result in
            for y in 0..<rows {
                for column in 0..<columns {
                    var sums = layer.bias.scalars.map(Double.init)
                    for ky in 0..<layer.kernelHeight {
                        for kx in 0..<layer.kernelWidth {
                            let (sy, sx) = (y * layer.stride - top + ky, column * layer.stride - left + kx)
                            guard sy >= 0, sy < height, sx >= 0, sx < width else { continue }
                            for i in 0..<ins {
                                let value = Double(x[(sy * width + sx) * ins + i]), from = ((ky * layer.kernelWidth + kx) * ins + i) * outs
                                for o in 0..<outs { sums[o] += value * Double(w[from + o]) }
                            }
                        }
                    }
                    for o in 0..<outs { result[(y * columns + column) * outs + o] = Float(sums[o]) }
                }
            }
        }
        return output
    }

    @Test(arguments: [
        (14, 96, 208, 3), (28, 64, 192, 3), (13, 160, 320, 3), (14, 24, 64, 5), (9, 832, 48, 1), (40, 3, 64, 7), (30, 96, 128, 3),
        (21, 32, 48, 5),
    ])
    func `large convolutions keep four digits of the sum in double precision`(_ size: Int, _ inputs: Int, _ outputs: Int, _ kernel: Int)
        throws
    {
        let weights = SweepTests.numbers(1, [kernel, kernel, inputs, outputs])
        let layer = try Convolution(weights: weights, bias: SweepTests.numbers(2, [outputs]), stride: kernel == 7 ? 2 : 1)
        let input = SweepTests.numbers(3, [1, size, size, inputs])
        let output = try layer(input)
        #expect(try relativeError(output, Self.reference(layer, input)) < 5e-5)
        // The gradient is the adjoint: <g, conv(x)> = <conv'(g), x> for a bias of zero.
        let linear = try layer.replacing(weights: weights, bias: Tensor(zeros: [outputs]))
        let g = SweepTests.numbers(4, output.shape)
        func product(_ a: Tensor, _ b: Tensor) -> Double { zip(a.scalars, b.scalars).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
        let gradient = try linear.inputGradient(ofOutput: g, at: input)
        for seed in 5..<9 {
            let probe = SweepTests.numbers(seed, input.shape)
            let scale = Double(gradient.norm() * probe.norm())
            #expect(try abs(product(g, linear(probe)) - product(gradient, probe)) < 1e-5 * scale)
        }
    }

    @Test(arguments: [(17, 32), (32, 17), (20, 144), (1, 40), (144, 33), (3, 5)], [3, 5, 7])
    func `a convolution keeps to the scratch memory that it asked for, in both directions`(_ channels: (Int, Int), _ kernel: Int) throws {
        let (inputs, outputs) = channels
        let layer = try Convolution(
            weights: SweepTests.numbers(1, [kernel, kernel, inputs, outputs]), bias: Tensor(zeros: [outputs]), stride: kernel == 7 ? 2 : 1)
        let shape = ActivationShape(height: 57, width: 60, channels: inputs), result = try layer.outputShape(for: shape)
        let count = layer.scratchCount(for: shape, batch: 3), guards = 4096
        let scratch = UnsafeMutablePointer<Float>.allocate(capacity: count + guards)
        defer { scratch.deallocate() }
        (scratch + count).initialize(repeating: 12.5, count: guards)
        var x = SweepTests.numbers(2, shape.tensorShape(batch: 3)), y = Tensor(zeros: result.tensorShape(batch: 3))
        x.withUnsafeMutableScalars { x in
            y.withUnsafeMutableScalars { y in
                let input = ActivationView(base: x.baseAddress!, batch: 3, shape: shape, pixelStride: inputs)
                let output = ActivationView(base: y.baseAddress!, batch: 3, shape: result, pixelStride: outputs)
                layer.forward(input, into: output, scratch: scratch)
                layer.backward(
                    output, recorded: RecordedActivations(input: input, output: output), into: input, accumulate: true, rules: .standard,
                    scratch: scratch)
            }
        }
        let untouched = (0..<guards).allSatisfy { scratch[count + $0] == 12.5 }
        #expect(untouched)
    }

    @Test func `what cannot be a convolution is refused with the reason`() throws {
        let (weights, bias) = (Tensor(zeros: [3, 3, 4, 6]), Tensor(zeros: [6]))
        #expect { try Convolution(weights: weights, bias: bias, groups: 4) } throws: {
            "\($0)".contains("6 outputs cannot be cut into 4 groups")
        }
        #expect { try Convolution(weights: weights, bias: bias, dilation: 0) } throws: { "\($0)".contains("dilation") }
        #expect { try Convolution(weights: weights, bias: bias, padding: .all(-1)) } throws: { "\($0)".contains("padding") }
        #expect(throws: LayerError.self) { try Convolution(weights: Tensor(zeros: [64, 64, 1, 1]), bias: Tensor(zeros: [1])) }
        let narrow = try Convolution(weights: weights, bias: bias, padding: .valid, groups: 2)
        #expect { try narrow(Tensor(zeros: [1, 5, 5, 4])) } throws: { "\($0)".contains("[height, width, 8]") }
        #expect { try narrow(Tensor(zeros: [1, 2, 5, 8])) } throws: { "\($0)".contains("spans 3 x 3 does not fit into [2, 5, 8]") }
        #expect { try MaxPool(size: 2, stride: 1, padding: .all(2))(Tensor(zeros: [1, 5, 5, 8])) } throws: { "\($0)".contains("padding") }
    }

    @Test func `a folded batch normalization computes the same, and the convolution before it can still be seen`() throws {
        let channels = 10
        func vector(_ seed: Int) -> Tensor { SweepTests.numbers(seed, [channels]) }
        let normalization = try BatchNormalization(gamma: vector(1), beta: vector(2), mean: vector(3), variance: vector(4) + 1.5)
        let convolution = try Convolution(weights: SweepTests.numbers(5, [3, 3, 3, channels]), bias: vector(6), stride: 2)
        let graph = try Graph(nodes: [
            .init("input", .input(channels: 3, range: 0...1)), .init("c", .layer(convolution), inputs: ["input"]),
            .init("n", .layer(normalization), inputs: ["c"]), .init("r", .layer(ReLU()), inputs: ["n"]),
        ])
        let folded = try graph.foldingBatchNormalizations()
        let layer = try #require(
            folded["n"].flatMap { node in if case .layer(let layer) = node.operation { layer as? Convolution } else { nil } })
        #expect(folded["n"]?.inputs == ["input"] && folded["c"] != nil && folded["r"]?.inputs == ["n"])
        let images = SweepTests.numbers(7, [2, 9, 8, 3])
        #expect(try relativeError(layer(images), normalization(convolution(images))) < 1e-5)
        #expect(throws: LayerError.self) {
            try normalization.folded(into: Convolution(weights: Tensor(zeros: [1, 1, 3, 4]), bias: Tensor(zeros: [4])))
        }
    }
}
