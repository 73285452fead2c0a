import CVector

/// Convolutions in which every channel sees only itself have nothing that a matrix product could share; they run along the channels.
extension Convolution {
    var isDepthwise: Bool { groups > 1 && inputsOfGroup == 1 && outputsOfGroup == 1 }

    func depthwiseForward(_ input: ActivationView, into output: ActivationView, rectified: Bool) {
        withShape(input, output) { shape in
            shape.rectify = rectified ? 1 : 0
            vector_convolve_depthwise(&shape, output.vector, input.vector)
        }
    }

    func depthwiseBackward(_ outputGradient: ActivationView, into inputGradient: ActivationView, accumulate: Bool) {
        withShape(inputGradient, outputGradient) { shape in
            shape.accumulate = accumulate ? 1 : 0
            vector_convolve_depthwise_gradient(&shape, inputGradient.vector, outputGradient.vector)
        }
    }

    private func withShape(_ input: ActivationView, _ output: ActivationView, _ body: (inout vector_depthwise) -> Void) {
        let corner = corner(input, output)
        weights.withUnsafeScalars { w in
            bias.withUnsafeScalars { b in
                var shape = vector_depthwise(
                    images: Int32(input.batch), channels: Int32(input.channels), height: Int32(input.height), width: Int32(input.width),
                    target_height: Int32(output.height), target_width: Int32(output.width), kernel_height: Int32(kernelHeight),
                    kernel_width: Int32(kernelWidth), step: Int32(stride), dilation: Int32(dilation), top: Int32(corner.top),
                    left: Int32(corner.left), weights: w.baseAddress, bias: b.baseAddress, accumulate: 0, rectify: 0)
                body(&shape)
            }
        }
    }
}
