#include "VectorArithmetic.h"
#include "InstructionLevel.h"
#include "Tiles.h"

#pragma STDC FP_CONTRACT OFF

typedef struct {
    float *y;
    vector_operand a, b;
    tiles tiles;
    void (*kernel)(float *y, const float *a, ptrdiff_t step_a, const float *b, ptrdiff_t step_b, ptrdiff_t count);
} combine_job;

typedef struct {
    float *y;
    const float *a, *b, *mask;
    tiles tiles;
    void (*kernel)(float *y, const float *a, const float *b, const float *mask, ptrdiff_t count);
} choice_job;

// Short rows that repeat are laid out this often at most.
enum { REPEATED = 256 };

#define OPERATIONS(EACH) \
    EACH(ADD, sum, a + b) \
    EACH(SUBTRACT, difference, a - b) \
    EACH(MULTIPLY, product, a * b) \
    EACH(DIVIDE, quotient, a / b) \
    EACH(LARGER, larger, a > b ? a : (a == a ? b : a)) \
    EACH(SMALLER, smaller, a < b ? a : (a == a ? b : a)) \
    EACH(BELOW, below, a < b ? 1 : 0) \
    EACH(AT_MOST, at_most, a <= b ? 1 : 0) \
    EACH(ABOVE, above, a > b ? 1 : 0) \
    EACH(AT_LEAST, at_least, a >= b ? 1 : 0) \
    EACH(EQUAL, equal, a == b ? 1 : 0) \
    EACH(UNEQUAL, unequal, a != b ? 1 : 0)

#define TEMPLATE "Arithmetic.inc.h"
#include "Levels.h"

static void part(void *raw, ptrdiff_t index) {
    const combine_job *j = raw;
    const tile t = tile_at(j->tiles, index);
    for (ptrdiff_t row = t.first_row; row < t.last_row; row++)
        j->kernel(
            j->y + row * j->tiles.columns + t.first_column, j->a.base + row * j->a.row + t.first_column * j->a.column, j->a.column,
            j->b.base + row * j->b.row + t.first_column * j->b.column, j->b.column, t.last_column - t.first_column);
}

static void run(combine_job j, ptrdiff_t rows, ptrdiff_t columns) {
    if (rows <= 0 || columns <= 0) return;
    j.tiles = tiles_of(rows, columns, TILE_OF_FAST_WORK);
    vector_parallel(tile_count(j.tiles), part, &j);
}

// Whether the rows of `many` touch each other, and those of `one` are all the same.
static int meets_short_row(vector_operand many, vector_operand one, ptrdiff_t columns) {
    return columns <= REPEATED / 4 && many.column == 1 && many.row == columns && one.column == 1 && one.row == 0;
}

static void repeat(float *to, const float *from, ptrdiff_t columns, ptrdiff_t times) {
    for (ptrdiff_t i = 0; i < times * columns; i++) to[i] = from[i % columns];
}

void vector_combine(vector_operation operation, float *y, vector_operand a, vector_operand b, ptrdiff_t rows, ptrdiff_t columns) {
    combine_job j = {.y = y, .a = a, .b = b, .kernel = AT_LEVEL(operations)[operation]};
    const int short_a = meets_short_row(b, a, columns), short_b = meets_short_row(a, b, columns);
    if ((!short_a && !short_b) || rows < 2) {
        run(j, rows, columns);
        return;
    }
    // Three channels and three numbers, say: several pixels become one row.
    float repeated[REPEATED];
    const ptrdiff_t times = REPEATED / columns, together = rows / times;
    vector_operand *one = short_a ? &j.a : &j.b, *many = short_a ? &j.b : &j.a;
    repeat(repeated, one->base, columns, times);
    one->base = repeated;
    many->row = times * columns;
    run(j, together, times * columns);
    j.y += together * times * columns;
    many->base += together * times * columns;
    run(j, 1, (rows - together * times) * columns);
}

static void choose_part(void *raw, ptrdiff_t index) {
    const choice_job *j = raw;
    const tile t = tile_at(j->tiles, index);
    const ptrdiff_t first = t.first_column;
    j->kernel(j->y + first, j->a + first, j->b + first, j->mask + first, t.last_column - first);
}

void vector_choose(float *y, const float *a, const float *b, const float *mask, ptrdiff_t count) {
    if (count <= 0) return;
    choice_job j = {.y = y, .a = a, .b = b, .mask = mask, .tiles = tiles_of(1, count, TILE_OF_FAST_WORK), .kernel = AT_LEVEL(chosen)};
    vector_parallel(tile_count(j.tiles), choose_part, &j);
}
