import Figures
import Foundation
import RichDisplay
import Tensors
import Testing

/// Every kind of drawing that takes text, with the same text in every place for it.
struct Specimen: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// How many different texts it takes; each gets the text with its number behind it.
    let places: Int
    let draw: @Sendable ((Int) -> String) throws -> SVG

    static let all: [Specimen] = [
        Specimen(testDescription: "SVG", places: 3) { text in
            var svg = SVG(width: 300, height: 60, title: text(0))
            svg.add(.text(text(1), x: 5, y: 20).tooltip(text(2)))
            return svg
        },
        Specimen(testDescription: "ImageGrid", places: 4) { text in
            let image = try noise(width: 8, height: 8)
            return try ImageGrid(
                groups: [.init(title: text(0), images: [image, image], captions: [text(1), text(2)])], title: text(3)
            ).drawing()
        },
        Specimen(testDescription: "WeightTileGrid", places: 3) { text in
            let kernel = Tensor(shape: [1, 3], scalars: [-1, 0, 1])
            return try WeightTileGrid([.init(title: text(0), tiles: [kernel], captions: [text(1)])], title: text(2)).drawing()
        },
        Specimen(testDescription: "BarChart", places: 4) { text in
            BarChart([(text(0), 1), (text(1), .nan)], title: text(2), xLabel: text(3)).drawing()
        },
        Specimen(testDescription: "LineChart", places: 5) { text in
            LineChart(
                [.init(text(0), [1.0, 2]), .init(text(1), [2.0, 1])], title: text(2), xLabel: text(3), yLabel: text(4)
            ).drawing()
        },
        Specimen(testDescription: "Histogram", places: 2) { text in
            Histogram([1, 2, 3], title: text(0), xLabel: text(1)).drawing()
        },
        Specimen(testDescription: "CircuitDiagram", places: 4) { text in
            let kernel = Tensor(repeating: 0.5, shape: [3, 3])
            return try CircuitDiagram(
                target: .init(text(0), image: nil),
                upstream: [
                    .init(text(1), image: nil, weights: kernel, strength: 1), .init(text(2), image: nil, weights: kernel, strength: -1),
                ], title: text(3)
            ).drawing()
        },
        Specimen(testDescription: "ModelDiagram", places: 6) { text in
            ModelDiagram(
                title: text(0), subtitle: text(1),
                layers: [.init(text(2), details: [text(3)], branches: [.init(text(4), 3), .init(text(5), 5)])]
            ).drawing()
        },
    ]
}

@Suite struct SVGTests {
    @Test(arguments: Specimen.all)
    func `hostile text stays text wherever it is put`(specimen: Specimen) throws {
        let hostile = "<script>&\"'"
        let drawn = try DrawnElements(specimen.draw { hostile + String($0) })
        for place in 0..<specimen.places { #expect(drawn.wording.contains(hostile + String(place)), "place \(place)") }
        #expect(Set(drawn.all.map(\.name)).isSubset(of: ["svg", "g", "rect", "line", "circle", "path", "text", "image", "title"]))
        #expect(drawn.all.allSatisfy { !$0.attributes.keys.contains { $0.hasPrefix("on") } })
    }

    @Test(arguments: Specimen.all, [
        "]]><!--", "</text></svg>", "&amp;&#0;&lol;", "\" onload=\"alert(1)", "\u{0}\u{8}\u{1B}\u{FFFF}\u{FFFE}", "\r\n\t",
        "", " ", "\n\n\n\n", "👩‍👩‍👧‍👦 界面 مرحبا", "e" + String(repeating: "\u{301}", count: 3000),
    ])
    func `every drawing is well-formed whatever its text`(specimen: Specimen, text: String) throws {
        let drawn = try DrawnElements(specimen.draw { _ in text })
        #expect(drawn.all.first?.name == "svg" && drawn.all.allSatisfy { !$0.attributes.keys.contains("onload") })
    }

    @Test(
        arguments: Specimen.all.dropFirst(),
        [String(repeating: "a curve that opens to the left ", count: 60), String(repeating: "mixed4c", count: 300)])
    func `long text is kept inside the drawing, and the drawing on the page`(specimen: Specimen, text: String) throws {
        let drawn = try DrawnElements(specimen.draw { String($0) + text })
        #expect(drawn.outside.isEmpty, "\(drawn.outside.prefix(3))")
        // Nor does a line of text run over another.
        let words = drawn.named("text").filter { !$0.text.isEmpty }
        for (i, word) in words.enumerated() {
            let hit = words[..<i].first { other in
                if let a = word.box, let b = other.box { a.overlaps(b) } else { false }
            }
            #expect(hit == nil, "\(word.text) over \(hit?.text ?? "")")
        }
        #expect(drawn.page.right <= SVG.pageWidth)
    }

    @Test func `a drawing shows itself as SVG with its title as plain text`() throws {
        let svg = SVG(width: 10.2, height: 5, title: "A < B")
        let bundle = try svg.mimeBundle()
        #expect(bundle.plain == "A < B" && bundle.contents["image/svg+xml"] == .text(svg.markup))
        let drawn = try DrawnElements(svg)
        #expect(drawn.all[0].attributes["aria-label"] == "A < B" && drawn.all[0].attributes["viewBox"] == "0 0 11 5")
        #expect(drawn.all[1].attributes["fill"] == "#FFFFFF" && drawn.all[1].number("width") == 11)
    }

    @Test(arguments: [
        (1, "1"), (-0.001, "0"), (0.125, "0.13"), (2.5, "2.5"), (1e12, "0"), (.nan, "0"), (-.infinity, "0"), (123456.789, "123456.79"),
    ] as [(Double, String)])
    func `numbers have at most two decimals and are never anything but numbers`(value: Double, written: String) throws {
        var svg = SVG(width: 10, height: 10, title: "")
        svg.add(.line(x1: value, y1: 0, x2: 0, y2: 0, .stroke(.ink)))
        #expect(try DrawnElements(svg).named("line").first?.attributes["x1"] == written)
    }

    @Test func `a drawing of no or endless size is one pixel`() throws {
        for size in [0, -3, Double.nan, .infinity] {
            #expect(try DrawnElements(SVG(width: size, height: size, title: "")).all[0].attributes["viewBox"] == "0 0 1 1")
        }
    }

    @Test func `an embedded picture is the picture, and a much larger one is embedded at twice its shown size`() throws {
        let image = try noise(width: 20, height: 10)
        var svg = SVG(width: 100, height: 100, title: "")
        svg.add(try .image(image, x: 0, y: 0, width: 40, height: 20, crisp: true))
        svg.add(try .image(noise(width: 300, height: 200), x: 0, y: 0, width: 30, height: 20))
        let pictures = try DrawnElements(svg).named("image")
        #expect(try embedded(pictures[0]) == Image(png: image.pngData()))
        #expect(pictures[0].attributes["style"] == "image-rendering:pixelated" && pictures[1].attributes["style"] == nil)
        #expect(try embedded(pictures[1]).tensor.shape == [40, 60, 3])
    }
}

/// The picture inside an `<image>` element.
func embedded(_ element: DrawnElement) throws -> Image {
    let start = "data:image/png;base64,", uri = element.attributes["href"] ?? ""
    guard uri.hasPrefix(start), let data = Data(base64Encoded: String(uri.dropFirst(start.count))) else {
        throw ImageError.png("no data URI in \(uri.prefix(40))")
    }
    return try Image(png: data)
}
