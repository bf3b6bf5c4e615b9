/* board.h - all that main.c and http.c want of a board. board_m3.c and board_avr.c have it.
 * The last three are not of the board. */
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>
#include <stdint.h>

void     board_open(void);                      /* first: paints the stack, opens both UARTs     */
uint32_t board_ms(void);                        /* since reset; nobody knows the time of day     */
uint32_t board_ticks(void);                     /* finer, for figures: see TICK in run.sh        */
size_t   board_stack_used(void);                /* bytes, the deepest since board_open           */
void     board_exit(int code);                  /* off; a device would sleep here                */
void     net_put(const void *data, size_t len); /* to the modem                                  */
int      net_poll(void);                        /* a byte from the modem; -1: there is none now  */
void     say(const char *text);                 /* to the console                                */

uint32_t board_random(void);                       /* 32 random bits: lwip/random.c        */
void     say_number(const char *what, uint32_t n); /* main.c                               */
int64_t  time_ms(void);                            /* main.c: since 1970; 0: not known yet */

#endif
