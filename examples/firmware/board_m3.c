/* board_m3.c - Cortex-M3, ARM's MPS2 board (AN385) as QEMU has it: UART0 is the modem, UART1 the
 * console, the board's own counters are the tick. Start-up code and linker script are picolibc's. */
#include "board.h"

typedef volatile uint32_t reg;
enum { DATA, STATE, CTRL, BAUDDIV = 4, TX_FULL = 1, RX_FULL = 2, ON = 3 };
#define MODEM ((reg *)0x40004000)
#define CONSOLE ((reg *)0x40005000)
#define CLK100HZ (*(reg *)0x40028014) /* since reset */
#define COUNTER (*(reg *)0x40028018)  /* at 25 MHz   */
#define PAINT 0xA5A5A5A5u

extern uint32_t __bss_end[], __stack[]; /* what lies between them is free, or stack */

void board_open(void)
{
    uint32_t *p;
    for (p = __bss_end; p < (uint32_t *)__builtin_frame_address(0) - 16; p++) *p = PAINT;
    MODEM[BAUDDIV] = CONSOLE[BAUDDIV] = 16;
    MODEM[CTRL] = CONSOLE[CTRL] = ON;
}

uint32_t board_ms(void) { return CLK100HZ * 10; }
uint32_t board_ticks(void) { return COUNTER; }

size_t board_stack_used(void)
{
    const uint32_t *p = __bss_end;
    while (p < __stack && *p == PAINT) p++;
    return (size_t)(__stack - p) * sizeof *p;
}

static void put(reg *uart, const char *bytes, size_t len)
{
    for (; len > 0; len--) {
        while (uart[STATE] & TX_FULL) {
        }
        uart[DATA] = (unsigned char)*bytes++;
    }
}

void net_put(const void *data, size_t len) { put(MODEM, data, len); }
int  net_poll(void) { return MODEM[STATE] & RX_FULL ? (int)(MODEM[DATA] & 0xFF) : -1; }

void say(const char *text)
{
    for (; *text != 0; text++) put(CONSOLE, text, 1);
}

/* Semihosting, SYS_EXIT_EXTENDED: QEMU ends with this code. */
void board_exit(int code)
{
    const uint32_t       what[2]        = { 0x20026, (uint32_t)code };
    register uint32_t    r0 __asm("r0") = 0x20;
    register const void *r1 __asm("r1") = what;
    __asm volatile("bkpt 0xAB" : : "r"(r0), "r"(r1) : "memory");
    for (;;) {
    }
}
