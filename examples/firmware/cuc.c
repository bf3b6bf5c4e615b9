/* cuc.c - the one file that holds the header's code, so that the linker's map tells its share. */
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
