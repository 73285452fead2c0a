// One level's Winograd convolution. Blocks of outputs are counted over columns, rows and images.

#define PART __attribute__((always_inline)) static inline

// One column (or row) of the transforms of Lavin & Gray: six inputs to six, six products to four outputs, or to two.
PART void LEVEL(input_points)(LEVEL(vector) d[6]) {
    typedef LEVEL(vector) vector;
    const vector a = d[4] - 4 * d[2], b = d[3] - 4 * d[1], e = d[4] - d[2], f = 2 * (d[3] - d[1]);
    const vector first = 4 * d[0] - 5 * d[2] + d[4], last = 4 * d[1] - 5 * d[3] + d[5];
    d[0] = first, d[1] = a + b, d[2] = a - b, d[3] = e + f, d[4] = e - f, d[5] = last;
}

PART void LEVEL(output_points)(const LEVEL(vector) m[6], LEVEL(vector) y[4], const int side) {
    typedef LEVEL(vector) vector;
    const vector a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], d = m[3] - m[4];
    y[0] = m[0] + a + c;
    if (side == 2) y[1] = b + 2 * d + m[5];
    else y[1] = b + 2 * d, y[2] = a + 4 * c, y[3] = b + 8 * d + m[5];
}

PART LEVEL(vector) LEVEL(load_some)(const float *from, ptrdiff_t count) {
    LEVEL(vector) value = {0};
    if (count >= LANES) return *(const LEVEL(vector) *)from;
    for (ptrdiff_t i = 0; i < count; i++) value[i] = from[i];
    return value;
}

// The 6x6 inputs of block (by, bx) of one image, transformed, to `to` + point * `point_stride`.
static void LEVEL(block_in)(const vector_winograd *j, ptrdiff_t image, int by, int bx, float *to, ptrdiff_t point_stride) {
    const int side = 7 - j->kernel, y0 = side * by - j->top, x0 = side * bx - j->left;
    const float *base = j->source + image * j->source_image;
    for (ptrdiff_t c = 0; c < j->channels; c += LANES) {
        LEVEL(vector) d[6][6];
        for (int y = 0; y < 6; y++) {
            const int sy = y0 + y;
            for (int x = 0; x < 6; x++) {
                const int sx = x0 + x;
                if ((unsigned)sy < (unsigned)j->source_height && (unsigned)sx < (unsigned)j->source_width)
                    d[x][y] = LEVEL(load_some)(base + sy * j->source_row + sx * j->source_pixel + c, j->channels - c);
                else d[x][y] = (LEVEL(vector)){0};
            }
        }
        for (int x = 0; x < 6; x++) LEVEL(input_points)(d[x]);
        for (int y = 0; y < 6; y++) {
            LEVEL(vector) line[6];
            for (int x = 0; x < 6; x++) line[x] = d[x][y];
            LEVEL(input_points)(line);
            for (int x = 0; x < 6; x++) *(LEVEL(vector) *)(to + (y * 6 + x) * point_stride + c) = line[x];
        }
    }
}

// The side x side outputs of a block for `columns` outputs from `first` on.
PART void LEVEL(block_out)(const vector_winograd *j, ptrdiff_t image, int by, int bx, const float *from, ptrdiff_t point_stride,
    ptrdiff_t first, ptrdiff_t columns, const int side) {
    const int height = j->target_height - side * by < side ? j->target_height - side * by : side;
    const int width = j->target_width - side * bx < side ? j->target_width - side * bx : side;
    float *base = j->target + image * j->target_image + side * by * j->target_row + side * bx * j->target_pixel + first;
    for (ptrdiff_t c = 0; c < columns; c += LANES) {
        typedef LEVEL(vector) vector;
        vector half[6][4];
        for (int x = 0; x < 6; x++) {
            vector m[6];
            for (int y = 0; y < 6; y++) m[y] = *(const vector *)(from + (y * 6 + x) * point_stride + c);
            LEVEL(output_points)(m, half[x], side);
        }
        const vector bias = j->bias ? *(const vector *)(j->bias + first + c) : (vector){0};
        const ptrdiff_t count = columns - c;
        for (int y = 0; y < height; y++) {
            vector m[6], out[4];
            for (int x = 0; x < 6; x++) m[x] = half[x][y];
            LEVEL(output_points)(m, out, side);
            for (int x = 0; x < width; x++) {
                float *to = base + y * j->target_row + x * j->target_pixel + c;
                vector value = out[x] + bias;
                if (j->accumulate) value += LEVEL(load_some)(to, count);
                if (j->rectify) value = __builtin_elementwise_max(value, (vector){0});
                if (count >= LANES) {
                    *(vector *)to = value;
                } else {
                    for (ptrdiff_t i = 0; i < count; i++) to[i] = value[i];
                }
            }
        }
    }
}

