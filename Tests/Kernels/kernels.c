// Random shapes of every C kernel beside plain loops in double precision, and the pool's behaviour when callers stop for good. Built and
// run with the address, undefined-behaviour and thread sanitizers by `make test-kernels`; inputs lie in blocks of exactly their size, so
// that a read or write outside of them is found.
#include "CVector.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned state = 12345;
static int failures, checks;

static int pick(int low, int high) {
    state = state * 1664525u + 1013904223u;
    return low + (int)((state >> 8) % (unsigned)(high - low + 1));
}

static float *values(long count) {
    float *v = malloc((size_t)(count ? count : 1) * sizeof *v);
    for (long i = 0; i < count; i++) v[i] = (float)pick(-1000, 1000) / 1000;
    return v;
}

static void expect(int holds, const char *what, int level, int threads) {
    checks++;
    if (holds) return;
    failures++;
    printf("FAILED: %s, level %d, %d threads\n", what, level, threads);
}

// The largest difference over the largest value. Inputs are of size 1: where all sums cancel, their errors are still those of what went in.
static double error(const float *found, const double *expected, long count) {
    double difference = 0, size = 0.1;
    for (long i = 0; i < count; i++) {
        double d = fabs(found[i] - expected[i]);
        if (!(d <= difference)) difference = d;
        if (fabs(expected[i]) > size) size = fabs(expected[i]);
    }
    return difference / size;
}

static void convolution(int level, int threads, int winograd) {
    int n = pick(1, 2), h = winograd ? pick(4, 17) : pick(1, 11), w = winograd ? pick(4, 17) : pick(1, 11), c = pick(1, winograd ? 40 : 30);
    int k = pick(1, 70), size = winograd ? 3 + 2 * pick(0, 1) : pick(1, 5), step = winograd ? 1 : pick(1, 3),
        dilation = winograd ? 1 : pick(1, 2);
    int top = pick(0, 2), left = pick(0, 2), accumulate = pick(0, 1), rectify = pick(0, 1), gap = pick(0, 3);
    int span = (size - 1) * dilation + 1, oh = (h + 2 * top - span) / step + 1, ow = (w + 2 * left - span) / step + 1;
    if (h + 2 * top < span || w + 2 * left < span) return;
    int pixel = k + gap;
    long outputs = (long)n * oh * ow * pixel - gap;
    float *x = values((long)n * h * w * c), *kernel = values((long)size * size * c * k), *y = values(outputs),
          *bias = calloc((size_t)(k + 15) / 16 * 16, 4);
    for (int i = 0; i < k; i++) bias[i] = (float)pick(-9, 9);
    double *expected = malloc((size_t)outputs * sizeof *expected);
    for (long i = 0; i < outputs; i++) expected[i] = y[i];
    for (int i = 0; i < n; i++)
        for (int oy = 0; oy < oh; oy++)
            for (int ox = 0; ox < ow; ox++)
                for (int o = 0; o < k; o++) {
                    double *to = &expected[((long)(i * oh + oy) * ow + ox) * pixel + o], sum = bias[o] + (accumulate ? *to : 0);
                    for (int ky = 0; ky < size; ky++)
                        for (int kx = 0; kx < size; kx++) {
                            int sy = oy * step - top + ky * dilation, sx = ox * step - left + kx * dilation;
                            if (sy < 0 || sy >= h || sx < 0 || sx >= w) continue;
                            for (int ci = 0; ci < c; ci++)
                                sum +=
                                    (double)x[((long)(i * h + sy) * w + sx) * c + ci] * kernel[((long)(ky * size + kx) * c + ci) * k + o];
                        }
                    *to = rectify && sum < 0 ? 0 : sum;
                }
    if (winograd) {
        float *packed = malloc((size_t)vector_winograd_packed_count(c, k) * 4);
        float *scratch = malloc((size_t)vector_winograd_scratch(c) * (size_t)vector_threads_supported() * 4);
        vector_winograd_pack(size, kernel, (long)size * c * k, (long)c * k, k, 1, c, k, packed);
        vector_winograd job = {.source = x,
            .source_image = (long)h * w * c,
            .source_row = (long)w * c,
            .source_pixel = c,
            .source_height = h,
            .source_width = w,
            .channels = c,
            .kernel = size,
            .top = top,
            .left = left,
            .target = y,
            .target_image = (long)oh * ow * pixel,
            .target_row = (long)ow * pixel,
            .target_pixel = pixel,
            .images = n,
            .target_height = oh,
            .target_width = ow,
            .outputs = k,
            .packed = packed,
            .bias = bias,
            .accumulate = accumulate,
            .rectify = rectify,
            .scratch = scratch};
        vector_convolve_winograd(&job);
        free(packed), free(scratch);
    } else {
        float *packed = malloc((size_t)vector_packed_count((long)size * size * c, k) * 4), *zeros = calloc((size_t)c, 4);
        vector_pack(kernel, (long)size * size * c, k, k, 1, packed);
        int ty[25], tx[25];
        for (int t = 0; t < size * size; t++) ty[t] = t / size * dilation - top, tx[t] = t % size * dilation - left;
        vector_convolution job = {.source = x,
            .source_image = (long)h * w * c,
            .source_row = (long)w * c,
            .source_pixel = c,
            .source_height = h,
            .source_width = w,
            .channels = c,
            .tap_y = ty,
            .tap_x = tx,
            .taps = size * size,
            .step_y = step,
            .step_x = step,
            .target = y,
            .target_image = (long)oh * ow * pixel,
            .target_row = (long)ow * pixel,
            .target_pixel = pixel,
            .images = n,
            .target_height = oh,
            .target_width = ow,
            .outputs = k,
            .packed = packed,
            .bias = bias,
            .zeros = zeros,
            .accumulate = accumulate,
            .rectify = rectify};
        vector_convolve(&job);
        free(packed), free(zeros);
    }
    expect(error(y, expected, outputs) < (winograd ? 5e-5 : 1e-5), winograd ? "Winograd" : "convolution", level, threads);
    free(x), free(kernel), free(y), free(bias), free(expected);
}

