import Foundation
import Networks
import Tensors
import Testing
import WeightFiles

/// The networks of torchvision and timm beside their own code (`Tests/Peers/zoo_reference.py`), and Caffe's AlexNet beside a transcription
/// in PyTorch (`alexnet_reference.py`).
@Suite struct ZooReferenceTests {
    struct Case: Decodable, CustomStringConvertible {
        var name: String
        var size: Int
        var tensors: [Form]
        /// Norms and products, as in ``SweepTests``.
        var activations: [String: [Double]]
        var logits: String
        var gradient: [Double]
        var oblong: Oblong
        var description: String { name }

        struct Oblong: Decodable {
            var height, width: Int
            var layer: String
            var values: [Double]
        }

        /// A tensor of the file: numbers of the formula, scaled and shifted.
        struct Form: Decodable {
            var name: String
            var shape: [Int]
            var scale, offset: Float

            init(from decoder: Decoder) throws {
                var container = try decoder.unkeyedContainer()
                (name, shape) = (try container.decode(String.self), try container.decode([Int].self))
                (scale, offset) = (try container.decode(Float.self), try container.decode(Float.self))
            }
        }

        func file() -> FormulaFile { FormulaFile(name: name, forms: tensors) }
    }

    /// A weight file that is a formula.
    struct FormulaFile: WeightFile {
        let name: String
        var forms: [Case.Form]
        var tensorNames: [String] { forms.map(\.name).sorted() }
        func shape(of tensor: String) -> [Int]? { forms.first { $0.name == tensor }?.shape }
        func tensor(_ tensor: String) throws -> Tensor {
            let seed = try #require(forms.firstIndex { $0.name == tensor })
            return SweepTests.numbers(seed, forms[seed].shape) * forms[seed].scale + forms[seed].offset
        }
    }

    static func cases() throws -> [Case] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Reference")
        return try ["zoo", "alexnet-caffe"].flatMap {
            try JSONDecoder().decode([Case].self, from: Data(contentsOf: folder.appendingPathComponent($0 + ".json")))
        }
    }

    static func images(_ seed: Int, _ shape: [Int]) -> Tensor { SweepTests.numbers(seed, shape) * 0.5 + 0.5 }

    @Test(arguments: try cases()) func `a narrow network computes what its own library does, at every layer and back to the image`(
        _ one: Case
    ) throws {
        let model = try Model(file: one.file())
        #expect(model.name == one.name && model.details.architecture == one.name && model.inputSize == one.size)
        // All canonical layers but the softmax are compared.
        #expect(Set(model.layers.map(\.name)).subtracting(one.activations.keys) == ["softmax"])
        let image = Self.images(901, [1, one.size, one.size, 3]), layers = one.activations.keys.sorted()
        let found = try model.activations(of: image, at: layers)
        for layer in layers {
            let values = try #require(found[layer])
            let flat = values.rank == 4 && values.shape[1] * values.shape[2] == 1 ? values.reshaped([1, values.shape[3]]) : values
            #expect(SweepTests.agrees(flat, one.activations[layer]!, seed: 20), "\(layer)")
        }
        let result = try model.gradient(of: image, at: [one.logits]) { activations in
            var gradient = Tensor(zeros: activations[one.logits]?.shape ?? [])
            gradient[0, 1] = 1
            return (0, [one.logits: gradient])
        }
        #expect(SweepTests.agrees(result.gradient, one.gradient, seed: 30), "gradient to the image")
        let oblong = try model[one.oblong.layer].activations(of: Self.images(902, [2, one.oblong.height, one.oblong.width, 3]))
        #expect(SweepTests.agrees(oblong, one.oblong.values, seed: 20), "\(one.oblong.layer) of an oblong image")
    }

    @Test(arguments: try cases()) func `a file with a tensor missing, misshapen or too many is refused by name`(_ one: Case) throws {
        let file = one.file(), last = try #require(file.forms.last { $0.name.hasSuffix(".weight") })
        var (missing, misshapen, more) = (file, file, file)
        let lastBias = last.name.replacingOccurrences(of: ".weight", with: ".bias")
        missing.forms.removeAll { $0.name == lastBias }
        #expect { try Model(file: missing) } throws: {
            if case WeightFileError.missing(let tensor, _, _) = $0 { tensor == lastBias } else { false }
        }
        let convolutions = file.forms.indices.filter { file.forms[$0].name.hasSuffix(".weight") && file.forms[$0].shape.count == 4 }
        let middle = convolutions[convolutions.count / 2]
        misshapen.forms[middle].shape[1] += 1
        #expect { try Model(file: misshapen) } throws: {
            if case WeightFileError.shape(let tensor, _, _, _) = $0 { tensor == file.forms[middle].name } else { false }
        }
        more.forms.append(try JSONDecoder().decode(Case.Form.self, from: Data(#"["stray.weight", [2], 1, 0]"#.utf8)))
        #expect { try Model(file: more) } throws: {
            if case WeightFileError.unexpected(let tensors, _, _) = $0 { tensors == ["stray.weight"] } else { false }
        }
    }

    @Test func `every network is recognized by its own files alone`() throws {
        for one in try Self.cases() {
            let file = one.file()
            #expect(Zoo.architectures.filter { $0.recognizes(file) }.map(\.name) == [one.name])
        }
    }

    @Test func `inception's auxiliary head may be absent`() throws {
        var file = try #require(try Self.cases().first { $0.name == "inceptionv3" }).file()
        file.forms.removeAll { $0.name.hasPrefix("AuxLogits") }
        let model = try Model(file: file)
        #expect(model.graph.index(of: "AuxLogits.fc") == nil && model.graph.index(of: "fc") != nil)
    }

    /// At full width, from files: `make test-peers`.
    @Test(
        .enabled(if: ProcessInfo.processInfo.environment["HOOKE_ZOO_REFERENCE"] != nil), arguments: try cases().map(\.name)
    ) func `a network of full width computes what its own library does`(_ name: String) throws {
        let folder = try #require(ProcessInfo.processInfo.environment["HOOKE_ZOO_REFERENCE"])
        let values = try SafetensorsFile(path: "\(folder)/\(name).values.safetensors")
        let model = try Model.load("\(folder)/\(name).weights.safetensors"), image = try values.tensor("images")
        let layers = values.tensorNames.filter { $0.hasPrefix("activation/") }.map { String($0.dropFirst("activation/".count)) }
        #expect(layers.count >= model.layers.count - 1)
        let found = try model.activations(of: image, at: layers)
        for layer in layers {
            let expected = try values.tensor("activation/" + layer), activations = try #require(found[layer])
            #expect(relativeError(activations.reshaped(expected.shape), expected) < 1e-4, "\(layer)")
        }
        let logits = try #require(values.metadata["logits"])
        let result = try model.gradient(of: image, at: [logits]) { activations in
            var gradient = Tensor(zeros: activations[logits]?.shape ?? [])
            gradient[0, 1] = 1
            return (0, [logits: gradient])
        }
        let expected = try values.tensor("gradient")
        let difference = (result.gradient - expected).norm() / expected.norm()
        // At full width rounding decides a few of the millions of ReLUs and maxima: PyTorch's own gradients with 32 and with 64 bits differ by
        // up to some tenths of a percent.
        #expect(difference < 2e-2, "the gradient to the image differs by \(difference) of its norm")
        print("\(name): \(layers.count) nodes, gradient \(difference)")
    }
}

private func cases() throws -> [ZooReferenceTests.Case] { try ZooReferenceTests.cases() }
