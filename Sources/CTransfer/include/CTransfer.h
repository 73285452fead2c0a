// One HTTP download through libcurl, which is loaded when the first download begins: programs that download nothing neither link it nor
// pay for it.
#ifndef HOOKE_TRANSFER_H
#define HOOKE_TRANSFER_H

#include <stdint.h>

struct transfer {
    const char *url;
    // The value of a Range header ("1024-"), and of an If-Range header; null for none.
    const char *range;
    const char *if_range;
    void *context;
    // A line of the header of an answer; an answer begins with its status line ("HTTP/1.1 206 Partial Content").
    void (*header)(void *context, const char *line, long count);
    // Part of the body of the last answer. Returns 0 to go on.
    int (*body)(void *context, long status, const void *bytes, long count);
    // Called about once a second, also while nothing arrives. Returns 0 to go on.
    int (*tick)(void *context);
};

enum transfer_result { TRANSFER_DONE, TRANSFER_STOPPED, TRANSFER_REFUSED, TRANSFER_FAILED, TRANSFER_NO_LIBRARY };

// Runs the transfer. `status` becomes the last answer's number, 0 if there was none; `reason` a text for TRANSFER_FAILED.
enum transfer_result transfer_run(const struct transfer *transfer, long *status, char reason[256]);

#endif