static void pooling(int level, int threads) {
    vector_pooling s = {.images = pick(1, 2),
        .channels = pick(1, 40),
        .height = pick(3, 12),
        .width = pick(3, 12),
        .size_y = pick(1, 3),
        .size_x = pick(1, 3),
        .step_y = pick(1, 3),
        .step_x = pick(1, 3)};
    s.top = pick(0, s.size_y - 1), s.left = pick(0, s.size_x - 1);
    s.counts_padding = pick(0, 1), s.bottom = s.top, s.right = s.left;
    s.target_height = (s.height + 2 * s.top - s.size_y) / s.step_y + 1, s.target_width = (s.width + 2 * s.left - s.size_x) / s.step_x + 1;
    int c = s.channels, accumulate = pick(0, 1);
    long in = (long)s.images * s.height * s.width * c, out = (long)s.images * s.target_height * s.target_width * c;
    float *x = values(in), *y = values(out), *g = values(out), *d = values(in), *a = values(in), *mean = values(out);
    double *largest = malloc((size_t)out * 8), *means = malloc((size_t)out * 8), *dmax = malloc((size_t)in * 8),
           *dmean = malloc((size_t)in * 8);
    for (long i = 0; i < in; i++) dmax[i] = accumulate ? d[i] : 0, dmean[i] = accumulate ? a[i] : 0;
    for (long o = 0; o < out; o++) {
        int ch = (int)(o % c), ox = (int)(o / c % s.target_width), oy = (int)(o / c / s.target_width % s.target_height);
        long image = o / c / s.target_width / s.target_height, best = -1;
        double sum = 0;
        int count = 0;
        for (int pass = 0; pass < 2; pass++)
            for (int ky = 0; ky < s.size_y; ky++)
                for (int kx = 0; kx < s.size_x; kx++) {
                    int sy = oy * s.step_y - s.top + ky, sx = ox * s.step_x - s.left + kx;
                    if (sy < 0 || sy >= s.height || sx < 0 || sx >= s.width) continue;
                    long at = ((image * s.height + sy) * s.width + sx) * c + ch;
                    if (pass) {
                        dmean[at] += g[o] / (double)(s.counts_padding ? s.size_y * s.size_x : count);
                    } else {
                        count++, sum += x[at];
                        if (best < 0 || x[at] > x[best]) best = at;
                    }
                }
        largest[o] = x[best], means[o] = sum / (s.counts_padding ? s.size_y * s.size_x : count), dmax[best] += g[o];
    }
    vector_pixels X = {x, c}, Y = {y, c}, G = {g, c}, D = {d, c}, A = {a, c}, M = {mean, c};
    vector_max_pool(&s, Y, X);
    expect(error(y, largest, out) == 0, "largest", level, threads);
    vector_max_pool_gradient(&s, D, G, Y, X, accumulate);
    expect(error(d, dmax, in) < 1e-6, "gradient of the largest", level, threads);
    vector_average_pool(&s, M, X);
    expect(error(mean, means, out) < 1e-6, "mean", level, threads);
    vector_average_pool_gradient(&s, A, G, accumulate);
    expect(error(a, dmean, in) < 1e-6, "gradient of the mean", level, threads);
    free(x), free(y), free(g), free(d), free(a), free(mean), free(largest), free(means), free(dmax), free(dmean);
}

