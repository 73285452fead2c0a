#pragma once
#include <stddef.h>

// A fixed pool of threads for loops whose turns do not depend on each other.
//
// In a notebook the thread that called may be stopped for good in the middle of anything (a cell was interrupted), so no lock is
// held across a job, and nobody ever waits for another caller: each job lives in a place of its own, which is lost with its caller.

typedef void (*vector_work)(void *context, ptrdiff_t index);

// Calls work(context, 0..<count), on this thread and the pool's, and returns when all turns are done.
void vector_parallel(ptrdiff_t count, vector_work work, void *context);

// Threads that work on one job of the calling thread, itself included.
int vector_threads_in_use(void);
// Chooses it for the jobs of this thread: at least 1, at most vector_threads_supported(), which 0 stands for. Returns the choice before.
int vector_threads_choose(int count);
// HOOKE_THREADS, or the processors that this process may use.
int vector_threads_supported(void);
