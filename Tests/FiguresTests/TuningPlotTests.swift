import Figures
import Foundation
import Tensors
import Testing

@Suite struct TuningPlotTests {
    private static let angles = Array(stride(from: 0.0, to: 360, by: 5))

    @Test func `a heat map shows each number in its cell, the first row at the top`() throws {
        let map = try HeatMap(Tensor(shape: [2, 3], scalars: [0, 1, 2, 3, 4, 5]), colorMap: .gray)
        let image = try #require(try DrawnElements(map).named("image").first)
        let png = try #require(image.attributes["href"]?.split(separator: ",").last.flatMap { Data(base64Encoded: String($0)) })
        let pixels = try Image(png: png)
        #expect(pixels.height == 2 && pixels.width == 3)
        for cell in 0..<6 {
            let shade = pixels.tensor[cell / 3, cell % 3, 0]
            #expect(abs(shade - Float(cell) / 5) < 0.01)
        }
    }

    @Test func `heat maps of every size have their labels on the page`() throws {
        for (rows, columns) in [(1, 1), (1, 40), (80, 720), (3, 2), (50, 1)] {
            for (width, height) in [(560, 260), (260, 140), (900, 600), (.max, .max), (-4, 0)] {
                let map = try HeatMap(
                    Tensor(uniform: [rows, columns], in: -3..<2e4, seed: 1), x: (0..<columns).map { Double($0) * 0.5 },
                    y: (0..<rows).map { 13.2 * pow(1.03, Double($0)) }, title: "mixed3b:17 over curves and some more words",
                    xLabel: "orientation (degrees)", yLabel: "radius (px)", valueLabel: "standard deviations", width: width, height: height)
                let drawn = try DrawnElements(map)
                #expect(drawn.outside.isEmpty, "\(rows)x\(columns) at \(width)x\(height): \(drawn.outside.prefix(2))")
                #expect(drawn.page.right <= SVG.pageWidth)
            }
        }
    }

    @Test func `a matrix with names has a cell for each number, and all names on the page`() throws {
        for count in [1, 3, 40, 120] {
            let names = (0..<count).map { "class <\($0)> & more" }
            let matrix = try LabelledMatrix(
                Tensor(uniform: [count, count], in: 0..<1, seed: 1), rows: names, columns: names, title: "what is taken for what",
                rowLabel: "shown", columnLabel: "answer")
            let drawn = try DrawnElements(matrix)
            #expect(drawn.outside.isEmpty, "\(count): \(drawn.outside.prefix(2))")
            #expect(drawn.page.right <= SVG.pageWidth)
            #expect(drawn.named("rect").count >= count * count)
            #expect(try !matrix.drawing().markup.contains("<0>"))
        }
        #expect(throws: ImageError.notAMatrix(shape: [2, 2])) {
            try LabelledMatrix(Tensor(zeros: [2, 2]), rows: ["a"], columns: ["a", "b"])
        }
    }

    @Test func `a heat map of one number, of zeros and of negative numbers is drawn, one of no numbers refused`() throws {
        for value: Float in [0, -2, 5, 1e-30, 1e30] {
            #expect(try DrawnElements(try HeatMap(Tensor(repeating: value, shape: [2, 2]))).outside.isEmpty)
        }
        #expect(throws: ImageError.notFinite(count: 1)) { try HeatMap(Tensor(shape: [1, 2], scalars: [.nan, 1])) }
        #expect(throws: ImageError.notAMatrix(shape: [0, 3])) { try HeatMap(Tensor(zeros: [0, 3])) }
    }

    @Test func `the labels of a heat map's columns stand under the columns that they name`() throws {
        let drawn = try DrawnElements(try HeatMap(Tensor(zeros: [4, 72]), x: Self.angles, xLabel: "orientation"))
        let picture = try #require(drawn.named("image").first?.box)
        let label = try #require(drawn.named("text").first { $0.text == "200" })
        // 200 degrees is column 40 of 72.
        #expect(abs(label.number("x") - (picture.left + 40.5 / 72 * (picture.right - picture.left))) < 0.05)
    }

    @Test func `a radial curve reaches the outer circle at its peak, clockwise from the right`() throws {
        let values = Self.angles.map { max(0, cos(($0 - 90) * .pi / 180)) }
        let drawn = try DrawnElements(RadialChart([.init("unit", angles: Self.angles, values: values)], size: 300))
        let circle = try #require(drawn.named("circle").max { $0.number("r") < $1.number("r") })
        let path = try #require(drawn.named("path").first?.box)
        // 90 degrees is below the middle on the screen.
        #expect(abs(path.bottom - (circle.number("cy") + circle.number("r"))) < 0.05)
        #expect(path.top > circle.number("cy") - 0.31 * circle.number("r"))
    }

    @Test func `radial charts of any size and number of curves keep their words on the page`() throws {
        for count in [0, 1, 2, 12, 40] {
            for size in [-1, 120, 280, 800, .max] {
                let series = (0..<count).map { index in
                    RadialChart.Series("mixed3b:\(100 + index)", angles: Self.angles, values: Self.angles.map { $0 + Double(index) })
                }
                let title = "\(count) units of mixed3b by their orientation"
                let chart = RadialChart(series, title: title, valueLabel: "standard deviations", size: size)
                let drawn = try DrawnElements(chart)
                #expect(drawn.outside.isEmpty, "\(count) at \(size): \(drawn.outside.prefix(2))")
                #expect(count < 2 || count > 24 || drawn.texts.contains { $0.hasPrefix("mixed3b:") || size < 200 })
            }
        }
    }

    @Test func `what is negative or no number counts as nothing in a radial chart`() throws {
        let chart = RadialChart([.init("unit", angles: [0, 90, 180], values: [-3, .nan, .infinity])])
        #expect(chart.series[0].values == [0, 0, 0] && chart.maximum == 1)
        #expect(try DrawnElements(chart).outside.isEmpty)
    }

    @Test func `a balanced hue and its complement add up to white, hues turn through the colour circle`() {
        for hue in stride(from: 0.0, to: 360, by: 40) {
            let (a, b) = (Color.balanced(hue: hue), Color.balanced(hue: hue + 180))
            #expect(abs(a.red + b.red - 1) < 1e-5 && abs(a.green + b.green - 1) < 1e-5 && abs(a.blue + b.blue - 1) < 1e-5)
            #expect(abs(a.red + a.green + a.blue - 1.5) < 1e-5)
        }
        // The CSS colours of these names.
        let named: [(hue: Double, lightness: Double, hex: String)] = [
            (0, 0.5, "#FF0000"), (120, 0.5, "#00FF00"), (240, 0.5, "#0000FF"), (480, 0.25, "#008000"), (-60, 0.5, "#FF00FF"),
        ]
        for color in named { #expect(Color(hue: color.hue, saturation: 1, lightness: color.lightness).hex == color.hex) }
        #expect(ColorMap.tuning(0) == .black && ColorMap.viridis(0) == Color(0x440154) && ColorMap.viridis(1) == Color(0xFDE725))
    }
}