static void normalization(int level, int threads) {
    vector_normalization s = {.radius = pick(0, 6), .bias = 2, .alpha = 0.25f, .beta = (float[]){0.5f, 0.75f, 1}[pick(0, 2)]};
    int pixels = pick(1, 600), c = pick(1, 50);
    float *x = values((long)pixels * c), *y = values((long)pixels * c), *g = values((long)pixels * c), *d = values((long)pixels * c);
    double *expected = malloc((size_t)pixels * (size_t)c * 8), *slope = malloc((size_t)pixels * (size_t)c * 8);
    for (int pass = 0; pass < 2; pass++)
        for (int p = 0; p < pixels; p++)
            for (int i = 0; i < c; i++) {
                double total = 0;
                for (int j = i - s.radius; j <= i + s.radius; j++)
                    if (j >= 0 && j < c) total += pass ? slope[p * c + j] : (double)x[p * c + j] * x[p * c + j];
                double sum = s.bias + s.alpha * total;
                if (!pass) slope[p * c + i] = g[p * c + i] * x[p * c + i] * pow(sum, -s.beta - 1), expected[p * c + i] = pow(sum, -s.beta);
                else d[p * c + i] = (float)(g[p * c + i] * expected[p * c + i] - 2 * s.alpha * s.beta * x[p * c + i] * total);
            }
    for (long i = 0; i < (long)pixels * c; i++) slope[i] = d[i], expected[i] *= x[i];
    vector_normalize(&s, (vector_pixels){y, c}, (vector_pixels){x, c}, pixels, c);
    expect(error(y, expected, (long)pixels * c) < 1e-5, "normalization", level, threads);
    vector_normalize_gradient(&s, (vector_pixels){d, c}, (vector_pixels){g, c}, (vector_pixels){x, c}, pixels, c, 0);
    expect(error(d, slope, (long)pixels * c) < 1e-5, "gradient of the normalization", level, threads);
    free(x), free(y), free(g), free(d), free(expected), free(slope);
}

static void elements(int level, int threads) {
    int pixels = pick(1, 900), c = pick(1, 60), gap = pick(0, 2), guided = pick(0, 1);
    long count = (long)pixels * (c + gap) - gap;
    float *x = values(count), *y = values(count), *g = values(count);
    double *gated = malloc((size_t)count * 8), *sum = malloc((size_t)count * 8);
    for (long i = 0; i < count; i++) {
        int inside = i % (c + gap) < c;
        gated[i] = inside && !(y[i] > 0 && (!guided || g[i] > 0)) ? 0 : g[i];
        sum[i] = x[i] + (inside ? 2.0 * gated[i] + 1 : 0);
    }
    vector_pixels X = {x, c + gap}, Y = {y, c + gap}, G = {g, c + gap};
    vector_rectify_gradient(G, G, Y, pixels, c, guided ? VECTOR_GATE_GUIDED : VECTOR_GATE_ACTIVE, 0);
    expect(error(g, gated, count) == 0, "gate in place", level, threads);
    vector_copy(X, G, pixels, c, 2, 1, 1);
    expect(error(x, sum, count) < 1e-6, "sum", level, threads);
    vector_softmax(Y, X, pixels, c);
    double total = 0;
    for (int p = 0; p < pixels; p++)
        for (int i = 0; i < c; i++) total += y[(long)p * (c + gap) + i];
    expect(fabs(total - pixels) < 1e-4 * pixels, "softmax", level, threads);
    free(x), free(y), free(g), free(gated), free(sum);
}

