#pragma once
#include <stddef.h>

// Two arrays combined element by element: rows of columns, each array with a stride between rows and one between columns, of which the
// latter is 1 or, where one number repeats along a row, 0. The same bits at every level of instructions.

typedef enum {
    VECTOR_ADD,
    VECTOR_SUBTRACT,
    VECTOR_MULTIPLY,
    VECTOR_DIVIDE,
    VECTOR_LARGER, // a NaN on either side comes out
    VECTOR_SMALLER,
    VECTOR_BELOW, // comparisons give 1 or 0
    VECTOR_AT_MOST,
    VECTOR_ABOVE,
    VECTOR_AT_LEAST,
    VECTOR_EQUAL,
    VECTOR_UNEQUAL,
} vector_operation;

typedef struct {
    const float *base;
    ptrdiff_t row, column;
} vector_operand;

// y, whose rows touch each other, may be the base of an operand whose elements lie as those of y.
void vector_combine(vector_operation operation, float *y, vector_operand a, vector_operand b, ptrdiff_t rows, ptrdiff_t columns);

// y = b where the mask is not 0, else a.
void vector_choose(float *y, const float *a, const float *b, const float *mask, ptrdiff_t count);
