/* What a call leaves behind of the secret and of the keys: on its stack, in the work buffer, in the
 * call and in the result. Every call runs on a private stack. All of this is searched when the call
 * has ended or failed, and at every callback that is not cryptographic (now_ms, credentials, send,
 * sleep_ms; for the state machine whenever cuc_call_next or cuc_call_end has returned). At sha256 and
 * hmac_sha256 the call and the result without its message are searched; buffer, message and stack
 * hold what is being signed. run.sh builds this at every level of optimization, because it is the
 * optimizer that removes a wipe. Prints each find and how many searches found none; exit status 1
 * when one found something. */
#define _XOPEN_SOURCE 600
#define CUC_STATIC
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "../support/basics.h"

#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

#define NOON 1440938160000 /* 2015-08-30T12:36:00Z */

/* Bytes that occur nowhere else. The stubs return these, so that a key shows wherever it is. */
enum { STACK = 0xCC, KEY = 0xA5, INNER = 0xA6, SIGNATURE = 0x5B, DIGEST = 0x11 };

static const char secret[] = "zQ7!vX2@wJ9#kM4$hT6^bN1&cR8*gP3(dF5)";

static int  fails_at, calls; /* the callback call that fails; -1: none */
static long found, checked;

static void fill(unsigned char out[32], int byte)
{
    volatile unsigned char *o = out; /* byte by byte: nothing of it stays in a wide register */
    int                     i;
    for (i = 0; i < 32; i++) o[i] = (unsigned char)byte;
}

static int is_string_to_sign(const unsigned char *text, size_t len)
{
    return len > 9 && memcmp(text, "AWS4-HMAC", 9) == 0;
}

/* The places where a search can take place; see watch(). */
enum { NOWHERE, AT_CRYPTO, AT_CALLBACK };

static void watch(int place, const char *what);

/* 7 if this is the callback call that fails. */
static int returned(int place, const char *what)
{
    watch(place, what);
    return calls++ == fails_at ? 7 : 0;
}

static int stub_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                     unsigned char out[32])
{
    (void)user, (void)key, (void)key_len;
    fill(out, is_string_to_sign(data, len) ? SIGNATURE : KEY); /* also when it fails afterwards */
    return returned(AT_CRYPTO, "hmac_sha256");
}

/* Recognizes the inner and the outer hash of a made HMAC by the padding of their first block. */
static int stub_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    const unsigned char *p = data;
    (void)user;
    if (len > 64 && p[63] == 0x36)
        fill(out, is_string_to_sign(p + 64, len - 64) ? SIGNATURE : INNER);
    else if (len == 96 && p[63] == 0x5C) fill(out, p[64] == SIGNATURE ? SIGNATURE : KEY);
    else fill(out, DIGEST);
    return returned(AT_CRYPTO, "sha256");
}

static int sends;

static int stub_send(void *user, const cuc_http_request *http, cuc_call *call)
{
    (void)user, (void)http;
    cuc_call_status(call, sends++ == 0 ? 503 : 200);
    return returned(AT_CALLBACK, "send");
}

static int64_t stub_now(void *user)
{
    (void)user;
    (void)returned(AT_CALLBACK, "now_ms");
    return NOON;
}

static int stub_sleep(void *user, uint32_t ms)
{
    (void)user, (void)ms;
    return returned(AT_CALLBACK, "sleep_ms");
}

static int stub_credentials(void *user, int64_t now_ms, cuc_credentials *credentials)
{
    (void)user, (void)now_ms;
    credentials->secret_key = cuc_s(secret);
    return returned(AT_CALLBACK, "credentials");
}

/* ---- the search ------------------------------------------------------------------------------ */

/* 1: a find can begin with this byte, so that most bytes are passed quickly. */
static int begins[256];

static const int masks[] = { 0, 0x36, 0x5C }; /* as it is, and as an HMAC pads it */

static void note_beginnings(void)
{
    size_t m, i;
    for (m = 0; m < 3; m++) {
        begins[KEY ^ masks[m]] = begins[INNER] = 1;
        for (i = 0; i + 1 < sizeof secret; i++) begins[(unsigned char)secret[i] ^ masks[m]] = 1;
    }
}

