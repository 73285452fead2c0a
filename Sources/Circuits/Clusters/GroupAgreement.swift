import Foundation
import RichDisplay
import Tensors

/// Whether two ways to put the same units into groups say the same.
///
///     let agreement = GroupAgreement(byWeights, byTuning)
///     agreement.adjustedRand                     // 1 when they are the same, 0 what chance gives
///     agreement.chance                           // how often chance does as well
///
/// The adjusted Rand index of Hubert and Arabie (1985): over all pairs of units, whether both put them together, less what chance gives.
public struct GroupAgreement: Sendable, CustomStringConvertible {
    /// How many units both put into a group.
    public let units: Int
    /// From below 0 to 1; not a number when one of both tells nothing apart.
    public let adjustedRand: Double
    /// The share of random permutations of one of both that agree as well or better, at least `1 / (permutations + 1)`.
    public let chance: Double

    /// - Parameters:
    ///   - first: the group of each unit; units that are not in both are left out.
    ///   - permutations: how many random ones are tried.
    public init(_ first: [Int: String], _ second: [Int: String], permutations: Int = 999, seed: UInt64 = 0) {
        let common = Set(first.keys).intersection(second.keys).sorted()
        let a = Self.numbers(common.map { first[$0] ?? "" }), b = Self.numbers(common.map { second[$0] ?? "" })
        units = common.count
        let found = Self.adjustedRand(a, b)
        adjustedRand = found
        guard !found.isNaN else {
            chance = 1
            return
        }
        var random = CounterRandom(seed: seed, stream: 41), asGood = 0
        for _ in 0..<max(permutations, 0) {
            let other = random.permutation(of: b.count).map { b[$0] }
            // Equal tables may differ in the last bit.
            if Self.adjustedRand(a, other) >= found - 1e-9 { asGood += 1 }
        }
        chance = Double(asGood + 1) / Double(max(permutations, 0) + 1)
    }

    public var description: String {
        guard !adjustedRand.isNaN else { return "\(units) units in both: too few, or all in one group, to compare" }
        return "adjusted Rand index \(String(format: "%.2f", adjustedRand)) over \(units) units, p \(chance.short)"
    }

    private static func numbers(_ names: [String]) -> [Int] {
        var numbers: [String: Int] = [:]
        return names.map { name in
            let next = numbers.count
            return numbers[name] ?? { numbers[name] = next; return next }()
        }
    }

    private static func adjustedRand(_ a: [Int], _ b: [Int]) -> Double {
        func pairs(_ counts: some Sequence<Int>) -> Double { counts.reduce(0) { $0 + Double($1 * ($1 - 1)) / 2 } }
        let rows = (a.max() ?? -1) + 1, columns = (b.max() ?? -1) + 1
        var table = [Int](repeating: 0, count: rows * columns), first = [Int](repeating: 0, count: rows)
        var second = [Int](repeating: 0, count: columns)
        for (x, y) in zip(a, b) {
            table[x * columns + y] += 1
            first[x] += 1
            second[y] += 1
        }
        let all = pairs([a.count]), together = (pairs(first), pairs(second))
        guard all > 0 else { return .nan }
        let expected = together.0 * together.1 / all, most = (together.0 + together.1) / 2
        return abs(most - expected) > 1e-12 ? (pairs(table) - expected) / (most - expected) : .nan
    }
}
