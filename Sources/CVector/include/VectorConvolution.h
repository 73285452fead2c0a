#pragma once
#include <stddef.h>

// Convolution as a matrix product whose left matrix is never built: each tile of outputs reads its inputs through pointers,
// one per tap of the kernel and output pixel (an "indirect" product; outside of the input the pointer shows zeros).
//
// The same routine computes forward passes (any stride, dilation, padding) and gradients with respect to the input, which are
// convolutions with the transposed weights, one per phase of the stride.

enum { VECTOR_PANEL = 16, VECTOR_MAX_ROWS = 64 };

typedef struct {
    // Input: pixel (y, x) of image i is at source + i * source_image + y * source_row + x * source_pixel, `channels` floats.
    const float *source;
    ptrdiff_t source_image, source_row, source_pixel;
    int source_height, source_width, channels;
    // Tap t of output (y, x) is the input pixel (y * step_y + tap_y[t], x * step_x + tap_x[t]).
    const int *tap_y, *tap_x;
    int taps, step_y, step_x;
    // Output pixel (y, x) of image i: `outputs` floats at target + i * target_image + y * target_row + x * target_pixel.
    float *target;
    ptrdiff_t target_image, target_row, target_pixel;
    int images, target_height, target_width, outputs;
    // Weights from vector_pack: ceil(outputs / 16) panels of [taps * channels][16].
    const float *packed;
    // A multiple of 16 floats, or NULL.
    const float *bias;
    // At least `channels` zeros, for what lies outside of the input.
    const float *zeros;
    // Adds to the output instead of replacing it; ends with max(x, 0).
    int accumulate, rectify;
} vector_convolution;

// Computes all outputs, on the pool's threads. How the work is cut never changes a result: every element is summed in one
// fixed order, at every level and with every number of threads.
void vector_convolve(const vector_convolution *job);

// Floats that vector_pack writes for [rows][columns].
ptrdiff_t vector_packed_count(ptrdiff_t rows, ptrdiff_t columns);

// Packs the matrix [rows][columns], element (r, c) at matrix[r * row_stride + c * column_stride], into panels.
void vector_pack(const float *matrix, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t row_stride, ptrdiff_t column_stride, float *packed);
