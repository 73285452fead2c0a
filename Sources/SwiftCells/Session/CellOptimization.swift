/// Which cells are compiled with optimization. Optimized code takes some 70 ms longer to compile and runs loops many times faster;
/// failed checks keep their messages.
public enum CellOptimization: String, CaseIterable, Sendable {
    /// Those that hold code which may run many times: loops, functions and closures.
    case automatic = "auto"
    case always
    case never

    func applies(to cell: ParsedCell) -> Bool {
        switch self {
        case .automatic: cell.repeatsCode
        case .always: true
        case .never: false
        }
    }
}
