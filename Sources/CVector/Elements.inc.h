// One level's elementwise kernels: rows `first` to `last` of an `element_job`.

static void LEVEL(copy)(const element_job *j, ptrdiff_t first, ptrdiff_t last) {
    const float scale = j->scale, shift = j->shift;
    for (ptrdiff_t p = first; p < last; p++) {
        float *restrict y = j->y.base + p * j->y.stride;
        const float *restrict x = j->x.base + p * j->x.stride;
        if (j->accumulate) {
            for (ptrdiff_t c = 0; c < j->channels; c++) y[c] += x[c] * scale + shift;
        } else {
            for (ptrdiff_t c = 0; c < j->channels; c++) y[c] = x[c] * scale + shift;
        }
    }
}

static void LEVEL(affine)(const element_job *j, ptrdiff_t first, ptrdiff_t last) {
    const float *restrict scales = j->scales, *restrict shifts = j->shifts;
    for (ptrdiff_t p = first; p < last; p++) {
        float *restrict y = j->y.base + p * j->y.stride;
        const float *restrict x = j->x.base + p * j->x.stride;
        for (ptrdiff_t c = 0; c < j->channels; c++) {
            const float value = x[c] * scales[c] + (shifts ? shifts[c] : 0);
            y[c] = j->accumulate ? y[c] + value : value;
        }
    }
}

static void LEVEL(fill)(const element_job *j, ptrdiff_t first, ptrdiff_t last) {
    const float value = j->shift;
    for (ptrdiff_t p = first; p < last; p++) {
        float *y = j->y.base + p * j->y.stride;
        for (ptrdiff_t c = 0; c < j->channels; c++) y[c] = value;
    }
}

// The result may be written over what is read; each element depends on nothing but itself.
static void LEVEL(rectify)(const element_job *j, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t p = first; p < last; p++) {
        float *y = j->y.base + p * j->y.stride;
        const float *x = j->x.base + p * j->x.stride;
#pragma clang loop vectorize(assume_safety)
        for (ptrdiff_t c = 0; c < j->channels; c++) y[c] = x[c] > 0 ? x[c] : 0;
    }
}

// y is the gradient that is written, x the incoming one, z the activation.
static void LEVEL(gate)(const element_job *j, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t p = first; p < last; p++) {
        float *d = j->y.base + p * j->y.stride;
        const float *g = j->x.base + p * j->x.stride;
        const float *y = j->gate == VECTOR_GATE_RAISING ? g : j->z.base + p * j->z.stride;
        if (j->gate == VECTOR_GATE_GUIDED) {
            const int kept = j->accumulate;
#pragma clang loop vectorize(assume_safety)
            for (ptrdiff_t c = 0; c < j->channels; c++) {
                const float gradient = g[c];
                d[c] = (kept ? d[c] : 0) + ((y[c] > 0) & (gradient > 0) ? gradient : 0);
            }
        } else if (j->accumulate) {
#pragma clang loop vectorize(assume_safety)
            for (ptrdiff_t c = 0; c < j->channels; c++) {
                const float gradient = g[c];
                d[c] += y[c] > 0 ? gradient : 0;
            }
        } else {
#pragma clang loop vectorize(assume_safety)
            for (ptrdiff_t c = 0; c < j->channels; c++) {
                const float gradient = g[c];
                d[c] = y[c] > 0 ? gradient : 0;
            }
        }
    }
}

static int LEVEL(reaches)(const element_job *j, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t p = first; p < last; p++) {
        const float *g = j->x.base + p * j->x.stride, *y = j->z.base + p * j->z.stride;
        int found = 0;
        for (ptrdiff_t c = 0; c < j->channels; c++) found |= (y[c] > 0) & (g[c] != 0);
        if (found) return 1;
    }
    return 0;
}

// exp(x) for x <= 0: 2^n * 2^f with f in -0.5...0.5, whose power is a polynomial (relative error 2e-7).
__attribute__((always_inline)) static inline float LEVEL(exponential)(float x) {
    float scaled = (x < -87.3f ? -87.3f : x) * 1.44269504f;
    float whole = __builtin_elementwise_floor(scaled + 0.5f);
    float f = (x < -87.3f ? -87.3f : x) - whole * 0.693359375f + whole * 2.12194440e-4f;
    float power = 1.9875691500e-4f;
    power = power * f + 1.3981999507e-3f;
    power = power * f + 8.3334519073e-3f;
    power = power * f + 4.1665795894e-2f;
    power = power * f + 1.6666665459e-1f;
    power = power * f + 5.0000001201e-1f;
    power = power * f * f + f + 1;
    union {
        int32_t bits;
        float value;
    } two = {.bits = ((int32_t)whole + 127) << 23};
    return power * two.value;
}

static void LEVEL(softmax)(const element_job *j, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t p = first; p < last; p++) {
        float *restrict y = j->y.base + p * j->y.stride;
        const float *restrict x = j->x.base + p * j->x.stride;
        float largest = x[0];
        for (ptrdiff_t c = 0; c < j->channels; c++) largest = x[c] > largest ? x[c] : largest;
        for (ptrdiff_t c = 0; c < j->channels; c++) y[c] = LEVEL(exponential)(x[c] - largest);
        // In double, and in order: the same at every level.
        double total = 0;
        for (ptrdiff_t c = 0; c < j->channels; c++) total += y[c];
        const float share = (float)(1 / total);
        for (ptrdiff_t c = 0; c < j->channels; c++) y[c] *= share;
    }
}

static void LEVEL(softmax_gradient)(const element_job *j, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t p = first; p < last; p++) {
        float *d = j->y.base + p * j->y.stride;
        const float *g = j->x.base + p * j->x.stride, *y = j->z.base + p * j->z.stride;
        double mean = 0;
        for (ptrdiff_t c = 0; c < j->channels; c++) mean += (double)g[c] * y[c];
        const float shift = (float)mean;
        for (ptrdiff_t c = 0; c < j->channels; c++) d[c] = (j->accumulate ? d[c] : 0) + y[c] * (g[c] - shift);
    }
}
