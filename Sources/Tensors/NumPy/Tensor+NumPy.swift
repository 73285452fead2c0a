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
            Result { () throws(NumPyFileError) in try Tensor(npyBytes: bytes, file: file) }
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

    init(npyBytes bytes: UnsafeRawBufferPointer, file: String) throws(NumPyFileError) {
        let header = try Self.npyHeader(bytes, available: bytes.count, file: file)
        let stored = header.isFortranOrder ? Array(header.shape.reversed()) : header.shape
        let tensor = Tensor(shape: stored) {
            header.element.convert(UnsafeRawBufferPointer(rebasing: bytes[header.dataStart...]), to: $0)
        }
        self = header.isFortranOrder ? tensor.permuted(Array(stored.indices.reversed())) : tensor
    }

    /// The header at the beginning of a file of `available` bytes, once it is certain that they are as many as it announces.
    static func npyHeader(
        _ bytes: UnsafeRawBufferPointer, available: Int, file: String
    ) throws(NumPyFileError) -> (shape: [Int], isFortranOrder: Bool, element: NumPyElement, dataStart: Int) {
        let header: NumPyHeader
        do { header = try NumPyHeader(bytes) } catch { throw .format(file: file, reason: error.reason) }
        guard let element = NumPyElement(header.type) else {
            throw .unsupported(
                file: file, reason: "elements of type '\(header.type.prefix(20))'; save it with array.astype('float32')")
        }
        // Nothing is allocated that the bytes do not fill.
        let size = available - header.dataStart
        guard let count = Tensor.count(of: header.shape), count <= size / element.size, count * element.size == size else {
            throw .format(
                file: file,
                reason: "the shape \(header.shape) of \(element.size)-byte elements does not account for the \(size) bytes "
                    + "after the header")
        }
        return (header.shape, header.isFortranOrder, element, header.dataStart)
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
