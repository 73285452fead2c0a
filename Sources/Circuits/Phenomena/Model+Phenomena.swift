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

    /// A Markdown table, and under it the rules.
    public var markdown: String {
        var text = "| phenomenon | layer | units | untrained |\n|---|---|---|---|\n"
        for phenomenon in phenomena {
            let control = phenomenon.control.map { "\($0.count) of \($0.looked)" } ?? "not measured"
            let findings = phenomenon.findings.map { "\($0.name) \($0.value.short)" }.joined(separator: ", ")
            let units = "\(phenomenon.units.count) of \(phenomenon.looked)" + (findings.isEmpty ? "" : " (\(findings))")
            text += "| \(phenomenon.name) | \(phenomenon.layer) | \(units) | \(control) |\n"
        }
        var named = Set<String>()
        for phenomenon in phenomena where named.insert(phenomenon.name).inserted {
            text += "\n- **\(phenomenon.name)**: \(phenomenon.rule)."
        }
        return text
    }

    public func mimeBundle() -> MimeBundle { Markdown(markdown).mimeBundle() }
}

extension Model {
    /// Looks for the phenomena that take no pictures: Gabors and colours in the layers that read the image; curve detectors, high-low
    /// frequency units, colour units and families of turned units in every layer with positions.
    ///
    ///     try model.phenomena(layers: ["conv2d0", "mixed3a", "mixed3b"])
    ///
    /// - Parameters:
    ///   - layers: where to look; all canonical layers with positions by default.
    ///   - control: whether the same is measured on the untrained network.
    /// - Throws: ``ModelError``, and `Interrupted` when the user stops it.
    public func phenomena(layers: [String]? = nil, control: Bool = true) throws -> PhenomenaReport {
        let names = try layers ?? self.layers.map(\.name).filter {
            try shape(of: $0, imageHeight: inputSize, imageWidth: inputSize).isSpatial
        }
        var found: [Phenomenon] = []
        for name in names {
            let layer = self[name]
            // Other layers have no weights of their own, or do not read the image.
            if let weights = try? weights(of: name), weights.rank == 4, weights.shape[2] == 3 {
                found.append(try layer.gaborFilters(control: control))
                found.append(try layer.colorFilters(control: control))
            }
            found.append(try layer.curveDetectors(control: control))
            found.append(try layer.frequencyBoundaryUnits(control: control))
            found.append(try layer.colorContrastUnits(control: control))
            found.append(try layer.colorCentreSurroundUnits(control: control))
            found.append(try layer.rotationFamilies(control: control))
        }
        return PhenomenaReport(model: self.name, phenomena: found)
    }
}
