#include "VectorLayout.h"
#include "WorkerPool.h"

#include <string.h>

typedef struct {
    float *to;
    const float *from;
    ptrdiff_t height, width, channels, stride, padded_height, padded_width, top, left, step;
    int accumulate;
} layout_job;

static void pad_row(void *raw, ptrdiff_t index) {
    const layout_job *j = raw;
    const ptrdiff_t image = index / j->padded_height, y = index % j->padded_height - j->top, c = j->channels;
    float *to = j->to + index * j->padded_width * c;
    if (y < 0 || y >= j->height) {
        memset(to, 0, (size_t)(j->padded_width * c) * sizeof(float));
        return;
    }
    const float *from = j->from + (image * j->height + y) * j->width * j->stride;
    const ptrdiff_t left = j->left < j->padded_width ? j->left : j->padded_width;
    const ptrdiff_t room = j->padded_width - left, inside = j->width < room ? j->width : room;
    memset(to, 0, (size_t)(left * c) * sizeof(float));
    to += left * c;
    if (j->stride == c) {
        memcpy(to, from, (size_t)(inside * c) * sizeof(float));
    } else {
        for (ptrdiff_t x = 0; x < inside; x++) memcpy(to + x * c, from + x * j->stride, (size_t)c * sizeof(float));
    }
    memset(to + inside * c, 0, (size_t)((room - inside) * c) * sizeof(float));
}

void vector_pad(float *padded, const float *source, ptrdiff_t images, ptrdiff_t height, ptrdiff_t width, ptrdiff_t channels,
    ptrdiff_t stride, ptrdiff_t padded_height, ptrdiff_t padded_width, ptrdiff_t top, ptrdiff_t left) {
    layout_job j = {.to = padded,
        .from = source,
        .height = height,
        .width = width,
        .channels = channels,
        .stride = stride,
        .padded_height = padded_height,
        .padded_width = padded_width,
        .top = top,
        .left = left};
    vector_parallel(images * padded_height, pad_row, &j);
}

static void deal_row(void *raw, ptrdiff_t index) {
    const layout_job *j = raw;
    const ptrdiff_t image = index / j->height, y = index % j->height, c = j->channels, step = j->step;
    const ptrdiff_t coarse_height = (j->height + step - 1) / step, coarse_width = (j->width + step - 1) / step;
    float *to = j->to + index * j->width * j->stride;
    const float *row = j->from + (image * coarse_height + y / step) * coarse_width * j->left + y % step * step * c;
    for (ptrdiff_t x = 0; x < j->width; row += j->left) {
        const float *from = row;
        for (ptrdiff_t phase = 0; phase < step && x < j->width; phase++, x++, from += c, to += j->stride) {
            if (j->accumulate) {
                for (ptrdiff_t i = 0; i < c; i++) to[i] += from[i];
            } else {
                for (ptrdiff_t i = 0; i < c; i++) to[i] = from[i];
            }
        }
    }
}

void vector_deal_phases(float *pixels, const float *phases, ptrdiff_t images, ptrdiff_t height, ptrdiff_t width, ptrdiff_t channels,
    ptrdiff_t stride, ptrdiff_t step, ptrdiff_t coarse_stride, int accumulate) {
    layout_job j = {.to = pixels,
        .from = phases,
        .left = coarse_stride,
        .height = height,
        .width = width,
        .channels = channels,
        .stride = stride,
        .step = step,
        .accumulate = accumulate};
    vector_parallel(images * height, deal_row, &j);
}
