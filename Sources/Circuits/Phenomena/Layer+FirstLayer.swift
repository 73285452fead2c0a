import Figures
import Foundation
import Networks
import Tensors

extension Layer {
    /// The Gabor filters of a layer that reads the image ("An Overview of Early Vision": 44 % of conv2d0 in InceptionV1): waves under a
    /// bell.
    ///
    ///     try model["conv2d0"].gaborFilters()
    ///
    /// Each filter is fitted along the one colour axis that carries most of its weights.
    ///
    /// - Parameters:
    ///   - explained: the share of the filter's whole energy, all colours included, that the Gabor must explain.
    ///   - control: whether the same is measured on the untrained network.
    /// - Throws: ``ModelError``, ``CircuitError/notAnImageLayer(_:)``.
    public func gaborFilters(explained: Double = 0.5, control: Bool = true) throws -> Phenomenon {
        try withControl(control) { layer in
            try layer.filterPhenomenon(
                "Gabor filters",
                rule: "a Gabor along the filter's principal colour axis explains at least \((explained * 100).short) % of the energy of "
                    + "all its weights, and more than any two bells around one centre do"
            ) { filter in
                guard filter.explained >= explained, filter.fit.explained > filter.fit.isotropic else { return nil }
                return (
                    filter.fit.orientation,
                    [.init("explained", filter.explained), .init("wavelength", filter.fit.wavelength)]
                )
            }
        }
    }

    /// The colour contrast filters of a layer that reads the image: weights along one axis of colour that is far from grey.
    ///
    ///     try model["conv2d0"].colorFilters()
    ///
    /// - Parameters:
    ///   - share: of the filter's energy that the axis must carry. Random weights have 0.4 to 0.5.
    ///   - angle: between the axis and that of greys, in degrees, at least.
    ///   - control: whether the same is measured on the untrained network.
    /// - Throws: ``ModelError``, ``CircuitError/notAnImageLayer(_:)``.
    public func colorFilters(share: Double = 0.8, angle: Double = 45, control: Bool = true) throws -> Phenomenon {
        try withControl(control) { layer in
            try layer.filterPhenomenon(
                "colour contrast filters",
                rule: "one axis of colour carries at least \((share * 100).short) % of the energy of the filter's weights and lies at "
                    + "least \(angle.short) degrees from that of greys"
            ) { filter in
                guard filter.colour.share >= share, filter.colour.angleFromGrey >= angle else { return nil }
                return (
                    filter.colour.hue,
                    [.init("share", filter.colour.share), .init("angle from grey", filter.colour.angleFromGrey)]
                )
            }
        }
    }

    private struct AnalysedFilter {
        let colour: FilterColour
        let fit: GaborFit
        /// Of all weights: the fit explains its share of the axis, the axis its share of the filter.
        var explained: Double { fit.explained * colour.share }
    }

    private func filterPhenomenon(
        _ name: String, rule: String, _ decide: (AnalysedFilter) -> (preferred: Double, measures: [Phenomenon.Measure])?
    ) throws -> Phenomenon {
        let weights = try model.weights(of: self.name)
        guard weights.rank == 4, weights.shape[2] == 3 else { throw CircuitError.notAnImageLayer(self.name) }
        let (height, width, count) = (weights.shape[0], weights.shape[1], weights.shape[3])
        var units: [Phenomenon.Unit] = [], images: [Int: Image] = [:]
        for channel in 0..<count {
            let filter = Tensor(
                shape: [height, width, 3], scalars: (0..<height * width * 3).map { weights.scalars[$0 * count + channel] })
            guard filter.norm() > 0 else { continue }
            let colour = try FilterColour(filter)
            guard let decision = decide(AnalysedFilter(colour: colour, fit: GaborFit(colour.pattern))) else { continue }
            units.append(.init(feature: self[channel], preferred: decision.preferred, measures: decision.measures))
            images[channel] = try Image(signed: filter)
        }
        units.sort { ($0.preferred ?? 0) < ($1.preferred ?? 0) }
        let captions = units.map { unit in
            "\(unit.feature.channel ?? 0): \((unit.preferred ?? 0).rounded().short)°"
        }
        return Phenomenon(
            name: name, rule: rule, model: model.name, layer: self.name, looked: count, units: units, findings: [], control: nil,
            figure: .pictures(
                ImageGrid(
                    units.compactMap { images[$0.feature.channel ?? 0] }, captions: captions, cellSize: 70,
                    title: "\(name) of \(self.name)")))
    }
}
