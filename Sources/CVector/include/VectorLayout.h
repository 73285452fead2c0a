#pragma once
#include <stddef.h>

// Copies [images, height, width, channels], pixels `stride` floats apart, into [images, padded_height, padded_width, channels]
// with `top` and `left` zeros before; rows and columns behind the padded size are left out.
void vector_pad(float *padded, const float *source, ptrdiff_t images, ptrdiff_t height, ptrdiff_t width, ptrdiff_t channels,
    ptrdiff_t stride, ptrdiff_t padded_height, ptrdiff_t padded_width, ptrdiff_t top, ptrdiff_t left);

// Pixel (y, x) of [images, height, width, channels] becomes, or gets added, the channels (y % step, x % step) of pixel (y / step, x / step)
// of [images, ceil(height / step), ceil(width / step), step, step, channels], whose pixels are `coarse_stride` floats apart.
void vector_deal_phases(float *pixels, const float *phases, ptrdiff_t images, ptrdiff_t height, ptrdiff_t width, ptrdiff_t channels,
    ptrdiff_t stride, ptrdiff_t step, ptrdiff_t coarse_stride, int accumulate);
