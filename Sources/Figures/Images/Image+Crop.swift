import Tensors

extension Image {
    /// The part of the picture in the given rows and columns.
    /// - Throws: ``ImageError/crop(rows:columns:height:width:)`` when a range is empty or reaches outside.
    public func crop(rows: Range<Int>, columns: Range<Int>) throws(ImageError) -> Image {
        guard !rows.isEmpty, !columns.isEmpty, rows.lowerBound >= 0, columns.lowerBound >= 0, rows.upperBound <= height,
            columns.upperBound <= width
        else { throw .crop(rows: rows, columns: columns, height: height, width: width) }
        return try crop(rows: rows, columns: columns, padding: .black)
    }

    /// The part of the picture in the given rows and columns, with a colour where they reach beyond the border: how a
    /// receptive field at the edge of a picture is shown.
    /// - Throws: ``ImageError`` when a range is empty or longer than ``maximumSide``.
    public func crop(rows: Range<Int>, columns: Range<Int>, padding: Color) throws(ImageError) -> Image {
        guard !rows.isEmpty, !columns.isEmpty else { throw .crop(rows: rows, columns: columns, height: height, width: width) }
        let (high, wide) = (Self.length(of: rows), Self.length(of: columns))
        guard high <= Self.maximumSide, wide <= Self.maximumSide else { throw .size(width: wide, height: high) }
        let (height, width, channels) = (self.height, self.width, self.channels)
        let fill = [padding.red, padding.green, padding.blue, 1]
        let pixels = Tensor(shape: [rows.count, columns.count, channels]) { result in
            tensor.withUnsafeScalars { source in
                var target = 0
                for y in rows {
                    for x in columns {
                        let inside = y >= 0 && y < height && x >= 0 && x < width
                        for c in 0..<channels {
                            result[target] = inside ? source[(y * width + x) * channels + c] : fill[c]
                            target += 1
                        }
                    }
                }
            }
        }
        return Image(unchecked: pixels)
    }

    /// How many numbers a range holds; the largest number there is when they cannot be counted.
    private static func length(of range: Range<Int>) -> Int {
        let (length, overflow) = range.upperBound.subtractingReportingOverflow(range.lowerBound)
        return overflow ? .max : length
    }
}
