import Foundation
import JupyterProtocol

extension Notebook {
    /// The largest file that is read, in bytes.
    public static let maximumFileBytes = 256 << 20

    /// Reads a notebook of nbformat 4.0 to 4.5. Cells without an id of their own, as before 4.5, are given one.
    /// - Throws: ``NotebookError``, for whatever the file holds.
    public init(path: String) throws(NotebookError) {
        try self.init(parsing: try Self.bytes(of: path), file: path)
    }

    /// Reads a notebook from its text.
    /// - Parameter file: what messages call it.
    /// - Throws: ``NotebookError``.
    public init(parsing data: Data, file: String) throws(NotebookError) {
        let json: JSONValue
        do throws(JSONError) { json = try JSONValue(parsing: data) } catch {
            throw NotebookError(file: file, problem: "\(error)", mend: "The file is no notebook, or is damaged or cut short; restore it or save it again")
        }
        self = try NotebookReader(file: file).notebook(from: json)
    }

    /// The bytes of a regular file that is not too large.
    private static func bytes(of path: String) throws(NotebookError) -> Data {
        func failure(_ problem: String, _ mend: String) -> NotebookError { NotebookError(file: path, problem: problem, mend: mend) }
        // A pipe without a writer would otherwise wait for ever.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot be opened (\(String(cString: strerror(errno))))", "Check the path and its permissions") }
        defer { close(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            throw failure("is not a regular file", "Name a notebook (.ipynb)")
        }
        let limit = maximumFileBytes
        let tooLarge = failure("is larger than \(limit >> 20) MB", "Clear its outputs first (in JupyterLab: Edit, Clear Outputs of All Cells)")
        guard information.st_size <= limit else { throw tooLarge }
        var result = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count == 0 { return result }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("cannot be read (\(String(cString: strerror(errno))))", "Check the disk and the file's permissions")
            }
            // The file may have grown since its size was asked.
            guard result.count + count <= limit else { throw tooLarge }
            result.append(contentsOf: buffer[0..<count])
        }
    }
}

/// Checks the members that running a notebook needs, and carries all others along.
private struct NotebookReader {
    let file: String

    private static let restore = "Open it in JupyterLab and save it again, or restore the file"

    func notebook(from json: JSONValue) throws(NotebookError) -> Notebook {
        guard case .object(var members) = json else { throw wrongType(nil, nil, "an object", json) }
        try checkVersion(members)
        try checkNumbers(json, place: nil)
        let metadata = try object(members["metadata"], cell: nil, "metadata")
        guard case .array(let values)? = members["cells"] else { throw wrongType(nil, "cells", "a list", members["cells"]) }
        var cells: [NotebookCell] = []
        cells.reserveCapacity(values.count)
        for (index, value) in values.enumerated() { cells.append(try cell(value, number: index + 1)) }
        Self.completeIDs(&cells)
        for known in ["nbformat", "nbformat_minor", "metadata", "cells"] { members[known] = nil }
        return Notebook(file: file, metadata: metadata, cells: cells, otherMembers: members)
    }

    private func checkVersion(_ members: [String: JSONValue]) throws(NotebookError) {
        guard let major = members["nbformat"]?.integerValue else { throw wrongType(nil, "nbformat", "an integer", members["nbformat"]) }
        guard major >= 4 else {
            throw NotebookError(
                file: file, place: "'nbformat'", problem: "is \(major), and Hooke reads version 4",
                mend: "Convert it: jupyter nbconvert --to notebook --nbformat 4 \(file)")
        }
        guard let minor = members["nbformat_minor"]?.integerValue else {
            throw wrongType(nil, "nbformat_minor", "an integer", members["nbformat_minor"])
        }
        guard major == 4, (0...Notebook.minorVersion).contains(minor) else {
            throw NotebookError(
                file: file, place: "'nbformat'", problem: "is \(major).\(minor), and Hooke reads 4.0 to 4.\(Notebook.minorVersion)",
                mend: "Save it as version 4.\(Notebook.minorVersion), for instance with nbformat.convert in Python, or use a newer Hooke")
        }
    }

