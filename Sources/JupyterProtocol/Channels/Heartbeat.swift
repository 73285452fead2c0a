import Foundation

/// Echoes every message on a thread of its own, however busy the kernel is.
///
/// Sendable: made on one thread, which hands it on and keeps no use of it; from then on `run` is its only user.
final class Heartbeat: @unchecked Sendable {
    private let socket: Socket

    init(socket: Socket) { self.socket = socket }

    /// Echoes until the socket's context is shut down, then closes the socket.
    func run() {
        echoing: while true {
            switch socket.receive(wait: true) {
            case .frames(let frames): _ = socket.send(frames)
            case .tooLarge, .nothing: continue
            case .terminated: break echoing
            }
        }
        socket.close()
    }

    /// Closes a socket that never ran.
    func close() { socket.close() }
}