static int is_run(const unsigned char *p, int byte)
{
    int i;
    for (i = 0; i < 8; i++)
        if (p[i] != byte) return 0;
    return 1;
}

static int is_of_the_secret(const unsigned char *p, int mask)
{
    size_t at, i;
    for (at = 0; at + 8 < sizeof secret; at++) {
        for (i = 0; i < 8 && (p[i] ^ mask) == (unsigned char)secret[at + i]; i++) continue;
        if (i == 8) return 1;
    }
    return 0;
}

/* Eight bytes in a row of the secret or of a key. */
static long search(const char *place, const char *call, const void *memory, size_t n)
{
    const unsigned char *p    = memory;
    long                 left = 0;
    size_t               i, m;
    for (i = 0; i + 8 <= n; i++)
        for (m = 0; begins[p[i]] && m < 3; m++)
            left += is_run(p + i, KEY ^ masks[m]) || (m == 0 && is_run(p + i, INNER)) ||
                    is_of_the_secret(p + i, masks[m]);
    if (left > 0) printf("%s: %ld windows of 8 secret bytes are left %s\n", call, left, place);
    return left;
}

/* ---- calls on a private stack ---------------------------------------------------------------- */

static unsigned char   stack[4096];
static char            work[2048];
static size_t          cap;
static cuc_client      client;
static cuc_request     request;
static cuc_result      result;
static cuc_call        machine;
static cuc_signed      out;
static cuc_signing_key key;
static ucontext_t      here, there;
static int         stopped_at; /* where the call has paused for a search; NOWHERE: it has ended */
static const char *stopped_in;

static void one_call(void) { (void)cuc_update_contact(&client, &request, work, cap, &result); }

static void machine_call(void)
{
    cuc_next next;
    cuc_call_begin(&machine, &client, &request, work, cap, &result);
    watch(AT_CALLBACK, "after cuc_call_begin");
    while ((next = cuc_call_next(&machine, NOON)) != CUC_NEXT_DONE) {
        watch(AT_CALLBACK, next == CUC_NEXT_SEND ? "at SEND" : "at WAIT");
        if (next == CUC_NEXT_WAIT) continue;
        cuc_call_end(&machine, stub_send(NULL, cuc_call_http_request(&machine), &machine));
        watch(AT_CALLBACK, "after cuc_call_end");
    }
}

static void derive_call(void)
{
    (void)cuc_derive_signing_key(&client, cuc_s("connect"), NOON, work, cap, &key, &result);
}

static void sign_call(void)
{
    cuc_sign_header host;
    cuc_sign_input  in;
    memset(&in, 0, sizeof in);
    host.name       = cuc_s("host");
    host.value      = cuc_s("example.com");
    in.method       = cuc_s("GET");
    in.headers      = &host;
    in.header_count = 1;
    (void)cuc_sign(&client, &in, NOON, work, cap, &out, &result);
}

static const struct {
    const char *name;
    void (*call)(void);
    int fewest; /* callback calls of a run that succeeds */
} ways[] = {
    { "cuc_update_contact",     one_call,     15 },
    { "cuc_call_next",          machine_call, 10 },
    { "cuc_derive_signing_key", derive_call,  4  },
    { "cuc_sign",               sign_call,    3  },
};

/* Pauses the call: the search runs on the program's own stack, so that it cannot find itself. */
static void watch(int place, const char *what)
{
    stopped_at = place;
    stopped_in = what;
    swapcontext(&there, &here);
}

static long search_result(const char *name)
{
    const char *from = (const char *)&result, *behind = from + offsetof(cuc_result, code);
    return search("in the result before its code", name, from, offsetof(cuc_result, code)) +
           search("in the code", name, behind, sizeof result.code) +
           search("in the result behind its message", name, result.reason,
                  sizeof result - offsetof(cuc_result, reason));
}

/* The message is scratch space while the library runs, and all zero whenever it does not, since
 * these responses have none.                                                                     */
static long message_is_used(const char *name)
{
    size_t i, left = 0;
    for (i = 0; i < sizeof result.message; i++) left += result.message[i] != 0;
    if (left > 0)
        printf("%s: %lu bytes of result.message are not zero\n", name, (unsigned long)left);
    return left > 0;
}

