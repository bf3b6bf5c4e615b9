/* One of three files for a unity build: it uses the other two. */
#include "connect_update_contact.h"
size_t one(void);
size_t two(void);
int    main(void) { return one() + two() == 7 && cuc_s("ab").len == 2 ? 0 : 1; }
