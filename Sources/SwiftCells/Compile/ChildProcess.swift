import CHooke
import Foundation

/// Runs a program to its end and collects what it wrote. The child has a process group of its own, so that an interrupt meant for
/// the kernel's group does not reach the compiler.
struct ChildProcess {
    let status: Int32
    let output: String

    /// Runs the program; once more if it was killed, as the system does to save memory and as an interrupt of the kernel's process
    /// group does to a child that has not left the group yet.
    /// - Throws: ``ToolchainError/cannotStart(program:reason:)``.
    init(_ program: String, _ arguments: [String], environment: [String: String]? = nil) throws {
        let first = try Self.run(program, arguments, environment: environment)
        (status, output) = [128 + SIGKILL, 128 + SIGINT].contains(first.status) ? try Self.run(program, arguments, environment: environment) : first
    }

    private static func run(_ program: String, _ arguments: [String], environment: [String: String]?) throws -> (status: Int32, output: String) {
        var ends: [Int32] = [0, 0]
        guard hooke_pipe(&ends) == 0 else { throw ToolchainError.cannotStart(program: program, reason: String(cString: strerror(errno))) }
        let (reading, writing) = (ends[0], ends[1])
        defer { close(reading) }

        let pid: pid_t
        do {
            defer { close(writing) }
            pid = try spawn(program, arguments, input: nil, output: writing, environment: environment, joinsErrors: true)
        }

        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(reading, &buffer, buffer.count)
            if count > 0 { bytes += buffer[0..<count] } else if count == 0 || errno != EINTR { break }
        }
        var code: Int32 = 0
        while waitpid(pid, &code, 0) < 0 && errno == EINTR {}
        return (code & 0x7f == 0 ? (code >> 8) & 0xff : 128 + (code & 0x7f), String(decoding: bytes, as: UTF8.self))
    }

    /// Starts a program in a process group of its own.
    /// - Parameters:
    ///   - input: its standard input; nothing when nil.
    ///   - errors: its standard error; see `joinsErrors` when nil.
    ///   - joinsErrors: whether its standard error goes where its output goes; otherwise nowhere.
    /// - Throws: ``ToolchainError/cannotStart(program:reason:)``.
    static func spawn(
        _ program: String, _ arguments: [String], input: Int32?, output: Int32, errors: Int32? = nil, environment: [String: String]? = nil, joinsErrors: Bool = false
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input { posix_spawn_file_actions_adddup2(&actions, input, 0) } else { posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0) }
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        if let errors { posix_spawn_file_actions_adddup2(&actions, errors, 2) } else if joinsErrors { posix_spawn_file_actions_adddup2(&actions, output, 2) } else { posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The kernel ignores SIGPIPE and a cell's thread may block signals; the child starts with neither.
        var none = sigset_t(), pipe = sigset_t()
        sigemptyset(&none)
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &pipe)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { argv.forEach { free($0) } }
        let variables = environment ?? ProcessInfo.processInfo.environment
        var envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { envp.forEach { free($0) } }
        var pid = pid_t()
        let failure = posix_spawn(&pid, program, &actions, &attributes, &argv, &envp)
        guard failure == 0 else { throw ToolchainError.cannotStart(program: program, reason: String(cString: strerror(failure))) }
        return pid
    }
}
