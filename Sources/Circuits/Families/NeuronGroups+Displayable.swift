import Figures
import Foundation
import Networks
import RichDisplay

extension NeuronGroups: Displayable {
    /// Cards, the largest group first, and one of the units without a group.
    ///
    /// Icons come from the ``VisualizationCache``; missing ones are rendered together. Of more than 100 units without a group the first ten
    /// have icons, the others numbers. Without a network the cards list the units.
    /// - Throws: as `Feature.visualize`, and `Interrupted` when the user stops it.
    public func mimeBundle() throws -> MimeBundle {
        MimeBundle(plain: description).adding("text/html", text: try cards())
    }

    /// The cards as HTML.
    /// - Parameter captions: what stands under an icon beside its index, by unit.
    /// - Throws: as ``mimeBundle()``.
    public func cards(captions: [Int: String] = [:]) throws -> String {
        let rest = withoutGroup
        let shown = sorted + (rest.isEmpty ? [] : [NeuronGroup("without a group", units: rest)])
        let seen = groups.flatMap(\.units) + rest.prefix(rest.count > Self.largestRest ? Self.unfolded : rest.count)
        let units = Array(Set(seen)).sorted()
        var icons: [Int: String] = [:]
        if let source {
            let images = try units.map { source[$0] }.icons(size: Self.iconSide, steps: Self.iconSteps)
            for (unit, image) in zip(units, images) { icons[unit] = try image.pngData().base64EncodedString() }
        }
        let cards = shown.map { card($0, icons: icons, captions: captions) }
        return "<div style=\"display:flex;flex-wrap:wrap;gap:12px;align-items:flex-start;font-family:sans-serif\">"
            + cards.joined() + "</div>"
    }

    private static let iconSide = 60
    /// Cards of more units show the first ones and keep the others folded: two rows of five.
    private static let unfolded = 10
    /// Of more units without a group only those that are not folded have icons: hundreds that nobody has named would take minutes.
    private static let largestRest = 100

    private func card(_ group: NeuronGroup, icons: [Int: String], captions: [Int: String]) -> String {
        let cells = group.units.map { unit -> String in
            let note = captions[unit].map { "<br>" + HTML.escape($0) } ?? ""
            let picture = icons[unit].map {
                "<img width=\"\(Self.iconSide)\" height=\"\(Self.iconSide)\" alt=\"\" src=\"data:image/png;base64,\($0)\"><br>"
            } ?? ""
            return "<span style=\"display:inline-block;width:\(Self.iconSide)px;margin:2px;text-align:center;font-size:10px;"
                + "line-height:12px;vertical-align:top\">\(picture)\(unit)\(note)</span>"
        }
        let isFolded = cells.count > Self.unfolded
        var body = "<div>" + cells.prefix(Self.unfolded).joined() + "</div>"
        if isFolded {
            body += "<details><summary style=\"cursor:pointer;font-size:11px\">Show all \(cells.count) neurons</summary><div>"
                + cells.dropFirst(Self.unfolded).joined() + "</div></details>"
        }
        let comment = group.comment.isEmpty ? "" : "<p style=\"font-size:11px;margin:6px 2px 0\">\(HTML.escape(group.comment))</p>"
        let count = "\(group.units.count) unit\(group.units.count == 1 ? "" : "s"), \(percentage(of: group))"
        return "<div style=\"width:330px;border:1px solid #d9d9d9;border-radius:6px;padding:8px;background:#fff;color:#222\">"
            + "<div style=\"margin:0 2px 4px\"><b>\(HTML.escape(group.name))</b> <span style=\"color:#6b6b6b\">\(count)</span></div>"
            + body + comment + "</div>"
    }
}
