import Figures
import Foundation
import Networks
import PictureWorld
import Tensors

/// What all units of a family answer when the pictures that excite one of them are turned, scaled, moved or recoloured: the fourth of the
/// seven arguments of "Zoom In". As the response of one unit fades, that of the next should rise, until the family has gone once around.
///
///     let curves = [379, 406, 385].map { model["mixed3b"][$0] }
///     let joint = try curves.jointTuning(over: .rotation(), in: World.test)
///     joint                                  // stacked tuning curves
///     joint.peaks(examplesOf: 0)             // at which turn each unit answers most to the first one's pictures
public struct JointTuning: Drawable, CustomStringConvertible, Sendable {
    /// A picture that excites a unit.
    public struct Example: Sendable {
        /// The index of the picture in its data set.
        public let index: Int
        /// The position of the layer that gave the response.
        public let position: Feature.Position
        /// What the unit answers to the picture as it is.
        public let activation: Float
        /// Whether the change asks for more than the picture holds around the unit; the picture is mirrored there.
        public let reachesBorder: Bool
    }

    /// Curves over one axis, in step with each other.
    public struct Curves: Sendable {
        /// Where the steps lie: seen from each example's own peak when the curves are aligned.
        public let axis: [Double]
        /// `[member][example][step]`; not a number where an aligned trace does not reach.
        public let traces: [[[Double]]]
        /// `[member][step]`, over the examples that reach there.
        public let means: [[Double]]
    }

    /// The family, in the order in which it was given.
    public let features: [Feature]
    public let change: PictureChange
    /// The name of the data set.
    public let dataset: String
    /// The pictures that excite each unit, strongest first; none for those whose examples were not asked for, and dead ones.
    public let examples: [[Example]]
    /// `[example, step, member]`, after the ReLU, for each unit.
    public let responses: [Tensor]
    /// The units whose examples were asked for.
    let asked: Set<Int>

    /// The family's responses to the examples of one unit.
    /// - Parameters:
    ///   - unit: its place in ``features``.
    ///   - isAligned: whether each example's traces are shifted so that the unit's own response to it is strongest at 0: pictures do not
    ///     show exactly what the unit likes best. Means over pictures of different poses are blurred otherwise.
    /// - Precondition: the family has the unit.
    public func curves(examplesOf unit: Int, isAligned: Bool = true) -> Curves {
        require(features.indices.contains(unit), "the family has the units 0..<\(features.count), not \(unit)")
        let steps = change.values.count, count = examples[unit].count, values = responses[unit].scalars
        func value(_ example: Int, _ step: Int, _ member: Int) -> Double {
            Double(values[(example * steps + step) * features.count + member])
        }
        // Steps relative to the peak, from half a turn before it where the axis is a circle.
        let isCircle = change.period != nil
        let places = !isAligned ? Array(0..<steps) : isCircle ? (0..<steps).map { $0 - steps / 2 } : Array(1 - steps..<steps)
        let traces = features.indices.map { member in
            (0..<count).map { example -> [Double] in
                guard isAligned else { return places.map { value(example, $0, member) } }
                let own = (0..<steps).max { value(example, $0, unit) < value(example, $1, unit) } ?? 0
                return places.map { place in
                    let step = own + place
                    if isCircle { return value(example, ((step % steps) + steps) % steps, member) }
                    return (0..<steps).contains(step) ? value(example, step, member) : .nan
                }
            }
        }
        let means = traces.map { traces in
            places.indices.map { step -> Double in
                let reached = traces.map { $0[step] }.filter(\.isFinite)
                return reached.isEmpty ? .nan : reached.reduce(0, +) / Double(reached.count)
            }
        }
        return Curves(axis: isAligned ? places.map(change.distance) : change.values, traces: traces, means: means)
    }

    /// Where on the axis the mean of each member's aligned traces is highest, for the examples of one unit, whose own peak is at 0; nil for
    /// members that never answer.
    /// - Precondition: the family has the unit.
    public func peaks(examplesOf unit: Int) -> [Double?] {
        let curves = curves(examplesOf: unit)
        return curves.means.map { mean in
            let best = mean.indices.filter { mean[$0].isFinite }.max { mean[$0] < mean[$1] }
            return best.flatMap { mean[$0] > 0 ? curves.axis[$0] : nil }
        }
    }

    public var description: String {
        let all = examples.joined(), beyond = all.filter(\.reachesBorder).count
        let dead = features.indices.filter { asked.contains($0) && examples[$0].isEmpty }.map { "\(features[$0])" }
        return "\(features.count) units over the \(change.kind.rawValue) of \(all.count) examples from \(dataset)"
            + (beyond > 0 ? "; around \(beyond) of them the change asks for more than the picture holds, and it is mirrored" : "")
            + (dead.isEmpty ? "" : "; no examples of \(dead.prefix(6).joined(separator: ", "))\(dead.count > 6 ? ", …" : "")")
    }
}

extension PictureChange {
    /// How far so many steps go: degrees, pixels, or doublings of size.
    func distance(_ steps: Int) -> Double {
        guard values.count > 1 else { return 0 }
        let step = kind == .scale ? log2(values[1] / values[0]) : values[1] - values[0]
        return Double(steps) * step
    }
}

/// Why a family cannot be tuned together.
public enum JointTuningError: Error, Equatable, CustomStringConvertible {
    case noFeatures
    case differentLayers(String, String)
    case unknownUnit(Int, count: Int)
    case examples(Int)
    case noExamples(features: [String], dataset: String)

    public var description: String {
        switch self {
        case .noFeatures: "a family has at least one feature"
        case .differentLayers(let first, let other):
            "\(first) and \(other) are features of different layers or models; a family is of one layer"
        case .unknownUnit(let unit, let count): "the family has the units 0 to \(count - 1), no unit \(unit)"
        case .examples(let count): "asked for \(count) examples of each unit; it is 1 to 200"
        case .noExamples(let features, let dataset):
            "no picture of \(dataset) excites \(features.prefix(6).joined(separator: ", ")); look at more pictures or other units"
        }
    }
}
