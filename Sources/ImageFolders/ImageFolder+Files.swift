import Foundation
import PictureWorld

/// What lies in a folder.
extension ImageFolder {
    private static let endings: Set<String> = ["jpg", "jpeg", "png"]

    /// The names in a folder in byte order, without hidden ones.
    static func contents(of path: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// The files of a class with a picture's ending, as paths in `root`, its folders before what lies in them.
    /// Links in circles end the walk at a depth of 16.
    static func walk(_ root: String, _ folder: String, depth: Int = 0) -> [String] {
        var files: [String] = []
        for name in contents(of: root + "/" + folder) {
            let path = folder.isEmpty ? name : folder + "/" + name
            if endings.contains(URL(fileURLWithPath: name).pathExtension.lowercased()) && !isFolder(root + "/" + path) {
                files.append(path)
            } else if depth < 16, isFolder(root + "/" + path) {
                files += walk(root, path, depth: depth + 1)
            }
        }
        return files
    }

    /// Why a file is no picture, by its first bytes; nil when it may be one.
    static func objection(toFile path: String) -> String? {
        guard let file = FileHandle(forReadingAtPath: path) else { return "the file cannot be opened" }
        defer { try? file.close() }
        guard let start = try? file.read(upToCount: 8), !start.isEmpty else { return "the file is empty" }
        return isPNG(start) || start.starts(with: [0xFF, 0xD8, 0xFF]) ? nil : "the file is neither JPEG nor PNG"
    }

    /// The ending may lie: ImageNet has a PNG that is called JPEG.
    static func isPNG(_ data: Data) -> Bool { data.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) }

    /// FNV-1a over names, labels, sizes and dates of change of files, and the names of the classes: another listing, another hash.
    static func listingHash(_ root: String, _ files: [(name: String, label: Int)], _ classes: [String]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func mix(_ word: UInt64) { hash = (hash ^ word) &* 0x0000_0100_0000_01B3 }
        func mix(_ text: String) {
            mix(UInt64(text.utf8.count))
            for byte in text.utf8 { mix(UInt64(byte)) }
        }
        for name in classes { mix(name) }
        for file in files {
            mix(file.name)
            mix(UInt64(file.label))
            var status = stat()
            guard stat(root + "/" + file.name, &status) == 0 else { continue }
            mix(UInt64(bitPattern: Int64(status.st_size)))
            mix(UInt64(bitPattern: Int64(status.st_mtim.tv_sec)))
            mix(UInt64(bitPattern: Int64(status.st_mtim.tv_nsec)))
        }
        return String(hash, radix: 16)
    }
}
