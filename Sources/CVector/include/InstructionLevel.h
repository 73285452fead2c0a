#pragma once

// Which instructions the vector kernels use. Every kernel is compiled once per level and chosen at run time, so that one
// build runs well on every processor.
typedef enum { VECTOR_PORTABLE = 0, VECTOR_AVX2 = 1, VECTOR_AVX512 = 2 } vector_level;

// The best level of this processor.
vector_level vector_level_supported(void);
// The level that this thread uses: the best one, unless it chose another.
vector_level vector_level_in_use(void);
// Chooses a level for the jobs of this thread, for tests and measurements; one that the processor lacks becomes the best that it has, and
// -1 leaves the choice to the processor. Returns the choice before.
int vector_level_choose(int level);
