/* cc.h - what lwIP has to know of compiler and board. */
#ifndef CC_H
#define CC_H

#include "../../board.h"

#define LWIP_NO_CTYPE_H 0
#define LWIP_PLATFORM_DIAG(x)
#define LWIP_PLATFORM_ASSERT(text) (say("lwIP: "), say(text), say("\n"), board_exit(3))
#define LWIP_RAND() board_random()

#endif
