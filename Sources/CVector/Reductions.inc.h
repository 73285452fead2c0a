// One level's reductions of a run of elements and of columns.

#define BOTH(name, type, expression) \
    __attribute__((always_inline)) static inline type LEVEL(name##_of)(type a, type b) { return expression; } \
    static double LEVEL(name##_both)(double first, double second) { return LEVEL(name##_of)((type)first, (type)second); }

#define LIFT(name, type, lift) \
    __attribute__((always_inline)) static inline type LEVEL(name##_lift)(float x, double shift) { \
        (void)shift; \
        return lift; \
    }

#define HALVE(name, half) \
    for (int k = 0; k < half; k++) lanes[k] = LEVEL(name##_of)(lanes[k], lanes[k + half]);

// Four rows of lanes at a time: the accumulators are read and written once for all of them.
#define RUN(name, type, initial) \
    static double LEVEL(name##_run)(const float *x, ptrdiff_t count, double shift) { \
        type all = initial; \
        ptrdiff_t i = 0; \
        if (count >= LANES_OF_RUN) { \
            type lanes[LANES_OF_RUN]; \
            for (int k = 0; k < LANES_OF_RUN; k++) lanes[k] = initial; \
            for (; i + 4 * LANES_OF_RUN <= count; i += 4 * LANES_OF_RUN) { \
                const float *first = x + i, *second = first + LANES_OF_RUN; \
                const float *third = second + LANES_OF_RUN, *fourth = third + LANES_OF_RUN; \
                for (int k = 0; k < LANES_OF_RUN; k++) { \
                    const type a = LEVEL(name##_of)(LEVEL(name##_lift)(first[k], shift), LEVEL(name##_lift)(second[k], shift)); \
                    const type b = LEVEL(name##_of)(LEVEL(name##_lift)(third[k], shift), LEVEL(name##_lift)(fourth[k], shift)); \
                    lanes[k] = LEVEL(name##_of)(lanes[k], LEVEL(name##_of)(a, b)); \
                } \
            } \
            for (; i + LANES_OF_RUN <= count; i += LANES_OF_RUN) \
                for (int k = 0; k < LANES_OF_RUN; k++) lanes[k] = LEVEL(name##_of)(lanes[k], LEVEL(name##_lift)(x[i + k], shift)); \
            HALVE(name, 16) HALVE(name, 8) HALVE(name, 4) HALVE(name, 2) HALVE(name, 1) \
            all = lanes[0]; \
        } \
        for (; i < count; i++) all = LEVEL(name##_of)(all, LEVEL(name##_lift)(x[i], shift)); \
        return all; \
    }

#define COLUMNS_OF(name, type, initial) \
    static void LEVEL(name##_columns)( \
        double *y, const float *x, ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t count, double shift) { \
        type all[COLUMNS]; \
        for (ptrdiff_t c = 0; c < count; c++) all[c] = initial; \
        ptrdiff_t row = 0; \
        for (; row + 4 <= rows; row += 4) { \
            const float *restrict first = x + row * stride, *restrict second = first + stride; \
            const float *restrict third = second + stride, *restrict fourth = third + stride; \
            for (ptrdiff_t c = 0; c < count; c++) { \
                const type a = LEVEL(name##_of)(LEVEL(name##_lift)(first[c], shift), LEVEL(name##_lift)(second[c], shift)); \
                const type b = LEVEL(name##_of)(LEVEL(name##_lift)(third[c], shift), LEVEL(name##_lift)(fourth[c], shift)); \
                all[c] = LEVEL(name##_of)(all[c], LEVEL(name##_of)(a, b)); \
            } \
        } \
        for (; row < rows; row++) \
            for (ptrdiff_t c = 0; c < count; c++) all[c] = LEVEL(name##_of)(all[c], LEVEL(name##_lift)(x[row * stride + c], shift)); \
        for (ptrdiff_t c = 0; c < count; c++) y[c] = all[c]; \
    }

#define KERNELS(NAME, name, type, initial, lift, expression) \
    BOTH(name, type, expression) \
    LIFT(name, type, lift) \
    RUN(name, type, initial) \
    COLUMNS_OF(name, type, initial)
#define ENTRY(NAME, name, type, initial, lift, expression) \
    [VECTOR_##NAME] = {LEVEL(name##_run), LEVEL(name##_columns), LEVEL(name##_both)},

REDUCTIONS(KERNELS)

static const reducer LEVEL(reducers)[] = {REDUCTIONS(ENTRY)};

// The place of the first element equal to a value, or of the first NaN.
static ptrdiff_t LEVEL(first)(const float *x, ptrdiff_t count, float value) {
    ptrdiff_t i = 0;
    for (; i + 64 <= count; i += 64) {
        int found = 0;
        for (int k = 0; k < 64; k++) found |= (x[i + k] == value) | (x[i + k] != x[i + k]);
        if (found) break;
    }
    while (i < count && x[i] != value && x[i] == x[i]) i++;
    return i < count ? i : 0;
}

static void LEVEL(place_columns)(float *places, const float *largest, const float *x, ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t count) {
    float found[COLUMNS];
    // From the last row to the first, so that the first place is what remains.
    for (ptrdiff_t c = 0; c < count; c++) found[c] = 0;
    for (ptrdiff_t row = rows - 1; row >= 0; row--) {
        const float *restrict values = x + row * stride, place = (float)row;
        for (ptrdiff_t c = 0; c < count; c++) found[c] = values[c] == largest[c] || values[c] != values[c] ? place : found[c];
    }
    memcpy(places, found, (size_t)count * sizeof *places);
}

// Infinity and NaN are the largest bit patterns without the sign.
static int LEVEL(all_finite)(const float *x, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i += 4096) {
        const ptrdiff_t last = i + 4096 < count ? i + 4096 : count;
        int found = 0;
        for (ptrdiff_t k = i; k < last; k++) found |= !(__builtin_fabsf(x[k]) < __builtin_inff());
        if (found) return 0;
    }
    return 1;
}

#undef BOTH
#undef LIFT
#undef HALVE
#undef RUN
#undef COLUMNS_OF
#undef KERNELS
#undef ENTRY
