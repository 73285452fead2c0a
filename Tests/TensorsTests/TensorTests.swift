import Tensors
import Testing

@Suite struct TensorTests {
    @Test func `a tensor indexes row-major and keeps value semantics`() {
        let a = Tensor(shape: [2, 3], scalars: [0, 1, 2, 3, 4, 5])
        var b = a
        b[1, 2] = 9
        #expect(a[1, 2] == 5 && b[1, 2] == 9 && a.slice(1).scalars == [3, 4, 5])
    }

    @Test func `matmul agrees with a product worked out by hand`() {
        let a = Tensor(shape: [2, 2], scalars: [1, 2, 3, 4])
        let b = Tensor(shape: [2, 1], scalars: [5, 6])
        #expect(a.matmul(b).scalars == [17, 39])
    }

    @Test func `the random stream depends on seed and stream alone and looks normal`() {
        var first = CounterRandom(seed: 7), again = CounterRandom(seed: 7), other = CounterRandom(seed: 7, stream: 1)
        let draws = (0..<4).map { _ in first.next() }
        #expect(draws == (0..<4).map { _ in again.next() })
        #expect(draws != (0..<4).map { _ in other.next() })
        var random = CounterRandom(seed: 3)
        let normal = Tensor(normal: [20_000], using: &random)
        #expect(abs(normal.mean()) < 0.03 && abs((normal * normal).mean() - 1) < 0.05)
    }
}
