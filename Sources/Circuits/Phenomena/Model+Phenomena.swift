import Networks
import RichDisplay

/// The phenomena of the Circuits thread in one model, as a table: how many units of which layer satisfy which rule, and how many do in the
/// untrained network.
///
///     try model.phenomena()
public struct PhenomenaReport: Displayable, CustomStringConvertible, Sendable {
    public let model: String
    public let phenomena: [Phenomenon]

    public var description: String { phenomena.map(\.description).joined(separator: "\n") }

    /// The names of the phenomena that were looked for, in order.
    public var names: [String] {
        var known = Set<String>()
        return phenomena.map(\.name).filter { known.insert($0).inserted }
    }

    /// Of each phenomenon the measurement in the layer that shows the most units of it.
    var mostCommon: [Phenomenon] {
        names.compactMap { name in
            phenomena.filter { $0.name == name }.max { ($0.exceedsControl ? 1 : 0, $0.units.count) < ($1.exceedsControl ? 1 : 0, $1.units.count) }
        }
    }

    /// One line of Markdown for each phenomenon: in which layers it is found more often than in the untrained network, or that it is not.
    public var summary: String {
        names.map { name in
            let all = phenomena.filter { $0.name == name }, found = all.filter { !$0.units.isEmpty }
            let shown = all.filter(\.exceedsControl)
            func list(_ some: [Phenomenon]) -> String {
                some.map { found in
                    "\(found.units.count) of \(found.looked) in \(found.layer) (untrained \(found.control?.count ?? 0)"
                        + found.findings.map { "; \($0.name) \($0.value.short)" }.joined() + ")"
                }.joined(separator: ", ")
            }
            if found.isEmpty { return "- **not shown**: \(name); no unit satisfies the rule" }
            if !shown.isEmpty { return "- **shown**: \(name): " + list(shown) }
            let isShown = (Phenomenon.chance(all) ?? 1) < Phenomenon.significance
            return isShown
                ? "- **shown**, in no layer by itself but in all together: \(name): " + list(found)
                : "- **not shown**: \(name), not beyond what the untrained network has: " + list(found)
        }.joined(separator: "\n")
    }

    /// A Markdown table, and under it the rules.
    public var markdown: String {
        var text = "| phenomenon | layer | units | untrained | p |\n|---|---|---|---|---|\n"
        for phenomenon in phenomena {
            let control = phenomenon.control.map { "\($0.count) of \($0.looked)" } ?? "not measured"
            let findings = phenomenon.findings.map { "\($0.name) \($0.value.short)" }.joined(separator: ", ")
            let units = "\(phenomenon.units.count) of \(phenomenon.looked)" + (findings.isEmpty ? "" : " (\(findings))")
            let chance = phenomenon.chance.map { $0 < 0.0001 ? "< 0.0001" : $0.short } ?? ""
            text += "| \(phenomenon.name) | \(phenomenon.layer) | \(units) | \(control) | \(chance) |\n"
        }
        text += "\np: how probable it is that the trained network has as many such units or more if training made no difference (Fisher's exact "
            + "test, one-sided). A phenomenon counts as shown below \(Phenomenon.significance.short).\n"
        var named = Set<String>()
        for phenomenon in phenomena where named.insert(phenomenon.name).inserted {
            text += "\n- **\(phenomenon.name)**: \(phenomenon.rule)."
        }
        return text
    }

    public func mimeBundle() -> MimeBundle { Markdown(markdown).mimeBundle() }
}

/// What is asked over pictures: which classes are one thing in two poses, and which are put together from parts.
public struct PictureQuestions: Sendable {
    /// A class with one part above another.
    public struct Assembly: Hashable, Sendable {
        public let name, above, below: String

        public init(_ name: String, above: String, below: String) { (self.name, self.above, self.below) = (name, above, below) }
    }

    /// Classes that face left and right.
    public var posed: [String]
    public var assembled: [Assembly]

    public init(posed: [String], assembled: [Assembly]) { (self.posed, self.assembled) = (posed, assembled) }

