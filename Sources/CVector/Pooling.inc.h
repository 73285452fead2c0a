// One level's poolings. Forward: one row of windows of one image; gradients: a block of channels of one image, so that windows that
// overlap never meet on two threads.

typedef float LEVEL(floats) __attribute__((vector_size(4 * LANES), aligned(4)));
typedef int LEVEL(mask) __attribute__((vector_size(4 * LANES)));

#if LANES == 16
#define LARGER(a, b) ((LEVEL(floats))_mm512_max_ps((__m512)(a), (__m512)(b)))
#elif LANES == 8
#define LARGER(a, b) ((LEVEL(floats))_mm256_max_ps((__m256)(a), (__m256)(b)))
#else
#define LARGER(a, b) LEVEL(larger)(a, b)
__attribute__((always_inline)) static inline LEVEL(floats) LEVEL(larger)(LEVEL(floats) a, LEVEL(floats) b) {
    LEVEL(mask) where = a > b;
    return (LEVEL(floats))((where & (LEVEL(mask))a) | (~where & (LEVEL(mask))b));
}
#endif

__attribute__((always_inline)) static inline void LEVEL(largest)(const float *const *taps, const int count, float *to, const ptrdiff_t channels) {
    typedef LEVEL(floats) floats;
    ptrdiff_t c = 0;
    for (; c + LANES <= channels; c += LANES) {
        floats largest = *(const floats *)(taps[0] + c);
#pragma clang loop unroll(full)
        for (int t = 1; t < count; t++) largest = LARGER(*(const floats *)(taps[t] + c), largest);
        *(floats *)(to + c) = largest;
    }
    for (; c < channels; c++) {
        float largest = taps[0][c];
        for (int t = 1; t < count; t++) largest = taps[t][c] > largest ? taps[t][c] : largest;
        to[c] = largest;
    }
}

static void LEVEL(max)(const pooling_job *j, ptrdiff_t row) {
    const vector_pooling *s = j->shape;
    ptrdiff_t image = row / s->target_height, y = row % s->target_height;
    const range rows = clipped(y * s->step_y - s->top, s->size_y, s->height);
    for (int x = 0; x < s->target_width; x++) {
        const range columns = clipped((ptrdiff_t)x * s->step_x - s->left, s->size_x, s->width);
        float *to = j->y.base + (row * s->target_width + x) * j->y.stride;
        const float *taps[MAX_TAPS];
        int count = 0;
        for (int dy = 0; dy < rows.count; dy++) {
            const float *from = j->x.base + ((image * s->height + rows.first + dy) * s->width + columns.first) * j->x.stride;
            for (int dx = 0; dx < columns.count; dx++) {
                if (count == MAX_TAPS) {  // a huge window: take the largest so far as an element
                    LEVEL(largest)(taps, count, to, s->channels);
                    taps[0] = to;
                    count = 1;
                }
                taps[count++] = from + dx * j->x.stride;
            }
        }
        if (count == 9) LEVEL(largest)(taps, 9, to, s->channels);
        else if (count == 4) LEVEL(largest)(taps, 4, to, s->channels);
        else LEVEL(largest)(taps, count, to, s->channels);
    }
}

static void LEVEL(average)(const pooling_job *j, ptrdiff_t row) {
    const vector_pooling *s = j->shape;
    ptrdiff_t image = row / s->target_height, y = row % s->target_height;
    const range rows = clipped(y * s->step_y - s->top, s->size_y, s->height);
    for (int x = 0; x < s->target_width; x++) {
        const range columns = clipped((ptrdiff_t)x * s->step_x - s->left, s->size_x, s->width);
        float *restrict to = j->y.base + (row * s->target_width + x) * j->y.stride;
        const float share = 1 / (float)(rows.count * columns.count);
        for (ptrdiff_t c = 0; c < s->channels; c++) to[c] = 0;
        for (int dy = 0; dy < rows.count; dy++)
            for (int dx = 0; dx < columns.count; dx++) {
                const float *restrict from = j->x.base + ((image * s->height + rows.first + dy) * s->width + columns.first + dx) * j->x.stride;
                for (ptrdiff_t c = 0; c < s->channels; c++) to[c] += from[c] * share;
            }
    }
}

// Sets the rows from `from` to below `to` of the result to zero: just before they are first added to, while they stay in the cache.
static ptrdiff_t LEVEL(clear)(const pooling_job *j, ptrdiff_t image, ptrdiff_t from, ptrdiff_t to, ptrdiff_t first, ptrdiff_t last) {
    if (j->accumulate) return to;
    const ptrdiff_t width = j->shape->width, begin = image * j->shape->height * width;
    for (ptrdiff_t p = from * width; p < to * width; p++) {
        float *d = j->d.base + (begin + p) * j->d.stride;
        for (ptrdiff_t c = first; c < last; c++) d[c] = 0;
    }
    return to > from ? to : from;
}

