#pragma once
#include "VectorElements.h"

// Poolings of [images, height, width, channels]. Window (y, x) begins at (y * step_y - top, x * step_x - left) of the input and is cut at
// its border, so padding never takes part.
typedef struct {
    int images, channels;
    int height, width; // of the input
    int target_height, target_width;
    int size_y, size_x, step_y, step_x, top, left;
    // Means are of what lies inside of the input, or, when counts_padding, of the input between `top`, `left`, `bottom` and `right` zeros.
    int counts_padding, bottom, right;
} vector_pooling;

void vector_max_pool(const vector_pooling *shape, vector_pixels y, vector_pixels x);
// Each window's gradient goes to the first of its largest elements.
void vector_max_pool_gradient(
    const vector_pooling *shape, vector_pixels d, vector_pixels g, vector_pixels y, vector_pixels x, int accumulate);
void vector_average_pool(const vector_pooling *shape, vector_pixels y, vector_pixels x);
void vector_average_pool_gradient(const vector_pooling *shape, vector_pixels d, vector_pixels g, int accumulate);
