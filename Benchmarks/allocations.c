// Counts the allocations of a process: see `hooke-bench allocations`.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>

static _Atomic long count;

long hooke_allocation_count(void) { return atomic_load(&count); }

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t), *__libc_memalign(size_t, size_t);

void *malloc(size_t size) { atomic_fetch_add(&count, 1); return __libc_malloc(size); }
void *calloc(size_t items, size_t size) { atomic_fetch_add(&count, 1); return __libc_calloc(items, size); }
void *realloc(void *old, size_t size) { atomic_fetch_add(&count, 1); return __libc_realloc(old, size); }
void *aligned_alloc(size_t alignment, size_t size) { atomic_fetch_add(&count, 1); return __libc_memalign(alignment, size); }
int posix_memalign(void **to, size_t alignment, size_t size) {
    atomic_fetch_add(&count, 1);
    return (*to = __libc_memalign(alignment, size)) ? 0 : 12;
}
