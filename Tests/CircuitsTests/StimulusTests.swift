import Circuits
import Figures
import Foundation
import Tensors
import Testing

/// What Pillow and NumPy draw; written by Tests/Peers/stimuli_reference.py.
@Suite struct StimulusTests {
    private static func reference() throws -> [String: [Float]] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Reference/stimuli.json")
        let coded = try JSONDecoder().decode([String: Data].self, from: Data(contentsOf: file))
        return coded.mapValues { $0.map { Float($0) / 255 } }
    }

    private static let drawn: [(name: String, stimulus: Stimulus)] = [
        ("arc 12 45", .arc(radius: 12, orientation: 45, width: 2)), ("arc 30 200", .arc(radius: 30, orientation: 200, width: 3)),
        ("line 30", .line(orientation: 30, width: 2.5)), ("line 0", .line(orientation: 0, width: 2)),
        ("corner 70 300", .corner(opening: 70, orientation: 300, width: 2, arms: 15)),
        ("wedge 90 20", .corner(opening: 90, orientation: 20, isFilled: true)), ("disc 9", .disc(radius: 9)),
        ("ellipse 15 6 25", .ellipse(radius: 15, secondRadius: 6, orientation: 25)), ("triangle 14", .polygon(sides: 3, radius: 14)),
        ("spiral 17 3", .spiral(radius: 17, turns: 3, width: 2)), ("grating 7 40 90", .grating(wavelength: 7, orientation: 40, phase: 90)),
        ("boundary 5 15", .frequencyBoundary(ratio: 3, wavelength: Double(75).squareRoot(), orientation: 0)),
    ]

    @Test(arguments: drawn.indices)
    func `a stimulus is what Pillow draws at sixteen times the size`(index: Int) throws {
        let (name, stimulus) = Self.drawn[index]
        let expected = try #require(try Self.reference()[name])
        let pixels = try stimulus.rendered(width: 40, height: 40)
        #expect(pixels.shape == [40, 40, 3])
        let differences = expected.indices.map { abs(pixels.scalars[$0 * 3] - expected[$0]) }
        let mean = differences.reduce(0, +) / Float(differences.count)
        #expect(mean < 0.007, "\(name): mean difference \(mean)")
        // Ends of lines are round here and square there, and so are the first turns of a spiral.
        let far = differences.filter { $0 > 0.25 }.count
        #expect(far <= 12, "\(name): \(far) pixels differ")
    }

    @Test func `an arc is a line when its radius grows without end, and a corner with a flat opening is one too`() throws {
        let line = try Stimulus.line(orientation: 90).rendered(width: 32, height: 32)
        let arc = try Stimulus.arc(radius: 1e5, orientation: 0).rendered(width: 32, height: 32)
        let corner = try Stimulus.corner(opening: 180, orientation: 0).rendered(width: 32, height: 32)
        let sharp = try Stimulus.bend(opening: 60, roundness: 0, orientation: 10, reach: 14).rendered(width: 32, height: 32)
        let arms = try Stimulus.corner(opening: 60, orientation: 10, arms: 14).rendered(width: 32, height: 32)
        #expect((line - arc).map(abs).max() < 0.02 && (line - corner).map(abs).max() < 1e-4)
        #expect((sharp - arms).map(abs).max() < 1e-4)
    }

    @Test func `the last step of the morph is an arc of the same length`() throws {
        let reach = 12.0, turn = 45 * Double.pi / 180
        let morph = try Stimulus.bend(opening: 90, roundness: 1, orientation: 200, reach: reach).rendered(width: 40, height: 40)
        let arc = try Stimulus.arc(radius: reach / turn, orientation: 200, span: 90).rendered(width: 40, height: 40)
        #expect((morph - arc).map(abs).max() < 1e-5)
    }

    @Test func `turning a stimulus by a quarter turns its picture`() throws {
        for stimulus: (Double) -> Stimulus in [
            { .arc(radius: 11, orientation: $0) }, { .grating(wavelength: 7, orientation: $0, phase: 30) }, { .edge(orientation: $0) },
            { .frequencyBoundary(ratio: 5, wavelength: 9, orientation: $0) }, { .spiral(radius: 12, orientation: $0) },
            { .texture(.checks, scale: 5, orientation: $0) },
        ] {
            let upright = try stimulus(20).rendered(width: 31, height: 31), turned = try stimulus(110).rendered(width: 31, height: 31)
            // Clockwise on the screen: the row becomes the column counted from the right.
            let expected = upright.permuted(1, 0, 2).flipped(1)
            #expect((turned - expected).map(abs).mean() < 1e-3)
        }
    }

    @Test func `colours, contrast, place and window do what they say`() throws {
        let (red, white) = (Color(0xFF0000), Color.white)
        let disc = Stimulus.disc(radius: 4).colored(red, on: white)
        let picture = try disc.moved(x: 5, y: -3).rendered(width: 20, height: 20)
        #expect(picture[7, 15, 0] == 1 && picture[7, 15, 1] == 0 && picture[10, 5, 1] == 1)
        #expect(abs(try disc.contrast(0.25).rendered(width: 20, height: 20)[10, 10, 1] - 0.75) < 1e-6)
        let wave = try Stimulus.grating(wavelength: 8).contrast(0).rendered(width: 20, height: 20)
        #expect(wave.min() == 0.5 && wave.max() == 0.5)
        let window = try Stimulus.grating(wavelength: 8).seen(within: 6).rendered(width: 20, height: 20)
        #expect(window[0, 0, 0] == 0.5 && window[10, 10, 0] > 0.8)
        let plain = try Stimulus.plain(red).rendered(width: 4, height: 4)
        #expect(plain.slice(0).slice(0).scalars == [1, 0, 0] && plain.min() == 0)
    }

    @Test func `colour pairs of a hue and its complement have one brightness`() throws {
        let pair = try Stimulus.colors(.balanced(hue: 40), .balanced(hue: 220), orientation: 0).rendered(width: 16, height: 16)
        let brightness = pair.mean(along: 2)
        #expect(brightness.max() - brightness.min() < 1e-5 && pair.max() - pair.min() > 0.5)
    }

    @Test func `textures are the same for the same seed and others for another one`() throws {
        for kind in StimulusTexture.allCases {
            let first = try Stimulus.texture(kind, scale: 4, seed: 1).rendered(width: 24, height: 24)
            #expect(first == (try Stimulus.texture(kind, scale: 4, seed: 1).rendered(width: 24, height: 24)))
            #expect(first.min() >= 0 && first.max() <= 1 && first.standardDeviation() > 0.1)
            let other = try Stimulus.texture(kind, scale: 4, seed: 2).rendered(width: 24, height: 24)
            #expect((first == other) == (kind == .checks || kind == .dots))
        }
    }

    @Test func `what cannot be drawn is refused with the number and what it may be`() throws {
        func text(_ stimulus: Stimulus, side: Int = 20) -> String {
            do { _ = try stimulus.rendered(width: side, height: side) } catch { return "\(error)" }
            return ""
        }
        let large = text(.disc(radius: 30))
        #expect(large.contains("60.0 px") && large.contains("20x20"))
        #expect(text(.grating(wavelength: 1)).contains("wavelength") && text(.grating(wavelength: 1)).contains("2.0"))
        #expect(text(.arc(radius: .nan, orientation: 0)).contains("radius"))
        #expect(text(.arc(radius: 5, orientation: .infinity)).contains("orientation"))
        #expect(text(.frequencyBoundary(ratio: -1, wavelength: 9, orientation: 0)).contains("not a finite number"))
        #expect(text(.polygon(sides: 2, radius: 5)).contains("sides") && text(.disc(radius: 5).contrast(2)).contains("contrast"))
        #expect(text(.disc(radius: 1), side: 100_000).contains("4096") && text(.disc(radius: 1), side: 0).contains("0x0"))
        #expect(text(.arc(radius: 500, orientation: 0)).isEmpty, "an arc of a large circle is cut by the border")
    }
}
