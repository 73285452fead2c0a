#include "VectorConvolution.h"
#include "VectorWinograd.h"
#include "InstructionLevel.h"
#include "WorkerPool.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

// Taps whose pointers are kept for a full block of pixels; kernels with more take smaller blocks.
enum { VECTOR_MAX_TAPS = 32 };

// Rows of a tile by its panels: as many sums as the registers hold beside the weights, with a general register for every row.
#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma,avx2,bmi2"), min_vector_width(512))), apply_to = function)
#define LEVEL(name) avx512_##name
#define LANES 16
#define TILE_PANELS 4
static const int avx512_heights[5] = {0, 12, 10, 8, 6};
#define TILE_CASES(T) \
    T(1, 1) \
    T(2, 1) T(3, 1) T(4, 1) T(5, 1) T(6, 1) T(7, 1) T(8, 1) T(9, 1) T(10, 1) T(11, 1) T(12, 1) T(1, 2) T(2, 2) T(3, 2) T(4, 2) T(5, 2) \
        T(6, 2) T(7, 2) T(8, 2) T(9, 2) T(10, 2) T(1, 3) T(2, 3) T(3, 3) T(4, 3) T(5, 3) T(6, 3) T(7, 3) T(8, 3) T(1, 4) T(2, 4) T(3, 4) \
            T(4, 4) T(5, 4) T(6, 4)
#include "ConvolutionTile.inc.h"
#include "WinogradTile.inc.h"
#undef LEVEL
#undef LANES
#undef TILE_PANELS
#undef TILE_CASES
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,fma,bmi2"), min_vector_width(256))), apply_to = function)
#define LEVEL(name) avx2_##name
#define LANES 8
#define TILE_PANELS 1
static const int avx2_heights[5] = {0, 6};
#define TILE_CASES(T) T(1, 1) T(2, 1) T(3, 1) T(4, 1) T(5, 1) T(6, 1)
#include "ConvolutionTile.inc.h"
#include "WinogradTile.inc.h"
#undef LEVEL
#undef LANES
#undef TILE_PANELS
#undef TILE_CASES
#pragma clang attribute pop
#endif

#define LEVEL(name) portable_##name
#define LANES 4
#define TILE_PANELS 1
#if defined(__aarch64__)
static const int portable_heights[5] = {0, 6};
#define TILE_CASES(T) T(1, 1) T(2, 1) T(3, 1) T(4, 1) T(5, 1) T(6, 1)
#else
static const int portable_heights[5] = {0, 2};
#define TILE_CASES(T) T(1, 1) T(2, 1)
#endif
#include "ConvolutionTile.inc.h"
#include "WinogradTile.inc.h"
#undef LEVEL
#undef LANES
#undef TILE_PANELS
#undef TILE_CASES

