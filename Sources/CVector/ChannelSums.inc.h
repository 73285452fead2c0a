// One level's sums over pixels, and what is made of them.

typedef float LEVEL(sum_vector) __attribute__((vector_size(4 * LANES), aligned(4)));

// Adds the sums of at most 64 pixels to `sums`, in double precision from there on.
static void LEVEL(sum_block)(const sum_job *j, ptrdiff_t first, ptrdiff_t last, double *sums) {
    typedef LEVEL(sum_vector) vector;
    ptrdiff_t c = 0;
    for (; c + LANES <= j->channels; c += LANES) {
        vector shift_a = {0}, shift_b = {0}, s = {0}, t = {0}, other_s = {0}, other_t = {0};
        if (j->shift_a) shift_a = *(const vector *)(j->shift_a + c);
        if (j->shift_b) shift_b = *(const vector *)(j->shift_b + c);
        const float *a = j->a.base + first * j->a.stride + c, *b = j->b.base ? j->b.base + first * j->b.stride + c : 0;
        ptrdiff_t p = first;
        for (; p + 2 <= last; p += 2, a += 2 * j->a.stride) {
            vector value = *(const vector *)a - shift_a, other = *(const vector *)(a + j->a.stride) - shift_a;
            s += value;
            other_s += other;
            if (!b) continue;
            t += value * (*(const vector *)b - shift_b);
            other_t += other * (*(const vector *)(b + j->b.stride) - shift_b);
            b += 2 * j->b.stride;
        }
        if (p < last) {
            vector value = *(const vector *)a - shift_a;
            s += value;
            if (b) t += value * (*(const vector *)b - shift_b);
        }
        s += other_s;
        t += other_t;
        for (int i = 0; i < LANES; i++) {
            sums[c + i] += s[i];
            sums[j->channels + c + i] += t[i];
        }
    }
    for (; c < j->channels; c++) {
        const float shift_a = j->shift_a ? j->shift_a[c] : 0, shift_b = j->shift_b ? j->shift_b[c] : 0;
        float s = 0, t = 0;
        for (ptrdiff_t p = first; p < last; p++) {
            float a = j->a.base[p * j->a.stride + c] - shift_a;
            s += a;
            if (j->b.base) t += a * (j->b.base[p * j->b.stride + c] - shift_b);
        }
        sums[c] += s;
        sums[j->channels + c] += t;
    }
}

static void LEVEL(blend)(const blend_job *j, ptrdiff_t first, ptrdiff_t last) {
    const float *restrict gains = j->gains, *restrict slopes = j->slopes, *restrict shifts = j->shifts;
    for (ptrdiff_t p = first; p < last; p++) {
        float *d = j->d.base + p * j->d.stride;
        const float *g = j->g.base + p * j->g.stride, *x = j->x.base + p * j->x.stride;
        if (j->accumulate) {
#pragma clang loop vectorize(assume_safety)
            for (ptrdiff_t c = 0; c < j->channels; c++) d[c] += g[c] * gains[c] + x[c] * slopes[c] + shifts[c];
        } else {
#pragma clang loop vectorize(assume_safety)
            for (ptrdiff_t c = 0; c < j->channels; c++) d[c] = g[c] * gains[c] + x[c] * slopes[c] + shifts[c];
        }
    }
}

static void LEVEL(affine_rectify)(const blend_job *j, ptrdiff_t first, ptrdiff_t last) {
    const float *restrict gains = j->gains, *restrict shifts = j->shifts;
    for (ptrdiff_t p = first; p < last; p++) {
        float *restrict y = j->d.base + p * j->d.stride;
        const float *restrict x = j->x.base + p * j->x.stride;
        for (ptrdiff_t c = 0; c < j->channels; c++) {
            const float value = x[c] * gains[c] + shifts[c];
            y[c] = value > 0 ? value : 0;
        }
    }
}
