// One level's normalization of pixels `first` to `last`.

typedef float LEVEL(floats) __attribute__((vector_size(4 * LANES), aligned(4)));

// 1 / sqrt(s) to the last bits for normal positive numbers: a first guess from the exponent, then Newton's method. A square root and a
// division take three times as long.
__attribute__((always_inline)) static inline LEVEL(floats) LEVEL(inverse_root)(LEVEL(floats) s) {
    typedef int LEVEL(bits) __attribute__((vector_size(4 * LANES)));
    LEVEL(floats) y = (LEVEL(floats))(0x5F3759DF - ((LEVEL(bits))s >> 1));
    const LEVEL(floats) half = 0.5f * s;
    y *= 1.5f - half * y * y;
    y *= 1.5f - half * y * y;
    y *= 1.5f - half * y * y;
    return y;
}

// For every channel the gain s^-beta, and for gradients the slope s^(-beta - 1), with s = bias + alpha * (sum of the window).
__attribute__((always_inline)) static inline void LEVEL(gains)(
    const normalization_job *j, const normalization_scratch *t, const int window, const int quarters) {
    for (ptrdiff_t c = 0; c < j->channels; c += LANES) {
        LEVEL(floats) sum = {0}, gain, slope;
        for (int k = 0; k < window; k++) sum += *(const LEVEL(floats) *)(t->values + c + k);
        const LEVEL(floats) s = j->constants->bias + j->constants->alpha * sum;
        if (quarters) {
            const LEVEL(floats) root = LEVEL(inverse_root)(s);
            gain = quarters == 2 ? root : root * __builtin_elementwise_sqrt(root);
            slope = gain * root * root;
        } else {
            for (int i = 0; i < LANES; i++) gain[i] = powf(s[i], -j->constants->beta);
            slope = gain / s;
        }
        *(LEVEL(floats) *)(t->gains + c) = gain;
        if (j->is_gradient) *(LEVEL(floats) *)(t->slopes + c) = slope;
    }
}

// Gains (and slopes) of pixels `first` to `last`. All squares are written before any window is read: a load that spans two stores of a
// moment ago has to wait for both.
static void LEVEL(all_gains)(const normalization_job *j, const normalization_scratch *all, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t p = first; p < last; p++) {
        const float *restrict x = j->x.base + p * j->x.stride;
        float *restrict squares = all->values + (p - first) * all->length + j->radius;
        for (ptrdiff_t c = 0; c < j->channels; c++) squares[c] = x[c] * x[c];
    }
    const int window = 2 * j->radius + 1;
    for (ptrdiff_t p = 0; p < last - first; p++) {
        const normalization_scratch t = of_pixel(all, p);
        // Constants for InceptionV1 and for AlexNet let the compiler unroll the window.
        if (j->quarters == 2 && window == 11) LEVEL(gains)(j, &t, 11, 2);
        else if (j->quarters == 3 && window == 5) LEVEL(gains)(j, &t, 5, 3);
        else LEVEL(gains)(j, &t, window, j->quarters);
    }
}

static void LEVEL(normalize)(const normalization_job *j, const normalization_scratch *all, ptrdiff_t first, ptrdiff_t last) {
    LEVEL(all_gains)(j, all, first, last);
    for (ptrdiff_t p = first; p < last; p++) {
        const float *x = j->x.base + p * j->x.stride, *gains = of_pixel(all, p - first).gains;
        float *y = j->y.base + p * j->y.stride;
#pragma clang loop vectorize(assume_safety)
        for (ptrdiff_t c = 0; c < j->channels; c++) y[c] = x[c] * gains[c];
    }
}

// d[j] = g[j] s[j]^-beta - 2 alpha beta x[j] * sum of g[c] x[c] s[c]^(-beta - 1) over |c - j| <= radius
static void LEVEL(normalize_gradient)(const normalization_job *j, const normalization_scratch *all, ptrdiff_t first, ptrdiff_t last) {
    const float factor = 2 * j->constants->alpha * j->constants->beta;
    const int window = 2 * j->radius + 1;
    LEVEL(all_gains)(j, all, first, last);
    for (ptrdiff_t p = first; p < last; p++) {
        const normalization_scratch t = of_pixel(all, p - first);
        const float *restrict x = j->x.base + p * j->x.stride, *restrict g = j->g.base + p * j->g.stride, *restrict slopes = t.slopes;
        float *restrict terms = t.values + j->radius;
        for (ptrdiff_t c = 0; c < j->channels; c++) terms[c] = g[c] * x[c] * slopes[c];
    }
    for (ptrdiff_t p = first; p < last; p++) {
        const normalization_scratch t = of_pixel(all, p - first);
        const float *x = j->x.base + p * j->x.stride, *g = j->g.base + p * j->g.stride;
        float *d = j->y.base + p * j->y.stride, *sums = t.slopes;
        for (ptrdiff_t c = 0; c < j->channels; c += LANES) {
            LEVEL(floats) sum = {0};
            if (window == 11) {
                for (int k = 0; k < 11; k++) sum += *(const LEVEL(floats) *)(t.values + c + k);
            } else {
                for (int k = 0; k < window; k++) sum += *(const LEVEL(floats) *)(t.values + c + k);
            }
            *(LEVEL(floats) *)(sums + c) = sum;
        }
#pragma clang loop vectorize(assume_safety)
        for (ptrdiff_t c = 0; c < j->channels; c++) d[c] = (j->accumulate ? d[c] : 0) + (g[c] * t.gains[c] - factor * x[c] * sums[c]);
    }
}
