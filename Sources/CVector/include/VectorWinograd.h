#pragma once
#include <stddef.h>

// Dense convolution with stride 1 by Winograd's minimal filtering (Lavin & Gray 2015). F(4x4, 3x3) computes blocks of 4x4 outputs of a 3x3
// kernel with 36 multiplications per input channel instead of 144; F(2x2, 5x5) blocks of 2x2 outputs of a 5x5 kernel with 36 instead of
// 100. Both read 6x6 inputs and transform them alike; between the transforms are 36 matrix products.

enum { VECTOR_WINOGRAD_POINTS = 36 };

typedef struct {
    const float *source;
    ptrdiff_t source_image, source_row, source_pixel;
    int source_height, source_width, channels;
    int kernel; // 3 or 5
    // The window of output (y, x) begins at the input pixel (y - top, x - left).
    int top, left;
    float *target;
    ptrdiff_t target_image, target_row, target_pixel;
    int images, target_height, target_width, outputs;
    const float *packed; // from vector_winograd_pack
    const float *bias;   // a multiple of 16 floats, or NULL
    int accumulate, rectify;
    float *scratch; // vector_winograd_scratch(channels) floats for each of vector_threads_supported() threads
} vector_winograd;

void vector_convolve_winograd(const vector_winograd *job);
ptrdiff_t vector_winograd_scratch(ptrdiff_t channels);

// Transforms and packs a kernel of `size` 3 or 5 whose element (y, x) from input c to output k is kernel[y * row + x * column + c * input +
// k * output].
void vector_winograd_pack(int size, const float *kernel, ptrdiff_t row, ptrdiff_t column, ptrdiff_t input, ptrdiff_t output,
    ptrdiff_t channels, ptrdiff_t outputs, float *packed);
ptrdiff_t vector_winograd_packed_count(ptrdiff_t channels, ptrdiff_t outputs);
