/* avr_host.c - the desk of the simulated AVR, on your machine: joins its UART0 to a TCP port and its
 * UART1 to stdout, runs until it sleeps for good, ends with the code it left in GPIOR0.
 *     avr_host IMAGE CHIP PORT                                              needs: -lsimavr
 * Each burst of bytes from the AVR is a request; how many cycles it took to begin is printed.     */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <poll.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { GPIOR0 = 0x3E, HERTZ = 16000000 };

struct desk {
    avr_t            *avr;
    int               net, ready, listening; /* ready: the AVR takes a byte now */
    avr_cycle_count_t since;                 /* it was given its last byte      */
    avr_cycle_count_t paused;
};

static void from_modem(struct avr_irq_t *irq, uint32_t byte, void *param)
{
    struct desk  *d    = param;
    unsigned char text = (unsigned char)byte;
    (void)irq;
    if (d->listening) printf("cycles: %llu\n", (unsigned long long)(d->avr->cycle - d->since));
    d->listening = 0;
    if (send(d->net, &text, 1, MSG_NOSIGNAL) != 1) perror("avr_host: send");
}

static void from_console(struct avr_irq_t *irq, uint32_t byte, void *param)
{
    (void)irq, (void)param;
    putchar((int)byte);
}

static void may_send(struct avr_irq_t *irq, uint32_t value, void *param)
{
    (void)irq, (void)value;
    ((struct desk *)param)->ready = 1;
}

static void must_wait(struct avr_irq_t *irq, uint32_t value, void *param)
{
    (void)irq, (void)value;
    ((struct desk *)param)->ready = 0;
}

static avr_irq_t *uart(avr_t *avr, char name, int which)
{
    return avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ(name), which);
}

/* A millisecond there takes at least one here, or its time-outs would not be what they say. */
static void pace(struct desk *d)
{
    struct pollfd p = { d->net, POLLIN, 0 };
    if (d->avr->cycle - d->paused < HERTZ / 1000) return;
    d->paused = d->avr->cycle;
    poll(&p, 1, 1);
}

static void feed(struct desk *d)
{
    unsigned char byte;
    if (!d->ready) return;
    if (recv(d->net, &byte, 1, MSG_DONTWAIT) != 1) {
        pace(d);
        return;
    }
    d->listening = 1;
    d->since     = d->avr->cycle;
    avr_raise_irq(uart(d->avr, '0', UART_IRQ_INPUT), byte);
}

static int dial(const char *port)
{
    struct sockaddr_in to;
    int                net = socket(AF_INET, SOCK_STREAM, 0);
    memset(&to, 0, sizeof to);
    to.sin_family      = AF_INET;
    to.sin_port        = htons((unsigned short)atoi(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (net < 0 || connect(net, (struct sockaddr *)&to, sizeof to) != 0) {
        perror("avr_host: connect");
        exit(2);
    }
    return net;
}

static avr_t *start(const char *image, const char *chip)
{
    static elf_firmware_t firmware;
    avr_t                *avr   = avr_make_mcu_by_name(chip);
    uint32_t              quiet = 0;
    if (avr == NULL || elf_read_firmware(image, &firmware) != 0) {
        fprintf(stderr, "avr_host: no such chip or image\n");
        exit(2);
    }
    firmware.frequency = HERTZ;
    avr_init(avr);
    avr_load_firmware(avr, &firmware);
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &quiet);
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('1'), &quiet);
    return avr;
}

int main(int argc, char **argv)
{
    struct desk d = { NULL, -1, 0, 0, 0, 0 };
    unsigned    n = 0;
    int         state;
    if (argc != 4) return fprintf(stderr, "avr_host IMAGE CHIP PORT\n"), 2;
    d.net = dial(argv[3]);
    d.avr = start(argv[1], argv[2]);
    avr_irq_register_notify(uart(d.avr, '0', UART_IRQ_OUTPUT), from_modem, &d);
    avr_irq_register_notify(uart(d.avr, '1', UART_IRQ_OUTPUT), from_console, &d);
    avr_irq_register_notify(uart(d.avr, '0', UART_IRQ_OUT_XON), may_send, &d);
    avr_irq_register_notify(uart(d.avr, '0', UART_IRQ_OUT_XOFF), must_wait, &d);
    do {
        state = avr_run(d.avr);
        if (++n % 64 == 0) feed(&d);
    } while (state != cpu_Done && state != cpu_Crashed);
    return state == cpu_Crashed ? 3 : d.avr->data[GPIOR0];
}
