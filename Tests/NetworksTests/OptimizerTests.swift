import Networks
import Tensors
import Testing

@Suite struct OptimizerTests {
    /// The settings of the trajectories in `training_reference.py`.
    static let trajectories: [String: TrainingSettings] = {
        func settings(_ rule: Optimizer.Rule, _ rate: Double, decay: Double = 0, clip: Double? = nil) -> TrainingSettings {
            TrainingSettings(batch: 6, steps: 10, rule: rule, rate: rate, decay: decay, clippedNorm: clip, smoothing: 0.1)
        }
        func cycled(
            _ rule: Optimizer.Rule, _ rate: Double, _ schedule: Schedule, _ cycle: ClosedRange<Double>, decay: Double = 0
        ) -> TrainingSettings {
            TrainingSettings(
                batch: 6, steps: 10, rule: rule, rate: rate, schedule: schedule, momentumCycle: cycle, decay: decay, smoothing: 0.1)
        }
        return [
            "sgd": settings(.sgd(), 0.1, decay: 0.01),
            "momentum": settings(.sgd(momentum: 0.9), 0.05, decay: 0.01),
            "nesterov": settings(.sgd(momentum: 0.9, nesterov: true), 0.05, clip: 0.3),
            "adam": settings(.adam(epsilon: 1e-4), 0.01, decay: 0.02),
            "adamW": settings(.adamW(beta1: 0.8, beta2: 0.99, epsilon: 1e-4), 0.01, decay: 0.3, clip: 0.5),
            "cycledMomentum": cycled(.sgd(momentum: 0.9), 0.1, .oneCycle(), 0.85...0.95),
            "cycledAdamW": cycled(.adamW(epsilon: 1e-4), 0.02, .oneCycle(warmUpShare: 0.4), 0.8...0.93, decay: 0.3),
        ]
    }()

    @Test func `ten steps of every optimizer through batch normalization are PyTorch's`() throws {
        let reference = try TrainingReference.committed().trajectories
        #expect(Set(reference.map(\.name)) == Set(Self.trajectories.keys))
        for expected in reference {
            let settings = try #require(Self.trajectories[expected.name])
            let trainer = try Trainer(SmallNetwork.graph(), output: "logits", data: SmallNetwork.Pictures(), settings: settings)
            for step in 0..<10 {
                let (images, labels) = SmallNetwork.batch(step)
                let progress = try trainer.train(on: images, labels: labels)
                #expect(abs(progress.loss - expected.losses[step]) < 1e-4 * expected.losses[step], "\(expected.name), loss of step \(step)")
                #expect(abs(progress.gradientNorm - expected.norms[step]) < 1e-3 * expected.norms[step], "\(expected.name), norm, \(step)")
            }
            let layers = [("conv0", "weights bias"), ("norm0", "gamma beta"),
                ("conv1", "weights bias"), ("norm1", "gamma beta"), ("logits", "weights bias")]
            let names = layers.flatMap { layer, parameters in parameters.split(separator: " ").map { "\(layer).\($0)" } }
            let values = names.flatMap { trainer.parameters[$0]?.scalars ?? [] }
            #expect(SweepTests.agrees(Tensor(values), expected.parameters, seed: 300), "\(expected.name), parameters")
            let averages = ["norm0", "norm1"].flatMap { name -> [Float] in
                guard case .layer(let layer) = trainer.graph[name]?.operation, let norm = layer as? BatchStatisticsNormalization else { return [] }
                return norm.mean.scalars + norm.variance.scalars
            }
            #expect(SweepTests.agrees(Tensor(averages), expected.averages, seed: 310), "\(expected.name), running averages")
        }
    }

    @Test func `a cycle of momentum needs a rule with momentum and a schedule with a cycle`() throws {
        for settings in [
            TrainingSettings(batch: 6, steps: 10, schedule: .cosine(), momentumCycle: 0.85...0.95),
            TrainingSettings(batch: 6, steps: 10, rule: .sgd(), schedule: .oneCycle(), momentumCycle: 0.85...0.95),
            TrainingSettings(batch: 6, steps: 10, schedule: .oneCycle(), momentumCycle: 0.85...1),
        ] {
            #expect(throws: TrainingError.self) {
                try Trainer(SmallNetwork.graph(), output: "logits", data: SmallNetwork.Pictures(), settings: settings)
            }
        }
    }

    @Test func `schedules are PyTorch's`() throws {
        let schedules: [String: Schedule] = [
            "cosine": .cosine(final: 0.1), "oneCycle": .oneCycle(warmUpShare: 0.15), "steps": .steps(at: [5, 9, 20], factor: 0.3),
            "warmUp": .warmUp(steps: 4, then: .cosine()),
        ]
        let reference = try TrainingReference.committed().schedules
        #expect(Set(reference.keys) == Set(schedules.keys))
        for (name, factors) in reference {
            for (step, factor) in factors.enumerated() {
                let found = try #require(schedules[name]).factor(step: step, of: factors.count)
                #expect(abs(found - factor) < 1e-9, "\(name), step \(step)")
            }
        }
        #expect((0..<9).allSatisfy { Schedule.constant.factor(step: $0, of: 9) == 1 })
    }

    @Test func `the cross entropy and its gradient are PyTorch's`() throws {
        for one in try TrainingReference.committed().losses {
            let logits = SweepTests.numbers(one.seed, one.shape) * 5
            let labels = (0..<one.shape[0]).map { $0 * 7 % one.shape[1] }
            let value = try CrossEntropy(smoothing: one.smoothing)(logits, labels: labels)
            #expect(abs(value.loss - one.loss) < 1e-6 * one.loss)
            #expect(SweepTests.agrees(value.gradient, one.gradient, seed: one.seed + 1))
            let best = (0..<one.shape[0]).count { row in
                let values = (0..<one.shape[1]).map { logits[row, $0] }
                return values[labels[row]] == values.max()
            }
            #expect(value.correct == best)
        }
    }

    @Test func `labels that do not fit the logits are refused`() throws {
        #expect(throws: TrainingError.labels("the label 5 is not one of the 5 classes 0...4")) {
            try CrossEntropy()(Tensor(zeros: [2, 5]), labels: [0, 5])
        }
        #expect(throws: TrainingError.self) { try CrossEntropy()(Tensor(zeros: [2, 5]), labels: [0]) }
    }

    @Test func `an optimizer moves tensors of the caller as well`() {
        var parameters = [Tensor([1, 2]), Tensor([3])]
        var optimizer = Optimizer(.sgd(momentum: 0.5), decay: 0)
        for _ in 0..<2 { optimizer.descend(&parameters, along: [Tensor([1, 0]), Tensor([-2])], rate: 0.1) }
        // Steps of 1 and 1.5 gradients.
        #expect(abs(parameters[0][0] - 0.75) < 1e-6 && parameters[0][1] == 2 && abs(parameters[1][0] - 3.5) < 1e-6)
        #expect(optimizer.steps == 2)
    }
}
