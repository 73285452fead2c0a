extension Graph {
    /// The canonical layers of a network that nobody described, towards one of its nodes: what a reader would name.
    ///
    /// They lie on the trunk, the nodes that every way from the image to `output` passes; what is inside of a block (the branches of an
    /// inception block, the layers beside a residual connection) can be named, but is not listed. Of the trunk they are
    ///
    /// - every ReLU: a convolution or dense layer is listed as it is after its ReLU, a residual sum likewise;
    /// - concatenations and sums that no ReLU follows directly;
    /// - convolutions and dense layers without a ReLU or a sum behind them, such as the logits;
    /// - the softmax.
    /// - Parameter channels: of every node.
    func canonicalLayers(to output: Int, channels: [Int]) -> [CanonicalLayer] {
        trunk(to: output).compactMap { index in
            let next = users[index].map { nodes[$0].operation }
            func leads(to isKind: (Operation) -> Bool) -> Bool { !next.isEmpty && next.allSatisfy(isKind) }
            switch nodes[index].operation {
            case .input: return nil
            case .concatenation:
                return leads(to: \.isRectifier) ? nil : CanonicalLayer(nodes[index].name, branches: branches(of: index, channels))
            case .sum: return leads(to: \.isRectifier) ? nil : CanonicalLayer(nodes[index].name)
            case .layer(let layer):
                switch layer {
                case is ReLU, is ReLU6, is Softmax: return CanonicalLayer(nodes[index].name)
                case is Convolution, is Dense:
                    let isStep = leads {
                        if case .sum = $0 { true } else if case .layer(let next) = $0 { $0.isRectifier || next is BatchNormalization } else { false }
                    }
                    return isStep ? nil : CanonicalLayer(nodes[index].name)
                default: return nil
                }
            }
        }
    }

    /// What a concatenation puts side by side, by name: what the name has more than that of the block.
    private func branches(of index: Int, _ channels: [Int]) -> [LayerSummary.Branch] {
        var first = 0
        let name = nodes[index].name
        return inputs[index].map { input in
            let width = channels[input]
            defer { first += width }
            let branch = nodes[input].name
            let isInside = branch.hasPrefix(name + "_") || branch.hasPrefix(name + ".")
            return LayerSummary.Branch(name: isInside ? String(branch.dropFirst(name.count + 1)) : branch, channels: first..<first + width)
        }
    }

    /// The nodes that every way from the image to `output` passes, from first to last: the dominators of `output`
    /// (Cooper, Harvey & Kennedy 2001; one pass is enough without cycles).
    private func trunk(to output: Int) -> [Int] {
        var dominators = [Int](repeating: 0, count: nodes.count)
        for index in nodes.indices.dropFirst() {
            guard var meeting = inputs[index].first else { continue }
            for input in inputs[index].dropFirst() {
                var other = input
                while meeting != other {
                    if meeting > other { meeting = dominators[meeting] } else { other = dominators[other] }
                }
            }
            dominators[index] = meeting
        }
        var path = [output]
        while let last = path.last, last != 0 { path.append(dominators[last]) }
        return path.reversed()
    }
}

extension Graph.Operation {
    fileprivate var isRectifier: Bool {
        if case .layer(let layer) = self { layer is ReLU || layer is ReLU6 } else { false }
    }
}
