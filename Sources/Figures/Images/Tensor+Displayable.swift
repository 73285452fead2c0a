import Foundation
import RichDisplay
import Tensors

/// A tensor as the last expression of a cell: its shape and statistics, and a small heat map.
extension Tensor: Displayable {
    /// The elements as text, and as HTML with a heat map of what can be seen at a glance.
    ///
    /// A vector is drawn as one row and a matrix as it is. Of tensors with more axes, `[..., height, width, channel]`, the first plane is
    /// drawn, its mean over the channels. Values below 0 are blue and those above red; without values below 0, black is 0.
    /// - Throws: ``ImageError`` when the heat map cannot be written.
    public func mimeBundle() throws -> MimeBundle {
        let bundle = MimeBundle(plain: description)
        guard count > 0, rank > 0, let (map, caption) = heatMap else { return bundle }
        let image = try map.image.pngData().base64EncodedString()
        // Pixels stay squares when the browser enlarges them.
        let scale = Swift.max(1, Swift.min(20, 192 / Swift.max(map.image.width, map.image.height)))
        let size = "width:\(map.image.width * scale)px;height:\(map.image.height * scale)px;image-rendering:pixelated"
        let lines = ["<b>Tensor \(HTML.escape("\(shape)"))</b>", HTML.escape(statistics), HTML.escape(caption + ", " + map.range)]
        return bundle.adding(
            "text/html",
            text: "<div style=\"display:flex;gap:12px;align-items:center\"><img alt=\"\(HTML.escape(caption))\" style=\"\(size)\" "
                + "src=\"data:image/png;base64,\(image)\"><div>\(lines.joined(separator: "<br>"))</div></div>")
    }

    /// The longest side of a heat map in elements; larger planes are averaged over areas.
    private static var longestSide: Int { 64 }

    private var heatMap: (map: (image: Image, range: String), caption: String)? {
        var (plane, caption) = (self, "heat map")
        if rank == 1 { plane = expanded(at: 0) }
        while plane.rank > 3 { plane = plane.slice(0) }
        if rank > 3 { caption = "heat map of the first plane" }
        if plane.rank == 3 {
            if plane.shape[2] > 1 { caption += ", mean over the last axis" }
            plane = plane.replacing(with: 0, where: 1 - plane.isFinite).mean(along: 2)
        }
        plane = plane.replacing(with: 0, where: 1 - plane.isFinite)
        let (height, width) = (Swift.min(plane.shape[0], Self.longestSide), Swift.min(plane.shape[1], Self.longestSide))
        if plane.shape != [height, width] {
            plane = plane.expanded(at: 2).resized(height: height, width: width, by: .pyTorch(.area)).squeezed(2)
            caption += ", averaged to \(height) x \(width)"
        }
        let largest = Swift.max(abs(plane).max(), .leastNormalMagnitude)
        let isSigned = plane.min() < 0
        let range = isSigned ? -largest...largest : 0...largest
        guard let image = try? Image(plane, colorMap: isSigned ? .weights : .gray, range: range) else { return nil }
        let end = String(format: "%.4g", largest)
        return ((image, isSigned ? "blue -\(end), red \(end)" : "black 0, white \(end)"), caption)
    }
}