// Blocks first..<last, with `scratch` for one thread.
static void LEVEL(winograd)(const vector_winograd *j, ptrdiff_t first, ptrdiff_t last, float *scratch) {
    const int side = 7 - j->kernel;
    const ptrdiff_t blocks = last - first, channels = j->channels;
    const ptrdiff_t width = (j->target_width + side - 1) / side, height = (j->target_height + side - 1) / side;
    const ptrdiff_t input_stride = (channels + 15) / 16 * 16, group = TILE_PANELS * VECTOR_PANEL;
    const ptrdiff_t input_point = blocks * input_stride, output_point = blocks * group;
    float *inputs = scratch, *products = scratch + VECTOR_WINOGRAD_POINTS * input_point;
    for (ptrdiff_t b = 0; b < blocks; b++) {
        const ptrdiff_t at = first + b;
        LEVEL(block_in)(j, at / (width * height), (int)(at / width % height), (int)(at % width), inputs + b * input_stride, input_point);
    }
    const ptrdiff_t panels = (j->outputs + VECTOR_PANEL - 1) / VECTOR_PANEL, panel_floats = channels * VECTOR_PANEL;
    const int slices = (int)((channels + 191) / 192), slice = (int)((channels + slices - 1) / slices);
    for (ptrdiff_t panel = 0; panel < panels;) {
        const int count = panels - panel < TILE_PANELS ? (int)(panels - panel) : TILE_PANELS, tall = LEVEL(heights)[count];
        const int tiles = (int)((blocks + tall - 1) / tall);
        for (int point = 0; point < VECTOR_WINOGRAD_POINTS; point++) {
            for (ptrdiff_t channel = 0; channel < channels; channel += slice) {
                const float *from[12];
                float *to[12];
                LEVEL(tile) tile = {
                    .inputs = from,
                    .input_stride = 12,
                    .offset = channel,
                    .length = channels - channel < slice ? channels - channel : slice,
                    .segments = 1,
                    .weights = j->packed + (point * panels + panel) * panel_floats + channel * VECTOR_PANEL,
                    .panel_stride = panel_floats,
                    .outputs = to,
                    .start = channel ? 2 : 0,
                    .columns = VECTOR_PANEL,
                };
                for (int t = 0; t < tiles; t++) {
                    const ptrdiff_t begin = blocks * t / tiles, end = blocks * (t + 1) / tiles;
                    for (ptrdiff_t b = begin; b < end; b++) {
                        from[b - begin] = inputs + point * input_point + b * input_stride;
                        to[b - begin] = products + point * output_point + b * group;
                    }
                    LEVEL(tiles)[count][end - begin](&tile);
                }
            }
        }
        const ptrdiff_t columns =
            j->outputs - panel * VECTOR_PANEL < count * VECTOR_PANEL ? j->outputs - panel * VECTOR_PANEL : count * VECTOR_PANEL;
        for (ptrdiff_t b = 0; b < blocks; b++) {
            const ptrdiff_t at = first + b;
            const ptrdiff_t image = at / (width * height);
            const int by = (int)(at / width % height), bx = (int)(at % width);
            if (side == 4) LEVEL(block_out)(j, image, by, bx, products + b * group, output_point, panel * VECTOR_PANEL, columns, 4);
            else LEVEL(block_out)(j, image, by, bx, products + b * group, output_point, panel * VECTOR_PANEL, columns, 2);
        }
        panel += count;
    }
}

#undef PART
