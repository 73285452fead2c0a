#pragma once
#include <stddef.h>

// Functions of every element of an array. Multiplications and additions are not fused, so that every level of instructions and every
// number of threads gives the same bits; a NaN comes out as a NaN, and subnormal numbers count as what they are.
//
// Largest errors in units in the last place, over all 2^32 numbers: exp 1.1, log 1, tanh 1.4, sigmoid 2.5.

typedef enum {
    VECTOR_EXP,
    VECTOR_LOG,
    VECTOR_TANH,
    VECTOR_SIGMOID, // 1 / (1 + e^-x)
    VECTOR_SQRT,
    VECTOR_ABS,
    VECTOR_SIGN, // -1, 0 or 1; zeros keep their sign
    VECTOR_NEGATE,
    VECTOR_RELU, // 0 where x < 0
    VECTOR_SQUARE,
    VECTOR_CUBE,
    VECTOR_CLAMP, // between low and high
    VECTOR_IS_FINITE, // 1 or 0
} vector_function;

// y may be x. Only VECTOR_CLAMP looks at low and high.
void vector_apply(vector_function function, float *y, const float *x, ptrdiff_t count, float low, float high);
