import WeightFiles

/// torchvision's InceptionV3 (`inception_v3_google-0cc3c7bd.pth`; Szegedy et al. 2015, "Rethinking the Inception architecture"): images of
/// 299x299.
///
/// Nodes have the names of torchvision's modules, which are TF-Slim's for the blocks: `Conv2d_1a_3x3`, `Mixed_5b`, and inside of it
/// `Mixed_5b.branch5x5_1`; before its ReLU each is `<name>_pre_relu`. Normalizations are folded into the convolutions. Images are mapped to
/// `-1...1`, which is what torchvision's normalization and `transform_input`, true of the published weights, make together; a file whose
/// metadata says `transform_input` "false" gets the normalization alone. The auxiliary head `AuxLogits` is there if the file has it.
struct InceptionV3: Architecture {
    let name = "inceptionv3"

    func recognizes(_ file: any WeightFile) -> Bool {
        file.shape(of: "Conv2d_1a_3x3.conv.weight")?.suffix(3) == [3, 3, 3] && file.shape(of: "Mixed_7c.branch1x1.conv.weight") != nil
    }

    var publication: Publication? {
        .torch("https://download.pytorch.org/models/inception_v3_google-0cc3c7bd.pth", note: "torchvision, from TensorFlow's weights")
    }

    func network(from file: any WeightFile) throws -> (graph: Graph, details: ModelDescription) {
        let normalization: InputNormalization = file.metadata["transform_input"] == "false" ? .imageNet : .range(-1...1)
        var network = NetworkBuilder(file, normalization: normalization)
        for (name, size, stride, padding) in [("1a_3x3", 3, 2, 0), ("2a_3x3", 3, 1, 0), ("2b_3x3", 3, 1, 1)] {
            try network.unit("Conv2d_" + name, (size, size), stride: stride, padding: .all(padding))
            network.layers.append(CanonicalLayer("Conv2d_" + name))
        }
        network.add("maxpool1", MaxPool(size: 3, stride: 2, padding: .valid))
        for (name, size) in [("3b_1x1", 1), ("4a_3x3", 3)] {
            try network.unit("Conv2d_" + name, (size, size), padding: .valid)
            network.layers.append(CanonicalLayer("Conv2d_" + name))
        }
        network.add("maxpool2", MaxPool(size: 3, stride: 2, padding: .valid))
        for name in ["5b", "5c", "5d"] {
            try network.block(name, [
                .init("branch1x1", [.init("branch1x1")]), .init("branch5x5", [.init("branch5x5_1"), .init("branch5x5_2", 5, 5)]),
                .init("branch3x3dbl", [.init("branch3x3dbl_1"), .init("branch3x3dbl_2", 3, 3), .init("branch3x3dbl_3", 3, 3)]),
                .init("branch_pool", [.init("branch_pool")], pool: true),
            ])
        }
        try network.block("6a", [
            .init("branch3x3", [.init("branch3x3", 3, 3, stride: 2)]),
            .init("branch3x3dbl", [.init("branch3x3dbl_1"), .init("branch3x3dbl_2", 3, 3), .init("branch3x3dbl_3", 3, 3, stride: 2)]),
            .init("branch_pool", [], pool: true),
        ])
        for name in ["6b", "6c", "6d", "6e"] {
            try network.block(name, [
                .init("branch1x1", [.init("branch1x1")]),
                .init("branch7x7", [.init("branch7x7_1"), .init("branch7x7_2", 1, 7), .init("branch7x7_3", 7, 1)]),
                .init("branch7x7dbl", [
                    .init("branch7x7dbl_1"), .init("branch7x7dbl_2", 7, 1), .init("branch7x7dbl_3", 1, 7), .init("branch7x7dbl_4", 7, 1),
                    .init("branch7x7dbl_5", 1, 7),
                ]),
                .init("branch_pool", [.init("branch_pool")], pool: true),
            ])
        }
        try auxiliaryHead(&network)
        try network.block("7a", [
            .init("branch3x3", [.init("branch3x3_1"), .init("branch3x3_2", 3, 3, stride: 2)]),
            .init("branch7x7x3", [
                .init("branch7x7x3_1"), .init("branch7x7x3_2", 1, 7), .init("branch7x7x3_3", 7, 1), .init("branch7x7x3_4", 3, 3, stride: 2),
            ]),
            .init("branch_pool", [], pool: true),
        ])
        for name in ["7b", "7c"] {
            try network.block(name, [
                .init("branch1x1", [.init("branch1x1")]),
                .init("branch3x3", [.init("branch3x3_1")], fork: [.init("branch3x3_2a", 1, 3), .init("branch3x3_2b", 3, 1)]),
                .init(
                    "branch3x3dbl", [.init("branch3x3dbl_1"), .init("branch3x3dbl_2", 3, 3)],
                    fork: [.init("branch3x3dbl_3a", 1, 3), .init("branch3x3dbl_3b", 3, 1)]),
                .init("branch_pool", [.init("branch_pool")], pool: true),
            ])
        }
        network.add("avgpool", GlobalAveragePool())
        try network.dense("fc", weights: "fc")
        network.add("softmax", Softmax())
        return try network.finish(name, inputSize: 299, logits: "fc")
    }

