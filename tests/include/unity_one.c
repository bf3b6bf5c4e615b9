/* One of three files for a unity build: it has the implementation. */
#ifndef CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#endif
#include "connect_update_contact.h"
size_t one(void);
size_t one(void) { return cuc_s("one").len; }
