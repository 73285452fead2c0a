import Foundation

extension StimulusPattern {
    /// Writes how much of the foreground every pixel has, in `0...1`, row by row.
    ///
    /// Edges are anti-aliased by the distance from the edge: a pixel whose centre lies on it is half covered, exact for edges along the
    /// pixels' rows and columns. Waves are sampled at the centres of the pixels.
    /// - Parameter centre: where the stimulus's own origin lies; the centre of the first pixel is (0.5, 0.5).
    func draw(
        into amounts: UnsafeMutablePointer<Float>, width: Int, height: Int, centre: (x: Double, y: Double), orientation: Double
    ) {
        let (c, s) = (Float(cos(orientation * .pi / 180)), Float(sin(orientation * .pi / 180)))
        /// Calls `amount` with coordinates along and across the orientation.
        @inline(__always)
        func fill(_ amount: (_ u: Float, _ v: Float) -> Float) {
            for row in 0..<height {
                let y = Float(row) + 0.5 - Float(centre.y)
                for column in 0..<width {
                    let x = Float(column) + 0.5 - Float(centre.x)
                    amounts[row * width + column] = amount(x * c + y * s, y * c - x * s)
                }
            }
        }
        switch self {
        case .bend(let bend, let width, let isFilled):
            let geometry = Bend.Geometry(bend), half = Float(width / 2)
            if isFilled {
                fill { u, v in Self.inside(geometry.signedDistance(u: u, v: v)) }
            } else {
                fill { u, v in Self.stroke(geometry.signedDistance(u: u, v: v), half: half) }
            }
        case .line(let length, let width):
            let (reach, half) = (Float(min(length, 1e6) / 2), Float(width / 2))
            fill { u, v in
                let beyond = max(abs(u) - reach, 0)
                return Self.stroke((beyond * beyond + v * v).squareRoot(), half: half)
            }
        case .ellipse(let along, let across, let width):
            let (a, b) = (Float(along), Float(across))
            // The implicit function over the length of its gradient: exact for a circle, close to the edge of any ellipse.
            func distance(_ u: Float, _ v: Float) -> Float {
                let k = (u * u / (a * a) + v * v / (b * b)).squareRoot()
                let gradient = (u * u / (a * a * a * a) + v * v / (b * b * b * b)).squareRoot()
                return gradient > 0 ? k * (k - 1) / gradient : -min(a, b)
            }
            if let width {
                fill { u, v in Self.stroke(distance(u, v), half: Float(width / 2)) }
            } else {
                fill { u, v in Self.inside(distance(u, v)) }
            }
        case .polygon(let sides, let radius, let width):
            let step = 2 * Float.pi / Float(sides), inner = Float(radius) * cos(step / 2), halfSide = Float(radius) * sin(step / 2)
            func distance(_ u: Float, _ v: Float) -> Float {
                // Into the sector of the nearest side, whose middle then lies on the first axis; a corner points along the orientation.
                let angle = atan2(v, u), sector = (floor(angle / step) + 0.5) * step
                let (p, q) = (u * cos(sector) + v * sin(sector) - inner, abs(v * cos(sector) - u * sin(sector)))
                return q <= halfSide ? p : (p > 0 ? 1 : -1) * (p * p + (q - halfSide) * (q - halfSide)).squareRoot()
            }
            if let width {
                fill { u, v in Self.stroke(distance(u, v), half: Float(width / 2)) }
            } else {
                fill { u, v in Self.inside(distance(u, v)) }
            }
        case .spiral(let radius, let turns, let isClockwise, let width):
            let (pitch, half) = (Float(radius / turns), Float(width / 2))
            fill { u, v in
                let r = (u * u + v * v).squareRoot()
                let turned = atan2(isClockwise ? v : -v, u) / (2 * .pi)
                // The winding through this direction that lies nearest, among those that exist; its outer end lies at the orientation.
                let last = Float(turns) - 1 + (turned < 0 ? turned + 1 : turned)
                guard last >= 0 else { return 0 }
                let start = last - floor(last)
                let winding = min(max((r / pitch - start).rounded(), 0), floor(last + 1e-4))
                // The winding runs aslant to the circle around the middle, the more so the nearer it is.
                let slant = r / (r * r + pitch * pitch / (4 * .pi * .pi)).squareRoot()
                return Self.stroke((r - (start + winding) * pitch) * slant, half: half)
            }
        case .grating(let wavelength, let phase):
            let (k, shift) = (Float(2 * .pi / wavelength), Float(phase * .pi / 180))
            fill { u, _ in 0.5 + 0.5 * cos(k * u - shift) }
        case .plaid(let wavelength, let phase):
            let (k, shift) = (Float(2 * .pi / wavelength), Float(phase * .pi / 180))
            fill { u, v in 0.5 + 0.25 * (cos(k * u - shift) + cos(k * v - shift)) }
        case .boundary(let ahead, let behind):
            let (kA, kB) = (Float(2 * .pi / ahead), Float(2 * .pi / behind))
            fill { u, v in
                let share = Self.inside(-u)
                let (first, second) = (cos(kA * u) + cos(kA * v), cos(kB * u) + cos(kB * v))
                return 0.5 + 0.25 * (share * first + (1 - share) * second)
            }
        case .edge(let ramp):
            let slope = 1 / Float(max(ramp, 1))
            fill { u, _ in min(max(0.5 + u * slope, 0), 1) }
        case .centreSurround(let centre, let surround):
            let (inner, outer) = (Float(centre), Float(min(surround, 1e6)))
            fill { u, v in
                let r = (u * u + v * v).squareRoot()
                // Foreground, then background, then the grey between them.
                return Self.inside(r - inner) + 0.5 * (1 - Self.inside(r - outer))
            }
        case .texture(let kind, let scale, let seed):
            let texture = TextureField(kind: kind, scale: Float(scale), seed: seed)
            fill { u, v in texture.amount(u, v) }
        }
    }

