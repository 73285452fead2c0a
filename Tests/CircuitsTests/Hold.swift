/// Ends the process of an exit test when something does not hold; unlike `precondition` it takes conditions that may throw.
func hold(_ condition: Bool, _ message: String = "", line: UInt = #line) {
    precondition(condition, "line \(line) \(message)")
}
