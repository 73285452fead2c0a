import Foundation
import Tensors

/// How well a filter is a Gabor (a wave under a bell), and how well it is a blob or a centre with a surround (two bells of one centre).
///
///     let fit = try GaborFit(filter)             // [7, 7]
///     fit.explained                              // share of the filter's energy, 0...1
///     fit.orientation, fit.wavelength
///
/// For every orientation, wavelength, width, elongation and place of a grid the best sum of the cosine and the sine wave is found by least
/// squares; the best of these is then refined by ever smaller steps. Explained is `1 - |filter - fit|² / |filter|²`; the mean stays in.
public struct GaborFit: Sendable {
    /// The share of the filter's energy that the best Gabor explains.
    public private(set) var explained = 0.0
    /// The share that the best isotropic fit explains: two bells around one centre, with any weights.
    public private(set) var isotropic = 0.0
    /// Along the wave, in degrees, clockwise on the screen, in `0..<180`.
    public private(set) var orientation = 0.0
    /// Pixels from crest to crest.
    public private(set) var wavelength = 0.0
    /// The standard deviation of the bell along the wave, in pixels.
    public private(set) var deviation = 0.0
    /// The fitted filter, `[height, width]`.
    public private(set) var fitted: Tensor

    private struct Parameters {
        var angle, wavelength, deviation, elongation, x, y: Double
    }

    /// Fits a filter.
    /// - Parameter filter: `[height, width]`; one of zeros is explained by nothing.
    public init(_ filter: Tensor) {
        let (height, width) = (filter.shape[0], filter.rank > 1 ? filter.shape[1] : 1)
        let values = filter.scalars.map(Double.init)
        fitted = Tensor(zeros: [height, width])
        let energy = values.reduce(0) { $0 + $1 * $1 }
        guard energy > 0, energy.isFinite, height > 2, width > 2 else { return }
        let size = Double(min(height, width)), middle = (x: Double(width - 1) / 2, y: Double(height - 1) / 2)
        var best = Parameters(angle: 0, wavelength: size, deviation: size / 4, elongation: 1, x: middle.x, y: middle.y), score = -1.0
        func consider(_ parameters: Parameters) {
            let waves = Self.waves(parameters, height: height, width: width)
            let found = Self.explained(values, energy, by: waves[0], waves[1])
            if found.share > score { (score, best) = (found.share, parameters) }
        }
        // A wavelength beyond one and a half filters, or a bell narrower than a quarter wave, would be a blob rather than a wave.
        for angle in stride(from: 0.0, to: .pi, by: .pi / 12) {
            for wavelength in StimulusAxis.geometric(from: 2.2, to: 1.5 * size, count: 7) {
                for deviation in StimulusAxis.geometric(from: size / 7, to: size / 1.75, count: 4) where deviation >= wavelength / 4 {
                    for shift in [(0.0, 0.0), (-0.15, 0), (0.15, 0), (0, -0.15), (0, 0.15)] {
                        consider(
                            Parameters(
                                angle: angle, wavelength: wavelength, deviation: deviation, elongation: 1, x: middle.x + shift.0 * size,
                                y: middle.y + shift.1 * size))
                    }
                }
            }
        }
        var step = 1.0
        for _ in 0..<7 {
            for _ in 0..<2 {
                for sign in [-1.0, 1] {
                    var changed = best
                    changed.angle += sign * step * .pi / 24
                    consider(changed)
                    changed = best
                    changed.wavelength = min(max(best.wavelength * (1 + sign * 0.15 * step), 2), 1.5 * size)
                    changed.deviation = max(best.deviation, changed.wavelength / 4)
                    consider(changed)
                    changed = best
                    changed.deviation = min(max(best.deviation * (1 + sign * 0.25 * step), best.wavelength / 4), size)
                    consider(changed)
                    changed = best
                    changed.elongation = min(max(best.elongation * (1 + sign * 0.3 * step), 0.5), 2)
                    consider(changed)
                    changed = best
                    changed.x += sign * step * size / 12
                    consider(changed)
                    changed = best
                    changed.y += sign * step * size / 12
                    consider(changed)
                }
            }
            step *= 0.6
        }
        let waves = Self.waves(best, height: height, width: width)
        let found = Self.explained(values, energy, by: waves[0], waves[1])
        explained = max(found.share, 0)
        fitted = Tensor(shape: [height, width], scalars: values.indices.map { Float(found.a * waves[0][$0] + found.b * waves[1][$0]) })
        var degrees = (best.angle * 180 / .pi).truncatingRemainder(dividingBy: 180)
        if degrees < 0 { degrees += 180 }
        (orientation, wavelength, deviation) = (degrees, best.wavelength, best.deviation)
        isotropic = Self.isotropicShare(values, energy, height: height, width: width)
    }

    /// The cosine and the sine wave under their bell.
    private static func waves(_ parameters: Parameters, height: Int, width: Int) -> [[Double]] {
        let (c, s) = (cos(parameters.angle), sin(parameters.angle)), k = 2 * .pi / parameters.wavelength
        let along = 1 / (2 * parameters.deviation * parameters.deviation)
        let across = along / (parameters.elongation * parameters.elongation)
        var cosine: [Double] = [], sine: [Double] = []
        for row in 0..<height {
            for column in 0..<width {
                let x = Double(column) - parameters.x, y = Double(row) - parameters.y
                let u = x * c + y * s, v = y * c - x * s
                let bell = exp(-u * u * along - v * v * across)
                cosine.append(bell * cos(k * u))
                sine.append(bell * sin(k * u))
            }
        }
        return [cosine, sine]
    }

    /// The best two-bell fit over a grid of places and widths.
    private static func isotropicShare(_ values: [Double], _ energy: Double, height: Int, width: Int) -> Double {
        let size = Double(min(height, width))
        let widths = StimulusAxis.geometric(from: size / 10, to: size / 1.5, count: 7)
        var best = 0.0
        for dy in stride(from: -0.2, through: 0.21, by: 0.1) {
            for dx in stride(from: -0.2, through: 0.21, by: 0.1) {
                let bells = widths.map { deviation -> [Double] in
                    var bell: [Double] = []
                    for row in 0..<height {
                        for column in 0..<width {
                            let x = Double(column) - Double(width - 1) / 2 - dx * size, y = Double(row) - Double(height - 1) / 2 - dy * size
                            bell.append(exp(-(x * x + y * y) / (2 * deviation * deviation)))
                        }
                    }
                    return bell
                }
                for i in bells.indices {
                    for j in i + 1..<bells.count { best = max(best, explained(values, energy, by: bells[i], bells[j]).share) }
                }
            }
        }
        return best
    }

    /// The least-squares weights of two patterns, and the share of the energy that they explain.
    private static func explained(
        _ values: [Double], _ energy: Double, by first: [Double], _ second: [Double]
    ) -> (share: Double, a: Double, b: Double) {
        var (aa, ab, bb, av, bv) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for index in values.indices {
            let (a, b, v) = (first[index], second[index], values[index])
            aa += a * a
            ab += a * b
            bb += b * b
            av += a * v
            bv += b * v
        }
        let determinant = aa * bb - ab * ab
        guard determinant > 1e-9 * aa * bb, aa > 0 else {
            return aa > 0 ? (av * av / aa / energy, av / aa, 0) : (0, 0, 0)
        }
        let a = (av * bb - bv * ab) / determinant, b = (bv * aa - av * ab) / determinant
        return ((a * av + b * bv) / energy, a, b)
    }
}
