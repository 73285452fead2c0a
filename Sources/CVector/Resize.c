#include "VectorResize.h"
#include "InstructionLevel.h"
#include "WorkerPool.h"

enum { CHANNEL_BLOCK = 16 };

typedef struct {
    const vector_resizing *shape;
    vector_pixels to, from;
    int accumulate, blocks;
    void (*forward)(const void *, ptrdiff_t row);
    void (*backward)(const void *, ptrdiff_t image, ptrdiff_t first, ptrdiff_t last);
} resize_job;

#define TEMPLATE "Resize.inc.h"
#include "Levels.h"

static void forward_part(void *raw, ptrdiff_t row) {
    const resize_job *j = raw;
    j->forward(j, row);
}

static void backward_part(void *raw, ptrdiff_t index) {
    const resize_job *j = raw;
    ptrdiff_t first = index % j->blocks * CHANNEL_BLOCK, last = first + CHANNEL_BLOCK;
    j->backward(j, index / j->blocks, first, last < j->shape->channels ? last : j->shape->channels);
}

void vector_resize(const vector_resizing *shape, vector_pixels y, vector_pixels x) {
    resize_job j = {.shape = shape, .to = y, .from = x, .forward = (void (*)(const void *, ptrdiff_t))AT_LEVEL(forward)};
    vector_parallel((ptrdiff_t)shape->images * shape->target_height, forward_part, &j);
}

void vector_resize_gradient(const vector_resizing *shape, vector_pixels d, vector_pixels g, int accumulate) {
    resize_job j = {.shape = shape, .to = d, .from = g, .accumulate = accumulate,
        .backward = (void (*)(const void *, ptrdiff_t, ptrdiff_t, ptrdiff_t))AT_LEVEL(backward)};
    j.blocks = (shape->channels + CHANNEL_BLOCK - 1) / CHANNEL_BLOCK;
    vector_parallel((ptrdiff_t)shape->images * j.blocks, backward_part, &j);
}
