/// A name that a cell defines at its top level and that later cells may use.
struct Definition: Hashable {
    /// The import kind of a declaration: `import struct M.Name`.
    enum Kind: String {
        case variable = "var", function = "func", structure = "struct", classType = "class", enumeration = "enum"
        case protocolType = "protocol", alias = "typealias"

        var isType: Bool { self != .variable && self != .function }
    }

    let name: String
    let kind: Kind
    /// For functions the parameter labels and types: overloads live side by side, equal signatures replace each other.
    let signature: String
    /// The number of the top-level item that initializes a variable; nil for what exists as soon as the code is loaded.
    let item: Int?
    /// The variable of the module that holds the value, where the name itself is not importable: what a `guard` binds.
    var storage: String?
}
