/// How the axes of a value in a network file are made of the axes that its activations have in Hooke.
///
/// Files transpose, flatten, squeeze and reshape; activations stay `[batch, height, width, channel]` (or `[batch, channel]`). So every axis
/// of the file is a product of axes here, outermost first: `[[batch], [channel], [row], [column]]` for PyTorch's maps,
/// `[[batch], [channel, row, column]]` for them flattened. Axes of length 1 are left out (but for the batch): `[[batch], [channel], [], []]`
/// behind a global pooling.
struct AxisOrder: Hashable, Sendable {
    enum Axis: Hashable, Sendable { case batch, channel, row, column }

    /// Why an operation on axes is not possible.
    struct Failure: Error { let reason: String }

    static let rankLimit = 8

    private(set) var axes: [[Axis]]
    let batch, channels, height, width: Int

    enum Layout {
        case channelsFirst, channelsLast
        var order: [Axis] { self == .channelsFirst ? [.batch, .channel, .row, .column] : [.batch, .row, .column, .channel] }
    }

    /// Maps in one of the two usual layouts.
    init(_ layout: Layout, batch: Int, channels: Int, height: Int, width: Int) {
        (self.batch, self.channels, self.height, self.width) = (batch, channels, height, width)
        axes = []
        axes = layout.order.map { shown([$0]) }
    }

    /// Vectors.
    init(batch: Int, channels: Int) {
        (self.batch, self.channels, height, width) = (batch, channels, 1, 1)
        axes = []
        axes = [[.batch], shown([.channel])]
    }

    /// The same axes for maps of another size: those of length 1 appear or disappear where the layout has them.
    func resized(_ layout: Layout, channels: Int, height: Int, width: Int) -> AxisOrder {
        AxisOrder(layout, batch: batch, channels: channels, height: height, width: width)
    }

    private func shown(_ axes: [Axis]) -> [Axis] { axes.filter { $0 == .batch || extent($0) > 1 } }

    func extent(_ axis: Axis) -> Int {
        switch axis {
        case .batch: batch
        case .channel: channels
        case .row: height
        case .column: width
        }
    }

    /// The shape in the file.
    var lengths: [Int] { axes.map { $0.reduce(1) { $0 * extent($1) } } }
    var rank: Int { axes.count }
    var features: Int { channels * height * width }

    func isMaps(_ layout: Layout) -> Bool { axes == layout.order.map { shown([$0]) } }
    /// `[batch, features]`
    var isVectors: Bool { axes.count == 2 && axes[0] == [.batch] }
    /// Whether an axis of the file is just the channels.
    func isChannel(_ axis: Int) -> Bool { axes[axis] == [.channel] }

    /// An axis that may be counted from the end.
    func position(_ axis: Int, rank: Int? = nil) throws(Failure) -> Int {
        let rank = rank ?? self.rank
        let position = axis < 0 ? axis + rank : axis
        guard (0..<rank).contains(position) else { throw Failure(reason: "names axis \(axis) of \(rank)") }
        return position
    }

    func positions(_ list: [Int], rank: Int? = nil) throws(Failure) -> [Int] {
        var result: [Int] = []
        for axis in list {
            let position = try position(axis, rank: rank)
            guard !result.contains(position) else { throw Failure(reason: "names the axis \(axis) twice") }
            result.append(position)
        }
        return result.sorted()
    }

    func transposed(_ permutation: [Int]) throws(Failure) -> AxisOrder {
        guard permutation.sorted() == Array(0..<rank) else { throw Failure(reason: "transposes \(rank) axes to \(permutation)") }
        return with(permutation.map { axes[$0] })
    }

    /// Without axes of length 1: those listed, or all of them.
    func squeezed(_ list: [Int]?) throws(Failure) -> AxisOrder {
        let gone = try list.map { list throws(Failure) in try positions(list) } ?? axes.indices.filter { axes[$0].isEmpty }
        for axis in gone where !axes[axis].isEmpty { throw Failure(reason: "squeezes the axis \(axis), whose length is \(lengths[axis])") }
        return with(axes.indices.filter { !gone.contains($0) }.map { axes[$0] })
    }

    /// With axes of length 1 at these positions of the result.
    func unsqueezed(_ list: [Int]) throws(Failure) -> AxisOrder {
        let rank = self.rank + list.count
        guard rank <= Self.rankLimit else { throw Failure(reason: "makes \(rank) axes") }
        var result = axes
        for position in try positions(list, rank: rank) { result.insert([], at: position) }
        return with(result)
    }

    /// Without one axis, whose single element has been chosen.
    func removing(_ axis: Int) -> AxisOrder { with(axes.indices.filter { $0 != axis }.map { axes[$0] }) }

    /// In another shape, -1 for one length that follows from the others. Axes can be put together and apart again; an axis of the
    /// activations cannot be cut.
    func reshaped(_ target: [Int]) throws(Failure) -> AxisOrder {
        func failure() -> Failure { Failure(reason: "reshapes \(lengths) to \(target), which cuts an axis of the activations or their order") }
        guard (1...Self.rankLimit).contains(target.count), target.filter({ $0 == -1 }).count <= 1, target.allSatisfy({ $0 == -1 || $0 > 0 })
        else { throw failure() }
        let total = lengths.reduce(1, *)
        var known = 1
        for length in target where length > 0 {
            known = known.multipliedReportingOverflow(by: length).partialValue
            guard known > 0, known <= total else { throw failure() }
        }
        guard total % known == 0, known == total || target.contains(-1) else { throw failure() }
        var rest = axes.flatMap { $0 }[...], result: [[Axis]] = []
        for length in target.map({ $0 == -1 ? total / known : $0 }) {
            var group: [Axis] = [], product = 1
            // The batch may be 1, and still has a place: the first.
            while product < length || rest.first == .batch && result.isEmpty && group.isEmpty {
                guard let next = rest.popFirst() else { throw failure() }
                product *= extent(next)
                group.append(next)
            }
            guard product == length else { throw failure() }
            result.append(group)
        }
        guard rest.isEmpty else { throw failure() }
        return with(result)
    }

    private func with(_ axes: [[Axis]]) -> AxisOrder {
        var result = self
        result.axes = axes
        return result
    }

    /// For an axis of the file that holds features: at which place of the file's order stands each feature of ``Flatten``'s order (channel,
    /// row, column). Nil when the two are the same.
    func places(ofFeaturesIn axis: Int) -> [Int]? {
        let order = axes[axis].filter { $0 != .batch }
        guard order != shown([.channel, .row, .column]) else { return nil }
        var strides: [Axis: Int] = [:], stride = 1
        for axis in order.reversed() {
            strides[axis] = stride
            stride *= extent(axis)
        }
        let (c, y, x) = (strides[.channel] ?? 0, strides[.row] ?? 0, strides[.column] ?? 0)
        var places: [Int] = []
        places.reserveCapacity(features)
        for channel in 0..<channels { for row in 0..<height { for column in 0..<width { places.append(channel * c + row * y + column * x) } } }
        return places
    }
}
