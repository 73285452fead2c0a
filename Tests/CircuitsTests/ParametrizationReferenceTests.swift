import Circuits
import Foundation
import Tensors
import Testing

/// What PyTorch makes of parameters; written by Tests/Peers/parametrizations_reference.py.
struct ParametrizationReference: Decodable {
    struct Images: Decodable {
        let name: String
        let shape: [Int]
        let parameters, images, direction, gradient: [Float]
    }
    struct Momentum: Decodable {
        let start: [Float]
        let gradients: [[Float]]
        let result: [Float]
    }
    let images: [Images]
    let momentum: Momentum

    static func load() throws -> ParametrizationReference {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Reference/parametrizations.json")
        return try JSONDecoder().decode(ParametrizationReference.self, from: Data(contentsOf: file))
    }
}

@Suite struct ParametrizationReferenceTests {
    private func parametrization(_ reference: ParametrizationReference.Images) -> ImageParametrization? {
        switch (reference.name, reference.shape[1]) {
        case ("pyramid", 9): .laplacianPyramid(levels: 3)
        case ("pyramid", _): .laplacianPyramid()
        case ("shared", _): .pixels().shared()
        case ("transparent", _): .pixels().transparent()
        case ("cppn", 6): .cppn(layers: 3, neurons: 5)
        case ("cppn", _): .cppn(layers: 2, neurons: 4)
        default: nil
        }
    }

    @Test func `every parametrization gives the images and gradients that PyTorch gives`() throws {
        for reference in try ParametrizationReference.load().images {
            let canvas = try #require(parametrization(reference)).canvas(height: reference.shape[1], width: reference.shape[2])
            let shape = canvas.parameterShape(batch: reference.shape[0])
            #expect(shape.reduce(1, *) == reference.parameters.count)
            let parameters = Tensor(shape: shape, scalars: reference.parameters)
            let images = canvas.images(of: parameters)
            #expect(images.shape == reference.shape)
            #expect(images.distance(to: reference.images) < 5e-6, "\(reference.name)")
            let direction = Tensor(shape: reference.shape, scalars: reference.direction)
            let gradient = canvas.adjoint(of: direction, at: images, parameters: parameters)
            let largest = reference.gradient.map(abs).max() ?? 1
            #expect(gradient.distance(to: reference.gradient) < 5e-6 * max(1, largest), "\(reference.name)")
        }
    }

    @Test func `nine steps of momentum give what PyTorch's SGD gives`() throws {
        let reference = try ParametrizationReference.load().momentum
        var momentum = Momentum(rate: 0.1, momentum: 0.8)
        var parameters = Tensor(reference.start)
        for gradient in reference.gradients { momentum.ascend(&parameters, along: Tensor(gradient)) }
        #expect(momentum.steps == 9 && parameters.distance(to: reference.result) < 1e-5)
    }
}
