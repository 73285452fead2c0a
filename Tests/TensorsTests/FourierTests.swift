import Tensors
import Testing

@Suite struct FourierTests {
    @Test func `transforms and inverses agree with NumPy for sizes of every kind`() throws {
        let file = try TensorReference.file("fourier")
        for name in TensorReference.cases("fft", in: file) {
            let a = try file.tensor(name + "/a"), width = a.shape[a.rank - 1]
            #expect(try error(a.rfft2(), file.tensor(name + "/spectrum")) < 1e-5)
            #expect(try error(file.tensor(name + "/other").irfft2(width: width), file.tensor(name + "/inverse")) < 1e-5)
            #expect(error(a.rfft2().irfft2(width: width), a) < 1e-5)
        }
    }

    @Test func `the adjoints of transform and inverse are exact`() {
        for (height, width) in [(4, 4), (5, 7), (6, 9), (1, 3), (3, 1), (31, 64)] {
            let x = noise(2, height, width, seed: 1), y = noise(2, 2, height, width / 2 + 1, seed: 2)
            let scale = x.norm() * y.norm()
            #expect(abs((x.rfft2() * y).sum() - (x * y.rfft2Adjoint(width: width)).sum()) < 1e-5 * scale)
            #expect(abs((y.irfft2(width: width) * x).sum() - (y * x.irfft2Adjoint()).sum()) < 1e-5 * scale)
        }
    }

    @Test func `the energy of a picture is that of its spectrum`() {
        let x = noise(48, 50), spectrum = x.rfft2()
        let twice = Tensor((0..<26).map { $0 == 0 || $0 == 25 ? 1 : 2 })
        #expect(abs((spectrum.squared * twice).sum() / Float(48 * 50) / x.squared.sum() - 1) < 1e-5)
        #expect(abs(spectrum[0, 0, 0] - x.sum()) < 1e-3 && spectrum[1, 0, 0] == 0)
    }
}
