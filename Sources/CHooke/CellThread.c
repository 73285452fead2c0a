#define _GNU_SOURCE
#include "CellThread.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

enum { ALTERNATE_STACK_BYTES = 64 * 1024, INTERRUPT_SIGNAL = SIGUSR2 };

// Where a thread may be parked; replaced while a handler may be reading it, and so kept until the run is over.
typedef struct code_table {
    struct code_table *older;
    int anywhere, count;
    hooke_code_range ranges[];
} code_table;

struct hooke_cell_run {
    hooke_cell_report report;
    int (*entry)(int, char **);
    void *owner;
    unsigned long serial;
    sem_t over;
    int reported;  // set once, by whichever thread ends the cell
    pthread_t thread;
    char *stack, *alternate_stack;
    size_t stack_bytes;
    uintptr_t stack_pointer;  // where the thread was parked
    sigjmp_buf uncaught;
    code_table *volatile table;
};

static const int traps[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};

static __thread hooke_cell_run *this_run;       // the cell whose own thread this is
static __thread volatile int shields;           // above zero while the thread must not be parked

// The cells that run now, for traps on threads that they started: such a trap is charged to the newest.
enum { MAX_RUNS = 64 };
static hooke_cell_run *active[MAX_RUNS];
static unsigned long run_count;

