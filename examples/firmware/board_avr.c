/* board_avr.c - the same on an 8-bit AVR at 16 MHz (atmega1284p, atmega2560): UART0 is the modem,
 * UART1 the console, timer 1 the tick. Constants live in RAM there: the linker puts them in .data.
 * No interrupts, so the modem must stop sending when told (RTS); the simulator does.              */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>

#include "board.h"

#define PAINT 0xA5

extern uint8_t __heap_start[]; /* from here to RAMEND all is free, or stack */

void board_open(void)
{
    uint8_t *p;
    for (p = __heap_start; p < (uint8_t *)SP - 8; p++) *p = PAINT;
    UCSR0A = UCSR1A = 1 << U2X0; /* 16 MHz / 8 / (UBRR + 1): 1 Mbaud */
    UBRR0 = UBRR1 = 1;
    UCSR0B        = 1 << RXEN0 | 1 << TXEN0;
    UCSR1B        = 1 << TXEN1;
    TCCR1B        = 1 << CS12 | 1 << CS10; /* F_CPU / 1024 */
}

/* Timer 1 wraps after 4 s; everything that waits asks more often, and signing takes less. */
uint32_t board_ticks(void)
{
    static uint32_t ticks;
    const uint16_t  more = (uint16_t)(TCNT1 - (uint16_t)ticks);
    return ticks += more;
}

uint32_t board_ms(void) { return board_ticks() * 8 / 125; } /* 64 us each; wraps after 9 hours */

size_t board_stack_used(void)
{
    const uint8_t *p = __heap_start;
    while (p <= (const uint8_t *)RAMEND && *p == PAINT) p++;
    return (size_t)((const uint8_t *)RAMEND + 1 - p);
}

void net_put(const void *data, size_t len)
{
    const uint8_t *p = data;
    for (; len > 0; len--) {
        while (!(UCSR0A & 1 << UDRE0)) {
        }
        UDR0 = *p++;
    }
}

int net_poll(void) { return UCSR0A & 1 << RXC0 ? UDR0 : -1; }

void say(const char *text)
{
    for (; *text != 0; text++) {
        while (!(UCSR1A & 1 << UDRE1)) {
        }
        UDR1 = (uint8_t)*text;
    }
}

/* Asleep with interrupts off is the end of a simulation; the code stands in a spare register. */
void board_exit(int code)
{
    uint32_t start = board_ms();
    while (board_ms() - start < 2) {
    } /* the console's last byte is still under way */
    GPIOR0 = (uint8_t)code;
    cli();
    sleep_enable();
    for (;;) sleep_cpu();
}
