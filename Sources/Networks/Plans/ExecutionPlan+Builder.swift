extension ExecutionPlan {
    /// The plan while it is being made.
    struct Builder {
        let graph: Graph
        /// Of what is computed.
        let shapes: [ActivationShape?]
        let windows: [Window?]?
        let batch: Int
        var activations: [Region?]
        var gradients: [Region?]
        var steps: [Step] = []
        var scratchCount = 0
        /// Channels and lifetime of every buffer.
        var channels: [Int] = []
        var requests: [SlabLayout.Request] = []
        private var fused: Set<Int> = []
        private var touched: [Bool] = []

        init(graph: Graph, shapes: [ActivationShape?], windows: [Window?]?, batch: Int) {
            (self.graph, self.shapes, self.windows, self.batch) = (graph, shapes, windows, batch)
            activations = [Region?](repeating: nil, count: graph.nodes.count)
            gradients = activations
        }

        private func layer(_ index: Int) -> (any NetworkLayer)? {
            if case .layer(let layer) = graph.nodes[index].operation { layer } else { nil }
        }

        private func isConcatenation(_ index: Int) -> Bool {
            if case .concatenation = graph.nodes[index].operation { true } else { false }
        }

        /// Whether the same positions of two nodes are computed, so that they can have one place.
        private func haveSamePositions(_ index: Int, _ other: Int) -> Bool { windows.map { $0[index] == $0[other] } ?? true }

        private func channelCount(_ index: Int) -> Int { shapes[index]?.channels ?? 0 }

        private mutating func newBuffer(for index: Int) -> Region {
            channels.append(channelCount(index))
            touched.append(false)
            requests.append(SlabLayout.Request(count: batch * (shapes[index]?.count ?? 0), lifetime: 0...0))
            return Region(buffer: channels.count - 1, channel: 0)
        }

        /// Extends the lifetime of the region's buffer to the step that is appended next.
        private mutating func touch(_ region: Region?) {
            guard let buffer = region?.buffer else { return }
            let now = steps.count
            requests[buffer].lifetime = touched[buffer] ? requests[buffer].lifetime.lowerBound...now : now...now
            touched[buffer] = true
        }

        private func isSum(_ index: Int) -> Bool {
            if case .sum = graph.nodes[index].operation { true } else { false }
        }

        /// From the last node to the first: a concatenation gives its inputs their channels, a ReLU gives its input its own place, a sum
        /// one of its inputs, every other node gets a buffer.
        mutating func placeActivations(active: [Bool], fixed: Set<Int>) {
            for index in graph.nodes.indices.reversed() where active[index] {
                let region = activations[index] ?? newBuffer(for: index)
                activations[index] = region
                if isConcatenation(index) {
                    var channel = region.channel
                    for input in graph.inputs[index] {
                        if activations[input] == nil, input != 0, haveSamePositions(input, index) {
                            activations[input] = Region(buffer: region.buffer, channel: channel)
                        }
                        channel += channelCount(input)
                    }
                } else if layer(index) is ReLU {
                    let input = graph.inputs[index][0]
                    if mayOverwrite(input, by: index, active: active, fixed: fixed) {
                        activations[input] = region
                        if layer(input) is Convolution || layer(input) is BatchStatisticsNormalization { fused.formUnion([input, index]) }
                    }
                } else if isSum(index) {
                    // Of three or more only the first: the order of additions, and with it the last bits, is the same in every plan.
                    let candidates = graph.inputs[index].count == 2 ? graph.inputs[index] : [graph.inputs[index][0]]
                    let input = candidates.last { mayOverwrite($0, by: index, active: active, fixed: fixed) }
                    if let input { activations[input] = region }
                }
            }
        }

        /// Whether a node may do its work in the place of one of its inputs: nobody else looks at that. A concatenation's place is also its
        /// inputs', which others may read.
        private func mayOverwrite(_ input: Int, by index: Int, active: [Bool], fixed: Set<Int>) -> Bool {
            activations[input] == nil && input != 0 && !isConcatenation(input) && !fixed.contains(input)
                && graph.users[input].filter { active[$0] } == [index] && haveSamePositions(input, index)
        }

        /// The same for gradients, where a place may be shared only when it is all of the input's gradient. The gradient of a sum is that
        /// of each of its inputs: one of them takes over its place, after the others have had their copies.
        mutating func placeGradients(onPath: [Bool]) {
            for index in graph.nodes.indices.reversed() where onPath[index] {
                let region = gradients[index] ?? newBuffer(for: index)
                gradients[index] = region
                var channel = region.channel
                for input in graph.inputs[index] {
                    let users = graph.users[input].filter { onPath[$0] }
                    let keepsPlace = isConcatenation(index) || layer(index) is ReLU || layer(index) is BatchStatisticsNormalization
                    let takesSum = isSum(index) && !graph.inputs[index].contains { gradients[$0] == region }
                    if onPath[input], users == [index], keepsPlace || takesSum, haveSamePositions(input, index) {
                        gradients[input] = Region(buffer: region.buffer, channel: channel)
                    }
                    if isConcatenation(index) { channel += channelCount(input) }
                }
            }
        }

        mutating func forwardSteps(active: [Bool], wanted: [Int]) {
            guard active.contains(true) else { return }
            for (index, node) in graph.nodes.enumerated() where active[index] {
                switch node.operation {
                case .input:
                    touch(activations[index])
                    steps.append(.loadImages(index))
                case .layer(let layer):
                    let input = graph.inputs[index][0]
                    if layer is ReLU, fused.contains(index) { continue }
                    touch(activations[input])
                    touch(activations[index])
                    reserveScratch(layer, input: input)
                    steps.append(.forward(index, rectified: fused.contains(index)))
                case .concatenation:
                    guard let region = activations[index] else { continue }
                    var channel = region.channel
                    for input in graph.inputs[index] {
                        if activations[input] != Region(buffer: region.buffer, channel: channel) {
                            touch(activations[input])
                            touch(region)
                            steps.append(.concatenate(input: input, into: index, channel: channel))
                        }
                        channel += channelCount(input)
                    }
                case .sum:
                    var isWritten = graph.inputs[index].contains { activations[$0] == activations[index] }
                    for input in graph.inputs[index] where activations[input] != activations[index] {
                        touch(activations[input])
                        touch(activations[index])
                        steps.append(.add(input: input, into: index, accumulate: isWritten))
                        isWritten = true
                    }
                }
            }
            for index in wanted { touch(activations[index]) }
            steps.append(.collect)
        }

        mutating func backwardSteps(
            onPath: [Bool], seeds: Set<Int>, targets: Set<Int>, parameters: Set<Int>, rules: BackwardRules
        ) {
            var written = [Bool](repeating: false, count: graph.nodes.count)
            for index in graph.nodes.indices.reversed() where onPath[index] {
                touch(gradients[index])
                if seeds.contains(index) {
                    steps.append(.seed(index, accumulate: written[index]))
                    written[index] = true
                    touch(gradients[index])
                }
                if targets.contains(index) { steps.append(.emit(index)) }
                switch graph.nodes[index].operation {
                case .input: break
                case .layer(let layer):
                    let input = graph.inputs[index][0]
                    if parameters.contains(index), let trainable = layer as? any TrainableLayer, let shape = shapes[input] {
                        touch(gradients[index])
                        touch(activations[input])
                        scratchCount = max(scratchCount, trainable.parameterScratchCount(for: shape, batch: batch))
                        steps.append(.parameters(index))
                    }
                    guard onPath[input] else { continue }
                    let needs = layer.backwardNeeds(rules)
                    touch(gradients[index])
                    touch(gradients[input])
                    if needs.contains(.input) { touch(activations[input]) }
                    if needs.contains(.output) { touch(activations[index]) }
                    reserveScratch(layer, input: input)
                    steps.append(.backward(index, accumulate: written[input]))
                    written[input] = true
                case .concatenation:
                    guard let region = gradients[index] else { continue }
                    var channel = region.channel
                    for input in graph.inputs[index] {
                        if onPath[input], gradients[input] != Region(buffer: region.buffer, channel: channel) {
                            touch(region)
                            touch(gradients[input])
                            steps.append(.split(from: index, channel: channel, into: input, accumulate: written[input]))
                        }
                        if onPath[input] { written[input] = true }
                        channel += channelCount(input)
                    }
                case .sum:
                    guard let region = gradients[index] else { continue }
                    for input in graph.inputs[index] where onPath[input] {
                        if gradients[input] != region {
                            touch(region)
                            touch(gradients[input])
                            steps.append(.split(from: index, channel: region.channel, into: input, accumulate: written[input]))
                        }
                        written[input] = true
                    }
                }
            }
        }

        private mutating func reserveScratch(_ layer: any NetworkLayer, input: Int) {
            guard let shape = shapes[input] else { return }
            scratchCount = max(scratchCount, layer.scratchCount(for: shape, batch: batch))
        }
    }
}
