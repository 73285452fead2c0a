import Tensors

extension Objective {
    /// Minus what happens in a frame along the border of the pictures: how much they differ there from a blur of 5 x 5 pixels, and, with a
    /// weight of 0.8, from a constant: `-Σ (blur(x) - x)² + 0.8 (x - constant)²`. Added, it keeps icons clear of their border. Lucid's
    /// `penalize_boundary_complexity`.
    /// - Parameter width: of the frame, in pixels.
    public static func penalizedBoundary(width: Int = 20, constant: Float = 0.5) -> Objective {
        onLayer(images, "penalized boundary", values: [width, constant]) { x throws(ObjectiveError) in
            let (height, across, channels, scalars) = (x.height, x.width, x.channels, x.tensor.scalars)
            // In the frame: by how much the blur differs from the picture, and the picture from the constant.
            var frame: [(row: Int, column: Int, place: Int, blurred: Float, distance: Float)] = []
            for entry in x.entries {
                for row in 0..<height {
                    for column in 0..<across {
                        let isInside = (width..<Swift.max(width, height - width)).contains(row)
                            && (width..<Swift.max(width, across - width)).contains(column)
                        if isInside { continue }
                        for channel in 0..<channels {
                            let place = ((entry * height + row) * across + column) * channels + channel
                            var sum: Float = 0, weights: Float = 0
                            eachNeighbour(row, column, height, across) { weight, offset in
                                sum += weight * scalars[place + offset * channels]
                                weights += weight
                            }
                            frame.append((row, column, place, sum / weights - scalars[place], scalars[place] - constant))
                        }
                    }
                }
            }
            let total = frame.reduce(0.0) { $0 - Double($1.blurred * $1.blurred) - 0.8 * Double($1.distance * $1.distance) }
            return (Float(total), { weight, gradient in
                for pixel in frame {
                    gradient[pixel.place] += weight * 2 * (pixel.blurred - 0.8 * pixel.distance)
                    var weights: Float = 0
                    eachNeighbour(pixel.row, pixel.column, height, across) { share, _ in weights += share }
                    eachNeighbour(pixel.row, pixel.column, height, across) { share, offset in
                        gradient[pixel.place + offset * channels] -= weight * 2 * pixel.blurred * share / weights
                    }
                }
            })
        }
    }

    /// The pixels of a 5 x 5 window that lie in the picture, with Lucid's weights: 1 in the middle 3 x 3, 0.5 around. Offsets are
    /// in pixels.
    @inline(__always)
    private static func eachNeighbour(_ row: Int, _ column: Int, _ height: Int, _ width: Int, _ body: (Float, Int) -> Void) {
        for y in Swift.max(0, row - 2)...Swift.min(height - 1, row + 2) {
            for z in Swift.max(0, column - 2)...Swift.min(width - 1, column + 2) {
                let isMiddle = abs(y - row) < 2 && abs(z - column) < 2
                body(isMiddle ? 1 : 0.5, (y - row) * width + z - column)
            }
        }
    }
}
