import Networks

/// Where a stimulus goes so that one unit of a layer sees it: the smallest picture that holds all that the unit can see, and the middle of
/// its receptive field.
///
/// A unit of a convolutional layer answers to the smaller picture exactly as it would to the same pixels in a picture of the model's own
/// size, because nothing outside of its receptive field reaches it. Units that see more than the model's own pictures get such a picture,
/// and padding beyond its border, as in training.
public struct StimulusField: Hashable, Sendable, CustomStringConvertible {
    /// Height and width of the pictures.
    public let imageSize: Int
    /// The unit's column and row in the layer; nil behind the global pooling.
    public let position: Feature.Position?
    /// The middle of what the unit sees, in pixels from the top left corner.
    public let centre: Point
    /// The width of what the unit sees, in pixels, up to the border of the picture.
    public let size: Double
    /// Whether the unit sees no border of the picture.
    public let isWhole: Bool

    /// A place in a picture.
    public struct Point: Hashable, Sendable {
        public let x, y: Double
    }

    public var description: String {
        "\(Int(size)) px around (\(centre.x), \(centre.y)) of pictures of \(imageSize)x\(imageSize)"
            + (isWhole ? "" : ", with their borders")
    }
}

extension Layer {
    /// Where stimuli for the layer's central unit go.
    ///
    ///     try model["mixed3b"].stimulusField().size       // 47 in mini-inception
    ///
    /// - Parameter imageSize: the size of the pictures; by default as small as holds the receptive field, at most the model's own.
    /// - Throws: ``ModelError``, ``StimulusError/pictureTooSmall(size:layer:needed:)``.
    public func stimulusField(imageSize: Int? = nil) throws -> StimulusField {
        let native = model.inputSize
        let shape = try model.shape(of: name, imageHeight: native, imageWidth: native)
        guard shape.isSpatial else {
            let middle = Double(native) / 2
            return StimulusField(
                imageSize: native, position: nil, centre: .init(x: middle, y: middle), size: Double(native), isWhole: true)
        }
        if let imageSize { return try field(imageSize: imageSize).field }
        let own = try field(imageSize: native)
        guard own.field.isWhole else { return own.field }
        // Sizes that leave the strides of all layers where they are.
        var size = native - (native - own.extent) / own.stride * own.stride
        while size < native {
            let smaller = try field(imageSize: size).field
            if smaller.isWhole { return smaller }
            size += own.stride
        }
        return own.field
    }

    /// The most central unit for pictures of one size, and the layer's stride and receptive field in pixels.
    private func field(imageSize: Int) throws -> (field: StimulusField, stride: Int, extent: Int) {
        guard imageSize > 0, imageSize <= 4096 else { throw StimulusError.pictureSize(width: imageSize, height: imageSize) }
        let shape = try model.shape(of: name, imageHeight: imageSize, imageWidth: imageSize)
        func seen(_ unit: Int) throws -> Range<Int> {
            try model.receptiveField(of: name, x: unit, y: unit, imageHeight: imageSize, imageWidth: imageSize).rows
        }
        let stride = try max(1, seen(1).lowerBound - seen(0).lowerBound)
        func eccentricity(_ rows: Range<Int>) -> Int { abs(rows.lowerBound + rows.upperBound - imageSize) }
        let units = try (0..<max(1, min(shape.height, shape.width))).map { ($0, try seen($0)) }
        guard let (unit, rows) = units.min(by: { eccentricity($0.1) < eccentricity($1.1) }) else {
            throw StimulusError.pictureTooSmall(size: imageSize, layer: name, needed: 1)
        }
        let visible = rows.clamped(to: 0..<imageSize)
        guard !visible.isEmpty else { throw StimulusError.pictureTooSmall(size: imageSize, layer: name, needed: rows.count) }
        let middle = Double(visible.lowerBound + visible.upperBound) / 2
        let field = StimulusField(
            imageSize: imageSize, position: .init(x: unit, y: unit), centre: .init(x: middle, y: middle),
            size: Double(visible.count), isWhole: visible == rows)
        return (field, stride, rows.count)
    }
}
