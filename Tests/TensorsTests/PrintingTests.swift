import Tensors
import Testing

@Suite struct PrintingTests {
    @Test func `small tensors are printed whole, their columns aligned`() {
        #expect("\(Tensor(2.5))" == "Tensor 2.5")
        #expect("\(Tensor([]))" == "Tensor [0], empty")
        #expect("\(Tensor([1, -2.25, .infinity]))" == "Tensor [3]\n[    1, -2.25,   inf]")
        #expect("\(Tensor(shape: [2, 2, 1], scalars: [1, 20, .nan, 1e10]))" == """
            Tensor [2, 2, 1]
            [[[    1],
              [   20]],
             [[  nan],
              [1e+10]]]
            """)
    }

    @Test func `large tensors are printed with statistics and corners`() {
        let ramp = Tensor((0..<800).map { Float($0) }).reshaped([20, 40])
        #expect("\(ramp)" == """
            Tensor [20, 40]: min 0, mean 399.5, max 799, deviation 230.9
            [[  0,   1,   2, ...,  37,  38,  39],
             [ 40,  41,  42, ...,  77,  78,  79],
             [ 80,  81,  82, ..., 117, 118, 119],
             ...,
             [680, 681, 682, ..., 717, 718, 719],
             [720, 721, 722, ..., 757, 758, 759],
             [760, 761, 762, ..., 797, 798, 799]]
            """)
        let deep = "\(Tensor(zeros: [50, 60, 70, 80]))"
        #expect(deep.split(separator: "\n").count < 40)
        #expect(deep.hasPrefix("Tensor [50, 60, 70, 80]: min 0, mean 0, max 0, deviation 0\n[[[["))
    }

    @Test func `the statistics count what is not finite and leave it out`() {
        #expect(Tensor([1, 3, .nan]).statistics == "min 1, mean 2, max 3, deviation 1, 1 of 3 not finite")
        #expect(Tensor([.infinity]).statistics == "no finite elements, 1 of 1 not finite")
    }
}
