#pragma once
#include "VectorElements.h"

// Resizes [images, height, width, channels]: output row y mixes the input rows low_y[y] and high_y[y], the second with weight mix_y[y];
// columns likewise.
typedef struct {
    int images, channels, height, width, target_height, target_width;
    const int *low_y, *high_y, *low_x, *high_x;
    const float *mix_y, *mix_x;
} vector_resizing;

void vector_resize(const vector_resizing *shape, vector_pixels y, vector_pixels x);
void vector_resize_gradient(const vector_resizing *shape, vector_pixels d, vector_pixels g, int accumulate);
