import CVector

/// How the engine computes, for the whole process. Results do not depend on the threads, and on the instructions only in the last bits.
///
///     Compute.threads = 1          // leaves the other processors to somebody else
public enum Compute {
    /// Threads that share the work of a layer, the caller's included: from 1 to ``availableThreads``, which it is at first.
    public static var threads: Int {
        get { Int(vector_threads_in_use()) }
        set { vector_threads_choose(Int32(clamping: newValue)) }
    }

    /// The processors that this process may use, or what the environment variable `HOOKE_THREADS` says.
    public static var availableThreads: Int { Int(vector_threads_supported()) }

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

    /// The instructions in use: at first the best that this processor has. Others can be chosen for measurements; what the processor lacks
    /// is not used.
    public static var instructions: Instructions {
        get { Instructions(rawValue: Int(vector_level_in_use().rawValue)) ?? .portable }
        set { vector_level_choose(vector_level(rawValue: UInt32(newValue.rawValue))) }
    }

    /// The best instructions that this processor has.
    public static var availableInstructions: Instructions {
        Instructions(rawValue: Int(vector_level_supported().rawValue)) ?? .portable
    }
}
