// One level's kernels of two operands. The result may be written over either of them.

#define LOOP(first, second, expression) \
    _Pragma("clang loop vectorize(assume_safety)") for (ptrdiff_t i = 0; i < count; i++) { \
        const float a = first, b = second; \
        y[i] = expression; \
    }
#define KERNEL(NAME, name, expression) \
    static void LEVEL(name)(float *y, const float *x, ptrdiff_t step_x, const float *z, ptrdiff_t step_z, ptrdiff_t count) { \
        if (step_x && step_z) { \
            LOOP(x[i], z[i], expression) \
        } else if (step_x) { \
            const float one = z[0]; \
            LOOP(x[i], one, expression) \
        } else if (step_z) { \
            const float one = x[0]; \
            LOOP(one, z[i], expression) \
        } else { \
            const float one = x[0], other = z[0]; \
            LOOP(one, other, expression) \
        } \
    }
#define ENTRY(NAME, name, expression) [VECTOR_##NAME] = LEVEL(name),

OPERATIONS(KERNEL)

static void (*const LEVEL(operations)[])(float *, const float *, ptrdiff_t, const float *, ptrdiff_t, ptrdiff_t) = {OPERATIONS(ENTRY)};

static void LEVEL(chosen)(float *y, const float *a, const float *b, const float *mask, ptrdiff_t count) {
#pragma clang loop vectorize(assume_safety)
    for (ptrdiff_t i = 0; i < count; i++) {
        const float one = a[i], other = b[i];
        y[i] = mask[i] != 0 ? other : one;
    }
}

#undef LOOP
#undef KERNEL
#undef ENTRY
