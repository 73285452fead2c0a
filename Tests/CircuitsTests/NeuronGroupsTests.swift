import Circuits
import Foundation
import Networks
import RichDisplay
import Testing

@Suite struct NeuronGroupsTests {
    /// By layer: name, count and percentage of every group, as the article prints them.
    private static func printed() throws -> [String: [(name: String, count: Int, percentage: String)]] {
        var layer = "", found: [String: [(String, Int, String)]] = [:]
        let appendix = try PublishedData.text("articles.md").components(separatedBy: "## Appendix A").last ?? ""
        for line in appendix.split(separator: "\n") {
            if line.hasPrefix("### ") { layer = String(line.dropFirst(4)) }
            // - **Gabor Filters** (28, 44%): [9, 53, …]
            if let match = line.firstMatch(of: #/^- \*\*(.+)\*\* \((\d+), ([\d.]+%)\):/#) {
                found[layer, default: []].append((String(match.1), Int(match.2) ?? -1, String(match.3)))
            }
        }
        return found
    }

    @Test(
        "InceptionV1's published taxonomy reads, and its counts and percentages are the article's",
        .enabled(if: PublishedData.exists("fixtures/taxonomy.json") && PublishedData.exists("articles.md"), "\(PublishedData.missing)"))
    func published() throws {
        let data = try PublishedData.data("fixtures/taxonomy.json")
        let model = try Model(random: .inceptionV1)
        let taxonomy = try NeuronGroups.taxonomy(json: data, of: model, repeats: .kept)
        #expect(taxonomy.map(\.layer) == model.layers.map(\.name).filter { name in taxonomy.contains { $0.layer == name } })
        let printed = try Self.printed()
        #expect(taxonomy.count == 9 && printed.count == 9)
        for groups in taxonomy {
            let expected = try #require(printed[groups.layer])
            #expect(groups.groups.count == expected.count)
            for group in expected {
                let own = try #require(groups[group.name], "\(groups.layer) \(group.name)")
                #expect(own.units.count == group.count, "\(groups.layer) \(group.name)")
                #expect(groups.percentage(of: own) == group.percentage, "\(groups.layer) \(group.name)")
            }
        }
        // The five layers of the article are covered completely, each unit once.
        for groups in taxonomy.prefix(5) {
            #expect(groups.withoutGroup.isEmpty, "\(groups.layer)")
            #expect(groups.groups.reduce(0) { $0 + $1.units.count } == groups.size)
        }
        let curves = try taxonomy[4].family("Curves", in: model["mixed3b"])
        #expect(Set(curves.channels) == [379, 406, 385, 343, 342, 388, 340, 330, 349, 324])
        // The list of mixed4a names units twice, and says which.
        #expect(throws: NeuronGroupsError.self) { try NeuronGroups.taxonomy(json: data, of: model) }
        // What is written is what was read.
        let again = try NeuronGroups(json: try taxonomy[4].json(), of: model["mixed3b"])
        #expect(again.groups == taxonomy[4].groups)
    }

    private static func groups(_ json: String) throws -> NeuronGroups {
        try NeuronGroups(json: Data(json.utf8), layer: "mixed3b", size: 480)
    }

