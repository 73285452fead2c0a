/// What a subscript of a tensor takes for one axis.
///
///     t[0, 2..<5]              // an index removes its axis, a range keeps it
///     t[0..., (-2)...]         // everything; the last two
///     t[.ellipsis, 0]          // as many whole axes as are missing
///     t[.every(2), .newAxis]   // every second; a new axis of length 1
///
/// Bounds of one-sided ranges, and single indices, count from the end when negative.
public protocol TensorRange: Sendable {
    /// What is meant, before the length of the axis is known.
    var axisSelection: AxisSelection { get }
}

/// What a ``TensorRange`` selects.
public enum AxisSelection: Sendable {
    /// One position; the axis is removed.
    case index(Int)
    /// The positions from `lower` up to but not `upper`, every `step`-th; nothing stands for the end of the axis.
    case range(lower: Int?, upper: Int?, step: Int)
    /// As many whole axes as are missing.
    case ellipsis
    /// A new axis of length 1.
    case newAxis
}

extension Int: TensorRange {
    /// One position; the axis is removed.
    public var axisSelection: AxisSelection { .index(self) }
}

extension Range: TensorRange where Bound == Int {
    /// The positions of the range.
    public var axisSelection: AxisSelection { .range(lower: lowerBound, upper: upperBound, step: 1) }
}

extension ClosedRange: TensorRange where Bound == Int {
    /// The positions of the range, its end included.
    public var axisSelection: AxisSelection { .range(lower: lowerBound, upper: upperBound + 1, step: 1) }
}

extension PartialRangeFrom: TensorRange where Bound == Int {
    /// The positions from the bound to the end of the axis.
    public var axisSelection: AxisSelection { .range(lower: lowerBound, upper: nil, step: 1) }
}

extension PartialRangeUpTo: TensorRange where Bound == Int {
    /// The positions before the bound.
    public var axisSelection: AxisSelection { .range(lower: nil, upper: upperBound, step: 1) }
}

extension PartialRangeThrough: TensorRange where Bound == Int {
    /// The positions up to the bound, itself included.
    public var axisSelection: AxisSelection { .range(lower: nil, upper: upperBound == -1 ? nil : upperBound + 1, step: 1) }
}

/// The selections that have no spelling among Swift's ranges.
public struct NamedTensorRange: TensorRange {
    /// What the name stands for.
    public let axisSelection: AxisSelection
}

extension TensorRange where Self == NamedTensorRange {
    /// The whole axis.
    public static var all: NamedTensorRange { NamedTensorRange(axisSelection: .range(lower: nil, upper: nil, step: 1)) }
    /// As many whole axes as the other selections leave.
    public static var ellipsis: NamedTensorRange { NamedTensorRange(axisSelection: .ellipsis) }
    /// A new axis of length 1.
    public static var newAxis: NamedTensorRange { NamedTensorRange(axisSelection: .newAxis) }
    /// Every `step`-th position from `lower` up to but not `upper`.
    public static func every(_ step: Int, from lower: Int? = nil, upTo upper: Int? = nil) -> NamedTensorRange {
        NamedTensorRange(axisSelection: .range(lower: lower, upper: upper, step: step))
    }
}

extension StridedLayout {
    /// The part of a tensor of the given shape that the selections name.
    init(selecting selections: [AxisSelection], from full: [Int]) {
        let own = StridedLayout(full)
        self.init([])
        func used(_ selections: some Sequence<AxisSelection>) -> Int {
            selections.reduce(0) { count, selection in
                switch selection {
                case .index, .range: count + 1
                case .ellipsis, .newAxis: count
                }
            }
        }
        require(
            used(selections) <= full.count,
            "a tensor of shape \(full) has \(full.count) axes, but \(used(selections)) are selected from")
        var axis = 0
        func keep(through end: Int) {
            shape += full[axis..<end]
            strides += own.strides[axis..<end]
            axis = end
        }
        for (position, selection) in selections.enumerated() {
            switch selection {
            case .newAxis:
                shape.append(1)
                strides.append(0)
            case .ellipsis:
                keep(through: Swift.max(axis, full.count - used(selections[(position + 1)...])))
            case .index(let index):
                let place = index < 0 ? index + full[axis] : index
                require(place >= 0 && place < full[axis], "index \(index) is out of range on axis \(axis) of shape \(full)")
                offset += place * own.strides[axis]
                axis += 1
            case .range(let lower, let upper, let step):
                require(step > 0, "a step of \(step) on axis \(axis): steps are positive, and flipped(_:) reverses")
                func place(_ bound: Int) -> Int { bound < 0 ? bound + full[axis] : bound }
                let (low, high) = (place(lower ?? 0), upper.map(place) ?? full[axis])
                require(
                    low >= 0 && high <= full[axis] && low <= high,
                    "the range \(lower.map(String.init) ?? "")..<\(upper.map(String.init) ?? "") is outside of axis \(axis) of shape "
                        + "\(full)")
                offset += low * own.strides[axis]
                shape.append((high - low + step - 1) / step)
                strides.append(own.strides[axis] * step)
                axis += 1
            }
        }
        keep(through: full.count)
    }
}

extension Tensor {
    /// A part of the tensor: indices remove their axis, ranges keep it; axes that are not mentioned stay whole.
    ///
    ///     let image = batch[0, 8..<24, 8..<24]     // [16, 16, channel]
    ///     batch[.ellipsis, 0] = Tensor(0)          // the first channel set to zero everywhere
    ///
    /// What is set is broadcast to the part's shape. A part along the first axis alone shares its scalars; others are copied.
    public subscript(_ ranges: any TensorRange...) -> Tensor {
        get { selecting(ranges.map(\.axisSelection)) }
        set {
            let layout = StridedLayout(selecting: ranges.map(\.axisSelection), from: shape)
            layout.assign(newValue.broadcast(to: layout.shape), in: &self)
        }
    }

    /// The part that the selections name.
    func selecting(_ selections: [AxisSelection]) -> Tensor {
        let layout = StridedLayout(selecting: selections, from: shape)
        if selections.count == 1, case .range(_, _, 1) = selections[0], count > 0 {
            let lower = layout.offset / (count / shape[0])
            return slices(lower..<lower + layout.shape[0])
        }
        return layout.gather(self)
    }
}
