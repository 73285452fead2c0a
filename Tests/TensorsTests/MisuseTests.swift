import Tensors
import Testing

/// What a cell that misuses a tensor ends with: a message that names the operation and the shapes.
@Suite struct MisuseTests {
    private func words(_ result: ExitTest.Result?) -> String { String(decoding: result?.standardErrorContent ?? [], as: UTF8.self) }

    @Test func `shapes that do not broadcast are named with the operation`() async {
        let sum = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor(zeros: [2, 3]) + Tensor(zeros: [2, 4])
        }
        #expect(words(sum).contains("+ of shapes [2, 3] and [2, 4]"))
        let update = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var x = Variable(Tensor(zeros: [5]))
            x = maximum(x, Variable(Tensor(zeros: [4])))
        }
        #expect(words(update).contains("maximum of shapes [5] and [4]"))
    }

    @Test func `products, joins and reshapes that do not fit name both shapes`() async {
        let product = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor(zeros: [2, 3]).matmul(Tensor(zeros: [2, 3]))
        }
        #expect(words(product).contains("matmul of shapes [2, 3] and [2, 3]"))
        let batch = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor(zeros: [4, 2, 3]).matmul(Tensor(zeros: [5, 3, 2]))
        }
        #expect(words(batch).contains("matmul of shapes [4, 2, 3] and [5, 3, 2]: needed are [..., m, k] and [..., k, n]"))
        let joined = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.concatenated([Tensor(zeros: [2, 3]), Tensor(zeros: [2, 4])])
        }
        #expect(words(joined).contains("concatenation of shapes [2, 3] and [2, 4] along axis 0"))
        let reshaped = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor(zeros: [2, 3]).reshaped([4, -1])
        }
        #expect(words(reshaped).contains("shape [2, 3] cannot be reshaped to [4, -1]"))
    }

    @Test func `indices and axes out of range name the axis and the shape`() async {
        let index = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor(zeros: [2, 3])[0..., 3]
        }
        #expect(words(index).contains("index 3 is out of range on axis 1 of shape [2, 3]"))
        let short = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor(zeros: [2, 3])[1] as Float
        }
        #expect(words(short).contains("takes 2 indices, not 1; its part is t[1, .ellipsis]"))
        let range = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor(zeros: [2, 3])[.all, 1..<5]
        }
        #expect(words(range).contains("the range 1..<5 is outside of axis 1 of shape [2, 3]"))
        let axis = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor(zeros: [2, 3]).mean(along: 2)
        }
        #expect(words(axis).contains("mean along axis 2 of a tensor of shape [2, 3]"))
    }

    @Test func `updates, masks, paddings and impossible shapes say what does not fit`() async {
        let update = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var x = Tensor(zeros: [2, 3])
            x += Tensor(zeros: [4])
        }
        #expect(words(update).contains("+= of shapes [2, 3] and [4]"))
        let mask = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor(zeros: [2, 3]) .> Tensor(zeros: [2])
        }
        #expect(words(mask).contains(".> of shapes [2, 3] and [2]"))
        let chosen = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor(zeros: [2, 3]).replacing(with: 0, where: Tensor(zeros: [4]))
        }
        #expect(words(chosen).contains("replacing where a mask holds of shapes [2, 3] and [4]"))
        let padded = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor(zeros: [2, 0]).padded([(1, 1), (0, 1)], mode: .edge)
        }
        #expect(words(padded).contains("padding of a tensor of shape [2, 0]") && words(padded).contains("no border"))
        let huge = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor(zeros: [1 << 40, 1 << 40])
        }
        #expect(words(huge).contains("no tensor has the shape [1099511627776, 1099511627776]"))
        let stacked = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.stack([Tensor(zeros: [2]), Tensor(zeros: [3])])
        }
        #expect(words(stacked).contains("stack of shapes [2] and [3]"))
    }

    @Test func `shapes that come from elsewhere can be asked about`() throws {
        #expect(try Tensor.broadcastShape([8, 1, 6, 1], [7, 1, 5]) == [8, 7, 6, 5])
        #expect(try Tensor.broadcastShape([2], [3, 1], [1, 1, 1]) == [1, 3, 2])
        #expect(throws: ShapeError.broadcast(operation: "*", [2, 3], [4])) { try Tensor.broadcastShape([2, 3], [4], operation: "*") }
        #expect(try Tensor.matmulShape([5, 1, 2, 3], [4, 3, 6]) == [5, 4, 2, 6])
        for (a, b) in [([2, 3], [2, 3]), ([3], [3, 2]), ([4, 2, 3], [5, 3, 2])] {
            #expect(throws: ShapeError.matmul(a, b)) { try Tensor.matmulShape(a, b) }
        }
        #expect(try Tensor.concatenatedShape([[2, 3], [2, 5]], along: -1) == [2, 8])
        #expect(throws: ShapeError.concatenation([2, 3], [3, 3], axis: 1)) { try Tensor.concatenatedShape([[2, 3], [3, 3]], along: 1) }
        #expect(throws: ShapeError.axis(2, of: [2, 3], operation: "concatenation")) { try Tensor.concatenatedShape([[2, 3]], along: 2) }
        #expect(try Tensor.reshapedShape([2, 6], to: [-1, 4]) == [3, 4] && Tensor.reshapedShape([0, 6], to: [0, -1]) == [0, 0])
        #expect(throws: ShapeError.reshape([2, 6], to: [5, -1])) { try Tensor.reshapedShape([2, 6], to: [5, -1]) }
        #expect(throws: ShapeError.reshape([2, 6], to: [-1, -1])) { try Tensor.reshapedShape([2, 6], to: [-1, -1]) }
    }
}