    /// Those of "Zoom In", in Hooke's picture world: heads of dogs and cats, and cars.
    public static let zoomIn = PictureQuestions(posed: ["dog", "cat"], assembled: [.init("car", above: "window", below: "wheel")])
}

extension Model {
    /// Looks for the phenomena that take no pictures: Gabors and colours in the layers that read the image; curve detectors, high-low
    /// frequency units, colour units and families of turned and recoloured units in every layer with positions.
    ///
    ///     try model.phenomena(layers: ["conv2d0", "mixed3a", "mixed3b"])
    ///
    /// - Parameters:
    ///   - layers: where to look; all canonical layers with positions by default.
    ///   - control: whether the same is measured on the untrained network.
    /// - Throws: ``ModelError``, and `Interrupted` when the user stops it.
    public func phenomena(layers: [String]? = nil, control: Bool = true) throws -> PhenomenaReport {
        try PhenomenonStudy.run(on: self) { _ in
            PhenomenaReport(
                model: name,
                phenomena: try (layers ?? spatialLayers()).flatMap { try self[$0].stimulusPhenomena(control: control) })
        }
    }

    /// Looks for all phenomena, with those that take pictures: units for a class in every pose, units put together from units for parts, and
    /// polysemantic units.
    ///
    ///     try model.phenomena(over: World.test)
    ///
    /// - Parameters:
    ///   - pictures: labelled pictures.
    ///   - questions: which classes have poses and parts.
    ///   - count: how many pictures to look at, from the first on.
    ///   - layers: where to look; all canonical layers with positions by default. What takes an earlier layer is not asked of a layer that reads none of them; the first
    ///     is asked for nothing that takes pictures.
    ///   - control: whether the same is measured on the untrained network.
    /// - Throws: ``ModelError``, ``PhenomenonError``, and `Interrupted` when the user stops it.
    public func phenomena(
        over pictures: some LabelledPictures, asking questions: PictureQuestions = .zoomIn, count: Int = 4000, layers: [String]? = nil,
        control: Bool = true
    ) throws -> PhenomenaReport {
        let names = try layers ?? spatialLayers()
        return try PhenomenonStudy.$current.withValue(PhenomenonStudy(of: self, layers: names)) {
            var found = try names.flatMap { try self[$0].stimulusPhenomena(control: control) }
            for (place, name) in names.enumerated().dropFirst() {
                let layer = self[name]
                // The nearest layer before it that it reads: columns that have been put side by side for the eye are read by none.
                if let earlier = try names[..<place].last(where: { try reads(name, $0) }) {
                    for posed in questions.posed {
                        found.append(
                            try layer.poseInvariantUnits(of: posed, over: pictures, from: earlier, count: count, control: control))
                    }
                    for whole in questions.assembled {
                        found.append(
                            try layer.assembledUnits(
                                of: whole.name, over: pictures, from: earlier, above: whole.above, below: whole.below, count: count,
                                control: control))
                    }
                }
                found.append(try layer.polysemanticUnits(over: pictures, count: count, control: control))
            }
            return PhenomenaReport(model: self.name, phenomena: found)
        }
    }

    /// Whether a layer depends on an earlier one.
    private func reads(_ name: String, _ earlier: String) throws -> Bool {
        do { _ = try self[name][0].connections(from: earlier) } catch ModelError.noPath { return false }
        return true
    }

    private func spatialLayers() throws -> [String] {
        try layers.map(\.name).filter { try shape(of: $0, imageHeight: inputSize, imageWidth: inputSize).isSpatial }
    }
}

extension Layer {
    fileprivate func stimulusPhenomena(control: Bool) throws -> [Phenomenon] {
        var found: [Phenomenon] = []
        // Other layers have no weights of their own, or do not read the image.
        if let weights = try? model.weights(of: name), weights.rank == 4, weights.shape[2] == 3 {
            found = [try gaborFilters(control: control), try colorFilters(control: control)]
        }
        return found + [
            try curveDetectors(control: control), try frequencyBoundaryUnits(control: control), try colorContrastUnits(control: control),
            try colorCentreSurroundUnits(control: control), try rotationFamilies(control: control), try hueFamilies(control: control),
        ]
    }
}
