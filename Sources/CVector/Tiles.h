#pragma once
#include "WorkerPool.h"

// Rows of columns cut into pieces for the pool: several short rows at a time, or parts of a long one. Waking a thread takes as long as
// adding a few ten thousand numbers.
enum { TILE_OF_SLOW_WORK = 1 << 14, TILE_OF_FAST_WORK = 1 << 16 };

typedef struct {
    ptrdiff_t rows, columns, row_step, column_step, across;
} tiles;

static inline tiles tiles_of(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t piece) {
    tiles t = {.rows = rows, .columns = columns, .row_step = 1, .column_step = piece};
    if (columns < piece) {
        t.column_step = columns;
        t.row_step = piece / columns;
    }
    t.across = (columns + t.column_step - 1) / t.column_step;
    return t;
}

static inline ptrdiff_t tile_count(tiles t) { return (t.rows + t.row_step - 1) / t.row_step * t.across; }

typedef struct {
    ptrdiff_t first_row, last_row, first_column, last_column;
} tile;

static inline tile tile_at(tiles t, ptrdiff_t index) {
    tile part = {.first_row = index / t.across * t.row_step, .first_column = index % t.across * t.column_step};
    part.last_row = part.first_row + t.row_step < t.rows ? part.first_row + t.row_step : t.rows;
    part.last_column = part.first_column + t.column_step < t.columns ? part.first_column + t.column_step : t.columns;
    return part;
}
