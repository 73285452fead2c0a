#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

/* libjpeg decodes a progressive file once for every scan it has; writers make about ten, attackers thousands. */
enum { MAXIMUM_SCANS = 100 };

struct reader {
    struct jpeg_decompress_struct info; /* first, so that a pointer to it is one to the reader */
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf out;
    char *message;
};

static void give_up(j_common_ptr info) {
    struct reader *reader = (struct reader *)info;
    char text[JMSG_LENGTH_MAX];
    info->err->format_message(info, text);
    snprintf(reader->message, HOOKE_JPEG_MESSAGE, "%s", text);
    longjmp(reader->out, 1);
}

/* Warnings: a file that ends early or lacks data would be filled up with grey, so it counts as damaged; the others are harmless. */
static void weigh(j_common_ptr info, int level) {
    if (level >= 0) return;
    int code = info->err->msg_code;
    if (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER) give_up(info);
    info->err->num_warnings++;
}

static void stay_silent(j_common_ptr info) { (void)info; }

static void count_scans(j_common_ptr info) {
    struct reader *reader = (struct reader *)info;
    if (reader->info.input_scan_number <= MAXIMUM_SCANS) return;
    snprintf(reader->message, HOOKE_JPEG_MESSAGE, "more than %d scans", MAXIMUM_SCANS);
    longjmp(reader->out, 1);
}

/* Prepares a reader whose `out` has been set. */
static void begin(struct reader *reader, const unsigned char *file, size_t count) {
    jpeg_create_decompress(&reader->info);
    reader->progress.progress_monitor = count_scans;
    reader->info.progress = &reader->progress;
    jpeg_mem_src(&reader->info, (unsigned char *)file, count);
    jpeg_read_header(&reader->info, TRUE);
}

static void set_up(struct reader *reader, char *message) {
    memset(reader, 0, sizeof *reader);
    reader->info.err = jpeg_std_error(&reader->errors);
    reader->errors.error_exit = give_up;
    reader->errors.emit_message = weigh;
    reader->errors.output_message = stay_silent;
    reader->message = message;
    message[0] = 0;
}

int hooke_jpeg_size(const unsigned char *file, size_t count, int *width, int *height, char message[HOOKE_JPEG_MESSAGE]) {
    struct reader reader;
    set_up(&reader, message);
    if (setjmp(reader.out)) {
        jpeg_destroy_decompress(&reader.info);
        return 0;
    }
    begin(&reader, file, count);
    *width = (int)reader.info.image_width;
    *height = (int)reader.info.image_height;
    jpeg_destroy_decompress(&reader.info);
    return 1;
}

/* (a * b) / 255, rounded. */
static unsigned scaled(unsigned a, unsigned b) {
    unsigned t = a * b + 128;
    return ((t >> 8) + t) >> 8;
}

int hooke_jpeg_read(
    const unsigned char *file, size_t count, int width, int height, unsigned char *pixels, char message[HOOKE_JPEG_MESSAGE]) {
    struct reader reader;
    set_up(&reader, message);
    if (setjmp(reader.out)) {
        jpeg_destroy_decompress(&reader.info);
        return 0;
    }
    begin(&reader, file, count);
    struct jpeg_decompress_struct *info = &reader.info;
    int four = info->jpeg_color_space == JCS_CMYK || info->jpeg_color_space == JCS_YCCK;
    info->out_color_space = four ? JCS_CMYK : JCS_RGB;
    jpeg_start_decompress(info);
    if ((int)info->output_width != width || (int)info->output_height != height || info->output_components != (four ? 4 : 3)) {
        snprintf(message, HOOKE_JPEG_MESSAGE, "the size changed between two readings");
        jpeg_destroy_decompress(info);
        return 0;
    }
    /* libjpeg owns the row and frees it with the rest. */
    JSAMPARRAY row = (*info->mem->alloc_sarray)((j_common_ptr)info, JPOOL_IMAGE, (JDIMENSION)width * 4, 1);
    while (info->output_scanline < info->output_height) {
        unsigned char *target = pixels + (size_t)info->output_scanline * (size_t)width * 3;
        if (jpeg_read_scanlines(info, row, 1) != 1) break;
        if (!four) {
            memcpy(target, row[0], (size_t)width * 3);
            continue;
        }
        /* Printers' colours are stored inverted, as Adobe's programs do (and as PIL reads them). */
        for (int x = 0; x < width; x++) {
            unsigned key = row[0][x * 4 + 3];
            for (int c = 0; c < 3; c++) target[x * 3 + c] = (unsigned char)(key - scaled(255 - row[0][x * 4 + c], key));
        }
    }
    jpeg_finish_decompress(info);
    jpeg_destroy_decompress(info);
    return 1;
}
