#define _GNU_SOURCE
#include "WorkerPool.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_THREADS = 64, PLACES = 256, FIELD = 20, MASK = (1 << FIELD) - 1 };
// How long to look for work, or for the end of it, before sleeping: the next layer of a network comes within microseconds.
enum { WORKER_LOOKS = 8000, CALLER_LOOKS = 4000 };

typedef struct {
    // generation (24 bits), next turn (20), turns (20). A turn belongs to whoever moves the ticket past it; until it is done the
    // caller waits, so what it reads of the place after that belongs to the same generation.
    _Alignas(128) _Atomic uint64_t ticket;
    vector_work work;
    void *context;
    _Atomic int threads;
    _Alignas(64) _Atomic uint32_t done;
    _Atomic uint32_t sleeping;
    _Atomic uint32_t taken;
} place;

static place places[PLACES];
static _Atomic uint64_t busy[PLACES / 64];
static _Atomic uint32_t epoch, sleepers;
static _Atomic int started, supported;
static __thread int chosen;

static void futex_wait(_Atomic uint32_t *word, uint32_t seen) { syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0); }
static void futex_wake(_Atomic uint32_t *word, int count) { syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0); }

static inline void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

// Does turns of one job until none is left. The number done.
static int work_on(place *p) {
    int did = 0;
    uint64_t ticket = atomic_load(&p->ticket);
    for (;;) {
        uint64_t next = ticket >> FIELD & MASK, count = ticket & MASK;
        if (next >= count) return did;
        if (!atomic_compare_exchange_weak(&p->ticket, &ticket, ticket + (1ull << FIELD))) continue;
        p->work(p->context, (ptrdiff_t)next);
        did++;
        if (atomic_fetch_add(&p->done, 1) + 1 == count && atomic_load(&p->sleeping)) futex_wake(&p->done, INT_MAX);
        ticket = atomic_load(&p->ticket);
    }
}

static void *worker(void *raw) {
    int number = (int)(intptr_t)raw;
    // Signals are for the threads that know what to do with them; traps stay as they are.
    sigset_t blocked;
    sigfillset(&blocked);
    int traps[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
    for (unsigned i = 0; i < sizeof traps / sizeof *traps; i++) sigdelset(&blocked, traps[i]);
    pthread_sigmask(SIG_BLOCK, &blocked, NULL);
    for (;;) {
        uint32_t seen = atomic_load(&epoch);
        int did = 0;
        for (int word = 0; word < PLACES / 64; word++)
            for (uint64_t bits = atomic_load(&busy[word]); bits; bits &= bits - 1) {
                place *p = &places[word * 64 + __builtin_ctzll(bits)];
                if (number + 1 < atomic_load(&p->threads)) did += work_on(p);
            }
        if (did) continue;
        int looks = 0;
        while (atomic_load_explicit(&epoch, memory_order_relaxed) == seen && looks < WORKER_LOOKS) looks++, relax();
        if (looks < WORKER_LOOKS) continue;
        atomic_fetch_add(&sleepers, 1);
        futex_wait(&epoch, seen);
        atomic_fetch_sub(&sleepers, 1);
    }
    return NULL;
}

int vector_threads_supported(void) {
    int count = atomic_load(&supported);
    if (count) return count;
    const char *wish = getenv("HOOKE_THREADS");
    cpu_set_t processors;
    count = wish ? atoi(wish) : 0;
    if (count < 1) count = sched_getaffinity(0, sizeof processors, &processors) == 0 ? CPU_COUNT(&processors) : 1;
    count = count > MAX_THREADS ? MAX_THREADS : count < 1 ? 1 : count;
    atomic_store(&supported, count);
    return count;
}

int vector_threads_in_use(void) { return chosen ? chosen : vector_threads_supported(); }

int vector_threads_choose(int count) {
    int before = chosen, most = vector_threads_supported();
    chosen = count < 0 ? 1 : count > most ? most : count;
    return before;
}

static void start_workers(void) {
    int expected = 0;
    if (atomic_load(&started) || !atomic_compare_exchange_strong(&started, &expected, 1)) return;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 1 << 20);
    for (int i = 0; i < vector_threads_supported() - 1; i++) {
        pthread_t thread;
        if (pthread_create(&thread, &attributes, worker, (void *)(intptr_t)i) != 0) break;
    }
    pthread_attr_destroy(&attributes);
}

static place *take_place(void) {
    for (int i = 0; i < PLACES; i++) {
        uint32_t free = 0;
        if (!atomic_load_explicit(&places[i].taken, memory_order_relaxed) && atomic_compare_exchange_strong(&places[i].taken, &free, 1))
            return &places[i];
    }
    return NULL;
}

void vector_parallel(ptrdiff_t count, vector_work work, void *context) {
    place *p = NULL;
    if (count > 1 && count <= MASK && vector_threads_in_use() > 1) {
        start_workers();
        p = take_place();
    }
    if (!p) { // alone, or every place was lost to stopped callers
        for (ptrdiff_t i = 0; i < count; i++) work(context, i);
        return;
    }
    p->work = work;
    p->context = context;
    atomic_store(&p->threads, vector_threads_in_use());
    atomic_store(&p->done, 0);
    atomic_store(&p->sleeping, 0);
    uint64_t generation = (atomic_load(&p->ticket) >> 2 * FIELD) + 1;
    atomic_store(&p->ticket, generation << 2 * FIELD | (uint64_t)count);
    long index = p - places;
    atomic_fetch_or(&busy[index / 64], 1ull << index % 64);
    atomic_fetch_add(&epoch, 1);
    if (atomic_load(&sleepers)) futex_wake(&epoch, (int)count - 1);
    work_on(p);
    atomic_fetch_and(&busy[index / 64], ~(1ull << index % 64));
    int looks = 0;
    for (uint32_t done; (done = atomic_load(&p->done)) != (uint32_t)count;) {
        if (looks++ < CALLER_LOOKS) {
            relax();
        } else {
            atomic_store(&p->sleeping, 1);
            if (atomic_load(&p->done) == done) futex_wait(&p->done, done);
        }
    }
    atomic_store(&p->taken, 0);
}
