import Foundation

/// One axis of a resize: each new pixel is a weighted sum of some consecutive old ones.
struct ResizeTaps {
    /// For each new pixel, the first old one that it looks at, and how many from there on.
    private var taps: [(start: Int, count: Int)] = []
    /// The weights of all these, one new pixel after the other.
    private var weights: [Float] = []

    /// The weights of a rule for an axis of `given` pixels that becomes `wanted`.
    ///
    /// - Precondition: both are positive.
    init(_ rule: ResizeRule, from given: Int, to wanted: Int) {
        // PyTorch and TensorFlow compute places in single precision, PIL in double; near a pixel's edge the difference picks another.
        let ratio = Float(given) / Float(wanted)
        let aligned = wanted > 1 ? Float(given - 1) / Float(wanted - 1) : 0
        for i in 0..<wanted {
            let place = Float(i) * ratio, center = (Float(i) + 0.5) * ratio
            switch rule {
            case .tensorFlow1(.nearest, alignCorners: false), .pyTorch(.nearest): nearest(Int(place), given)
            case .tensorFlow1(.nearest, alignCorners: true): nearest(Int((Float(i) * (wanted > 1 ? aligned : ratio) + 0.5)), given)
            case .tensorFlow1(.bilinear, let corners): linear(corners && wanted > 1 ? Float(i) * aligned : place, given)
            case .tensorFlow1(.bicubic, let corners): tabulatedCubic(corners && wanted > 1 ? Float(i) * aligned : place, given)
            case .tensorFlow1(.area, let corners): area(i, corners && wanted > 1 ? aligned : ratio, given)
            case .pyTorch(.nearestExact): nearest(Int(center), given)
            case .pyTorch(.bilinear): linear(Swift.max(0, center - 0.5), given)
            case .pyTorch(.bilinearAlignedCorners): linear(Float(i) * aligned, given)
            case .pyTorch(.bicubic): cubic(center - 0.5, given)
            case .pyTorch(.bicubicAlignedCorners): cubic(Float(i) * aligned, given)
            case .pyTorch(.area):
                let (start, end) = (i * given / wanted, ((i + 1) * given + wanted - 1) / wanted)
                normalized(start, [Double](repeating: 1, count: end - start))
            case .pyTorch(.bilinearAntialiased), .pil(.bilinear): filtered(i, given, wanted, support: 1) { 1 - abs($0) }
            case .pyTorch(.bicubicAntialiased), .pil(.bicubic): filtered(i, given, wanted, support: 2) { Self.keys($0, -0.5) }
            case .pil(.nearest): nearest(Int((Double(i) + 0.5) * (Double(given) / Double(wanted))), given)
            case .pil(.box): filtered(i, given, wanted, support: 0.5) { $0 > -0.5 && $0 <= 0.5 ? 1 : 0 }
            case .pil(.hamming):
                filtered(i, given, wanted, support: 1) { Self.sinc($0) * (0.54 + 0.46 * cos(Double.pi * $0)) }
            case .pil(.lanczos): filtered(i, given, wanted, support: 3) { $0 >= -3 && $0 < 3 ? Self.sinc($0) * Self.sinc($0 / 3) : 0 }
            }
        }
    }

    private mutating func nearest(_ place: Int, _ given: Int) {
        add(Swift.min(place, given - 1), [1])
    }

    /// Between the two pixels around `place`; the last one repeats.
    private mutating func linear(_ place: Float, _ given: Int) {
        let low = Swift.min(Int(place), given - 1), share = place - Float(low)
        add(low, low + 1 < given ? [1 - share, share] : [1])
    }

    /// Between the four pixels around `place`; the ones at the border repeat.
    private mutating func cubic(_ place: Float, _ given: Int) {
        let low = Int(place.rounded(.down))
        cubic(low, share: Double(place - Float(low)), given)
    }

    /// As ``cubic(_:_:)``, with TensorFlow's 1024 steps between two pixels.
    private mutating func tabulatedCubic(_ place: Float, _ given: Int) {
        let low = Int(place.rounded(.down))
        cubic(low, share: Double(((place - Float(low)) * 1024).rounded(.toNearestOrEven)) / 1024, given)
    }