static double logistic(double x) { return 1 / (1 + exp(-x)); }
static double square_root(double x) { return sqrt(x); }

// The largest distance from a function in double precision, in units in the last place of the exact value; infinite where a value that is
// not finite, or a zero, is another one.
static double units(const float *found, const float *x, long count, double (*exact)(double)) {
    double worst = 0;
    for (long i = 0; i < count; i++) {
        const double value = exact(x[i]);
        const float nearest = (float)value;
        if (nearest != nearest ? found[i] != found[i] : isinf(nearest) || nearest == 0 ? found[i] == nearest : 0) continue;
        int exponent;
        frexp(value, &exponent);
        const double distance = fabs(found[i] - value) / ldexp(1, (exponent < -125 ? -125 : exponent) - 24);
        if (!(distance <= worst)) worst = distance;
    }
    return worst;
}

// Functions at numbers of every sign and exponent, infinities, NaN and subnormal numbers included. What the portable level gives with one
// thread, the others give to the bit.
static void functions(int level, int threads) {
    const struct {
        vector_function function;
        double (*exact)(double), bound;
        const char *name;
    } all[] = {{VECTOR_EXP, exp, 1.1, "exp"}, {VECTOR_LOG, log, 1, "log"}, {VECTOR_TANH, tanh, 1.4, "tanh"},
        {VECTOR_SIGMOID, logistic, 2.5, "sigmoid"}, {VECTOR_SQRT, square_root, 0.51, "sqrt"}, {VECTOR_ABS, fabs, 0, "abs"}};
    long count = pick(1, 3) == 1 ? pick(1, 100) : pick(40000, 90000);
    float *x = malloc((size_t)count * 4), *y = malloc((size_t)count * 4), *portable = malloc((size_t)count * 4);
    for (long i = 0; i < count; i++) {
        unsigned bits = (unsigned)pick(0, 0xFFFFFF) << 8 ^ (unsigned)pick(0, 0xFFFFFF);
        memcpy(x + i, &bits, 4);
        // Most numbers are far too large or small for these functions to do anything with.
        if (pick(0, 3)) x[i] = (float)pick(-12000000, 12000000) * (pick(0, 1) ? 1e-5f : 1e-7f);
    }
    const float ends[] = {0.0f, -0.0f, INFINITY, -INFINITY, NAN, 1e-45f, -1e-45f, 1e-39f, 88.72f, 88.73f, -87.4f, -103.9f, -104.1f, 0.625f};
    for (long i = 0; i < count && i < (long)(sizeof ends / sizeof *ends); i++) x[i] = ends[i];
    for (int f = 0; f <= VECTOR_IS_FINITE; f++) {
        vector_level_choose(VECTOR_PORTABLE);
        vector_threads_choose(1);
        vector_apply((vector_function)f, portable, x, count, -0.5f, 0.7f);
        vector_level_choose(level);
        vector_threads_choose(threads);
        memcpy(y, x, (size_t)count * 4);
        vector_apply((vector_function)f, y, y, count, -0.5f, 0.7f);
        int same = 1;
        for (long i = 0; i < count; i++) same &= memcmp(y + i, portable + i, 4) == 0 || (y[i] != y[i] && portable[i] != portable[i]);
        expect(same, "a function gives the bits of the portable level", level, threads);
    }
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
        vector_apply(all[i].function, y, x, count, 0, 0);
        expect(units(y, x, count, all[i].exact) <= all[i].bound, all[i].name, level, threads);
    }
    free(x), free(y), free(portable);
}

