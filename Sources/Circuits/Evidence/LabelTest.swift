import Networks
import RichDisplay
import Tensors

/// A label put to the test on cases that had no part in choosing its threshold: of the cases that excite the feature more than the
/// threshold, how many are what the label says (precision), and of those that are, how many excite it so (recall).
///
///     let test = try feature.test(.curve(orientation: 243))
///     test.precision                             // 0.93 (0.82 to 0.98)
///     test.control?.precision                    // the best unit of the untrained network
public struct LabelTest: Sendable, CustomStringConvertible {
    /// The response from which on the label is asserted: that with the best F1 over one half of the cases, drawn at random.
    public let threshold: Float
    /// Over the other half, with 95 % intervals.
    public let precision: Proportion, recall: Proportion
    /// How many of the other half are what the label says: the precision of a guess.
    public let base: Proportion
    /// The same for the unit of the untrained network's layer that does best on the first half; nil when it was not measured.
    public internal(set) var control: Control?

    /// An untrained unit.
    public struct Control: Sendable {
        /// The unit, and among how many it is the best.
        public let unit: Int, units: Int
        public let precision: Proportion, recall: Proportion

        public var f1: Double { LabelTest.f1(precision, recall) }
    }

    /// The harmonic mean of precision and recall; 0 when nothing was found.
    public var f1: Double { Self.f1(precision, recall) }

    /// Whether the label holds: more precise than a guess with a confidence of 95 %, at least half of the cases found, and a better F1 than
    /// the best untrained unit.
    public var isSupported: Bool {
        guard precision.total > 0, recall.total > 0 else { return false }
        return precision.interval.lowerBound > base.value && recall.value >= 0.5 && f1 > control?.f1 ?? 0
    }

    static let rule = "on the half of the cases that had no part in the threshold the precision's 95 % interval lies above the share of "
        + "true cases, recall is at least 0.5, and F1 above that of the best unit of the untrained layer"

    public var description: String {
        "precision \(precision), recall \(recall), share of true cases \(base.value.short)"
            + (control.map { "; best of \($0.units) untrained units: precision \($0.precision), recall \($0.recall)" } ?? "")
    }

    fileprivate static func f1(_ precision: Proportion, _ recall: Proportion) -> Double {
        guard precision.total > 0, recall.total > 0, precision.successes > 0 else { return 0 }
        return 2 * precision.value * recall.value / (precision.value + recall.value)
    }

    /// - Parameters:
    ///   - responses: one per case.
    ///   - isFirst: whether a case chooses the threshold; the others are counted.
    init(_ responses: [Float], truth: [Bool], isFirst: [Bool]) {
        threshold = Self.bestThreshold(responses, truth: truth, isFirst: isFirst).threshold
        var (hits, fired, wanted, cases) = (0, 0, 0, 0)
        for index in responses.indices where !isFirst[index] {
            let fires = responses[index] >= threshold && responses[index] > 0
            cases += 1
            fired += fires ? 1 : 0
            wanted += truth[index] ? 1 : 0
            hits += fires && truth[index] ? 1 : 0
        }
        (precision, recall, base) = (Proportion(hits, of: fired), Proportion(hits, of: wanted), Proportion(wanted, of: cases))
    }

    /// The threshold with the best F1 over the first half: the response of one of its cases. Only positive responses assert anything.
    static func bestThreshold(_ responses: [Float], truth: [Bool], isFirst: [Bool]) -> (threshold: Float, f1: Double) {
        let order = responses.indices.filter { isFirst[$0] && responses[$0] > 0 }.sorted { responses[$0] > responses[$1] }
        let wanted = truth.indices.reduce(0) { $0 + (isFirst[$1] && truth[$1] ? 1 : 0) }
        var hits = 0, best: (threshold: Float, f1: Double) = (.infinity, 0)
        for (place, index) in order.enumerated() {
            hits += truth[index] ? 1 : 0
            // Between equal responses there is no threshold.
            if place + 1 < order.count, responses[order[place + 1]] == responses[index] { continue }
            let f1 = 2 * Double(hits) / Double(place + 1 + wanted)
            if f1 > best.f1 { best = (responses[index], f1) }
        }
        return best
    }

    /// Which cases choose the threshold: one half, by chance, the same for every unit.
    static func halves(_ count: Int, seed: UInt64) -> [Bool] {
        (0..<count).map { index in
            var random = CounterRandom(seed: seed, stream: UInt64(index))
            return random.uniform() < 0.5
        }
    }
}

/// The cases of a label, and what a feature and every unit of a layer answer to them.
struct LabelCases {
    var truth: [Bool] = []
    /// Of the feature.
    var responses: [Float] = []
    /// `[case][channel]`
    var layer: [[Float]] = []

    /// The strongest responses to pictures.
    init(
        _ feature: Feature, in layer: Layer, pictures: any LabelledPictures, count: Int, _ truth: @Sendable (LabelledPicture) -> Bool?
    ) throws {
        let vector = feature.weights.sorted { $0.key < $1.key }
        try pictures.forEachBatch(of: Array(0..<min(max(count, 0), pictures.count)), size: layer.model.inputSize) { shown in
            let activations = try layer.activations(of: Tensor.stack(shown.map(\.pixels)))
            let channels = activations.shape.last ?? 1, places = activations.count / shown.count / max(channels, 1)
            let best = activations.rank == 4 ? activations.max(along: [1, 2]) : activations
            activations.withUnsafeScalars { values in
                for (picture, one) in shown.enumerated() {
                    guard let answer = truth(one) else { continue }
                    self.truth.append(answer)
                    self.layer.append(best.slice(picture).scalars)
                    let strongest = (0..<places).map { place in
                        vector.reduce(0) { $0 + values[(picture * places + place) * channels + $1.key] * $1.value }
                    }.max()
                    responses.append(strongest ?? -.infinity)
                }
            }
        }
    }

