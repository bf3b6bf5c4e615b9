/* What a fleet does to a service that is down: 1,000 clients, each with a memory of its own,
 * through the real header in virtual time.   sh tests/fleet/run.sh
 *
 * Every client makes one update a minute. For 100 minutes every answer is 503, then all is well.
 * The clients depend on each other only through the service, and that only on the time, so one
 * client after another is played from its first call to its last.                                */
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "../support/basics.h"
#include <stdio.h>

enum { CLIENTS = 1000, DOWN = 100, WELL = 40, CALLS = DOWN + WELL };
enum { MINUTE = 60000, EXCHANGE = 20, ROW = 10 }; /* ms, ms, minutes */
enum { ONCE, NO_QUOTA, QUOTA, MODES };

#define BEGINNING 1764028800000 /* any midnight */

typedef struct fleet {
    long load[CALLS + 1]; /* requests a minute                                  */
    long down;            /* requests while the service was down                */
    long first_failed;    /* clients whose first call after that did not do     */
    int  calls_to_retry;  /* of the slowest: calls until it could pay for a retry */
} fleet;

/* ---- a hash that is good enough for jitter, and quick ---------------------------------------- */

static uint64_t mixed(uint64_t z)
{
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static void stir(uint64_t h[4], const void *data, size_t n)
{
    const unsigned char *p = data;
    size_t               i;
    for (i = 0; i < n; i++) h[i % 4] = (h[i % 4] ^ p[i]) * 0x100000001B3u + i;
    for (i = 0; i < 8; i++) h[i % 4] = mixed(h[i % 4] + h[(i + 1) % 4]);
}

static void put_out(const uint64_t h[4], unsigned char out[32])
{
    int i;
    for (i = 0; i < 32; i++) out[i] = (unsigned char)(h[i / 8] >> (8 * (i % 8)));
}

static int quick_hash(void *user, const void *data, size_t len, unsigned char out[32])
{
    uint64_t h[4] = { 1, 2, 3, 4 };
    (void)user;
    stir(h, data, len);
    put_out(h, out);
    return 0;
}

static int quick_mac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                     unsigned char out[32])
{
    uint64_t h[4] = { 5, 6, 7, 8 };
    (void)user;
    stir(h, key, key_len);
    stir(h, data, len);
    put_out(h, out);
    return 0;
}

/* ---- one client ------------------------------------------------------------------------------ */

