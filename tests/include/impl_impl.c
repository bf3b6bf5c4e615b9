#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "connect_update_contact.h"
int main(void) { return cuc_s("ab").len == 2 ? 0 : 1; }