    /// The responses to stimuli.
    init(_ feature: Feature, in layer: Layer, stimuli: [FeatureLabel.Stimuli]) throws {
        let vector = feature.weights.sorted { $0.key < $1.key }
        for part in stimuli {
            let tuning = try layer.tuning(over: part.sweep)
            let channels = tuning.channels, counts = tuning.axes.map(\.values.count)
            tuning.responses.withUnsafeScalars { values in
                for index in 0..<values.count / max(channels, 1) {
                    var rest = index, parameters: [String: Double] = [:]
                    for (axis, count) in zip(tuning.axes, counts).reversed() {
                        parameters[axis.name] = axis.values[rest % count]
                        rest /= count
                    }
                    guard let answer = part.truth(parameters, tuning.field) else { continue }
                    truth.append(answer)
                    let row = Array(values[index * channels..<(index + 1) * channels])
                    responses.append(vector.reduce(0) { $0 + row[$1.key] * $1.value })
                    self.layer.append(row)
                }
            }
        }
    }

    /// The feature's test.
    func test(seed: UInt64) -> LabelTest {
        LabelTest(responses, truth: truth, isFirst: LabelTest.halves(truth.count, seed: seed))
    }

    /// The test of the unit that does best on the first half.
    func bestUnit(seed: UInt64) -> LabelTest.Control {
        let isFirst = LabelTest.halves(truth.count, seed: seed), units = layer.first?.count ?? 0
        var best = (unit: 0, f1: -1.0)
        for unit in 0..<units {
            let f1 = LabelTest.bestThreshold(layer.map { $0[unit] }, truth: truth, isFirst: isFirst).f1
            if f1 > best.f1 { best = (unit, f1) }
        }
        let test = LabelTest(layer.map { $0.isEmpty ? 0 : $0[best.unit] }, truth: truth, isFirst: isFirst)
        return .init(unit: best.unit, units: units, precision: test.precision, recall: test.recall)
    }
}

extension Feature {
    /// Puts a label about stimuli to the test, and the best unit of the untrained network beside it.
    ///
    ///     try model["mixed3b"][33].test(.curve(orientation: 45))
    ///
    /// Stimuli of a grid are alike: the intervals say how well the shares are known for such stimuli, not for curves in the world.
    /// - Parameters:
    ///   - seed: decides which half of the cases chooses the threshold.
    ///   - control: whether the untrained network is asked.
    /// - Throws: ``EvidenceError/nothingToTest(label:)``, and as ``tuning(over:imageSize:deviations:)``.
    public func test(_ label: FeatureLabel, seed: UInt64 = 0, control: Bool = true) throws -> LabelTest {
        try validate()
        guard !label.stimuli.isEmpty else { throw EvidenceError.nothingToTest(label: label.name, what: "stimuli") }
        return try test(control: control, seed: seed, label) { try LabelCases(self, in: $0, stimuli: label.stimuli) }
    }

    /// Puts a label about pictures to the test; a picture excites the feature as much as its strongest position does.
    ///
    ///     try model["mixed4c"][12].test(.shows("car", in: World.test), over: World.test)
    ///
    /// - Parameter count: how many pictures to look at, from the first on.
    /// - Throws: ``EvidenceError``, ``ModelError``.
    public func test(
        _ label: FeatureLabel, over pictures: any LabelledPictures, count: Int = 2000, seed: UInt64 = 0, control: Bool = true
    ) throws -> LabelTest {
        try validate()
        guard let truth = label.picture else { throw EvidenceError.nothingToTest(label: label.name, what: "pictures") }
        return try test(control: control, seed: seed, label) { try LabelCases(self, in: $0, pictures: pictures, count: count, truth) }
    }

    private func test(
        control: Bool, seed: UInt64, _ label: FeatureLabel, _ cases: (Layer) throws -> LabelCases
    ) throws -> LabelTest {
        let own = try cases(model[layer])
        var test = own.test(seed: seed)
        let (wanted, all) = (own.truth.filter { $0 }.count, own.truth.count)
        guard wanted >= 4, all - wanted >= 4 else { throw EvidenceError.tooFewCases(label: label.name, cases: wanted, of: all) }
        if control { test.control = try cases(model.untrained()[layer]).bestUnit(seed: seed) }
        return test
    }
}

/// Why a label cannot be put to the test.
public enum EvidenceError: Error, Equatable, CustomStringConvertible {
    case nothingToTest(label: String, what: String)
    case tooFewCases(label: String, cases: Int, of: Int)

    public var description: String {
        switch self {
        case .nothingToTest(let label, let what):
            "the label '\(label)' says nothing about \(what); make it with FeatureLabel.\(what)(…), or join two labels with and(_:)"
        case .tooFewCases(let label, let cases, let all):
            "'\(label)' is true of \(cases) of \(all) cases; a test takes at least 4 true and 4 false ones"
        }
    }
}