    private func cell(_ json: JSONValue, number: Int) throws(NotebookError) -> NotebookCell {
        guard case .object(var members) = json else { throw wrongType(number, nil, "an object", json) }
        guard let name = members["cell_type"]?.stringValue, let kind = NotebookCell.Kind(rawValue: name) else {
            throw wrongType(number, "cell_type", "'code', 'markdown' or 'raw'", members["cell_type"])
        }
        let metadata = try object(members["metadata"], cell: number, "metadata")
        if let tags = metadata["tags"] {
            guard let list = tags.arrayValue, list.allSatisfy({ $0.stringValue != nil }) else {
                throw wrongType(number, "metadata.tags", "a list of texts", tags)
            }
        }
        var id = ""
        if let given = members["id"] {
            guard let text = given.stringValue else { throw wrongType(number, "id", "a text", given) }
            id = text
        }
        let source = try source(members["source"], cell: number)
        var executionCount: Int?
        var outputs: [JSONValue] = []
        var known = ["cell_type", "metadata", "id", "source"]
        if kind == .code {
            known += ["execution_count", "outputs"]
            switch members["execution_count"] {
            case nil, .null?: break
            case let count?:
                guard let value = count.integerValue, value >= 0 else {
                    throw wrongType(number, "execution_count", "an integer of at least 0, or null", count)
                }
                executionCount = value
            }
            switch members["outputs"] {
            case nil: break
            case .array(let list)? where list.allSatisfy({ $0["output_type"]?.stringValue != nil }): outputs = list
            case let other: throw wrongType(number, "outputs", "a list of objects with an 'output_type'", other)
            }
        }
        for name in known { members[name] = nil }
        return NotebookCell(
            kind: kind, id: id, source: source, metadata: metadata, executionCount: executionCount, outputs: outputs, otherMembers: members)
    }

    private func source(_ json: JSONValue?, cell: Int) throws(NotebookError) -> String {
        switch json {
        case .string(let text)?: return text
        case .array(let lines)?:
            var text = ""
            for line in lines {
                guard case .string(let part) = line else { throw wrongType(cell, "source", "a text or a list of texts", json) }
                text += part
            }
            return text
        default: throw wrongType(cell, "source", "a text or a list of texts", json)
        }
    }

    private func object(_ json: JSONValue?, cell: Int?, _ field: String) throws(NotebookError) -> [String: JSONValue] {
        switch json {
        case nil: return [:]
        case .object(let members)?: return members
        default: throw wrongType(cell, field, "an object", json)
        }
    }

    /// Numbers beyond what a double holds would come back as something else.
    private func checkNumbers(_ json: JSONValue, place: String?) throws(NotebookError) {
        switch json {
        case .double(let value) where !value.isFinite:
            throw NotebookError(file: file, place: place.map { "'\($0)'" }, problem: "the number is too large", mend: "Correct it or remove it")
        case .array(let elements):
            for (index, element) in elements.enumerated() { try checkNumbers(element, place: "\(place ?? "")[\(index)]") }
        case .object(let members):
            for (key, value) in members { try checkNumbers(value, place: place.map { $0 + "." + key } ?? key) }
        default: break
        }
    }

    /// Gives cells whose id is missing, malformed or taken one that follows from their position, so that runs can be compared.
    private static func completeIDs(_ cells: inout [NotebookCell]) {
        var taken: Set<String> = []
        var missing: [Int] = []
        for index in cells.indices where !(NotebookCell.isValidID(cells[index].id) && taken.insert(cells[index].id).inserted) {
            missing.append(index)
        }
        for index in missing { cells[index].id = NotebookCell.freeID("cell-\(index + 1)", taken: &taken) }
    }

    private func wrongType(_ cell: Int?, _ field: String?, _ expected: String, _ found: JSONValue?) -> NotebookError {
        let place = [cell.map { "cell \($0)" }, field.map { "'\($0)'" }].compactMap { $0 }.joined(separator: ", ")
        let what: String
        switch found {
        case nil: what = "is missing; it must be \(expected)"
        case .null?: what = "must be \(expected), not null"
        case .bool?: what = "must be \(expected), not a truth value"
        case .integer?, .double?: what = "must be \(expected), not this number"
        case .string?: what = "must be \(expected), not this text"
        case .array?: what = "must be \(expected), not this list"
        case .object?: what = "must be \(expected), not this object"
        }
        return NotebookError(file: file, place: place.isEmpty ? nil : place, problem: what, mend: Self.restore)
    }
}

extension NotebookCell {
    static func isValidID(_ id: String) -> Bool {
        (1...64).contains(id.utf8.count)
            && id.unicodeScalars.allSatisfy { $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "-" || $0 == "_") }
    }

    /// `wish`, or `wish` with the first number that makes it unique.
    static func freeID(_ wish: String, taken: inout Set<String>) -> String {
        var id = wish
        var number = 2
        while !taken.insert(id).inserted {
            id = "\(wish)-\(number)"
            number += 1
        }
        return id
    }
}
