import Foundation
import SwiftDiagnostics
import SwiftParser
import SwiftParserDiagnostics
import SwiftSyntax

/// Whether a console should send what was typed or wait for more lines.
public enum Completeness: Equatable, Sendable {
    /// The text parses: it can run.
    case complete
    /// The text ends inside something; the next line should start with this indentation.
    case incomplete(indent: String)
    /// No further lines could make the text parse.
    case invalid

    /// Judges a text by Swift's own grammar.
    public init(of code: String) {
        let tree = Parser.parse(source: code)
        guard tree.hasError else {
            self = .complete
            return
        }
        let end = tree.endOfFileToken.positionAfterSkippingLeadingTrivia
        let lastText = tree.lastToken(viewMode: .sourceAccurate).flatMap { $0.tokenKind == .endOfFile ? $0.previousToken(viewMode: .sourceAccurate) : $0 }
        let textEnd = lastText?.endPositionBeforeTrailingTrivia ?? end
        let diagnostics = ParseDiagnosticsGenerator.diagnostics(for: tree)
        // An unfinished text has its only errors where the text ends: something is missing there.
        let onlyAtEnd = diagnostics.allSatisfy { $0.position >= textEnd || Self.opensToEnd($0, textEnd: textEnd) }
        let unfinishedComment = code.components(separatedBy: "/*").count > code.components(separatedBy: "*/").count
        guard onlyAtEnd || unfinishedComment else {
            self = .invalid
            return
        }
        let depth = Self.openBrackets(in: tree)
        self = .incomplete(indent: String(repeating: "    ", count: Swift.max(0, depth)))
    }

    /// An unterminated string is reported at its start but runs to the end of the text.
    private static func opensToEnd(_ diagnostic: Diagnostic, textEnd: AbsolutePosition) -> Bool {
        guard let literal = diagnostic.node.as(StringLiteralExprSyntax.self) else { return false }
        return literal.openingQuote.text == "\"\"\"" && literal.endPositionBeforeTrailingTrivia >= textEnd
    }

    private static func openBrackets(in tree: SourceFileSyntax) -> Int {
        var depth = 0
        for token in tree.tokens(viewMode: .sourceAccurate) {
            switch token.tokenKind {
            case .leftBrace, .leftParen, .leftSquare: depth += 1
            case .rightBrace, .rightParen, .rightSquare: depth -= 1
            default: break
            }
        }
        return depth
    }
}
