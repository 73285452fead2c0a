import Networks
import Tensors

/// A picture that an optimization starts from.
public struct StartingPicture: Hashable, Encodable, Sendable {
    /// `[height, width, 3]`, or with a fourth channel for opacity, in 0...1.
    public let picture: Tensor

    /// - Parameter picture: `[height, width, 3]` or `[1, height, width, 3]`.
    init(_ picture: Tensor) {
        self.picture = picture.rank == 4 && picture.shape[0] == 1 ? picture.reshaped(Array(picture.shape.dropFirst())) : picture
    }

    public static func == (a: StartingPicture, b: StartingPicture) -> Bool { a.picture == b.picture }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(picture.shape)
        picture.withUnsafeScalars { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// As the hash of its pixels.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(FileDigest.sha256(of: picture))
    }

    /// The picture at another size, with so many channels: opacity starts at one half.
    func resized(height: Int, width: Int, channels: Int) -> Tensor {
        let fitting = picture.shape[0] == height && picture.shape[1] == width
            ? picture : picture.resized(height: height, width: width, by: .pyTorch(.bilinearAntialiased))
        guard picture.shape[2] != channels else { return fitting }
        return channels == 3
            ? fitting[.ellipsis, 0..<3] : .concatenated([fitting, Tensor(repeating: 0.5, shape: [height, width, 1])], along: 2)
    }
}
