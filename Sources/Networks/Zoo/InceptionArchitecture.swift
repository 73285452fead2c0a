/// The shape of an InceptionV1-like network: one description for the full network (Szegedy et al. 2014, as released with
/// TensorFlow's "inception5h" graph), for `mini-inception`, and for narrow versions of both.
///
/// Every convolution has a bias and a ReLU, padding is SAME everywhere, and the pool branch of a block is a 3x3 max-pool with
/// stride 1 before its 1x1 convolution. Channels of a block: `[1x1 | 3x3 | 5x5 | pool]`.
public struct InceptionArchitecture: Hashable, Sendable {
    /// The widths of one block.
    public struct Block: Hashable, Sendable {
        /// "mixed3a"
        public var name: String
        public var oneByOne: Int
        public var threeByThreeBottleneck: Int
        public var threeByThree: Int
        public var fiveByFiveBottleneck: Int
        public var fiveByFive: Int
        public var poolReduce: Int
        /// The name of a 3x3 max-pool with stride 2 before the block, if there is one.
        public var poolBefore: String?

        /// - Parameter widths: 1x1, 3x3 bottleneck, 3x3, 5x5 bottleneck, 5x5, pool.
        public init(_ name: String, _ widths: (Int, Int, Int, Int, Int, Int), poolBefore: String? = nil) {
            (self.name, self.poolBefore) = (name, poolBefore)
            (oneByOne, threeByThreeBottleneck, threeByThree, fiveByFiveBottleneck, fiveByFive, poolReduce) = widths
        }

        /// Channels of the block's output.
        public var channels: Int { oneByOne + threeByThree + fiveByFive + poolReduce }

        /// The block with its branches in the order of the output's channels.
        var canonical: CanonicalLayer {
            CanonicalLayer(name, branches: ["1x1": oneByOne, "3x3": threeByThree, "5x5": fiveByFive, "pool_reduce": poolReduce])
        }
    }

    /// One of the two classifiers on the way, which helped gradients to reach the early layers in training:
    /// `head0_pool` (means of 5x5, stride 3: 4x4 positions) -> `head0_bottleneck` (1x1) -> `nn0` (dense) -> `softmax0_pre_activation` ->
    /// `softmax0`.
    public struct AuxiliaryHead: Hashable, Sendable {
        /// 0 or 1.
        public var number: Int
        /// The block that it looks at: "mixed4a" or "mixed4d".
        public var block: String
        /// Channels of the 1x1 convolution, and of the dense layer.
        public var bottleneck, hidden: Int

        public init(_ number: Int, on block: String, bottleneck: Int = 128, hidden: Int = 1024) {
            (self.number, self.block, self.bottleneck, self.hidden) = (number, block, bottleneck, hidden)
        }

        /// Positions of its pooling.
        static let positions = 4 * 4
    }

    /// "inceptionv1", "mini-inception": what weight files call it.
    public var name: String
    /// Height and width of the images for which the head is made.
    public var inputSize: Int
    /// What the network's input makes of images in `0...1`.
    public var inputRange: ClosedRange<Float>
    /// Channels of conv2d0 (7x7, stride 2), conv2d1 (1x1) and conv2d2 (3x3).
    public var stem: [Int]
    /// Whether a 3x3 max-pool with stride 2 follows conv2d0.
    public var hasMaxPool0: Bool
    public var blocks: [Block]
    public var classCount: Int
    /// The heads beside the main one, if the network has kept them.
    public var auxiliaryHeads: [AuxiliaryHead] = []

    /// The full network: 224x224, 1008 outputs.
    public static let inceptionV1 = InceptionArchitecture(
        name: "inceptionv1", inputSize: 224, inputRange: -117...138, stem: [64, 64, 192], hasMaxPool0: true,
        blocks: [
            Block("mixed3a", (64, 96, 128, 16, 32, 32), poolBefore: "maxpool1"),
            Block("mixed3b", (128, 128, 192, 32, 96, 64)),
            Block("mixed4a", (192, 96, 204, 16, 48, 64), poolBefore: "maxpool4"),
            Block("mixed4b", (160, 112, 224, 24, 64, 64)),
            Block("mixed4c", (128, 128, 256, 24, 64, 64)),
            Block("mixed4d", (112, 144, 288, 32, 64, 64)),
            Block("mixed4e", (256, 160, 320, 32, 128, 128)),
            Block("mixed5a", (256, 160, 320, 48, 128, 128), poolBefore: "maxpool10"),
            Block("mixed5b", (384, 192, 384, 48, 128, 128)),
        ],
        classCount: 1008)

    /// The small network that comes with Hooke: 64x64, no maxpool0, seven blocks.
    public static func miniInception(classCount: Int) -> InceptionArchitecture {
        InceptionArchitecture(
            name: "mini-inception", inputSize: 64, inputRange: -117...138, stem: [24, 24, 48], hasMaxPool0: false,
            blocks: [
                Block("mixed3a", (16, 24, 32, 8, 8, 8), poolBefore: "maxpool1"),
                Block("mixed3b", (32, 32, 48, 12, 24, 16)),
                Block("mixed4a", (32, 32, 56, 12, 16, 16), poolBefore: "maxpool4"),
                Block("mixed4b", (32, 32, 64, 12, 16, 16)),
                Block("mixed4c", (32, 32, 64, 16, 16, 16)),
                Block("mixed5a", (64, 48, 80, 16, 32, 32), poolBefore: "maxpool10"),
            ],
            classCount: classCount)
    }

    /// The same network with every width divided (rounded down, at least 1).
    public func narrowed(by divisor: Int) -> InceptionArchitecture {
        func narrow(_ width: Int) -> Int { max(1, width / max(divisor, 1)) }
        var result = self
        result.stem = stem.map(narrow)
        result.blocks = blocks.map {
            Block(
                $0.name,
                (
                    narrow($0.oneByOne), narrow($0.threeByThreeBottleneck), narrow($0.threeByThree),
                    narrow($0.fiveByFiveBottleneck), narrow($0.fiveByFive), narrow($0.poolReduce)
                ), poolBefore: $0.poolBefore)
        }
        result.auxiliaryHeads = auxiliaryHeads.map {
            AuxiliaryHead($0.number, on: $0.block, bottleneck: narrow($0.bottleneck), hidden: narrow($0.hidden))
        }
        return result
    }
}
