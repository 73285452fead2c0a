import Circuits
import Foundation
import Testing

/// Published radial tuning data, and what SciPy reads from them; written by Tests/Peers/tuning_reference.py.
private struct PublishedTuning: Decodable {
    let unit: String
    let step, period, peak, width, echo, mean: Double
    let largest: Double
    let values: [Double]

    var curve: TuningCurve { TuningCurve(angles: values.indices.map { Double($0) * step }, values: values, period: period) }

    static func load() throws -> [PublishedTuning] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Reference/published-tuning.json")
        return try JSONDecoder().decode([PublishedTuning].self, from: Data(contentsOf: file))
    }
}

@Suite struct TuningCurveTests {
    @Test func `peak, width, echo and mean of the published curves are those that SciPy measures`() throws {
        let all = try PublishedTuning.load()
        #expect(all.count == 55)
        for published in all {
            let curve = published.curve
            #expect(curve.peak.angle == published.peak && abs(curve.peak.value - published.largest) < 1e-9, "\(published.unit)")
            #expect(abs(curve.width - published.width) < 0.002, "\(published.unit): \(curve.width), \(published.width)")
            #expect(abs(curve.echo - published.echo) < 1e-4, "\(published.unit): \(curve.echo), \(published.echo)")
            #expect(TuningCurve.distance(curve.meanAngle, published.mean, period: published.period) < 0.001, "\(published.unit)")
        }
    }

    /// "Curve Detectors": peak, half-height width, response at +180 degrees of the ten curve detectors of mixed3b.
    private static let curves: [(unit: Int, peak: Double, width: Double, echo: Double)] = [
        (343, 358, 39.5, 0), (342, 22.5, 66, 0.02), (388, 66.5, 50, 0.03), (324, 91.5, 28, 0), (340, 110, 48, 0.01),
        (349, 181, 39, 0), (379, 243, 54, 0.01), (406, 268.5, 32, 0), (385, 290, 51.5, 0.01), (330, 145, 68, 0.01),
    ]

    @Test(arguments: curves.indices) func `a curve detector of mixed3b has the published peak, width and echo`(index: Int) throws {
        let expected = Self.curves[index]
        let curve = try #require(try PublishedTuning.load().first { $0.unit == "mixed3b:\(expected.unit)" }).curve
        #expect(abs(curve.peak.angle - expected.peak) <= 0.5 && abs(curve.width - expected.width) < 1.01)
        #expect(abs(curve.echo - expected.echo) < 0.0075)
        #expect(curve.peaks().count == 1)
    }

    @Test func `the early curves of conv2d2 have the published echoes`() throws {
        let units = [32, 171, 111, 80, 140, 180, 39, 130, 63, 182, 117]
        let echoes = [0.36, 0.20, 0.55, 0.67, 0.32, 0.19, 0.68, 0.27, 0.88, 0.26, 0.45]
        let all = try PublishedTuning.load()
        for (unit, echo) in zip(units, echoes) {
            let curve = try #require(all.first { $0.unit == "conv2d2:\(unit)" }).curve
            #expect(abs(curve.echo - echo) < 0.0075, "conv2d2:\(unit)")
        }
    }

    @Test func `without negative weights the echoes return as published`() throws {
        let echoes = [385: 0.66, 324: 0.59, 330: 0.53, 343: 0.25, 349: 0.23, 342: 0.18, 388: 0.18, 406: 0.07, 379: 0.05, 340: 0.04]
        let all = try PublishedTuning.load()
        for (unit, echo) in echoes {
            let edited = try #require(all.first { $0.unit == "mixed3b:\(unit) positive weights only" }).curve
            #expect(abs(edited.echo - echo) < 0.0075, "mixed3b:\(unit): \(edited.echo)")
            let early = try #require(all.first { $0.unit == "mixed3b:\(unit) early curves only" }).curve
            #expect(early.echo <= 0.09)
        }
    }

    /// "High-Low Frequency Detectors": circular mean and width at half height of six units of mixed3a.
    @Test(arguments: [(136, 91.0, 121.0), (108, 163, 115), (132, 219, 126), (88, 284, 118), (110, 0, 132), (180, 62, 107)])
    func `a high-low frequency detector has the published orientation and width`(unit: Int, mean: Double, width: Double) throws {
        let curve = try #require(try PublishedTuning.load().first { $0.unit == "mixed3a:\(unit) high-low" }).curve
        #expect(TuningCurve.distance(curve.meanAngle, mean) < 0.6 && abs(curve.width - width) < 1.1)
    }

    @Test func `a curve of known shape has the width that its formula gives`() {
        let angles = Array(stride(from: 0.0, to: 360, by: 2))
        // A cosine cut at zero: half height 60 degrees to each side of the peak, across the seam.
        let cosine = TuningCurve(angles: angles, values: angles.map { max(0, cos(($0 - 350) * .pi / 180)) })
        #expect(cosine.peak.angle == 350 && abs(cosine.width - 120) < 0.1 && cosine.echo < 1e-9 && abs(cosine.meanAngle - 350) < 1e-6)
        let double = TuningCurve(angles: angles, values: angles.map { pow(cos(($0 - 40) * .pi / 180), 4) })
        #expect(double.peaks().map(\.angle) == [40, 220] && abs(double.echo - 1) < 1e-9 && double.selectivity < 1e-9)
        let flat = TuningCurve(angles: angles, values: angles.map { _ in 3 })
        #expect(flat.width == 360 && flat.echo == 1 && flat.selectivity < 1e-9)
        let silent = TuningCurve(angles: angles, values: angles.map { _ in -1 })
        #expect(silent.peak.value == 0 && silent.width == 0 && silent.echo == 0 && silent.peaks().isEmpty)
        let spikes = (0..<180).map { $0 == 170 || $0 == 80 ? 1.0 : 0 }
        let lines = TuningCurve(angles: Array(stride(from: 0.0, to: 180, by: 1)), values: spikes, period: 180)
        #expect(lines.echo == 1 && abs(lines.width - 1) < 1e-9)
        #expect(cosine.value(at: 711) == cosine.value(at: 351) && TuningCurve(angles: [], values: []).value(at: 4) == 0)
    }

    @Test func `aligned curves have their peaks at zero`() {
        let angles = Array(stride(from: 0.0, to: 360, by: 5))
        let curve = TuningCurve(angles: angles, values: angles.map { max(0, cos(($0 - 135) * .pi / 180)) })
        #expect(curve.aligned.indices.max { curve.aligned[$0] < curve.aligned[$1] } == 0 && abs(curve.aligned[0] - 1) < 1e-9)
    }
}
