import CVector

/// How the engine computes. Results do not depend on the number of threads, and on the instructions only in the last bits.
///
///     Compute.with(threads: 1) { try model.activations(of: image, at: ["mixed4a"]) }     // leaves the other processors alone
public enum Compute {
    /// Vector instructions, the weakest first.
    public enum Instructions: Int, Comparable, CaseIterable, Sendable {
        /// What every processor of the architecture has (NEON on ARM).
        case portable
        /// AVX2 and FMA.
        case avx2
        /// AVX-512 (F, VL, DQ, BW).
        case avx512

        public static func < (a: Instructions, b: Instructions) -> Bool { a.rawValue < b.rawValue }
    }

    /// Threads that share the work of a layer, the caller's included.
    public static var threads: Int { Int(vector_threads_in_use()) }

    /// The processors that this process may use, or what the environment variable `HOOKE_THREADS` says.
    public static var availableThreads: Int { Int(vector_threads_supported()) }

    /// The instructions in use.
    public static var instructions: Instructions { Instructions(rawValue: Int(vector_level_in_use().rawValue)) ?? .portable }

    /// The best instructions that this processor has, which are used if nothing else is said.
    public static var availableInstructions: Instructions {
        Instructions(rawValue: Int(vector_level_supported().rawValue)) ?? .portable
    }

    /// Runs `body` with other settings, for what this thread computes in it.
    /// - Parameters:
    ///   - threads: from 1 to ``availableThreads``; nil leaves it as it is.
    ///   - instructions: for measurements and tests; what the processor lacks is not used. Nil leaves them as they are.
    public static func with<R>(threads: Int? = nil, instructions: Instructions? = nil, _ body: () throws -> R) rethrows -> R {
        let threadsBefore = threads.map { vector_threads_choose(Int32(clamping: max($0, 1))) }
        let levelBefore = instructions.map { vector_level_choose(Int32($0.rawValue)) }
        defer {
            if let threadsBefore { _ = vector_threads_choose(threadsBefore) }
            if let levelBefore { _ = vector_level_choose(levelBefore) }
        }
        return try body()
    }
}
