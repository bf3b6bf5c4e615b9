/* examples/firmware/http.c, HTTP/1.1 over a UART: what a modem can do, with a clock of its own. */
#include "support.h"

#define exchange modem_exchange
#include "../examples/firmware/http.c"
#undef exchange

static struct {
    const char *bytes; /* what comes first */
    int         then;  /* what comes after that, without end; -1: silence */
    uint32_t    ms, polls;
} modem;

uint32_t board_ms(void) { return modem.ms; }

void net_put(const void *data, size_t len) { (void)data, (void)len; }

/* The first poll finds nothing, since nothing is left of what came before. Ten bytes take a
 * millisecond, and so does a poll that finds none.                                               */
int net_poll(void)
{
    int c;
    if (modem.polls++ == 0 && *modem.bytes != '\0') return -1;
    c = *modem.bytes != '\0' ? *modem.bytes++ : modem.then;
    modem.ms += c < 0 || modem.polls % 10 == 0;
    return c;
}

#define HEAD "HTTP/1.1 200 OK\r\n"

static void an_exchange_ends_in_time(void **state)
{
    static const struct {
        int         line;
        const char *bytes;
        int         then, outcome;
        uint32_t    ms;
    } rows[] = {
        { __LINE__, HEAD "content-length: 2\r\n\r\n{}",        -1,  CUC_SENT,       100               },
        { __LINE__, HEAD "\r\n{}",                             -1,  CUC_SENT,       SILENCE_MS + 100  },
        { __LINE__, "",                                        -1,  CUC_SEND_AGAIN, SILENCE_MS + 100  },
        { __LINE__, HEAD "content-le",                         -1,  CUC_SEND_AGAIN, SILENCE_MS + 100  },
        { __LINE__, "",                                        'x', CUC_SEND_AGAIN, PATIENCE_MS + 100 },
        { __LINE__, HEAD "a: ",                                'x', CUC_SEND_AGAIN, PATIENCE_MS + 100 },
        { __LINE__, HEAD "\r\n",                               'x', CUC_SEND_AGAIN, PATIENCE_MS + 100 },
        { __LINE__, HEAD "transfer-encoding: chunked\r\n\r\n", '1', CUC_SEND_AGAIN,
         PATIENCE_MS + 100                                                                            },
    };
    const cuc_request request = small_request();
    size_t            i;
    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        world      w      = new_world(NULL, 0);
        cuc_client client = world_client(&w);
        char       work[2048];
        cuc_call   call;
        begin_call(&call, &client, &request, work, sizeof work);
        assert_number(cuc_call_next(&call, 1440938160000), CUC_NEXT_SEND, rows[i].line);
        memset(&modem, 0, sizeof modem);
        modem.bytes = rows[i].bytes;
        modem.then  = rows[i].then;
        assert_number(modem_exchange(&call), rows[i].outcome, rows[i].line);
        assert_true(modem.ms <= rows[i].ms);
    }
}

int test_modem(void);
int test_modem(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(an_exchange_ends_in_time) };
    return GROUP(tests);
}
