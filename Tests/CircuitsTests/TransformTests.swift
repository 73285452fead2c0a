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
        .cropOrPad(12), .cropOrPad(20), .cropOrPad(5), .pad(2, .uniform), .crop(6), .flip(), .flip(.vertical), .blur(), .blur(0.7), .blur(0),
        .colourJitter(0.3), .randomRotate([45]), .randomRotate([180]), .randomRotate([31], .bilinear), .randomRotate([-100], .bilinear),
    ])
    func `every transform's adjoint is its exact transpose`(_ transform: Transform) throws {
        var random = CounterRandom(seed: 3)
        let draw = try transform.draw(height: 11, width: 14, using: &random)
        #expect(draw.isIdentity == (draw.apply(to: .noise([2, 11, 14, 3])) == .noise([2, 11, 14, 3])))
        let x = Tensor.noise([2, 11, 14, 3], seed: 1)
        let y = Tensor.noise([2, draw.height, draw.width, 3], seed: 2)
        // The constant of a border is what the transform makes of nothing.
        let linear = draw.apply(to: x) - draw.apply(to: Tensor(zeros: x.shape))
        let (forward, backward) = (linear.dot(y), x.dot(draw.adjoint(of: y)))
        #expect(abs(forward - backward) < 1e-4 * max(1, abs(forward)), "\(forward) against \(backward)")
        #expect(draw.adjoint(of: y).norm() > 0)
    }

    @Test func `transforms and their adjoints give what PyTorch gives`() throws {
        for reference in try TransformReference.load() {
            let draw = try reference.draw()
            #expect((draw.height, draw.width) == (reference.height, reference.width), "\(reference.name)")
            let image = Tensor(shape: [1, 7, 10, 3], scalars: reference.image)
            let direction = Tensor(shape: [1, draw.height, draw.width, 3], scalars: reference.direction)
            #expect(draw.apply(to: image).distance(to: reference.result) < 1e-5, "\(reference.name) by \(reference.parameter)")
            #expect(draw.adjoint(of: direction).distance(to: reference.gradient) < 2e-5, "\(reference.name) by \(reference.parameter)")
        }
    }

    @Test func `a list of transforms is the composition of its members, and its adjoint the adjoints in reverse`() throws {
        var random = CounterRandom(seed: 8)
        let draws = try Transform.draw(Transform.standard + [.flip(), .blur(), .colourJitter()], height: 40, width: 36, using: &random)
        let x = Tensor.noise([1, 40, 36, 3], seed: 1)
        let result = draws.reduce(x) { $1.apply(to: $0) }
        let y = Tensor.noise(result.shape, seed: 2)
        let constant = draws.reduce(Tensor(zeros: x.shape)) { $1.apply(to: $0) }
        let (forward, backward) = ((result - constant).dot(y), x.dot(draws.reversed().reduce(y) { $1.adjoint(of: $0) }))
        #expect(abs(forward - backward) < 1e-4 * max(1, abs(forward)), "\(forward) against \(backward)")
    }

    @Test func `every row of a large rotation is found`() {
        for degrees in stride(from: -180.0, through: 180, by: 7.5) {
            for (height, width) in [(40, 40), (5, 60), (60, 5), (1, 9)] {
                // Places are numbers of pixels, from 1: 0 is what lies outside.
                let image = Tensor(shape: [1, height, width, 1], scalars: (0..<height * width).map { Float($0 + 1) })
                let rotated = TransformDraw.rotation(height: height, width: width, degrees: degrees).apply(to: image)
                let (radians, lastX, lastY) = (Float(3.14 * degrees / 180), Float(width - 1), Float(height - 1))
                let (c, s) = (cos(radians), sin(radians))
                var wrong = 0
                for y in 0..<height {
                    for x in 0..<width {
                        let sx = c * (Float(x) - lastX / 2) - s * (Float(y) - lastY / 2) + lastX / 2
                        let sy = s * (Float(x) - lastX / 2) + c * (Float(y) - lastY / 2) + lastY / 2
                        // Halfway between two pixels, rounding errors decide.
                        if abs(abs(sx - sx.rounded()) - 0.5) < 1e-3 || abs(abs(sy - sy.rounded()) - 0.5) < 1e-3 { continue }
                        let inside = sx.rounded() >= 0 && sx.rounded() <= lastX && sy.rounded() >= 0 && sy.rounded() <= lastY
                        let expected = inside ? sy.rounded() * Float(width) + sx.rounded() + 1 : 0
                        if rotated[0, y, x, 0] != expected { wrong += 1 }
                    }
                }
                #expect(wrong == 0, "\(wrong) pixels of \(height) x \(width) at \(degrees) degrees")
            }
        }
    }

    @Test func `a flip happens in half of the steps, a random grey in another grey each`() throws {
        var random = CounterRandom(seed: 1)
        let draws = try (0..<200).map { _ in try Transform.flip().draw(height: 4, width: 4, using: &random) }
        #expect((70...130).contains(draws.filter(\.isIdentity).count))
        let greys = try Set((0..<20).map { _ in
            try Transform.pad(1, .uniform).draw(height: 2, width: 2, using: &random).apply(to: Tensor(zeros: [1, 2, 2, 3]))[0, 0, 0, 0]
        })
        #expect(greys.count == 20 && greys.allSatisfy { (0...1).contains($0) })
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
        #expect(throws: TransformError.self) { try Transform.crop(9).draw(height: 8, width: 20, using: &random) }
        #expect(throws: TransformError.self) { try Transform.blur(.infinity).draw(height: 8, width: 20, using: &random) }
        #expect(throws: TransformError.self) { try Transform.blur(3).draw(height: 8, width: 20, using: &random) }
        #expect(throws: TransformError.self) { try Transform.colourJitter(-1).draw(height: 8, width: 20, using: &random) }
        #expect(throws: TransformError.self) { try Transform.pad(.max).draw(height: 8, width: 20, using: &random) }
    }
}
