#define _GNU_SOURCE
#include "Conformances.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// The parts of the runtime's data that are read here; their layout is part of Swift's stable ABI.
typedef struct {
    int32_t protocol, type, witness_table_pattern;  // relative to the field's own address
    uint32_t flags;
} conformance_descriptor;

typedef struct {
    uint32_t flags;
    int32_t parent, name, access_function;
} type_descriptor;

typedef struct {
    uint32_t flags;
    int32_t parent, name;
    uint32_t signature_requirement_count, requirement_count;
} protocol_descriptor;

typedef struct { const void *value; size_t state; } metadata_response;
typedef __attribute__((swiftcall)) metadata_response (*metadata_accessor)(size_t request);

extern const void **swift_conformsToProtocol(const void *type, const protocol_descriptor *protocol);
extern const void **swift_getWitnessTable(const conformance_descriptor *conformance, const void *type, const void *const *arguments);

enum { GENERIC_CONTEXT = 0x80, DIRECT_TYPE = 0, INDIRECT_TYPE = 1 };

static const void *relative(const int32_t *field) { return (const char *)field + *field; }

// The lowest bit tells that the pointer is to a pointer.
static const void *relative_indirectable(const int32_t *field) {
    const char *target = (const char *)field + (*field & ~1);
    return *field & 1 ? *(const void *const *)target : target;
}

static int replace(const conformance_descriptor *conformance, const char *cells_prefix) {
    const type_descriptor *type;
    switch ((conformance->flags >> 3) & 7) {
    case DIRECT_TYPE: type = relative(&conformance->type); break;
    case INDIRECT_TYPE: type = *(const type_descriptor *const *)relative(&conformance->type); break;
    default: return 0;
    }
    const protocol_descriptor *protocol = relative_indirectable(&conformance->protocol);
    if (!type || !protocol || type->flags & GENERIC_CONTEXT || type->access_function == 0) return 0;
    const void *metadata = ((metadata_accessor)relative(&type->access_function))(0).value;
    const void **old = swift_conformsToProtocol(metadata, protocol);
    const void **new = swift_getWitnessTable(conformance, metadata, NULL);
    if (!old || !new || old == new) return 0;
    // Only a cell's conformance gives way, not one that a library made.
    Dl_info info;
    if (!dladdr(old[0], &info) || !info.dli_fname || strncmp(info.dli_fname, cells_prefix, strlen(cells_prefix)) != 0) return 0;
    size_t bytes = (protocol->requirement_count + 1) * sizeof *old, page = (size_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = (uintptr_t)old & ~(page - 1), end = ((uintptr_t)old + bytes + page - 1) & ~(page - 1);
    if (mprotect((void *)start, end - start, PROT_READ | PROT_WRITE) != 0) return 0;
    memcpy(old, new, bytes);
    return 1;
}

int hooke_replace_conformances(const int32_t *records, size_t count, const char *cells_prefix) {
    int replaced = 0;
    for (size_t i = 0; i < count; i++) replaced += replace(relative(&records[i]), cells_prefix);
    return replaced;
}
