import Foundation
import PictureWorld

/// What can be measured in a picture without knowing what it shows.
extension WorldPicture {
    var side: Int { pixels.shape[0] }

    func colour(_ x: Int, _ y: Int) -> [Double] { (0..<3).map { Double(pixels[y, x, $0]) } }

    func luma(_ x: Int, _ y: Int) -> Double { 0.299 * Double(pixels[y, x, 0]) + 0.587 * Double(pixels[y, x, 1]) + 0.114 * Double(pixels[y, x, 2]) }

    /// The pixels whose colour is nearer to the figure's than to the ground's.
    var ink: [(x: Double, y: Double)] {
        func distance(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
        return (0..<side * side).compactMap { place in
            let colour = colour(place % side, place / side)
            guard distance(colour, truth.figureColour) < distance(colour, truth.groundColour) else { return nil }
            return (Double(place % side) + 0.5, Double(place / side) + 0.5)
        }
    }

    /// The direction along which the picture changes least, in degrees 0..<180, from the structure tensor of its brightness within a margin;
    /// and how clear it is, 0...1.
    var run: (degrees: Double, clearness: Double) {
        var (xx, yy, xy) = (0.0, 0.0, 0.0)
        for y in 2..<side - 2 {
            for x in 2..<side - 2 {
                let dx = luma(x + 1, y) - luma(x - 1, y), dy = luma(x, y + 1) - luma(x, y - 1)
                (xx, yy, xy) = (xx + dx * dx, yy + dy * dy, xy + dx * dy)
            }
        }
        let degrees = 0.5 * atan2(2 * xy, xx - yy) * 180 / .pi + 90
        return (degrees.truncatingRemainder(dividingBy: 180), ((xx - yy) * (xx - yy) + 4 * xy * xy).squareRoot() / (xx + yy))
    }

    /// The mean square of the second differences of brightness among the pixels that satisfy a condition.
    func sharpness(where condition: (Double, Double) -> Bool) -> Double {
        var sum = 0.0, count = 0.0
        for y in 1..<side - 1 {
            for x in 1..<side - 1 where condition(Double(x) + 0.5, Double(y) + 0.5) {
                let bend = 4 * luma(x, y) - luma(x - 1, y) - luma(x + 1, y) - luma(x, y - 1) - luma(x, y + 1)
                sum += bend * bend
                count += 1
            }
        }
        return count > 0 ? sum / count : 0
    }

    /// The brightness of the pixels in the middle half of a part's box, darkest first.
    func brightness(of part: PicturePart, share: Double = 0.5) -> [Double] {
        let box = part.box
        let rows = (0..<side).filter { abs(Double($0) + 0.5 - box.y - box.height / 2) <= box.height / 2 * share }
        let columns = (0..<side).filter { abs(Double($0) + 0.5 - box.x - box.width / 2) <= box.width / 2 * share }
        return rows.flatMap { y in columns.map { x in luma(x, y) } }.sorted()
    }
}

/// The angle between two directions in degrees; `period` 180 for lines, 360 for arrows.
func angle(_ a: Double, _ b: Double, period: Double = 360) -> Double {
    let difference = abs(a - b).truncatingRemainder(dividingBy: period)
    return min(difference, period - difference)
}
