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

#endif