static void enlist(hooke_cell_run *run) {
    run->serial = __atomic_add_fetch(&run_count, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < MAX_RUNS; i++) {
        hooke_cell_run *none = NULL;
        if (__atomic_compare_exchange_n(&active[i], &none, run, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) return;
    }
}

static void delist(hooke_cell_run *run) {
    for (int i = 0; i < MAX_RUNS; i++) {
        hooke_cell_run *same = run;
        if (__atomic_compare_exchange_n(&active[i], &same, NULL, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) return;
    }
}

static hooke_cell_run *newest(void) {
    hooke_cell_run *found = NULL;
    for (int i = 0; i < MAX_RUNS; i++) {
        hooke_cell_run *run = __atomic_load_n(&active[i], __ATOMIC_ACQUIRE);
        if (run && (!found || run->serial > found->serial)) found = run;
    }
    return found;
}

static void finish(hooke_cell_run *run, hooke_cell_state state) {
    if (__atomic_exchange_n(&run->reported, 1, __ATOMIC_ACQ_REL)) return;
    run->report.state = state;
    sem_post(&run->over);
}

static void park(void) {
    sigset_t all;
    sigfillset(&all);
    for (;;) sigsuspend(&all);
}

// Swift keeps frame pointers, so the chain can be walked without the unwinder, which takes locks.
static void record_frames(hooke_cell_run *run, const ucontext_t *context) {
#if defined(__x86_64__)
    uintptr_t pc = context->uc_mcontext.gregs[REG_RIP], fp = context->uc_mcontext.gregs[REG_RBP];
    run->stack_pointer = context->uc_mcontext.gregs[REG_RSP];
#elif defined(__aarch64__)
    uintptr_t pc = context->uc_mcontext.pc, fp = context->uc_mcontext.regs[29];
    run->stack_pointer = context->uc_mcontext.sp;
#else
#error "frame walking is not written for this processor"
#endif
    int count = 0;
    run->report.frames[count++] = (void *)pc;
    uintptr_t low = (uintptr_t)run->stack, high = low + run->stack_bytes;
    while (count < HOOKE_CELL_MAX_FRAMES && fp >= low && fp + 16 <= high && fp % sizeof(void *) == 0) {
        uintptr_t next = ((uintptr_t *)fp)[0], back = ((uintptr_t *)fp)[1];
        if (back == 0) break;
        run->report.frames[count++] = (void *)back;
        if (next <= fp) break;
        fp = next;
    }
    run->report.frame_count = count;
}

static void on_trap(int signal_number, siginfo_t *info, void *context) {
    hooke_cell_run *run = this_run ? this_run : newest();
    if (!run) {  // not a cell's doing: die as if this handler were not there
        signal(signal_number, SIG_DFL);
        raise(signal_number);
        return;
    }
    if (!__atomic_load_n(&run->reported, __ATOMIC_ACQUIRE)) {
        run->report.signal_number = signal_number;
        uintptr_t fault = (uintptr_t)info->si_addr, low = (uintptr_t)run->stack;
        run->report.stack_overflow = signal_number == SIGSEGV && fault + (1 << 20) >= low && fault < low + 65536;
        record_frames(run, context);
        finish(run, HOOKE_CELL_TRAPPED);
    }
    park();
}

static int in_ranges(const hooke_code_range *ranges, int count, uintptr_t pc) {
    for (int i = 0; i < count; i++)
        if (pc >= ranges[i].start && pc < ranges[i].end) return 1;
    return 0;
}

// The C library keeps no frame pointers: a thread that died in abort() or sleep() has a broken chain. Then every word of
// its stack that points into a cell's code is taken for a return address. The thread is parked, so its stack lies still.
static void scan_stack(hooke_cell_run *run, const hooke_code_range *ranges, int count) {
    hooke_cell_report *report = &run->report;
    for (int i = 0; i < report->frame_count; i++)
        if (in_ranges(ranges, count, (uintptr_t)report->frames[i])) return;
    uintptr_t low = (uintptr_t)run->stack, high = low + run->stack_bytes, at = run->stack_pointer & ~(uintptr_t)7;
    if (at < low || at >= high) return;
    if (high - at > (1 << 20)) high = at + (1 << 20);
    report->frame_count = 1;
    for (; at + sizeof(void *) <= high && report->frame_count < 16; at += sizeof(void *)) {
        uintptr_t word = *(uintptr_t *)at;
        if (in_ranges(ranges, count, word)) report->frames[report->frame_count++] = (void *)word;
    }
}

// A blocking system call that the signal cut short: the thread waits for something and holds no lock of the C library.
static int in_blocking_call(const ucontext_t *context) {
#if defined(__x86_64__)
    const unsigned char *pc = (const unsigned char *)context->uc_mcontext.gregs[REG_RIP];
    return pc[-2] == 0x0f && pc[-1] == 0x05 && context->uc_mcontext.gregs[REG_RAX] == -EINTR;
#else
    return (long)context->uc_mcontext.regs[0] == -EINTR;
#endif
}

static void on_interrupt(int signal_number, siginfo_t *info, void *raw) {
    (void)signal_number;
    (void)info;
    hooke_cell_run *run = this_run;
    const ucontext_t *context = raw;
    const code_table *table = run ? run->table : NULL;
    if (!table || shields > 0 || __atomic_load_n(&run->reported, __ATOMIC_ACQUIRE)) return;
#if defined(__x86_64__)
    uintptr_t pc = context->uc_mcontext.gregs[REG_RIP];
#else
    uintptr_t pc = context->uc_mcontext.pc;
#endif
    int saved = errno;
    // With `anywhere` the ranges are those where parking could leave a lock of the allocator or the loader held.
    int inside = in_ranges(table->ranges, table->count, pc), safe = table->anywhere ? !inside : inside;
    if (safe || in_blocking_call(context)) {
        record_frames(run, context);
        finish(run, HOOKE_CELL_INTERRUPTED);
        park();
    }
    errno = saved;
}

void hooke_cell_install_handlers(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    action.sa_sigaction = on_trap;
    for (size_t i = 0; i < sizeof traps / sizeof *traps; i++) sigaction(traps[i], &action, NULL);
    action.sa_sigaction = on_interrupt;  // no SA_RESTART: sleep() and read() shall return
    sigaction(INTERRUPT_SIGNAL, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void *thread_main(void *argument) {
    hooke_cell_run *run = argument;
    stack_t alternate = {.ss_sp = run->alternate_stack, .ss_size = ALTERNATE_STACK_BYTES};
    sigaltstack(&alternate, NULL);
    // The starting thread may be a dispatch worker, which blocks most signals and hands that on.
    sigset_t wanted;
    sigemptyset(&wanted);
    for (size_t i = 0; i < sizeof traps / sizeof *traps; i++) sigaddset(&wanted, traps[i]);
    sigaddset(&wanted, INTERRUPT_SIGNAL);
    pthread_sigmask(SIG_UNBLOCK, &wanted, NULL);
    this_run = run;
    char name[] = "cell";
    char *arguments[] = {name, NULL};
    if (sigsetjmp(run->uncaught, 0) == 0) {
        run->entry(1, arguments);
        this_run = NULL;
        finish(run, HOOKE_CELL_FINISHED);
    } else {
        this_run = NULL;
        finish(run, HOOKE_CELL_THREW);
    }
    alternate.ss_flags = SS_DISABLE;
    sigaltstack(&alternate, NULL);
    return NULL;
}

hooke_cell_run *hooke_cell_start(int (*entry)(int, char **), size_t stack_bytes, void *owner) {
    hooke_cell_run *run = calloc(1, sizeof *run);
    if (!run) return NULL;
    size_t guard = 64 * 1024;
    run->entry = entry;
    run->owner = owner;
    run->report.last_mark = -1;
    run->stack_bytes = stack_bytes;
    run->alternate_stack = malloc(ALTERNATE_STACK_BYTES);
    char *memory = mmap(NULL, stack_bytes + guard, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
    if (!run->alternate_stack || memory == MAP_FAILED) {
        free(run->alternate_stack);
        free(run);
        return NULL;
    }
    mprotect(memory, guard, PROT_NONE);
    run->stack = memory + guard;
    sem_init(&run->over, 0, 0);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, run->stack, stack_bytes);
    enlist(run);
    int failed = pthread_create(&run->thread, &attributes, thread_main, run);
    pthread_attr_destroy(&attributes);
    if (failed) {
        delist(run);
        munmap(memory, stack_bytes + guard);
        free(run->alternate_stack);
        free(run);
        return NULL;
    }
    return run;
}

int hooke_cell_wait(hooke_cell_run *run, long milliseconds) {
    if (milliseconds < 0) {
        while (sem_wait(&run->over) != 0 && errno == EINTR) {}
    } else {
        struct timespec deadline;
        clock_gettime(CLOCK_REALTIME, &deadline);
        deadline.tv_sec += milliseconds / 1000;
        deadline.tv_nsec += (milliseconds % 1000) * 1000000;
        if (deadline.tv_nsec >= 1000000000) deadline.tv_sec++, deadline.tv_nsec -= 1000000000;
        int result;
        while ((result = sem_timedwait(&run->over, &deadline)) != 0 && errno == EINTR) {}
        if (result != 0) return 0;
    }
    sem_post(&run->over);  // stays readable: waiting again answers at once
    return 1;
}

// glibc keeps the owner of a stream's lock behind FILE's `_lock`. A thread that was parked inside print() would hold it for
// ever, and the next print() of any cell would wait as long: take the lock over and give it back.
static void release_stream(FILE *stream, pthread_t parked) {
    struct { int lock, count; void *owner; } *lock = (void *)stream->_lock;
    if (lock->owner != (void *)parked) return;
    lock->owner = (void *)pthread_self();
    lock->count = 1;
    funlockfile(stream);
}

hooke_cell_report hooke_cell_finish(hooke_cell_run *run, const char *cells_prefix) {
    if (run->report.state == HOOKE_CELL_EXITED || run->report.state == HOOKE_CELL_TRAPPED || run->report.state == HOOKE_CELL_INTERRUPTED) {
        int count = hooke_code_ranges(cells_prefix, NULL, 0);
        hooke_code_range *cells = run->report.state == HOOKE_CELL_EXITED ? NULL : malloc((size_t)(count + 1) * sizeof *cells);
        if (cells) scan_stack(run, cells, hooke_code_ranges(cells_prefix, cells, count));
        free(cells);
        release_stream(stdout, run->thread);
        release_stream(stderr, run->thread);
    }
    hooke_cell_report report = run->report;
    delist(run);
    if (report.state == HOOKE_CELL_FINISHED || report.state == HOOKE_CELL_THREW) {
        pthread_join(run->thread, NULL);
        munmap(run->stack - 64 * 1024, run->stack_bytes + 64 * 1024);
        free(run->alternate_stack);
        for (code_table *table = run->table; table;) {
            code_table *older = table->older;
            free(table);
            table = older;
        }
        free(run);
    }
    return report;
}

void hooke_cell_allow_parking(hooke_cell_run *run, const hooke_code_range *ranges, int count, int anywhere) {
    code_table *table = malloc(sizeof *table + (size_t)count * sizeof *ranges);
    if (!table) return;
    *table = (code_table){.older = run->table, .anywhere = anywhere, .count = count};
    memcpy(table->ranges, ranges, (size_t)count * sizeof *ranges);
    __atomic_store_n(&run->table, table, __ATOMIC_RELEASE);
}

void hooke_cell_interrupt(hooke_cell_run *run) {
    if (!__atomic_load_n(&run->reported, __ATOMIC_ACQUIRE)) pthread_kill(run->thread, INTERRUPT_SIGNAL);
}

typedef struct { const char *prefix; hooke_code_range *out; int capacity, count; } range_search;

static int add_ranges(struct dl_phdr_info *info, size_t size, void *raw) {
    (void)size;
    range_search *search = raw;
    if (strncmp(info->dlpi_name, search->prefix, strlen(search->prefix)) != 0) return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type != PT_LOAD || !(header->p_flags & PF_X)) continue;
        uintptr_t start = info->dlpi_addr + header->p_vaddr;
        if (search->count < search->capacity) search->out[search->count] = (hooke_code_range){start, start + header->p_memsz};
        search->count++;
    }
    return 0;
}

int hooke_code_ranges(const char *prefix, hooke_code_range *out, int capacity) {
    range_search search = {prefix, out, capacity, 0};
    dl_iterate_phdr(add_ranges, &search);
    return capacity > 0 && search.count > capacity ? capacity : search.count;
}

const char *hooke_library_of(uintptr_t address, uintptr_t *offset) {
    Dl_info info;
    if (!dladdr((void *)address, &info) || !info.dli_fname) return NULL;
    *offset = address - (uintptr_t)info.dli_fbase;
    return info.dli_fname;
}

void *hooke_cell_owner(void) { return this_run ? this_run->owner : NULL; }

int hooke_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

void hooke_cell_shield(int change) { shields += change; }

void hooke_cell_mark(int item) {
    if (this_run) this_run->report.last_mark = item;
}

// Cells are linked with --wrap=swift_errorInMain. A Swift script calls it when a top-level `try` fails, after it has run
// the clean-ups, and it must not return: leave the cell's thread by the way it came.
__attribute__((swiftcall)) void __wrap_swift_errorInMain(void *error) {
    hooke_cell_run *run = this_run;
    if (!run) abort();
    run->report.error = error;
    siglongjmp(run->uncaught, 1);
}

// Cells are linked with --wrap=exit: exit() ends a program, and the program here is the kernel with everything in it.
void __wrap_exit(int status) {
    hooke_cell_run *run = this_run ? this_run : newest();
    if (!run) exit(status);
    if (!__atomic_load_n(&run->reported, __ATOMIC_ACQUIRE)) {
        run->report.exit_status = status;
        finish(run, HOOKE_CELL_EXITED);
    }
    park();
}
