import Figures
import Tensors
import Testing

@Suite struct ImageGridTests {
    private func images(_ count: Int, side: Int = 16) throws -> [Image] {
        try (0..<count).map { try noise(width: side, height: side, seed: UInt64($0)) }
    }

    @Test(arguments: [0, 1, 7, 40], [8, 64, 224])
    func `a grid draws every picture once, apart from the others and on the page`(count: Int, side: Int) throws {
        let drawn = try DrawnElements(ImageGrid(images(count, side: side), captions: (0..<count).map { "picture \($0)" }))
        let pictures = drawn.named("image")
        #expect(pictures.count == count && drawn.outside.isEmpty && drawn.page.right <= SVG.pageWidth)
        let boxes = pictures.compactMap(\.box)
        for (i, box) in boxes.enumerated() { #expect(!boxes[..<i].contains { $0.overlaps(box) }) }
        for index in 0..<count { #expect(drawn.texts.contains("picture \(index)")) }
    }

    @Test func `pictures stand in reading order in the columns asked for, each over its caption`() throws {
        let pictures = try images(5)
        let drawn = try DrawnElements(ImageGrid(pictures, captions: ["a", "b", "c", "d", "e"], columns: 2))
        let boxes = drawn.named("image").compactMap(\.box)
        #expect(Set(boxes.map(\.left)).count == 2 && Set(boxes.map(\.top)).count == 3)
        #expect(boxes[0].left < boxes[1].left && boxes[0].top == boxes[1].top && boxes[2].top > boxes[0].bottom)
        for (element, picture) in zip(drawn.named("image"), pictures) { #expect(try embedded(element) == Image(png: picture.pngData())) }
        for (box, caption) in zip(boxes, drawn.named("text")) {
            #expect(caption.number("x") == (box.left + box.right) / 2 && caption.number("y") > box.bottom)
        }
        #expect(drawn.texts == ["a", "b", "c", "d", "e"])
    }

    @Test(arguments: [1, 3, 19, 24, 500, .max])
    func `a grid of any number of columns keeps to the page`(columns: Int) throws {
        let drawn = try DrawnElements(ImageGrid(images(30), columns: columns, cellSize: 100))
        #expect(drawn.named("image").count == 30 && drawn.outside.isEmpty && drawn.page.right <= SVG.pageWidth)
        // Cells under 36 pixels could not be made out; up to there a row is kept whole.
        if columns <= 19 { #expect(Set(drawn.named("image").map { $0.number("x") }).count == columns) }
    }

    @Test func `captions that are missing stay empty and captions too many are left out`() throws {
        #expect(try DrawnElements(ImageGrid(images(3), captions: ["one"])).texts == ["one"])
        #expect(try DrawnElements(ImageGrid(images(1), captions: ["one", "two"])).texts == ["one"])
    }

    @Test func `a line feed in a caption starts a new line, and what is cut off can be read under the pointer`() throws {
        let long = Array(repeating: "word", count: 60).joined(separator: " ")
        let drawn = try DrawnElements(ImageGrid(images(2), captions: ["above\nbelow", long]))
        #expect(drawn.texts.starts(with: ["above", "below"]) && drawn.texts.last?.hasSuffix("…") == true)
        #expect(drawn.named("title").map(\.text) == [long])
    }

    @Test func `a word wider than its column is broken behind a hyphen if it has one`() throws {
        let captions = ["high-low-frequency-detectors", "boundarydetectorsofeverykind", String(repeating: "-", count: 5000)]
        let drawn = try DrawnElements(ImageGrid(images(3), captions: captions, cellSize: 110))
        #expect(drawn.texts.prefix(2) == ["high-low-frequency-", "detectors"])
        #expect(drawn.texts[2...3].joined() == captions[1] && drawn.outside.isEmpty)
    }

    @Test func `a picture keeps its proportions inside its cell`() throws {
        let drawn = try DrawnElements(ImageGrid([noise(width: 40, height: 10)], cellSize: 80))
        let box = try #require(drawn.named("image").first?.box)
        #expect(box.right - box.left == 80 && box.bottom - box.top == 20)
    }

    @Test func `a title and headings of one line stay on one line`() throws {
        let title = "Pictures that excite mixed4c most, from the test part of the world"
        let drawn = try DrawnElements(ImageGrid(groups: [.init(title: "nearest first", images: images(1))], title: title))
        #expect(drawn.texts == [title, "nearest first"])
    }
}

@Suite struct WeightTileTests {
    @Test func `a tile paints the first row at the top, red for excitation and blue for inhibition`() throws {
        let tile = try WeightTile(Tensor(shape: [2, 2], scalars: [-2, 0, 1, 2]))
        #expect(tile.scale == 2)
        let cells = try DrawnElements(tile).named("rect").dropFirst().prefix(4)
        #expect(cells.map { $0.attributes["fill"] } == ["#0571B0", "#F7F7F7", "#F4A582", "#CA0020"])
        #expect(cells.map { $0.number("x") } == [12, 72, 12, 72] && cells.map { $0.number("y") } == [12, 12, 72, 72])
        #expect(try tile.image().tensor.shape == [2, 2, 3])
    }

    @Test func `tiles of a grid share one scale, which the legend names`() throws {
        let weak = Tensor(shape: [1, 1], scalars: [0.25]), strong = Tensor(shape: [1, 1], scalars: [-0.5])
        let grid = try WeightTileGrid([.init(title: "a", tiles: [weak], captions: ["w"]), .init(tiles: [strong], captions: [])])
        let drawn = try DrawnElements(grid)
        #expect(grid.scale == 0.5 && drawn.texts == ["a", "w", "−0.5", "0", "+0.5"] && drawn.outside.isEmpty)
        let fills = drawn.named("rect").compactMap { $0.attributes["fill"] }
        #expect(fills[1] == "#F4A582" && fills[2...].contains("#0571B0"))
    }

    @Test(arguments: [[1, 1], [1, 9], [7, 2], [11, 11]])
    func `a tile of any shape is a square's worth of cells inside its drawing`(shape: [Int]) throws {
        let drawn = try DrawnElements(WeightTile(Tensor(zeros: shape)))
        let cells = drawn.named("rect").filter { $0.attributes["fill"] == "#F7F7F7" }
        // One cell in the middle of the legend's bar is near-white as well.
        #expect(cells.count == shape[0] * shape[1] + 1 && drawn.outside.isEmpty)
    }

    @Test func `an icon stands above its tile`() throws {
        let icons: [Image?] = [try noise(width: 8, height: 8), nil]
        let tile = Tensor(shape: [1, 1], scalars: [1])
        let drawn = try DrawnElements(WeightTileGrid([.init(tiles: [tile, tile], captions: [], icons: icons)]))
        let (icon, frame) = (try #require(drawn.named("image").first?.box), try #require(drawn.frames(stroke: .rule).first?.box))
        #expect(drawn.named("image").count == 1 && icon.bottom < frame.top && drawn.outside.isEmpty)
    }

    @Test func `weights that are no matrix or not finite are refused`() {
        #expect(throws: ImageError.notAMatrix(shape: [2])) { try WeightTile(Tensor([1, 2])) }
        #expect(throws: ImageError.notAMatrix(shape: [0, 3])) { try WeightTile(Tensor(zeros: [0, 3])) }
        #expect(throws: ImageError.notFinite(count: 1)) {
            try WeightTileGrid([.init(tiles: [Tensor(shape: [1, 2], scalars: [.nan, 1])], captions: [])])
        }
    }
}
