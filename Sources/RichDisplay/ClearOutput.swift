/// Clears what the cell has shown so far. Outside a notebook it does nothing: a terminal cannot take its lines back.
/// - Parameter wait: Whether to clear only when something new is shown, which keeps an animation from flickering.
public func clearOutput(wait: Bool = false) {
    DisplayRouter.sink?.clear(wait: wait)
}

extension DisplaySink {
    /// Nothing, unless the sink can take back what it showed.
    public func clear(wait: Bool) {}
}
