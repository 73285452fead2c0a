import CVector

extension ActivationView {
    /// Floats of scratch memory for the sums below: doubles, from an even place on.
    static func channelSumScratch(_ channels: Int) -> Int { 2 * (vector_channel_sums_scratch(channels) + 2 * channels) + 16 }

    /// Sums over all pixels, for every channel: of `self - shift`, and with `other` of its products with `other - otherShift`.
    func channelSums(
        shift: UnsafePointer<Float>? = nil, with other: ActivationView? = nil, otherShift: UnsafePointer<Float>? = nil,
        scratch: UnsafeMutablePointer<Float>
    ) -> (sums: [Double], products: [Double]) {
        let aligned = UnsafeMutableRawPointer(scratch).alignedUp(toMultipleOf: 64)
        let sums = aligned.bindMemory(to: Double.self, capacity: 2 * channels + vector_channel_sums_scratch(channels))
        vector_channel_sums(
            vector, shift, other?.vector ?? vector_pixels(base: nil, stride: 0), otherShift, pixels, channels, sums, sums + 2 * channels)
        let values = UnsafeBufferPointer(start: sums, count: (other == nil ? 1 : 2) * channels)
        return (Array(values[..<channels]), Array(values[channels...]))
    }

    /// Writes the sum over all pixels to `gradient`: the gradient of a bias.
    func sumBiasGradient(into gradient: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>) {
        for (channel, sum) in channelSums(scratch: scratch).sums.enumerated() { gradient[channel] = Float(sum) }
    }
}
