extension NetworkSketch {
    /// Adds an inception block (Szegedy et al. 2014): a 1x1 convolution, a 3x3 and a 5x5 behind bottlenecks, and a 1x1 behind a max-pool,
    /// side by side as one layer that a reader names; `<block>_pre_relu` is the same before the ReLUs.
    public mutating func inceptionBlock(_ block: InceptionArchitecture.Block, from input: String) -> String {
        let name = block.name + "_"
        func convolution(_ branch: String, _ size: Int, _ outputs: Int, from input: String) -> String {
            layer(name + branch, .convolution(size: size, outputs: outputs, stride: 1), from: input)
        }
        let one = convolution("1x1", 1, block.oneByOne, from: input)
        let threeIn = convolution("3x3_bottleneck", 1, block.threeByThreeBottleneck, from: input)
        let three = convolution("3x3", 3, block.threeByThree, from: threeIn)
        let fiveIn = convolution("5x5_bottleneck", 1, block.fiveByFiveBottleneck, from: input)
        let five = convolution("5x5", 5, block.fiveByFive, from: fiveIn)
        let pool = layer(name + "pool", .maxPool(size: 3, stride: 1), from: input)
        let reduced = convolution("pool_reduce", 1, block.poolReduce, from: pool)
        let branches = [one, three, five, reduced]
        concatenate(name + "pre_relu", branches.map { $0 + "_pre_relu" })
        concatenate(block.name, branches)
        layers.append(block.canonical)
        return block.name
    }
}
