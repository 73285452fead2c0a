#include "VectorReductions.h"
#include "InstructionLevel.h"
#include "WorkerPool.h"

#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

// COLUMNS are reduced at once, at most; a run in LANES_OF_RUN lanes. Pieces have about PIECE elements, and there are MOST_TASKS where
// columns have to be cut.
enum { COLUMNS = 512, LANES_OF_RUN = 32, PIECE = 1 << 16, MOST_TASKS = 64 };

typedef struct {
    double (*run)(const float *x, ptrdiff_t count, double shift);
    void (*columns)(double *y, const float *x, ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t count, double shift);
    double (*both)(double a, double b);
} reducer;

// name, type, initial value, what is accumulated for x, and how two accumulators become one
#define REDUCTIONS(EACH) \
    EACH(SUM, sum, double, 0, x - shift, a + b) \
    EACH(SUM_OF_SQUARES, squares, double, 0, (x - shift) * (x - shift), a + b) \
    EACH(LARGEST, largest, float, -__builtin_inff(), x, a > b ? a : (a == a ? b : a)) \
    EACH(SMALLEST, smallest, float, __builtin_inff(), x, a < b ? a : (a == a ? b : a))

#define TEMPLATE "Reductions.inc.h"
#include "Levels.h"

// How [outer, length, inner] is cut: every outer entry into `chunks` of columns and `parts` of the length. Single columns are runs, of
// which several make a task.
typedef struct {
    ptrdiff_t chunks, parts, runs;
} cut;

static cut cut_of(ptrdiff_t outer, ptrdiff_t length, ptrdiff_t inner) {
    cut c = {.chunks = (inner + COLUMNS - 1) / COLUMNS, .runs = 1};
    const ptrdiff_t pieces = length * inner / c.chunks / PIECE, wanted = MOST_TASKS / (outer * c.chunks);
    c.parts = pieces < wanted ? pieces : wanted;
    if (c.parts < 1) c.parts = 1;
    if (inner == 1 && length < PIECE) c.runs = PIECE / (length ? length : 1);
    return c;
}

typedef struct {
    reducer reducer;
    float *y;
    double *exact; // in place of y
    const float *x;
    ptrdiff_t outer, length, inner;
    double shift, divisor;
    cut cut;
} reduce_job;

static void store(const reduce_job *j, ptrdiff_t part, ptrdiff_t index, double value) {
    if (j->exact) {
        j->exact[part * j->outer * j->inner + index] = value;
    } else {
        j->y[index] = (float)(value / j->divisor);
    }
}

static void columns(const reduce_job *j, double *sums, const float *x, ptrdiff_t rows, ptrdiff_t count) {
    const ptrdiff_t together = LANES_OF_RUN / count;
    if (together < 2 || j->inner != count) {
        j->reducer.columns(sums, x, rows, j->inner, count, j->shift);
        return;
    }
    // A few columns: several rows are taken for one long one, whose parts are reduced at the end.
    double rest[LANES_OF_RUN];
    const ptrdiff_t width = together * count, whole = rows / together;
    j->reducer.columns(sums, x, whole, width, width, j->shift);
    j->reducer.columns(rest, x + whole * width, rows - whole * together, count, count, j->shift);
    for (ptrdiff_t c = 0; c < count; c++) {
        for (ptrdiff_t i = 1; i < together; i++) sums[c] = j->reducer.both(sums[c], sums[i * count + c]);
        sums[c] = j->reducer.both(sums[c], rest[c]);
    }
}

static void part(void *raw, ptrdiff_t index) {
    const reduce_job *j = raw;
    if (j->cut.runs > 1) {
        const ptrdiff_t first = index * j->cut.runs, last = first + j->cut.runs < j->outer ? first + j->cut.runs : j->outer;
        for (ptrdiff_t i = first; i < last; i++) store(j, 0, i, j->reducer.run(j->x + i * j->length, j->length, j->shift));
        return;
    }
    const ptrdiff_t part = index % j->cut.parts, chunk = index / j->cut.parts % j->cut.chunks, i = index / j->cut.parts / j->cut.chunks;
    const ptrdiff_t first = j->length * part / j->cut.parts, rows = j->length * (part + 1) / j->cut.parts - first;
    const float *x = j->x + (i * j->length + first) * j->inner;
    if (j->inner == 1) {
        store(j, part, i, j->reducer.run(x, rows, j->shift));
        return;
    }
    double sums[COLUMNS];
    const ptrdiff_t start = chunk * COLUMNS, count = start + COLUMNS < j->inner ? COLUMNS : j->inner - start;
    columns(j, sums, x + start, rows, count);
    for (ptrdiff_t c = 0; c < count; c++) store(j, part, i * j->inner + start + c, sums[c]);
}

