extension UnitTally {
    /// Whether a tally that was read from a file can be one of a pass over so many pictures: every index points at something, no sum is
    /// larger than what was seen, and the bins hold the extremes. A checksum only says that a file is as it was written.
    func isSound(pictures: Int) -> Bool {
        guard (0...pictures).contains(next), (0...next).contains(looked), (0...next).contains(skipped), sampled >= 0,
            sampled <= min(looked, Self.sampledPictures), parts.count <= Self.mostParts
        else { return false }
        let (seen, overflow) = UInt64(looked).multipliedReportingOverflow(by: UInt64(places))
        func all(_ array: SharedArray<UInt32>, below limit: Int) -> Bool { (0..<array.count).allSatisfy { Int(array[$0]) < max(limit, 1) } }
        func all(_ array: SharedArray<UInt64>, atMost limit: UInt64) -> Bool { (0..<array.count).allSatisfy { array[$0] <= limit } }
        return !overflow && (0..<units).allSatisfy { isSound(unit: $0, seen: seen) }
            && (0..<kept.count).allSatisfy { kept[$0] <= Self.keptPerBand } && (0..<ranked.count).allSatisfy { ranked[$0] <= Self.extremes }
            && all(keptPictures, below: pictures) && all(keptPlaces, below: places) && all(rankedPictures, below: pictures)
            && all(rankedPlaces, below: places) && all(samplePictures, below: pictures) && all(classPictures, atMost: UInt64(looked))
            && all(insideCounts, atMost: seen) && all(outsideCounts, atMost: seen)
    }

    private func isSound(unit: Int, seen: UInt64) -> Bool {
        guard (Self.lowestExponent...120).contains(exponents[unit]), counted[unit] <= seen, positives[unit] <= counted[unit]
        else { return false }
        var sum: UInt64 = 0
        for bin in unit * Self.bins..<(unit + 1) * Self.bins {
            let (more, overflow) = sum.addingReportingOverflow(counts[bin])
            guard !overflow else { return false }
            sum = more
        }
        guard sum == counted[unit] else { return false }
        guard sum > 0 else { return true }
        let (low, high) = (minima[unit], maxima[unit]), limit = Double(sign: .plus, exponent: Int(exponents[unit]) + 8, significand: 1)
        return low <= high && low.isFinite && high.isFinite && Double(max(abs(low), abs(high))) < limit
    }
}
