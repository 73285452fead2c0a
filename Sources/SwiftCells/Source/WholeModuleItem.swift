import SwiftSyntax

/// Something a cell adds that cannot be imported by name, so that its whole module must be: a member or a conformance that an
/// extension gives to a type, an operator, a function that is one.
///
/// A later cell that adds the same takes its place. Items are equal when they add the same thing, wherever they stand.
struct WholeModuleItem: Hashable {
    enum Kind {
        case declaration, member
        /// Belongs to the extension at these UTF-8 offsets, which remains without it.
        case conformance(type: String, protocol: String, condition: String, extensionEnd: Int)
    }

    /// What it adds, such as `Int.doubled` or `P: Hashable`.
    let key: String
    let kind: Kind
    /// The UTF-8 range in its cell that would have to go for it not to be there; for a conformance all that the extension declares.
    let range: Range<Int>

    var isConformance: Bool { if case .conformance = kind { true } else { false } }

    static func == (a: WholeModuleItem, b: WholeModuleItem) -> Bool { a.key == b.key }
    func hash(into hasher: inout Hasher) { hasher.combine(key) }

    /// The items of a declaration that has no name to import.
    static func items(of declaration: DeclSyntax) -> [WholeModuleItem] {
        if let addition = declaration.as(ExtensionDeclSyntax.self) { return items(of: addition) }
        let key: String
        if let function = declaration.as(FunctionDeclSyntax.self) {
            key = "func " + function.name.text + function.signature.trimmedDescription
        } else if let symbol = declaration.as(OperatorDeclSyntax.self) {
            key = symbol.fixitySpecifier.text + " operator " + symbol.name.text
        } else if let group = declaration.as(PrecedenceGroupDeclSyntax.self) {
            key = "precedencegroup " + group.name.text
        } else {  // conditional blocks
            key = declaration.trimmedDescription
        }
        return [WholeModuleItem(key: key, kind: .declaration, range: declaration.typedRange)]
    }

    private static func items(of addition: ExtensionDeclSyntax) -> [WholeModuleItem] {
        let type = addition.extendedType.trimmedDescription
        let condition = addition.genericWhereClause?.trimmedDescription ?? ""
        var items: [WholeModuleItem] = []
        if let clause = addition.inheritanceClause {
            for inherited in clause.inheritedTypes {
                let name = inherited.type.trimmedDescription
                items.append(WholeModuleItem(
                    key: "\(type): \(name) \(condition)",
                    kind: .conformance(type: type, protocol: name, condition: condition, extensionEnd: addition.typedRange.upperBound),
                    range: clause.typedRange))
            }
        }
        for member in addition.memberBlock.members {
            items.append(WholeModuleItem(key: "\(type).\(member.decl.memberName) \(condition)", kind: .member, range: member.typedRange))
        }
        return items
    }
}

extension SyntaxProtocol {
    /// The UTF-8 range without the white space and comments around it.
    var typedRange: Range<Int> { positionAfterSkippingLeadingTrivia.utf8Offset..<endPositionBeforeTrailingTrivia.utf8Offset }
}

extension DeclSyntax {
    fileprivate var memberName: String {
        if let function = self.as(FunctionDeclSyntax.self) { return function.name.text + function.signature.parameterClause.trimmedDescription }
        if let variable = self.as(VariableDeclSyntax.self) { return variable.bindings.first?.pattern.trimmedDescription ?? "" }
        if let initializer = self.as(InitializerDeclSyntax.self) { return "init" + initializer.signature.parameterClause.trimmedDescription }
        return self.asProtocol(NamedDeclSyntax.self)?.name.text ?? trimmedDescription
    }
}
