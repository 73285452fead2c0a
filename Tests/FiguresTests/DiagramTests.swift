import Figures
import Tensors
import Testing

@Suite struct CircuitDiagramTests {
    private func circuit(_ count: Int, caption: String, title: String? = nil) throws -> CircuitDiagram {
        try CircuitDiagram(
            target: .init("target " + caption, image: noise(width: 24, height: 24)),
            upstream: (0..<count).map { index in
                let sign: Float = index % 2 == 0 ? 1 : -1
                return .init(
                    "n\(index) " + caption, image: index == 0 ? nil : try noise(width: 24, height: 18, seed: UInt64(index)),
                    weights: Tensor(repeating: sign / Float(index + 1), shape: [5, 5]), strength: sign / Float(index + 1))
            }, title: title)
    }

    static let captions = [
        "", "mixed3b:17", String(repeating: "a wheel seen from its side ", count: 30), String(repeating: "W", count: 400),
    ]

    @Test(arguments: [1, 3, 6, 10], captions)
    func `every feature has its box, no two boxes overlap and all lies inside the drawing`(count: Int, caption: String) throws {
        let drawn = try DrawnElements(circuit(count, caption: caption, title: "Circuit " + caption))
        let icons = drawn.frames(stroke: .excitation) + drawn.frames(stroke: .inhibition), tiles = drawn.frames(stroke: .rule)
        let target = drawn.frames(stroke: .ink)
        #expect(icons.count == count && tiles.count == count && target.count == 1)
        let boxes = (icons + tiles + target).compactMap(\.box)
        for (i, box) in boxes.enumerated() { #expect(!boxes[..<i].contains { $0.overlaps(box) }) }
        #expect(drawn.outside.isEmpty, "\(drawn.outside.prefix(3))")
        #expect(drawn.page.right <= SVG.pageWidth)
        // Captions lie beside the boxes and beside each other.
        let words = drawn.named("text").filter { !$0.text.isEmpty }.compactMap(\.box)
        for (i, box) in words.enumerated() {
            #expect(!boxes.contains { $0.overlaps(box) })
            #expect(!words[..<i].contains { $0.overlaps(box) })
        }
        for index in 0..<count { #expect(drawn.texts.contains { $0.hasPrefix("n\(index)") }) }
        // The first feature has no picture.
        #expect(drawn.named("image").count == count)
    }

    @Test func `features that excite come first, each side strongest first`() throws {
        let weights = Tensor(repeating: 1, shape: [1, 1])
        let strengths: [(String, Float)] = [("a", 0.2), ("b", -0.1), ("c", 0.7), ("d", -0.9), ("e", 0)]
        let diagram = try CircuitDiagram(
            target: .init("t", image: nil), upstream: strengths.map { .init($0, image: nil, weights: weights, strength: $1) })
        #expect(diagram.exciting.map(\.caption) == ["c", "a", "e"] && diagram.inhibiting.map(\.caption) == ["d", "b"])
        let drawn = try DrawnElements(diagram)
        #expect(drawn.texts.prefix(10) == ["c", "+0.7", "a", "+0.2", "e", "+0", "d", "−0.9", "b", "−0.1"])
        #expect(drawn.frames(stroke: .excitation).count == 3 && drawn.frames(stroke: .inhibition).count == 2)
        let order = (drawn.frames(stroke: .excitation) + drawn.frames(stroke: .inhibition)).map { $0.number("y") }
        #expect(order == order.sorted())
        #expect(try diagram.drawing().title == "circuit of t; excited by c, a, e; inhibited by d, b")
    }

    @Test func `the stronger a feature, the wider its connector`() throws {
        let paths = try DrawnElements(circuit(4, caption: "")).named("path").filter { $0.attributes["stroke-opacity"] == "0.85" }
        #expect(paths.map { $0.number("stroke-width") } == [6.5, 3.88, 3, 2.56])
        #expect(paths.map { $0.attributes["stroke"] } == ["#CA0020", "#0571B0", "#CA0020", "#0571B0"])
    }

    @Test func `all tiles share the scale of the largest weight, which the legend names`() throws {
        let diagram = try circuit(4, caption: "")
        #expect(diagram.scale == 1)
        #expect(try DrawnElements(diagram).texts.contains("−1"))
    }

    @Test func `no features at all, and strengths that are no numbers, are drawn too`() throws {
        let empty = try DrawnElements(CircuitDiagram(target: .init("t", image: nil), upstream: []))
        #expect(empty.texts.contains("no weights to show") && empty.outside.isEmpty)
        let odd = try CircuitDiagram(
            target: .init("t", image: nil),
            upstream: [Float.nan, .infinity, -.infinity, 1e-38, 1.23e-10, -3.21e25].map {
                .init("odd one", image: nil, weights: Tensor(zeros: [1, 2]), strength: $0)
            })
        let drawn = try DrawnElements(odd)
        #expect(drawn.outside.isEmpty && drawn.frames(stroke: .rule).count == 6)
    }

    @Test func `weights that are no matrix or not finite are refused`() {
        for (weights, error) in [
            (Tensor([1]), ImageError.notAMatrix(shape: [1])), (Tensor(repeating: .nan, shape: [1, 2]), .notFinite(count: 2)),
        ] {
            #expect(throws: error) {
                try CircuitDiagram(
                    target: .init("t", image: nil), upstream: [.init("u", image: nil, weights: weights, strength: 1)])
            }
        }
    }
}

@Suite struct ModelDiagramTests {
    private func model(_ count: Int, caption: String) -> ModelDiagram {
        ModelDiagram(
            title: "model " + caption, subtitle: "subtitle " + caption,
            layers: (0..<count).map {
                .init(
                    "l\($0) " + caption, details: ["\(8 << min($0, 8)) channels", caption],
                    branches: [.init("1x1", 8 << min($0, 8)), .init("3x3", 5), .init("b\($0 % 9) " + caption, 1 + $0)])
            })
    }

