/* main.c - firmware that updates one contact: static buffers, no heap, no clock, 1.5 KiB of token.
 *
 * Run it       make firmware      (or: sh examples/firmware/run.sh)
 *              QEMU's Cortex-M3 and a simulated AVR, each with its modem UART joined to the stand-in.
 * What is here main.c   the job            http.c    HTTP/1.1 over a UART, nothing else to link
 *              cuc.c    the header's code  sha256.c  the hash that is lent to it
 *              board_*.c  one per chip: two UARTs, a tick, the end. avr_host.c is the AVR's desk.
 * The modem    UART0 is a byte stream to the service: a modem or module in transparent mode, which
 *              does TLS. That is why nothing here names an address but the Host header.
 * The clock    is the time since reset. The first response is a 403 whose Date tells how far off
 *              that is; the second request has the right time. `shared` keeps it for the next call.
 * RAM          work, session_token, call and the stack: run.sh prints them. A token is fetched while
 *              the device runs, so it stands in RAM here, too.
 * With TLS     make firmware-tls puts lwip/tls.c in place of http.c: lwIP and Mbed TLS on a board
 *              with Ethernet, and a signing key for the day, so that the device has no secret.
 * Elsewhere    replace exchange() of http.c: recipes.md has FreeRTOS, Zephyr and ESP-IDF.          */
#include "board.h"
#include "config.h" /* written by the test: ACCESS_KEY, SECRET_KEY or SIGNING_KEY, SESSION_TOKEN */
#include "connect_update_contact.h"

#ifndef WORK_SIZE /* run.sh gives it on the smallest chip: what result.required was, and no more */
#define WORK_SIZE CUC_WORK_SIZE(512, sizeof session_token)
#endif

int board_sha256(void *user, const void *data, size_t len, unsigned char out[32]); /* sha256.c */
int exchange(cuc_call *call);                                                      /* http.c   */

static char       session_token[] = SESSION_TOKEN;
static char       work[WORK_SIZE];
static cuc_shared shared;
static cuc_call   call;
static cuc_result result;

#ifdef SIGNING_KEY /* derived where the secret is, for one day: cuc_derive_signing_key */
static const cuc_signing_key day_key = { SIGNING_KEY, SIGNING_DAY };
#endif

static const cuc_client client = {
    .region     = CUC_STR("us-east-1"),
    .access_key = CUC_STR(ACCESS_KEY),
#ifdef SIGNING_KEY
    .signing_key = &day_key,
#else
    .secret_key = CUC_STR(SECRET_KEY),
#endif
    .session_token = { session_token, sizeof session_token - 1 },
    .sha256        = board_sha256,
    .shared        = &shared,
};

static const cuc_reference references[] = {
    { .key   = CUC_STR("snapshot"),
     .type  = CUC_STR(CUC_REFERENCE_URL),
     .value = CUC_STR("https://example.com/door/7.jpg?at=1&size=2") },
};

static const cuc_request request = {
    .instance_id     = CUC_STR("11111111-2222-3333-4444-555555555555"),
    .contact_id      = CUC_STR("66666666-7777-8888-9999-000000000000"),
    .name            = CUC_STR("T\xC3\xBCr 7"),
    .description     = CUC_STR("Battery low: 2.9 V.\nSign says \"Alarm\"."),
    .references      = references,
    .reference_count = 1,
};

void say_number(const char *what, uint32_t n)
{
    char     digits[11] = { 0 };
    unsigned i          = sizeof digits - 1;
    do digits[--i] = (char)('0' + n % 10);
    while (n /= 10);
    say(what), say(digits + i), say("\n");
}

int64_t time_ms(void)
{
    return shared.clock_offset_ms != 0 ? board_ms() + shared.clock_offset_ms : 0;
}

/* The service's code alone is for chips whose RAM has to hold every constant. */
static void say_verdict(void)
{
#ifdef TERSE
    say_number("status: ", (uint32_t)result.status);
    say("verdict: "), say(result.code), say("\n");
#else
    (void)cuc_result_text(&result, work, sizeof work); /* the buffer is ours again */
    say("verdict: "), say(work), say("\n");
#endif
}

static void wait_ms(uint32_t ms)
{
    const uint32_t since = board_ms();
    while (board_ms() - since < ms) {
    }
}

/* What becomes of the call; *signing is set to the ticks that the last signature took. */
static void update(uint32_t *signing)
{
    cuc_call_begin(&call, &client, &request, work, sizeof work, &result);
    for (;;) {
        const uint32_t since = board_ticks();
        switch (cuc_call_next(&call, board_ms())) {
        case CUC_NEXT_SEND:
            *signing = board_ticks() - since;
            cuc_call_end(&call, exchange(&call));
            break;
        case CUC_NEXT_WAIT:
            wait_ms(cuc_call_wait_ms(&call));
            break;
        case CUC_NEXT_DONE:
            return;
        }
    }
}

int main(void)
{
    uint32_t signing = 0;
    board_open();
    update(&signing);
    say_verdict();
    say_number("attempts: ", (uint32_t)result.attempts);
    say_number("clock: ",
               (uint32_t)(shared.clock_offset_ms >> 10)); /* dividing would cost 700 bytes */
    say_number("work: ", (uint32_t)result.required);
    say_number("signing: ", signing);
    say_number("stack: ", (uint32_t)board_stack_used());
    board_exit(result.status != CUC_OK);
    return 0;
}
