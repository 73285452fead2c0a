import Figures
import Tensors
import Testing

@Suite struct ColorMapTests {
    @Test(arguments: [(-1, "#0571B0"), (-0.5, "#92C5DE"), (0, "#F7F7F7"), (0.5, "#F4A582"), (1, "#CA0020")] as [(Float, String)])
    func `the weights map hits its five anchors exactly`(value: Float, hex: String) {
        #expect(ColorMap.weights(value).hex == hex)
    }

    @Test func `weights outside the unit range saturate, infinite ones too`() {
        for value in [1.0001, 7, 1e38, Float.infinity] {
            #expect(ColorMap.weights(value) == ColorMap.weights(1))
            #expect(ColorMap.weights(-value) == ColorMap.weights(-1))
        }
    }

    @Test func `a number that is none takes the middle colour`() {
        #expect(ColorMap.weights(.nan).hex == "#F7F7F7")
        #expect(ColorMap.gray(.nan).hex == "#808080")
    }

    @Test func `a positive weight is reddish and a negative one bluish at every magnitude`() {
        for step in 1...100 {
            let (positive, negative) = (ColorMap.weights(Float(step) / 100), ColorMap.weights(-Float(step) / 100))
            #expect(positive.red > positive.blue && negative.blue > negative.red)
        }
    }

    @Test func `between two anchors the map is linear`() {
        // Half way from #F7F7F7 to #F4A582: (247 + 244) / 2, (247 + 165) / 2, (247 + 130) / 2.
        let color = ColorMap.weights(0.25)
        #expect(abs(color.red * 255 - 245.5) < 0.01 && abs(color.green * 255 - 206) < 0.01 && abs(color.blue * 255 - 188.5) < 0.01)
        #expect(ColorMap.gray(0.25).red == 0.25)
    }

    /// The first, middle and last of the 256 entries of the table published with turbo, which the polynomials
    /// approximate, worst at its ends.
    @Test(arguments: [(0, 48, 18, 59), (128, 164, 252, 60), (255, 122, 4, 3)] as [(Int, Float, Float, Float)])
    func `turbo lies near its published table`(entry: Int, red: Float, green: Float, blue: Float) {
        let color = ColorMap.turbo(Float(entry) / 255)
        let error = max(abs(color.red * 255 - red), abs(color.green * 255 - green), abs(color.blue * 255 - blue))
        #expect(error <= 32, "\(color.hex)")
    }

    @Test func `parts of a colour are clamped, and its hex has six digits`() {
        #expect(Color(red: -1, green: .nan, blue: 2).hex == "#0000FF")
        #expect(Color(0x00000A).hex == "#00000A")
    }

    @Test func `a heat map takes its range from the map or from the caller`() throws {
        let matrix = Tensor(shape: [1, 3], scalars: [-1, 0, 1])
        #expect(try Image(matrix, colorMap: .gray).tensor.scalars == [0, 0, 0, 0, 0, 0, 1, 1, 1])
        #expect(try Image(matrix, colorMap: .gray, range: -1...1).tensor.scalars == [0, 0, 0, 0.5, 0.5, 0.5, 1, 1, 1])
        #expect(try Image(matrix, colorMap: .gray, range: 1...1).tensor.scalars.allSatisfy { $0 == 0 })
        #expect(throws: ImageError.notAMatrix(shape: [3])) { try Image(Tensor([1, 2, 3]), colorMap: .gray) }
    }
}
