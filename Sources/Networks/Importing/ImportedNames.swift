import WeightFiles

/// What the nodes of an imported network are called.
///
/// A TensorFlow graph's nodes keep their names; a convolution that takes over its bias has the bias's, which is the value that the file
/// goes on with (`conv2d0_pre_relu`). Names in ONNX files are made readable by these rules, in this order:
///
/// 1. A layer with weights is called as its weights are: `features.0.weight` belongs to `features.0`.
/// 2. Files of `torch.onnx.export` know the module that an operation was called in: `/features/features.1/Relu` in `features.1`,
///    `/layer1/layer1.0/Add` in `layer1.0`. A module's last operation is its output and has its name. When a module is called again (a ReLU
///    that a block uses twice), the second call is `layer1.0.relu_1`. Other operations have the module's name and their own: `layer1.0.add`.
/// 3. All others keep the operation's name, or where that is empty, the name of its output.
struct ImportedNames {
    /// The name of every draft.
    private(set) var names: [String]
    /// Names of the file that are no names of nodes: what else the operations, values and modules are called.
    private(set) var aliases: [String: String] = [:]

    init(_ drafts: [NetworkImporter.Draft], keepsNames: Bool) {
        names = [String](repeating: "", count: drafts.count)
        var taken: Set<String> = ["input"]
        names[0] = "input"
        let modules = keepsNames ? drafts.map { _ in String?.none } : drafts.map { $0.sources.last.flatMap(Self.module) }

        func take(_ name: String) -> String {
            var result = name, number = 1
            while !taken.insert(result).inserted {
                result = "\(name)_\(number)"
                number += 1
            }
            return result
        }
        if !keepsNames {
            for (index, draft) in drafts.enumerated() {
                guard let weight = draft.weight, weight.hasSuffix(".weight") else { continue }
                let name = String(weight.dropLast(".weight".count))
                if taken.insert(name).inserted { names[index] = name }
            }
        }
        let claimed = taken
        let paths = Modules(modules, isNamed: names.map { !$0.isEmpty })
        for (index, draft) in drafts.enumerated() where names[index].isEmpty {
            let own = draft.sources.last
            guard let module = modules[index], let own else {
                names[index] = take(own?.name ?? "node")
                continue
            }
            let type = own.type.lowercased()
            let hasOwnName = !module.isEmpty && !claimed.contains(module) && (paths.isOutput(index, of: module) || paths.isLeaf(module, in: drafts))
            names[index] = take(hasOwnName ? module : module.isEmpty ? type : module + "." + type)
        }
        for (index, draft) in drafts.enumerated() {
            for name in draft.fileNames where !taken.contains(name) && !name.isEmpty { aliases[name] = names[index] }
        }
        for (module, index) in paths.outputs where !taken.contains(module) && !module.isEmpty { aliases[module] = names[index] }
    }

    /// The path of the module that an operation was called in: from the exporter's notes, or from a name such as `/layer1/layer1.0/Add`,
    /// in which a part that goes on from the one before ("layer1.0" after "layer1") stands for both.
    private static func module(_ operation: FileOperation) -> String? {
        if let module = operation.module { return module }
        guard operation.name.hasPrefix("/") else { return nil }
        var path: [Substring] = []
        for part in operation.name.dropFirst().split(separator: "/").dropLast() {
            if let last = path.last, part.hasPrefix(last + ".") { path.removeLast() }
            path.append(part)
        }
        return path.joined(separator: ".")
    }
}

/// Which operations belong to which module.
private struct Modules {
    /// The last draft in a module or in modules inside of it.
    private(set) var outputs: [String: Int] = [:]
    private var inner: Set<String> = []
    private var direct: [String: [Int]] = [:]

    init(_ modules: [String?], isNamed: [Bool]) {
        for (index, module) in modules.enumerated() {
            guard let module else { continue }
            if !isNamed[index] { direct[module, default: []].append(index) }
            var path = module[...]
            outputs[module] = index
            while let dot = path.lastIndex(of: ".") {
                path = path[..<dot]
                outputs[String(path)] = index
                inner.insert(String(path))
            }
        }
    }

    func isOutput(_ index: Int, of module: String) -> Bool { outputs[module] == index }

    /// Whether a module has no others inside and does one thing only.
    func isLeaf(_ module: String, in drafts: [NetworkImporter.Draft]) -> Bool {
        guard !inner.contains(module), let direct = direct[module] else { return false }
        return direct.allSatisfy { drafts[$0].sources.last?.type == drafts[direct[0]].sources.last?.type }
    }
}
