/// How a program makes pictures larger or smaller. No two programs agree on where the new pixels lie among the old ones; each rule here
/// gives the numbers of the program it is named after.
///
///     image.resized(height: 112, width: 112, by: .pyTorch(.bilinear))
///     image.resized(height: 112, width: 112, by: .pil(.lanczos))
public enum ResizeRule: Hashable, Sendable {
    /// TensorFlow 1's `tf.image.resize_*` and the rule of networks trained with it: `x_in = x_out * scale`, from corner to corner, so that
    /// pictures shift by up to half a pixel. With `alignCorners` the centres of the corner pixels meet.
    case tensorFlow1(TensorFlow1Filter, alignCorners: Bool = false)
    /// `torch.nn.functional.interpolate`, given a size.
    case pyTorch(PyTorchFilter)
    /// `PIL.Image.resize` of pictures of floats (mode `F`): filters as wide as the new pixels, so that nothing is skipped.
    case pil(PILFilter)

    /// How TensorFlow 1 weighs old pixels.
    public enum TensorFlow1Filter: Hashable, Sendable, CaseIterable {
        case nearest, bilinear
        /// Keys' cubic with its parameter at -0.75, looked up in a table of 1024 places between two pixels.
        case bicubic
        /// Means over the part of the picture under a new pixel; pixels at its border count in part.
        case area
    }

    /// The modes of `torch.nn.functional.interpolate`.
    public enum PyTorchFilter: Hashable, Sendable, CaseIterable {
        /// `mode="nearest"`, which looks half a pixel too far to the upper left.
        case nearest
        /// `mode="nearest-exact"`.
        case nearestExact
        case bilinear, bilinearAlignedCorners, bilinearAntialiased
        case bicubic, bicubicAlignedCorners, bicubicAntialiased
        /// `mode="area"`: means over whole pixels.
        case area
    }

    /// The filters of `PIL.Image.Resampling`.
    public enum PILFilter: Hashable, Sendable, CaseIterable { case nearest, box, bilinear, hamming, bicubic, lanczos }
}
