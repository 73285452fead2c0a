#include "InstructionLevel.h"

// -1 until somebody asks; every thread would find the same, so a race does no harm.
static int best = -1;
// One more than the level that this thread chose, or zero.
static __thread int chosen;

vector_level vector_level_supported(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("fma"))
        return VECTOR_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return VECTOR_AVX2;
#endif
    return VECTOR_PORTABLE;
}

vector_level vector_level_in_use(void) {
    if (chosen) return (vector_level)(chosen - 1);
    int level = __atomic_load_n(&best, __ATOMIC_RELAXED);
    if (level < 0) {
        level = vector_level_supported();
        __atomic_store_n(&best, level, __ATOMIC_RELAXED);
    }
    return (vector_level)level;
}

int vector_level_choose(int level) {
    int before = chosen ? chosen - 1 : -1, most = vector_level_supported();
    chosen = level < 0 ? 0 : (level > most ? most : level) + 1;
    return before;
}
