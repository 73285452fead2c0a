import Circuits
import Networks
import Tensors
import Testing

@Suite struct HandwrittenCurvesTests {
    @Test func `every unit written by hand is a curve detector for its own orientation`() throws {
        let model = try Model.load("handwritten-curves")
        #expect(Model.embedded.contains("handwritten-curves"))
        let found = try model["mixed3b"].curveDetectors(control: false)
        #expect(found.units.count == 24)
        let tuning = try model["mixed3b"].tuning(over: .curves())
        for channel in 0..<24 {
            let preferred = try tuning[channel].curve().peak.angle
            let difference = (preferred - 15 * Double(channel)).remainder(dividingBy: 360)
            #expect(abs(difference) <= 10, "channel \(channel) prefers \(preferred) degrees")
        }
    }

    @Test func `a plain picture excites nothing`() throws {
        let model = try Model.load("handwritten-curves")
        let surface = Tensor(repeating: 0.7, shape: [64, 64, 3])
        let gabors = try model["conv2d0"].activations(of: surface)
        // Behind the border, where the padding is an edge.
        #expect(gabors[.all, 4..<28, 4..<28, .all].max() < 1e-5)
    }
}
