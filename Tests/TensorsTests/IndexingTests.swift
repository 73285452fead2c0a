import Tensors
import Testing

@Suite struct IndexingTests {
    @Test func `parts and rearrangements agree with NumPy`() throws {
        let file = try TensorReference.file("arithmetic"), x = try file.tensor("x")
        #expect(try x.permuted(2, 0, 1) == file.tensor("permuted"))
        #expect(try x[1..<4, .every(2), (-3)...] == file.tensor("part"))
        #expect(try x[-1, 0..., 2] == file.tensor("index"))
        #expect(try x.flipped(1, -1) == file.tensor("flipped"))
        #expect(try x.padded([(0, 1), (2, 0), (1, 1)], with: 0.5) == file.tensor("padded"))
        #expect(x.padded([(0, 1), (2, 0), (1, 1)], mode: .constant(0.5)) == x.padded([(0, 1), (2, 0), (1, 1)], with: 0.5))
        #expect(try x.padded([(0, 1), (2, 0), (9, 1)], mode: .edge) == file.tensor("padded-edge"))
        #expect(try x.padded([(0, 1), (2, 0), (9, 15)], mode: .reflect) == file.tensor("padded-reflect"))
        #expect(Tensor([3]).padded([(2, 1)], mode: .reflect) == Tensor([3, 3, 3, 3]))
        #expect(try x.gathered([3, 0, 3], along: 1) == file.tensor("taken"))
        #expect(try Tensor.concatenated([x, x[.all, ..<2]], along: 1) == file.tensor("joined"))
        #expect(try error(x.reshaped([30, 7]).matmul(x[0, 0...].transposed), file.tensor("matmul")) < 1e-6)
    }

    @Test func `an index removes its axis, a range keeps it, an ellipsis fills up`() {
        let x = noise(2, 3, 4, 5)
        #expect(x[1..., 0...2, 0, 2..<3].shape == [1, 3, 1] && x[.ellipsis, 0].shape == [2, 3, 4])
        #expect(x[.newAxis, 0, .ellipsis, .newAxis].shape == [1, 3, 4, 5, 1] && x[..<1, .ellipsis, ..<(-1)].shape == [1, 3, 4, 4])
        #expect(x[1, 2, 3, 4] == x.scalars.last && x[-1, -1, -1, -1] == x.scalars.last && x[2..<2].count == 0)
        let corner: Tensor = x[1, 2]
        #expect(corner == x.slice(1).slice(2) && x[...(-1)] == x && x[.all, .every(3, from: 1)].shape == [2, 1, 4, 5])
    }

    @Test func `what is set in a part is broadcast and leaves the rest alone`() {
        var x = Tensor(zeros: [3, 4])
        x[1..., 1..<3] = Tensor([1, 2])
        #expect(x.scalars == [0, 0, 0, 0, 0, 1, 2, 0, 0, 1, 2, 0])
        x[0, .all] = Tensor(7)
        #expect(x.sum(along: 1).scalars == [28, 3, 3])
    }

    @Test func `slices along the first axis are views with value semantics`() {
        let whole = noise(6, 5)
        var middle = whole[2..<4], row = whole.slice(2)
        let address = whole.withUnsafeScalars { $0.baseAddress! + 10 }
        #expect(middle.withUnsafeScalars { $0.baseAddress } == address && row.withUnsafeScalars { $0.baseAddress } == address)
        #expect(middle.reshaped([10])[5...].withUnsafeScalars { $0.baseAddress } == address + 5)
        #expect(middle.scalars == Array(whole.scalars[10..<20]) && middle.slice(1) == whole.slice(3))
        middle[0, 1] = 100
        row.withUnsafeMutableScalars { $0[0] = -1 }
        #expect(whole[2, 1] != 100 && middle[0, 1] == 100 && row[0] == -1 && middle.shape == [2, 5] && middle.scalars.count == 10)
        #expect(middle[1, 0] == whole[3, 0] && (middle + middle).scalars[1] == 200)
        #expect(abs(middle.sum() - middle.scalars.reduce(0, +)) < 1e-4)
    }

    @Test func `transposing twice gives the tensor back, for sizes around the tiles`() {
        for (rows, columns) in [(1, 1), (31, 33), (32, 32), (64, 65), (3, 200), (200, 3)] {
            let x = noise(2, rows, columns)
            #expect(x.transposed.transposed == x && x.transposed[1, columns - 1, 0] == x[1, 0, columns - 1])
            #expect(x.permuted(1, 2, 0).permuted(2, 0, 1) == x && x.flipped(0, 2).flipped(2, 0) == x)
        }
    }

    @Test func `squeezing, expanding, stacking and repeating change shapes as they say`() {
        let x = noise(3, 1, 2)
        #expect(x.squeezed().shape == [3, 2] && x.squeezed(1).shape == [3, 2] && x.expanded(at: -1).shape == [3, 1, 2, 1])
        #expect(x.expanded(at: 0).shape == [1, 3, 1, 2] && x.reshaped([-1]).shape == [6])
        #expect(x.broadcast(to: [2, 3, 4, 2]).slice(1)[1, 3, 1] == x[1, 0, 1])
        #expect(Tensor.stack([x, x]).shape == [2, 3, 1, 2] && Tensor.stack([x, x]).slice(1) == x)
    }
}
