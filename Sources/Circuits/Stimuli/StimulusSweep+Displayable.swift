import Figures
import Tensors

extension StimulusSweep: Drawable {
    /// Some of the stimuli as a unit would see them, in a picture of 60 pixels: the first parameter to the right, the second downwards.
    /// - Throws: ``StimulusError``, ``ImageError``.
    public func drawing() throws -> SVG {
        try validate()
        let side = 60, middle = Double(side) / 2
        let field = StimulusField(
            imageSize: side, position: nil, centre: .init(x: middle, y: middle), size: Double(side), isWhole: true)
        let axes = axes.map { $0.resolved(in: field) }
        func sample(_ axis: Int, _ wanted: Int) -> [Int] {
            guard axes.indices.contains(axis) else { return [0] }
            let count = axes[axis].values.count, shown = min(wanted, count)
            // A whole turn ends where it begins, so its samples stop one step earlier.
            let span = axes[axis].period == nil ? Double(count - 1) / Double(max(1, shown - 1)) : Double(count) / Double(shown)
            return (0..<shown).map { min(Int((Double($0) * span).rounded(.down)), count - 1) }
        }
        let inner = axes.dropFirst(2).reduce(1) { $0 * $1.values.count }, rows = axes.count > 1 ? axes[1].values.count : 1
        var images: [Image] = [], captions: [String] = []
        let columns = sample(0, 10)
        for row in sample(1, 4) {
            for column in columns {
                let stimulus = stimulus((column * rows + row) * inner, axes: axes, in: field)
                images.append(try Image(try stimulus.rendered(width: side, height: side)))
                captions.append(zip(axes, [column, row]).map { $0.values[$1].short }.joined(separator: ", "))
            }
        }
        let named = axes.prefix(2).map(\.label).joined(separator: ", ")
        return try ImageGrid(
            images, captions: captions, columns: columns.count, cellSize: side, spacing: 8, title: "\(description)  (\(named))"
        ).drawing()
    }
}
