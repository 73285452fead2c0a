import Figures
import Networks
import Tensors

/// What one feature does over the pictures of a data set.
///
///     let unit = try model["mixed3b"][17].statistics(over: World.test)
///     unit                        // its distribution
///     unit.fractionActive         // 0.11
///     unit.strongest[0].picture   // the index of the picture with the highest activation
public struct UnitStatistics: Drawable, CustomStringConvertible, Sendable {
    /// One position of one picture, and the activation there.
    public struct Place: Sendable, Hashable {
        /// The index of the picture in its data set.
        public let picture: Int
        /// Where in the layer; (0, 0) behind the global pooling.
        public let position: Feature.Position
        /// Before the ReLU, if the layer ends in one.
        public let activation: Float
    }

    public let feature: Feature
    /// The name of the data set.
    public let dataset: String
    /// The names of its classes, in label order.
    public let classes: [String]

    let tally: UnitTally
    let target: StatisticsTarget
    /// Its place in the tally.
    let unit: Int

    /// How many pictures were looked at, without those that could not be read.
    public var pictures: Int { tally.looked }
    /// How many pictures could not be read.
    public var skipped: Int { tally.skipped }
    /// How many positions of pictures were counted; those with a finite activation.
    public var count: Int { Int(clamping: tally.counted[unit]) }
    /// How many activations were not finite, and are counted nowhere.
    public var nonfinite: Int { max(0, tally.looked * tally.places - count) }
    /// Whether the layer ends in a ReLU, so that activations before it are known.
    public var isRectified: Bool { tally.isRectified }

    /// Activations before the ReLU; as they are, where there is none.
    public var beforeReLU: ActivationDistribution { ActivationDistribution(self, isAfter: false) }
    /// Activations after the ReLU; as they are, where there is none.
    public var afterReLU: ActivationDistribution { ActivationDistribution(self, isAfter: isRectified) }

    /// The mean and standard deviation of the activations, after the ReLU.
    public var mean: Double { afterReLU.mean }
    public var deviation: Double { afterReLU.deviation }
    /// The share of positions with an activation above 0.
    public var fractionActive: Double { count > 0 ? Double(tally.positives[unit]) / Double(count) : 0 }

    /// Whether no picture activates it: behind a ReLU nothing ever comes out, elsewhere always the same.
    public var isDead: Bool {
        count == 0 || (isRectified ? tally.positives[unit] == 0 : tally.minima[unit] == tally.maxima[unit])
    }

    /// The positions with the highest activations, one for each of up to 32 pictures, highest first.
    public var strongest: [Place] { ranked(side: 0) }
    /// The positions with the lowest activations, before the ReLU, one for each of up to 32 pictures, lowest first.
    public var weakest: [Place] { ranked(side: 1) }

    private func ranked(side: Int) -> [Place] {
        let list = side * tally.units + unit, start = list * UnitTally.extremes
        return (0..<Int(tally.ranked[list])).map { rank in
            place(tally.rankedPictures[start + rank], tally.rankedPlaces[start + rank], tally.rankedValues[start + rank])
        }
    }

    private func place(_ picture: UInt32, _ place: UInt32, _ value: Float) -> Place {
        Place(picture: Int(picture), position: target.places[Int(place)], activation: value)
    }

    /// The strongest activation of each of up to 2048 pictures, after the ReLU, in the order of the data set: all pictures of a small one,
    /// a uniform sample of a larger one.
    public var pictureMaxima: [(picture: Int, activation: Float)] {
        (0..<tally.sampled).map { slot in
            let value = tally.sampleValues[slot * tally.units + unit]
            return (Int(tally.samplePictures[slot]), isRectified ? max(value, 0) : value)
        }.sorted { $0.picture < $1.picture }
    }

    /// A random sample of the positions whose activations, before the ReLU, lie in a range, each as likely as any other.
    ///
    /// Bands of eight bins keep twelve positions each. Which band a position is taken from is drawn by how many positions it has in the
    /// range; where a band at an end of the range has kept too few, the others stand in for it.
    /// - Parameter wanted: how many, at most; fewer where the range holds fewer.
    public func sample(in range: Range<Double>, count wanted: Int = 12) -> [Place] {
        let width = ActivationDistribution.binWidth(tally.exponents[unit]) * Double(UnitTally.binsPerBand), distribution = beforeReLU
        var strata = (0..<UnitTally.bands).compactMap { band -> (weight: Double, kept: [UnitTally.KeptPosition])? in
            let low = Double(band - UnitTally.bands / 2) * width
            guard low < range.upperBound, low + width > range.lowerBound else { return nil }
            let kept = tally.keptPositions(unit: unit, band: band).filter { range.contains(Double($0.value)) }
            let inside = max(low, range.lowerBound)..<min(low + width, range.upperBound)
            return kept.isEmpty
                ? nil : (distribution.share(in: inside), kept.sorted { ($0.draw, $0.picture, $0.place) < ($1.draw, $1.picture, $1.place) })
        }
        var random = CounterRandom(seed: 0x7361_6D70, stream: UInt64(strata.first?.kept.first?.draw ?? 0)), sample: [Place] = []
        while sample.count < max(wanted, 0), !strata.isEmpty {
            var rest = random.uniform() * strata.reduce(0) { $0 + $1.weight }
            let chosen = strata.firstIndex { stratum in
                rest -= stratum.weight
                return rest < 0
            } ?? strata.count - 1
            let position = strata[chosen].kept.removeFirst()
            sample.append(place(position.picture, position.place, position.value))
            if strata[chosen].kept.isEmpty { strata.remove(at: chosen) }
        }
        return sample
    }

    public var description: String {
        let text = "\(feature) over \(pictures) pictures of \(dataset)"
        if isDead { return text + (isRectified ? ": dead, never above 0" : ": dead, always the same") }
        let active = ActivationDistribution.percent(fractionActive) + (isRectified ? " active" : " above 0")
        return text + ": \(active), mean \(mean.short), standard deviation \(deviation.short)"
    }

    /// The distribution before and after the ReLU.
    public func drawing() -> SVG { DistributionFigure(self).drawing() }
}
