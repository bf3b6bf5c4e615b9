#include "support.h"

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

/* ---- SHA-256. Source: FIPS 180-4. Not that of examples/sha256.h: it counts, it takes pieces, and
 * a mistake would have to be made twice to hide. ------------------------------------------------- */

unsigned long sha256_compressions;

static uint32_t turn(uint32_t x, unsigned n) { return x >> n | x << (32 - n); }

static void compress(uint32_t h[8], const unsigned char *p)
{
    static const uint32_t k[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
        0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
        0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
        0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
        0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
        0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
        0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
        0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
        0xc67178f2
    };
    uint32_t w[64], v[8];
    unsigned i;
    sha256_compressions++;
    for (i = 0; i < 16; i++)
        w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 |
               (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
    for (; i < 64; i++) {
        const uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ a >> 3) + w[i - 7] +
               (turn(b, 17) ^ turn(b, 19) ^ b >> 10);
    }
    memcpy(v, h, sizeof v);
    for (i = 0; i < 64; i++) {
        const uint32_t x = v[7] + (turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25)) +
                           ((v[4] & v[5]) ^ (~v[4] & v[6])) + k[i] + w[i];
        const uint32_t y = (turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22)) +
                           ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += x;
        v[0] = x + y;
    }
    for (i = 0; i < 8; i++) h[i] += v[i];
}

typedef struct hash {
    uint32_t      h[8];
    unsigned char rest[64];
    uint64_t      len;
} hash;

static void hash_begin(hash *s)
{
    static const uint32_t first[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
    memcpy(s->h, first, sizeof first);
    s->len = 0;
}

static void hash_add(hash *s, const void *data, size_t n)
{
    const unsigned char *p = data;
    while (n > 0) {
        const size_t at = (size_t)(s->len % 64), take = n < 64 - at ? n : 64 - at;
        memcpy(s->rest + at, p, take);
        s->len += take;
        p += take;
        n -= take;
        if (at + take == 64) compress(s->h, s->rest);
    }
}

static void hash_end(hash *s, unsigned char out[32])
{
    static const unsigned char end[64] = { 0x80 };
    const uint64_t             bits    = s->len * 8;
    unsigned char              length[8];
    unsigned                   i;
    for (i = 0; i < 8; i++) length[i] = (unsigned char)(bits >> (56 - 8 * i));
    hash_add(s, end, 1 + (size_t)((119 - s->len % 64) % 64));
    hash_add(s, length, 8);
    for (i = 0; i < 32; i++) out[i] = (unsigned char)(s->h[i / 4] >> (24 - 8 * (i % 4)));
}

int real_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    hash s;
    (void)user;
    hash_begin(&s);
    hash_add(&s, data, len);
    hash_end(&s, out);
    return 0;
}

static void mac_half(const unsigned char key[64], unsigned char pad, const void *data, size_t len,
                     unsigned char out[32])
{
    unsigned char block[64];
    hash          s;
    unsigned      i;
    for (i = 0; i < 64; i++) block[i] = key[i] ^ pad;
    hash_begin(&s);
    hash_add(&s, block, 64);
    hash_add(&s, data, len);
    hash_end(&s, out);
}

int real_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
              unsigned char out[32])
{
    unsigned char block[64] = { 0 }, inner[32];
    if (key_len > 64) real_sha256(user, key, key_len, block);
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

static void remember(world *w, const cuc_http *http)
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

int world_send(void *user, const cuc_http *http, cuc_call *call)
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

int world_credentials(void *user, cuc_client *copy)
{
    world *w = user;
    w->asked++;
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
