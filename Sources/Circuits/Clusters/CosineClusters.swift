import Tensors

/// Vectors of length 1 in groups of like direction, and how well each of them fits into its group.
///
/// Groups come from Ward's agglomeration (1963) of all vectors, cut at the wanted count, and are then improved as by spherical k-means
/// (Dhillon and Modha 2001): every vector joins the group whose mean direction is nearest until none changes. Nothing of it is random.
/// Everything is computed from the cosines between vectors.
struct CosineClusters: Sendable {
    /// By vector, `0..<count`.
    let labels: [Int]
    let count: Int
    /// By vector: Rousseeuw's (1987) `(b - a) / max(a, b)`, with `a` the mean distance `1 - cosine` from the others of the group and `b`
    /// that from the nearest other group; 0 for a group of one.
    let silhouettes: [Double]
    /// The mean cosine with the vectors of each group, oneself left out: `[vector][group]`.
    let similarities: [[Double]]

    /// How well groups are told apart, from -1 to 1.
    var meanSilhouette: Double { silhouettes.isEmpty ? 0 : silhouettes.reduce(0, +) / Double(silhouettes.count) }

    /// The best groups for each of several counts.
    /// - Parameter vectors: `[vector, coordinate]`, each of length 1.
    static func all(of vectors: Tensor, counts: ClosedRange<Int>) -> [CosineClusters] {
        let size = vectors.shape[0]
        let cosines = vectors.matmul(vectors.transposed).scalars.map { Double(min(max($0, -1), 1)) }
        let tree = WardTree(squaredDistances: cosines.map { 2 - 2 * $0 }, size: size)
        return counts.filter { $0 <= size }.map { CosineClusters(tree.cut(into: $0), count: $0, cosines: cosines) }
    }

    private init(_ start: [Int], count: Int, cosines: [Double]) {
        var labels = start, sums = Self.sums(labels, count: count, cosines: cosines)
        for _ in 0..<30 {
            let next = Self.nearest(labels, count: count, sums: sums)
            // A group that would be empty keeps the groups as they are.
            if next == labels || Set(next).count < count { break }
            labels = next
            sums = Self.sums(labels, count: count, cosines: cosines)
        }
        let sizes = Self.sizes(labels, count: count)
        var silhouettes: [Double] = [], similarities: [[Double]] = []
        for (vector, own) in labels.enumerated() {
            var means = (0..<count).map { sums[vector * count + $0] / Double(max(sizes[$0], 1)) }
            let itself = cosines[vector * labels.count + vector]
            means[own] = sizes[own] > 1 ? (sums[vector * count + own] - itself) / Double(sizes[own] - 1) : 0
            let a = 1 - means[own], b = 1 - ((0..<count).filter { $0 != own }.map { means[$0] }.max() ?? means[own])
            silhouettes.append(sizes[own] > 1 && max(a, b) > 1e-6 ? (b - a) / max(a, b) : 0)
            similarities.append(means)
        }
        (self.labels, self.count, self.silhouettes, self.similarities) = (labels, count, silhouettes, similarities)
    }

    private static func sizes(_ labels: [Int], count: Int) -> [Int] {
        labels.reduce(into: [Int](repeating: 0, count: count)) { $0[$1] += 1 }
    }

    /// The sum of the cosines with all vectors of each group: `[vector, group]`.
    private static func sums(_ labels: [Int], count: Int, cosines: [Double]) -> [Double] {
        let size = labels.count
        var sums = [Double](repeating: 0, count: size * count)
        for vector in 0..<size {
            for other in 0..<size { sums[vector * count + labels[other]] += cosines[vector * size + other] }
        }
        return sums
    }

    /// The group whose mean direction is nearest, by vector.
    private static func nearest(_ labels: [Int], count: Int, sums: [Double]) -> [Int] {
        var squares = [Double](repeating: 0, count: count)  // of the groups' sums
        for (vector, label) in labels.enumerated() { squares[label] += sums[vector * count + label] }
        let lengths = squares.map { max($0, 1e-12).squareRoot() }
        return labels.indices.map { vector in
            (0..<count).max { sums[vector * count + $0] / lengths[$0] < sums[vector * count + $1] / lengths[$1] } ?? labels[vector]
        }
    }
}

/// Ward's tree: the two groups are joined whose union has the least more variance than both. Built along chains of nearest neighbours,
/// which finds the same tree in quadratic time (Murtagh 1983).
private struct WardTree {
    private let size: Int
    /// Which two were joined, named by one vector of each, the nearest first.
    private let joins: [(first: Int, second: Int, distance: Double)]

    /// - Parameter squaredDistances: `[vector, vector]`.
    init(squaredDistances: [Double], size: Int) {
        var distances = squaredDistances, weights = [Double](repeating: 1, count: size)
        var alive = Array(0..<size), chain: [Int] = [], joins: [(first: Int, second: Int, distance: Double)] = []
        while alive.count > 1 {
            if chain.isEmpty { chain = [alive[0]] }
            while true {
                let last = chain[chain.count - 1], before = chain.count > 1 ? chain[chain.count - 2] : nil
                // The one before wins a draw, or the chain could go round for ever.
                var best = before, least = before.map { distances[last * size + $0] } ?? .infinity
                for other in alive where other != last && distances[last * size + other] < least {
                    (best, least) = (other, distances[last * size + other])
                }
                guard let best else { break }
                if best == before { break }
                chain.append(best)
            }
            guard chain.count > 1 else { break }
            let gone = chain.removeLast(), kept = chain.removeLast()
            let distance = distances[kept * size + gone]
            joins.append((kept, gone, distance))
            alive.removeAll { $0 == gone }
            for other in alive where other != kept {
                let (a, b, c) = (weights[kept], weights[gone], weights[other])
                let (near, far) = (distances[kept * size + other], distances[gone * size + other])
                let joined = ((a + c) * near + (b + c) * far - c * distance) / (a + b + c)
                distances[kept * size + other] = joined
                distances[other * size + kept] = joined
            }
            weights[kept] += weights[gone]
        }
        self.size = size
        self.joins = joins.enumerated().sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }.map(\.element)
    }

    /// Which of `count` groups each vector is in, groups numbered by their first vector.
    func cut(into count: Int) -> [Int] {
        var parents = Array(0..<size)
        func root(_ vector: Int) -> Int {
            var vector = vector
            while parents[vector] != vector { vector = parents[vector] }
            return vector
        }
        for join in joins.prefix(max(size - count, 0)) { parents[root(join.second)] = root(join.first) }
        var numbers: [Int: Int] = [:]
        return (0..<size).map { vector in
            let group = root(vector), next = numbers.count
            if let number = numbers[group] { return number }
            numbers[group] = next
            return next
        }
    }
}
