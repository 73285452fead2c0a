/// A grid of stimuli over named parameters.
///
///     StimulusSweep.curves()                                                            // 72 orientations, 16 radii
///     StimulusSweep.curves(orientations: stride(from: 0, to: 360, by: 0.5), radii: [20, 40, 80])
///     let contrast = StimulusAxis("contrast", [0.25, 0.5, 1])
///     StimulusSweep("faint arcs", over: [.directions(stride(from: 0, to: 360, by: 10)), contrast]) {
///         .arc(radius: 0.6 * $1.size, orientation: $0["orientation"]).contrast($0["contrast"])
///     }
///
/// The last axis varies fastest.
public struct StimulusSweep: Sendable, CustomStringConvertible {
    /// The values of one point of the grid, by the names of their axes.
    public struct Point: Sendable {
        let names: [String]
        let values: [Double]

        /// The value on an axis; not a number for a name that no axis has, which the stimulus then reports.
        public subscript(name: String) -> Double { names.firstIndex(of: name).map { values[$0] } ?? .nan }
    }

    /// What is swept, in words.
    public let name: String
    public let axes: [StimulusAxis]
    private let make: @Sendable (Point, StimulusField) -> Stimulus

    /// The most stimuli that one sweep may have.
    public static let limit = 1 << 20

    /// A sweep over any stimulus.
    /// - Parameter stimulus: gets the values of a point, lengths in pixels, and where the stimulus will be.
    public init(
        _ name: String, over axes: [StimulusAxis], stimulus: @escaping @Sendable (_ point: Point, _ field: StimulusField) -> Stimulus
    ) {
        (self.name, self.axes, make) = (name, axes, stimulus)
    }

    /// How many stimuli there are.
    public var count: Int {
        axes.reduce(1) { count, axis in
            let (product, overflow) = count.multipliedReportingOverflow(by: axis.values.count)
            return overflow ? .max : product
        }
    }

    /// The same sweep with every stimulus changed: other colours, less contrast, another place.
    ///
    ///     StimulusSweep.curves().changed("red curves") { $0.colored(Color(0xCC2222), on: .white) }
    public func changed(_ name: String, _ change: @escaping @Sendable (Stimulus) -> Stimulus) -> StimulusSweep {
        let make = make
        return StimulusSweep(name, over: axes) { change(make($0, $1)) }
    }

    /// The same sweep with one more parameter, which changes each stimulus.
    ///
    ///     StimulusSweep.curves().varied(over: StimulusAxis("contrast", [0.25, 0.5, 1])) { $0.contrast($1) }
    public func varied(
        over axis: StimulusAxis, _ change: @escaping @Sendable (_ stimulus: Stimulus, _ value: Double) -> Stimulus
    ) -> StimulusSweep {
        let make = make
        return StimulusSweep(name, over: axes + [axis]) { change(make($0, $1), $0[axis.name]) }
    }

    public var description: String { name + ": " + axes.map { "\($0.values.count) \($0.name)s" }.joined(separator: " x ") }

    /// Checks the axes.
    /// - Throws: ``StimulusError``.
    func validate() throws {
        for (index, axis) in axes.enumerated() {
            guard !axis.values.isEmpty else { throw StimulusError.emptyAxis(axis.name) }
            guard !axes[..<index].contains(where: { $0.name == axis.name }) else { throw StimulusError.duplicateAxis(axis.name) }
        }
        guard count <= Self.limit else { throw StimulusError.tooManyStimuli(count, limit: Self.limit) }
    }

    /// The stimulus of a place in the grid.
    /// - Parameters:
    ///   - index: `0..<count`, the last axis varying fastest.
    ///   - axes: those of the sweep with lengths in pixels.
    func stimulus(_ index: Int, axes: [StimulusAxis], in field: StimulusField) -> Stimulus {
        var rest = index
        var values = [Double](repeating: 0, count: axes.count)
        for (position, axis) in axes.enumerated().reversed() {
            values[position] = axis.values[rest % axis.values.count]
            rest /= axis.values.count
        }
        return make(Point(names: axes.map(\.name), values: values), field)
    }
}
