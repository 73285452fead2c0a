#include "VectorNormalization.h"
#include "InstructionLevel.h"
#include "WorkerPool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NEAR = 2048 };

typedef struct {
    // [radius zeros, channels, radius zeros]: squares, then the terms of the gradient's sums.
    float *values;
    float *gains, *slopes;
    ptrdiff_t length; // from one pixel to the next
} normalization_scratch;

static inline normalization_scratch of_pixel(const normalization_scratch *all, ptrdiff_t p) {
    return (normalization_scratch){all->values + p * all->length, all->gains + p * all->length, all->slopes + p * all->length, all->length};
}

typedef struct normalization_job normalization_job;
struct normalization_job {
    const vector_normalization *constants;
    vector_pixels y, g, x;
    ptrdiff_t pixels, channels, step;
    int radius;   // no larger than the channels
    int quarters; // of the exponent, when it is 2 or 3 of them
    int is_gradient, accumulate;
    void (*rows)(const normalization_job *, const normalization_scratch *, ptrdiff_t first, ptrdiff_t last);
};

#define TEMPLATE "Normalization.inc.h"
#include "Levels.h"

static void part(void *raw, ptrdiff_t index) {
    const normalization_job *j = raw;
    ptrdiff_t first = index * j->step, last = first + j->step < j->pixels ? first + j->step : j->pixels;
    // Room for a whole vector behind the last channel.
    ptrdiff_t length = j->channels + 2 * j->radius + 32;
    // Pixels that are looked at together; what they take stays in the first-level cache.
    ptrdiff_t group = NEAR / length > 0 ? NEAR / length : 1, size = group * length;
    float near[3 * NEAR], *memory = size <= NEAR ? near : malloc((size_t)(3 * size) * sizeof(float));
    memset(memory, 0, (size_t)size * sizeof(float));
    normalization_scratch scratch = {memory, memory + size, memory + 2 * size, length};
    for (; first < last; first += group) j->rows(j, &scratch, first, first + group < last ? first + group : last);
    if (memory != near) free(memory);
}

static void run(normalization_job j) {
    if (j.pixels <= 0 || j.channels <= 0) return;
    j.radius = j.constants->radius < j.channels ? j.constants->radius : (int)j.channels;
    j.quarters = j.constants->beta == 0.5f ? 2 : j.constants->beta == 0.75f ? 3 : 0;
    j.step = (1 << 13) / j.channels;
    if (j.step < 1) j.step = 1;
    vector_parallel((j.pixels + j.step - 1) / j.step, part, &j);
}

void vector_normalize(const vector_normalization *constants, vector_pixels y, vector_pixels x, ptrdiff_t pixels, ptrdiff_t channels) {
    run((normalization_job){.constants = constants, .y = y, .x = x, .pixels = pixels, .channels = channels, .rows = AT_LEVEL(normalize)});
}

void vector_normalize_gradient(const vector_normalization *constants, vector_pixels d, vector_pixels g, vector_pixels x, ptrdiff_t pixels,
    ptrdiff_t channels, int accumulate) {
    run((normalization_job){.constants = constants,
        .y = d,
        .g = g,
        .x = x,
        .pixels = pixels,
        .channels = channels,
        .is_gradient = 1,
        .accumulate = accumulate,
        .rows = AT_LEVEL(normalize_gradient)});
}
