import Foundation

/// One parameter of a sweep and the values that it takes.
public struct StimulusAxis: Hashable, Sendable {
    /// What the values mean.
    public enum Unit: String, Hashable, Sendable {
        case degrees, pixels
        /// Widths of the unit's receptive field: 0.5 is half of what it sees. They become pixels where the field is known.
        case fields
        case number
    }

    /// The name under which the sweep's stimulus reads the value.
    public let name: String
    public let values: [Double]
    public let unit: Unit
    /// Where the values begin anew: 360 for directions, 180 for orientations; nil for others.
    public let period: Double?

    /// An axis over any values, such as `stride(from: 0, to: 360, by: 5)`.
    public init(_ name: String, _ values: some Sequence<Double>, unit: Unit = .number, period: Double? = nil) {
        (self.name, self.values, self.unit, self.period) = (name, Array(values), unit, period)
    }

    /// Directions: degrees, clockwise on the screen from the right, that return after 360.
    public static func directions(_ values: some Sequence<Double>) -> StimulusAxis {
        StimulusAxis("orientation", values, unit: .degrees, period: 360)
    }

    /// Orientations of lines and waves, which return after 180 degrees.
    public static func orientations(_ values: some Sequence<Double>) -> StimulusAxis {
        StimulusAxis("orientation", values, unit: .degrees, period: 180)
    }

    /// `count` values from one number to another in equal ratios, as the articles space radii and wavelengths.
    public static func geometric(from first: Double, to last: Double, count: Int) -> [Double] {
        guard count > 1, first > 0, last > 0 else { return count > 0 ? [first] : [] }
        let step = log(last / first) / Double(count - 1)
        return (0..<count).map { first * exp(Double($0) * step) }
    }

    /// The axis with lengths in pixels.
    func resolved(in field: StimulusField) -> StimulusAxis {
        unit == .fields ? StimulusAxis(name, values.map { $0 * field.size }, unit: .pixels, period: period) : self
    }

    /// "orientation (degrees)"
    var label: String {
        switch unit {
        case .degrees: name + " (degrees)"
        case .pixels: name + " (px)"
        case .fields: name + " (receptive fields)"
        case .number: name
        }
    }
}