// One window: what is read begins at `from`, what is written at `to`, lines `line` and `under` floats apart.
__attribute__((always_inline)) static inline void LEVEL(window_gradient)(
    const pooling_job *j, const float *from, float *to, const float *g, const float *out, const int rows, const int columns,
    const ptrdiff_t first, const ptrdiff_t last) {
    typedef LEVEL(floats) floats;
    const ptrdiff_t x = j->x.stride, d = j->d.stride, line = j->shape->width * x, under = j->shape->width * d;
    ptrdiff_t c = first;
    for (; c + LANES <= last; c += LANES) {
        // What has found its element already gets nothing more: only the first of several largest has the gradient.
        const floats gradient = *(const floats *)(g + c), largest = *(const floats *)(out + c);
#if LANES == 16
        __mmask16 open = 0xFFFF;
#else
        LEVEL(mask) open = ~(LEVEL(mask)){0};
#endif
#pragma clang loop unroll_count(3)
        for (int dy = 0; dy < rows; dy++)
#pragma clang loop unroll_count(3)
            for (int dx = 0; dx < columns; dx++) {
                const floats value = *(const floats *)(from + dy * line + dx * x + c);
                float *at = to + dy * under + dx * d + c;
#if LANES == 16
                const __mmask16 found = _mm512_mask_cmp_ps_mask(open, (__m512)value, (__m512)largest, _CMP_EQ_OQ);
                const __m512 sum = _mm512_loadu_ps(at);
                _mm512_storeu_ps(at, _mm512_mask_add_ps(sum, found, sum, (__m512)gradient));
                open = _kandn_mask16(found, open);
#else
                const LEVEL(mask) found = open & (value == largest);
                *(floats *)at += (floats)(found & (LEVEL(mask))gradient);
                open &= ~found;
#endif
            }
    }
    for (; c < last; c++) {
        float rest = g[c];
        for (int dy = 0; dy < rows; dy++)
            for (int dx = 0; dx < columns; dx++) {
                const int found = from[dy * line + dx * x + c] == out[c];
                to[dy * under + dx * d + c] += found ? rest : 0;
                rest = found ? 0 : rest;
            }
    }
}

static void LEVEL(max_gradient)(const pooling_job *j, ptrdiff_t image, ptrdiff_t first, ptrdiff_t last) {
    const vector_pooling *s = j->shape;
    ptrdiff_t clean = 0;
    ptrdiff_t pixel = image * s->target_height * s->target_width;
    for (int y = 0; y < s->target_height; y++) {
        const range rows = clipped((ptrdiff_t)y * s->step_y - s->top, s->size_y, s->height);
        clean = LEVEL(clear)(j, image, clean, rows.first + rows.count, first, last);
        for (int x = 0; x < s->target_width; x++, pixel++) {
            const range columns = clipped((ptrdiff_t)x * s->step_x - s->left, s->size_x, s->width);
            const ptrdiff_t corner = (image * s->height + rows.first) * s->width + columns.first;
            const float *from = j->x.base + corner * j->x.stride, *g = j->g.base + pixel * j->g.stride, *out = j->y.base + pixel * j->y.stride;
            float *to = j->d.base + corner * j->d.stride;
            if (rows.count == 3 && columns.count == 3) LEVEL(window_gradient)(j, from, to, g, out, 3, 3, first, last);
            else LEVEL(window_gradient)(j, from, to, g, out, rows.count, columns.count, first, last);
        }
    }
    LEVEL(clear)(j, image, clean, s->height, first, last);
}

static void LEVEL(average_gradient)(const pooling_job *j, ptrdiff_t image, ptrdiff_t first, ptrdiff_t last) {
    const vector_pooling *s = j->shape;
    ptrdiff_t clean = 0;
    ptrdiff_t pixel = image * s->target_height * s->target_width;
    for (int y = 0; y < s->target_height; y++) {
        const range rows = clipped((ptrdiff_t)y * s->step_y - s->top, s->size_y, s->height);
        clean = LEVEL(clear)(j, image, clean, rows.first + rows.count, first, last);
        for (int x = 0; x < s->target_width; x++, pixel++) {
            const range columns = clipped((ptrdiff_t)x * s->step_x - s->left, s->size_x, s->width);
            const float share = 1 / (float)(rows.count * columns.count);
            const float *restrict g = j->g.base + pixel * j->g.stride;
            for (int dy = 0; dy < rows.count; dy++)
                for (int dx = 0; dx < columns.count; dx++) {
                    float *restrict d = j->d.base + ((image * s->height + rows.first + dy) * s->width + columns.first + dx) * j->d.stride;
                    for (ptrdiff_t c = first; c < last; c++) d[c] += g[c] * share;
                }
        }
    }
    LEVEL(clear)(j, image, clean, s->height, first, last);
}

#undef LARGER
