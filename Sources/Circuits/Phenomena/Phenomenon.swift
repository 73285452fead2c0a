import Figures
import Foundation
import Networks
import RichDisplay

/// Something that the Circuits thread found in networks, looked for in a model by a stated rule: the units that satisfy it, with the
/// numbers that decided, and how many satisfy it in an untrained network.
///
///     let curves = try model["mixed3b"].curveDetectors()
///     curves                                     // the units, as a figure
///     curves.rule                                // what counts, in words
///     curves.units.map(\.feature)                // [mixed3b:17, ...]
///     curves.control?.count                      // how many units of the untrained network satisfy the same rule
public struct Phenomenon: Drawable, CustomStringConvertible, Sendable {
    /// A unit that satisfies the rule.
    public struct Unit: Sendable {
        public let feature: Feature
        /// The orientation, direction or hue that it prefers, in degrees, if that is part of the phenomenon.
        public let preferred: Double?
        /// The numbers that decided, by name, in the order of the rule.
        public let measures: [Measure]

        /// A number of the rule.
        public subscript(name: String) -> Double? { measures.first { $0.name == name }?.value }
    }

    /// A number with its name.
    public struct Measure: Hashable, Sendable {
        public let name: String
        public let value: Double

        public init(_ name: String, _ value: Double) { (self.name, self.value) = (name, value) }
    }

    /// The same measure on a network that has learned nothing.
    public struct Control: Sendable {
        public let model: String
        /// How many of its units satisfy the rule, and how many there are.
        public let count, looked: Int
    }

    /// "curve detectors"
    public let name: String
    /// What counts, in words, with every threshold.
    public let rule: String
    public let model: String
    public let layer: String
    /// How many units were looked at.
    public let looked: Int
    /// The units that satisfy the rule, by preference or by strength.
    public private(set) var units: [Unit]
    /// What is true of all of them together, such as the largest gap between their orientations.
    public let findings: [Measure]
    public internal(set) var control: Control?
    let figure: Figure

    /// What is drawn.
    enum Figure: Sendable {
        case family(TuningFamily)
        case maps([HeatMap])
        case pictures(ImageGrid)
        case bars(BarChart)
    }

    /// The same with fewer units; the figure stays that of all.
    func keeping(_ isKept: (Unit) -> Bool) -> Phenomenon {
        var copy = self
        copy.units = units.filter(isKept)
        return copy
    }

    /// The share of the units that satisfy the rule.
    public var share: Double { looked > 0 ? Double(units.count) / Double(looked) : 0 }

    /// The p below which more units than in the untrained network are held to be no accident.
    public static let significance = 0.01

    /// How probable it is that as many of the units of both networks, or more, fall to the trained one by chance: Fisher's exact test,
    /// one-sided. Nil without a control.
    public var chance: Double? { Self.chance([self]) }

    /// The same over several layers together; nil when one has no control.
    static func chance(_ phenomena: [Phenomenon]) -> Double? {
        let controls = phenomena.compactMap(\.control)
        guard controls.count == phenomena.count else { return nil }
        let (found, trained) = phenomena.reduce((0, 0)) { ($0.0 + $1.units.count, $0.1 + $1.looked) }
        let (others, untrained) = controls.reduce((0, 0)) { ($0.0 + $1.count, $0.1 + $1.looked) }
        func logBinomial(_ n: Int, _ k: Int) -> Double {
            lgamma(Double(n) + 1) - lgamma(Double(k) + 1) - lgamma(Double(n - k) + 1)
        }
        let all = found + others, highest = min(all, trained)
        guard found <= highest else { return 1 }
        let terms = (found...highest).filter { all - $0 <= untrained }.map { hits in
            exp(logBinomial(trained, hits) + logBinomial(untrained, all - hits) - logBinomial(trained + untrained, all))
        }
        return min(1, terms.reduce(0, +))
    }

    /// Whether units satisfy the rule, and significantly more than in the untrained network.
    public var exceedsControl: Bool { !units.isEmpty && (chance ?? 0) < Self.significance }

    public var description: String {
        var text = "\(name) in \(layer) of \(model): \(units.count) of \(looked) units"
        if let control { text += " (untrained: \(control.count) of \(control.looked))" }
        if !findings.isEmpty { text += "; " + findings.map { "\($0.name) \($0.value.short)" }.joined(separator: ", ") }
        return text
    }

    /// The figure of the units; the description alone when there are none.
    public func drawing() throws -> SVG {
        guard !units.isEmpty else {
            var line = SVG(width: SVG.pageWidth, height: 34, title: description)
            line.add(.text(description, x: 12, y: 22, size: 13))
            return line
        }
        switch figure {
        case .family(let family): return family.drawing()
        case .pictures(let grid): return try grid.drawing()
        case .bars(let chart): return chart.drawing()
        case .maps(let maps):
            // Two in a row.
            let width = maps.map { Double($0.width) }.max() ?? 1, height = maps.map { Double($0.height) }.max() ?? 1
            let columns = max(1, min(maps.count, Int(SVG.pageWidth / width)))
            let rows = (maps.count + columns - 1) / columns
            var svg = SVG(width: width * Double(columns), height: height * Double(rows), title: description)
            for (index, map) in maps.enumerated() {
                svg.add(try map.elements(x: Double(index % columns) * width, y: Double(index / columns) * height))
            }
            return svg
        }
    }

    /// The description, the rule and the figure.
    public func mimeBundle() throws -> MimeBundle {
        let drawing = try drawing()
        return MimeBundle(plain: description + "\nrule: " + rule).adding("image/svg+xml", text: drawing.markup)
    }
}

extension Layer {
    /// Adds the same measure on a network of the same shape with random weights.
    /// - Parameter others: layers whose responses to pictures the measure takes as well; they are computed in the same pass.
    func withControl(
        _ isWanted: Bool, reading others: [String] = [], seed: UInt64 = 0, _ measure: (Layer) throws -> Phenomenon
    ) throws -> Phenomenon {
        try PhenomenonStudy.run(on: model, layers: [name] + others) { study in
            var found = try measure(self)
            guard isWanted else { return found }
            let untrained = try study.untrained(seed: seed)
            let control = try measure(untrained[name])
            found.control = .init(model: untrained.name, count: control.units.count, looked: control.looked)
            return found
        }
    }
}
