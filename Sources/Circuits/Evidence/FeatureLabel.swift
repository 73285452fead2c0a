import Networks

/// A claim about a feature that can be wrong: a label, and of which pictures and stimuli it is true.
///
///     FeatureLabel.shows("car", in: World.test)
///     FeatureLabel.curve(orientation: 243)
///     FeatureLabel.pictures("faces left") { $0.pose.map { $0 == .left } }
///
/// A truth of nil leaves the case out: neither shown nor not shown.
public struct FeatureLabel: Sendable, CustomStringConvertible {
    /// A sweep and of which of its stimuli the label is true.
    public struct Stimuli: Sendable {
        public let sweep: StimulusSweep
        let truth: @Sendable (_ parameters: [String: Double], _ field: StimulusField) -> Bool?

        /// - Parameter truth: gets the parameters of a stimulus, lengths in pixels, and where it is shown.
        public init(
            _ sweep: StimulusSweep, where truth: @escaping @Sendable (_ parameters: [String: Double], _ field: StimulusField) -> Bool?
        ) {
            (self.sweep, self.truth) = (sweep, truth)
        }
    }

    /// "curve at 243°"
    public let name: String
    /// Whether a picture shows what the label says; nil for labels about stimuli alone.
    let picture: (@Sendable (LabelledPicture) -> Bool?)?
    /// The stimuli that decide; empty for labels about pictures alone.
    let stimuli: [Stimuli]

    public var description: String { name }

    private init(_ name: String, picture: (@Sendable (LabelledPicture) -> Bool?)?, stimuli: [Stimuli]) {
        (self.name, self.picture, self.stimuli) = (name, picture, stimuli)
    }

    /// A label about pictures.
    public static func pictures(_ name: String, where truth: @escaping @Sendable (LabelledPicture) -> Bool?) -> FeatureLabel {
        FeatureLabel(name, picture: truth, stimuli: [])
    }

    /// Pictures of a class.
    /// - Throws: ``PhenomenonError/unknownClass(_:classes:)``.
    public static func shows(_ className: String, in pictures: some LabelledPictures) throws -> FeatureLabel {
        let label = try pictures.label(of: className)
        return .pictures(className) { $0.label == label }
    }

    /// A label about stimuli; those of all sweeps together are the cases.
    public static func stimuli(_ name: String, _ stimuli: [Stimuli]) -> FeatureLabel {
        FeatureLabel(name, picture: nil, stimuli: stimuli)
    }

    /// The same label with what another one says about pictures, or about stimuli, where this one says nothing.
    public func and(_ other: FeatureLabel) -> FeatureLabel {
        FeatureLabel(name, picture: picture ?? other.picture, stimuli: stimuli.isEmpty ? other.stimuli : stimuli)
    }

    /// Curves that bulge to an orientation, among curves of all orientations and straight lines.
    ///
    /// True of arcs within `tolerance` degrees, false of arcs farther off than `margin` and of straight lines. Arcs between both, and arcs
    /// of a radius of more than one receptive field, which are lines to the unit, are left out.
    public static func curve(orientation: Double, tolerance: Double = 20, margin: Double = 60) -> FeatureLabel {
        let turns = Array(stride(from: 0.0, to: 360, by: 10))
        return .stimuli(
            "curve at \(orientation.short)°",
            [
                Stimuli(.curves(orientations: turns)) { parameters, field in
                    guard let radius = parameters["radius"], let turn = parameters["orientation"], radius <= field.size else { return nil }
                    let distance = TuningCurve.distance(turn, orientation)
                    return distance <= tolerance ? true : distance < margin ? nil : false
                },
                Stimuli(.shiftedLines(orientations: stride(from: 0, to: 180, by: 10))) { _, _ in false },
            ])
    }

    /// Straight lines along an orientation, among lines of all orientations.
    public static func line(orientation: Double, tolerance: Double = 20, margin: Double = 45) -> FeatureLabel {
        .stimuli(
            "line along \(orientation.short)°",
            [
                Stimuli(.shiftedLines()) { parameters, _ in
                    guard let turn = parameters["orientation"] else { return nil }
                    let distance = TuningCurve.distance(turn, orientation, period: 180)
                    return distance <= tolerance ? true : distance < margin ? nil : false
                }
            ])
    }
}
