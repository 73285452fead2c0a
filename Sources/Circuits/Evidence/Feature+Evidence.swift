import Networks
import RichDisplay
import Tensors

extension Feature {
    /// Goes through the seven arguments of "Zoom In" for a label, as far as they can be measured with what is given.
    ///
    ///     try model["mixed3b"][33].evidence(
    ///         for: .curve(orientation: 45), pictures: World.test, builtFrom: lines, handwritten: report)
    ///
    /// - Parameters:
    ///   - label: what the feature is said to detect.
    ///   - pictures: for the strongest response in a data set, and for labels about pictures.
    ///   - count: how many of them to look at.
    ///   - builtFrom: the units that should build it if the label is right. When nobody names them and the label is about stimuli, the
    ///     weights are compared with what the units of the layer before prefer by themselves.
    ///   - usedBy: the units that should use it if the label is right; else as for `builtFrom`, with the layer behind.
    ///   - jointTuning: the row for joint tuning, which is measured elsewhere.
    ///   - handwritten: the comparison with a unit written by hand.
    ///   - seed: decides the halves of label tests and the feature visualization.
    ///   - control: whether labels are put to the test on the untrained network as well.
    /// - Throws: ``EvidenceError``, ``ModelError``, ``CircuitError``, and `Interrupted` when the user stops it.
    public func evidence(
        for label: FeatureLabel, pictures: (any LabelledPictures)? = nil, count: Int = 2000, builtFrom: FeatureFamily? = nil,
        usedBy: FeatureFamily? = nil, jointTuning: FeatureEvidence.Finding? = nil, handwritten: Reimplementation? = nil, seed: UInt64 = 0,
        control: Bool = true
    ) throws -> FeatureEvidence {
        try validate()
        let stimuliTest = label.stimuli.isEmpty ? nil : try test(label, seed: seed, control: control)
        let untrained = stimuliTest?.control?.unit
        var findings = [
            try visualizationFinding(over: pictures, count: count, seed: seed),
            try examplesFinding(label, over: pictures, count: count, seed: seed, control: control),
            try stimuliFinding(label, stimuliTest),
            try builtFrom == nil && stimuliTest != nil
                ? preferenceFinding(.implementation, label, untrained: untrained, seed: seed) { try $0.implementation() }
                : connectionsFinding(.implementation, expected: builtFrom) { try implementation(from: $0) },
            try usedBy == nil && stimuliTest != nil
                ? preferenceFinding(.use, label, untrained: untrained, seed: seed) { try $0.clients() }
                : connectionsFinding(.use, expected: usedBy) { try clients(in: $0) },
            Self.handwrittenFinding(handwritten, of: self),
        ]
        if let jointTuning, jointTuning.argument == .jointTuning {
            findings.append(jointTuning)
        } else {
            findings.append(.init(.jointTuning, .notMeasured, measured: "no joint tuning was given"))
        }
        return FeatureEvidence(self, label: label.name, findings: findings)
    }

    /// Whether what gradient ascent finds excites the feature at least as much as the strongest picture of a data set does.
    private func visualizationFinding(over pictures: (any LabelledPictures)?, count: Int, seed: UInt64) throws -> FeatureEvidence.Finding {
        let rule = "the optimized picture excites the feature at least as much as any picture of the data set; what it shows is for the eye"
        let total = min(count, pictures?.count ?? 0)
        guard let pictures, total > 0 else {
            return .init(.featureVisualization, .notMeasured, measured: "no pictures to compare with", rule: rule)
        }
        let optimized = try visualize(
            size: model.inputSize, steps: 128, seed: seed, objective: .neuron, showProgress: false)
        let shown = try activations(of: Tensor.stack(optimized.images)).max()
        var strongest = -Float.infinity
        try pictures.forEachBatch(of: Array(0..<total), size: model.inputSize) { batch in
            strongest = max(strongest, try activations(of: Tensor.stack(batch.map(\.pixels))).max())
        }
        let ratio = strongest > 0 ? Double(shown / strongest) : 0
        let measured = strongest > 0
            ? "the optimized picture excites it to \(Double(shown).short), the strongest of \(total) pictures to "
                + "\(Double(strongest).short): \(ratio.short) times"
            : "none of \(total) pictures excites it; the optimized picture does to \(Double(shown).short)"
        return .init(
            .featureVisualization, strongest > 0 && ratio >= 1 ? .supports : .doesNotSupport, measured: measured, rule: rule,
            measures: [.init("optimized", Double(shown)), .init("strongest picture", Double(strongest)), .init("ratio", ratio)])
    }

