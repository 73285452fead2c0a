#include "VectorFunctions.h"
#include "InstructionLevel.h"
#include "Tiles.h"

#include <stdint.h>

#pragma STDC FP_CONTRACT OFF

typedef struct {
    float *y;
    const float *x;
    float low, high;
    tiles tiles;
    void (*kernel)(float *y, const float *x, ptrdiff_t count, float low, float high);
} function_job;

typedef union {
    float value;
    int32_t bits;
} number;

#define INLINE __attribute__((always_inline)) static inline

// No call, no branch and no table, so that loops over these become vectors.

// e^x: infinity above the logarithm of the largest number; below that of the smallest normal one, subnormal numbers and 0.
INLINE float exponential(float x) {
    const float low = x < -104 ? -104 : x, inside = low > 89 ? 89 : low;
    // e^x = 2^n e^r, n whole and |r| <= ln 2 / 2: adding 1.5 * 2^23 rounds to a whole number and leaves it in the low bits.
    const number shifted = {.value = inside * 1.4426950408889634f + 12582912.0f};
    const int32_t n = shifted.bits - 0x4B400000;
    const float whole = shifted.value - 12582912.0f;
    // ln 2 in two parts: the first has few enough digits that n times it is exact.
    const float r = (inside - whole * 0.693359375f) + whole * 2.12194440e-4f;
    // The Taylor series; the next term is below a tenth of a unit in the last place.
    float series = 1.0f / 5040;
    series = series * r + 1.0f / 720;
    series = series * r + 1.0f / 120;
    series = series * r + 1.0f / 24;
    series = series * r + 1.0f / 6;
    series = series * r + 0.5f;
    const float rest = series * r * r + r;
    // 2^n in two steps, since it need not be a normal number itself.
    const int32_t half = n >> 1;
    const number first = {.bits = (int32_t)((uint32_t)(half + 127) << 23)}, second = {.bits = (int32_t)((uint32_t)(n - half + 127) << 23)};
    return (first.value + first.value * rest) * second.value;
}

// NaN below 0, -infinity at 0.
INLINE float logarithm(float x) {
    const int tiny = x < 0x1p-126f;
    const number normal = {.value = tiny ? x * 0x1p23f : x};
    // x = 2^n m with m between sqrt(1/2) and sqrt(2); log m = 2 artanh((m - 1) / (m + 1)).
    const uint32_t bits = (uint32_t)normal.bits - 0x3F3504F3;
    const float n = (float)(((int32_t)bits >> 23) - (tiny ? 23 : 0));
    const number m = {.bits = (int32_t)((bits & 0x007FFFFF) + 0x3F3504F3)};
    const float f = m.value - 1, s = f / (m.value + 1), z = s * s;
    float series = 2.0f / 9;
    series = series * z + 2.0f / 7;
    series = series * z + 2.0f / 5;
    series = series * z + 2.0f / 3;
    // 2 s = f - s f: f is exact, so that the logarithm of numbers near 1 is, too.
    const float value = (n * -2.12194440e-4f + (f - s * (f - series * z))) + n * 0.693359375f;
    return x == 0 ? -__builtin_inff() : x < 0 ? __builtin_nanf("") : x < __builtin_inff() ? value : x;
}

INLINE float hyperbolic_tangent(float x) {
    const float size = __builtin_fabsf(x), z = size * size;
    // Near 0 an odd polynomial (Cephes), beyond it from the exponential function, which is then large enough to lose nothing.
    float series = -5.70498872745e-3f;
    series = series * z + 2.06390887954e-2f;
    series = series * z - 5.37397155531e-2f;
    series = series * z + 1.33314422036e-1f;
    series = series * z - 3.33332819422e-1f;
    const float near = series * z * size + size;
    const float far = 1 - 2 / (exponential(2 * (size > 10 ? 10 : size)) + 1);
    return __builtin_copysignf(size < 0.625f ? near : far, x);
}

INLINE float logistic(float x) {
    // From e^-|x| on both sides: it never overflows, and the sum 1 + e^-|x| loses nothing.
    const float power = exponential(-__builtin_fabsf(x)), total = 1 + power;
    return (x < 0 ? power : 1) / total;
}

#define FUNCTIONS(EACH) \
    EACH(EXP, exponential, exponential(x)) \
    EACH(LOG, logarithm, logarithm(x)) \
    EACH(TANH, tangent, hyperbolic_tangent(x)) \
    EACH(SIGMOID, logistic, logistic(x)) \
    EACH(SQRT, root, __builtin_elementwise_sqrt(x)) \
    EACH(ABS, magnitude, __builtin_fabsf(x)) \
    EACH(SIGN, sign, x > 0 ? 1 : x < 0 ? -1 : x) \
    EACH(NEGATE, negation, -x) \
    EACH(RELU, rectified, x < 0 ? 0 : x) \
    EACH(SQUARE, square, x * x) \
    EACH(CUBE, cube, x * x * x) \
    EACH(CLAMP, clamped, x < low ? low : x > high ? high : x) \
    EACH(IS_FINITE, finite, __builtin_fabsf(x) < __builtin_inff() ? 1 : 0)

#define TEMPLATE "Functions.inc.h"
#include "Levels.h"

static void part(void *raw, ptrdiff_t index) {
    const function_job *j = raw;
    const tile t = tile_at(j->tiles, index);
    j->kernel(j->y + t.first_column, j->x + t.first_column, t.last_column - t.first_column, j->low, j->high);
}

void vector_apply(vector_function function, float *y, const float *x, ptrdiff_t count, float low, float high) {
    if (count <= 0) return;
    const ptrdiff_t piece = function <= VECTOR_SIGMOID ? TILE_OF_SLOW_WORK : TILE_OF_FAST_WORK;
    function_job j = {.y = y, .x = x, .low = low, .high = high, .tiles = tiles_of(1, count, piece)};
    j.kernel = AT_LEVEL(functions)[function];
    vector_parallel(tile_count(j.tiles), part, &j);
}
