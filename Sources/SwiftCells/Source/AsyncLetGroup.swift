import SwiftSyntax

/// The stretch of a cell from its first `async let` to the last item that uses one.
///
/// An `async let` lives in an asynchronous scope, which the top level of a cell is not. So the stretch becomes the body of one
/// task; the variables that it declares besides are handed out, and the children's names end with it, as in a function:
///
///     async let a = f()                 let __hookeGroup = __hookeAwait { async let a = f()
///     async let b = g()           →     async let b = g()
///     let sum = await a + b             let sum = await a + b; return sum }; let sum = __hookeGroup
struct AsyncLetGroup {
    /// Positions of the items among the cell's.
    let items: ClosedRange<Int>
    /// Insertions around the stretch.
    let edits: [(offset: Int, text: String)]

    /// Nil when the cell has no `async let`, or declares a function or a type between its first and the last use.
    init?(_ all: [CodeBlockItemSyntax]) {
        guard let first = all.firstIndex(where: { $0.asyncLet != nil }) else { return nil }
        let children = Set(all.compactMap(\.asyncLet).flatMap(\.boundNames))
        let last = all.lastIndex { item in
            item.tokens(viewMode: .sourceAccurate).contains { token in
                if case .identifier(let name) = token.tokenKind { children.contains(name) } else { false }
            }
        }
        guard let last, last >= first else { return nil }
        var handedOut: [(binding: String, name: String)] = []
        var tries = false
        for item in all[first...last] {
            if case .decl(let declaration) = item.item {
                guard let variable = declaration.as(VariableDeclSyntax.self) else { return nil }
                if item.asyncLet == nil { handedOut += variable.boundNames.map { (variable.bindingSpecifier.text, $0) } }
            }
            tries = tries || AwaitFinder(in: item).tries
        }
        let names = handedOut.map(\.name).joined(separator: ", ")
        var closing = "; return (\(names)) }"
        for (number, variable) in handedOut.enumerated() {
            closing += "; \(variable.binding) \(variable.name) = __hookeGroup" + (handedOut.count > 1 ? ".\(number)" : "")
        }
        items = first...last
        edits = [
            (all[first].typedRange.lowerBound, "let __hookeGroup = " + (tries ? "try __hookeTryAwait { " : "__hookeAwait { ")),
            (all[last].typedRange.upperBound, closing),
        ]
    }
}

extension CodeBlockItemSyntax {
    fileprivate var asyncLet: VariableDeclSyntax? {
        guard case .decl(let declaration) = item, let variable = declaration.as(VariableDeclSyntax.self) else { return nil }
        return variable.modifiers.contains { $0.name.text == "async" } ? variable : nil
    }
}
