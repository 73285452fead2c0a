import WeightFiles

extension FileOperation {
    /// What it reads, also in branches of an `If`.
    var allInputs: [String] {
        var all = inputs
        for case .graph(let operations, _) in attributes.values { all += operations.flatMap(\.inputs) }
        return all
    }
}

extension NetworkFile {
    /// The operations that some values depend on, inputs before users and otherwise in the order of the file. Constants of the file and
    /// values that are known already need nothing.
    /// - Throws: ``ImportError/cycle(_:file:)``; ``ImportError/output(file:reason:)`` for values that nothing makes.
    func operationsNeeded(for outputs: [String], isKnown: (String) -> Bool) throws -> [FileOperation] {
        let producers = producers
        func producer(_ name: String) -> Int? { isKnown(name) || shape(of: name) != nil ? nil : producers.index(of: name) }
        var needed: Set<Int> = [], waiting: [Int] = []
        for output in outputs {
            guard let index = producer(output) else {
                throw ImportError.output(file: self.name, reason: "no operation makes the output '\(output)'")
            }
            waiting.append(index)
        }
        while let index = waiting.popLast() {
            guard needed.insert(index).inserted else { continue }
            waiting += operations[index].allInputs.compactMap(producer)
        }
        // Depth first from the first operation on: a file whose operations are in order stays as it is.
        var order: [FileOperation] = [], done: Set<Int> = [], open: Set<Int> = []
        for start in needed.sorted() where !done.contains(start) {
            var path: [(index: Int, inputs: ArraySlice<Int>)] = [(start, operations[start].allInputs.compactMap(producer)[...])]
            open.insert(start)
            while let last = path.indices.last {
                guard let next = path[last].inputs.popFirst() else {
                    let index = path.removeLast().index
                    open.remove(index)
                    done.insert(index)
                    order.append(operations[index])
                    continue
                }
                if done.contains(next) { continue }
                guard open.insert(next).inserted else {
                    let cycle = path.map(\.index).drop { $0 != next } + [next]
                    throw ImportError.cycle(cycle.map { operations[$0].name }, file: self.name)
                }
                path.append((next, operations[next].allInputs.compactMap(producer)[...]))
            }
        }
        return order
    }

    /// The values that operations make of an input and that no operation reads.
    func sinks(of input: String) -> [String] {
        let producers = producers
        var users: [[Int]] = Array(repeating: [], count: operations.count), waiting: [Int] = []
        for (index, operation) in operations.enumerated() {
            for name in operation.allInputs {
                if name == input { waiting.append(index) }
                if let producer = producers.index(of: name) { users[producer].append(index) }
            }
        }
        var reached: Set<Int> = []
        while let index = waiting.popLast() {
            if reached.insert(index).inserted { waiting += users[index] }
        }
        return reached.sorted().filter { users[$0].isEmpty }.compactMap { operations[$0].outputs.first }
    }

    private var producers: Producers { Producers(operations) }
}

/// Which operation makes a value.
private struct Producers {
    private var indices: [String: Int] = [:]

    init(_ operations: [FileOperation]) {
        for (index, operation) in operations.enumerated() {
            for output in operation.outputs where !output.isEmpty { indices[output] = index }
        }
    }

    func index(of value: String) -> Int? {
        if let index = indices[value] { return index }
        // TensorFlow's second and further outputs: "split:1".
        guard let colon = value.lastIndex(of: ":"), Int(value[value.index(after: colon)...]) != nil else { return nil }
        return indices[String(value[..<colon])]
    }
}
