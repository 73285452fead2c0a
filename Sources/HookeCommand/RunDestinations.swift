import Foundation
import NotebookRunner

/// Where each executed notebook is saved.
struct RunDestinations {
    /// Absolute paths, one for each notebook.
    let paths: [String]

    /// - Parameter output: nil for the notebooks themselves; a file, or a folder for one or many. With many, the folder is made.
    /// - Throws: ``NotebookError`` when two notebooks would be saved to one file, or the folder cannot be made.
    init(notebooks: [String], output: String?) throws {
        let sources = notebooks.map { URL(fileURLWithPath: $0).path }
        guard let output else {
            paths = sources
            try checkDistinct(notebooks)
            return
        }
        let target = URL(fileURLWithPath: output).path
        if notebooks.count > 1 {
            do { try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true) } catch {
                throw NotebookError(
                    file: output, problem: "is no folder and cannot be made (\(error.localizedDescription))", mend: "Name a folder for the notebooks: -o FOLDER")
            }
        }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: target, isDirectory: &isFolder), isFolder.boolValue {
            paths = sources.map { target + "/" + ($0 as NSString).lastPathComponent }
        } else {
            paths = [target]
        }
        try checkDistinct(notebooks)
    }

    private func checkDistinct(_ notebooks: [String]) throws {
        var owners: [String: String] = [:]
        for (path, notebook) in zip(paths, notebooks) {
            if let other = owners.updateValue(notebook, forKey: path) {
                throw NotebookError(file: notebook, problem: "would be saved to the same file as \(other)", mend: "Run them one after the other, with an -o for each")
            }
        }
    }
}
