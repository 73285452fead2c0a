/// How wide text will be, without knowing which font the viewer has: estimates on the wide side (DejaVu Sans), so that
/// nothing is cut off with a narrower one.
enum TextMeasure {
    /// How much wider bold text is: sizes of bold text are multiplied by it before they are measured.
    static let boldness = 1.12

    /// The estimated width of one line in pixels.
    static func width(_ text: String, size: Double) -> Double {
        text.unicodeScalars.reduce(0) { $0 + emWidth($1) } * size
    }

    private static func emWidth(_ scalar: Unicode.Scalar) -> Double {
        switch scalar {
        case "i", "j", "l", "|", ".", ",", ":", ";", "'", "!", "I", " ": 0.33
        case "f", "t", "r", "(", ")", "[", "]", "/", "-": 0.42
        case "m", "W", "@", "%": 1.0
        case "M", "w", "+", "=", "<", ">", "#", "~": 0.87
        case "A"..."Z": 0.76
        case "\u{21}"..."\u{7E}": 0.64
        case "\u{1100}"..."\u{11FF}", "\u{2E80}"..."\u{10FFFF}": 1.05
        default: 0.84
        }
    }

    /// The text broken into lines no wider than `width`; words that are wider are broken, behind a hyphen if they have
    /// one, and what does not fit in `maximumLines` ends in an ellipsis.
    static func wrap(_ text: String, size: Double, width: Double, maximumLines: Int) -> [String] {
        var lines: [String] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false).prefix(maximumLines + 1) {
            var line = ""
            // What is longer than any caption could show need not be measured.
            for word in paragraph.prefix(2000).split(separator: " ").flatMap({ pieces(of: String($0), size: size, width: width) }) {
                let longer = line.isEmpty ? word : line + " " + word
                if line.isEmpty || Self.width(longer, size: size) <= width {
                    line = longer
                } else {
                    lines.append(line)
                    line = word
                }
            }
            lines.append(line)
        }
        while lines.last == "" { lines.removeLast() }
        guard lines.count > maximumLines else { return lines }
        lines = Array(lines.prefix(maximumLines))
        if var last = lines.popLast() {
            while !last.isEmpty && Self.width(last + "…", size: size) > width { last.removeLast() }
            lines.append(last + "…")
        }
        return lines
    }

    /// A word cut where it reaches the width: behind the last hyphen before, or within when there is none.
    private static func pieces(of word: String, size: Double, width: Double) -> [String] {
        guard Self.width(word, size: size) > width else { return [word] }
        var result: [String] = [], piece = "", used = 0.0
        for character in word {
            let advance = Self.width(String(character), size: size)
            while !piece.isEmpty && used + advance > width {
                let cut = piece.lastIndex(of: "-").map { piece.index(after: $0) } ?? piece.endIndex
                result.append(String(piece[..<cut]))
                piece = String(piece[cut...])
                used = Self.width(piece, size: size)
            }
            piece.append(character)
            used += advance
        }
        return result + [piece]
    }
}