    @Test(arguments: [0, 1, 3, 10, 60], CircuitDiagramTests.captions)
    func `every layer has its name, bars and note, none over another, all inside the drawing`(count: Int, caption: String) throws {
        let drawn = try DrawnElements(model(count, caption: caption))
        let bars = drawn.named("rect").filter { $0.number("height") == 14 }.compactMap(\.box)
        #expect(bars.count == 3 * count && drawn.named("circle").count == count)
        for (i, bar) in bars.enumerated() { #expect(!bars[..<i].contains { $0.overlaps(bar) }) }
        #expect(drawn.outside.isEmpty, "\(drawn.outside.prefix(3))")
        #expect(drawn.page.right <= SVG.pageWidth)
        let words = drawn.named("text").filter { !$0.text.isEmpty }.compactMap(\.box)
        for (i, box) in words.enumerated() {
            #expect(!bars.contains { $0.overlaps(box) })
            #expect(!words[..<i].contains { $0.overlaps(box) })
        }
        for index in 0..<count { #expect(drawn.texts.contains { $0.hasPrefix("l\(index)") }) }
    }

    @Test func `the widest layer fills the room and a quarter of its channels half of it`() throws {
        let drawn = try DrawnElements(
            ModelDiagram(
                title: "m",
                layers: [.init("a", details: [], branches: [.init("x", 16)]), .init("b", details: [], branches: [.init("x", 64)])]))
        let bars = drawn.named("rect").filter { $0.number("height") == 14 }
        // A gap of one pixel follows every bar.
        #expect(bars.map { $0.number("width") } == [119, 239])
    }

    @Test func `branches share the bar of their layer by their channels, each in the colour of its legend entry`() throws {
        let drawn = try DrawnElements(
            ModelDiagram(
                title: "m",
                layers: [
                    .init("a", details: ["note", "more"], branches: [.init("1x1", 30), .init("none", 0), .init("3x3", 90)])
                ]))
        let rects = drawn.named("rect"), bars = rects.filter { $0.number("height") == 14 }
        #expect(bars.map { $0.number("width") } == [59, 179])
        let legend = rects.filter { $0.number("height") == 10 }.map { $0.attributes["fill"] }
        #expect(legend.count == 3 && bars.map { $0.attributes["fill"] } == [legend[0], legend[2]])
        #expect(drawn.texts == ["m", "1x1", "none", "3x3", "a", "note · more"])
        #expect(drawn.named("title").map(\.text) == ["1x1: 30 channels", "3x3: 90 channels"])
    }

    @Test func `channels beyond counting, none at all and negative ones do not crash`() throws {
        let layers: [ModelDiagram.Layer] = [
            .init("vast", details: [], branches: [.init("x", .max), .init("y", .max)]), .init("empty", details: [], branches: []),
            .init("negative", details: [], branches: [.init("x", -4)]),
        ]
        let drawn = try DrawnElements(ModelDiagram(title: "m", layers: layers))
        #expect(drawn.outside.isEmpty && drawn.named("rect").filter { $0.number("height") == 14 }.count == 2)
        #expect(try DrawnElements(ModelDiagram(title: "m", layers: Array(layers.dropFirst()))).outside.isEmpty)
    }

    @Test func `the plain text lists the layers`() throws {
        let diagram = ModelDiagram(
            title: "tiny", subtitle: "8 x 8", layers: [.init("conv", details: ["4 channels", "sees 3 px"], branches: [])])
        #expect(try diagram.mimeBundle().plain == "tiny, 8 x 8\n  conv: 4 channels, sees 3 px")
    }
}
