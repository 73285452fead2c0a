import Tensors

/// What either format of PyTorch's files holds: the pickled value, and where the storages lie.
struct TorchContents {
    var root: PickleValue
    var objects: [PickleObject]
    /// Bytes of the file by key.
    var storages: [String: Range<Int>]
    var isBigEndian = false
}

// MARK: PyTorch 1.6 and later

extension TorchContents {
    /// A ZIP archive of stored entries: `NAME/data.pkl`, `NAME/byteorder`, and a storage in each `NAME/data/KEY`. Checksums are not
    /// compared: PyTorch does not either, and may be told not to write them.
    init(archive file: FileBytes) throws(PyTorchFileError) {
        func failure(_ reason: String) -> PyTorchFileError { .format(file: file.name, reason: reason) }
        let places: [String: Range<Int>]
        do { places = try Self.places(file) } catch { throw failure(error.reason) }
        let pickles = places.keys.filter { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }.sorted()
        guard let pickle = pickles.first, pickles.count == 1, let place = places[pickle] else {
            throw failure(pickles.isEmpty ? "the archive has no entry 'data.pkl'" : "the archive has \(pickles.count) pickles")
        }
        let prefix = String(pickle.dropLast("data.pkl".count))
        let order = places[prefix + "byteorder"].map { place in
            file.withUnsafeBytes { String(decoding: $0[place].prefix(16), as: UTF8.self) }
        }
        guard ["little", "big", nil].contains(order) else { throw failure("its byte order is '\(order ?? "")', not little or big") }
        isBigEndian = order == "big"

        (root, objects) = try file.withUnsafeBytes { bytes throws(PyTorchFileError) in
            var reader = PickleReader(bytes, place, file: file.name)
            return (try reader.read(), reader.objects)
        }
        storages = [:]
        let folder = prefix + "data/"
        for (name, place) in places where name.hasPrefix(folder) { storages[String(name.dropFirst(folder.count))] = place }
    }

    private static func places(_ file: FileBytes) throws(ZipArchive.Flaw) -> [String: Range<Int>] {
        let archive = try ZipArchive(file)
        guard !archive.entries.contains(where: { $0.name.hasSuffix("/constants.pkl") }) else {
            throw ZipArchive.Flaw(reason: "it is a TorchScript program; in Python, write torch.save(model.state_dict(), …)")
        }
        var places: [String: Range<Int>] = [:]
        for entry in archive.entries {
            guard !entry.isDeflated else {
                throw ZipArchive.Flaw(reason: "\(entry.label) is compressed, which PyTorch never does; unpack the archive and store it")
            }
            places[entry.name] = try archive.place(of: entry)
        }
        return places
    }
}

// MARK: Before PyTorch 1.6

extension TorchContents {
    /// The first pickle of an old file: 0x1950A86A20F9469CFC6C, little-endian.
    static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

    /// Five pickles (magic number, protocol, the machine, the value, the keys of the storages) and then the storages: a count in 8
    /// bytes and the numbers of each.
    init(pickles file: FileBytes) throws(PyTorchFileError) {
        (root, objects, storages) = try file.withUnsafeBytes { bytes throws(PyTorchFileError) in
            func failure(_ reason: String) -> PyTorchFileError { .format(file: file.name, reason: reason) }
            var reader = PickleReader(bytes, 0..<bytes.count, file: file.name)
            guard bytes.first == 0x80, case .bytes(let place) = try reader.read(), bytes[place].elementsEqual(Self.magic) else {
                throw failure("it begins neither like a ZIP archive nor with the number that marks older files")
            }
            guard case .integer(1001) = try reader.read() else { throw failure("its protocol is not 1001") }
            guard case .object(let machine) = try reader.read(), case .dictionary(let properties) = reader.objects[machine] else {
                throw failure("it does not describe the machine that wrote it")
            }
            for case (.text("little_endian"), .boolean(false)) in properties {
                throw failure("a machine with the other order of bytes wrote it; save it anew there with PyTorch 1.6 or later")
            }
            let root = try reader.read()
            guard case .object(let list) = try reader.read(), case .list(let keys) = reader.objects[list] else {
                throw failure("it does not list its storages")
            }
            return (root, reader.objects, try Self.storages(keys, reader, bytes, file.name))
        }
    }

    private static func storages(
        _ keys: [PickleValue], _ reader: PickleReader, _ bytes: UnsafeRawBufferPointer, _ file: String
    ) throws(PyTorchFileError) -> [String: Range<Int>] {
        var types: [String: NumberType] = [:]
        for case .storage(let storage) in reader.objects { types[storage.key] = storage.type }
        var (storages, position): ([String: Range<Int>], Int) = ([:], reader.position)
        for key in keys {
            guard case .text(let key) = key, let type = types[key], storages[key] == nil else {
                throw .format(file: file, reason: "the list of its storages does not fit its tensors")
            }
            func failure(_ reason: String) -> PyTorchFileError { .format(file: file, reason: "the storage '\(key.prefix(40))' \(reason)") }
            guard position <= bytes.count - 8 else { throw failure("begins at \(position), where the file has ended") }
            let count = Int(Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Int64.self)))
            position += 8
            guard count >= 0, count <= (bytes.count - position) / type.size else {
                throw failure("of \(count) numbers at \(position) goes beyond the end of \(bytes.count) bytes")
            }
            storages[key] = position..<position + count * type.size
            position += count * type.size
        }
        return storages
    }
}
