// One level's convolution: the includer defines LEVEL(name), LANES (floats in a vector), and TILE_CASES.

#define PER_PANEL (VECTOR_PANEL / LANES)

typedef float LEVEL(vector) __attribute__((vector_size(4 * LANES), aligned(4)));

typedef struct {
    const float *const *inputs; // [segments][input_stride]: where each segment of each row begins
    ptrdiff_t input_stride, offset, length;
    int segments;
    const float *weights; // of the first panel
    ptrdiff_t panel_stride;
    float *const *outputs; // of each row
    const float *bias;
    int start; // 0: from zero, 1: from the bias, 2: from what is there, 3: from there and the bias
    int rectify;
    int columns; // floats of the last panel
} LEVEL(tile);

__attribute__((always_inline)) static inline void LEVEL(run)(const LEVEL(tile) *t, const int rows, const int panels) {
    typedef LEVEL(vector) vector;
    vector sum[12][4 * PER_PANEL];
    const int full = panels - 1, last = t->columns;
    if (t->start >= 2) {
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            const float *out = t->outputs[r];
#pragma clang loop unroll(full)
            for (int j = 0; j < panels * PER_PANEL; j++) {
                if (j < full * PER_PANEL || last == VECTOR_PANEL) {
                    sum[r][j] = *(const vector *)(out + j * LANES);
                } else {
                    for (int i = 0; i < LANES; i++) {
                        int column = (j - full * PER_PANEL) * LANES + i;
                        sum[r][j][i] = column < last ? out[full * VECTOR_PANEL + column] : 0;
                    }
                }
            }
        }
        if (t->start == 3) {
#pragma clang loop unroll(full)
            for (int j = 0; j < panels * PER_PANEL; j++) {
                vector b = *(const vector *)(t->bias + j * LANES);
#pragma clang loop unroll(full)
                for (int r = 0; r < rows; r++) sum[r][j] += b;
            }
        }
    } else {
#pragma clang loop unroll(full)
        for (int j = 0; j < panels * PER_PANEL; j++) {
            vector b = {0};
            if (t->start == 1) b = *(const vector *)(t->bias + j * LANES);
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) sum[r][j] = b;
        }
    }
    const float *weights = t->weights;
    for (int s = 0; s < t->segments; s++) {
        const float *input[12];
        const float *const *from = t->inputs + s * t->input_stride;
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) input[r] = from[r] + t->offset;
        const float *panel[4];
#pragma clang loop unroll(full)
        for (int p = 0; p < panels; p++) panel[p] = weights + p * t->panel_stride;
        const ptrdiff_t length = t->length;
#pragma clang loop unroll_count(2) vectorize(disable)
        for (ptrdiff_t c = 0; c < length; c++) {
            vector w[4 * PER_PANEL];
#pragma clang loop unroll(full)
            for (int j = 0; j < panels * PER_PANEL; j++)
                w[j] = *(const vector *)(panel[j / PER_PANEL] + c * VECTOR_PANEL + j % PER_PANEL * LANES);
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) {
                const float x = input[r][c];
#pragma clang loop unroll(full)
                for (int j = 0; j < panels * PER_PANEL; j++) sum[r][j] += x * w[j];
            }
        }
        weights += length * VECTOR_PANEL;
    }
    if (t->rectify) {
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
            for (int j = 0; j < panels * PER_PANEL; j++) sum[r][j] = __builtin_elementwise_max(sum[r][j], (vector){0});
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        float *out = t->outputs[r];
#pragma clang loop unroll(full)
        for (int j = 0; j < panels * PER_PANEL; j++) {
            if (j < full * PER_PANEL || last == VECTOR_PANEL) {
                *(vector *)(out + j * LANES) = sum[r][j];
            } else {
                for (int i = 0; i < LANES; i++) {
                    int column = (j - full * PER_PANEL) * LANES + i;
                    if (column < last) out[full * VECTOR_PANEL + column] = sum[r][j][i];
                }
            }
        }
    }
}

