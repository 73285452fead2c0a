import Foundation

/// Who can ask the user. The kernel installs one; without one, the terminal is asked.
public protocol InputSource: AnyObject, Sendable {
    /// The user's answer, a line without its end.
    /// - Throws: ``InputError``, ``Interrupted``.
    func ask(_ prompt: String, isPassword: Bool) throws -> String
}

/// The process-wide place where the kernel installs its source.
public enum InputRouter {
    nonisolated(unsafe) private static var installed: InputSource?
    private static let lock = NSLock()

    /// Who is asked now, if not the terminal.
    public static var source: InputSource? {
        get { lock.withLock { installed } }
        set { lock.withLock { installed = newValue } }
    }
}

/// Why there is no answer.
public enum InputError: Error, Equatable, CustomStringConvertible, Sendable {
    case notAllowed
    case end

    public var description: String {
        switch self {
        case .notAllowed: return "this front end takes no input while cells run; set the value in the cell instead"
        case .end: return "the input has ended"
        }
    }
}

/// Asks the user for a line, in the notebook or at the terminal.
/// - Throws: ``InputError``, ``Interrupted``.
public func readLine(prompt: String) throws -> String {
    if let source = InputRouter.source { return try source.ask(prompt, isPassword: false) }
    print(prompt, terminator: "")
    fflush(stdout)
    guard let line = readLine() else { throw InputError.end }
    return line
}

/// Asks the user for a line that nobody else shall see.
/// - Throws: ``InputError``, ``Interrupted``.
public func readPassword(_ prompt: String = "Password: ") throws -> String {
    if let source = InputRouter.source { return try source.ask(prompt, isPassword: true) }
    guard let line = getpass(prompt) else { throw InputError.end }
    return String(cString: line)
}
