// One level's functions of every element. The result may be written over what is read.

#define KERNEL(NAME, name, expression) \
    static void LEVEL(name)(float *y, const float *input, ptrdiff_t count, float low, float high) { \
        (void)low, (void)high; \
        _Pragma("clang loop vectorize(assume_safety)") for (ptrdiff_t i = 0; i < count; i++) { \
            const float x = input[i]; \
            y[i] = expression; \
        } \
    }
#define ENTRY(NAME, name, expression) [VECTOR_##NAME] = LEVEL(name),

FUNCTIONS(KERNEL)

static void (*const LEVEL(functions)[])(float *, const float *, ptrdiff_t, float, float) = {FUNCTIONS(ENTRY)};

#undef KERNEL
#undef ENTRY
