import SwiftSyntax

/// The insertions that let one top-level item await.
///
/// A script with a top-level `await` gets an asynchronous entry point that ends the process when it is done. So the awaiting
/// part becomes a closure, run as a task while the cell's thread waits: `let w = await f()` turns into
/// `let w = __hookeAwait { await f() }`, and the type of `w` is inferred through the closure.
func topLevelAwaitEdits(in item: CodeBlockItemSyntax) -> [(offset: Int, text: String)] {
    let wrapped: [Syntax]
    switch item.item {
    case .decl(let declaration):
        guard let variable = declaration.as(VariableDeclSyntax.self) else { return [] }
        wrapped = variable.bindings.compactMap { $0.initializer.map { Syntax($0.value) } }
    case .stmt(let statement):
        // The names that a `guard` binds must stay visible; a closure around all of it would hide them.
        wrapped = statement.as(GuardStmtSyntax.self).map { $0.conditions.compactMap(awaitable) } ?? [Syntax(statement)]
    case .expr(let expression):
        wrapped = [Syntax(expression)]
    @unknown default:
        wrapped = []
    }
    return wrapped.flatMap { node -> [(offset: Int, text: String)] in
        let finder = AwaitFinder(in: node)
        guard finder.awaits else { return [] }
        // In parentheses, because a `guard` takes no bare trailing closure.
        let opening = finder.tries ? "try (__hookeTryAwait { " : "(__hookeAwait { "
        return [(node.positionAfterSkippingLeadingTrivia.utf8Offset, opening), (node.endPositionBeforeTrailingTrivia.utf8Offset, " })")]
    }
}

/// The expression of a `guard` condition.
private func awaitable(_ condition: ConditionElementSyntax) -> Syntax? {
    switch condition.condition {
    case .expression(let expression): Syntax(expression)
    case .optionalBinding(let binding): binding.initializer.map { Syntax($0.value) }
    case .matchingPattern(let matching): Syntax(matching.initializer.value)
    default: nil
    }
}

/// Looks for an `await` (and a `try`) outside functions and closures.
final class AwaitFinder: SyntaxVisitor {
    private(set) var awaits = false
    private(set) var tries = false

    init(in node: some SyntaxProtocol) {
        super.init(viewMode: .sourceAccurate)
        walk(node)
    }

    override func visit(_ node: AwaitExprSyntax) -> SyntaxVisitorContinueKind {
        awaits = true
        return .visitChildren
    }
    override func visit(_ node: TryExprSyntax) -> SyntaxVisitorContinueKind {
        if node.questionOrExclamationMark == nil { tries = true }
        return .visitChildren
    }
    override func visit(_ node: ForStmtSyntax) -> SyntaxVisitorContinueKind {
        if node.awaitKeyword != nil { awaits = true }
        if node.tryKeyword != nil { tries = true }
        return .visitChildren
    }
    override func visit(_ node: ClosureExprSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
    override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
    override func visit(_ node: StructDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
    override func visit(_ node: ClassDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
    override func visit(_ node: ActorDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
    override func visit(_ node: EnumDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
    override func visit(_ node: ExtensionDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
    override func visit(_ node: AccessorBlockSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
}