ptrdiff_t vector_reduce_scratch(ptrdiff_t outer, ptrdiff_t length, ptrdiff_t inner) {
    if (outer <= 0 || inner <= 0) return 0;
    const cut c = cut_of(outer, length, inner);
    return c.parts > 1 ? c.parts * outer * inner : 0;
}

static double reduce(reduce_job j, vector_reduction reduction, double *scratch) {
    if (j.outer <= 0 || j.inner <= 0) return 0;
    double one = 0;
    const ptrdiff_t results = j.outer * j.inner;
    j.reducer = AT_LEVEL(reducers)[reduction];
    j.cut = cut_of(j.outer, j.length, j.inner);
    if (j.cut.parts > 1) {
        j.exact = scratch;
    } else if (!j.y) {
        j.exact = &one;
    }
    vector_parallel(j.cut.runs > 1 ? (j.outer + j.cut.runs - 1) / j.cut.runs : j.outer * j.cut.chunks * j.cut.parts, part, &j);
    if (j.cut.parts == 1) return one;
    for (ptrdiff_t i = 0; i < results; i++) {
        one = scratch[i];
        for (ptrdiff_t p = 1; p < j.cut.parts; p++) one = j.reducer.both(one, scratch[p * results + i]);
        if (j.y) j.y[i] = (float)(one / j.divisor);
    }
    return one;
}

void vector_reduce(
    vector_reduction reduction, float *y, const float *x, ptrdiff_t outer, ptrdiff_t length, ptrdiff_t inner, double shift, double divisor,
    double *scratch) {
    const int isExtreme = reduction == VECTOR_LARGEST || reduction == VECTOR_SMALLEST;
    reduce_job j = {.y = y, .x = x, .outer = outer, .length = length, .inner = inner, .shift = shift, .divisor = isExtreme ? 1 : divisor};
    reduce(j, reduction, scratch);
}

double vector_reduce_run(vector_reduction reduction, const float *x, ptrdiff_t count, double shift, double *scratch) {
    return reduce((reduce_job){.x = x, .outer = 1, .length = count, .inner = 1, .shift = shift, .divisor = 1}, reduction, scratch);
}

typedef struct {
    float *places;
    const float *largest, *x;
    ptrdiff_t outer, length, inner;
    cut cut;
    ptrdiff_t (*first)(const float *x, ptrdiff_t count, float value);
    void (*columns)(float *places, const float *largest, const float *x, ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t count);
} place_job;

static void place_part(void *raw, ptrdiff_t index) {
    const place_job *j = raw;
    if (j->inner == 1) {
        const ptrdiff_t first = index * j->cut.runs, last = first + j->cut.runs < j->outer ? first + j->cut.runs : j->outer;
        for (ptrdiff_t i = first; i < last; i++) j->places[i] = (float)j->first(j->x + i * j->length, j->length, j->largest[i]);
        return;
    }
    const ptrdiff_t i = index / j->cut.chunks, start = index % j->cut.chunks * COLUMNS, place = i * j->inner + start;
    const ptrdiff_t count = start + COLUMNS < j->inner ? COLUMNS : j->inner - start;
    j->columns(j->places + place, j->largest + place, j->x + i * j->length * j->inner + start, j->length, j->inner, count);
}

void vector_places(float *places, const float *largest, const float *x, ptrdiff_t outer, ptrdiff_t length, ptrdiff_t inner) {
    if (outer <= 0 || inner <= 0) return;
    place_job j = {.places = places, .largest = largest, .x = x, .outer = outer, .length = length, .inner = inner,
        .cut = cut_of(outer, length, inner), .first = AT_LEVEL(first), .columns = AT_LEVEL(place_columns)};
    vector_parallel(inner == 1 ? (outer + j.cut.runs - 1) / j.cut.runs : outer * j.cut.chunks, place_part, &j);
}

int vector_all_finite(const float *x, ptrdiff_t count) { return AT_LEVEL(all_finite)(x, count); }
