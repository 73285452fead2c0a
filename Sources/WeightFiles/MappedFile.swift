import Foundation

/// Why a file cannot be mapped.
struct MappingFailure: Error {
    let reason: String
}

extension Data {
    /// The bytes of a regular file, mapped, not read. Reading a pipe or a device might never end, so these are refused.
    init(mapping path: String) throws(MappingFailure) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw MappingFailure(reason: "there is no such file") }
        let type = try? FileManager.default.attributesOfItem(atPath: (path as NSString).resolvingSymlinksInPath)[.type]
        guard type as? FileAttributeType == .typeRegular else {
            throw MappingFailure(reason: isFolder.boolValue ? "it is a folder" : "it is not a regular file")
        }
        do { self = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe) } catch {
            throw MappingFailure(reason: error.localizedDescription)
        }
    }
}
