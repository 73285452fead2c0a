// Includes the file TEMPLATE once for every level of instructions; it names its functions LEVEL(name) and may use LANES, the
// floats in a vector register.
#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma,avx2,bmi2"), min_vector_width(512))), apply_to = function)
#define LEVEL(name) avx512_##name
#define LANES 16
#include TEMPLATE
#undef LEVEL
#undef LANES
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,fma,bmi2"), min_vector_width(256))), apply_to = function)
#define LEVEL(name) avx2_##name
#define LANES 8
#include TEMPLATE
#undef LEVEL
#undef LANES
#pragma clang attribute pop
#endif

#define LEVEL(name) portable_##name
#define LANES 4
#include TEMPLATE
#undef LEVEL
#undef LANES

// The version of a function for the level in use.
#if defined(__x86_64__)
#define AT_LEVEL(name) \
    (vector_level_in_use() == VECTOR_AVX512 ? avx512_##name : vector_level_in_use() == VECTOR_AVX2 ? avx2_##name : portable_##name)
#else
#define AT_LEVEL(name) portable_##name
#endif
