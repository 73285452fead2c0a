/// Capitals three pixels wide and five high, for labels under small pictures.
enum PixelFont {
    /// The rows of a letter from top to bottom, three bits each, the left pixel first; a blank for unknown letters.
    static func rows(_ letter: Character) -> [UInt8] {
        guard let code = glyphs[Character(letter.uppercased())] else { return [0, 0, 0, 0, 0] }
        return (0..<5).map { UInt8(truncatingIfNeeded: code >> (12 - 3 * $0)) & 7 }
    }

    private static let glyphs: [Character: Int] = [
        "A": 0o25755, "B": 0o65656, "C": 0o34443, "D": 0o65556, "E": 0o74647, "F": 0o74644, "G": 0o34553, "H": 0o55755, "I": 0o72227,
        "J": 0o11152, "K": 0o55655, "L": 0o44447, "M": 0o57755, "N": 0o65555, "O": 0o25552, "P": 0o65644, "Q": 0o25563, "R": 0o65655,
        "S": 0o34216, "T": 0o72222, "U": 0o55557, "V": 0o55552, "W": 0o55775, "X": 0o55255, "Y": 0o55222, "Z": 0o71247,
        "-": 0o00700, "0": 0o25552, "1": 0o26227, "2": 0o61247, "3": 0o61216, "4": 0o55711, "5": 0o74616, "6": 0o34652, "7": 0o71222,
        "8": 0o25252, "9": 0o25316,
    ]
}
