/* board.c - examples/firmware/board.h on this machine, so that its main.c runs with recipes. The
 * clock begins at 0, as that of a device does.                                                   */
#include "examples/firmware/board.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static struct timespec start;

void board_open(void) { clock_gettime(CLOCK_MONOTONIC, &start); }

uint32_t board_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000);
}

uint32_t board_ticks(void) { return board_ms(); }
size_t   board_stack_used(void) { return 0; }
void     say(const char *text) { fputs(text, stdout); }
void     board_exit(int code) { exit(code); }
