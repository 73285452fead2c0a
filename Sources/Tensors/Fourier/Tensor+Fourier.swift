/// Fourier transforms over the last two axes, with NumPy's names and norms: `irfft2` undoes `rfft2`.
///
///     let planes = image.permuted(0, 3, 1, 2)                     // [batch, channel, height, width]
///     var spectrum = planes.rfft2()                               // [2, batch, channel, height, width / 2 + 1]
///     spectrum[.ellipsis, 0, 0] = Tensor(0)                       // no mean
///     spectrum.irfft2(width: image.shape[2])
extension Tensor {
    /// The discrete Fourier transform of real planes `[..., height, width]`: `[2, ..., height, width / 2 + 1]`, real parts first, then
    /// imaginary ones. The frequencies along x that are left out are conjugates of others.
    public func rfft2() -> Tensor { fourier("rfft2", width: nil, isInverse: false) }

    /// The real planes `[..., height, width]` of a spectrum `[2, ..., height, width / 2 + 1]`.
    /// - Parameter width: the width of the planes, which the spectrum determines but for one.
    public func irfft2(width: Int) -> Tensor { fourier("irfft2", width: width, isInverse: true) }

    /// The adjoint of ``rfft2()``, from `[2, ..., height, width / 2 + 1]` to `[..., height, width]`.
    public func rfft2Adjoint(width: Int) -> Tensor { fourier("rfft2Adjoint", width: width, isInverse: false) }

    /// The adjoint of ``irfft2(width:)``, from `[..., height, width]` to `[2, ..., height, width / 2 + 1]`.
    public func irfft2Adjoint() -> Tensor { fourier("irfft2Adjoint", width: nil, isInverse: true) }

    /// Planes of the given width from spectra, or spectra from planes.
    private func fourier(_ operation: String, width: Int?, isInverse: Bool) -> Tensor {
        if let width {
            require(
                rank >= 3 && shape[0] == 2 && shape[rank - 2] > 0 && width > 0 && shape[rank - 1] == width / 2 + 1,
                "\(operation)(width: \(width)) of shape \(shape): needed is [2, ..., height, \(width / 2 + 1)]")
        } else {
            require(
                rank >= 2 && shape[rank - 2] > 0 && shape[rank - 1] > 0,
                "\(operation) of shape \(shape): needed is [..., height, width], neither of them 0")
        }
        let transform = RealFourierTransform(height: shape[rank - 2], width: width ?? shape[rank - 1], isInverse: isInverse)
        return width == nil ? transform.analysis(self) : transform.synthesis(self)
    }
}
