// One level's poolings. Forward: one row of windows of one image; gradients: a band of rows of one image. Windows that reach into two bands
// are looked at for both, and each time add to the rows of that band alone, so that no two threads meet.

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

__attribute__((always_inline)) static inline void LEVEL(largest)(
    const float *const *taps, const int count, float *to, const ptrdiff_t channels) {
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
                if (count == MAX_TAPS) { // a huge window: take the largest so far as an element
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
        const float share = share_of(s, y, x, rows, columns);
        for (ptrdiff_t c = 0; c < s->channels; c++) to[c] = 0;
        for (int dy = 0; dy < rows.count; dy++)
            for (int dx = 0; dx < columns.count; dx++) {
                const float *restrict from =
                    j->x.base + ((image * s->height + rows.first + dy) * s->width + columns.first + dx) * j->x.stride;
                for (ptrdiff_t c = 0; c < s->channels; c++) to[c] += from[c] * share;
            }
    }
}

// Sets the rows from `from` to below `to` of the result to zero: just before they are first added to, while they stay in the cache.
static ptrdiff_t LEVEL(clear)(const pooling_job *j, ptrdiff_t image, ptrdiff_t from, ptrdiff_t to) {
    if (j->accumulate || to <= from) return from;
    const ptrdiff_t width = j->shape->width, begin = (image * j->shape->height + from) * width;
    for (ptrdiff_t p = 0; p < (to - from) * width; p++) {
        float *d = j->d.base + (begin + p) * j->d.stride;
        for (ptrdiff_t c = 0; c < j->shape->channels; c++) d[c] = 0;
    }
    return to;
}

// One window of rows times columns, of which the rows low..<high are added to: what is read begins at `from`, what is written at `to`.
__attribute__((always_inline)) static inline void LEVEL(window_gradient)(const pooling_job *j, const float *from, float *to, const float *g,
    const float *out, const int rows, const int columns, const int low, const int high) {
    typedef LEVEL(floats) floats;
    const ptrdiff_t x = j->x.stride, d = j->d.stride, line = j->shape->width * x, under = j->shape->width * d,
                    channels = j->shape->channels;
    ptrdiff_t c = 0;
    for (; c + LANES <= channels; c += LANES) {
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
                const int is_ours = dy >= low && dy < high;
#if LANES == 16
                const __mmask16 found = _mm512_mask_cmp_ps_mask(open, (__m512)value, (__m512)largest, _CMP_EQ_OQ);
                if (is_ours) {
                    const __m512 sum = _mm512_loadu_ps(at);
                    _mm512_storeu_ps(at, _mm512_mask_add_ps(sum, found, sum, (__m512)gradient));
                }
                open = _kandn_mask16(found, open);
#else
                const LEVEL(mask) found = open & (value == largest);
                if (is_ours) *(floats *)at += (floats)(found & (LEVEL(mask))gradient);
                open &= ~found;
#endif
            }
    }
    for (; c < channels; c++) {
        float rest = g[c];
        for (int dy = 0; dy < rows; dy++)
            for (int dx = 0; dx < columns; dx++) {
                const int found = from[dy * line + dx * x + c] == out[c];
                if (dy >= low && dy < high) to[dy * under + dx * d + c] += found ? rest : 0;
                rest = found ? 0 : rest;
            }
    }
}

static void LEVEL(max_gradient)(const pooling_job *j, ptrdiff_t image, ptrdiff_t first, ptrdiff_t last) {
    const vector_pooling *s = j->shape;
    ptrdiff_t clean = first;
    for (ptrdiff_t y = 0; y < s->target_height; y++) {
        const range rows = clipped(y * s->step_y - s->top, s->size_y, s->height);
        if (rows.first + rows.count <= first || rows.first >= last) continue;
        const int low = rows.first < first ? (int)(first - rows.first) : 0;
        const int high = rows.first + rows.count > last ? (int)(last - rows.first) : rows.count;
        clean = LEVEL(clear)(j, image, clean, rows.first + high);
        ptrdiff_t pixel = (image * s->target_height + y) * s->target_width;
        for (int x = 0; x < s->target_width; x++, pixel++) {
            const range columns = clipped((ptrdiff_t)x * s->step_x - s->left, s->size_x, s->width);
            const ptrdiff_t corner = (image * s->height + rows.first) * s->width + columns.first;
            const float *from = j->x.base + corner * j->x.stride, *g = j->g.base + pixel * j->g.stride,
                        *out = j->y.base + pixel * j->y.stride;
            float *to = j->d.base + corner * j->d.stride;
            if (rows.count == 3 && high - low == 3 && columns.count == 3) LEVEL(window_gradient)(j, from, to, g, out, 3, 3, 0, 3);
            else LEVEL(window_gradient)(j, from, to, g, out, rows.count, columns.count, low, high);
        }
    }
    LEVEL(clear)(j, image, clean, last);
}

static void LEVEL(average_gradient)(const pooling_job *j, ptrdiff_t image, ptrdiff_t first, ptrdiff_t last) {
    const vector_pooling *s = j->shape;
    ptrdiff_t clean = first;
    for (ptrdiff_t y = 0; y < s->target_height; y++) {
        const range rows = clipped(y * s->step_y - s->top, s->size_y, s->height);
        const ptrdiff_t low = rows.first > first ? rows.first : first;
        const ptrdiff_t high = rows.first + rows.count < last ? rows.first + rows.count : last;
        if (low >= high) continue;
        clean = LEVEL(clear)(j, image, clean, high);
        ptrdiff_t pixel = (image * s->target_height + y) * s->target_width;
        for (int x = 0; x < s->target_width; x++, pixel++) {
            const range columns = clipped((ptrdiff_t)x * s->step_x - s->left, s->size_x, s->width);
            const float share = share_of(s, y, x, rows, columns);
            const float *restrict g = j->g.base + pixel * j->g.stride;
            for (ptrdiff_t row = low; row < high; row++)
                for (int dx = 0; dx < columns.count; dx++) {
                    float *restrict d = j->d.base + ((image * s->height + row) * s->width + columns.first + dx) * j->d.stride;
                    for (ptrdiff_t c = 0; c < s->channels; c++) d[c] += g[c] * share;
                }
        }
    }
    LEVEL(clear)(j, image, clean, last);
}

#undef LARGER
