/// The five sockets between a kernel and its clients.
public enum Channel: String, CaseIterable, Sendable {
    /// Requests for code execution, completion, inspection and the like.
    case shell
    /// Requests that must not wait behind running code: interrupt, shutdown.
    case control
    /// Questions of the kernel to the user.
    case stdin
    /// Outputs and state, broadcast to every client.
    case iopub
    /// Echoes whatever it gets, as a sign of life.
    case heartbeat

    /// The name of the channel's port in connection files.
    public var portField: String { self == .heartbeat ? "hb_port" : rawValue + "_port" }
}
