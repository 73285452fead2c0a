#include "VectorDepthwise.h"
#include "InstructionLevel.h"
#include "WorkerPool.h"

typedef struct depthwise_job depthwise_job;
struct depthwise_job {
    const vector_depthwise *shape;
    vector_pixels to, from;
    void (*row)(const depthwise_job *, ptrdiff_t);
};

#define TEMPLATE "Depthwise.inc.h"
#include "Levels.h"

static void part(void *raw, ptrdiff_t row) {
    const depthwise_job *j = raw;
    j->row(j, row);
}

void vector_convolve_depthwise(const vector_depthwise *shape, vector_pixels y, vector_pixels x) {
    depthwise_job j = {.shape = shape, .to = y, .from = x, .row = AT_LEVEL(forward)};
    vector_parallel((ptrdiff_t)shape->images * shape->target_height, part, &j);
}

void vector_convolve_depthwise_gradient(const vector_depthwise *shape, vector_pixels d, vector_pixels g) {
    depthwise_job j = {.shape = shape, .to = d, .from = g, .row = AT_LEVEL(backward)};
    vector_parallel((ptrdiff_t)shape->images * shape->height, part, &j);
}
