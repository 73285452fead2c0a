// One level's resizing. Forward: one row of outputs; gradients: a block of channels of one image.

static void LEVEL(forward)(const resize_job *j, ptrdiff_t row) {
    const vector_resizing *s = j->shape;
    const ptrdiff_t image = row / s->target_height, y = row % s->target_height;
    const float *top = j->from.base + (image * s->height + s->low_y[y]) * s->width * j->from.stride;
    const float *bottom = j->from.base + (image * s->height + s->high_y[y]) * s->width * j->from.stride;
    const float v = s->mix_y[y];
    for (ptrdiff_t x = 0; x < s->target_width; x++) {
        const ptrdiff_t left = s->low_x[x] * j->from.stride, right = s->high_x[x] * j->from.stride;
        const float u = s->mix_x[x];
        const float a = (1 - v) * (1 - u), b = (1 - v) * u, c = v * (1 - u), d = v * u;
        float *restrict to = j->to.base + (row * s->target_width + x) * j->to.stride;
        for (ptrdiff_t i = 0; i < s->channels; i++)
            to[i] = a * top[left + i] + b * top[right + i] + c * bottom[left + i] + d * bottom[right + i];
    }
}

static void LEVEL(backward)(const resize_job *j, ptrdiff_t image, ptrdiff_t first, ptrdiff_t last) {
    const vector_resizing *s = j->shape;
    const ptrdiff_t pixels = (ptrdiff_t)s->height * s->width;
    float *to = j->to.base + image * pixels * j->to.stride;
    if (!j->accumulate)
        for (ptrdiff_t p = 0; p < pixels; p++)
            for (ptrdiff_t i = first; i < last; i++) to[p * j->to.stride + i] = 0;
    for (ptrdiff_t y = 0; y < s->target_height; y++) {
        for (ptrdiff_t x = 0; x < s->target_width; x++) {
            const float *restrict g = j->from.base + ((image * s->target_height + y) * s->target_width + x) * j->from.stride;
            for (int corner = 0; corner < 4; corner++) {
                const float v = corner & 2 ? s->mix_y[y] : 1 - s->mix_y[y], u = corner & 1 ? s->mix_x[x] : 1 - s->mix_x[x];
                const float share = v * u;
                if (share == 0) continue;
                const ptrdiff_t row = corner & 2 ? s->high_y[y] : s->low_y[y], column = corner & 1 ? s->high_x[x] : s->low_x[x];
                float *restrict d = to + (row * s->width + column) * j->to.stride;
                for (ptrdiff_t i = first; i < last; i++) d[i] += share * g[i];
            }
        }
    }
}
