/* Two files with everything static: neither sees the other's. */
#define CUC_STATIC
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
size_t other(void);
int    main(void) { return cuc_s("ab").len + other() == 5 ? 0 : 1; }
