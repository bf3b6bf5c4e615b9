#include "support.h"
#include "../../examples/sha256.h"

/* ---- the runner ------------------------------------------------------------------------------- */

static size_t      passed, failed, skips;
static const char *skip_names[256];

int run_group(const char *name, const struct CMUnitTest *tests, size_t count)
{
    const size_t before = skips;
    const int    bad    = _cmocka_run_group_tests(name, tests, count, NULL, NULL);
    failed += (size_t)bad;
    passed += count - (size_t)bad - (skips - before); /* a test that was skipped did not pass */
    return bad;
}

void skipped(const char *what)
{
    if (skips < ROWS(skip_names)) skip_names[skips++] = what;
}

int support_report(void); /* main.c only */
int support_report(void)
{
    size_t i;
    for (i = 0; i < skips; i++) printf("%s%s", i == 0 ? "skipped: " : ", ", skip_names[i]);
    if (skips > 0) printf("\n%zu passed, %zu failed, %zu skipped\n", passed, failed, skips);
    else printf("%zu passed, %zu failed\n", passed, failed);
    return failed != 0;
}

/* ---- the hash of the examples, and RFC 2104 on top of it ---------------------------------------- */

int real_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    return sha256(user, data, len, out);
}

/* SHA-256 of (key ^ pad) and the data behind it. */
static void mac_half(const unsigned char key[64], unsigned char pad, const void *data, size_t len,
                     unsigned char out[32])
{
    unsigned char *text = block(64 + len);
    unsigned       i;
    for (i = 0; i < 64; i++) text[i] = key[i] ^ pad;
    memcpy(text + 64, data, len);
    sha256(NULL, text, 64 + len, out);
    free(text);
}

int real_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
              unsigned char out[32])
{
    unsigned char block[64] = { 0 }, inner[32];
    (void)user;
    if (key_len > 64) sha256(NULL, key, key_len, block);
    else memcpy(block, key, key_len);
    mac_half(block, 0x36, data, len, inner);
    mac_half(block, 0x5C, inner, sizeof inner, out);
    return 0;
}

void to_hex(const unsigned char *bytes, size_t n, char *out)
{
    size_t i;
    for (i = 0; i < n; i++) sprintf(out + 2 * i, "%02x", bytes[i]);
    out[2 * n] = 0;
}

/* ---- the fake world --------------------------------------------------------------------------- */

static int fails(world *w) { return w->armed && w->calls++ == w->fail_at; }

int world_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    world *w = user;
    assert_non_null(data);
    w->hashes++;
    (void)real_sha256(NULL, data, len, out); /* right, and yet it may fail */
    return fails(w) ? w->fail_with : 0;
}

int world_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
               unsigned char out[32])
{
    world *w = user;
    assert_non_null(key);
    assert_non_null(data);
    assert_true(key_len > 0);
    w->macs++;
    (void)real_hmac(NULL, key, key_len, data, len, out);
    return fails(w) ? w->fail_with : 0;
}

static void remember(world *w, const cuc_http_request *http)
{
    const size_t i = (size_t)w->sends % 64;
    snprintf(w->dates[i], sizeof w->dates[i], "%s", http->values[1]);
    snprintf(w->signatures[i], sizeof w->signatures[i], "%s",
             strstr(http->values[2], "Signature=") + 10);
    snprintf(w->last_authorization, sizeof w->last_authorization, "%s", http->values[2]);
    snprintf(w->last_url, sizeof w->last_url, "%s", http->url);
    w->last_body_len = http->body_len < sizeof w->last_body ? http->body_len : sizeof w->last_body;
    memcpy(w->last_body, http->body, w->last_body_len);
}

static void deliver(const world *w, const answer *a, cuc_call *call)
{
    char        line[64];
    const char *h = a->headers, *end;
    size_t      n = a->body == NULL ? 0 : strlen(a->body), at, take;
    if (a->status != 0) {
        snprintf(line, sizeof line, "HTTP/1.1 %d X\r\n", a->status);
        cuc_call_header(call, line, strlen(line));
    }
    for (; h != NULL && *h != 0; h = end + 1) {
        end = strchr(h, '\n');
        cuc_call_header(call, h, (size_t)(end - h));
    }
    for (at = 0; at < n; at += take) {
        take = w->chunk == 0 || w->chunk > n - at ? n - at : w->chunk;
        cuc_call_body(call, a->body + at, take);
    }
}

int world_send(void *user, const cuc_http_request *http, cuc_call *call)
{
    world        *w = user;
    const answer *a =
        &w->answers[(size_t)w->sends < w->answer_count ? (size_t)w->sends : w->answer_count - 1];
    remember(w, http);
    w->sends++;
    w->now_ms += a->took_ms;
    if (fails(w)) return w->fail_with;
    if (w->on_send != NULL) {
        const int n = w->on_send(w, http, call);
        if (n != 0) return n;
    }
    deliver(w, a, call);
    return a->outcome;
}

int64_t world_now(void *user)
{
    world *w = user;
    w->clock_reads++;
    return w->now_ms;
}

int world_sleep(void *user, uint32_t ms)
{
    world *w                   = user;
    w->waits[w->sleeps++ % 64] = ms;
    w->now_ms += ms;
    if (fails(w)) return w->fail_with;
    return w->on_sleep != NULL ? w->on_sleep(w, ms) : 0;
}

int world_credentials(void *user, int64_t now_ms, cuc_credentials *copy)
{
    world *w = user;
    w->asked++;
    w->asked_at = now_ms;
    w->refused  = copy->refused;
    if (fails(w)) return w->fail_with;
    return w->on_credentials != NULL ? w->on_credentials(w, copy) : 0;
}

world new_world(const answer *answers, size_t count)
{
    world w;
    memset(&w, 0, sizeof w);
    w.answers      = answers;
    w.answer_count = count;
    w.fail_at      = -1;
    w.fail_with    = 77;
    w.now_ms       = 1440938160000; /* 2015-08-30T12:36:00Z */
    return w;
}

void exchange(cuc_call *call, const answer *a, size_t chunk)
{
    world w = new_world(a, 1);
    w.chunk = chunk;
    deliver(&w, a, call);
    cuc_call_end(call, a->outcome);
}

cuc_client world_client(world *w)
{
    cuc_client c  = CUC_ZERO;
    c.region      = cuc_s("us-east-1");
    c.access_key  = cuc_s("AKIDEXAMPLE");
    c.secret_key  = cuc_s("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    c.user        = w;
    c.sha256      = world_sha256;
    c.hmac_sha256 = world_hmac;
    c.send        = world_send;
    c.now_ms      = world_now;
    c.sleep_ms    = world_sleep;
    return c;
}

cuc_request small_request(void)
{
    cuc_request q = CUC_ZERO;
    q.instance_id = cuc_s("12345678-1234-1234-1234-123456789012");
    q.contact_id  = cuc_s("abcdef01-2345-6789-abcd-ef0123456789");
    q.name        = cuc_s("Order 1234");
    return q;
}

void *block(size_t n)
{
    void *p = malloc(n == 0 ? 1 : n);
    assert_non_null(p);
    return p;
}

const cuc_str *lent(cuc_str s)
{
    static cuc_str  some[8];
    static unsigned n;
    some[++n % 8] = s;
    return &some[n % 8];
}

void *block_of(const void *bytes, size_t n)
{
    void *p = block(n);
    memcpy(p, bytes, n);
    return p;
}

uint32_t next_random(uint64_t *state) /* splitmix64 */
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z          = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z          = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (uint32_t)((z ^ z >> 31) >> 32);
}
