/* Declarations only: links when another file has the implementation. */
#include "connect_update_contact.h"
int main(void) { return cuc_s("ab").len == 2 ? 0 : 1; }
