#include "VectorPooling.h"
#include "InstructionLevel.h"
#include "WorkerPool.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Elements of a window that are looked at together.
enum { MAX_TAPS = 64 };

typedef struct pooling_job pooling_job;
struct pooling_job {
    const vector_pooling *shape;
    vector_pixels y, x, d, g;
    int accumulate, bands;
    void (*forward)(const pooling_job *, ptrdiff_t row);
    void (*backward)(const pooling_job *, ptrdiff_t image, ptrdiff_t first, ptrdiff_t last);
};

typedef struct {
    ptrdiff_t first;
    int count;
} range;

// The part of first..<first + size that lies in 0..<length.
static inline range clipped(ptrdiff_t first, int size, int length) {
    ptrdiff_t last = first + size < length ? first + size : length;
    first = first > 0 ? first : 0;
    return (range){first, last > first ? (int)(last - first) : 0};
}

// What each element of an average counts.
static inline float share_of(const vector_pooling *s, ptrdiff_t y, ptrdiff_t x, range rows, range columns) {
    if (!s->counts_padding) return 1 / (float)(rows.count * columns.count);
    const ptrdiff_t below = s->height + s->bottom - (y * s->step_y - s->top), behind = s->width + s->right - (x * s->step_x - s->left);
    return 1 / ((float)(below < s->size_y ? below : s->size_y) * (float)(behind < s->size_x ? behind : s->size_x));
}

#define TEMPLATE "Pooling.inc.h"
#include "Levels.h"

static void forward_part(void *raw, ptrdiff_t row) {
    const pooling_job *j = raw;
    j->forward(j, row);
}

static void backward_part(void *raw, ptrdiff_t index) {
    const pooling_job *j = raw;
    const ptrdiff_t image = index / j->bands, band = index % j->bands, height = j->shape->height;
    j->backward(j, image, height * band / j->bands, height * (band + 1) / j->bands);
}

static void run_forward(pooling_job j) {
    if (j.shape->channels > 0) vector_parallel((ptrdiff_t)j.shape->images * j.shape->target_height, forward_part, &j);
}

static void run_backward(pooling_job j) {
    if (j.shape->channels <= 0 || j.shape->images <= 0) return;
    // Twice as many pieces as threads, but no narrow bands: their borders are looked at twice.
    int threads = vector_threads_in_use(), most = j.shape->height / (2 * j.shape->size_y + 2);
    j.bands = threads == 1 ? 1 : (2 * threads + j.shape->images - 1) / j.shape->images;
    if (j.bands > most) j.bands = most < 1 ? 1 : most;
    vector_parallel((ptrdiff_t)j.shape->images * j.bands, backward_part, &j);
}

void vector_max_pool(const vector_pooling *shape, vector_pixels y, vector_pixels x) {
    run_forward((pooling_job){.shape = shape, .y = y, .x = x, .forward = AT_LEVEL(max)});
}

void vector_average_pool(const vector_pooling *shape, vector_pixels y, vector_pixels x) {
    run_forward((pooling_job){.shape = shape, .y = y, .x = x, .forward = AT_LEVEL(average)});
}

void vector_max_pool_gradient(
    const vector_pooling *shape, vector_pixels d, vector_pixels g, vector_pixels y, vector_pixels x, int accumulate) {
    run_backward(
        (pooling_job){.shape = shape, .y = y, .x = x, .d = d, .g = g, .accumulate = accumulate, .backward = AT_LEVEL(max_gradient)});
}

void vector_average_pool_gradient(const vector_pooling *shape, vector_pixels d, vector_pixels g, int accumulate) {
    run_backward((pooling_job){.shape = shape, .d = d, .g = g, .accumulate = accumulate, .backward = AT_LEVEL(average_gradient)});
}
