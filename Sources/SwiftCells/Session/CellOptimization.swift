/// Which cells are compiled with optimization. Optimized code takes some 70 ms longer to compile and runs loops many times faster;
/// failed checks keep their messages.
public enum CellOptimization: String, CaseIterable, CustomStringConvertible, Sendable {
    /// Those that hold code which may run many times: loops, functions and closures.
    case automatic = "auto"
    case always
    case never

    public var description: String {
        switch self {
        case .automatic: "cells with loops, functions or closures"
        case .always: "all cells"
        case .never: "no cells"
        }
    }

    func applies(to cell: ParsedCell) -> Bool {
        switch self {
        case .automatic: cell.repeatsCode
        case .always: true
        case .never: false
        }
    }
}