#if defined(__x86_64__)
#define AT_LEVEL(name) \
    (vector_level_in_use() == VECTOR_AVX512 ? avx512_##name : vector_level_in_use() == VECTOR_AVX2 ? avx2_##name : portable_##name)
#else
#define AT_LEVEL(name) portable_##name
#endif

// How a job is cut: blocks of pixels times groups of panels.
typedef struct {
    const vector_convolution *job;
    ptrdiff_t pixels, blocks;
    int panels, groups;
    void (*convolve)(const vector_convolution *, ptrdiff_t first, ptrdiff_t last, int first_panel, int last_panel);
} cut;

static void convolve_part(void *raw, ptrdiff_t index) {
    const cut *c = raw;
    ptrdiff_t block = index / c->groups, group = index % c->groups;
    ptrdiff_t first = c->pixels * block / c->blocks, last = c->pixels * (block + 1) / c->blocks;
    int first_panel = (int)(c->panels * group / c->groups), last_panel = (int)(c->panels * (group + 1) / c->groups);
    c->convolve(c->job, first, last, first_panel, last_panel);
}

void vector_convolve(const vector_convolution *job) {
    cut c = {.job = job, .pixels = (ptrdiff_t)job->images * job->target_height * job->target_width};
    if (c.pixels == 0 || job->outputs == 0) return;
    c.convolve = AT_LEVEL(convolve);
    c.panels = (job->outputs + VECTOR_PANEL - 1) / VECTOR_PANEL;
    // Whole blocks of pixels read the weights once and the inputs from the nearest cache. Where that leaves threads without
    // work (the deep layers have 49 pixels and a megabyte of weights) the panels are dealt out instead.
    c.blocks = (c.pixels + VECTOR_MAX_ROWS - 1) / VECTOR_MAX_ROWS;
    c.groups = 1;
    int threads = vector_threads_in_use();
    if (threads > 1) {
        int most = (c.panels + 3) / 4;
        ptrdiff_t wanted = 4 * threads;
        while (c.blocks * c.groups < wanted && c.groups < most) c.groups++;
        // Small work is not worth dealing out in small pieces.
        double work = (double)c.pixels * job->taps * job->channels * job->outputs;
        if (work < 1e5) c.blocks = c.groups = 1;
    }
    vector_parallel(c.blocks * c.groups, convolve_part, &c);
}

ptrdiff_t vector_packed_count(ptrdiff_t rows, ptrdiff_t columns) {
    return (columns + VECTOR_PANEL - 1) / VECTOR_PANEL * VECTOR_PANEL * rows;
}

void vector_pack(const float *matrix, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t row_stride, ptrdiff_t column_stride, float *packed) {
    for (ptrdiff_t first = 0; first < columns; first += VECTOR_PANEL) {
        ptrdiff_t width = columns - first < VECTOR_PANEL ? columns - first : VECTOR_PANEL;
        for (ptrdiff_t r = 0; r < rows; r++, packed += VECTOR_PANEL) {
            const float *from = matrix + r * row_stride + first * column_stride;
            for (ptrdiff_t c = 0; c < width; c++) packed[c] = from[c * column_stride];
            memset(packed + width, 0, (size_t)(VECTOR_PANEL - width) * sizeof(float));
        }
    }
}

// Blocks of outputs that one thread takes at once: their transformed inputs, and the products for one tile's panels, stay in the
// second-level cache, and the weights, which do not, are read as rarely as that allows.
static ptrdiff_t winograd_blocks(ptrdiff_t channels) {
    ptrdiff_t blocks = 160000 / (VECTOR_WINOGRAD_POINTS * (channels + 64));
    return blocks < 12 ? 12 : blocks;
}

ptrdiff_t vector_winograd_scratch(ptrdiff_t channels) {
    return VECTOR_WINOGRAD_POINTS * winograd_blocks(channels) * ((channels + 15) / 16 * 16 + 4 * VECTOR_PANEL);
}

ptrdiff_t vector_winograd_packed_count(ptrdiff_t channels, ptrdiff_t outputs) {
    return VECTOR_WINOGRAD_POINTS * vector_packed_count(channels, outputs);
}

typedef struct {
    const vector_winograd *job;
    ptrdiff_t blocks, pieces, scratch;
    _Atomic unsigned long long taken; // the threads' shares of the scratch memory
    void (*run)(const vector_winograd *, ptrdiff_t first, ptrdiff_t last, float *scratch);
} winograd_cut;

static void winograd_part(void *raw, ptrdiff_t index) {
    winograd_cut *c = raw;
    unsigned long long taken = atomic_load(&c->taken);
    int share;
    do share = __builtin_ctzll(~taken); // no more threads than shares
    while (!atomic_compare_exchange_weak(&c->taken, &taken, taken | 1ull << share));
    c->run(c->job, c->blocks * index / c->pieces, c->blocks * (index + 1) / c->pieces, c->job->scratch + share * c->scratch);
    atomic_fetch_and(&c->taken, ~(1ull << share));
}

void vector_convolve_winograd(const vector_winograd *job) {
    winograd_cut c = {.job = job, .run = AT_LEVEL(winograd), .scratch = vector_winograd_scratch(job->channels)};
    const int side = 7 - job->kernel;
    c.blocks = (ptrdiff_t)job->images * ((job->target_height + side - 1) / side) * ((job->target_width + side - 1) / side);
    if (c.blocks == 0 || job->outputs == 0) return;
    ptrdiff_t most = winograd_blocks(job->channels), threads = vector_threads_in_use();
    c.pieces = (c.blocks + most - 1) / most;
    // As many pieces for every thread, if there is enough for all.
    if (threads > 1 && c.blocks >= 8 * threads) c.pieces = (c.pieces + threads - 1) / threads * threads;
    vector_parallel(c.pieces, winograd_part, &c);
}

void vector_winograd_pack(int size, const float *kernel, ptrdiff_t row, ptrdiff_t column, ptrdiff_t input, ptrdiff_t output,
    ptrdiff_t channels, ptrdiff_t outputs, float *packed) {
    // The kernel as a polynomial at the points 0, 1, -1, 2, -2 and infinity, divided by the products of the points' distances.
    static const double points[6] = {0, 1, -1, 2, -2, 0}, shares[6] = {1 / 4.0, -1 / 6.0, -1 / 6.0, 1 / 24.0, 1 / 24.0, 1};
    double g[6][5];
    for (int i = 0; i < 6; i++) {
        double power = shares[i];
        for (int x = 0; x < size; x++, power *= points[i]) g[i][x] = i < 5 ? power : x == size - 1;
    }
    const ptrdiff_t panels = (outputs + VECTOR_PANEL - 1) / VECTOR_PANEL, part = panels * channels * VECTOR_PANEL;
    memset(packed, 0, (size_t)(VECTOR_WINOGRAD_POINTS * part) * sizeof(float));
    for (ptrdiff_t c = 0; c < channels; c++)
        for (ptrdiff_t k = 0; k < outputs; k++) {
            const float *w = kernel + c * input + k * output;
            double half[6][5];
            for (int i = 0; i < 6; i++)
                for (int x = 0; x < size; x++) {
                    half[i][x] = 0;
                    for (int y = 0; y < size; y++) half[i][x] += g[i][y] * w[y * row + x * column];
                }
            float *to = packed + (k / VECTOR_PANEL * channels + c) * VECTOR_PANEL + k % VECTOR_PANEL;
            for (int i = 0; i < 6; i++)
                for (int p = 0; p < 6; p++) {
                    double sum = 0;
                    for (int x = 0; x < size; x++) sum += half[i][x] * g[p][x];
                    to[(i * 6 + p) * part] = (float)sum;
                }
        }
}
