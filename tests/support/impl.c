/* The implementation, once; included twice, since a second include must do nothing. */
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "connect_update_contact.h"
