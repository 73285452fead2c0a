import Foundation

/// NumPy's `.npy` files: one array each.
///
///     let activations = try Tensor(npy: "activations.npy")
///     try activations.write(npy: "copy.npy")                  // numpy.load("copy.npy")
extension Tensor {
    /// The array in a `.npy` file: floats of 16, 32 or 64 bits, integers and booleans, in either byte order, C or Fortran order.
    /// Doubles and integers beyond 2^24 are rounded to the nearest float.
    /// - Throws: ``NumPyFileError``.
    public init(npy path: String) throws(NumPyFileError) { try self.init(npyData: NumPyFiles.read(path), file: path) }

    /// The array in the bytes of a `.npy` file.
    /// - Parameters:
    ///   - data: the whole file.
    ///   - file: what errors call it.
    /// - Throws: ``NumPyFileError``.
    public init(npyData data: Data, file: String = "the data") throws(NumPyFileError) {
        self = try data.withUnsafeBytes { bytes in
            Result { () throws(NumPyFileError) in try Self.read(bytes, file: file) }
        }.get()
    }

    /// The tensor as the bytes of a `.npy` file: little-endian 32-bit floats in C order.
    public func npyData() -> Data {
        var data = Data(NumPyHeader.bytes(shape: shape))
        withUnsafeScalars { scalars in
            if UInt32(littleEndian: 1) == 1 {
                data.append(contentsOf: UnsafeRawBufferPointer(scalars))
            } else {
                for value in scalars { withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
            }
        }
        return data
    }

    /// Writes a `.npy` file: whole or not at all.
    /// - Throws: ``NumPyFileError/unwritable(file:reason:)``.
    public func write(npy path: String) throws(NumPyFileError) { try NumPyFiles.write(npyData(), to: path) }

    private static func read(_ bytes: UnsafeRawBufferPointer, file: String) throws(NumPyFileError) -> Tensor {
        let header: NumPyHeader
        do { header = try NumPyHeader(bytes) } catch { throw .format(file: file, reason: error.reason) }
        guard let element = NumPyElement(header.type) else {
            throw .unsupported(
                file: file, reason: "elements of type '\(header.type.prefix(20))'; save it with array.astype('float32')")
        }
        // Nothing is allocated that the bytes do not fill; lengths beside a length of 0 are bounded too, since nothing else would.
        let available = bytes.count - header.dataStart
        let (count, extent) = (Self.product(header.shape), Self.product(header.shape.filter { $0 > 0 }))
        guard let count, let extent, extent < 1 << 48, count <= available / element.size, count * element.size == available else {
            throw .format(
                file: file,
                reason: "the shape \(header.shape) of \(element.size)-byte elements does not account for the \(available) bytes "
                    + "after the header")
        }
        let stored = header.isFortranOrder ? Array(header.shape.reversed()) : header.shape
        let tensor = Tensor(shape: stored) { element.convert(UnsafeRawBufferPointer(rebasing: bytes[header.dataStart...]), to: $0) }
        return header.isFortranOrder ? tensor.permuted(Array(stored.indices.reversed())) : tensor
    }

    /// The product of lengths; nothing when it overflows.
    private static func product(_ lengths: [Int]) -> Int? {
        lengths.contains(0)
            ? 0
            : lengths.reduce(1) { product, length in
                product.flatMap { $0.multipliedReportingOverflow(by: length) }.flatMap { $0.overflow ? nil : $0.partialValue }
            }
    }
}

/// Whole files, with errors in NumPy's terms.
enum NumPyFiles {
    static func read(_ path: String) throws(NumPyFileError) -> Data {
        do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw .unreadable(file: path, reason: error.localizedDescription)
        }
    }

    static func write(_ data: Data, to path: String) throws(NumPyFileError) {
        do { try data.write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
            throw .unwritable(file: path, reason: error.localizedDescription)
        }
    }
}