#define TILE(rows, panels) \
    __attribute__((noinline)) static void LEVEL(run_##rows##_##panels)(const LEVEL(tile) *t) { LEVEL(run)(t, rows, panels); }
TILE_CASES(TILE)
#undef TILE

static void (*const LEVEL(tiles)[5][13])(const LEVEL(tile) *) = {
#define TILE(rows, panels) [panels][rows] = LEVEL(run_##rows##_##panels),
    TILE_CASES(TILE)
#undef TILE
};

static void LEVEL(convolve)(const vector_convolution *job, ptrdiff_t first, ptrdiff_t last, int first_panel, int last_panel) {
    // A block of weights of at most this many rows stays in the first-level cache while all pixels pass over it.
    const int depth = 192;
    const float *inputs[VECTOR_MAX_ROWS * VECTOR_MAX_TAPS];
    float *outputs[VECTOR_MAX_ROWS];
    const int taps = job->taps, channels = job->channels;
    const ptrdiff_t total = (ptrdiff_t)taps * channels;
    int block = VECTOR_MAX_ROWS;
    while (block > 1 && (ptrdiff_t)block * taps > VECTOR_MAX_ROWS * VECTOR_MAX_TAPS) block /= 2;
    const ptrdiff_t per_image = (ptrdiff_t)job->target_height * job->target_width;
    const int slices = (channels + depth - 1) / depth, slice = (channels + slices - 1) / slices;
    const int joined = slices > 1 ? 1 : channels * taps <= depth ? taps : depth / channels;

    for (ptrdiff_t begin = first; begin < last; begin += block) {
        const int rows = (int)(last - begin < block ? last - begin : block);
        ptrdiff_t image = begin / per_image, rest = begin % per_image;
        int y = (int)(rest / job->target_width), x = (int)(rest % job->target_width);
        for (int r = 0; r < rows; r++) {
            outputs[r] = job->target + image * job->target_image + y * job->target_row + x * job->target_pixel;
            const float *from = job->source + image * job->source_image;
            for (int t = 0; t < taps; t++) {
                int sy = y * job->step_y + job->tap_y[t], sx = x * job->step_x + job->tap_x[t];
                int inside = (unsigned)sy < (unsigned)job->source_height && (unsigned)sx < (unsigned)job->source_width;
                inputs[t * block + r] = inside ? from + sy * job->source_row + sx * job->source_pixel : job->zeros;
            }
            if (++x == job->target_width) {
                x = 0;
                if (++y == job->target_height) y = 0, image++;
            }
        }
        for (int panel = first_panel; panel < last_panel;) {
            int groups = (last_panel - panel + TILE_PANELS - 1) / TILE_PANELS;
            int panels = (last_panel - panel + groups - 1) / groups, height = LEVEL(heights)[panels];
            int columns = job->outputs - (panel + panels - 1) * VECTOR_PANEL;
            float *to[VECTOR_MAX_ROWS];
            for (int r = 0; r < rows; r++) to[r] = outputs[r] + panel * VECTOR_PANEL;
            LEVEL(tile) tile = {
                .input_stride = block,
                .panel_stride = total * VECTOR_PANEL,
                .bias = job->bias ? job->bias + panel * VECTOR_PANEL : 0,
                .columns = columns < VECTOR_PANEL ? columns : VECTOR_PANEL,
            };
            const float *weights = job->packed + panel * total * VECTOR_PANEL;
            for (int tap = 0; tap < taps; tap += joined) {
                tile.segments = taps - tap < joined ? taps - tap : joined;
                for (int channel = 0; channel < channels; channel += slice) {
                    int is_first = tap == 0 && channel == 0;
                    tile.length = channels - channel < slice ? channels - channel : slice;
                    int is_last = tap + tile.segments == taps && channel + tile.length == channels;
                    tile.offset = channel;
                    tile.weights = weights + ((ptrdiff_t)tap * channels + channel) * VECTOR_PANEL;
                    tile.start = is_first ? (job->accumulate ? 2 : 0) + (job->bias ? 1 : 0) : 2;
                    tile.rectify = job->rectify && is_last;
                    // Tiles of about the same height: a last one of one row would wait for its own sums.
                    int count = (rows + height - 1) / height, low = rows / count, extra = rows % count;
                    for (int r = 0, i = 0; i < count; i++) {
                        int size = low + (i < extra);
                        tile.inputs = inputs + (ptrdiff_t)tap * block + r;
                        tile.outputs = to + r;
                        LEVEL(tiles)[panels][size](&tile);
                        r += size;
                    }
                }
            }
            panel += panels;
        }
    }
}

#undef PER_PANEL
