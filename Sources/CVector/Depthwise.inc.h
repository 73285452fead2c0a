// One level's depthwise convolution, one row of results at a time.

static void LEVEL(forward)(const depthwise_job *j, ptrdiff_t row) {
    const vector_depthwise *s = j->shape;
    const ptrdiff_t image = row / s->target_height, y = row % s->target_height, channels = s->channels;
    for (ptrdiff_t x = 0; x < s->target_width; x++) {
        float *restrict to = j->to.base + (row * s->target_width + x) * j->to.stride;
        for (ptrdiff_t c = 0; c < channels; c++) to[c] = s->bias[c];
        for (int ky = 0; ky < s->kernel_height; ky++) {
            const ptrdiff_t sy = y * s->step - s->top + (ptrdiff_t)ky * s->dilation;
            if (sy < 0 || sy >= s->height) continue;
            for (int kx = 0; kx < s->kernel_width; kx++) {
                const ptrdiff_t sx = x * s->step - s->left + (ptrdiff_t)kx * s->dilation;
                if (sx < 0 || sx >= s->width) continue;
                const float *restrict from = j->from.base + ((image * s->height + sy) * s->width + sx) * j->from.stride;
                const float *restrict w = s->weights + (ky * s->kernel_width + kx) * channels;
                for (ptrdiff_t c = 0; c < channels; c++) to[c] += from[c] * w[c];
            }
        }
        if (s->rectify)
            for (ptrdiff_t c = 0; c < channels; c++) to[c] = to[c] > 0 ? to[c] : 0;
    }
}

static void LEVEL(backward)(const depthwise_job *j, ptrdiff_t row) {
    const vector_depthwise *s = j->shape;
    const ptrdiff_t image = row / s->height, y = row % s->height, channels = s->channels;
    for (ptrdiff_t x = 0; x < s->width; x++) {
        float *restrict to = j->to.base + (row * s->width + x) * j->to.stride;
        if (!s->accumulate)
            for (ptrdiff_t c = 0; c < channels; c++) to[c] = 0;
        for (int ky = 0; ky < s->kernel_height; ky++) {
            const ptrdiff_t gy = y + s->top - (ptrdiff_t)ky * s->dilation;
            if (gy < 0 || gy % s->step || gy / s->step >= s->target_height) continue;
            for (int kx = 0; kx < s->kernel_width; kx++) {
                const ptrdiff_t gx = x + s->left - (ptrdiff_t)kx * s->dilation;
                if (gx < 0 || gx % s->step || gx / s->step >= s->target_width) continue;
                const float *restrict from =
                    j->from.base + ((image * s->target_height + gy / s->step) * s->target_width + gx / s->step) * j->from.stride;
                const float *restrict w = s->weights + (ky * s->kernel_width + kx) * channels;
                for (ptrdiff_t c = 0; c < channels; c++) to[c] += from[c] * w[c];
            }
        }
    }
}
