#include "VectorTraining.h"
#include "InstructionLevel.h"
#include "WorkerPool.h"

#include <string.h>

enum { SUM_BLOCK = 64, MOST_PARTS = 16, PART_PIXELS = 512 };

typedef struct sum_job sum_job;
struct sum_job {
    vector_pixels a, b;
    const float *shift_a, *shift_b;
    ptrdiff_t pixels, channels, parts;
    double *partial;
    void (*block)(const sum_job *, ptrdiff_t first, ptrdiff_t last, double *sums);
};

typedef struct blend_job blend_job;
struct blend_job {
    vector_pixels d, g, x;
    const float *gains, *slopes, *shifts;
    ptrdiff_t pixels, channels, step;
    int accumulate;
    void (*rows)(const blend_job *, ptrdiff_t first, ptrdiff_t last);
};

#define TEMPLATE "ChannelSums.inc.h"
#include "Levels.h"

ptrdiff_t vector_channel_sums_scratch(ptrdiff_t channels) { return MOST_PARTS * 2 * channels; }

static void sum_part(void *raw, ptrdiff_t index) {
    const sum_job *j = raw;
    const ptrdiff_t first = j->pixels * index / j->parts, last = j->pixels * (index + 1) / j->parts;
    double *sums = j->partial + index * 2 * j->channels;
    memset(sums, 0, (size_t)(2 * j->channels) * sizeof(double));
    for (ptrdiff_t p = first; p < last; p += SUM_BLOCK) j->block(j, p, p + SUM_BLOCK < last ? p + SUM_BLOCK : last, sums);
}

void vector_channel_sums(
    vector_pixels a, const float *shift_a, vector_pixels b, const float *shift_b, ptrdiff_t pixels, ptrdiff_t channels, double *sums,
    double *scratch) {
    sum_job j = {.a = a, .b = b, .shift_a = shift_a, .shift_b = shift_b, .pixels = pixels, .channels = channels, .partial = scratch};
    j.block = AT_LEVEL(sum_block);
    j.parts = pixels / PART_PIXELS;
    if (j.parts < 1) j.parts = 1;
    if (j.parts > MOST_PARTS) j.parts = MOST_PARTS;
    vector_parallel(j.parts, sum_part, &j);
    for (ptrdiff_t c = 0; c < (b.base ? 2 : 1) * channels; c++) {
        double sum = 0;
        for (ptrdiff_t part = 0; part < j.parts; part++) sum += scratch[part * 2 * channels + c];
        sums[c] = sum;
    }
}

static void blend_part(void *raw, ptrdiff_t index) {
    const blend_job *j = raw;
    ptrdiff_t first = index * j->step, last = first + j->step < j->pixels ? first + j->step : j->pixels;
    j->rows(j, first, last);
}

static void run(blend_job j) {
    if (j.pixels <= 0 || j.channels <= 0) return;
    j.step = (1 << 14) / j.channels;
    if (j.step < 1) j.step = 1;
    vector_parallel((j.pixels + j.step - 1) / j.step, blend_part, &j);
}

void vector_blend(
    vector_pixels d, vector_pixels g, vector_pixels x, const float *gains, const float *slopes, const float *shifts, ptrdiff_t pixels,
    ptrdiff_t channels, int accumulate) {
    run((blend_job){.d = d, .g = g, .x = x, .gains = gains, .slopes = slopes, .shifts = shifts, .pixels = pixels, .channels = channels,
        .accumulate = accumulate, .rows = AT_LEVEL(blend)});
}

void vector_affine_rectify(
    vector_pixels y, vector_pixels x, const float *scales, const float *shifts, ptrdiff_t pixels, ptrdiff_t channels) {
    run((blend_job){.d = y, .x = x, .gains = scales, .shifts = shifts, .pixels = pixels, .channels = channels,
        .rows = AT_LEVEL(affine_rectify)});
}
