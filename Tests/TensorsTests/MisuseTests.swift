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
}
