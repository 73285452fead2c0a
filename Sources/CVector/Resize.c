#include "VectorResize.h"
#include "InstructionLevel.h"
#include "WorkerPool.h"

enum { CHANNEL_BLOCK = 16 };

typedef struct resize_job resize_job;
struct resize_job {
    const vector_resizing *shape;
    vector_pixels to, from;
    int accumulate, blocks;
    void (*forward)(const resize_job *, ptrdiff_t row);
    void (*backward)(const resize_job *, ptrdiff_t image, ptrdiff_t first, ptrdiff_t last);
};

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
    resize_job j = {.shape = shape, .to = y, .from = x, .forward = AT_LEVEL(forward)};
    vector_parallel((ptrdiff_t)shape->images * shape->target_height, forward_part, &j);
}

void vector_resize_gradient(const vector_resizing *shape, vector_pixels d, vector_pixels g, int accumulate) {
    resize_job j = {.shape = shape, .to = d, .from = g, .accumulate = accumulate, .backward = AT_LEVEL(backward)};
    j.blocks = (shape->channels + CHANNEL_BLOCK - 1) / CHANNEL_BLOCK;
    vector_parallel((ptrdiff_t)shape->images * j.blocks, backward_part, &j);
}
