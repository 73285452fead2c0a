/// Folding rows `k` and `height - k` of a spectrum, which share their cosines and, but for the sign, their sines.
extension FourierBasis {
    /// From a spectrum to scaled sums and differences of paired rows, `[folded, 2, planes, frequencies]` each.
    func fold(
        _ spectrum: UnsafePointer<Float>, into even: UnsafeMutablePointer<Float>, _ odd: UnsafeMutablePointer<Float>, planes: Int
    ) {
        let row = 2 * planes * frequencies
        scale.withUnsafeBufferPointer { scale in
            for k in 0..<folded {
                let partner = Self.partner(k, of: height)
                if partner == k { (odd + k * row).update(repeating: 0, count: row) }
                for plane in 0..<2 * planes {
                    let (target, there) = (k * row + plane * frequencies, partner * row + plane * frequencies)
                    if partner == k {
                        for x in 0..<frequencies { even[target + x] = spectrum[target + x] * scale[k * frequencies + x] }
                        continue
                    }
                    for x in 0..<frequencies {
                        // Both frequencies of a pair have one scale.
                        let factor = scale[k * frequencies + x]
                        even[target + x] = (spectrum[target + x] + spectrum[there + x]) * factor
                        odd[target + x] = (spectrum[target + x] - spectrum[there + x]) * factor
                    }
                }
            }
        }
    }

    func foldAdjoint(
        _ even: UnsafePointer<Float>, _ odd: UnsafePointer<Float>, into spectrum: UnsafeMutablePointer<Float>, planes: Int
    ) {
        let row = 2 * planes * frequencies
        scale.withUnsafeBufferPointer { scale in
            for k in 0..<folded {
                let partner = Self.partner(k, of: height)
                for plane in 0..<2 * planes {
                    let (source, there) = (k * row + plane * frequencies, partner * row + plane * frequencies)
                    if partner == k {
                        for x in 0..<frequencies { spectrum[source + x] = even[source + x] * scale[k * frequencies + x] }
                        continue
                    }
                    for x in 0..<frequencies {
                        let factor = scale[k * frequencies + x]
                        spectrum[source + x] = (even[source + x] + odd[source + x]) * factor
                        spectrum[there + x] = (even[source + x] - odd[source + x]) * factor
                    }
                }
            }
        }
    }

    /// From the cosine and sine sums of rows `y` to the complex rows `y` and `height - y`: real and imaginary parts
    /// `[2, height, planes, frequencies]`.
    func unfold(_ even: UnsafePointer<Float>, _ odd: UnsafePointer<Float>, into rows: UnsafeMutablePointer<Float>, planes: Int) {
        let half = planes * frequencies, imaginary = height * half
        for y in 0..<folded {
            let source = y * 2 * half
            let (here, there) = (y * half, Self.partner(y, of: height) * half)
            for i in 0..<half {
                rows[here + i] = even[source + i] - odd[source + half + i]
                rows[imaginary + here + i] = even[source + half + i] + odd[source + i]
            }
            guard here != there else { continue }
            for i in 0..<half {
                rows[there + i] = even[source + i] + odd[source + half + i]
                rows[imaginary + there + i] = even[source + half + i] - odd[source + i]
            }
        }
    }

    func unfoldAdjoint(
        _ rows: UnsafePointer<Float>, into even: UnsafeMutablePointer<Float>, _ odd: UnsafeMutablePointer<Float>, planes: Int
    ) {
        let half = planes * frequencies, imaginary = height * half
        for y in 0..<folded {
            let target = y * 2 * half
            let (here, there) = (y * half, Self.partner(y, of: height) * half)
            if here == there {
                (even + target).update(from: rows + here, count: half)
                (even + target + half).update(from: rows + imaginary + here, count: half)
                (odd + target).update(repeating: 0, count: 2 * half)
                continue
            }
            for i in 0..<half {
                even[target + i] = rows[here + i] + rows[there + i]
                even[target + half + i] = rows[imaginary + here + i] + rows[imaginary + there + i]
                odd[target + half + i] = rows[there + i] - rows[here + i]
                odd[target + i] = rows[imaginary + here + i] - rows[imaginary + there + i]
            }
        }
    }
}
