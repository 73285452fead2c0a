// One level's normalization of pixels `first` to `last`.

typedef float LEVEL(floats) __attribute__((vector_size(4 * LANES), aligned(4)));

// For every channel the gain s^-beta, and for gradients the slope s^(-beta - 1), with s = bias + alpha * (sum of the window).
__attribute__((always_inline)) static inline void LEVEL(gains)(const normalization_job *j, const normalization_scratch *t, const int window, const int quarters) {
    for (ptrdiff_t c = 0; c < j->channels; c += LANES) {
        LEVEL(floats) sum = {0}, gain;
        for (int k = 0; k < window; k++) sum += *(const LEVEL(floats) *)(t->values + c + k);
        const LEVEL(floats) s = j->constants->bias + j->constants->alpha * sum;
        if (quarters) {
            LEVEL(floats) root = __builtin_elementwise_sqrt(s);
            gain = quarters == 2 ? 1 / root : 1 / (root * __builtin_elementwise_sqrt(root));
        } else {
            for (int i = 0; i < LANES; i++) gain[i] = powf(s[i], -j->constants->beta);
        }
        *(LEVEL(floats) *)(t->gains + c) = gain;
        if (j->is_gradient) *(LEVEL(floats) *)(t->slopes + c) = gain / s;
    }
}

static void LEVEL(all_gains)(const normalization_job *j, const normalization_scratch *t, const float *x) {
    float *restrict squares = t->values + j->radius;
    for (ptrdiff_t c = 0; c < j->channels; c++) squares[c] = x[c] * x[c];
    const int window = 2 * j->radius + 1;
    // Constants for InceptionV1 and for AlexNet let the compiler unroll the window.
    if (j->quarters == 2 && window == 11) LEVEL(gains)(j, t, 11, 2);
    else if (j->quarters == 3 && window == 5) LEVEL(gains)(j, t, 5, 3);
    else LEVEL(gains)(j, t, window, j->quarters);
}

static void LEVEL(normalize)(const normalization_job *j, const normalization_scratch *t, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t p = first; p < last; p++) {
        const float *x = j->x.base + p * j->x.stride;
        float *y = j->y.base + p * j->y.stride;
        LEVEL(all_gains)(j, t, x);
        for (ptrdiff_t c = 0; c < j->channels; c++) y[c] = x[c] * t->gains[c];
    }
}

// d[j] = g[j] s[j]^-beta - 2 alpha beta x[j] * sum of g[c] x[c] s[c]^(-beta - 1) over |c - j| <= radius
static void LEVEL(normalize_gradient)(const normalization_job *j, const normalization_scratch *t, ptrdiff_t first, ptrdiff_t last) {
    const float factor = 2 * j->constants->alpha * j->constants->beta;
    const int window = 2 * j->radius + 1;
    for (ptrdiff_t p = first; p < last; p++) {
        const float *x = j->x.base + p * j->x.stride, *g = j->g.base + p * j->g.stride;
        float *d = j->y.base + p * j->y.stride;
        LEVEL(all_gains)(j, t, x);
        float *restrict terms = t->values + j->radius, *restrict sums = t->slopes;
        for (ptrdiff_t c = 0; c < j->channels; c++) terms[c] = g[c] * x[c] * t->slopes[c];
        for (ptrdiff_t c = 0; c < j->channels; c += LANES) {
            LEVEL(floats) sum = {0};
            for (int k = 0; k < window; k++) sum += *(const LEVEL(floats) *)(t->values + c + k);
            *(LEVEL(floats) *)(sums + c) = sum;
        }
        for (ptrdiff_t c = 0; c < j->channels; c++)
            d[c] = (j->accumulate ? d[c] : 0) + (g[c] * t->gains[c] - factor * x[c] * sums[c]);
    }
}
