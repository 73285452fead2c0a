import Tensors

extension Objective {
    /// Half the squared distance of the images from a slightly blurred copy of themselves, which counts as a constant; used with a negative
    /// weight, it blurs the images a little in each step. Lucid's `blur_input_each_step`.
    public static func blurInput() -> Objective { blur("blur", channels: nil) }

    /// ``blurInput()`` for the opacity of transparent images alone. Lucid's `blur_alpha_each_step`.
    public static func blurAlpha() -> Objective { blur("blur of opacity", channels: 3..<4) }

    /// The mean opacity of transparent images.
    public static func opacity() -> Objective { channel(images, 3).described(as: "opacity") }

    private static func blur(_ name: String, channels: Range<Int>?) -> Objective {
        onLayer(images, name, values: [channels.map { "\($0)" } ?? "all"]) { x throws(ObjectiveError) in
            let channels = channels ?? 0..<x.channels
            try x.check(channel: channels.upperBound - 1)
            let differences = Self.differencesFromBlur(x, channels)
            let total = differences.reduce(0.0) { $0 + Double($1.value * $1.value) }
            return (Float(0.5 * total), { weight, gradient in
                for difference in differences { gradient[difference.place] += weight * difference.value }
            })
        }
    }

    /// For every number that counts, how much it differs from a mean of its neighbourhood of 3 x 3 pixels: itself once and each neighbour
    /// inside the image half.
    private static func differencesFromBlur(_ x: LayerActivations, _ channels: Range<Int>) -> [(place: Int, value: Float)] {
        var differences: [(place: Int, value: Float)] = []
        differences.reserveCapacity(x.entries.count * x.positions * channels.count)
        x.tensor.withUnsafeScalars { scalars in
            for entry in x.entries {
                for row in 0..<x.height {
                    for column in 0..<x.width {
                        for channel in channels {
                            var (sum, weights): (Float, Float) = (0, 0)
                            for y in Swift.max(0, row - 1)...Swift.min(x.height - 1, row + 1) {
                                for z in Swift.max(0, column - 1)...Swift.min(x.width - 1, column + 1) {
                                    let weight: Float = y == row && z == column ? 1 : 0.5
                                    sum += weight * scalars[((entry * x.height + y) * x.width + z) * x.channels + channel]
                                    weights += weight
                                }
                            }
                            let place = ((entry * x.height + row) * x.width + column) * x.channels + channel
                            differences.append((place, scalars[place] - sum / weights))
                        }
                    }
                }
            }
        }
        return differences
    }
}
