#include "InstructionLevel.h"

// -1 until somebody asks; every thread would find the same, so a race does no harm.
static int chosen = -1;

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
    int level = __atomic_load_n(&chosen, __ATOMIC_RELAXED);
    if (level < 0) {
        level = vector_level_supported();
        __atomic_store_n(&chosen, level, __ATOMIC_RELAXED);
    }
    return (vector_level)level;
}

void vector_level_choose(vector_level level) {
    vector_level best = vector_level_supported();
    __atomic_store_n(&chosen, level > best ? best : level, __ATOMIC_RELAXED);
}
