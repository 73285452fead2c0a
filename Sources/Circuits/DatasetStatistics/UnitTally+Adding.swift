import Dispatch
import Tensors

/// Some pictures on their way into a tally.
struct TallyBatch: Sendable {
    /// In the data set.
    let indices: [Int]
    let labels: [Int]
    /// Of each picture the parts that it shows, by their place in the tally's names, with the positions that lie within; empty where
    /// nothing is known of parts.
    let parts: [[(part: Int, places: [Int])]]
    /// One random number for each picture, and one for each position of each picture.
    let pictureDraws: [UInt32], placeDraws: [UInt32]
}

extension UnitTally {
    /// Units that one thread works on together: a line of the processor's cache.
    private static let blockSize = 16

    /// Adds a batch of activations, `[picture, place, unit]` in the layer's order of positions.
    func add(_ activations: Tensor, _ batch: TallyBatch) {
        guard activations.count == batch.indices.count * places * units else { return }
        // Which of the sampled pictures each new one takes the place of is the same for all units.
        let slots = batch.indices.indices.map { sampleSlot(batch.indices[$0], draw: batch.pictureDraws[$0]) }
        for label in batch.labels where (0..<classes).contains(label) { classPictures[label] += 1 }
        for (part, inside) in batch.parts.joined() {
            insideCounts[part] += UInt64(inside.count)
            outsideCounts[part] += UInt64(places - inside.count)
        }
        looked += batch.indices.count
        activations.withUnsafeScalars { scalars in
            guard let base = scalars.baseAddress else { return }
            // Every iteration reads the batch and writes what belongs to its own units.
            nonisolated(unsafe) let values = base
            let blocks = (units + Self.blockSize - 1) / Self.blockSize
            DispatchQueue.concurrentPerform(iterations: blocks) { block in
                let range = block * Self.blockSize..<min((block + 1) * Self.blockSize, units)
                for picture in batch.indices.indices {
                    add(picture, of: batch, units: range, from: values + picture * places * units, slot: slots[picture])
                }
            }
        }
    }

    /// Adds one picture to some units: first its extremes, for which the bins may have to grow, then every position.
    private func add(_ picture: Int, of batch: TallyBatch, units range: Range<Int>, from values: UnsafePointer<Float>, slot: Int?) {
        let index = UInt32(truncatingIfNeeded: batch.indices[picture]), label = batch.labels[picture]
        for unit in range {
            var (low, high, lowPlace, highPlace) = (Float.infinity, -Float.infinity, 0, 0)
            for place in 0..<places {
                let value = values[place * units + unit]
                if value < low, value > -.infinity { (low, lowPlace) = (value, place) }
                if value > high, value < .infinity { (high, highPlace) = (value, place) }
            }
            guard low <= high else { continue }
            if counted[unit] == 0 { origins[unit] = Double(values[lowPlace * units + unit]) }
            (minima[unit], maxima[unit]) = (min(minima[unit], low), max(maxima[unit], high))
            makeRoom(for: max(abs(low), abs(high)), in: unit)
            rank(high, index, highPlace, list: unit, sign: 1)
            rank(low, index, lowPlace, list: self.units + unit, sign: -1)
            let seen = addPlaces(of: unit, values, index, batch.placeDraws, firstDraw: picture * places)
            if (0..<classes).contains(label) {
                classMeans[label * self.units + unit] += seen / Double(places)
                classMaxima[label * self.units + unit] += Double(isRectified ? max(high, 0) : high)
            }
            for (part, inside) in batch.parts.isEmpty ? [] : batch.parts[picture] {
                var sum = 0.0
                for place in inside {
                    let value = values[place * units + unit]
                    if value.isFinite { sum += Double(isRectified ? max(value, 0) : value) }
                }
                insideSums[part * self.units + unit] += sum
                outsideSums[part * self.units + unit] += seen - sum
            }
            if let slot { sampleValues[slot * self.units + unit] = high }
        }
    }

    /// Counts a unit's values at all positions of a picture.
    /// - Returns: their sum, after the ReLU if there is one.
    private func addPlaces(of unit: Int, _ values: UnsafePointer<Float>, _ index: UInt32, _ draws: [UInt32], firstDraw: Int) -> Double {
        let exponent = Int(exponents[unit])
        let inverse = Float(sign: .plus, exponent: -exponent, significand: 1)
        let limit = exponent + 8 > 127 ? Float.infinity : Float(sign: .plus, exponent: exponent + 8, significand: 1)
        let histogram = counts.base + unit * Self.bins, bounds = thresholds.base + unit * Self.bands, origin = origins[unit]
        var (sum, square, count) = (0.0, 0.0, 0), (positive, positiveSum, positiveSquare) = (0, 0.0, 0.0)
        for place in 0..<places {
            let value = values[place * units + unit]
            // What is not finite is in no bin.
            guard abs(value) < limit else { continue }
            let exact = Double(value), difference = exact - origin
            sum += difference
            square += difference * difference
            count += 1
            if value > 0 {
                positive += 1
                positiveSum += exact
                positiveSquare += exact * exact
            }
            let scaled = value * inverse
            var bin = Int(scaled)
            if scaled < Float(bin) { bin -= 1 }
            bin += Self.bins / 2
            histogram[bin] += 1
            let draw = draws[firstDraw + place], band = bin / Self.binsPerBand
            if draw < bounds[band] { keep(draw, index, UInt32(truncatingIfNeeded: place), value, band: unit * Self.bands + band) }
        }
        sums[unit] += sum
        squares[unit] += square
        counted[unit] += UInt64(count)
        positives[unit] += UInt64(positive)
        positiveSums[unit] += positiveSum
        positiveSquares[unit] += positiveSquare
        return isRectified ? positiveSum : sum + origin * Double(count)
    }

    /// Puts a picture among the strongest or weakest of a unit, if it belongs there; of equals the first one stays.
    private func rank(_ value: Float, _ picture: UInt32, _ place: Int, list: Int, sign: Float) {
        let start = list * Self.extremes
        var rank = Int(ranked[list])
        if rank == Self.extremes {
            guard sign * value > sign * rankedValues[start + rank - 1] else { return }
            rank -= 1
        } else {
            ranked[list] += 1
        }
        while rank > 0, sign * value > sign * rankedValues[start + rank - 1] {
            rankedValues[start + rank] = rankedValues[start + rank - 1]
            rankedPictures[start + rank] = rankedPictures[start + rank - 1]
            rankedPlaces[start + rank] = rankedPlaces[start + rank - 1]
            rank -= 1
        }
        rankedValues[start + rank] = value
        rankedPictures[start + rank] = picture
        rankedPlaces[start + rank] = UInt32(truncatingIfNeeded: place)
    }

    /// The place of a picture in the sample of pictures; nil when it is not taken.
    private func sampleSlot(_ picture: Int, draw: UInt32) -> Int? {
        var slot = sampled
        if sampled < Self.sampledPictures {
            sampled += 1
        } else {
            slot = (0..<sampled).max { sampleDraws[$0] < sampleDraws[$1] } ?? 0
            guard draw < sampleDraws[slot] else { return nil }
        }
        sampleDraws[slot] = draw
        samplePictures[slot] = UInt32(truncatingIfNeeded: picture)
        return slot
    }
}
