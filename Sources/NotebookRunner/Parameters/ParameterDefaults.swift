import SwiftParser
import SwiftSyntax

/// The variables that a cell tagged `parameters` declares, which decide how a value given from outside is written.
struct ParameterDefaults {
    /// One declared variable.
    struct Default: Equatable {
        /// `let` or `var`.
        let specifier: String
        /// The type as written, if it was.
        let annotation: String?
        /// What the literals of the default are made of, where that changes how a number must be written.
        let leaf: Leaf?
    }

    /// Kinds of literal that a JSON number may have to become.
    enum Leaf { case floatingPoint, text }

    private(set) var byName: [String: Default] = [:]

    /// Reads the declarations at the top level of a cell; whatever else it holds is passed over.
    init(source: String) {
        for item in Parser.parse(source: source).statements {
            guard case .decl(let declaration) = item.item, let variable = declaration.as(VariableDeclSyntax.self) else { continue }
            for binding in variable.bindings {
                guard let name = binding.pattern.as(IdentifierPatternSyntax.self)?.identifier.text else { continue }
                let annotation = binding.typeAnnotation?.type.trimmedDescription
                let isText = annotation.map { $0.filter { !"[]?! ".contains($0) } == "String" } ?? false
                byName[name.filter { $0 != "`" }] = Default(
                    specifier: variable.bindingSpecifier.text, annotation: annotation,
                    leaf: isText ? .text : binding.initializer.flatMap { Self.leaf(of: $0.value) })
            }
        }
    }

    private static func leaf(of expression: ExprSyntax) -> Leaf? {
        if expression.is(FloatLiteralExprSyntax.self) { return .floatingPoint }
        if expression.is(StringLiteralExprSyntax.self) { return .text }
        if let signed = expression.as(PrefixOperatorExprSyntax.self) { return leaf(of: signed.expression) }
        if let list = expression.as(ArrayExprSyntax.self) { return list.elements.lazy.compactMap { leaf(of: $0.expression) }.first }
        return nil
    }
}
