/* What every test program may use, with cmocka or without: the number of elements of an array, and
 * a view made of a pointer and a length. A white-box test defines its macros before it includes
 * this, as before the library's header. */
#ifndef BASICS_H
#define BASICS_H

#include <stddef.h>

#include "connect_update_contact.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* Inline, so that a program which does not use it compiles without a warning. */
static inline cuc_str view(const void *ptr, size_t len)
{
    cuc_str s;
    s.ptr = ptr;
    s.len = len;
    return s;
}

/* cuc_call_begin with a result of its own for each place that begins a call. */
#define begin_call(call, client, request, work, cap)                                               \
    do {                                                                                           \
        static cuc_result begin_call_result;                                                       \
        cuc_call_begin(call, client, request, work, cap, &begin_call_result);                      \
    } while (0)

/* The result that a call writes to. */
static inline cuc_result *result_of(const cuc_call *call) { return call->result; }

#endif
