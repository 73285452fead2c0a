#include "CTransfer.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

// libcurl's numbers for options and answers are part of its binary interface: they do not change (curl.h, "CURLOPTTYPE_...").
enum {
    OPTION_TIMEOUT_CONNECT = 78, OPTION_LOW_SPEED_LIMIT = 19, OPTION_LOW_SPEED_TIME = 20, OPTION_NO_PROGRESS = 43,
    OPTION_FAIL_ON_ERROR = 45, OPTION_FOLLOW = 52, OPTION_MAX_REDIRECTS = 68, OPTION_NO_SIGNAL = 99, OPTION_PROTOCOLS = 181, OPTION_REDIRECT_PROTOCOLS = 182,
    OPTION_WRITE_DATA = 10001, OPTION_URL = 10002, OPTION_RANGE = 10007, OPTION_ERROR_BUFFER = 10010, OPTION_AGENT = 10018,
    OPTION_HEADERS = 10023, OPTION_HEADER_DATA = 10029, OPTION_PROGRESS_DATA = 10057,
    OPTION_WRITE = 20011, OPTION_HEADER = 20079, OPTION_PROGRESS = 20219,
    INFO_STATUS = 0x200002, HTTP_AND_HTTPS = 3,
    RESULT_OK = 0, RESULT_HTTP_ERROR = 22, RESULT_WRITE_ERROR = 23, RESULT_ABORTED = 42,
};

static void *(*easy_init)(void);
static int (*easy_setopt)(void *, int, ...);
static int (*easy_perform)(void *);
static int (*easy_getinfo)(void *, int, ...);
static void (*easy_cleanup)(void *);
static const char *(*easy_strerror)(int);
static void *(*slist_append)(void *, const char *);
static void (*slist_free)(void *);

static int load_library(void) {
    if (slist_free) return 1;
    void *library = 0;
    const char *names[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4", "libcurl.4.dylib"};
    for (unsigned i = 0; !library && i < sizeof names / sizeof *names; i++) library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!library) return 0;
    *(void **)&easy_init = dlsym(library, "curl_easy_init");
    *(void **)&easy_setopt = dlsym(library, "curl_easy_setopt");
    *(void **)&easy_perform = dlsym(library, "curl_easy_perform");
    *(void **)&easy_getinfo = dlsym(library, "curl_easy_getinfo");
    *(void **)&easy_cleanup = dlsym(library, "curl_easy_cleanup");
    *(void **)&easy_strerror = dlsym(library, "curl_easy_strerror");
    *(void **)&slist_append = dlsym(library, "curl_slist_append");
    if (!easy_init || !easy_setopt || !easy_perform || !easy_getinfo || !easy_cleanup || !easy_strerror || !slist_append) return 0;
    *(void **)&slist_free = dlsym(library, "curl_slist_free_all");
    return slist_free != 0;
}

struct running {
    const struct transfer *transfer;
    void *handle;
    int stopped;
};

static size_t write_body(char *bytes, size_t size, size_t count, void *data) {
    struct running *running = data;
    long status = 0;
    easy_getinfo(running->handle, INFO_STATUS, &status);
    if (running->transfer->body(running->transfer->context, status, bytes, (long)(size * count)) == 0) return size * count;
    running->stopped = 1;
    return 0;
}

static size_t write_header(char *bytes, size_t size, size_t count, void *data) {
    struct running *running = data;
    running->transfer->header(running->transfer->context, bytes, (long)(size * count));
    return size * count;
}

static int tick(void *data, int64_t a, int64_t b, int64_t c, int64_t d) {
    (void)a, (void)b, (void)c, (void)d;
    struct running *running = data;
    if (running->transfer->tick(running->transfer->context) == 0) return 0;
    running->stopped = 1;
    return 1;
}

enum transfer_result transfer_run(const struct transfer *transfer, long *status, char reason[256]) {
    *status = 0;
    reason[0] = 0;
    if (!load_library()) return TRANSFER_NO_LIBRARY;
    void *handle = easy_init();
    if (!handle) return TRANSFER_FAILED;
    struct running running = {transfer, handle, 0};
    void *headers = 0;
    easy_setopt(handle, OPTION_URL, transfer->url);
    easy_setopt(handle, OPTION_AGENT, "hooke");
    easy_setopt(handle, OPTION_PROTOCOLS, (long)HTTP_AND_HTTPS);
    easy_setopt(handle, OPTION_REDIRECT_PROTOCOLS, (long)HTTP_AND_HTTPS);
    easy_setopt(handle, OPTION_FOLLOW, 1L);
    easy_setopt(handle, OPTION_MAX_REDIRECTS, 10L);
    easy_setopt(handle, OPTION_FAIL_ON_ERROR, 1L);
    easy_setopt(handle, OPTION_NO_SIGNAL, 1L);
    easy_setopt(handle, OPTION_TIMEOUT_CONNECT, 30L);
    // A minute without a byte is a broken connection; the length of a download is nobody's business.
    easy_setopt(handle, OPTION_LOW_SPEED_LIMIT, 1L);
    easy_setopt(handle, OPTION_LOW_SPEED_TIME, 60L);
    easy_setopt(handle, OPTION_ERROR_BUFFER, reason);
    easy_setopt(handle, OPTION_WRITE, write_body);
    easy_setopt(handle, OPTION_WRITE_DATA, &running);
    easy_setopt(handle, OPTION_HEADER, write_header);
    easy_setopt(handle, OPTION_HEADER_DATA, &running);
    easy_setopt(handle, OPTION_NO_PROGRESS, 0L);
    easy_setopt(handle, OPTION_PROGRESS, tick);
    easy_setopt(handle, OPTION_PROGRESS_DATA, &running);
    if (transfer->range) easy_setopt(handle, OPTION_RANGE, transfer->range);
    if (transfer->if_range) {
        char line[512];
        snprintf(line, sizeof line, "If-Range: %s", transfer->if_range);
        headers = slist_append(headers, line);
        easy_setopt(handle, OPTION_HEADERS, headers);
    }
    int result = easy_perform(handle);
    easy_getinfo(handle, INFO_STATUS, status);
    if (result != RESULT_OK && reason[0] == 0) snprintf(reason, 256, "%s", easy_strerror(result));
    if (headers) slist_free(headers);
    easy_cleanup(handle);
    if (result == RESULT_OK) return TRANSFER_DONE;
    if (running.stopped) return TRANSFER_STOPPED;
    return result == RESULT_HTTP_ERROR ? TRANSFER_REFUSED : TRANSFER_FAILED;
}
