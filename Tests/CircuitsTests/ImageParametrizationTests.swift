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
            let gradient = canvas.adjoint(of: direction, at: images, parameters: parameters)
            #expect(gradient.shape == parameters.shape)
            #expect(gradient.distance(to: reference.gradient) < 5e-6)
        }
    }

    @Test(arguments: [
        ImageParametrization.fourier(), .fourier(decorrelatesColour: false), .pixels(), .pixels(decorrelatesColour: false),
        .laplacianPyramid(), .laplacianPyramid(levels: 2, decorrelatesColour: false), .fourier().shared(), .laplacianPyramid().shared(),
        .fourier().grey(), .pixels().grey(),
    ])
    func `the adjoint agrees with finite differences`(_ parametrization: ImageParametrization) {
        let canvas = parametrization.canvas(height: 7, width: 10)
        let start = Tensor.noise(canvas.parameterShape(batch: 2), seed: 1)
        let direction = Tensor.noise(start.shape, seed: 2)
        let weights = Tensor.noise([2, 7, 10, 3], seed: 3)
        let images = canvas.images(of: start)
        let exact = canvas.adjoint(of: weights, at: images, parameters: start).dot(direction)
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

    @Test(arguments: [
        ImageParametrization.fourier(), .pixels(), .laplacianPyramid(), .fourier(decorrelatesColour: false), .pixels().shared(),
        .fourier().transparent(),
    ])
    func `a picture to start from is where the optimization starts`(_ parametrization: ImageParametrization) {
        for (height, width) in [(16, 12), (9, 11), (8, 7)] {
            let picture = Tensor(uniform: [height, width, 3], in: 0.05..<0.95, seed: 4)
            var still = parametrization.starting(from: picture)
            still.deviation = 0
            let canvas = still.canvas(height: height, width: width)
            let start = canvas.images(of: canvas.initialParameters(seed: 0, entries: [0, 3]))
            for entry in 0..<2 { #expect(start.slice(entry)[.ellipsis, 0..<3].distance(to: picture.scalars) < 1e-4) }
            if parametrization.channels == 4 { #expect(start[.ellipsis, 3].distance(to: [Float](repeating: 0.5, count: 2 * height * width)) < 1e-5) }
        }
    }

    @Test func `a grey parametrization has three equal colours, and starts from a grey picture`() {
        let grey = Tensor(uniform: [6, 5, 1], in: 0.05..<0.95, seed: 4), picture = Tensor.concatenated([grey, grey, grey], along: 2)
        let canvas = ImageParametrization.fourier(deviation: 0).grey().starting(from: picture).canvas(height: 6, width: 5)
        #expect(canvas.images(of: canvas.initialParameters(seed: 0, entries: [0])).distance(to: picture.scalars) < 1e-4)
        let noisy = ImageParametrization.pixels(deviation: 1).grey().canvas(height: 4, width: 4)
        let image = noisy.images(of: noisy.initialParameters(seed: 0, entries: [0]))
        #expect(image[.ellipsis, 0] == image[.ellipsis, 1] && image[.ellipsis, 1] == image[.ellipsis, 2] && image.max() > image.min() + 0.2)
        #expect(ImageParametrization.fourier().grey().description.contains("grey"))
    }

    @Test func `a picture of another size is resized to start from it`() {
        let picture = Tensor(repeating: 0.25, shape: [20, 30, 3])
        let canvas = ImageParametrization.fourier(deviation: 0).starting(from: picture).canvas(height: 8, width: 8)
        let start = canvas.images(of: canvas.initialParameters(seed: 0, entries: [0]))
        #expect(start.distance(to: [Float](repeating: 0.25, count: 192)) < 1e-4)
    }

    @Test func `a CPPN starts as one colour per image and paints smoothly whatever the size`() {
        let canvas = ImageParametrization.cppn().canvas(height: 20, width: 20)
        let parameters = canvas.initialParameters(seed: 1, entries: [0, 1])
        let images = canvas.images(of: parameters)
        #expect(images.shape == [2, 20, 20, 3])
        for entry in 0..<2 {
            let image = images.slice(entry)
            #expect(image.distance(to: image[0..<1, 0..<1].broadcast(to: [20, 20, 3]).scalars) < 1e-6)
        }
        #expect(images.slice(0).distance(to: images.slice(1).scalars) > 1e-3)
        // The same weights at twice the density meet the same coordinates in every second pixel.
        let moved = parameters + Tensor.noise(parameters.shape, seed: 2) * 0.3
        let (coarse, fine) = (canvas.images(of: moved), ImageParametrization.cppn().canvas(height: 39, width: 39).images(of: moved))
        #expect(fine[0..<2, .every(2), .every(2)].distance(to: coarse.scalars) < 1e-4)
        #expect(coarse.max() - coarse.min() > 0.05)
    }

    @Test func `shared parts are common to all images, and the ends of a series have their own`() {
        let canvas = ImageParametrization.pixels(deviation: 0).shared([SharedLevel(dividedBy: 4), SharedLevel(dividedBy: 4, images: 2)])
            .canvas(height: 8, width: 8)
        var parameters = canvas.initialParameters(seed: 0, entries: [0, 1, 2, 3])
        let own = 4 * 8 * 8 * 3, level = 2 * 2 * 3
        parameters.withUnsafeMutableScalars { for i in own..<own + level { $0[i] = 1 } }
        let common = canvas.images(of: parameters)
        for entry in 1..<4 { #expect(common.slice(entry) == common.slice(0)) }
        #expect(common.max() > 0.6)
        // The first of two ends: [row, image, colour, column].
        parameters.withUnsafeMutableScalars { for y in 0..<2 { for i in 0..<6 { $0[own + level + y * 12 + i] = 5 } } }
        let series = canvas.images(of: parameters)
        let distances = (0..<4).map { series.slice($0).distance(to: common.slice(0).scalars) }
        #expect(distances[0] > distances[1] && distances[1] > distances[2] && distances[2] == 0 && distances[3] == 0)
    }
}
