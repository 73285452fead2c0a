import Circuits
import Foundation
import Tensors

/// What PyTorch makes of an image; written by Tests/Peers/transforms_reference.py.
struct TransformReference: Decodable {
    let name: String
    let parameter: Double
    let height, width: Int
    let image, result, direction, gradient: [Float]

    static func load() throws -> [TransformReference] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Reference/transforms.json")
        return try JSONDecoder().decode([TransformReference].self, from: Data(contentsOf: file))
    }

    /// The same change of images of 7 x 10 px.
    func draw() throws -> TransformDraw {
        var random = CounterRandom(seed: 0)
        func draw(_ transform: Transform) throws -> TransformDraw { try transform.draw(height: 7, width: 10, using: &random) }
        switch name {
        case "scale": return .resize(height: 7, width: 10, toHeight: height, toWidth: width)
        case "rotate": return try draw(.randomRotate([parameter]))
        case "rotate bilinearly": return try draw(.randomRotate([parameter], .bilinear))
        case "reflect": return try draw(.pad(Int(parameter), .reflect))
        case "pad": return try draw(.pad(Int(parameter)))
        case "blur": return try draw(.blur(parameter))
        case "flip":
            while true {
                let flip = try draw(.flip())
                if !flip.isIdentity { return flip }
            }
        default: throw TransformReferenceError(name: name)
        }
    }
}

struct TransformReferenceError: Error { let name: String }
