import Circuits
import Foundation
import Tensors
import Testing

@Suite struct ImageParametrizationTests {
    @Test func `the Fourier parametrization gives the images that numpy gives`() throws {
        for reference in try VisualizationReference.load().fourier {
            let canvas = ImageParametrization.fourier(decay: reference.decay)
                .canvas(height: reference.height, width: reference.width)
            let parameters = Tensor(shape: canvas.parameterShape(batch: reference.batch), scalars: reference.parameters)
            let images = canvas.images(of: parameters)
            #expect(images.shape == [reference.batch, reference.height, reference.width, 3])
            #expect(images.distance(to: reference.images) < 2e-6)
        }
    }

    @Test func `its adjoint gives the gradient that PyTorch gives`() throws {
        for reference in try VisualizationReference.load().fourier {
            let canvas = ImageParametrization.fourier(decay: reference.decay)
                .canvas(height: reference.height, width: reference.width)
            let parameters = Tensor(shape: canvas.parameterShape(batch: reference.batch), scalars: reference.parameters)
            let images = canvas.images(of: parameters)
            let direction = Tensor(shape: images.shape, scalars: reference.direction)
            let gradient = canvas.adjoint(of: direction, at: images)
            #expect(gradient.shape == parameters.shape)
            #expect(gradient.distance(to: reference.gradient) < 5e-6)
        }
    }

    @Test(arguments: [
        ImageParametrization.fourier(), .fourier(decorrelatesColour: false), .pixels(), .pixels(decorrelatesColour: false),
    ])
    func `the adjoint agrees with finite differences`(_ parametrization: ImageParametrization) {
        let canvas = parametrization.canvas(height: 7, width: 10)
        let start = Tensor.noise(canvas.parameterShape(batch: 2), seed: 1)
        let direction = Tensor.noise(start.shape, seed: 2)
        let weights = Tensor.noise([2, 7, 10, 3], seed: 3)
        let images = canvas.images(of: start)
        let exact = canvas.adjoint(of: weights, at: images).dot(direction)
        let step: Float = 1e-2
        let ahead = canvas.images(of: start + direction * step).dot(weights)
        let behind = canvas.images(of: start - direction * step).dot(weights)
        let measured = (ahead - behind) / Double(2 * step)
        #expect(abs(exact - measured) < 2e-3 * max(1, abs(exact)), "\(exact) against \(measured)")
    }

    @Test func `a pixel parametrization starts near grey`() {
        let canvas = ImageParametrization.pixels().canvas(height: 16, width: 16)
        let images = canvas.images(of: canvas.initialParameters(seed: 0, entries: [0]))
        #expect(abs(images.mean() - 0.5) < 0.01)
        #expect(images.max() - images.min() < 0.05)
    }

    @Test func `the start of an image depends on its seed and its number, not on the batch`() {
        let canvas = ImageParametrization.fourier().canvas(height: 12, width: 9)
        func start(_ seed: UInt64, _ entries: [Int]) -> Tensor {
            canvas.images(of: canvas.initialParameters(seed: seed, entries: entries))
        }
        let both = start(5, [0, 1])
        #expect(both == start(5, [0, 1]))
        #expect(both.slice(1).distance(to: start(5, [1]).scalars) < 1e-6)
        #expect(both.slice(0).distance(to: both.slice(1).scalars) > 1e-3)
        #expect(both.slice(0).distance(to: start(6, [0]).scalars) > 1e-3)
    }
}
