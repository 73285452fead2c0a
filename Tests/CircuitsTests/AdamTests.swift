import Circuits
import Tensors
import Testing

@Suite struct AdamTests {
    @Test func `twelve steps give what TensorFlow's formula gives`() throws {
        let reference = try VisualizationReference.load().adam
        var adam = Adam()
        var parameters = Tensor(reference.start)
        for gradient in reference.gradients { adam.ascend(&parameters, along: Tensor(gradient)) }
        #expect(adam.steps == 12)
        #expect(parameters.distance(to: reference.result) < 1e-5)
    }

    @Test func `the first step is as long as the rate, uphill`() {
        var adam = Adam(rate: 0.05)
        var parameters = Tensor([1, 1])
        adam.ascend(&parameters, along: Tensor([3, -0.2]))
        #expect(parameters.distance(to: [1.05, 0.95]) < 1e-6)
    }
}
