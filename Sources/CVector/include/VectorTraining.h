#pragma once
#include "VectorElements.h"

// What training needs beside the passes to the images: gradients of weights, and statistics over the pixels of every channel. All sums
// are cut in the same places whatever the number of threads, so that they come out in the same bits.

// The gradient of a convolution's weights: result[t][c][k] = sum over all output pixels (i, y, x) of
// input[i, y * step_y + tap_y[t], x * step_x + tap_x[t], c] * gradient[i, y, x, k]; what lies outside of the input counts as zero.
typedef struct {
    const float *source;
    ptrdiff_t source_image, source_row, source_pixel;
    int source_height, source_width, channels;
    const float *gradient;
    ptrdiff_t gradient_image, gradient_row, gradient_pixel;
    int images, target_height, target_width, outputs;
    const int *tap_y, *tap_x;
    int taps, step_y, step_x;
    // Row (t, c) begins at result + (t * channels + c) * result_row.
    float *result;
    ptrdiff_t result_row;
    int accumulate;
    float *scratch;  // vector_weight_gradient_scratch(job) floats
} vector_weight_gradient;

void vector_sum_weight_gradient(const vector_weight_gradient *job);
ptrdiff_t vector_weight_gradient_scratch(const vector_weight_gradient *job);

// sums[c] = sum over pixels of (a - shift_a)[c], and unless b.base is NULL sums[channels + c] = sum of (a - shift_a)[c] * (b - shift_b)[c].
// Shifts may be NULL.
void vector_channel_sums(
    vector_pixels a, const float *shift_a, vector_pixels b, const float *shift_b, ptrdiff_t pixels, ptrdiff_t channels, double *sums,
    double *scratch);  // vector_channel_sums_scratch(channels) doubles
ptrdiff_t vector_channel_sums_scratch(ptrdiff_t channels);

// d[c] = or += g[c] * gains[c] + x[c] * slopes[c] + shifts[c]. d may be g.
void vector_blend(
    vector_pixels d, vector_pixels g, vector_pixels x, const float *gains, const float *slopes, const float *shifts, ptrdiff_t pixels,
    ptrdiff_t channels, int accumulate);
// y[c] = max(x[c] * scales[c] + shifts[c], 0)
void vector_affine_rectify(
    vector_pixels y, vector_pixels x, const float *scales, const float *shifts, ptrdiff_t pixels, ptrdiff_t channels);
