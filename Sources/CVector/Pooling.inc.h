// One level's poolings. Forward: one row of windows of one image; gradients: a block of channels of one image, so that windows that
// overlap never meet on two threads.

typedef float LEVEL(floats) __attribute__((vector_size(4 * LANES), aligned(4)));
typedef int LEVEL(mask) __attribute__((vector_size(4 * LANES)));

// `a` where the mask is set, `b` elsewhere.
__attribute__((always_inline)) static inline LEVEL(floats) LEVEL(select)(LEVEL(mask) where, LEVEL(floats) a, LEVEL(floats) b) {
    return (LEVEL(floats))((where & (LEVEL(mask))a) | (~where & (LEVEL(mask))b));
}

static void LEVEL(max)(const pooling_job *j, ptrdiff_t row) {
    typedef LEVEL(floats) floats;
    const vector_pooling *s = j->shape;
    ptrdiff_t image = row / s->target_height, y = row % s->target_height;
    const range rows = clipped(y * s->step_y - s->top, s->size_y, s->height);
    for (int x = 0; x < s->target_width; x++) {
        const range columns = clipped((ptrdiff_t)x * s->step_x - s->left, s->size_x, s->width);
        float *to = j->y.base + (row * s->target_width + x) * j->y.stride;
        const float *from = j->x.base + ((image * s->height + rows.first) * s->width + columns.first) * j->x.stride;
        const ptrdiff_t line = s->width * j->x.stride;
        ptrdiff_t c = 0;
        for (; c + LANES <= s->channels; c += LANES) {
            floats largest = *(const floats *)(from + c);
            for (int dy = 0; dy < rows.count; dy++)
                for (int dx = 0; dx < columns.count; dx++) {
                    floats value = *(const floats *)(from + dy * line + dx * j->x.stride + c);
                    largest = LEVEL(select)(value > largest, value, largest);
                }
            *(floats *)(to + c) = largest;
        }
        for (; c < s->channels; c++) {
            float largest = from[c];
            for (int dy = 0; dy < rows.count; dy++)
                for (int dx = 0; dx < columns.count; dx++) {
                    float value = from[dy * line + dx * j->x.stride + c];
                    largest = value > largest ? value : largest;
                }
            to[c] = largest;
        }
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

static void LEVEL(clear)(const pooling_job *j, ptrdiff_t image, ptrdiff_t first, ptrdiff_t last) {
    const ptrdiff_t pixels = (ptrdiff_t)j->shape->height * j->shape->width;
    for (ptrdiff_t p = 0; p < pixels; p++) {
        float *d = j->d.base + (image * pixels + p) * j->d.stride;
        for (ptrdiff_t c = first; c < last; c++) d[c] = 0;
    }
}

static void LEVEL(max_gradient)(const pooling_job *j, ptrdiff_t image, ptrdiff_t first, ptrdiff_t last) {
    typedef LEVEL(floats) floats;
    typedef LEVEL(mask) mask;
    const vector_pooling *s = j->shape;
    if (!j->accumulate) LEVEL(clear)(j, image, first, last);
    ptrdiff_t pixel = image * s->target_height * s->target_width;
    for (int y = 0; y < s->target_height; y++) {
        const range rows = clipped((ptrdiff_t)y * s->step_y - s->top, s->size_y, s->height);
        for (int x = 0; x < s->target_width; x++, pixel++) {
            const range columns = clipped((ptrdiff_t)x * s->step_x - s->left, s->size_x, s->width);
            const ptrdiff_t corner = (image * s->height + rows.first) * s->width + columns.first;
            const float *from = j->x.base + corner * j->x.stride;
            float *to = j->d.base + corner * j->d.stride;
            const float *g = j->g.base + pixel * j->g.stride, *out = j->y.base + pixel * j->y.stride;
            ptrdiff_t c = first;
            for (; c + LANES <= last; c += LANES) {
                // What has found its element already is zero: only the first of several largest gets the gradient.
                floats rest = *(const floats *)(g + c);
                const floats largest = *(const floats *)(out + c);
                for (int dy = 0; dy < rows.count; dy++)
                    for (int dx = 0; dx < columns.count; dx++) {
                        const ptrdiff_t at = (ptrdiff_t)dy * s->width + dx;
                        mask found = *(const floats *)(from + at * j->x.stride + c) == largest;
                        floats *d = (floats *)(to + at * j->d.stride + c);
                        *d += LEVEL(select)(found, rest, (floats){0});
                        rest = LEVEL(select)(found, (floats){0}, rest);
                    }
            }
            for (; c < last; c++) {
                float rest = g[c];
                for (int dy = 0; dy < rows.count; dy++)
                    for (int dx = 0; dx < columns.count; dx++) {
                        const ptrdiff_t at = (ptrdiff_t)dy * s->width + dx;
                        int found = from[at * j->x.stride + c] == out[c];
                        to[at * j->d.stride + c] += found ? rest : 0;
                        rest = found ? 0 : rest;
                    }
            }
        }
    }
}

static void LEVEL(average_gradient)(const pooling_job *j, ptrdiff_t image, ptrdiff_t first, ptrdiff_t last) {
    const vector_pooling *s = j->shape;
    if (!j->accumulate) LEVEL(clear)(j, image, first, last);
    ptrdiff_t pixel = image * s->target_height * s->target_width;
    for (int y = 0; y < s->target_height; y++) {
        const range rows = clipped((ptrdiff_t)y * s->step_y - s->top, s->size_y, s->height);
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
}
