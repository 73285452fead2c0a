import Figures
import Foundation
import RichDisplay
import Tensors

/// Pictures that a network was asked for, with everything needed to make them again.
///
/// As the last expression of a cell it shows its pictures side by side, as PNG.
public struct Visualization: Displayable, CustomStringConvertible, Sendable {
    /// The pictures, `[height, width, 3]` in 0...1, or 4 channels with opacity; more than one when diversity was asked for.
    public let images: [Tensor]
    /// The objective at every step, for the randomly transformed pictures.
    public let values: [Float]
    /// The objective of the finished pictures, untransformed.
    public let objectiveValue: Float
    /// What was maximized.
    public let objective: String
    /// How the pictures were made.
    public let settings: VisualizationSettings
    /// The pictures as they were at the thresholds that were asked for.
    public let snapshots: [Snapshot]
    /// What speaks against taking the pictures for what the feature responds to most; empty when nothing is known to. The response to
    /// pictures of a data set is known when the layer was shown one before (``Networks/Layer/statistics(over:limit:seed:cache:)``);
    /// ``Networks/Feature/reliability(in:seeds:limit:size:steps:showProgress:)`` asks for more.
    public internal(set) var doubts: [String] = []

    /// The pictures after some of the updates.
    public struct Snapshot: Sendable {
        /// Updates made.
        public let step: Int
        /// The pictures, `[height, width, 3]` in 0...1.
        public let images: [Tensor]
    }

    /// The seed of the starting noise and of the transforms.
    public var seed: UInt64 { settings.seed }

    /// Whether nothing ever changed the objective from 0: a unit that does not respond, as far as gradient ascent can tell.
    public var isDead: Bool { !values.isEmpty && objectiveValue == 0 && values.allSatisfy { $0 == 0 } }

    /// One line: what, how long, from which seed, how high.
    public var description: String {
        let start = "\(objective), \(settings.steps) steps, seed \(settings.seed)"
        if isDead { return start + ", objective 0 throughout: the unit never responded, so the picture is only its starting noise" }
        let doubt = doubts.isEmpty ? "" : "; doubtful: " + doubts.joined(separator: "; ")
        return start + ", objective \(Self.short(objectiveValue))" + doubt
    }

    /// The pictures side by side, enlarged by a whole factor when they are small.
    /// - Throws: ``ImageError`` when the picture cannot be written.
    public func image() throws -> Image {
        let row = Self.sideBySide(images)
        return try Image(row).scaled(by: Swift.max(1, 256 / Swift.max(1, row.shape[0])))
    }

    /// The pictures as PNG; with what speaks against them as HTML. Of a unit that never responded there is only the text.
    public func mimeBundle() throws -> MimeBundle {
        let bundle = MimeBundle(plain: description)
        if isDead { return bundle.adding("text/html", text: "<b>Nothing to see.</b> <small>\(HTML.escape(description))</small>") }
        let image = try image(), png = try image.pngData()
        guard !doubts.isEmpty else { return bundle.adding("image/png", data: png) }
        return bundle.adding(
            "text/html",
            text: "<img src=\"data:image/png;base64,\(png.base64EncodedString())\" style=\"max-width:100%\" alt=\"\(HTML.escape(objective))\"><br>"
                + "<b>Doubtful.</b> <small>\(HTML.escape(doubts.joined(separator: "; ")))</small>")
    }

    /// Images `[height, width, channels]` in one row, a thin white gap between them.
    static func sideBySide(_ images: [Tensor]) -> Tensor {
        guard let first = images.first, images.count > 1 else { return images.first ?? Tensor(zeros: [1, 1, 3]) }
        let (height, width, channels) = (first.shape[0], first.shape[1], first.shape[2])
        let gap = Swift.max(2, width / 32)
        var row = Tensor(repeating: 1, shape: [height, images.count * (width + gap) - gap, channels])
        let stride = row.shape[1] * channels
        row.withUnsafeMutableScalars { row in
            for (index, image) in images.enumerated() {
                image.withUnsafeScalars { image in
                    for y in 0..<height {
                        for i in 0..<width * channels {
                            row[y * stride + index * (width + gap) * channels + i] = image[y * width * channels + i]
                        }
                    }
                }
            }
        }
        return row
    }

    /// A number in four significant digits.
    static func short(_ value: Float) -> String { String(format: "%.4g", value) }
}
