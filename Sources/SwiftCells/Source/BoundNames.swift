import SwiftSyntax

extension VariableDeclSyntax {
    /// The names that its patterns bind.
    var boundNames: [String] { bindings.flatMap { $0.pattern.boundNames.map(\.text) } }
}

extension PatternSyntax {
    /// The names that the pattern binds.
    var boundNames: [TokenSyntax] {
        tokens(viewMode: .sourceAccurate).filter { token in
            guard case .identifier = token.tokenKind else { return false }
            return token.parent?.is(IdentifierPatternSyntax.self) == true
        }
    }
}

extension ConditionElementSyntax {
    /// The names that the condition binds.
    var boundNames: [TokenSyntax] {
        switch condition {
        case .optionalBinding(let binding): binding.pattern.boundNames
        case .matchingPattern(let matching): matching.pattern.boundNames
        default: []
        }
    }
}
