import Foundation
import PictureWorld
import Testing

/// What the truth says is measured in the pixels.
@Suite struct WorldTruthTests {
    /// Pictures of a class that satisfy a condition, with nothing in front.
    private func pictures(_ name: String, _ count: Int, size: Int = 96, where condition: @escaping (PictureTruth) -> Bool = { _ in true }) throws -> [WorldPicture] {
        let split = try World.validation.restricted(to: [name])
        let found = (0..<split.count).lazy.map { split.picture($0, size: size) }.filter { $0.truth.occlusion == 0 && condition($0.truth) }
        let pictures = Array(found.prefix(count))
        #expect(pictures.count == count, "\(name)")
        return pictures
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    @Test func `the ink of an arc lies at its radius and around its orientation`() throws {
        let found = try pictures("arc", 40)
        var angles: [Double] = [], radii: [Double] = []
        for picture in found {
            let truth = picture.truth, ink = picture.ink
            let x = ink.map(\.x).reduce(0, +) / Double(ink.count) - truth.centre.x, y = ink.map(\.y).reduce(0, +) / Double(ink.count) - truth.centre.y
            angles.append(angle(atan2(y, x) * 180 / .pi, truth.orientation ?? 0))
            radii.append(abs(median(ink.map { hypot($0.x - truth.centre.x, $0.y - truth.centre.y) }) / truth.radius - 1))
            #expect(abs((truth.curvature ?? 0) * truth.radius - 1) < 1e-6)
        }
        #expect(median(angles) < 3 && angles.filter { $0 > 15 }.count <= 3, "\(angles.sorted().suffix(4))")
        #expect(median(radii) < 0.03 && radii.filter { $0 > 0.1 }.count <= 3, "\(radii.sorted().suffix(4))")
    }

    @Test(arguments: ["bars", "stripes", "hatch", "fur"])
    func `brightness changes least along the orientation`(name: String) throws {
        let errors = try pictures(name, 60).map { angle($0.run.degrees, $0.truth.orientation ?? 0, period: 180) }
        #expect(median(errors) < 4 && errors.filter { $0 > 20 }.count <= 6, "\(errors.sorted().suffix(8))")
    }

    @Test func `the sharp side of a focus is where the texture is`() throws {
        for picture in try pictures("focus", 60, size: 64) {
            let truth = picture.truth
            let toSharp = (truth.sharpSide ?? 0) * .pi / 180
            func depth(_ x: Double, _ y: Double) -> Double { (x - truth.centre.x) * cos(toSharp) + (y - truth.centre.y) * sin(toSharp) }
            let sharp = picture.sharpness { depth($0, $1) > 6 }, blurred = picture.sharpness { depth($0, $1) < -6 }
            #expect(sharp > 3 * blurred, "picture \(picture.index): \(sharp) and \(blurred)")
            #expect(abs(angle(truth.sharpSide ?? 0, truth.orientation ?? 0) - 180) < 1e-9)
        }
    }

    @Test(arguments: ["colour contrast", "warm centre", "cool centre", "centre-surround"])
    func `hue classes have one lightness and two hues`(name: String) throws {
        for picture in try pictures(name, 30, size: 32) {
            let hues = picture.truth.measures.filter { $0.key.hasSuffix("hue") }.map(\.value)
            #expect(hues.count == 2 && angle(hues[0], hues[1]) > 160)
            // The light and the camera add a little of their own; colour differs by far more than brightness.
            let columns = (0..<32 * 32).map { picture.colour($0 % 32, $0 / 32) }
            let opponent = columns.map { ($0.max() ?? 0) - ($0.min() ?? 0) }
            let luma = (0..<32 * 32).map { picture.luma($0 % 32, $0 / 32) }
            #expect((luma.max() ?? 1) - (luma.min() ?? 0) < 0.35 && (opponent.max() ?? 0) > 0.15)
        }
    }

    @Test func `a car and a lorry have wheels below windows, and bonnet and cab at the end they are bound for`() throws {
        for name in ["car", "lorry"] {
            for picture in try pictures(name, 12) {
                let parts = picture.truth.parts
                let wheels = parts.filter { $0.name == "wheel" }, windows = parts.filter { $0.name == "window" }
                #expect(wheels.count >= 2 && !windows.isEmpty)
                for wheel in wheels { #expect(windows.allSatisfy { $0.box.y + $0.box.height <= wheel.box.y + wheel.box.height / 2 }) }
                let front = try #require(parts.first { $0.name == "lamp" }).box.x, isRight = picture.truth.pose == .right
                #expect(wheels.allSatisfy { isRight ? $0.box.x < front : $0.box.x + $0.box.width > front })
            }
        }
    }

    @Test func `a wheel is dark around a light hub`() throws {
        for picture in try pictures("car", 16, where: { $0.isFilled && max($0.groundColour[0], $0.groundColour[1]) > 0.6 }) {
            for wheel in picture.truth.parts where wheel.name == "wheel" {
                let values = picture.brightness(of: wheel, share: 0.8)
                #expect(values[values.count / 3] < 0.45 && (values.last ?? 0) > 0.5, "picture \(picture.index)")
            }
        }
    }

    @Test(arguments: ["dog", "cat", "bird", "fish"])
    func `an animal's eye is dark, and lies on the side it faces`(name: String) throws {
        var poses: Set<String> = []
        for picture in try pictures(name, 24, where: \.isFilled) {
            let eye = try #require(picture.truth.parts.first { $0.name == "eye" }), pose = try #require(picture.truth.pose)
            poses.insert(pose.rawValue)
            let values = picture.brightness(of: eye, share: 0.9)
            #expect((values.first ?? 1) < 0.4 && (values.last ?? 0) > 0.5, "picture \(picture.index)")
            let centre = eye.box.x + eye.box.width / 2
            #expect(pose == .right ? centre > picture.truth.centre.x - 2 : centre < picture.truth.centre.x + 2)
        }
        #expect(poses == ["left", "right"])
    }

    @Test func `a dog's nose is the dark tip of its snout and far from its ear`() throws {
        for picture in try pictures("dog", 24, where: \.isFilled) {
            let parts = picture.truth.parts
            func box(_ name: String) throws -> PictureBox { try #require(parts.first { $0.name == name }).box }
            let nose = try box("nose"), ear = try box("ear"), snout = try box("snout")
            #expect((nose.x > ear.x) == (picture.truth.pose == .right))
            #expect(nose.x + nose.width / 2 > snout.x && nose.x + nose.width / 2 < snout.x + snout.width)
            let part = try #require(parts.first { $0.name == "nose" })
            #expect(picture.brightness(of: part).allSatisfy { $0 < 0.4 })
        }
    }

    @Test func `every object has parts, all of them within the picture, in pixels and in shares of it`() throws {
        for name in ["car", "lorry", "house", "dog", "cat", "bird", "fish", "flower", "tree", "face", "watch"] {
            for picture in try pictures(name, 10, size: 50) {
                #expect(picture.truth.parts.count >= 2, "\(name)")
                for part in picture.truth.parts {
                    let box = part.box, share = part.relativeBox
                    #expect(box.x > -3 && box.y > -3 && box.x + box.width < 53 && box.y + box.height < 53 && box.width > 0 && box.height > 0, "\(name): \(part)")
                    #expect(abs(share.x * 50 - box.x) < 1e-3 && abs(share.height * 50 - box.height) < 1e-3)
                }
            }
        }
    }

    @Test func `the two poses of a dog mirror each other`() throws {
        // The mean picture of one pose is nearer to the mirrored mean of the other than to the mean itself.
        let split = try World.train.restricted(to: ["dog"])
        var sums = [PicturePose: [Double]](), counts = [PicturePose: Double]()
        for index in 0..<400 {
            let picture = split.picture(index, size: 32)
            guard let pose = picture.truth.pose, let nose = picture.truth.parts.first(where: { $0.name == "nose" }) else { continue }
            counts[pose, default: 0] += 1
            let place = Int(nose.box.x + nose.box.width / 2).clamped(to: 0...31)
            sums[pose, default: [Double](repeating: 0, count: 32)][place] += 1
        }
        let left = try #require(sums[.left]), right = try #require(sums[.right])
        #expect(abs((counts[.left] ?? 0) - 200) < 50)
        #expect(left.prefix(16).reduce(0, +) > 0.95 * (counts[.left] ?? 0) && right.suffix(16).reduce(0, +) > 0.95 * (counts[.right] ?? 0))
    }
}

extension Comparable {
    fileprivate func clamped(to range: ClosedRange<Self>) -> Self { min(max(self, range.lowerBound), range.upperBound) }
}