    private mutating func cubic(_ low: Int, share: Double, _ given: Int) {
        let start = Swift.max(0, Swift.min(low - 1, given - 1)), end = Swift.max(0, Swift.min(low + 2, given - 1))
        var sums = [Double](repeating: 0, count: end - start + 1)
        for step in -1...2 {
            sums[Swift.max(start, Swift.min(low + step, end)) - start] += Self.keys(Double(step) - share, -0.75)
        }
        add(start, sums.map { Float($0) })
    }

    /// The part of the picture from `i * scale` to `(i + 1) * scale`; the last pixel repeats.
    private mutating func area(_ i: Int, _ scale: Float, _ given: Int) {
        let low = Float(i) * scale, high = Float(i + 1) * scale
        let start = Swift.min(Int(low), given - 1)
        var shares = [Float](repeating: 0, count: Swift.max(1, Swift.min(Int(high.rounded(.up)), given) - start))
        for pixel in Int(low)..<Swift.max(Int(high.rounded(.up)), Int(low)) {
            let (from, to) = (Swift.max(Float(pixel), low), Swift.min(Float(pixel + 1), high))
            shares[Swift.min(pixel - start, shares.count - 1)] += (to - from) / scale
        }
        add(start, scale > 0 ? shares : [1])
    }

    /// All pixels under a filter that is `support` new pixels wide to each side (old ones when the picture grows), normalized.
    private mutating func filtered(_ i: Int, _ given: Int, _ wanted: Int, support: Double, _ filter: (Double) -> Double) {
        let ratio = Double(given) / Double(wanted), width = Swift.max(ratio, 1), center = (Double(i) + 0.5) * ratio
        let start = Swift.max(0, Int(center - support * width + 0.5)), end = Swift.min(given, Int(center + support * width + 0.5))
        normalized(start, (start..<end).map { x in
            let distance = (Double(x) - center + 0.5) / width
            return abs(distance) <= support ? filter(distance) : 0
        })
    }

    private mutating func normalized(_ start: Int, _ raw: [Double]) {
        let sum = raw.reduce(0, +)
        add(start, raw.map { Float(sum != 0 ? $0 / sum : $0) })
    }

    private mutating func add(_ start: Int, _ more: [Float]) {
        taps.append((start, more.count))
        weights += more
    }

    /// The interpolating cubic of Keys ("Cubic convolution interpolation", 1981) with its free parameter.
    private static func keys(_ distance: Double, _ a: Double) -> Double {
        let x = abs(distance)
        if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
    }

    private static func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(Double.pi * x) / (Double.pi * x) }

    /// The weighted sums along an axis.
    func apply(_ tensor: Tensor, along axis: Int) -> Tensor {
        walk(tensor, axis, given: tensor.shape[axis], length: taps.count) { result, source, old, new, inner, weight in
            for k in 0..<inner { result[new &+ k] += weight * source[old &+ k] }
        }
    }

    /// The adjoint of ``apply(_:along:)`` for an axis that had `given` pixels.
    func adjoint(_ tensor: Tensor, along axis: Int, given: Int) -> Tensor {
        walk(tensor, axis, given: given, length: given) { result, source, old, new, inner, weight in
            for k in 0..<inner { result[old &+ k] += weight * source[new &+ k] }
        }
    }

    /// Zeros of the shape of `tensor` but for `length` on one axis, given to `visit` with every pair of an old and a new pixel: where
    /// the runs of `inner` elements of each begin.
    @inline(__always)
    private func walk(
        _ tensor: Tensor, _ axis: Int, given: Int, length: Int,
        _ visit: (UnsafeMutablePointer<Float>, UnsafePointer<Float>, _ old: Int, _ new: Int, _ inner: Int, _ weight: Float) -> Void
    ) -> Tensor {
        let outer = tensor.shape[..<axis].reduce(1, *), inner = tensor.shape[(axis + 1)...].reduce(1, *)
        var result = Tensor(zeros: tensor.shape[..<axis] + [length] + tensor.shape[(axis + 1)...])
        result.withUnsafeMutableScalars { result in
            tensor.withUnsafeScalars { source in
                guard inner > 0, let result = result.baseAddress, let source = source.baseAddress else { return }
                for i in 0..<outer {
                    var next = 0
                    for (j, tap) in taps.enumerated() {
                        for step in 0..<tap.count {
                            visit(
                                result, source, (i * given + tap.start + step) * inner, (i * taps.count + j) * inner, inner, weights[next])
                            next += 1
                        }
                    }
                }
            }
        }
        return result
    }
}
