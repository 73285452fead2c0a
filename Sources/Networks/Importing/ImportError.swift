/// Why a network file does not become a graph: which operation, and what to do.
public enum ImportError: Error, CustomStringConvertible, Equatable, Sendable {
    /// All operators that there is no layer for, each with the names of its nodes.
    case unknownOperators([String: [String]], file: String)
    case operation(name: String, type: String, file: String, reason: String)
    /// Operations that wait for each other.
    case cycle([String], file: String)
    case input(file: String, reason: String)
    case output(file: String, reason: String)
    case tooLarge(file: String, reason: String)

    public var description: String {
        switch self {
        case .unknownOperators(let operators, let file):
            "\(file) has operators that Hooke has no layers for: "
                + operators.sorted { $0.key < $1.key }.map { type, nodes in
                    let rest = nodes.count > 5 ? " and \(nodes.count - 5) more" : ""
                    return "\(type) (\(nodes.prefix(5).map { "'\($0)'" }.joined(separator: ", "))\(rest))"
                        + (Self.reasons[type].map { ", \($0)" } ?? "")
                }.joined(separator: "; ")
                + ". If they come after the layers of interest, name earlier outputs: outputs: [...]"
        case .operation(let name, let type, let file, let reason): "\(file): the \(type) '\(name)' \(reason)"
        case .cycle(let names, let file):
            "\(file): operations wait for each other: \(names.prefix(8).joined(separator: " <- "))\(names.count > 8 ? " <- ..." : "")"
        case .input(let file, let reason), .output(let file, let reason), .tooLarge(let file, let reason): "\(file): \(reason)"
        }
    }

    private static let reasons: [String: String] = [
        "ConvTranspose": "which makes images larger: only networks that look at images can be imported",
        "Conv2DBackpropInput": "which makes images larger: only networks that look at images can be imported",
        "PartitionedCall": "a function of TensorFlow 2: inline it when freezing",
        "StatefulPartitionedCall": "a function of TensorFlow 2: inline it when freezing",
        "VariableV2": "a variable: freeze the graph, so that its weights are constants",
        "VarHandleOp": "a variable: freeze the graph, so that its weights are constants",
    ]
}
