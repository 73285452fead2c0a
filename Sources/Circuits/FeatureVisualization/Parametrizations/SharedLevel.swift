/// A low-resolution part that images of a batch have in common, added to what each has alone: it keeps a series of pictures aligned.
///
/// After Mordvintsev et al., "Differentiable Image Parameterizations" (Distill, 2018), section "Aligned Feature Visualization
/// Interpolation".
public struct SharedLevel: Hashable, Encodable, Sendable, CustomStringConvertible {
    /// Each side has so many pixels fewer than the images: 8 for an eighth of the resolution.
    public var divisor: Int
    /// How many parts there are: 1 for one that all images have, 2 for the two ends of a series between which the others interpolate.
    public var images: Int

    /// A part with an n-th of the resolution.
    public init(dividedBy divisor: Int, images: Int = 1) { (self.divisor, self.images) = (divisor, images) }

    /// The six parts of the article: 1/2, 1/4, 1/8 and 1/16 of the resolution for all, 1/8 and 1/16 also for the ends of the series.
    public static let standard: [SharedLevel] = [
        SharedLevel(dividedBy: 2), SharedLevel(dividedBy: 4), SharedLevel(dividedBy: 8), SharedLevel(dividedBy: 8, images: 2),
        SharedLevel(dividedBy: 16), SharedLevel(dividedBy: 16, images: 2),
    ]

    public var description: String { images == 1 ? "1/\(divisor)" : "\(images) at 1/\(divisor)" }
}
