#define _GNU_SOURCE
#include "StandardInput.h"
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

static long (*reader)(char *buffer, size_t size);

static ssize_t on_read(void *cookie, char *buffer, size_t size) {
    (void)cookie;
    char line[4096];
    FILE *stream = stdin;
    // The reading thread may be parked while it waits, and must not keep the stream from the cells after it.
    funlockfile(stream);
    long count = reader(line, size < sizeof line ? size : sizeof line);
    flockfile(stream);
    if (count > 0) memcpy(buffer, line, (size_t)count);
    return count;
}

int hooke_standard_input_install(long (*function)(char *buffer, size_t size)) {
    cookie_io_functions_t functions = {.read = on_read};
    FILE *stream = fopencookie(NULL, "r", functions);
    if (!stream) return -1;
    reader = function;
    stdin = stream;
    return 0;
}
