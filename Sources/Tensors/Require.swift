/// Traps with a message when a caller broke a promise, in optimized code too.
///
/// `precondition` keeps no message in a release build; in a notebook the message is what ends the cell, so it must say what was wrong.
@inline(__always)
package func require(_ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String) {
    if !condition() { fatalError(message()) }
}
