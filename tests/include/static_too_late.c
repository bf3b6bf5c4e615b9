/* Must not compile: the first include has promised extern functions. */
#include "connect_update_contact.h"
#define CUC_STATIC
#include "connect_update_contact.h"
