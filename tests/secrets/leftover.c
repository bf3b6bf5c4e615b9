/* What a call leaves behind of the secret and of the keys: on its stack, in the buffer it was lent,
 * in its structs. Every call runs on a private stack that is searched afterwards. run.sh builds
 * this at every level of optimization, since it is the optimizer that removes a wipe. Prints each
 * find and how many calls left none; exit status 1 when one did. */
#define _XOPEN_SOURCE 600
#define CUC_STATIC
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "../support/basics.h"

#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

#define NOON 1440938160000 /* 2015-08-30T12:36:00Z */

/* Bytes that occur nowhere else. The stubs answer with these, so that a key shows wherever it is.
 */
enum { STACK = 0xCC, KEY = 0xA5, INNER = 0xA6, SIGNATURE = 0x5B, DIGEST = 0x11 };

static const char secret[] = "zQ7!vX2@wJ9#kM4$hT6^bN1&cR8*gP3(dF5)";

static int  fails_at, calls; /* the callback call that fails; -1: none */
static long found, checked;

static void answer(unsigned char out[32], int byte)
{
    volatile unsigned char *o = out; /* byte by byte: nothing of it stays in a wide register */
    int                     i;
    for (i = 0; i < 32; i++) o[i] = (unsigned char)byte;
}

static int is_string_to_sign(const unsigned char *text, size_t len)
{
    return len > 9 && memcmp(text, "AWS4-HMAC", 9) == 0;
}

static int stub_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                     unsigned char out[32])
{
    (void)user, (void)key, (void)key_len;
    answer(out, is_string_to_sign(data, len) ? SIGNATURE : KEY);
    return calls++ == fails_at ? 7 : 0; /* one that fails may have answered already */
}

/* Knows the halves of a made HMAC by the padding at the end of their first block. */
static int stub_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    const unsigned char *p = data;
    (void)user;
    if (len > 64 && p[63] == 0x36)
        answer(out, is_string_to_sign(p + 64, len - 64) ? SIGNATURE : INNER);
    else if (len == 96 && p[63] == 0x5C) answer(out, p[64] == SIGNATURE ? SIGNATURE : KEY);
    else answer(out, DIGEST);
    return calls++ == fails_at ? 7 : 0;
}

static int stub_send(void *user, const cuc_http_request *http, cuc_call *call)
{
    (void)user, (void)http;
    if (calls++ == fails_at) return 7;
    cuc_call_status(call, 200);
    return CUC_SENT;
}

/* ---- the search --------------------------------------------------------------------------------
 */

static int
    begins[256]; /* 1: a find can begin with this byte; so that most bytes are passed quickly */

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

/* ---- calls on a private stack -------------------------------------------------------------------
 */

static unsigned char   stack[16384];
static char            work[4096];
static size_t          cap;
static cuc_client      client;
static cuc_request     request;
static cuc_result      result;
static cuc_call        machine;
static cuc_signed      out;
static cuc_signing_key key;
static ucontext_t      here, there;

static void one_call(void) { (void)cuc_update_contact(&client, &request, work, cap, &result); }

static void machine_call(void)
{
    cuc_call_begin(&machine, &client, &request, work, cap, &result);
    (void)cuc_call_next(&machine, NOON);
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

static size_t run_on_private_stack(void (*call)(void))
{
    size_t untouched = 0;
    memset(stack, STACK, sizeof stack);
    memset(work, 0, sizeof work);
    calls = 0;
    getcontext(&there);
    there.uc_stack.ss_sp   = stack;
    there.uc_stack.ss_size = sizeof stack;
    there.uc_link          = &here;
    makecontext(&there, call, 0);
    swapcontext(&here, &there);
    while (untouched < sizeof stack && stack[untouched] == STACK) untouched++;
    return sizeof stack - untouched;
}

static const struct {
    const char *name;
    void (*call)(void);
} ways[] = {
    { "cuc_update_contact",     one_call     },
    { "cuc_call_next",          machine_call },
    { "cuc_derive_signing_key", derive_call  },
    { "cuc_sign",               sign_call    },
};

/* The message is scratch while the library runs, and all zero whenever it does not. */
static long message_is_used(const char *call)
{
    size_t i, left = 0;
    for (i = 0; i < sizeof result.message; i++) left += result.message[i] != 0;
    if (left > 0)
        printf("%s: %lu bytes of result.message are not zero\n", call, (unsigned long)left);
    return left > 0;
}

static size_t check(size_t way, const char *what)
{
    const long   before = found;
    const size_t depth  = run_on_private_stack(ways[way].call);
    char         name[80];
    snprintf(name, sizeof name, "%s, %s", ways[way].name, what);
    found += search("on the stack", name, stack, sizeof stack);
    found += search("in the buffer", name, work, sizeof work);
    found += search("in the call", name, &machine, sizeof machine);
    found += search("in the result", name, &result, sizeof result);
    if (result.status != CUC_OK) found += search("in the key", name, &key, sizeof key);
    found += message_is_used(name);
    checked += found == before;
    return depth;
}

static void begin_check(int made)
{
    memset(&client, 0, sizeof client);
    memset(&request, 0, sizeof request);
    client.sha256       = stub_sha256;
    client.hmac_sha256  = made ? NULL : stub_hmac;
    client.send         = stub_send;
    client.region       = cuc_s("us-east-1");
    client.access_key   = cuc_s("AKIDEXAMPLE");
    client.secret_key   = cuc_s(secret);
    request.instance_id = cuc_s("i");
    request.contact_id  = cuc_s("c");
    request.name        = cuc_s("n");
    cap                 = sizeof work;
    fails_at            = -1;
}

/* The whole call; then with each callback failing; then with every buffer that is too small. */
static void check_way(size_t way, int made)
{
    size_t depth, need;
    int    n, good_calls;
    begin_check(made);
    depth      = check(way, made ? "made HMAC" : "lent HMAC");
    good_calls = calls;
    need       = result.required;
    printf("%-22s %s HMAC: %3d callbacks, %4lu bytes of stack\n", ways[way].name,
           made ? "made" : "lent", good_calls, (unsigned long)depth);
    if (good_calls < 4 || need == 0) found++, printf("%s did not work\n", ways[way].name);
    for (n = 0; n < good_calls; n++) {
        fails_at = n;
        (void)check(way, "a failing callback");
    }
    fails_at = -1;
    for (cap = 0; cap < need; cap++) (void)check(way, "a small buffer");
}

int main(void)
{
    size_t way;
    int    made;
    note_beginnings();
    for (way = 0; way < ROWS(ways); way++)
        for (made = 0; made < 2; made++) check_way(way, made);
    printf("%ld calls left nothing, %ld windows of secrets are left\n", checked, found);
    return found > 0;
}
