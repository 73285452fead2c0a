#pragma once
#include "VectorElements.h"

// Local response normalization over the channels of every pixel, s[c] = bias + alpha * sum of x[j]^2 over |j - c| <= radius:
// y[c] = x[c] * s[c]^-beta. Exponents 0.5 and 0.75 take square roots only.
typedef struct {
    int radius;
    float bias, alpha, beta;
} vector_normalization;

void vector_normalize(const vector_normalization *constants, vector_pixels y, vector_pixels x, ptrdiff_t pixels, ptrdiff_t channels);
void vector_normalize_gradient(const vector_normalization *constants, vector_pixels d, vector_pixels g, vector_pixels x, ptrdiff_t pixels,
    ptrdiff_t channels, int accumulate);
