// Lets the process answer reads of `stdin` itself. C's custom streams are not visible to Swift.
#pragma once
#include <stddef.h>

/// Replaces `stdin`: whoever reads it (readLine() among them) calls `reader`, which fills the buffer and returns how many bytes it
/// wrote, 0 at the end of the input. Returns 0, or -1 when there is no memory.
int hooke_standard_input_install(long (*reader)(char *buffer, size_t size));
