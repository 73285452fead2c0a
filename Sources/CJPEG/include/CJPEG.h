#ifndef HOOKE_CJPEG_H
#define HOOKE_CJPEG_H

#include <stddef.h>

/* Reading JPEG files with libjpeg(-turbo). libjpeg reports an error by a call that must not return, which takes setjmp and longjmp and
   so takes C. The bytes may be damaged or hostile. Both functions return 1, or 0 with libjpeg's words in `message`. */

#define HOOKE_JPEG_MESSAGE 256

/* The width and height that a file announces. */
int hooke_jpeg_size(const unsigned char *file, size_t count, int *width, int *height, char message[HOOKE_JPEG_MESSAGE]);

/* The pixels: red, green, blue, row by row, width * height * 3 bytes. `width` and `height` are those that hooke_jpeg_size gave. */
int hooke_jpeg_read(
    const unsigned char *file, size_t count, int width, int height, unsigned char *pixels, char message[HOOKE_JPEG_MESSAGE]);

#endif
