import Foundation
import SwiftSyntax

/// Rewrites a part of a cell so that `%timeit` can run it again and again.
///
/// The code becomes a closure, `__hookeTimeit(loops, runs) { … }`, which the library calls through a pointer: the optimizer sees no
/// loop to lift anything out of. Values of the code go to a function that it cannot see into, so nothing is unused either.
extension ParsedCell {
    init(_ code: String, part: SwiftPart) {
        self.init(code, hiding: part.hidden)
        if let timed = part.timed { self = self.timed(timed.options, setup: timed.setup, code: timed.code) }
    }

    /// - Parameters:
    ///   - setup: what runs once before, in the scope of the closure.
    ///   - code: what is timed.
    func timed(_ options: TimeitOptions, setup: Range<Int>, code: Range<Int>) -> ParsedCell {
        var timed = self
        timed.mustBeOptimized = true
        (timed.markOffsets, timed.resultRange, timed.definitions, timed.wholeModuleItems, timed.edits) = ([], nil, [], [], [])
        var edits: [(offset: Int, text: String)] = []
        let scope = Self.declarations + "do { "
        var opening = "try __hookeTimeit(\(options.loops ?? 0), \(options.runs)) { "
        // As an array: filtering the collection would make a new tree, with other offsets.
        let items = Array(tree.statements).filter { code.contains($0.positionAfterSkippingLeadingTrivia.utf8Offset) }
        let awaits = tree.tokens(viewMode: .sourceAccurate).contains {
            $0.tokenKind == .keyword(.await) && code.contains($0.positionAfterSkippingLeadingTrivia.utf8Offset)
        }
        if awaits { opening += "try __hookeTryAwait { " }
        let first = items.first?.positionAfterSkippingLeadingTrivia.utf8Offset ?? code.lowerBound
        let before = tree.statements.first { setup.contains($0.positionAfterSkippingLeadingTrivia.utf8Offset) }
        edits.append((before?.positionAfterSkippingLeadingTrivia.utf8Offset ?? first, scope))
        edits.append((first, opening))
        if let range = resultRange {
            edits.append((range.lowerBound, "__hookeBlackHole("))
            edits.append((range.upperBound, ")"))
        }
        // Variables count as results too, with the values that they have in the end.
        let bindings = items.compactMap { $0.item.as(VariableDeclSyntax.self) }.flatMap(\.bindings).filter { $0.initializer != nil }
        var closing = items.last?.semicolon == nil && !bindings.isEmpty ? ";" : ""
        closing += bindings.flatMap(\.pattern.boundNames).map { " __hookeBlackHole(\($0.text));" }.joined()
        edits.append((items.last?.endPositionBeforeTrailingTrivia.utf8Offset ?? first, closing + (awaits ? " } } }" : " } }")))
        timed.edits = edits
        return timed
    }

    private static let declarations =
        #"@_silgen_name("hooke_cell_timeit") func __hookeTimeit(_ loops: Int, _ runs: Int, _ body: () throws -> Void) throws; "#
        + #"@_silgen_name("hooke_cell_black_hole") func __hookeBlackHole<T>(_ value: T); "#
}

/// Takes a value where no optimizer can see what becomes of it.
@_silgen_name("hooke_cell_black_hole")
@inline(never)
public func hookeCellBlackHole<T>(_ value: T) {
    withUnsafePointer(to: value) { BlackHole.place = UnsafeRawPointer($0) }
}

private enum BlackHole {
    nonisolated(unsafe) static var place: UnsafeRawPointer?
}

/// Measures a closure as `%timeit` does and prints the statistics.
/// - Parameter loops: calls in a run; 0 chooses as many as take 0.2 s.
@_silgen_name("hooke_cell_timeit")
public func hookeCellTimeit(_ loops: Int, _ runs: Int, _ body: () throws -> Void) throws {
    func seconds(_ count: Int) throws -> Double {
        let start = DispatchTime.now().uptimeNanoseconds
        for _ in 0..<count { try body() }
        return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    }
    var count = loops
    if loops == 0 {
        // 1, 2, 5, 10, 20, 50, …
        search: for power in 0... {
            for step in [1, 2, 5] {
                count = step * Int(pow(10, Double(power)))
                if try seconds(count) >= 0.2 || count >= 1_000_000_000 { break search }
            }
        }
    }
    let times = try (0..<runs).map { _ in try seconds(count) / Double(count) }
    print(TimeitStatistics(times: times, loops: count).description)
}

/// What `%timeit` prints.
struct TimeitStatistics {
    /// Seconds of one call, for each run.
    let times: [Double]
    let loops: Int

    var description: String {
        let mean = times.reduce(0, +) / Double(times.count)
        let deviation = (times.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(times.count)).squareRoot()
        let backwards = String(loops).reversed().enumerated().map { $0 > 0 && $0 % 3 == 0 ? ",\($1)" : "\($1)" }.joined()
        let number = String(backwards.reversed())
        let runs = times.count == 1 ? "1 run" : "\(times.count) runs", each = loops == 1 ? "1 loop" : "\(number) loops"
        return "\(PartTimes.words(mean)) ± \(PartTimes.words(deviation)) per loop (mean ± standard deviation of \(runs), \(each) each), "
            + "best \(PartTimes.words(times.min() ?? 0))"
    }
}
