#pragma once
#include <stddef.h>

// Elementwise kernels on `pixels` groups of `channels` floats; the groups of a matrix are `stride` floats apart. Work large enough
// is shared among the pool's threads.

typedef struct {
    float *base;
    ptrdiff_t stride;
} vector_pixels;

// y = x * scale + shift, or y += x * scale + shift.
void vector_copy(vector_pixels y, vector_pixels x, ptrdiff_t pixels, ptrdiff_t channels, float scale, float shift, int accumulate);
// y[c] = or += x[c] * scales[c] + shifts[c]; without shifts they are zero.
void vector_affine(
    vector_pixels y, vector_pixels x, const float *scales, const float *shifts, ptrdiff_t pixels, ptrdiff_t channels, int accumulate);
void vector_fill(vector_pixels y, ptrdiff_t pixels, ptrdiff_t channels, float value);
// y = max(x, 0)
void vector_rectify(vector_pixels y, vector_pixels x, ptrdiff_t pixels, ptrdiff_t channels);

typedef enum { VECTOR_GATE_ACTIVE, VECTOR_GATE_RAISING, VECTOR_GATE_GUIDED } vector_gate;
// The gradient of max(x, 0), d = or += : g where y > 0 (ACTIVE), where g > 0 (RAISING), or where both are (GUIDED). d may be g.
void vector_rectify_gradient(
    vector_pixels d, vector_pixels g, vector_pixels y, ptrdiff_t pixels, ptrdiff_t channels, vector_gate gate, int accumulate);
// Whether any g is other than zero where y > 0.
int vector_reaches_active(vector_pixels g, vector_pixels y, ptrdiff_t pixels, ptrdiff_t channels);

// Over the channels of every pixel: y = exp(x) / sum of exp(x), and its gradient d = or += y * (g - sum of g * y).
void vector_softmax(vector_pixels y, vector_pixels x, ptrdiff_t pixels, ptrdiff_t channels);
void vector_softmax_gradient(vector_pixels d, vector_pixels g, vector_pixels y, ptrdiff_t pixels, ptrdiff_t channels, int accumulate);
