import Circuits
import Foundation
import Tensors
import Testing

@Suite struct TransformTests {
    @Test func `resizing follows the rule of TensorFlow 1`() throws {
        for reference in try VisualizationReference.load().resize {
            let resize = TransformDraw.resize(
                height: reference.height, width: reference.width, toHeight: reference.toHeight, toWidth: reference.toWidth)
            let image = Tensor(shape: [1, reference.height, reference.width, 3], scalars: reference.image)
            #expect(resize.apply(to: image).distance(to: reference.result) < 1e-6)
        }
    }

    @Test func `a row of four pixels resized to six reads at multiples of two thirds`() {
        let row = Tensor(shape: [1, 1, 4, 1], scalars: [0, 3, 6, 12])
        let wide = TransformDraw.resize(height: 1, width: 4, toHeight: 1, toWidth: 6).apply(to: row)
        #expect(wide.distance(to: [0, 2, 4, 6, 10, 12]) < 1e-5)
    }

    @Test func `rotation takes the nearest pixel and fills with black`() throws {
        for reference in try VisualizationReference.load().rotate {
            let rotation = TransformDraw.rotation(height: reference.height, width: reference.width, degrees: reference.degrees)
            let image = Tensor(shape: [1, reference.height, reference.width, 3], scalars: reference.image)
            #expect(rotation.apply(to: image).distance(to: reference.result) < 1e-6)
        }
    }

    @Test(arguments: [
        Transform.pad(3), .pad(4, .reflect), .jitter(5), .randomScale([0.7]), .randomScale([1.3]), .randomRotate([17]), .randomRotate([-80]),
        .cropOrPad(12), .cropOrPad(20), .cropOrPad(5),
    ])
    func `every transform's adjoint is its exact transpose`(_ transform: Transform) throws {
        var random = CounterRandom(seed: 3)
        let draw = try transform.draw(height: 11, width: 14, using: &random)
        let x = Tensor.noise([2, 11, 14, 3], seed: 1)
        let y = Tensor.noise([2, draw.height, draw.width, 3], seed: 2)
        // The constant of a border is what the transform makes of nothing.
        let linear = draw.apply(to: x) - draw.apply(to: Tensor(zeros: x.shape))
        let (forward, backward) = (linear.dot(y), x.dot(draw.adjoint(of: y)))
        #expect(abs(forward - backward) < 1e-4 * max(1, abs(forward)), "\(forward) against \(backward)")
        #expect(draw.adjoint(of: y).norm() > 0)
    }

    @Test func `a reflected border mirrors the image without repeating its edge`() throws {
        var random = CounterRandom(seed: 0)
        let image = Tensor(shape: [1, 3, 3, 1], scalars: (0..<9).map(Float.init))
        let padded = try Transform.pad(2, .reflect).draw(height: 3, width: 3, using: &random).apply(to: image)
        #expect((0..<7).map { padded[0, 2, $0, 0] } == [2, 1, 0, 1, 2, 1, 0])
        #expect((0..<7).map { padded[0, $0, 2, 0] } == [6, 3, 0, 3, 6, 3, 0])
    }

    @Test func `the standard list turns 128 pixels into 125 to 154`() throws {
        var sizes: Set<Int> = []
        for seed in 0..<400 {
            var random = CounterRandom(seed: UInt64(seed))
            let draws = try Transform.draw(Transform.standard, height: 128, width: 128, using: &random)
            sizes.insert(draws[draws.count - 1].height)
        }
        #expect(sizes.min() == 125)
        #expect(sizes.max() == 154)
        #expect(sizes.count == 11)
    }

    @Test func `cropping or padding keeps the middle`() throws {
        var random = CounterRandom(seed: 0)
        let image = Tensor(shape: [1, 1, 4, 1], scalars: [1, 2, 3, 4])
        let wide = try Transform.cropOrPad(7).draw(height: 1, width: 4, using: &random).apply(to: image)
        #expect((0..<7).map { wide[0, 3, $0, 0] } == [0, 1, 2, 3, 4, 0, 0])
        #expect(wide.sum() == 10)
        let narrow = try Transform.cropOrPad(1).draw(height: 1, width: 4, using: &random).apply(to: image)
        #expect(narrow.scalars == [2])
    }

    @Test func `jitter reaches every offset from none to all`() throws {
        let image = Tensor(shape: [1, 1, 4, 1], scalars: [0, 1, 2, 3])
        let tall = Tensor.stack((0..<4).map { _ in image.slice(0).reshaped([4, 1]) }).reshaped([1, 4, 4, 1])
        let seen = try Set((0..<200).map { seed in
            var random = CounterRandom(seed: UInt64(seed))
            return try Transform.jitter(2).draw(height: 4, width: 4, using: &random).apply(to: tall)[0, 0, 0, 0]
        })
        #expect(seen == [0, 1, 2])
    }

    @Test func `a transform without room says so`() {
        var random = CounterRandom(seed: 0)
        #expect(throws: TransformError.self) { try Transform.jitter(8).draw(height: 8, width: 20, using: &random) }
        #expect(throws: TransformError.self) { try Transform.pad(8, .reflect).draw(height: 8, width: 20, using: &random) }
        #expect(throws: TransformError.self) { try Transform.randomScale([.nan]).draw(height: 8, width: 20, using: &random) }
        #expect(throws: TransformError.self) { try Transform.randomRotate([]).draw(height: 8, width: 20, using: &random) }
        #expect(throws: TransformError.self) { try Transform.pad(.max).draw(height: 8, width: 20, using: &random) }
    }
}
