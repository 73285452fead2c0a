#include "VectorTraining.h"
#include "VectorConvolution.h"
#include "InstructionLevel.h"
#include "WorkerPool.h"

#include <string.h>

// Pixels whose products are summed in registers before they are added to what is there: they stay in the cache while all tiles pass over
// them, and sums of sums lose less than one long sum.
enum { BLOCK = 256, MOST_PARTS = 16, PART_PIXELS = 512, FLAT_ROW = 64 };

// Pixels side by side.
typedef struct {
    const float *source, *gradient;
    ptrdiff_t length;
} gradient_segment;

typedef struct {
    const gradient_segment *segments;
    int count, channel, column;
    ptrdiff_t source_step, gradient_step;
    // The gradient's last columns of all segments from a whole panel on, when they do not fill one: behind them may be the end of the
    // memory.
    const float *tail;
    int columns;  // of the last panel
    float *result;
    ptrdiff_t result_row;
} gradient_tile;

#define TEMPLATE "WeightGradient.inc.h"
#include "Levels.h"

// A job whose pixels are cut into parts, each with a result of its own; they are added in order at the end.
typedef struct {
    vector_weight_gradient job;
    int rows, last_width, parts;
    ptrdiff_t size;  // of one result
    void (*block)(const gradient_tile *, int, int, const float *, float *, ptrdiff_t);
} gradient_cut;

static int parts_of(const vector_weight_gradient *job, int rows) {
    ptrdiff_t pixels = (ptrdiff_t)job->images * job->target_height * job->target_width, parts = pixels / PART_PIXELS;
    if (parts > MOST_PARTS) parts = MOST_PARTS;
    if (parts > rows) parts = rows;
    return parts < 1 ? 1 : (int)parts;
}

static gradient_cut cut_of(const vector_weight_gradient *job) {
    gradient_cut c = {.job = *job, .rows = job->images * job->target_height, .last_width = job->target_width};
    vector_weight_gradient *j = &c.job;
    const ptrdiff_t pixels = (ptrdiff_t)c.rows * job->target_width;
    // Where every output sees its own pixel, all images are one row.
    int flat = job->taps == 1 && job->tap_y[0] == 0 && job->tap_x[0] == 0 && job->step_y == 1 && job->step_x == 1
        && job->source_height == job->target_height && job->source_width == job->target_width
        && job->source_row == job->source_width * job->source_pixel && job->source_image == job->source_height * job->source_row
        && job->gradient_row == job->target_width * job->gradient_pixel && job->gradient_image == job->target_height * job->gradient_row;
    c.parts = parts_of(job, c.rows);
    if (flat && pixels > 0) {
        c.rows = (int)((pixels + FLAT_ROW - 1) / FLAT_ROW);
        c.last_width = (int)(pixels - (ptrdiff_t)(c.rows - 1) * FLAT_ROW);
        j->images = 1;
        j->source_height = j->target_height = c.rows;
        j->source_width = j->target_width = FLAT_ROW;
        j->source_row = FLAT_ROW * j->source_pixel;
        j->gradient_row = FLAT_ROW * j->gradient_pixel;
        c.parts = parts_of(j, c.rows);
    }
    c.size = (ptrdiff_t)job->taps * job->channels * job->outputs;
    return c;
}

ptrdiff_t vector_weight_gradient_scratch(const vector_weight_gradient *job) {
    return MOST_PARTS * (ptrdiff_t)job->taps * job->channels * job->outputs;
}

// The pixels of an output row whose input at this tap lies inside.
static void inside(const vector_weight_gradient *j, int tap, int *low, int *high) {
    int x = j->tap_x[tap], step = j->step_x;
    *low = x >= 0 ? 0 : (-x + step - 1) / step;
    int room = j->source_width - 1 - x;
    *high = room < 0 ? 0 : room / step + 1;
    if (*high > j->target_width) *high = j->target_width;
}

static void gradient_part(void *raw, ptrdiff_t index) {
    const gradient_cut *c = raw;
    const vector_weight_gradient *j = &c->job;
    const int part = (int)(index / j->taps), tap = (int)(index % j->taps), rest = j->outputs % VECTOR_PANEL;
    const ptrdiff_t first = (ptrdiff_t)c->rows * part / c->parts, last = (ptrdiff_t)c->rows * (part + 1) / c->parts;
    float *result = j->scratch + part * c->size + (ptrdiff_t)tap * j->channels * j->outputs;
    memset(result, 0, (size_t)j->channels * (size_t)j->outputs * sizeof(float));
    gradient_segment segments[BLOCK];
    float tail[BLOCK * VECTOR_PANEL] __attribute__((aligned(64)));
    gradient_tile tile = {.segments = segments, .source_step = j->step_x * j->source_pixel, .gradient_step = j->gradient_pixel};
    int low, high, pixels = 0;
    inside(j, tap, &low, &high);
    for (ptrdiff_t row = first; row < last; row++) {
        const ptrdiff_t image = row / j->target_height, y = row % j->target_height;
        const ptrdiff_t from = y * j->step_y + j->tap_y[tap];
        const int end = row == c->rows - 1 && c->last_width < high ? c->last_width : high;
        const int is_inside = from >= 0 && from < j->source_height;
        const float *source = j->source + image * j->source_image + from * j->source_row + j->tap_x[tap] * j->source_pixel;
        const float *gradient = j->gradient + image * j->gradient_image + y * j->gradient_row;
        for (int x = low; is_inside && x < end;) {
            int length = end - x < BLOCK - pixels ? end - x : BLOCK - pixels;
            segments[tile.count++] = (gradient_segment){source + x * tile.source_step, gradient + x * tile.gradient_step, length};
            if (rest) {
                const float *g = gradient + x * tile.gradient_step + j->outputs - rest;
                float *to = tail + pixels * VECTOR_PANEL;
                for (int p = 0; p < length; p++, g += tile.gradient_step, to += VECTOR_PANEL) {
                    memcpy(to, g, (size_t)rest * sizeof(float));
                    memset(to + rest, 0, (size_t)(VECTOR_PANEL - rest) * sizeof(float));
                }
            }
            pixels += length;
            x += length;
            if (pixels == BLOCK) {
                c->block(&tile, j->channels, j->outputs, rest ? tail : 0, result, j->outputs);
                pixels = tile.count = 0;
            }
        }
    }
    if (pixels) c->block(&tile, j->channels, j->outputs, rest ? tail : 0, result, j->outputs);
}

static void add_parts(void *raw, ptrdiff_t row) {
    const gradient_cut *c = raw;
    const vector_weight_gradient *j = &c->job;
    float *to = j->result + row * j->result_row;
    const float *from = j->scratch + row * j->outputs;
    for (int k = 0; k < j->outputs; k++) {
        float sum = from[k];
        for (int part = 1; part < c->parts; part++) sum += from[part * c->size + k];
        to[k] = j->accumulate ? to[k] + sum : sum;
    }
}

void vector_sum_weight_gradient(const vector_weight_gradient *job) {
    if (job->taps <= 0 || job->channels <= 0 || job->outputs <= 0) return;
    gradient_cut c = cut_of(job);
    c.block = AT_LEVEL(gradient_block);
    vector_parallel((ptrdiff_t)c.parts * job->taps, gradient_part, &c);
    // Small results are added where they are needed.
    if (c.size * c.parts < 1 << 14) {
        for (ptrdiff_t row = 0; row < (ptrdiff_t)job->taps * job->channels; row++) add_parts(&c, row);
    } else {
        vector_parallel((ptrdiff_t)job->taps * job->channels, add_parts, &c);
    }
}
