import Figures
import Foundation
import Networks
import Tensors

extension Layer {
    /// Units for a class that are put together from units for its parts, each where the part belongs ("Zoom In": a car is windows above
    /// wheels).
    ///
    ///     try model["mixed4b"].assembledUnits(of: "car", over: World.test, from: "mixed4a", above: "window", below: "wheel")
    ///
    /// - Parameters:
    ///   - name: the class.
    ///   - earlier: the layer in which units for the parts are looked for.
    ///   - upper, lower: names of parts in the pictures' truth.
    ///   - count: how many pictures to look at, from the first on.
    ///   - separation: the least d' of the class over all others, for a unit of the class.
    ///   - partSeparation: the least d' of positions inside the part's boxes over other positions of the same pictures, for a unit of the
    ///     part.
    ///   - control: whether the same is measured on the untrained network.
    /// - Throws: ``ModelError``, ``CircuitError``, ``PhenomenonError``.
    public func assembledUnits(
        of name: String, over pictures: some LabelledPictures, from earlier: String, above upper: String, below lower: String,
        count: Int = 4000, separation: Double = 1.5, partSeparation: Double = 1, control: Bool = true
    ) throws -> Phenomenon {
        let label = try pictures.label(of: name)
        return try withControl(control) { layer in
            let responses = try layer.responses(over: pictures, count: count)
            let own = responses.indices { found, _ in found == label }, others = responses.indices { found, _ in found != label }
            guard own.count >= 5 else { throw PhenomenonError.tooFewPictures(of: "'\(name)'", found: own.count, needed: 5) }
            let parts = try layer.model[earlier].partUnits([upper, lower], in: own, of: pictures, separation: partSeparation)
            var units: [Phenomenon.Unit] = [], bars: [BarChart.Bar] = []
            for channel in 0..<responses.channels {
                let apart = PictureResponses.separation(responses.responses(channel, to: own), responses.responses(channel, to: others))
                guard apart >= separation else { continue }
                let connections = try layer[channel].connections(from: earlier)
                // The strongest exciting unit of each part, and how far below the middle its exciting weights lie.
                func strongest(_ channels: [Int]) -> (height: Double, strength: Double, channel: Int)? {
                    connections.first { $0.strength > 0 && channels.contains($0.source.channel ?? -1) }.map {
                        (Self.height(of: $0.kernel), Double($0.strength), $0.source.channel ?? 0)
                    }
                }
                guard let above = strongest(parts[0]), let below = strongest(parts[1]), above.height < 0, below.height > 0 else { continue }
                units.append(
                    .init(
                        feature: layer[channel], preferred: nil,
                        measures: [
                            .init("d'", apart), .init("\(upper) unit", Double(above.channel)),
                            .init("height of its weights", above.height), .init("\(lower) unit", Double(below.channel)),
                            .init("height of its weights below", below.height),
                        ]))
                bars.append(.init("\(layer.name):\(channel)", apart))
            }
            return Phenomenon(
                name: "'\(name)' units made of \(upper) above and \(lower) below",
                rule: "the strongest responses to '\(name)' lie at least \(separation.short) standard deviations (d') above those to all "
                    + "other classes; of the units of \(earlier) for a \(upper) (d' of \(partSeparation.short) or more between positions "
                    + "in its boxes and others) the one that excites it most does so from above the middle (mean of the positive expanded "
                    + "weights), and of those for a \(lower) from below",
                model: layer.model.name, layer: layer.name, looked: responses.channels, units: units,
                findings: [
                    .init("\(upper) units in \(earlier)", Double(parts[0].count)),
                    .init("\(lower) units in \(earlier)", Double(parts[1].count)),
                ], control: nil, figure: .bars(BarChart(bars, title: "'\(name)' units", xLabel: "d' over other classes")))
        }
    }

    /// The mean height of a kernel's positive weights, in rows below its middle.
    private static func height(of kernel: Tensor) -> Double {
        let middle = Double(kernel.shape[0] - 1) / 2
        var (sum, total) = (0.0, 0.0)
        for row in 0..<kernel.shape[0] {
            for column in 0..<kernel.shape[1] {
                let weight = Double(max(kernel[row, column], 0))
                sum += weight * (Double(row) - middle)
                total += weight
            }
        }
        return total > 0 ? sum / total : 0
    }

    /// For each part, the units whose activations inside its boxes lie above those elsewhere in some of the pictures.
    private func partUnits(
        _ names: [String], in chosen: [Int], of pictures: some LabelledPictures, separation: Double
    ) throws -> [[Int]] {
        let size = Double(model.inputSize), channels = try channels()
        // By part and channel: number, sum and sum of squares inside and outside.
        var inside = names.map { _ in [Moments](repeating: Moments(), count: channels) }, outside = inside
        try pictures.forEachBatch(of: chosen, size: model.inputSize) { shown in
            let activations = try self.activations(of: Tensor.stack(shown.map(\.pixels)))
            guard activations.rank == 4 else { return }
            let (height, width) = (activations.shape[1], activations.shape[2])
            activations.withUnsafeScalars { values in
                for (picture, truth) in shown.enumerated() {
                    for (index, name) in names.enumerated() {
                        let boxes = truth.parts.filter { $0.name == name }
                        guard !boxes.isEmpty else { continue }
                        for row in 0..<height {
                            for column in 0..<width {
                                let x = (Double(column) + 0.5) / Double(width) * size, y = (Double(row) + 0.5) / Double(height) * size
                                let isInside = boxes.contains { $0.x <= x && x < $0.x + $0.width && $0.y <= y && y < $0.y + $0.height }
                                let base = ((picture * height + row) * width + column) * channels
                                for channel in 0..<channels {
                                    if isInside {
                                        inside[index][channel].add(Double(values[base + channel]))
                                    } else {
                                        outside[index][channel].add(Double(values[base + channel]))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        return names.indices.map { index in
            (0..<channels).filter { Moments.separation(inside[index][$0], outside[index][$0]) >= separation }
        }
    }

    private struct Moments {
        var count = 0.0, sum = 0.0, squares = 0.0

        mutating func add(_ value: Double) {
            count += 1
            sum += value
            squares += value * value
        }

        static func separation(_ a: Moments, _ b: Moments) -> Double {
            guard a.count > 0, b.count > 0 else { return 0 }
            let (meanA, meanB) = (a.sum / a.count, b.sum / b.count)
            let spread = (max(a.squares / a.count - meanA * meanA, 0) + max(b.squares / b.count - meanB * meanB, 0)) / 2
            return spread > 0 ? (meanA - meanB) / spread.squareRoot() : 0
        }
    }
}
