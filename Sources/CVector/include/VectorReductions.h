#pragma once
#include <stddef.h>

// One number from many: [outer, length, inner] becomes [outer, inner]. Sums accumulate in double precision. The order of all operations
// depends on the shape alone, so that every level of instructions and every number of threads gives the same bits.

typedef enum {
    VECTOR_SUM,
    VECTOR_SUM_OF_SQUARES,
    VECTOR_LARGEST, // a NaN comes out; -infinity of no elements
    VECTOR_SMALLEST, // a NaN comes out; infinity of no elements
} vector_reduction;

// The doubles that vector_reduce needs as scratch memory: often none, never more than 65536.
ptrdiff_t vector_reduce_scratch(ptrdiff_t outer, ptrdiff_t length, ptrdiff_t inner);
// y = the reduction of x - shift, over `divisor`; extremes take neither.
void vector_reduce(
    vector_reduction reduction, float *y, const float *x, ptrdiff_t outer, ptrdiff_t length, ptrdiff_t inner, double shift, double divisor,
    double *scratch);
// The reduction of one run of elements in double precision; the scratch memory is that of [1, count, 1].
double vector_reduce_run(vector_reduction reduction, const float *x, ptrdiff_t count, double shift, double *scratch);

// The places of given values along `length`: of the first element equal to the largest one, or of the first NaN.
void vector_places(float *places, const float *largest, const float *x, ptrdiff_t outer, ptrdiff_t length, ptrdiff_t inner);

// Whether every element is a number: neither infinite nor NaN.
int vector_all_finite(const float *x, ptrdiff_t count);