    private func auxiliaryHead(_ network: inout NetworkBuilder) throws {
        guard network.reader.has("AuxLogits.fc.weight") else { return }
        let block = network.last
        network.add("AuxLogits.pool", AveragePool(size: 5, stride: 3, padding: .valid))
        try network.unit("AuxLogits.conv0", (1, 1), padding: .valid)
        try network.unit("AuxLogits.conv1", (5, 5), padding: .valid)
        network.add("AuxLogits.avgpool", GlobalAveragePool())
        try network.dense("AuxLogits.fc", weights: "AuxLogits.fc")
        network.resume(at: block)
    }
}

/// A way through a block: perhaps a pooling, then convolutions one after the other, and perhaps two more side by side.
private struct Branch {
    struct Unit {
        let name: String
        let kernel: (Int, Int)
        let stride: Int

        init(_ name: String, _ height: Int = 1, _ width: Int = 1, stride: Int = 1) {
            (self.name, kernel, self.stride) = (name, (height, width), stride)
        }
    }

    let name: String
    let units, fork: [Unit]
    let hasPool: Bool

    init(_ name: String, _ units: [Unit], fork: [Unit] = [], pool: Bool = false) {
        (self.name, self.units, self.fork, hasPool) = (name, units, fork, pool)
    }

    /// A branch whose convolutions keep the size pads them; one with strides ends without.
    func padding(of unit: Unit) -> Padding {
        guard unit.stride == 1 else { return .valid }
        let (rows, columns) = (unit.kernel.0 / 2, unit.kernel.1 / 2)
        return .explicit(top: rows, bottom: rows, left: columns, right: columns)
    }
}

extension NetworkBuilder {
    /// torchvision's `BasicConv2d`: a convolution without bias, a normalization and a ReLU.
    fileprivate mutating func unit(_ name: String, _ kernel: (Int, Int), stride: Int = 1, padding: Padding) throws {
        try convolution(
            name + "_pre_relu", weights: name + ".conv", size: kernel.0, width: kernel.1, stride: stride, padding: padding,
            normalization: name + ".bn", epsilon: 1e-3)
        add(name, ReLU())
    }

    /// The block `Mixed_<name>`. One that halves the map has a max-pool as its last branch, the others an average of 3x3 before theirs.
    fileprivate mutating func block(_ name: String, _ branches: [Branch]) throws {
        let block = "Mixed_" + name, input = last
        var ends: [String] = []
        for branch in branches {
            resume(at: input)
            if branch.hasPool, branch.units.isEmpty {
                add("\(block).\(branch.name)", MaxPool(size: 3, stride: 2, padding: .valid))
            } else if branch.hasPool {
                add("\(block).\(branch.name)_average", AveragePool(size: 3, stride: 1, padding: .all(1), countsPadding: true))
            }
            for one in branch.units { try unit("\(block).\(one.name)", one.kernel, stride: one.stride, padding: branch.padding(of: one)) }
            if !branch.fork.isEmpty {
                let middle = last, sides = branch.fork.map { "\(block).\($0.name)" }
                for (side, one) in zip(sides, branch.fork) {
                    resume(at: middle)
                    try unit(side, one.kernel, padding: branch.padding(of: one))
                }
                join("\(block).\(branch.name)_pre_relu", sides.map { $0 + "_pre_relu" })
                join("\(block).\(branch.name)", sides)
            }
            ends.append(last)
        }
        // What a max-pool gives has no values before a ReLU.
        if branches.allSatisfy({ !$0.units.isEmpty }) { join(block + "_pre_relu", ends.map { $0 + "_pre_relu" }) }
        join(block, ends)
        var first = 0
        layers.append(
            CanonicalLayer(
                block,
                branches: zip(branches, ends).map { branch, end in
                    defer { first += width(of: end) }
                    return LayerSummary.Branch(name: branch.name, channels: first..<first + width(of: end))
                }))
    }
}
