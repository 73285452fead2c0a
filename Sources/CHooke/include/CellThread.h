// Runs the native code of one cell on a thread of its own, so that a trap, an uncaught error or an interrupt ends the
// cell and not the process. Only C can serve here: signal handlers, alternate stacks and a non-local exit.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef enum {
    HOOKE_CELL_RUNNING = 0,
    HOOKE_CELL_FINISHED,
    HOOKE_CELL_THREW,        // `error` holds the uncaught Swift error
    HOOKE_CELL_TRAPPED,      // `signal_number`, `fault_address` and `frames` say where
    HOOKE_CELL_EXITED,       // called exit(); `exit_status` holds its argument
    HOOKE_CELL_INTERRUPTED,  // parked by hooke_cell_interrupt
} hooke_cell_state;

enum { HOOKE_CELL_MAX_FRAMES = 128 };

typedef struct {
    hooke_cell_state state;
    void *error;
    int signal_number;
    int exit_status;
    int stack_overflow;  // the fault address lies just below the thread's stack
    int last_mark;       // the number of the top-level item that began last, -1 before the first
    int frame_count;
    void *frames[HOOKE_CELL_MAX_FRAMES];  // innermost first; all but the first are return addresses
} hooke_cell_report;

typedef struct hooke_cell_run hooke_cell_run;

/// Installs the handlers of the trap signals. Call once, before the first cell.
void hooke_cell_install_handlers(void);

/// Starts `entry` on a new thread with the given stack size, for an owner that is the caller's business. NULL when no thread could
/// be made.
hooke_cell_run *hooke_cell_start(int (*entry)(int, char **), size_t stack_bytes, void *owner);

/// The owner of the cell whose own thread calls this; NULL on any other thread.
void *hooke_cell_owner(void);

/// Waits until the cell finished, threw, trapped or was parked, at most `milliseconds` (negative: for ever).
/// Returns 1 when it is over.
int hooke_cell_wait(hooke_cell_run *run, long milliseconds);

/// An address range of loaded code.
typedef struct { uintptr_t start, end; } hooke_code_range;

/// Tells how a cell that is over ended, and gives back its memory. A thread that trapped or was interrupted stays parked
/// for ever: nobody knows what it held. Objects whose path starts with `cells_prefix` are cells: their code is looked for on
/// a broken stack.
hooke_cell_report hooke_cell_finish(hooke_cell_run *run, const char *cells_prefix);

/// Says where hooke_cell_interrupt may park a running cell: when its innermost frame lies in these ranges, where it cannot
/// hold an allocator's or the loader's lock, or with `anywhere` when it does not lie in these ranges, which may hold one. A
/// blocking system call is always such a place. The ranges are copied; a later call replaces them.
void hooke_cell_allow_parking(hooke_cell_run *run, const hooke_code_range *ranges, int count, int anywhere);

/// Asks a running cell to park now, if it is where that is allowed. Call again until hooke_cell_wait says it is over.
void hooke_cell_interrupt(hooke_cell_run *run);

/// The ranges of executable code of every loaded object whose path starts with `prefix`; returns how many were written, or with
/// a capacity of 0 how many there are.
int hooke_code_ranges(const char *prefix, hooke_code_range *out, int capacity);

/// The path of the loaded object that an address lies in, and its offset there; NULL when there is none.
const char *hooke_library_of(uintptr_t address, uintptr_t *offset);

/// A pipe whose ends no child inherits, not even one that another thread starts at this moment. Returns 0, or -1 with errno.
int hooke_pipe(int ends[2]);

/// Forbids (1) and allows again (-1) parking the calling thread: it is about to hold a lock that the process needs.
void hooke_cell_shield(int change);

/// Called by compiled cells before each top-level item.
void hooke_cell_mark(int item);
