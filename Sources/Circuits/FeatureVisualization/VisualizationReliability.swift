import Figures
import Networks
import PictureWorld
import RichDisplay
import Tensors

/// Whether the visualizations of a feature can be believed: pictures from several seeds, and what speaks against them.
///
///     try model["mixed3b"][17].reliability(in: World.test)
///
/// Two things are checked. A picture that excites the feature much less than pictures of a data set do is not what it responds to most.
/// And pictures from different seeds that the layer sees differently (beside the feature itself) show accidents of the noise that they
/// began with. What passes may still mislead: look at ``Networks/Feature/examples(in:count:limit:)`` too.
public struct VisualizationReliability: Displayable, CustomStringConvertible, Sendable {
    public let feature: Feature
    /// One for each seed.
    public let visualizations: [Visualization]
    /// The strongest response of the feature in each of them.
    public let peaks: [Float]
    /// The strongest response to the pictures of the data set, and how many there were.
    public let datasetPeak: Float
    public let looked: Int
    /// The name of the data set.
    public let dataset: String
    /// The smallest cosine between what the layer sees in two of the pictures, less the mean over the data set, without the feature's own
    /// channels; nil for a layer that has no other channels, or sees nothing else.
    public let agreement: Float?

    /// Below these there is something to say.
    static let smallestShare: Float = 0.5, smallestAgreement: Float = 0.3

    /// What a picture's response says against it: much less than pictures of a data set get.
    static func doubt(peak: Float, datasetPeak: Float, looked: Int, dataset: String) -> String? {
        guard peak < smallestShare * datasetPeak else { return nil }
        return "it is excited to \(Visualization.short(peak)), by the strongest of \(looked) pictures of \(dataset) to "
            + "\(Visualization.short(datasetPeak)): this is not what the feature responds to most"
    }

    /// What speaks against the pictures; empty when nothing does.
    public var doubts: [String] {
        if visualizations.allSatisfy(\.isDead) { return ["the unit never responded: the pictures are only their starting noise"] }
        var doubts: [String] = []
        if let doubt = Self.doubt(peak: peaks.max() ?? 0, datasetPeak: datasetPeak, looked: looked, dataset: dataset) { doubts.append(doubt) }
        if let agreement, agreement < Self.smallestAgreement {
            doubts.append("other seeds give pictures that the layer sees differently (cosine \(Visualization.short(agreement)))")
        }
        return doubts
    }

    public var isReliable: Bool { doubts.isEmpty }

    public var description: String {
        guard isReliable else { return "\(feature), not reliable: " + doubts.joined(separator: "; ") }
        let alike = agreement.map { ", and agree (cosine \(Visualization.short($0)) or more)" } ?? ""
        return "\(feature): the pictures of \(visualizations.count) seeds excite it to \(Visualization.short(peaks.max() ?? 0)) "
            + "(\(looked) pictures of \(dataset): \(Visualization.short(datasetPeak)))\(alike)"
    }

    /// The pictures side by side, with the verdict.
    public func mimeBundle() throws -> MimeBundle {
        let row = Visualization.sideBySide(visualizations.map { $0.images[0] })
        let image = try Image(row).scaled(by: Swift.max(1, 192 / Swift.max(1, row.shape[0])))
        let png = try image.pngData().base64EncodedString()
        let mark = isReliable ? "" : "<b>Not reliable.</b> "
        let text = isReliable ? description : "\(feature): " + doubts.joined(separator: "; ")
        return MimeBundle(plain: description).adding(
            "text/html",
            text: "<img src=\"data:image/png;base64,\(png)\" style=\"max-width:100%\" alt=\"\(HTML.escape(description))\"><br>"
                + "\(mark)<small>\(HTML.escape(text))</small>")
    }
}

extension Feature {
    /// Pictures of the feature from several seeds, and whether they can be believed.
    /// - Parameters:
    ///   - source: a split of the world, or a folder of photographs, to compare with.
    ///   - seeds: how many pictures, from the seeds 0, 1, …
    ///   - limit: how many pictures of the source are looked at.
    ///   - Others: as in `Feature.visualize`.
    /// - Throws: as there, and as ``examples(in:count:limit:)``.
    public func reliability(
        in source: some PictureSource, seeds: Int = 3, limit: Int = 500, size: Int? = nil, steps: Int = 256, showProgress: Bool = true
    ) throws -> VisualizationReliability {
        guard (2...16).contains(seeds) else {
            throw VisualizationError.setting(name: "seeds", value: "\(seeds)", allowed: "2 to 16")
        }
        let examples = try examples(in: source, count: 1, limit: limit)
        let statistics = try model[layer].statistics(over: source, limit: limit), channels = try model[layer].channels()
        let pictures = try (0..<seeds).map { seed in
            try visualize(size: size, steps: steps, seed: UInt64(seed), showProgress: showProgress)
        }
        // What else the layer sees: the strongest response of every other channel, less its mean over the data set.
        let others = (0..<channels).filter { weights[$0] == nil }
        let means = others.map { channel in
            let maxima = statistics[channel].pictureMaxima
            return maxima.reduce(Float(0)) { $0 + $1.activation } / Float(Swift.max(maxima.count, 1))
        }
        var peaks: [Float] = [], views: [[Float]] = []
        for picture in pictures {
            peaks.append(try activations(of: picture.images[0]).max())
            let seen = try model[layer].activations(of: picture.images[0])
            let rows = seen.reshaped([-1, channels])
            views.append(zip(others, means).map { channel, mean in
                (0..<rows.shape[0]).reduce(-Float.infinity) { Swift.max($0, rows[$1, channel]) } - mean
            })
        }
        var agreement: Float?
        for i in views.indices {
            for j in views.indices where j > i {
                guard let cosine = Self.cosine(views[i], views[j]) else { continue }
                agreement = Swift.min(agreement ?? 1, cosine)
            }
        }
        return VisualizationReliability(
            feature: self, visualizations: pictures, peaks: peaks, datasetPeak: examples.activations.max() ?? 0, looked: examples.looked,
            dataset: source.title, agreement: agreement)
    }

    /// Nil where one has no length.
    private static func cosine(_ a: [Float], _ b: [Float]) -> Float? {
        var (dot, one, other) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            dot += Double(x) * Double(y)
            one += Double(x) * Double(x)
            other += Double(y) * Double(y)
        }
        return one > 0 && other > 0 ? Float(dot / (one * other).squareRoot()) : nil
    }
}