static cuc_client make_client(int mode, cuc_shared *memory)
{
    cuc_client c   = CUC_ZERO;
    c.region       = cuc_s("us-east-1");
    c.access_key   = cuc_s("AKIDEXAMPLE");
    c.secret_key   = cuc_s("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    c.sha256       = quick_hash;
    c.hmac_sha256  = quick_mac;
    c.max_attempts = mode == ONCE ? 1 : 0;
    c.shared       = mode == QUOTA ? memory : NULL;
    return c;
}

static cuc_request make_request(char id[40], int client, int call)
{
    cuc_request q = CUC_ZERO;
    sprintf(id, "abcdef01-2345-6789-%04d-ef0123%06d", client, call);
    q.instance_id = cuc_s("12345678-1234-1234-1234-123456789012");
    q.contact_id  = cuc_s(id);
    q.name        = cuc_s("Order 1234");
    return q;
}

static void answer(cuc_call *call, int status)
{
    cuc_call_status(call, status);
    cuc_call_end(call, CUC_SENT);
}

/* Plays one call from *now on, and moves *now. */
static cuc_result play(const cuc_client *client, const cuc_request *request, fleet *f, int64_t *now)
{
    static char work[CUC_WORK_SIZE(64, 0)];
    cuc_call    call;
    cuc_result  result;
    cuc_next    next;
    cuc_call_begin(&call, client, request, work, sizeof work, &result);
    while ((next = cuc_call_next(&call, BEGINNING + *now)) != CUC_NEXT_DONE) {
        const int down = *now < (int64_t)DOWN * MINUTE;
        if (next == CUC_NEXT_WAIT) {
            *now += cuc_call_wait_ms(&call);
            continue;
        }
        f->load[*now / MINUTE]++;
        f->down += down;
        answer(&call, down ? 503 : 200);
        *now += EXCHANGE;
    }
    return result;
}

static void play_client(fleet *f, int mode, int number)
{
    cuc_shared       memory = CUC_ZERO;
    const cuc_client client = make_client(mode, &memory);
    const int64_t    phase  = (int64_t)(mixed((uint64_t)number) % (MINUTE - 1000));
    int              k, able = 0;
    for (k = 0; k < CALLS; k++) {
        char              id[40];
        const cuc_request request = make_request(id, number, k);
        int64_t           now     = phase + (int64_t)k * MINUTE;
        const cuc_result  r       = play(&client, &request, f, &now);
        if (k == DOWN) f->first_failed += r.status != CUC_OK;
        if (k >= DOWN && able == 0 && memory.spent + 14 <= CUC_RETRY_BUDGET) able = k - DOWN + 1;
    }
    if (able > f->calls_to_retry) f->calls_to_retry = able;
}

/* ---- a herd: all of them throttled at the same moment ---------------------------------------- */

/* The most second attempts in any 50 of the 1,000 ms that they may wait. */
static long thickest_of_the_herd(void)
{
    long slots[21] = { 0 }, most = 0;
    int  i;
    for (i = 0; i < CLIENTS; i++) {
        static char       work[CUC_WORK_SIZE(64, 0)];
        char              id[40];
        const cuc_client  client  = make_client(NO_QUOTA, NULL);
        const cuc_request request = make_request(id, i, 0);
        cuc_call          call;
        begin_call(&call, &client, &request, work, sizeof work);
        (void)cuc_call_next(&call, BEGINNING);
        answer(&call, 429);
        (void)cuc_call_next(&call, BEGINNING);
        slots[cuc_call_wait_ms(&call) / 50]++;
    }
    for (i = 0; i < 21; i++)
        if (slots[i] > most) most = slots[i];
    return most;
}

/* ---- the report ------------------------------------------------------------------------------ */

static int passed, failed;

static void check(int holds, const char *what)
{
    printf("%s %s\n", holds ? "ok    " : "FAILED", what);
    if (holds) passed++;
    else failed++;
}

static void bar(long requests, long calls)
{
    char text[33];
    long i;
    for (i = 0; i < 32; i++) text[i] = i * calls < requests * 10 ? '#' : ' ';
    text[32] = 0;
    printf("  %s %ld.%02ld", text, requests / calls, requests * 100 / calls % 100);
}

static void chart(const fleet f[MODES])
{
    int minute, mode, i;
    printf("requests for each call, a row is %d minutes; the service is down for %d\n", ROW, DOWN);
    printf("minute  no quota%33squota of %u\n", "", CUC_RETRY_BUDGET);
    for (minute = 0; minute + ROW <= CALLS; minute += ROW) {
        printf("%6d", minute);
        for (mode = NO_QUOTA; mode < MODES; mode++) {
            long sum = 0;
            for (i = 0; i < ROW; i++) sum += f[mode].load[minute + i];
            bar(sum, (long)ROW * CLIENTS);
        }
        printf("\n");
    }
}

static long after(const fleet *f)
{
    long sum = 0;
    int  minute;
    for (minute = DOWN; minute < CALLS; minute++) sum += f->load[minute];
    return sum;
}

int main(void)
{
    static fleet f[MODES];
    long         herd;
    int          mode, i;
    for (mode = 0; mode < MODES; mode++)
        for (i = 0; i < CLIENTS; i++) play_client(&f[mode], mode, i);
    herd = thickest_of_the_herd();
    chart(f);
    printf("while down: %ld requests without retries, %ld without quota (%.2f), %ld with (%.2f)\n",
           f[ONCE].down, f[NO_QUOTA].down, (double)f[NO_QUOTA].down / (double)f[ONCE].down,
           f[QUOTA].down, (double)f[QUOTA].down / (double)f[ONCE].down);
    printf("after it: with an empty quota the slowest client works from its call 1, and can pay "
           "for a retry from its call %d\n",
           f[QUOTA].calls_to_retry);
    printf("herd: of %d clients throttled at once, at most %ld come back within the same 50 ms\n",
           CLIENTS, herd);
    check(f[ONCE].down == (long)CLIENTS * DOWN, "without retries there is one request a call");
    check(f[NO_QUOTA].down * 10 > f[ONCE].down * 29,
          "without a quota a dead service gets 3 times its load");
    check(f[QUOTA].down * 10 <= f[ONCE].down * 15, "with it 1.5 times at most");
    check(f[NO_QUOTA].first_failed + f[QUOTA].first_failed == 0,
          "the first call after the recovery works, for every client");
    check(after(&f[QUOTA]) == (long)CLIENTS * WELL, "then there is one request a call again");
    check(f[QUOTA].calls_to_retry > 0 && f[QUOTA].calls_to_retry <= 14,
          "and after 14 calls at most every client can retry again");
    check(herd * 10 <= CLIENTS, "no twentieth of the wait gets more than a tenth of the herd");
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
