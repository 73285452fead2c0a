import Networks
import RichDisplay
import Tensors

extension Feature {
    /// Replaces the channel by a unit whose weights follow a rule and compares the two.
    ///
    ///     try curve.reimplemented(by: .stroke(.arc(radius: 4.5, orientation: 45), from: [lines]), pictures: World.test)
    ///
    /// - Parameters:
    ///   - sweep: for the tuning of both.
    ///   - pictures: for activations, strongest examples and the accuracy; none by default.
    ///   - count: how many pictures to compare.
    ///   - fitting: how many pictures before those fit the gain of the handwritten unit: a rule says where weights are, not in which unit
    ///     they are measured. Without pictures the stimuli fit it. 0 leaves the unit as it is written.
    /// - Throws: ``WeightRuleError``, ``HandwrittenUnitError``, ``ModelError``, ``PhenomenonError`` for too few pictures.
    public func reimplemented(
        by rule: WeightRule, over sweep: StimulusSweep = .curves(), pictures: (any LabelledPictures)? = nil, count: Int = 1000,
        fitting: Int = 200
    ) throws -> Reimplementation {
        try Reimplementation(of: [self], by: [rule], sweep: sweep, pictures: pictures, count: count, fitting: fitting)
    }
}

extension FeatureFamily {
    /// Replaces all members at once, as "Curve Circuits" replaces all curve detectors of mixed3b, and compares.
    ///
    ///     try curves.reimplemented(pictures: World.test) { .stroke(.arc(radius: 4.5, orientation: $0.value ?? 0), from: [lines]) }
    ///
    /// - Parameter rule: the rule of each member.
    /// - Throws: as `Feature.reimplemented`.
    public func reimplemented(
        over sweep: StimulusSweep = .curves(), pictures: (any LabelledPictures)? = nil, count: Int = 1000, fitting: Int = 200,
        by rule: (Member) throws -> WeightRule
    ) throws -> Reimplementation {
        try Reimplementation(of: features, by: try members.map(rule), sweep: sweep, pictures: pictures, count: count, fitting: fitting)
    }
}

extension Reimplementation {
    /// - Precondition: as many rules as features, all of one layer.
    fileprivate init(
        of features: [Feature], by rules: [WeightRule], sweep: StimulusSweep, pictures: (any LabelledPictures)?, count: Int, fitting: Int
    ) throws {
        let original = features[0].model, layer = features[0].layer, fitting = max(0, fitting)
        var source = "", written: [HandwrittenUnit] = []
        for (feature, rule) in zip(features, rules) {
            let made = try rule.unit(for: feature)
            if written.isEmpty { source = made.source }
            guard made.source == source else { throw WeightRuleError.otherSource(made.source, first: source) }
            written.append(made.unit)
        }
        let channels = written.map(\.channel)
        let asWritten = try original.swappingIn(written, in: layer, reading: source)
        let before = try original[layer].tuning(over: sweep), raw = try asWritten[layer].tuning(over: sweep)
        var gains = [Float](repeating: 1, count: written.count)
        if let pictures, pictures.count <= fitting {
            throw PhenomenonError.tooFewPictures(of: pictures.name, found: pictures.count, needed: fitting + 1)
        }
        if fitting > 0 {
            var agreements = [ActivationAgreement](repeating: .init(), count: written.count)
            if let pictures {
                try Self.compare([original, asWritten], layer, over: pictures, 0..<fitting) { activations, _, _ in
                    Self.add(activations, channels, to: &agreements)
                }
            } else {
                Self.add([before.responses, raw.responses], channels, to: &agreements)
            }
            gains = agreements.map(\.bestGain)
        }
        let fitted = zip(written, gains).map { $0.scaled(by: $1) }
        let model = try original.swappingIn(fitted, in: layer, reading: source)
        let after = try model[layer].tuning(over: sweep)
        var tuning = ActivationAgreement()
        for channel in channels {
            for (a, b) in zip(before[channel].responses.scalars, after[channel].responses.scalars) { tuning.add(a, b) }
        }
        (rule, self.source, self.sweep, self.model) = (rules[0].description, source, sweep.name, model)
        tuningCorrelation = tuning.correlation
        units = try zip(features, zip(channels, gains)).map { feature, unit in
            Pair(feature: feature, trained: try before[unit.0].curve(), handwritten: try after[unit.0].curve(), gain: unit.1)
        }
        self.pictures = try pictures.map {
            try OverPictures(
                original: original, handwritten: model, layer: layer, channels: channels, pictures: $0,
                range: fitting..<fitting + min(max(count, 1), $0.count - fitting))
        }
        kernels = try Self.strongest(features[0], handwritten: model, source: source)
    }

    private static func add(_ activations: [Tensor], _ channels: [Int], to agreements: inout [ActivationAgreement]) {
        let (a, b) = (activations[0], activations[1])
        let width = a.shape.last ?? 1
        a.withUnsafeScalars { first in
            b.withUnsafeScalars { second in
                for place in 0..<first.count / max(width, 1) {
                    for (index, channel) in channels.enumerated() {
                        agreements[index].add(first[place * width + channel], second[place * width + channel])
                    }
                }
            }
        }
    }

