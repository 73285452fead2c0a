import SwiftParser
import SwiftSyntax

/// What a cell's syntax says: the names it defines and uses, its imports, and the edits that make it report and show.
struct ParsedCell {
    let tree: SourceFileSyntax
    var definitions: [Definition] = []
    var wholeModuleItems: [WholeModuleItem] = []
    /// The import declarations as typed, without attributes that only matter in their own file.
    private(set) var imports: [String] = []
    /// Every identifier in the cell, without backticks.
    private(set) var mentioned: Set<String> = []
    /// 1-based line of each top-level item.
    private(set) var itemLines: [Int] = []
    /// The UTF-8 range of a last expression whose value is to be shown.
    var resultRange: Range<Int>?
    /// UTF-8 offsets before which a mark of the item's number belongs.
    var markOffsets: [(offset: Int, item: Int)] = []
    /// Top-level code that declares nothing.
    private(set) var statements: [Range<Int>] = []
    /// Text that is not compiled: `private` and `fileprivate` at the top level, because later cells are other files and could not
    /// see the names, and what is no Swift.
    private(set) var hidingModifiers: [Range<Int>] = []
    /// Whether the cell holds code that may run many times: loops, functions, closures.
    private(set) var repeatsCode = false
    /// Insertions that let top-level code await, and that keep what a `guard` binds.
    var edits: [(offset: Int, text: String)] = []
    /// Whether the cell must be compiled with optimization.
    var mustBeOptimized = false

    init(_ code: String, hiding hidden: [Range<Int>] = []) {
        var visible = EditedSource(code)
        for range in hidden where !range.isEmpty { visible.blank(range) }
        hidingModifiers = hidden
        tree = Parser.parse(source: hidden.isEmpty ? code : visible.text)
        let converter = SourceLocationConverter(fileName: "", tree: tree)
        let items = Array(tree.statements)
        let group = AsyncLetGroup(items)
        for (number, item) in items.enumerated() {
            let start = item.positionAfterSkippingLeadingTrivia
            itemLines.append(converter.location(for: start).line)
            add(item, number: number, offset: start.utf8Offset)
            if group?.items.contains(number) != true { edits += topLevelAwaitEdits(in: item) }
        }
        edits += group?.edits ?? []
        for token in tree.tokens(viewMode: .sourceAccurate) {
            switch token.tokenKind {
            case .keyword(.for), .keyword(.while), .keyword(.func), .keyword(.`init`), .keyword(.subscript): repeatsCode = true
            case .leftBrace where token.parent?.is(ClosureExprSyntax.self) == true: repeatsCode = true
            case .identifier(let name), .dollarIdentifier(let name): mentioned.insert(Self.bare(name))
            case .binaryOperator(let name), .prefixOperator(let name), .postfixOperator(let name): mentioned.insert(name)
            default: break
            }
        }
        if let last = items.last, last.semicolon == nil, let expression = last.item.as(ExprSyntax.self), Self.hasValue(expression) {
            resultRange = expression.typedRange
        }
    }

    private mutating func add(_ item: CodeBlockItemSyntax, number: Int, offset: Int) {
        switch item.item {
        case .decl(let declaration):
            if declaration.is(VariableDeclSyntax.self) { markOffsets.append((offset, number)) }
            add(declaration, number: number)
        case .stmt(let statement):
            markOffsets.append((offset, number))
            if let statement = statement.as(GuardStmtSyntax.self) {
                for name in statement.conditions.flatMap(\.boundNames) {
                    let kept = "__hookeGuard_" + Self.bare(name.text)
                    define(name, .variable, item: number, storage: kept)
                    edits.append((statement.typedRange.upperBound, "; let \(kept) = \(name.text)"))
                }
            } else {
                statements.append(item.typedRange)
            }
        case .expr:
            statements.append(item.typedRange)
            markOffsets.append((offset, number))
        @unknown default: break
        }
    }

    private mutating func add(_ declaration: DeclSyntax, number: Int) {
        if let modifiers = declaration.asProtocol(WithModifiersSyntax.self)?.modifiers {
            for modifier in modifiers where ["private", "fileprivate"].contains(modifier.name.text) && modifier.detail == nil {
                hidingModifiers.append(modifier.typedRange)
            }
        }
        switch declaration.kind {
        case .variableDecl:
            // The names of child tasks end with their scope: see AsyncLetGroup.
            guard let variable = declaration.as(VariableDeclSyntax.self), !variable.modifiers.contains(where: { $0.name.text == "async" }) else { return }
            for binding in variable.bindings {
                addNames(in: binding.pattern, item: binding.isComputed ? nil : number)
            }
        case .functionDecl:
            guard let function = declaration.as(FunctionDeclSyntax.self) else { return }
            if case .identifier = function.name.tokenKind {
                define(function.name, .function, signature: function.signature.parameterClause.trimmedDescription
                    + (function.genericParameterClause?.trimmedDescription ?? ""))
            } else {
                wholeModuleItems += WholeModuleItem.items(of: declaration)
            }
        case .structDecl: define(declaration.as(StructDeclSyntax.self)?.name, .structure)
        case .classDecl: define(declaration.as(ClassDeclSyntax.self)?.name, .classType)
        case .actorDecl: define(declaration.as(ActorDeclSyntax.self)?.name, .classType)
        case .enumDecl: define(declaration.as(EnumDeclSyntax.self)?.name, .enumeration)
        case .protocolDecl: define(declaration.as(ProtocolDeclSyntax.self)?.name, .protocolType)
        case .typeAliasDecl: define(declaration.as(TypeAliasDeclSyntax.self)?.name, .alias)
        case .importDecl:
            imports.append(declaration.trimmedDescription)
        default: wholeModuleItems += WholeModuleItem.items(of: declaration)
        }
    }

    private mutating func define(_ name: TokenSyntax?, _ kind: Definition.Kind, signature: String = "", item: Int? = nil, storage: String? = nil) {
        guard let name else { return }
        definitions.append(Definition(name: Self.bare(name.text), kind: kind, signature: signature, item: item, storage: storage))
    }

    private mutating func addNames(in pattern: PatternSyntax, item: Int?) {
        for name in pattern.boundNames { define(name, .variable, item: item) }
    }

    private static func bare(_ name: String) -> String { name.filter { $0 != "`" } }

    /// Assignments and discards have no value to show; neither has a lone closure or `if` used as a statement.
    private static func hasValue(_ expression: ExprSyntax) -> Bool {
        if expression.is(IfExprSyntax.self) || expression.is(SwitchExprSyntax.self) { return false }
        if let sequence = expression.as(SequenceExprSyntax.self) {
            return !sequence.elements.contains { $0.is(AssignmentExprSyntax.self) }
        }
        return !expression.hasError
    }
}

extension PatternBindingSyntax {
    /// A variable with a getter stores nothing: it exists as soon as its code is loaded.
    fileprivate var isComputed: Bool {
        switch accessorBlock?.accessors {
        case .getter: return true
        case .accessors(let list):
            return list.contains { ["get", "_read", "unsafeAddress"].contains($0.accessorSpecifier.text) }
        case nil: return false
        @unknown default: return false
        }
    }
}
