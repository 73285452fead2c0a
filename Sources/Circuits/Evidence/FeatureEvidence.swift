import Networks
import RichDisplay

/// What speaks for a label: the seven arguments of "Zoom In" in one table, each with its figure.
///
///     let evidence = try model["mixed3b"][33].evidence(for: .curve(orientation: 45), pictures: World.test)
///     evidence                                   // a table
///     evidence[.syntheticStimuli].verdict        // .supports
///
/// What was not measured says so: seven rows are always there.
public struct FeatureEvidence: Displayable, CustomStringConvertible, Sendable {
    /// An argument of "Zoom In", in its order.
    public enum Argument: String, CaseIterable, Sendable {
        case featureVisualization = "feature visualization"
        case datasetExamples = "dataset examples"
        case syntheticStimuli = "synthetic stimuli"
        case jointTuning = "joint tuning"
        case implementation = "implementation"
        case use = "use"
        case handwritten = "handwritten circuit"
    }

    /// What an argument says.
    public enum Verdict: String, Sendable {
        case supports
        case doesNotSupport = "does not support"
        case notMeasured = "not measured"
    }

    /// One row.
    public struct Finding: Sendable {
        public let argument: Argument
        public let verdict: Verdict
        /// The figures in words, or why there are none.
        public let measured: String
        /// What counts as support.
        public let rule: String
        /// The figures, by name.
        public let measures: [Phenomenon.Measure]

        /// A row of figures that were taken elsewhere, such as joint tuning.
        public init(
            _ argument: Argument, _ verdict: Verdict, measured: String, rule: String = "", measures: [Phenomenon.Measure] = []
        ) {
            (self.argument, self.verdict, self.measured, self.rule, self.measures) = (argument, verdict, measured, rule, measures)
        }

        /// A figure by its name.
        public subscript(name: String) -> Double? { measures.first { $0.name == name }?.value }
    }

    public let feature: Feature
    /// The label.
    public let label: String
    /// Seven, in the order of the articles.
    public let findings: [Finding]

    /// - Parameter findings: rows in any order; arguments without one are not measured.
    init(_ feature: Feature, label: String, findings: [Finding]) {
        (self.feature, self.label) = (feature, label)
        self.findings = Argument.allCases.map { argument in
            findings.first { $0.argument == argument } ?? Finding(argument, .notMeasured, measured: "nobody asked")
        }
    }

    /// The row of an argument.
    public subscript(argument: Argument) -> Finding {
        findings.first { $0.argument == argument } ?? Finding(argument, .notMeasured, measured: "nobody asked")
    }

    /// How many arguments were measured, and how many of those support the label.
    public var support: Proportion {
        let measured = findings.filter { $0.verdict != .notMeasured }
        return Proportion(measured.filter { $0.verdict == .supports }.count, of: measured.count)
    }

    public var description: String {
        "\(feature) as '\(label)': \(support.successes) of \(support.total) measured arguments support it\n"
            + findings.map { "\($0.argument.rawValue): \($0.verdict.rawValue); \($0.measured)" }.joined(separator: "\n")
    }

    /// The table as HTML.
    public var html: String {
        func cell(_ text: String, _ style: String = "") -> String {
            "<td style=\"text-align:left;vertical-align:top;padding:4px 8px;\(style)\">\(HTML.escape(text))</td>"
        }
        let colors: [Verdict: String] = [.supports: "#1b7837", .doesNotSupport: "#ca0020", .notMeasured: "#6b6b6b"]
        let rows = findings.enumerated().map { index, finding in
            "<tr>" + cell("\(index + 1)") + cell(finding.argument.rawValue) + cell(finding.measured, "max-width:460px;")
                + cell(finding.verdict.rawValue, "font-weight:bold;color:\(colors[finding.verdict] ?? "#222");")
                + cell(finding.rule, "max-width:300px;color:#6b6b6b;font-size:11px;") + "</tr>"
        }
        let title = HTML.escape(
            "\(feature) as '\(label)': \(support.successes) of \(support.total) measured arguments support it")
        return "<div style=\"background:#fff;color:#222;font-family:sans-serif;font-size:12px\"><b>\(title)</b>"
            + "<table style=\"border-collapse:collapse;margin-top:6px;font-size:12px\"><tr>"
            + ["", "argument", "measured", "verdict", "what counts as support"].map {
                "<th style=\"text-align:left;padding:4px 8px;border-bottom:1px solid #d9d9d9\">\($0)</th>"
            }.joined() + "</tr>" + rows.joined() + "</table></div>"
    }

    public func mimeBundle() -> MimeBundle { MimeBundle(plain: description).adding("text/html", text: html) }
}