    /// The covered part of a pixel whose centre lies so far outside of an edge.
    @inline(__always)
    static func inside(_ distance: Float) -> Float { min(max(0.5 - distance, 0), 1) }

    /// The covered part of a pixel whose centre lies so far from the middle of a line.
    @inline(__always)
    static func stroke(_ distance: Float, half: Float) -> Float {
        let distance = abs(distance)
        return max(min(distance + 0.5, half) - max(distance - 0.5, -half), 0)
    }
}

/// A texture without end.
private struct TextureField {
    let kind: StimulusTexture
    let scale: Float
    let seed: UInt64

    @inline(__always)
    func amount(_ u: Float, _ v: Float) -> Float {
        let (a, b) = (u / scale, v / scale)
        switch kind {
        case .checks:
            // Distance from the nearest border of a square, signed by the square's colour.
            let (p, q) = (a - floor(a), b - floor(b))
            let border = min(min(p, 1 - p), min(q, 1 - q)) * scale
            let isDark = (Int(floor(a)) + Int(floor(b))) & 1 == 0
            return StimulusPattern.inside(isDark ? -border : border)
        case .dots:
            let (p, q) = (a - floor(a) - 0.5, b - floor(b) - 0.5)
            return StimulusPattern.inside(((p * p + q * q).squareRoot() - 0.3) * scale)
        case .noise:
            let (i, j) = (floor(a), floor(b))
            func ease(_ t: Float) -> Float { t * t * (3 - 2 * t) }
            let (p, q) = (ease(a - i), ease(b - j))
            let (x, y) = (Int(i), Int(j))
            let top = value(x, y) * (1 - p) + value(x + 1, y) * p
            let bottom = value(x, y + 1) * (1 - p) + value(x + 1, y + 1) * p
            return top * (1 - q) + bottom * q
        case .grains: return value(Int(floor(a)), Int(floor(b)))
        }
    }

    /// A number in `0..<1` for each point of the lattice (the finalizer of SplitMix64).
    private func value(_ x: Int, _ y: Int) -> Float {
        var z = seed &+ UInt64(bitPattern: Int64(x)) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(bitPattern: Int64(y)) &* 0xC2B2_AE3D_27D4_EB4F
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Float((z ^ (z >> 31)) >> 40) * 0x1p-24
    }
}