    private func examplesFinding(
        _ label: FeatureLabel, over pictures: (any LabelledPictures)?, count: Int, seed: UInt64, control: Bool
    ) throws -> FeatureEvidence.Finding {
        guard label.picture != nil else {
            return .init(
                .datasetExamples, .notMeasured, measured: "the label says nothing about pictures: see examples(in:)", rule: LabelTest.rule)
        }
        guard let pictures else { return .init(.datasetExamples, .notMeasured, measured: "no pictures were given", rule: LabelTest.rule) }
        let test = try test(label, over: pictures, count: count, seed: seed, control: control)
        return .init(
            .datasetExamples, test.isSupported ? .supports : .doesNotSupport, measured: test.description, rule: LabelTest.rule,
            measures: test.measures)
    }

    private func stimuliFinding(_ label: FeatureLabel, _ test: LabelTest?) throws -> FeatureEvidence.Finding {
        guard let test, let first = label.stimuli.first else {
            return .init(.syntheticStimuli, .notMeasured, measured: "the label says nothing about stimuli", rule: LabelTest.rule)
        }
        let tuning = try tuning(over: first.sweep)
        var words = test.description, measures = test.measures
        if tuning.axes.contains(where: { $0.period != nil }) {
            let curve = try tuning.curve()
            words = "peak at \(curve.peak.angle.short)°, width \(curve.width.short)°, selectivity \(curve.selectivity.short); " + words
            measures += [
                .init("peak", curve.peak.angle), .init("width", curve.width), .init("selectivity", curve.selectivity),
            ]
        }
        return .init(
            .syntheticStimuli, test.isSupported ? .supports : .doesNotSupport, measured: words, rule: LabelTest.rule, measures: measures)
    }

    /// Whether the units at the other end are those that the label predicts.
    private func connectionsFinding(
        _ argument: FeatureEvidence.Argument, expected: FeatureFamily?, _ connections: (String?) throws -> FeatureConnections
    ) throws -> FeatureEvidence.Finding {
        let rule = "of as many strongest units as are expected, the share of expected ones lies above chance with a confidence of 95 %"
        guard let expected else {
            let found = try? connections(nil)
            let seen = found.map { "; \($0)" } ?? ""
            return .init(
                argument, .notMeasured,
                measured: "nobody said which units are expected (\(argument == .use ? "usedBy" : "builtFrom"))" + seen, rule: rule)
        }
        let found = try connections(expected.layer.name)
        // Compared by address: the family may come from another copy of the model.
        let wanted = expected.features.map { Feature(model: model, layer: $0.layer, direction: $0.direction) }
        let (share, chance) = found.agreement(with: wanted, units: try model.channels(of: found.layer))
        let isAbove = share.total > 0 && share.interval.lowerBound > chance
        return .init(
            argument, isAbove ? .supports : .doesNotSupport,
            measured: "of the \(share.total) strongest units of \(found.layer) \(share.successes) are \(expected.name): \(share), chance "
                + "\(chance.short); \(found)", rule: rule, measures: [.init("share", share.value), .init("chance", chance)])
    }

    private static func handwrittenFinding(_ report: Reimplementation?, of feature: Feature) -> FeatureEvidence.Finding {
        let rule = "tuning correlates by at least 0.8 with that of the trained unit, and the activations over pictures by at least 0.5"
        guard let report else { return .init(.handwritten, .notMeasured, measured: "no handwritten unit was given", rule: rule) }
        guard report.units.contains(where: { $0.feature.layer == feature.layer && $0.feature.direction == feature.direction }) else {
            return .init(.handwritten, .notMeasured, measured: "the handwritten unit stands for another one", rule: rule)
        }
        guard let pictures = report.pictures else {
            return .init(.handwritten, .notMeasured, measured: "\(report); the rule takes pictures", rule: rule)
        }
        let holds = (report.tuningCorrelation ?? 0) >= 0.8 && (pictures.correlation ?? 0) >= 0.5
        return .init(
            .handwritten, holds ? .supports : .doesNotSupport, measured: report.description, rule: rule,
            measures: [
                .init("tuning correlation", report.tuningCorrelation ?? .nan),
                .init("activation correlation", pictures.correlation ?? .nan), .init("CAR", pictures.reconstruction ?? .nan),
            ])
    }
}

extension LabelTest {
    /// The figures of a row of evidence.
    fileprivate var measures: [Phenomenon.Measure] {
        [
            .init("precision", precision.value), .init("recall", recall.value), .init("F1", f1), .init("share of true cases", base.value),
        ] + (control.map { [.init("F1 of the best untrained unit", $0.f1)] } ?? [])
    }
}
