import Figures
import Networks
import Tensors

extension Layer {
    /// Units that answer to a class whichever way it faces ("Zoom In": pose-invariant dog heads, "union over cases"), with the units of an
    /// earlier layer that want one pose and feed them.
    ///
    ///     try model["mixed4b"].poseInvariantUnits(of: "dog", over: World.test, from: "mixed4a")
    ///
    /// - Parameters:
    ///   - name: a class that faces left and right.
    ///   - earlier: the layer in which oriented units are looked for; the canonical layer before this one by default.
    ///   - count: how many pictures to look at, from the first on.
    ///   - separation: the least d' of each pose over the pictures of all other classes.
    ///   - difference: the largest d' between the two poses.
    ///   - control: whether the same is measured on the untrained network.
    /// - Throws: ``ModelError``, ``CircuitError``, ``PhenomenonError``.
    public func poseInvariantUnits(
        of name: String, over pictures: some LabelledPictures, from earlier: String? = nil, count: Int = 4000, separation: Double = 1.5,
        difference: Double = 0.5, control: Bool = true
    ) throws -> Phenomenon {
        let label = try pictures.label(of: name)
        return try withControl(control, reading: [earlier].compactMap { $0 }) { layer in
            let responses = try layer.responses(over: pictures, count: count)
            let poses = try Self.poses(responses, of: label, named: name)
            let oriented = try earlier.map { try layer.model[$0].orientedUnits(of: label, named: name, over: pictures, count: count) }
            var units: [Phenomenon.Unit] = [], bars: [BarChart.Bar] = []
            for channel in 0..<responses.channels {
                func apart(_ a: [Int], _ b: [Int]) -> Double {
                    PictureResponses.separation(responses.responses(channel, to: a), responses.responses(channel, to: b))
                }
                let left = apart(poses.left, poses.others), right = apart(poses.right, poses.others)
                let between = apart(poses.left, poses.right)
                guard min(left, right) >= separation, abs(between) <= difference else { continue }
                var measures: [Phenomenon.Measure] = [
                    .init("d' facing left", left), .init("d' facing right", right),
                    .init("d' between them", between),
                ]
                if let oriented, let earlier {
                    // How many of the units for each pose excite it.
                    let exciting = Set(
                        try layer[channel].connections(from: earlier).filter { $0.strength > 0 }.compactMap { $0.source.channel })
                    measures.append(.init("left units that excite it", Double(oriented.left.filter(exciting.contains).count)))
                    measures.append(.init("right units that excite it", Double(oriented.right.filter(exciting.contains).count)))
                }
                units.append(.init(feature: layer[channel], preferred: nil, measures: measures))
                bars.append(.init("\(layer.name):\(channel)", min(left, right)))
            }
            var findings: [Phenomenon.Measure] = []
            if let oriented, let earlier {
                findings = [
                    .init("units for facing left in \(earlier)", Double(oriented.left.count)),
                    .init("units for facing right in \(earlier)", Double(oriented.right.count)),
                ]
            }
            return Phenomenon(
                name: "pose-invariant units for '\(name)'",
                rule: "the strongest responses to '\(name)' facing left, and to '\(name)' facing right, both lie at least "
                    + "\(separation.short) standard deviations (d') above those to all other classes, and at most "
                    + "\(difference.short) from each other",
                model: layer.model.name, layer: layer.name, looked: responses.channels, units: units, findings: findings, control: nil,
                figure: .bars(
                    BarChart(bars, title: "pose-invariant units for '\(name)'", xLabel: "d' of the weaker pose over other classes")))
        }
    }

    private static func poses(
        _ responses: PictureResponses, of label: Int, named name: String
    ) throws -> (left: [Int], right: [Int], others: [Int]) {
        let left = responses.indices { $0 == label && $1 == .left }, right = responses.indices { $0 == label && $1 == .right }
        let others = responses.indices { found, _ in found != label }
        for (what, found) in [("'\(name)' facing left", left), ("'\(name)' facing right", right), ("something else than '\(name)'", others)]
        where found.count < 5 {
            throw PhenomenonError.tooFewPictures(of: what, found: found.count, needed: 5)
        }
        return (left, right, others)
    }

    /// The units of the layer that tell the two poses of a class apart (d' of 1) and want the class in that pose (d' of 1 over the others).
    private func orientedUnits(
        of label: Int, named name: String, over pictures: some LabelledPictures, count: Int
    ) throws -> (left: [Int], right: [Int]) {
        let responses = try responses(over: pictures, count: count)
        let poses = try Self.poses(responses, of: label, named: name)
        func wants(_ pose: [Int], not opposite: [Int]) -> [Int] {
            (0..<responses.channels).filter { channel in
                let own = responses.responses(channel, to: pose)
                return PictureResponses.separation(own, responses.responses(channel, to: opposite)) >= 1
                    && PictureResponses.separation(own, responses.responses(channel, to: poses.others)) >= 1
            }
        }
        return (wants(poses.left, not: poses.right), wants(poses.right, not: poses.left))
    }
}
