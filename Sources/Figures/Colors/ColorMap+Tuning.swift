extension ColorMap {
    /// Turbo over `0...1`, and black for no response, as the heat maps of "Curve Detectors" show it.
    public static let tuning = ColorMap(domain: 0...1) { $0 <= 0 ? .black : turbo($0) }

    /// Dark violet to yellow over `0...1`, even in lightness (viridis of matplotlib, from ten of its colours).
    public static let viridis = ColorMap(
        anchors: [
            Color(0x440154), Color(0x482878), Color(0x3E4989), Color(0x31688E), Color(0x26828E), Color(0x1F9E89), Color(0x35B779),
            Color(0x6ECE58), Color(0xB5DE2B), Color(0xFDE725),
        ], domain: 0...1)
}
