import Networks
import Tensors

extension Model {
    /// A strip of pictures that goes from one objective to another in equal steps, aligned by the parts that they share ("Feature
    /// Visualization", section "Interaction between neurons").
    ///
    ///     try model.interpolate(from: .channel("mixed4a", 3), to: .channel("mixed4a", 9))
    ///
    /// - Parameters:
    ///   - count: how many pictures, the two ends included.
    ///   - Others: as in `Feature.visualize`.
    /// - Returns: the strip; its objective is the mean over the pictures.
    /// - Throws: as `Feature.visualize`.
    public func interpolate(
        from first: Objective, to last: Objective, count: Int = 5, size: Int? = nil, steps: Int = 256, seed: UInt64 = 0,
        transforms: [Transform]? = nil, parametrization: ImageParametrization = .fourier().shared(), rate: Double? = nil,
        showProgress: Bool = true
    ) throws -> Visualization {
        guard (2...64).contains(count) else {
            throw VisualizationError.setting(name: "count", value: "\(count)", allowed: "2 to 64 pictures")
        }
        let pictures = try visualize(
            Objective.series(from: first, to: last, count: count), size: size, steps: steps, seed: seed, transforms: transforms,
            parametrization: parametrization, rate: rate, showProgress: showProgress)
        func mean(_ values: [Float]) -> Float { values.reduce(0, +) / Float(count) }
        return Visualization(
            images: pictures.map { $0.images[0] }, values: (0..<steps).map { step in mean(pictures.map { $0.values[step] }) },
            objectiveValue: mean(pictures.map(\.objectiveValue)), objective: "\(first.description) to \(last.description)",
            settings: pictures[0].settings, snapshots: [])
    }

    /// A picture for the logit of a class.
    ///
    ///     try model.visualize(class: "stripes")
    ///
    /// - Parameters: as in `Feature.visualize`.
    /// - Throws: ``ObjectiveError/unknownClass(_:model:classes:)`` naming the classes that there are, and as `Feature.visualize`.
    public func visualize(
        class name: String, size: Int? = nil, steps: Int = 256, seed: UInt64 = 0, transforms: [Transform]? = nil,
        parametrization: ImageParametrization = .fourier(), rate: Double? = nil, showProgress: Bool = true
    ) throws -> Visualization {
        try visualize(
            .logit(name, of: self), size: size, steps: steps, seed: seed, transforms: transforms, parametrization: parametrization,
            rate: rate, showProgress: showProgress)
    }
}