// Two operands that repeat along rows, columns or both, beside plain loops; equal to the bit.
static void arithmetic(int level, int threads) {
    long rows = pick(1, 200), columns = pick(0, 2) ? pick(1, 8) : pick(1, 900), gap_a = pick(0, 2), gap_b = pick(0, 2);
    int form_a = pick(0, 3), form_b = pick(0, 3);
    vector_operand a = {.row = form_a & 1 ? 0 : columns + gap_a, .column = form_a >> 1 ? 0 : 1};
    vector_operand b = {.row = form_b & 1 ? 0 : columns + gap_b, .column = form_b >> 1 ? 0 : 1};
    float *first = values((rows - 1) * a.row + (columns - 1) * a.column + 1);
    float *second = values((rows - 1) * b.row + (columns - 1) * b.column + 1);
    first[0] = NAN;
    a.base = first, b.base = second;
    float *y = malloc((size_t)(rows * columns) * 4);
    for (int o = 0; o <= VECTOR_UNEQUAL; o++) {
        vector_combine((vector_operation)o, y, a, b, rows, columns);
        int right = 1;
        for (long i = 0; i < rows; i++)
            for (long k = 0; k < columns; k++) {
                const float u = first[i * a.row + k * a.column], v = second[i * b.row + k * b.column], found = y[i * columns + k];
                const float nan = u != u ? u : v;
                const float larger = u > v ? u : u == u ? v : nan, smaller = u < v ? u : u == u ? v : nan;
                const float expected[] = {
                    u + v, u - v, u * v, u / v, larger, smaller, u < v, u <= v, u > v, u >= v, u == v, u != v};
                right &= found == expected[o] || (found != found && expected[o] != expected[o]);
            }
        expect(right, "two operands combined", level, threads);
    }
    free(first), free(second), free(y);
}

// Reductions of the middle axis beside plain loops; the same bits at every level and with every number of threads.
static void reductions(int level, int threads) {
    long outer = pick(1, 5), length = pick(0, 400), inner = pick(0, 1) ? 1 : pick(1, 700);
    if (pick(0, 3) == 0) outer = 1, length = pick(40000, 150000), inner = pick(1, 3);
    if (pick(0, 3) == 0) outer = pick(100, 3000), length = pick(1, 70), inner = 1;
    const long results = outer * inner, count = results * length;
    float *x = values(count), *y = malloc((size_t)results * 4), *portable = malloc((size_t)results * 4);
    if (count) x[pick(0, (int)count - 1)] = NAN;
    const long needed = vector_reduce_scratch(outer, length, inner);
    expect(needed <= 65536, "scratch memory of a reduction", level, threads);
    double *scratch = malloc((size_t)needed * 8);
    for (int r = 0; r <= VECTOR_SMALLEST; r++) {
        vector_level_choose(VECTOR_PORTABLE);
        vector_threads_choose(1);
        vector_reduce((vector_reduction)r, portable, x, outer, length, inner, 0.25, 3, scratch);
        vector_level_choose(level);
        vector_threads_choose(threads);
        vector_reduce((vector_reduction)r, y, x, outer, length, inner, 0.25, 3, scratch);
        int same = 1, right = 1;
        for (long i = 0; i < results; i++) {
            same &= memcmp(y + i, portable + i, 4) == 0 || (y[i] != y[i] && portable[i] != portable[i]);
            double expected = r < VECTOR_LARGEST ? 0 : r == VECTOR_LARGEST ? -INFINITY : INFINITY, size = 0;
            for (long j = 0; j < length; j++) {
                const double value = x[(i / inner * length + j) * inner + i % inner], shifted = value - 0.25;
                if (r == VECTOR_SUM) expected += shifted / 3;
                if (r == VECTOR_SUM_OF_SQUARES) expected += shifted * shifted / 3;
                if (r == VECTOR_LARGEST && !(value <= expected) && expected == expected) expected = value;
                if (r == VECTOR_SMALLEST && !(value >= expected) && expected == expected) expected = value;
                size += fabs(value);
            }
            right &= y[i] == (float)expected || (y[i] != y[i] && expected != expected) ||
                     fabs(y[i] - expected) <= 1e-7 * size * (r < VECTOR_LARGEST);
        }
        expect(same, "a reduction gives the bits of the portable level", level, threads);
        expect(right, "reduction", level, threads);
    }
    vector_reduce(VECTOR_LARGEST, y, x, outer, length, inner, 0, 1, scratch);
    vector_places(portable, y, x, outer, length, inner);
    int right = 1;
    for (long i = 0; i < results && length > 0; i++) {
        long place = 0;
        const float *column = x + i / inner * length * inner + i % inner;
        for (long j = 1; j < length && column[place * inner] == column[place * inner]; j++)
            if (!(column[j * inner] <= column[place * inner])) place = j;
        right &= portable[i] == (float)place;
    }
    expect(right, "places of the largest", level, threads);
    expect(vector_all_finite(x, count) == (count == 0), "a NaN is found", level, threads);
    free(x), free(y), free(portable), free(scratch);
}

