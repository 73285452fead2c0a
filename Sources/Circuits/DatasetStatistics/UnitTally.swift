import Dispatch
import Tensors

/// What is counted of every unit of a layer while pictures pass by, in memory that does not grow with their number.
///
/// Histograms have 512 bins, 256 on each side of zero, whose width is a power of two: the narrowest that holds all values seen so far. When
/// a value does not fit, neighbouring bins are joined, which is exact. Each run of eight bins (a band) also keeps the twelve positions with
/// the smallest random numbers; of joined bands the smallest of both stay, so that what is kept is a uniform sample of all that ever fell
/// into the band. All this depends on the pictures and the seed alone, not on threads nor on where a run was interrupted.
///
/// Sending it is safe: while it is filled one pass owns it, whose threads each write their own units, and nobody writes afterwards.
final class UnitTally: @unchecked Sendable {
    static let bins = 512, bands = 64, binsPerBand = 8, keptPerBand = 12
    /// The strongest and weakest pictures of each unit.
    static let extremes = 32
    /// Pictures whose strongest responses are all kept.
    static let sampledPictures = 2048
    /// Names of parts that are told apart.
    static let mostParts = 64
    /// The exponent of the narrowest bins.
    static let lowestExponent: Int32 = -100

    let units: Int
    /// Positions of the layer in one picture.
    let places: Int
    let classes: Int
    let isRectified: Bool

    /// Of each unit: the exponent of its bins' width, its first value, and sums over all values less the first.
    let exponents: SharedArray<Int32>, origins: SharedArray<Double>, sums: SharedArray<Double>, squares: SharedArray<Double>
    let counted: SharedArray<UInt64>
    /// Of values above zero.
    let positives: SharedArray<UInt64>, positiveSums: SharedArray<Double>, positiveSquares: SharedArray<Double>
    let minima: SharedArray<Float>, maxima: SharedArray<Float>
    /// `[unit, bin]`.
    let counts: SharedArray<UInt64>
    /// `[unit, band]`, how many are kept; `[unit, band, kept]`, what.
    let kept: SharedArray<UInt8>, keptDraws: SharedArray<UInt32>, keptPictures: SharedArray<UInt32>, keptPlaces: SharedArray<UInt32>
    let keptValues: SharedArray<Float>
    /// `[unit, band]`: the largest random number that is kept, or all ones while there is room.
    let thresholds: SharedArray<UInt32>
    /// `[side, unit]`, how many; `[side, unit, rank]`, which pictures: side 0 the strongest, side 1 the weakest, at most once each.
    let ranked: SharedArray<UInt8>, rankedPictures: SharedArray<UInt32>, rankedPlaces: SharedArray<UInt32>, rankedValues: SharedArray<Float>
    /// `[class, unit]` over pictures, after the ReLU: the sum of means over positions, and of maxima.
    let classMeans: SharedArray<Double>, classMaxima: SharedArray<Double>, classPictures: SharedArray<UInt64>
    /// `[part, unit]` over positions, after the ReLU: within the part, and elsewhere in the same pictures.
    let insideSums: SharedArray<Double>, outsideSums: SharedArray<Double>
    let insideCounts: SharedArray<UInt64>, outsideCounts: SharedArray<UInt64>
    var parts: [String] = []
    /// A uniform sample of the pictures, `[picture, unit]` their strongest responses, before the ReLU.
    let sampleDraws: SharedArray<UInt32>, samplePictures: SharedArray<UInt32>, sampleValues: SharedArray<Float>
    var sampled = 0
    /// The first picture that was not shown yet, how many were looked at, and those that could not be read.
    var next = 0, looked = 0, skipped = 0
    var skippedExamples: [String] = []

    /// The strongest response of every unit, after the ReLU if there is one.
    var strongest: [Float] { (0..<units).map { isRectified ? max(maxima[$0], 0) : maxima[$0] } }

    init(units: Int, places: Int, classes: Int, isRectified: Bool) {
        (self.units, self.places, self.classes, self.isRectified) = (units, places, classes, isRectified)
        func each<Element>(_ value: Element, _ count: Int) -> SharedArray<Element> { SharedArray(repeating: value, count: count) }
        (exponents, origins) = (each(Self.lowestExponent, units), each(0, units))
        (sums, squares, counted) = (each(0, units), each(0, units), each(0, units))
        (positives, positiveSums, positiveSquares) = (each(0, units), each(0, units), each(0, units))
        (minima, maxima) = (each(.infinity, units), each(-.infinity, units))
        counts = each(0, units * Self.bins)
        let bands = units * Self.bands, slots = bands * Self.keptPerBand
        (kept, thresholds) = (each(0, bands), each(.max, bands))
        (keptDraws, keptPictures, keptPlaces, keptValues) = (each(0, slots), each(0, slots), each(0, slots), each(0, slots))
        let ranks = 2 * units * Self.extremes
        (ranked, rankedPictures, rankedPlaces, rankedValues) = (each(0, 2 * units), each(0, ranks), each(0, ranks), each(0, ranks))
        (classMeans, classMaxima, classPictures) = (each(0, classes * units), each(0, classes * units), each(0, classes))
        let parts = Self.mostParts
        (insideSums, outsideSums) = (each(0, parts * units), each(0, parts * units))
        (insideCounts, outsideCounts) = (each(0, parts), each(0, parts))
        (sampleDraws, samplePictures) = (each(0, Self.sampledPictures), each(0, Self.sampledPictures))
        sampleValues = each(0, Self.sampledPictures * units)
    }

    /// All arrays, in the order in which a file holds them.
    var arrays: [UnsafeMutableRawBufferPointer] {
        [
            exponents.bytes, origins.bytes, sums.bytes, squares.bytes, counted.bytes, positives.bytes, positiveSums.bytes,
            positiveSquares.bytes, minima.bytes, maxima.bytes, counts.bytes, kept.bytes, keptDraws.bytes, keptPictures.bytes,
            keptPlaces.bytes, keptValues.bytes, thresholds.bytes, ranked.bytes, rankedPictures.bytes, rankedPlaces.bytes,
            rankedValues.bytes, classMeans.bytes, classMaxima.bytes, classPictures.bytes, insideSums.bytes, outsideSums.bytes,
            insideCounts.bytes, outsideCounts.bytes, sampleDraws.bytes, samplePictures.bytes, sampleValues.bytes,
        ]
    }
}
