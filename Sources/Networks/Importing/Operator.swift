import Tensors
import WeightFiles

/// An operation of a file with its inputs, and checked access to both.
struct Operator {
    let file: FileOperation
    let inputs: [ImportedValue?]
    let source: any NetworkFile

    init(_ file: FileOperation, _ inputs: [ImportedValue?], _ source: any NetworkFile) {
        (self.file, self.inputs, self.source) = (file, inputs, source)
    }

    func failure(_ reason: String) -> ImportError {
        .operation(name: file.name, type: file.type, file: source.name, reason: reason)
    }

    // MARK: Inputs

    func value(_ index: Int) throws -> ImportedValue {
        guard index < inputs.count, let value = inputs[index] else { throw failure("lacks its input \(index)") }
        return value
    }

    /// Activations, whose padding must have been taken over.
    func activation(_ index: Int = 0) throws -> ImportedActivation {
        let result = try padded(index)
        guard result.padding == nil else { throw failure("follows a padding; only convolutions and poolings can") }
        return result
    }

    /// Activations that may be padded.
    func padded(_ index: Int = 0) throws -> ImportedActivation {
        guard case .activation(let result) = try value(index) else {
            throw failure("takes activations as input \(index), not \(try kind(of: index))")
        }
        return result
    }

    func constant(_ index: Int) throws -> ImportedConstant {
        guard case .constant(let result) = try value(index) else {
            throw failure("needs a constant as input \(index), not \(try kind(of: index))")
        }
        return result
    }

    func optionalConstant(_ index: Int) throws -> ImportedConstant? {
        index < inputs.count && inputs[index] != nil ? try constant(index) : nil
    }

    /// The shape of the first input in the file.
    func lengths() throws -> [Int] {
        switch try value(0) {
        case .activation(let x): x.order.lengths
        case .channel(let channel): channel.order.lengths
        case .energy(let energy): energy.order.lengths
        case .constant(let constant): constant.shape
        case .group: throw failure("takes the shape of a part of channels")
        }
    }

    private func kind(of index: Int) throws -> String {
        switch try value(index) {
        case .constant: "a constant"
        case .activation: "activations"
        case .channel: "a single channel"
        case .group: "a part of channels, which only convolutions take"
        case .energy: "squares of activations, which are part of a local response normalization only"
        }
    }

    /// Floats that are all finite.
    func floats(_ constant: ImportedConstant) throws -> Tensor {
        let result = try constant.floats(in: source)
        guard result.firstNonfinite == nil else {
            if let name = constant.name { throw WeightFileError.notFinite(tensor: name, file: source.name) }
            throw failure("gets a number that is not finite")
        }
        return result
    }

    func integers(_ index: Int) throws -> [Int] { try constant(index).integers(in: source) }

    /// A vector of a known length.
    func vector(_ index: Int, count: Int) throws -> Tensor {
        let constant = try constant(index)
        guard constant.count == count else { throw failure("needs \(count) numbers as input \(index), not the shape \(constant.shape)") }
        return try floats(constant).reshaped([count])
    }

    // MARK: Attributes

    func integer(_ name: String, _ otherwise: Int) throws -> Int {
        switch file.attributes[name] {
        case nil: otherwise
        case .integer(let value)?: value
        default: throw failure("has an attribute '\(name)' that is no number")
        }
    }

    func float(_ name: String, _ otherwise: Float) throws -> Float {
        switch file.attributes[name] {
        case nil: return otherwise
        case .float(let value)? where value.isFinite: return value
        default: throw failure("has an attribute '\(name)' that is no number")
        }
    }

    func string(_ name: String, _ otherwise: String) throws -> String {
        switch file.attributes[name] {
        case nil: otherwise
        case .string(let value)?: value
        default: throw failure("has an attribute '\(name)' that is no text")
        }
    }

    func integers(_ name: String) throws -> [Int]? {
        switch file.attributes[name] {
        case nil: nil
        case .integers(let values)?: values
        default: throw failure("has an attribute '\(name)' that is no list of numbers")
        }
    }

    /// Two numbers, for rows and columns, in a range.
    func pair(_ name: String, _ otherwise: Int, in range: ClosedRange<Int> = 1...Model.imageLimit) throws -> (rows: Int, columns: Int) {
        let values = try integers(name) ?? [otherwise, otherwise]
        guard values.count == 2, values.allSatisfy(range.contains) else {
            throw failure("has \(name) \(values); two numbers in \(range.lowerBound) to \(range.upperBound) are expected")
        }
        return (values[0], values[1])
    }
}