// What training needs; inputs have gaps between pixels and rows, as slices of wider tensors have.
static void weight_gradient(int level, int threads) {
    int n = pick(1, 3), h = pick(1, 14), w = pick(1, 14), c = pick(1, 30), k = pick(1, 70), size = pick(1, 4), step = pick(1, 3);
    int top = pick(0, 2), left = pick(0, 2), accumulate = pick(0, 1), gap = pick(0, 3);
    int oh = (h + 2 * top - size) / step + 1, ow = (w + 2 * left - size) / step + 1;
    if (h + 2 * top < size || w + 2 * left < size) return;
    int xp = c + gap, gp = k + gap;
    long inputs = (long)n * h * w * xp - gap, outputs = (long)n * oh * ow * gp - gap, results = (long)size * size * c * k;
    float *x = values(inputs), *g = values(outputs), *d = values(results);
    double *expected = calloc((size_t)results, sizeof *expected);
    int ty[16], tx[16];
    for (int t = 0; t < size * size; t++) ty[t] = t / size - top, tx[t] = t % size - left;
    for (long i = 0; accumulate && i < results; i++) expected[i] = d[i];
    for (int i = 0; i < n; i++)
        for (int oy = 0; oy < oh; oy++)
            for (int ox = 0; ox < ow; ox++)
                for (int t = 0; t < size * size; t++) {
                    int sy = oy * step + ty[t], sx = ox * step + tx[t];
                    if (sy < 0 || sy >= h || sx < 0 || sx >= w) continue;
                    for (int a = 0; a < c; a++)
                        for (int b = 0; b < k; b++)
                            expected[((long)t * c + a) * k + b] +=
                                (double)x[(((long)i * h + sy) * w + sx) * xp + a] * g[(((long)i * oh + oy) * ow + ox) * gp + b];
                }
    vector_weight_gradient job = {
        .source = x, .source_image = (long)h * w * xp, .source_row = (long)w * xp, .source_pixel = xp, .source_height = h, .source_width = w,
        .channels = c, .gradient = g, .gradient_image = (long)oh * ow * gp, .gradient_row = (long)ow * gp, .gradient_pixel = gp, .images = n,
        .target_height = oh, .target_width = ow, .outputs = k, .tap_y = ty, .tap_x = tx, .taps = size * size, .step_y = step, .step_x = step,
        .result = d, .result_row = k, .accumulate = accumulate,
    };
    job.scratch = values(vector_weight_gradient_scratch(&job));
    vector_sum_weight_gradient(&job);
    expect(error(d, expected, results) < 1e-5, "gradient of weights", level, threads);
    free(x), free(g), free(d), free(expected), free(job.scratch);
}

