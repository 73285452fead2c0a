import Foundation
import Networks
import Tensors
import Testing

/// What PyTorch computed while it trained (`Tests/Peers/training_reference.py`).
struct TrainingReference: Decodable {
    struct Convolution: Decodable {
        /// The place in the sweep's file.
        var `case`: Int
        /// Norm and products of the weights' gradient, then of the bias's.
        var values: [Double]
    }

    struct Normalization: Decodable {
        var seed: Int
        var shape: [Int]
        var offset: Float
        /// Output, gradients to input, gamma and beta, running mean and variance.
        var values: [[Double]]
    }

    struct Loss: Decodable {
        var seed: Int
        var shape: [Int]
        var smoothing, loss: Double
        var gradient: [Double]
    }

    struct Trajectory: Decodable {
        var name: String
        var losses, norms, parameters, averages: [Double]
    }

    var convolutions: [Convolution]
    var normalizations: [Normalization]
    var losses: [Loss]
    var trajectories: [Trajectory]
    var schedules: [String: [Double]]

    static func committed() throws -> TrainingReference {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Reference/training.json")
        return try JSONDecoder().decode(TrainingReference.self, from: Data(contentsOf: file))
    }
}

/// A network small enough to follow, with the weights that `training_reference.py` gives it.
enum SmallNetwork {
    /// - Parameter activation: in the places of the ReLUs.
    static func graph(activation: any NetworkLayer = ReLU()) throws -> Graph {
        func numbers(_ seed: Int, _ shape: [Int], _ scale: Float) -> Tensor { SweepTests.numbers(seed, shape) * scale }
        return try Graph(nodes: [
            .init("input", .input(channels: 3, range: 0...1)),
            .init("conv0", .layer(try Convolution(weights: numbers(100, [3, 3, 3, 8], 0.4), bias: numbers(110, [8], 0.1))), inputs: ["input"]),
            .init("norm0", .layer(try BatchStatisticsNormalization(channels: 8)), inputs: ["conv0"]),
            .init("relu0", .layer(activation), inputs: ["norm0"]),
            .init(
                "conv1", .layer(try Convolution(weights: numbers(101, [3, 3, 8, 12], 0.4), bias: numbers(111, [12], 0.1), stride: 2)),
                inputs: ["relu0"]),
            .init("norm1", .layer(try BatchStatisticsNormalization(channels: 12)), inputs: ["conv1"]),
            .init("relu1", .layer(activation), inputs: ["norm1"]),
            .init("mean", .layer(GlobalAveragePool()), inputs: ["relu1"]),
            .init("logits", .layer(try Dense(weights: numbers(120, [12, 5], 0.5), bias: Tensor(zeros: [5]))), inputs: ["mean"]),
        ])
    }

    /// The batch of a step.
    static func batch(_ step: Int) -> (images: Tensor, labels: [Int]) {
        ((SweepTests.numbers(200 + step, [6, 9, 10, 3]) + 1) / 2, (0..<6).map { $0 * (step + 2) % 5 })
    }

    /// Pictures by number, for trainers that ask for their own batches.
    struct Pictures: TrainingData {
        var count = 40
        var shape = [9, 10, 3]
        func batch(_ indices: [Int]) -> (images: Tensor, labels: [Int]) {
            (Tensor.stack(indices.map { (SweepTests.numbers(900 + $0, shape) + 1) / 2 }), indices.map { $0 % 5 })
        }
    }
}
