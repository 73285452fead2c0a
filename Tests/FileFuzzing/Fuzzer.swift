import Foundation
import Tensors
import WeightFiles

/// Damaged files without end, made from a corpus of sound ones: input number i of a seed is always the same.
public struct Fuzzer {
    private let target: FuzzTarget
    private let seeds: [[UInt8]]
    private let seed: UInt64

    /// - Parameter folders: whose files are the corpus; those of other formats are left out.
    public init(_ target: FuzzTarget, folders: [String], seed: UInt64) throws {
        (self.target, self.seed) = (target, seed)
        seeds = try folders.flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted().filter(target.takes).map {
                try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0)))
            }
        }
        guard !seeds.isEmpty else { throw FuzzTarget.Failure(description: "there is no file for \(target) in \(folders)") }
    }

    /// Input number `index`.
    public func input(_ index: Int) -> [UInt8] {
        var mutator = Mutator(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(index), words: target.words)
        var bytes = seeds[mutator.integer(below: seeds.count)]
        let other = seeds[mutator.integer(below: seeds.count)]
        // Half of the time only the part is damaged that a checksum or a length would protect, and what protects it fits again.
        if mutator.integer(below: 2) == 0 {
            switch target {
            case .safetensors: mutateHeader(&bytes, other, &mutator)
            case .model: mutateDescription(&bytes, &mutator)
            case .pyTorch, .numPy: mutateEntry(&bytes, other, &mutator)
            case .pyTorchLegacy: mutatePickle(&bytes, other, &mutator)
            case .onnx, .graphDef: bytes = message(bytes, other, &mutator)
            case .format: mutator.mutate(&bytes, with: other)
            }
        } else {
            mutator.mutate(&bytes, with: other)
        }
        return bytes
    }

    /// Reads input number `index`; true when the file could be read. Throws when the reader did what it must not.
    public func run(_ index: Int) throws -> Bool { try target.read(input(index)) }

    /// Damages the JSON of a safetensors file, and announces its new length.
    private func mutateHeader(_ bytes: inout [UInt8], _ other: [UInt8], _ mutator: inout Mutator) {
        let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= bytes.count - 8 else { return }
        var header = Array(bytes[8..<8 + length])
        mutator.mutate(&header, with: Array(other.dropFirst(8)))
        bytes = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + bytes[(8 + length)...]
    }

    /// Damages the description of a graph, which is a text inside of the header.
    private func mutateDescription(_ bytes: inout [UInt8], _ mutator: inout Mutator) {
        guard let file = try? SafetensorsFile(data: Data(bytes), name: "corpus"), let text = file.metadata["graph"] else { return }
        var description = Array(text.utf8)
        mutator.mutate(&description, with: description)
        let tensors = Dictionary(uniqueKeysWithValues: file.tensorNames.compactMap { name in (try? file.tensor(name)).map { (name, $0) } })
        var metadata = file.metadata
        metadata["graph"] = String(decoding: description, as: UTF8.self)
        if let encoded = try? SafetensorsFile.encode(tensors, metadata: metadata, layout: file.layout) { bytes = [UInt8](encoded) }
    }

    /// Damages one entry of an archive, and packs it anew with the right sizes and checksums.
    private func mutateEntry(_ bytes: inout [UInt8], _ other: [UInt8], _ mutator: inout Mutator) {
        let file = FileBytes(Data(bytes), name: "corpus")
        guard let archive = try? ZipArchive(file) else { return mutator.mutate(&bytes, with: other) }
        var files: [(name: String, contents: Data)] = []
        for entry in archive.entries {
            if let contents = try? archive.withContents(of: entry, { Data($0) }) { files.append((entry.name, contents)) }
        }
        guard !files.isEmpty else { return mutator.mutate(&bytes, with: other) }
        let pickle = files.firstIndex { $0.name.hasSuffix("data.pkl") }
        let chosen = mutator.integer(below: 4) > 0 ? pickle ?? mutator.integer(below: files.count) : mutator.integer(below: files.count)
        var contents = [UInt8](files[chosen].contents)
        mutator.mutate(&contents, with: other)
        files[chosen].contents = Data(contents)
        if let packed = ZipArchive.archive(files) { bytes = [UInt8](packed) }
    }

    /// Damages a message of protobuf inside of one of its fields, at any depth, and announces the new lengths.
    private func message(_ bytes: [UInt8], _ other: [UInt8], _ mutator: inout Mutator) -> [UInt8] {
        var fields: [(start: Int, content: Range<Int>)] = []
        bytes.withUnsafeBytes { file in
            var reader = WireReader(file, 0..<file.count), start = 0
            while let (_, value) = try? reader.next() {
                if case .bytes(let content) = value { fields.append((start, content)) }
                start = reader.position
            }
        }
        var result = bytes
        guard !fields.isEmpty, mutator.integer(below: 5) > 0 else {
            mutator.mutate(&result, with: other)
            return result
        }
        let (start, content) = fields[mutator.integer(below: fields.count)]
        let new = message(Array(bytes[content]), other, &mutator)
        var length: [UInt8] = [], rest = new.count
        repeat {
            length.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        let key = bytes[start..<start + keyLength(bytes, start)]
        result = Array(bytes[..<start]) + key + length + new + bytes[content.upperBound...]
        return result
    }

    /// Bytes of the number and type that a field begins with.
    private func keyLength(_ bytes: [UInt8], _ start: Int) -> Int { bytes[start...].prefix { $0 & 0x80 != 0 }.count + 1 }

    /// Damages an old file behind the magic number and the protocol, which nothing protects.
    private func mutatePickle(_ bytes: inout [UInt8], _ other: [UInt8], _ mutator: inout Mutator) {
        let start = min(bytes.count, 20)
        var rest = Array(bytes[start...])
        mutator.mutate(&rest, with: other)
        bytes = bytes[..<start] + rest
    }
}
