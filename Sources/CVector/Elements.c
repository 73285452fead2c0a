#include "VectorElements.h"
#include "InstructionLevel.h"
#include "WorkerPool.h"

#include <stdint.h>

typedef struct element_job element_job;
struct element_job {
    vector_pixels y, x, z;
    ptrdiff_t pixels, channels, step;
    float scale, shift;
    const float *scales, *shifts;
    vector_gate gate;
    int accumulate;
    void (*rows)(const element_job *, ptrdiff_t first, ptrdiff_t last);
};

#define TEMPLATE "Elements.inc.h"
#include "Levels.h"

typedef void (*row_kernel)(const element_job *, ptrdiff_t, ptrdiff_t);

static void part(void *raw, ptrdiff_t index) {
    const element_job *j = raw;
    ptrdiff_t first = index * j->step, last = first + j->step < j->pixels ? first + j->step : j->pixels;
    j->rows(j, first, last);
}

// Pieces of about 64 kB; long contiguous rows are cut as well.
static void run(element_job j, row_kernel rows) {
    if (j.pixels <= 0 || j.channels <= 0) return;
    j.rows = rows;
    j.step = (1 << 14) / j.channels;
    if (j.step < 1) j.step = 1;
    vector_parallel((j.pixels + j.step - 1) / j.step, part, &j);
}

// Rows that touch each other are one array: cut into rows of a convenient length, with the rest done alone.
static void run_flat(element_job j, row_kernel rows) {
    int joined = j.y.stride == j.channels && (!j.x.base || j.x.stride == j.channels) && (!j.z.base || j.z.stride == j.channels);
    if (!joined) {
        run(j, rows);
        return;
    }
    const ptrdiff_t length = 1 << 12, total = j.pixels * j.channels, whole = total / length;
    element_job rest = j;
    j.pixels = whole;
    j.channels = j.y.stride = j.x.stride = j.z.stride = length;
    run(j, rows);
    rest.pixels = 1;
    rest.channels = total - whole * length;
    rest.y.base += whole * length;
    if (rest.x.base) rest.x.base += whole * length;
    if (rest.z.base) rest.z.base += whole * length;
    run(rest, rows);
}

void vector_copy(vector_pixels y, vector_pixels x, ptrdiff_t pixels, ptrdiff_t channels, float scale, float shift, int accumulate) {
    run_flat(
        (element_job){.y = y, .x = x, .pixels = pixels, .channels = channels, .scale = scale, .shift = shift, .accumulate = accumulate},
        AT_LEVEL(copy));
}

void vector_affine(
    vector_pixels y, vector_pixels x, const float *scales, const float *shifts, ptrdiff_t pixels, ptrdiff_t channels, int accumulate) {
    run((element_job){.y = y, .x = x, .pixels = pixels, .channels = channels, .scales = scales, .shifts = shifts, .accumulate = accumulate},
        AT_LEVEL(affine));
}

void vector_fill(vector_pixels y, ptrdiff_t pixels, ptrdiff_t channels, float value) {
    run_flat((element_job){.y = y, .pixels = pixels, .channels = channels, .shift = value}, AT_LEVEL(fill));
}

void vector_rectify(vector_pixels y, vector_pixels x, ptrdiff_t pixels, ptrdiff_t channels) {
    run_flat((element_job){.y = y, .x = x, .pixels = pixels, .channels = channels}, AT_LEVEL(rectify));
}

void vector_rectify_gradient(
    vector_pixels d, vector_pixels g, vector_pixels y, ptrdiff_t pixels, ptrdiff_t channels, vector_gate gate, int accumulate) {
    run_flat((element_job){.y = d, .x = g, .z = y, .pixels = pixels, .channels = channels, .gate = gate, .accumulate = accumulate},
        AT_LEVEL(gate));
}

int vector_reaches_active(vector_pixels g, vector_pixels y, ptrdiff_t pixels, ptrdiff_t channels) {
    element_job j = {.x = g, .z = y, .pixels = pixels, .channels = channels};
    return AT_LEVEL(reaches)(&j, 0, pixels);
}

void vector_softmax(vector_pixels y, vector_pixels x, ptrdiff_t pixels, ptrdiff_t channels) {
    run((element_job){.y = y, .x = x, .pixels = pixels, .channels = channels}, AT_LEVEL(softmax));
}

void vector_softmax_gradient(vector_pixels d, vector_pixels g, vector_pixels y, ptrdiff_t pixels, ptrdiff_t channels, int accumulate) {
    run((element_job){.y = d, .x = g, .z = y, .pixels = pixels, .channels = channels, .accumulate = accumulate},
        AT_LEVEL(softmax_gradient));
}
