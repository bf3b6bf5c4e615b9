#define CUC_STATIC
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
size_t other(void);
size_t other(void) { return cuc_s("abc").len; }