static void statistics(int level, int threads) {
    int pixels = pick(1, 3000), c = pick(1, 60), gap = pick(0, 2);
    long count = (long)pixels * (c + gap) - gap;
    float *x = values(count), *g = values(count), *shift = values(c), *gain = values(c), *slope = values(c), *found = values(2 * c);
    double *expected = calloc((size_t)(2 * c), 8), *blended = malloc((size_t)count * 8), *sums = malloc((size_t)(2 * c) * 8);
    for (long i = 0; i < count; i++) {
        long channel = i % (c + gap);
        blended[i] = g[i];
        if (channel >= c) continue;
        expected[channel] += g[i];
        expected[c + channel] += (double)g[i] * ((double)x[i] - shift[channel]);
        blended[i] = (double)g[i] * gain[channel] + (double)x[i] * slope[channel] + shift[channel];
    }
    vector_pixels X = {x, c + gap}, G = {g, c + gap};
    double *scratch = malloc((size_t)vector_channel_sums_scratch(c) * 8);
    vector_channel_sums(G, NULL, X, shift, pixels, c, sums, scratch);
    for (int i = 0; i < 2 * c; i++) found[i] = (float)sums[i];
    expect(error(found, expected, 2 * c) < 1e-4, "sums of channels", level, threads);
    vector_blend(G, G, X, gain, slope, shift, pixels, c, 0);
    expect(error(g, blended, count) < 1e-6, "blend in place", level, threads);
    free(x), free(g), free(shift), free(gain), free(slope), free(found), free(expected), free(blended), free(sums), free(scratch);
}

// ---- the pool

static void count_turn(void *raw, ptrdiff_t index) {
    (void)index;
    __atomic_fetch_add((int *)raw, 1, __ATOMIC_RELAXED);
}

typedef struct {
    pthread_t caller;
    int reached;
} stopped;

static void stop_here(void *raw, ptrdiff_t index) {
    stopped *s = raw;
    (void)index;
    if (!pthread_equal(pthread_self(), s->caller)) return;
    __atomic_store_n(&s->reached, 1, __ATOMIC_RELEASE);
    for (;;) pause();
}

static void *stop_for_good(void *raw) {
    stopped *s = raw;
    s->caller = pthread_self();
    for (;;) vector_parallel(1000, stop_here, s);
    return NULL;
}

static void *call_often(void *raw) {
    for (int i = 0; i < 2000; i++) {
        int turns = 0;
        vector_parallel(1 + i % 50, count_turn, &turns);
        if (turns != 1 + i % 50) *(int *)raw = 1;
    }
    return NULL;
}

// Callers that stop in the middle of a job, more of them than the pool has places, harm no other.
static void pool(void) {
    enum { STOPPED = 300, CALLERS = 4 };
    static stopped lost[STOPPED];
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 1 << 18);
    for (int i = 0; i < STOPPED; i++) {
        pthread_t thread;
        if (pthread_create(&thread, &small, stop_for_good, &lost[i]) != 0) break;
        while (!__atomic_load_n(&lost[i].reached, __ATOMIC_ACQUIRE)) usleep(50);
        if (i % 50 != 49) continue;
        pthread_t callers[CALLERS];
        int wrong[CALLERS] = {0};
        for (int c = 0; c < CALLERS; c++) pthread_create(&callers[c], NULL, call_often, &wrong[c]);
        for (int c = 0; c < CALLERS; c++) {
            pthread_join(callers[c], NULL);
            expect(!wrong[c], "every turn once, beside stopped callers", -1, i);
        }
    }
}

int main(void) {
    for (int level = VECTOR_PORTABLE; level <= (int)vector_level_supported(); level++)
        for (int threads = 1; threads <= vector_threads_supported() && threads <= 4; threads++) {
            vector_level_choose(level);
            vector_threads_choose(threads);
            for (int i = 0; i < 150; i++) {
                convolution(level, threads, 0);
                convolution(level, threads, 1);
                pooling(level, threads);
                weight_gradient(level, threads);
                if (i % 5 == 1) statistics(level, threads);
                if (i % 5 == 0) normalization(level, threads), elements(level, threads);
                if (i % 5 == 2) functions(level, threads), arithmetic(level, threads), reductions(level, threads);
            }
        }
    vector_threads_choose(0);
    pool();
    printf("%d passed, %d failed\n", checks - failures, failures);
    fflush(stdout);
    _exit(failures != 0); // the stopped threads never end
}
