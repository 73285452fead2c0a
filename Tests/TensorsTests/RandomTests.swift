import Foundation
import Tensors
import Testing

@Suite struct RandomTests {
    @Test func `the first numbers of a stream are what they have always been`() {
        var random = CounterRandom(seed: 1, stream: 2)
        #expect((0..<3).map { _ in random.next() } == [12690735985171273023, 12761191718613006205, 3834453719171238042])
        #expect((0..<5).map { _ in random.integer(in: -10..<1000) } == [520, 793, 914, 685, 978])
        #expect(Tensor(normal: [4], seed: 3).scalars == [1.7287393, -0.08667969, -0.81805956, -1.4561474])
        #expect(Tensor(uniform: [3], in: -1..<1, seed: 4).scalars == [0.65689385, 0.5641725, -0.08370137])
        #expect(random.permutation(of: 8) == [5, 6, 0, 2, 7, 1, 3, 4])
    }

    @Test func `parts of a stream that are skipped to are the same as in one run`() {
        var whole = CounterRandom(seed: 5)
        let draws = Tensor(uniform: [1000], using: &whole)
        let parts = (0..<4).map { part in
            var random = CounterRandom(seed: 5)
            random.skip(UInt64(250 * part))
            return Tensor(uniform: [250], using: &random)
        }
        #expect(Tensor.concatenated(parts) == draws)
    }

    @Test func `tensors of normal numbers are the numbers of the stream one by one`() {
        var whole = CounterRandom(seed: 12), single = whole
        for count in [3, 0, 4, 1, 1, 5, 2] {
            #expect(Tensor(normal: [count], deviation: 3, using: &whole).scalars == (0..<count).map { _ in Float(single.normal() * 3) })
        }
        #expect(whole.next() == single.next())
    }

    @Test func `normal numbers have the moments and the tails of the normal distribution`() {
        let x = Tensor(normal: [400_000], deviation: 2, seed: 11) / 2
        #expect(abs(x.mean()) < 0.006 && abs(x.variance() - 1) < 0.01)
        #expect(abs(pow(x, 3).mean()) < 0.02 && abs(x.squared.squared.mean() - 3) < 0.06)
        for (bound, share) in [(Float(1), 0.31731), (2, 0.04550), (3, 0.00270)] as [(Float, Double)] {
            let found = Double((abs(x) .> bound).mean())
            #expect(abs(found - share) < 5 * (share / 400_000).squareRoot(), "\(bound)")
        }
        // Neighbours come from one pair of the Box-Muller method.
        #expect(abs((x[.every(2)] * x[.every(2, from: 1)]).mean()) < 0.01)
    }

    @Test func `normal numbers are those of the formula to the last digits of a Double`() {
        var random = CounterRandom(seed: 2), draws = random
        for _ in 0..<10_000 {
            let radius = (-2 * Foundation.log(1 - draws.uniform())).squareRoot(), angle = 2 * Double.pi * draws.uniform()
            #expect(abs(random.normal() - radius * Foundation.cos(angle)) < 1e-14)
            #expect(abs(random.normal() - radius * Foundation.sin(angle)) < 1e-14)
        }
    }

    @Test func `uniform numbers fill their range and never reach its end`() {
        let x = Tensor(uniform: [200_000], in: -3..<5, seed: 6)
        #expect(x.min() >= -3 && x.max() < 5 && abs(x.mean() - 1) < 0.03 && abs(x.variance() - 64 / 12) < 0.05)
        #expect(Tensor(uniform: [100_000], in: 1..<Float(1).nextUp, seed: 7).max() == 1)
    }

    @Test func `permutations and choices hold what they should, each equally often`() {
        var random = CounterRandom(seed: 8)
        var places = [[Int]](repeating: [0, 0, 0, 0], count: 4)
        for _ in 0..<8000 {
            let order = random.permutation(of: 4)
            #expect(order.sorted() == [0, 1, 2, 3])
            for (i, number) in order.enumerated() { places[i][number] += 1 }
        }
        #expect(places.joined().allSatisfy { abs($0 - 2000) < 200 })
        #expect(Set(random.choice(50, of: 100)).count == 50 && random.choice(50, of: 3, replacing: true).allSatisfy { $0 < 3 })
        let drawn = random.choice(10_000, weights: Tensor([1, 0, 3, 0]))
        #expect(abs(drawn.filter { $0 == 2 }.count - 7500) < 250 && drawn.allSatisfy { $0 == 0 || $0 == 2 })
    }
}
