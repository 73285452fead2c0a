import Tensors

extension Image {
    /// Pictures in a grid of square cells, each in the middle of its cell and as large as its share of it says: the activation grids of
    /// "The Building Blocks of Interpretability".
    ///
    ///     try Image(mosaic: [[a, b], [c, nil]], shares: [[1, 0.4], [0.7, 0]], cell: 32)
    /// - Parameters:
    ///   - rows: pictures by row and column; all rows are equally long, and nothing is drawn where there is none.
    ///   - shares: the side of each picture as a part of its cell's, in `0...1`; whole cells when absent.
    ///   - cell: the side of a cell in pixels.
    /// - Throws: ``ImageError/size(width:height:)`` when the mosaic has no cells or too many pixels.
    public init(mosaic rows: [[Image?]], shares: [[Float]]? = nil, cell: Int, background: Color = .white) throws(ImageError) {
        let columns = rows.first?.count ?? 0
        let (width, wide) = columns.multipliedReportingOverflow(by: cell), (height, high) = rows.count.multipliedReportingOverflow(by: cell)
        guard !wide, !high, rows.allSatisfy({ $0.count == columns }) else { throw .size(width: .max, height: .max) }
        var pixels = try Image(width: width, height: height, color: background).tensor
        for (y, row) in rows.enumerated() {
            for (x, picture) in row.enumerated() {
                guard let picture else { continue }
                var share: Float = 1
                if let shares, y < shares.count, x < shares[y].count {
                    share = shares[y][x].isFinite ? Swift.min(Swift.max(shares[y][x], 0), 1) : 0
                }
                let side = Int((Float(cell) * share).rounded())
                guard side > 0 else { continue }
                let fitted = try picture.resized(width: side, height: side, by: picture.width > side ? .area : .bilinear)
                let (top, left, channels) = (y * cell + (cell - side) / 2, x * cell + (cell - side) / 2, fitted.channels)
                pixels.withUnsafeMutableScalars { pixels in
                    fitted.tensor.withUnsafeScalars { source in
                        for row in 0..<side {
                            for column in 0..<side {
                                let (from, to) = ((row * side + column) * channels, ((top + row) * width + left + column) * 3)
                                let opacity = channels == 4 ? source[from + 3] : 1
                                for c in 0..<3 { pixels[to + c] += (source[from + c] - pixels[to + c]) * opacity }
                            }
                        }
                    }
                }
            }
        }
        self.init(unchecked: pixels)
    }
}