    @Test func `groups are read, counted and sorted, and the rest is left over`() throws {
        let groups = try Self.groups(
            #"[{"name": "Evolute", "units": [373], "comment": "one"}, {"name": "Curves", "units": [379, 406, 385], "priority": 1},"#
                + #" {"name": "Shiny", "units": [173, 200], "layer": "mixed3b"}]"#)
        #expect(groups.groups.map(\.name) == ["Evolute", "Curves", "Shiny"])
        #expect(groups.sorted.map(\.name) == ["Curves", "Shiny", "Evolute"])
        #expect(groups.sorted.map(groups.percentage) == ["1%", "0.4%", "0.2%"])
        #expect(groups.withoutGroup.count == 474 && !groups.withoutGroup.contains(373))
        #expect(groups["Curves"]?.units == [379, 406, 385] && groups["Nobody"] == nil)
        #expect(groups.description.hasSuffix("; 474 without a group"))
        #expect(try Self.groups(#"[{"name": "Evolute", "units": [373]}]"#).description.hasPrefix("mixed3b, 1 group of 480 units: Evolute (1,"))
        #expect(try Self.groups("[]").description == "mixed3b, 0 groups of 480 units; 480 without a group")
        #expect(try NeuronGroups(json: groups.json(), layer: "mixed3b", size: 480).groups == groups.groups)
    }

    @Test func `what is wrong with a file is said with the group and the unit`() throws {
        func error(_ json: String) -> NeuronGroupsError? {
            do { _ = try Self.groups(json) } catch { return error as? NeuronGroupsError }
            return nil
        }
        #expect(
            error(#"[{"name": "A", "units": [1, 480]}]"#) == .unitOutOfRange(480, group: "A", layer: "mixed3b", channels: 480))
        #expect(error(#"[{"name": "A", "units": [-1]}]"#) == .unitOutOfRange(-1, group: "A", layer: "mixed3b", channels: 480))
        #expect(
            error(#"[{"name": "A", "units": [7]}, {"name": "B", "units": [3, 7]}]"#)
                == .unitTwice(7, group: "B", other: "A", layer: "mixed3b"))
        #expect(error(#"[{"name": "A", "units": [7, 7]}]"#) == .unitTwice(7, group: "A", other: "A", layer: "mixed3b"))
        #expect(error(#"[{"name": "A", "units": [1.5]}]"#) == .unit("1.5", group: "A", reason: "is no whole number"))
        #expect(error(#"[{"name": "A", "units": ["12"]}]"#) == .unit("\"12\"", group: "A", reason: "is no whole number"))
        #expect(error(#"[{"name": "A", "units": [1e30]}]"#) == .unit("1e+30", group: "A", reason: "is no whole number"))
        #expect(error(#"[{"name": "A", "units": [], "layer": "mixed4a"}]"#) == .otherLayer("mixed4a", group: "A", layer: "mixed3b"))
        #expect(error(#"[{"name": "A", "units": []}, {"name": "A", "units": []}]"#) == .groupTwice("A", layer: "mixed3b"))
        #expect(error(#"[{"name": " ", "units": []}]"#) == .noName(place: 0, layer: "mixed3b"))
        #expect(
            error(#"[{"name": "\#(String(repeating: "n", count: 201))", "units": []}]"#)
                == .tooLong(what: "name", group: String(repeating: "n", count: 40), length: 201, limit: 200))
        #expect(error(#"[{"name": "A"}]"#)?.description.contains("'units' is missing") == true)
        #expect(error(#"{"name": "A"}"#)?.description.contains("holds something else than expected") == true)
        for text in ["", "groups", "[", String(repeating: "[", count: 100_000)] {
            guard case .notJSON? = error(text) else {
                Issue.record("\(text.prefix(10)) was read: \(String(describing: error(text)))")
                continue
            }
        }
        let huge = Data(repeating: 32, count: NeuronGroups.largestFile + 1)
        #expect(throws: NeuronGroupsError.tooLarge(bytes: huge.count, limit: NeuronGroups.largestFile)) {
            try NeuronGroups(json: huge, layer: "mixed3b", size: 480)
        }
    }

    @Test func `a file of layers must fit the model`() throws {
        let model = try Model.load("handwritten-curves")
        func read(_ json: String) throws -> [NeuronGroups] { try NeuronGroups.taxonomy(json: Data(json.utf8), of: model) }
        let fine = try read(#"{"layer_sizes": {"mixed3b": 24, "conv2d1": 12}, "groups": {"mixed3b": [], "conv2d1": []}}"#)
        #expect(fine.map(\.layer) == ["conv2d1", "mixed3b"] && fine.map(\.size) == [12, 24])
        #expect(throws: NeuronGroupsError.otherSize(layer: "mixed3b", file: 480, model: 24)) {
            try read(#"{"layer_sizes": {"mixed3b": 480}, "groups": {"mixed3b": []}}"#)
        }
        for size in [-3, 0, 1 << 40] {
            let json = #"{"layer_sizes": {"x": \#(size)}, "groups": {"x": []}}"#
            #expect(throws: NeuronGroupsError.layerSize(size, layer: "x", limit: 65536)) {
                try NeuronGroups.taxonomy(json: Data(json.utf8))
            }
        }
        #expect(throws: NeuronGroupsError.unknownLayer("mixed9z", group: "A", layers: model.layers.map(\.name))) {
            try read(#"{"layer_sizes": {"mixed9z": 4}, "groups": {"mixed9z": [{"name": "A", "units": []}]}}"#)
        }
        #expect(throws: NeuronGroupsError.unknownLayer("mixed3b", group: nil, layers: ["conv2d1"])) {
            try read(#"{"layer_sizes": {"conv2d1": 12}, "groups": {"mixed3b": []}}"#)
        }
        #expect(throws: NeuronGroupsError.unknownGroup("C", layer: "mixed3b", groups: [])) { try fine[1].family("C", in: model["mixed3b"]) }
    }

    @Test func `cards fold long groups and escape what a file says`() throws {
        let groups = try NeuronGroups(
            [
                NeuronGroup("<b>Big", units: Array(0..<28), comment: "<script>alert(1)</script> & \"more\""),
                NeuronGroup("Small", units: [40]),
            ], layer: "conv2d0", size: 64)
        let html = try groups.cards(captions: [40: "<i>45°"])
        #expect(html.contains("Show all 28 neurons") && html.components(separatedBy: "Show all").count == 3)
        #expect(html.contains("&lt;b&gt;Big") && html.contains("28 units, 44%") && html.contains("1 unit, 2%"))
        #expect(html.contains("&lt;script&gt;") && !html.contains("<script") && html.contains("&lt;i&gt;45°"))
        #expect(html.contains("without a group") && html.contains("35 units, 55%"))
        #expect(!html.contains("<img"), "there is no network to show")
    }

    @Test func `cards of a network at hand have an icon for every unit`() throws {
        let model = try Model.load("handwritten-curves")
        let groups = try NeuronGroups([NeuronGroup("Lines", units: [0, 3, 6])], of: model["conv2d2"])
        let html = try groups.cards()
        #expect(html.components(separatedBy: "<img").count == 13, "three lines and nine without a group")
    }

    @Test func `of more than a hundred units without a group only the unfolded ones have icons, and all are listed`() throws {
        let model = try Model(random: .miniInception(classCount: 4))
        let named = Array(10..<15)
        let html = try NeuronGroups([NeuronGroup("Some", units: named)], of: model["mixed3b"]).cards()
        #expect(html.components(separatedBy: "<img").count - 1 == named.count + 10)
        #expect(html.contains("Show all 115 neurons") && html.contains(">119</span>"))
    }
}