/* Bytes at the end of the stack that no call has reached yet. */
static size_t untouched(void)
{
    size_t n = 0;
    while (n < sizeof stack && stack[n] == STACK) n++;
    return n;
}

static void search_all(size_t way, const char *what, const char *when, int place)
{
    long left;
    char name[120];
    snprintf(name, sizeof name, "%s, %s, %s", ways[way].name, what, when);
    left = search_result(name) + search("in the call", name, &machine, sizeof machine);
    if (place != AT_CRYPTO) {
        const size_t from = untouched();
        left += search("on the stack", name, stack + from, sizeof stack - from);
        left += search("in the buffer", name, work, cap);
        left += message_is_used(name);
    }
    if (place == NOWHERE && result.status != CUC_OK)
        left += search("in the key", name, &key, sizeof key);
    found += left;
    checked += left == 0;
}

/* Runs a call, with a search at each pause and at its end. Returns the bytes of stack it used. */
static size_t check(size_t way, const char *what)
{
    memset(stack, STACK, sizeof stack);
    memset(work, 0, sizeof work);
    memset(&result, 0, sizeof result);
    calls = sends = 0;
    getcontext(&there);
    there.uc_stack.ss_sp   = stack;
    there.uc_stack.ss_size = sizeof stack;
    there.uc_link          = &here;
    makecontext(&there, ways[way].call, 0);
    do {
        stopped_at = NOWHERE;
        swapcontext(&here, &there);
        search_all(way, what, stopped_at == NOWHERE ? "at the end" : stopped_in, stopped_at);
    } while (stopped_at != NOWHERE);
    return sizeof stack - untouched();
}

/* The caller's own key: the library must not copy it. */
static cuc_signing_key own_key;

static void begin_check(int made, int keyed)
{
    memset(own_key.key, KEY, sizeof own_key.key);
    strcpy(own_key.date, "20150830");
    memset(&client, 0, sizeof client);
    memset(&request, 0, sizeof request);
    client.sha256       = stub_sha256;
    client.hmac_sha256  = made ? NULL : stub_hmac;
    client.send         = stub_send;
    client.now_ms       = stub_now;
    client.sleep_ms     = stub_sleep;
    client.credentials  = stub_credentials;
    client.signing_key  = keyed ? &own_key : NULL;
    client.region       = cuc_s("us-east-1");
    client.access_key   = cuc_s("AKIDEXAMPLE");
    client.secret_key   = cuc_s(secret);
    request.instance_id = cuc_s("i");
    request.contact_id  = cuc_s("c");
    request.name        = cuc_s("n");
    cap                 = sizeof work;
    fails_at            = -1;
}

/* The whole call; then with each callback failing; then with every buffer that is too small (every
 * seventh with a signing key).                                                                   */
static void check_way(size_t way, int made, int keyed)
{
    size_t depth, required;
    int    n, good_calls;
    begin_check(made, keyed);
    depth      = check(way, made ? "made HMAC" : "given HMAC");
    good_calls = calls;
    required   = result.required;
    printf("%-22s %s HMAC%s: %3d callbacks, %4lu bytes of stack\n", ways[way].name,
           made ? "made" : "given", keyed ? ", signing key" : "", good_calls, (unsigned long)depth);
    if (depth == sizeof stack || good_calls < ways[way].fewest || required == 0 ||
        result.status != CUC_OK)
        found++, printf("%s did not work\n", ways[way].name);
    for (n = 0; n < good_calls; n++) {
        fails_at = n;
        (void)check(way, "a failing callback");
    }
    fails_at = -1;
    for (cap = 0; cap < required; cap += keyed ? 7 : 1) (void)check(way, "a small buffer");
}

int main(void)
{
    size_t way;
    int    made, keyed;
    note_beginnings();
    for (way = 0; way < ROWS(ways); way++)
        for (made = 0; made < 2; made++)
            for (keyed = 0; keyed < 2; keyed++) check_way(way, made, keyed);
    printf("%ld searches found nothing, %ld windows of secrets are left\n", checked, found);
    return found > 0;
}
