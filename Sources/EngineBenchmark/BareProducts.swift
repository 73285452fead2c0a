import Networks
import Tensors

/// The matrix products that a network's convolutions and dense layers come down to, without anything around them: the yardstick
/// of the engine. OpenBLAS computes them on memory that is already laid out as matrices.
struct BareProducts {
    struct Product {
        var m, n, k: Int
    }

    let forward: [Product]
    /// Those of the gradient with respect to the input.
    let backward: [Product]
    private let left: Tensor
    private let right: Tensor
    private var result: Tensor

    init(_ model: Model, batch: Int, height: Int, width: Int, upTo last: String) throws {
        let shapes = try model.graph.shapes(height: height, width: width)
        var forward: [Product] = []
        for node in model.graph.nodes {
            if case .layer(let layer) = node.operation, let shape = shapes[node.name] {
                if let layer = layer as? Convolution {
                    let k = layer.kernelHeight * layer.kernelWidth * layer.inputChannels
                    forward.append(Product(m: batch * shape.height * shape.width, n: layer.outputChannels, k: k))
                } else if let layer = layer as? Dense {
                    forward.append(Product(m: batch, n: layer.weights.shape[1], k: layer.weights.shape[0]))
                }
            }
            if node.name == last { break }
        }
        self.forward = forward
        backward = forward.map { Product(m: $0.m, n: $0.k, k: $0.n) }
        let all = forward + backward
        left = Tensor(repeating: 0.5, shape: [all.map { $0.m * $0.k }.max() ?? 0])
        right = Tensor(repeating: 0.25, shape: [all.map { $0.n * $0.k }.max() ?? 0])
        result = Tensor(zeros: [all.map { $0.m * $0.n }.max() ?? 0])
    }

    /// Billions of multiplications and additions.
    func gigaflops(_ products: [Product]) -> Double { products.reduce(0) { $0 + 2e-9 * Double($1.m * $1.n * $1.k) } }

    /// Computes all of `products`; in the backward direction the right matrix is read transposed, as the weights are.
    mutating func run(_ products: [Product], transposed: Bool) {
        result.withUnsafeMutableScalars { c in
            left.withUnsafeScalars { a in
                right.withUnsafeScalars { b in
                    for product in products {
                        matrixMultiply(
                            m: product.m, n: product.n, k: product.k, a.baseAddress!, lda: product.k, b.baseAddress!,
                            ldb: transposed ? product.k : product.n, transposeB: transposed, c.baseAddress!, ldc: product.n)
                    }
                }
            }
        }
    }
}
