// One level's sums of outer products: channels of the input's pixel times channels of the gradient's pixel.

#define PER_PANEL (VECTOR_PANEL / LANES)
#if LANES == 16
// Rows of a tile by its panels: as many sums as registers hold.
#define TILE_PANELS 4
static const int LEVEL(gradient_heights)[5] = {0, 12, 10, 8, 6};
#define TILE_CASES(T) \
    T(1, 1) T(2, 1) T(3, 1) T(4, 1) T(5, 1) T(6, 1) T(7, 1) T(8, 1) T(9, 1) T(10, 1) T(11, 1) T(12, 1) \
    T(1, 2) T(2, 2) T(3, 2) T(4, 2) T(5, 2) T(6, 2) T(7, 2) T(8, 2) T(9, 2) T(10, 2) \
    T(1, 3) T(2, 3) T(3, 3) T(4, 3) T(5, 3) T(6, 3) T(7, 3) T(8, 3) \
    T(1, 4) T(2, 4) T(3, 4) T(4, 4) T(5, 4) T(6, 4)
#elif LANES == 8 || defined(__aarch64__)
#define TILE_PANELS 1
static const int LEVEL(gradient_heights)[5] = {0, 6};
#define TILE_CASES(T) T(1, 1) T(2, 1) T(3, 1) T(4, 1) T(5, 1) T(6, 1)
#else
#define TILE_PANELS 1
static const int LEVEL(gradient_heights)[5] = {0, 2};
#define TILE_CASES(T) T(1, 1) T(2, 1)
#endif

typedef float LEVEL(gradient_vector) __attribute__((vector_size(4 * LANES), aligned(4)));

__attribute__((always_inline)) static inline void LEVEL(gradient_run)(const gradient_tile *t, const int rows, const int panels) {
    typedef LEVEL(gradient_vector) vector;
    vector sum[12][4 * PER_PANEL];
    const int full = panels - 1;
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
        for (int j = 0; j < panels * PER_PANEL; j++) sum[r][j] = (vector){0};
    const float *tail = t->tail;
    for (int s = 0; s < t->count; s++) {
        const float *x = t->segments[s].source + t->channel, *g = t->segments[s].gradient + t->column;
        const float *last = tail ? tail : g + full * VECTOR_PANEL;
        const ptrdiff_t x_step = t->source_step, g_step = t->gradient_step, last_step = tail ? VECTOR_PANEL : g_step;
        const ptrdiff_t length = t->segments[s].length;
#pragma clang loop unroll_count(2) vectorize(disable)
        for (ptrdiff_t p = 0; p < length; p++) {
            vector w[4 * PER_PANEL];
#pragma clang loop unroll(full)
            for (int j = 0; j < panels * PER_PANEL; j++)
                w[j] = *(const vector *)(j < full * PER_PANEL ? g + j * LANES : last + (j - full * PER_PANEL) * LANES);
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) {
                const float value = x[r];
#pragma clang loop unroll(full)
                for (int j = 0; j < panels * PER_PANEL; j++) sum[r][j] += value * w[j];
            }
            x += x_step;
            g += g_step;
            last += last_step;
        }
        if (tail) tail = last;
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        float *out = t->result + r * t->result_row;
#pragma clang loop unroll(full)
        for (int j = 0; j < panels * PER_PANEL; j++) {
            if (j < full * PER_PANEL || t->columns == VECTOR_PANEL) {
                *(vector *)(out + j * LANES) += sum[r][j];
            } else {
                for (int i = 0; i < LANES; i++) {
                    int column = (j - full * PER_PANEL) * LANES + i;
                    if (column < t->columns) out[full * VECTOR_PANEL + column] += sum[r][j][i];
                }
            }
        }
    }
}

#define TILE(rows, panels) \
    __attribute__((noinline)) static void LEVEL(gradient_run_##rows##_##panels)(const gradient_tile *t) { \
        LEVEL(gradient_run)(t, rows, panels); \
    }
TILE_CASES(TILE)
#undef TILE

static void (*const LEVEL(gradient_tiles)[5][13])(const gradient_tile *) = {
#define TILE(rows, panels) [panels][rows] = LEVEL(gradient_run_##rows##_##panels),
    TILE_CASES(TILE)
#undef TILE
};

// Adds the products of some segments to result[channels][outputs].
static void LEVEL(gradient_block)(
    const gradient_tile *block, int channels, int outputs, const float *tail, float *result, ptrdiff_t result_row) {
    const int all = (outputs + VECTOR_PANEL - 1) / VECTOR_PANEL;
    gradient_tile tile = *block;
    tile.result_row = result_row;
    for (int panel = 0; panel < all;) {
        int groups = (all - panel + TILE_PANELS - 1) / TILE_PANELS;
        int panels = (all - panel + groups - 1) / groups, height = LEVEL(gradient_heights)[panels];
        int columns = outputs - (panel + panels - 1) * VECTOR_PANEL;
        tile.column = panel * VECTOR_PANEL;
        tile.columns = columns < VECTOR_PANEL ? columns : VECTOR_PANEL;
        tile.tail = columns < VECTOR_PANEL ? tail : 0;
        int count = (channels + height - 1) / height, low = channels / count, extra = channels % count;
        for (int c = 0, i = 0; i < count; i++) {
            int rows = low + (i < extra);
            tile.channel = c;
            tile.result = result + c * result_row + tile.column;
            LEVEL(gradient_tiles)[panels][rows](&tile);
            c += rows;
        }
        panel += panels;
    }
}

#undef PER_PANEL
#undef TILE_PANELS
#undef TILE_CASES
