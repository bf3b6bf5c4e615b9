/* One of three files for a unity build: declarations only. */
#include "connect_update_contact.h"
size_t two(void);
size_t two(void) { return cuc_s("four").len; }
