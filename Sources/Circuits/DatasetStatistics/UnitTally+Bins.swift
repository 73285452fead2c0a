extension UnitTally {
    /// Widens the bins of a unit until they hold a magnitude, joining neighbours.
    func makeRoom(for magnitude: Float, in unit: Int) {
        // 256 bins of 2^e hold what lies below 2^(e + 8); the exponent of zero is very small.
        let needed = Int32(clamping: magnitude == 0 ? Int(Self.lowestExponent) : Int(magnitude.exponent) - 7), now = exponents[unit]
        guard needed > now else { return }
        exponents[unit] = needed
        guard counted[unit] > 0 else { return }
        let shift = min(Int(needed - now), 31)
        let histogram = counts.base + unit * Self.bins
        var joined = [UInt64](repeating: 0, count: Self.bins)
        for bin in 0..<Self.bins { joined[((bin - Self.bins / 2) >> shift) + Self.bins / 2] += histogram[bin] }
        for bin in 0..<Self.bins { histogram[bin] = joined[bin] }
        joinBands(of: unit, shift: shift)
    }

    /// Of the positions that joined bands have kept, those with the smallest numbers stay.
    private func joinBands(of unit: Int, shift: Int) {
        var samples = [[KeptPosition]](repeating: [], count: Self.bands)
        for band in 0..<Self.bands { samples[((band - Self.bands / 2) >> shift) + Self.bands / 2] += keptPositions(unit: unit, band: band) }
        for (band, all) in samples.enumerated() {
            let place = unit * Self.bands + band
            kept[place] = 0
            thresholds[place] = .max
            for sample in all.sorted(by: { ($0.draw, $0.picture, $0.place) < ($1.draw, $1.picture, $1.place) }).prefix(Self.keptPerBand) {
                keep(sample.draw, sample.picture, sample.place, sample.value, band: place)
            }
        }
    }

    /// One position of one picture, and the random number that decides whether it is kept.
    struct KeptPosition {
        let draw: UInt32, picture: UInt32, place: UInt32
        let value: Float
    }

    func keptPositions(unit: Int, band: Int) -> [KeptPosition] {
        let place = unit * Self.bands + band
        return (0..<Int(kept[place])).map {
            let slot = place * Self.keptPerBand + $0
            return KeptPosition(draw: keptDraws[slot], picture: keptPictures[slot], place: keptPlaces[slot], value: keptValues[slot])
        }
    }

    /// Keeps a position in a band that has room, or in the place of the one with the largest number.
    func keep(_ draw: UInt32, _ picture: UInt32, _ place: UInt32, _ value: Float, band: Int) {
        let start = band * Self.keptPerBand, draws = keptDraws.base + start
        var slot = Int(kept[band])
        if slot < Self.keptPerBand {
            kept[band] += 1
        } else {
            slot = 0
            for other in 1..<Self.keptPerBand where draws[other] > draws[slot] { slot = other }
        }
        draws[slot] = draw
        keptPictures[start + slot] = picture
        keptPlaces[start + slot] = place
        keptValues[start + slot] = value
        guard kept[band] == Self.keptPerBand else { return }
        var largest = draws[0]
        for other in 1..<Self.keptPerBand { largest = max(largest, draws[other]) }
        thresholds[band] = largest
    }
}
