#pragma once
#include "VectorElements.h"

// A convolution in which every channel sees only itself: weights are [kernel_height, kernel_width, channels].
typedef struct {
    int images, channels;
    int height, width; // of the input
    int target_height, target_width;
    int kernel_height, kernel_width, step, dilation, top, left;
    const float *weights, *bias;
    int accumulate, rectify;
} vector_depthwise;

void vector_convolve_depthwise(const vector_depthwise *shape, vector_pixels y, vector_pixels x);
// The gradient with respect to the input.
void vector_convolve_depthwise_gradient(const vector_depthwise *shape, vector_pixels d, vector_pixels g);
