import Tensors
import Testing

@Suite struct ResizingTests {
    static let rules: [(String, ResizeRule)] = [
        ("tf1-bilinear", .tensorFlow1(.bilinear)), ("tf1-bilinear-aligned", .tensorFlow1(.bilinear, alignCorners: true)),
        ("tf1-nearest", .tensorFlow1(.nearest)), ("tf1-nearest-aligned", .tensorFlow1(.nearest, alignCorners: true)),
        ("tf1-bicubic", .tensorFlow1(.bicubic)), ("tf1-bicubic-aligned", .tensorFlow1(.bicubic, alignCorners: true)),
        ("tf1-area", .tensorFlow1(.area)), ("torch-nearest", .pyTorch(.nearest)), ("torch-nearest-exact", .pyTorch(.nearestExact)),
        ("torch-bilinear", .pyTorch(.bilinear)), ("torch-bilinear-aligned", .pyTorch(.bilinearAlignedCorners)),
        ("torch-bilinear-antialias", .pyTorch(.bilinearAntialiased)), ("torch-bicubic", .pyTorch(.bicubic)),
        ("torch-bicubic-aligned", .pyTorch(.bicubicAlignedCorners)), ("torch-bicubic-antialias", .pyTorch(.bicubicAntialiased)),
        ("torch-area", .pyTorch(.area)), ("pil-nearest", .pil(.nearest)), ("pil-box", .pil(.box)), ("pil-bilinear", .pil(.bilinear)),
        ("pil-hamming", .pil(.hamming)), ("pil-bicubic", .pil(.bicubic)), ("pil-lanczos", .pil(.lanczos)),
    ]
    static let sizes = [(9, 4), (5, 3), (8, 8), (1, 13), (4, 7), (3, 3), (10, 14)]

    @Test(arguments: rules.map(\.0)) func `a rule gives the numbers of the program it is named after`(name: String) throws {
        let rule = try #require(Self.rules.first { $0.0 == name }?.1)
        let file = try TensorReference.file("resizing")
        for (i, (height, width)) in Self.sizes.enumerated() {
            let image = try file.tensor("size\(i)/image"), expected = try file.tensor("size\(i)/\(name)")
            let found = image.resized(height: height, width: width, by: rule)
            #expect(error(found, expected) < 1e-5, "size \(i)")
            #expect(image.slice(0).resized(height: height, width: width, by: rule) == found.slice(0))
        }
    }

    @Test func `the adjoint of every rule is exact`() {
        for (name, rule) in Self.rules {
            for (height, width) in Self.sizes {
                let x = noise(2, 6, 7, 3, seed: 4), y = noise(2, height, width, 3, seed: 5)
                let forward = (x.resized(height: height, width: width, by: rule) * y).sum()
                let backward = (x * y.resizedAdjoint(height: 6, width: 7, by: rule)).sum()
                #expect(abs(forward - backward) < 1e-5 * x.norm() * y.norm(), "\(name), \(height) x \(width)")
            }
        }
    }

    @Test func `every rule leaves a constant picture constant`() {
        let gray = Tensor(repeating: 0.5, shape: [1, 9, 8, 2])
        for (name, rule) in Self.rules {
            for (height, width) in Self.sizes {
                let found = gray.resized(height: height, width: width, by: rule)
                #expect(error(found, Tensor(repeating: 0.5, shape: [1, height, width, 2])) < 2e-6, "\(name)")
            }
        }
    }
}
