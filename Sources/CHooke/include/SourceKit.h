// The few types of sourcekitd's C interface that the compiler service calls; the library is opened at run time, from the toolchain that
// compiles the cells. Declared here because Swift passes a C struct by value only if C declares it.
#pragma once
#include <stdint.h>

typedef struct { uint64_t data[3]; } hooke_sourcekitd_variant;

typedef void (*hooke_sourcekitd_initialize)(void);
typedef void *(*hooke_sourcekitd_request_create_from_yaml)(const char *yaml, char **error);
typedef void (*hooke_sourcekitd_request_release)(void *request);
typedef void *(*hooke_sourcekitd_send_request_sync)(void *request);
typedef _Bool (*hooke_sourcekitd_response_is_error)(void *response);
typedef const char *(*hooke_sourcekitd_response_error_get_description)(void *response);
typedef hooke_sourcekitd_variant (*hooke_sourcekitd_response_get_value)(void *response);
typedef char *(*hooke_sourcekitd_variant_json_description_copy)(hooke_sourcekitd_variant value);
typedef void (*hooke_sourcekitd_response_dispose)(void *response);
