import Figures
import Testing

@Suite struct PlotTests {
    /// Where the label of a tick stands, by its text.
    private func tick(_ label: String, in drawn: DrawnElements) throws -> DrawnElement {
        try #require(drawn.named("text").first { $0.text == label }, "no tick \(label) among \(drawn.texts)")
    }

    private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 0.03 }

    // MARK: Bars

    @Test func `a bar is as long as its number on the axis under it`() throws {
        let drawn = try DrawnElements(BarChart([("disc", 0.9), ("ring", 0.4)], title: "Accuracy", xLabel: "share"))
        #expect(drawn.texts == ["Accuracy", "0.0", "0.5", "1.0", "disc", "ring", "share"] && drawn.outside.isEmpty)
        let (zero, one) = (try tick("0.0", in: drawn).number("x"), try tick("1.0", in: drawn).number("x"))
        let bars = drawn.named("rect").dropFirst().compactMap(\.box)
        #expect(bars.count == 2 && bars[0].bottom < bars[1].top)
        for (bar, value) in zip(bars, [0.9, 0.4]) {
            #expect(isClose(bar.left, zero) && isClose(bar.right, zero + value * (one - zero)))
        }
    }

    @Test func `negative bars lie left of zero and positive ones right of it`() throws {
        let drawn = try DrawnElements(BarChart([("down", -2), ("up", 1)]))
        let zero = try tick("0", in: drawn).number("x"), bars = drawn.named("rect").dropFirst().compactMap(\.box)
        #expect(isClose(bars[0].right, zero) && isClose(bars[1].left, zero))
        #expect(isClose(bars[0].right - bars[0].left, 2 * (bars[1].right - bars[1].left)))
        #expect(drawn.texts.contains("−2"))
    }

    @Test func `a bar takes its own colour, and a number that is none is said in words`() throws {
        let chart = BarChart([.init("a", 1, color: .excitation), .init("b", .nan), .init("c", .infinity), .init("d", 2)])
        let drawn = try DrawnElements(chart)
        #expect(drawn.named("rect").dropFirst().map { $0.attributes["fill"] } == ["#CA0020", Color.series[0].hex])
        #expect(drawn.texts.filter { $0 == "not a number" }.count == 2)
    }

    @Test func `the description of a chart reads large and small numbers out`() {
        let svg = BarChart([("huge", 2.5e12), ("tiny", 0.00125)], title: "Ends").drawing()
        #expect(svg.title == "Ends: huge 2.5e+12, tiny 0.00125")
    }

    // MARK: Lines

    @Test func `a line passes through its points on both axes`() throws {
        let drawn = try DrawnElements(
            LineChart([.init("squares", [0.0, 1, 4, 9])], title: "Squares", xLabel: "side", yLabel: "area"))
        let yLabels = ["0", "2", "4", "6", "8", "10"], xLabels = ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5", "3.0"]
        #expect(drawn.texts == ["Squares"] + yLabels + xLabels + ["side", "area"] && drawn.outside.isEmpty)
        let numbers = try #require(drawn.named("path").first?.attributes["d"]).split { "ML ".contains($0) }.compactMap { Double($0) }
        #expect(numbers.count == 8)
        let (x0, x3) = (try tick("0.0", in: drawn).number("x"), try tick("3.0", in: drawn).number("x"))
        // A label's baseline is four below its grid line.
        let (y0, y10) = (try tick("0", in: drawn).number("y") - 4, try tick("10", in: drawn).number("y") - 4)
        for (i, value) in [0.0, 1, 4, 9].enumerated() {
            #expect(isClose(numbers[2 * i], x0 + Double(i) / 3 * (x3 - x0)))
            #expect(isClose(numbers[2 * i + 1], y0 + value / 10 * (y10 - y0)))
        }
    }

    @Test func `a number that is none leaves a gap, and a lone point is a dot`() throws {
        let drawn = try DrawnElements(LineChart([.init("loss", [1, 2, Double.nan, 3, .infinity, 2, 1])]))
        #expect(drawn.named("path").count == 2 && drawn.named("circle").count == 1)
    }

    @Test func `several series have a legend in their colours, one has none`() throws {
        let drawn = try DrawnElements(LineChart((0..<9).map { .init("series \($0)", [Double($0), 1]) }))
        #expect((0..<9).allSatisfy { drawn.texts.contains("series \($0)") } && drawn.outside.isEmpty)
        #expect(drawn.named("path").prefix(7).map { $0.attributes["stroke"] } == Color.series.map(\.hex))
        #expect(try !DrawnElements(LineChart([.init("alone", [1.0, 2])])).texts.contains("alone"))
    }

    @Test func `the vertical axis begins at zero when asked to`() throws {
        #expect(try !DrawnElements(LineChart([.init("a", [90.0, 100])])).texts.contains("0"))
        #expect(try DrawnElements(LineChart([.init("a", [90.0, 100])], fromZero: true)).texts.contains("0"))
    }

    @Test func `neighbouring ticks never share a label`() throws {
        for (low, step) in [(1e6, 1.0), (1e9, 2.0), (-3e7, 1.0), (0.0, 1e-7), (1e-5, 1e-8), (5.0, 1e-6)] {
            let drawn = try DrawnElements(LineChart([.init("a", (0..<11).map { low + Double($0) * step })]))
            let labels = drawn.named("text").filter { $0.attributes["text-anchor"] == "end" }.map(\.text)
            #expect(labels.count >= 4 && Set(labels).count == labels.count, "\(labels)")
        }
    }

    @Test func `a line of a hundred thousand points is drawn whole`() throws {
        let drawn = try DrawnElements(LineChart([.init("loss", (0..<100_000).map { Double($0 % 7) })], title: "Long"))
        #expect(try #require(drawn.named("path").first?.attributes["d"]).filter { $0 == "L" }.count == 99_999)
    }

    // MARK: Distributions

    @Test func `a histogram counts every finite value once`() throws {
        let histogram = Histogram([0, 0.2, 0.4, 1, .nan, .infinity], bins: 2, title: "Activations", xLabel: "activation")
        #expect(histogram.counts == [3, 1] && histogram.edges == [0, 0.5, 1] && histogram.dropped == 2)
        let drawn = try DrawnElements(histogram)
        #expect(drawn.texts.starts(with: ["Activations", "0", "1", "2", "3"]) && drawn.texts.suffix(2) == ["activation", "count"])
        let bars = drawn.named("rect").dropFirst().compactMap(\.box)
        #expect(isClose(bars[0].bottom - bars[0].top, 3 * (bars[1].bottom - bars[1].top)) && isClose(bars[0].bottom, bars[1].bottom))
        #expect(histogram.drawing().title == "Activations: histogram of 4 values, 2 not finite")
    }

    @Test func `a bin holds its lower end and the last one both`() {
        #expect(Histogram([0, 1, 2, 3, 4], bins: 4).counts == [1, 1, 1, 2])
        #expect(Histogram([7, 7, 7], bins: 3).counts == [0, 3, 0])
    }

    @Test func `a logarithmic histogram has heights that grow with the logarithm`() throws {
        let values = [Float](repeating: 0, count: 99) + [Float](repeating: 1, count: 9)
        let bars = try DrawnElements(Histogram(values, bins: 2, logarithmic: true)).named("rect").dropFirst().compactMap(\.box)
        #expect(isClose(bars[0].bottom - bars[0].top, 2 * (bars[1].bottom - bars[1].top)))
    }

    // MARK: Data without extent

    static let degenerate: [[Double]] = [
        [], [0], [-0.0], [7], [7, 7, 7], [-7, -7], [1e20], [1e305], [-1e305, -1e305], [1e300, 2e300], [1e16, 1e16 + 2],
        [.greatestFiniteMagnitude, -.greatestFiniteMagnitude], [.leastNormalMagnitude], [.leastNonzeroMagnitude],
        [-.leastNonzeroMagnitude, 0], [.nan], [.infinity, -.infinity], [.nan, 3], [1, 1 + 1e-13],
    ]

    @Test(arguments: degenerate)
    func `constant, empty and extreme data are drawn with ticks inside the drawing`(values: [Double]) throws {
        let charts: [any Drawable] = [
            BarChart(values.enumerated().map { ("bar \($0)", $1) }), LineChart([.init("line", values)]),
            LineChart([.init("steep", x: values, y: values)], fromZero: true), Histogram(values.map(Float.init)),
            Histogram(values.map(Float.init), bins: 1, logarithmic: true),
        ]
        for chart in charts {
            let drawn = try DrawnElements(chart)
            #expect(drawn.outside.isEmpty, "\(drawn.outside.prefix(2))")
            #expect(drawn.texts.filter { $0.contains(where: \.isNumber) }.count >= 2, "\(drawn.texts)")
            #expect(!drawn.texts.contains { $0.contains("nan") || $0.contains("inf") }, "\(drawn.texts)")
        }
        if !values.contains(where: \.isFinite) {
            #expect(try DrawnElements(LineChart([.init("line", values)])).texts.contains("no data"))
            #expect(try DrawnElements(Histogram(values.map(Float.init))).texts.contains("no data"))
        }
    }

    @Test func `a chart of nothing says so`() throws {
        #expect(try DrawnElements(BarChart([BarChart.Bar]())).texts.contains("no data"))
        #expect(try DrawnElements(LineChart([])).texts.contains("no data"))
        #expect(try DrawnElements(Histogram([])).texts.contains("no data"))
    }

    @Test(arguments: [-5, 0, 200, 560, 4000, .max])
    func `plots of any size asked for stay on the page`(size: Int) throws {
        for chart: any Drawable in [
            BarChart([("a", 1)], width: size), LineChart([.init("a", [1.0, 2])], width: size, height: size),
            Histogram([1, 2], width: size, height: size), Histogram([1, 2], bins: size),
        ] {
            let drawn = try DrawnElements(chart)
            #expect(drawn.outside.isEmpty && drawn.page.right <= SVG.pageWidth && drawn.page.bottom <= 1300)
        }
    }
}