    /// The activations of a layer, and the logits where there are any, of several models for the same pictures, in batches.
    fileprivate static func compare(
        _ models: [Model], _ layer: String, over pictures: any LabelledPictures, _ range: Range<Int>,
        _ body: (_ activations: [Tensor], _ logits: [Tensor?], _ pictures: [LabelledPicture]) throws -> Void
    ) throws {
        let progress = try VisualizationProgress("\(layer), \(range.count) pictures", steps: range.count, isShown: range.count > 200)
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 50) {
            try Interruption.check()
            let shown = pictures.drawn(Array(start..<min(start + 50, range.upperBound)), size: models[0].inputSize)
            let images = Tensor.stack(shown.map(\.pixels))
            try progress.update(step: start - range.lowerBound, images: images.slices(0..<min(8, shown.count)))
            var activations: [Tensor] = [], logits: [Tensor?] = []
            for model in models {
                let head = model.details.logitsLayer
                let found = try model.activations(of: images, at: [layer] + (head.map { [$0] } ?? []))
                guard let own = found[layer] else { throw GraphError.unknownNode(layer) }
                activations.append(own)
                logits.append(head.flatMap { found[$0] })
            }
            try body(activations, logits, shown)
        }
        try progress.finish("\(layer) was shown \(range.count) pictures")
    }

    /// The weights of the three units that the trained one reads most and of the three that the handwritten one does, in both.
    private static func strongest(
        _ feature: Feature, handwritten: Model, source: String
    ) throws -> (sources: [String], trained: [Tensor], handwritten: [Tensor]) {
        guard let channel = feature.channel else { return ([], [], []) }
        let trained = try feature.model.expandedWeights(from: source, to: feature.layer, channel: channel)
        let written = try handwritten.expandedWeights(from: source, to: feature.layer, channel: channel)
        func kernel(_ weights: Tensor, _ input: Int) -> Tensor {
            let shape = weights.shape
            return Tensor(
                shape: [shape[0], shape[1]], scalars: (0..<shape[0] * shape[1]).map { weights.scalars[$0 * shape[2] + input] })
        }
        func strongest(_ weights: Tensor) -> [Int] {
            let norms = (0..<weights.shape[2]).map { kernel(weights, $0).norm() }
            return Array(norms.indices.sorted { (norms[$0], $1) > (norms[$1], $0) }.prefix(3))
        }
        let first = strongest(trained), order = first + strongest(written).filter { !first.contains($0) }
        return (order.map { "\(source):\($0)" }, order.map { kernel(trained, $0) }, order.map { kernel(written, $0) })
    }
}

extension Reimplementation.OverPictures {
    /// How many of the strongest pictures are compared.
    private static let examples = 9

    fileprivate init(
        original: Model, handwritten: Model, layer: String, channels: [Int], pictures: any LabelledPictures, range: Range<Int>
    ) throws {
        let ablated = try original.editing(layer, .ablating(channels))
        // Labels of the pictures as classes of the model.
        let classes = pictures.classes.map { original.classes.firstIndex(of: $0) }
        let isClassifier = original.details.logitsLayer != nil && classes.contains { $0 != nil }
        var agreement = ActivationAgreement(), right = [0, 0, 0], known = 0
        var maxima = [[[Float]]](repeating: [[Float]](repeating: [], count: channels.count), count: 2)
        try Reimplementation.compare(
            isClassifier ? [original, handwritten, ablated] : [original, handwritten], layer, over: pictures, range
        ) { activations, logits, shown in
            let width = activations[0].shape.last ?? 1, places = activations[0].count / shown.count / max(width, 1)
            activations[0].withUnsafeScalars { first in
                activations[1].withUnsafeScalars { second in
                    for picture in shown.indices {
                        for (index, channel) in channels.enumerated() {
                            var best = (-Float.infinity, -Float.infinity)
                            for place in 0..<places {
                                let offset = (picture * places + place) * width + channel
                                agreement.add(first[offset], second[offset])
                                best = (max(best.0, first[offset]), max(best.1, second[offset]))
                            }
                            maxima[0][index].append(best.0)
                            maxima[1][index].append(best.1)
                        }
                    }
                }
            }
            guard isClassifier else { return }
            for (picture, truth) in shown.enumerated() {
                guard let label = classes[truth.label] else { continue }
                known += 1
                for (model, values) in logits.enumerated() where values?.slice(picture).argmax() == label { right[model] += 1 }
            }
        }
        var (shared, total) = (0, 0)
        for index in channels.indices {
            func strongest(_ values: [Float]) -> [Int] {
                Array(values.indices.filter { values[$0] > 0 }.sorted { (values[$0], $1) > (values[$1], $0) }.prefix(Self.examples))
            }
            let trained = strongest(maxima[0][index])
            shared += Set(trained).intersection(strongest(maxima[1][index])).count
            total += trained.count
        }
        (dataset, looked) = (pictures.name, range.count)
        (correlation, reconstruction) = (agreement.correlation, agreement.reconstruction)
        sharedExamples = Proportion(shared, of: total)
        accuracy = known > 0
            ? .init(
                trained: Proportion(right[0], of: known), handwritten: Proportion(right[1], of: known),
                ablated: Proportion(right[2], of: known)) : nil
    }
}
