/* Black box: requests: buffers of every size, failing callbacks, lifetimes, re-entry. */
#include "support.h"

#include <limits.h>
#include <locale.h>

#define NOON 1440938160000 /* 2015-08-30T12:36:00Z */

static const answer good = { CUC_SENT, 200, NULL, NULL, 0 };

/* ---- ten requests that differ in what takes space -------------------------------------------- */

static const struct shape {
    const char *what, *url, *instance, *contact;
    size_t      token;
    int         made, derived, big;
} shapes[] = {
    { "plain",                          NULL,                              "i",                    "c",                    0,   0, 0, 0 },
    { "plain, made HMAC",               NULL,                              "i",                    "c",                    0,   1, 0, 0 },
    { "ids full of %",                  NULL,                              "%%%%%%%%%%%%%%%%%%%%", "%/%/%/%/%/%/%/%/%/%/", 0,   0, 0, 0 },
    { "ids full of %, made HMAC",       NULL,                              "%%%%%%%%%%%%%%%%%%%%", "%/%/%/%/%/%/%/%/%/%/", 0,   1, 0,
     0                                                                                                                                  },
    { "a token",                        NULL,                              "i",                    "c",                    700, 0, 0, 0 },
    { "a token and a base path",        "http://localhost:8080/a:b%2Fc/d", "a b",                  "c:d",                  300, 1, 0, 0 },
    { "a signing key",                  "https://[2001:DB8::1]:8443/x",    "i",                    "c",                    0,   0, 1, 0 },
    { "a signing key, made HMAC",       NULL,                              "i",                    "c",                    40,  1, 1, 0 },
    { "all fields",                     NULL,                              "i",                    "c",                    0,   0, 0, 1 },
    { "all fields, a token, made HMAC", "http://h/%25/~",                  "\xC3\xA9",             "..x",                  100, 1, 0, 1 },
};

typedef struct made_call {
    world           w;
    cuc_client      client;
    cuc_request     request;
    cuc_signing_key key;
    cuc_reference   references[2];
    cuc_segment     segments[2];
    char            token[1024];
} made_call;

static void add_fields(made_call *m)
{
    memset(m->references, 0, sizeof m->references);
    memset(m->segments, 0, sizeof m->segments);
    m->references[0].key                 = cuc_s("recording");
    m->references[0].type                = cuc_s(CUC_REFERENCE_URL);
    m->references[0].value               = cuc_s("https://example.com/?a=\"b\"\n");
    m->references[1].key                 = cuc_s("\x01\x02\x03");
    m->references[1].type                = cuc_s(CUC_REFERENCE_STRING);
    m->segments[0].key                   = cuc_s("connect:ContactExpiry");
    m->segments[0].kind                  = CUC_SEGMENT_MAP;
    m->segments[0].items                 = &m->segments[1];
    m->segments[0].count                 = 1;
    m->segments[1].key                   = cuc_s("ExpiryDuration");
    m->segments[1].kind                  = CUC_SEGMENT_INTEGER;
    m->segments[1].integer               = INT32_MIN;
    m->request.description               = cuc_s("\xE2\x82\xAC and \\ and \"");
    m->request.references                = m->references;
    m->request.reference_count           = 2;
    m->request.segment_attributes        = m->segments;
    m->request.segment_attribute_count   = 1;
    m->request.customer_endpoint.type    = cuc_s(CUC_ENDPOINT_VOIP);
    m->request.customer_endpoint.address = cuc_s("sip:x@y");
    m->request.queue_id                  = cuc_s("q");
}

static void add_key(made_call *m)
{
    cuc_result r;
    char       room[256];
    assert_int_equal(
        cuc_derive_signing_key(&m->client, cuc_s(NULL), NOON, room, sizeof room, &m->key, &r),
        CUC_OK);
    m->client.signing_key = &m->key;
    m->client.secret_key  = cuc_s(NULL);
}

static void make_call(made_call *m, const struct shape *s)
{
    m->w      = new_world(&good, 1);
    m->client = world_client(&m->w);
    memset(m->token, 'T', sizeof m->token);
    m->client.endpoint_url = cuc_s(s->url);
    if (s->token > 0) {
        m->client.session_token.ptr = m->token;
        m->client.session_token.len = s->token;
    }
    if (s->derived) add_key(m);
    if (s->made) m->client.hmac_sha256 = NULL;
    m->request             = small_request();
    m->request.instance_id = cuc_s(s->instance);
    m->request.contact_id  = cuc_s(s->contact);
    if (s->big) add_fields(m);
    m->w.hashes = m->w.macs = 0;
}

/* ---- what must not be left in a buffer ------------------------------------------------------- */

static int holds(const void *buf, size_t n, const void *needle, size_t len)
{
    const char *at = buf;
    for (; n >= len; at++, n--)
        if (memcmp(at, needle, len) == 0) return 1;
    return 0;
}

static void check_masked(const void *buf, size_t n, const unsigned char *key, size_t len, int mask)
{
    unsigned char needle[16];
    size_t        at, i;
    for (at = 0; at + 16 <= len; at += 8) {
        for (i = 0; i < 16; i++) needle[i] = (unsigned char)(key[at + i] ^ mask);
        if (holds(buf, n, needle, 16)) fail_msg("%d bytes of a secret are left", 16);
    }
}

/* Half of the secret, of the joined secret or of any derived key, as it is or masked as in an HMAC.
 */
static void check_no_secret(const void *buf, size_t n, const cuc_client *c, const char *service)
{
    static const int masks[] = { 0, 0x36, 0x5C };
    unsigned char    key[4][32];
    char             joined[128];
    size_t           i, k;
    if (c->secret_key.len == 0) return;
    snprintf(joined, sizeof joined, "AWS4%.*s", (int)c->secret_key.len, c->secret_key.ptr);
    real_hmac(NULL, joined, strlen(joined), "20150830", 8, key[0]);
    real_hmac(NULL, key[0], 32, c->region.ptr, c->region.len, key[1]);
    real_hmac(NULL, key[1], 32, service, strlen(service), key[2]);
    real_hmac(NULL, key[2], 32, "aws4_request", 12, key[3]);
    for (i = 0; i < ROWS(masks); i++) {
        check_masked(buf, n, (const unsigned char *)joined, strlen(joined), masks[i]);
        for (k = 0; k < 4; k++) check_masked(buf, n, key[k], 32, masks[i]);
    }
}

/* ---- every capacity -------------------------------------------------------------------------- */

/* A signature in the buffer, if any, is the one of a big buffer: never a good-looking wrong one. */
static void check_no_wrong_signature(const char *buf, size_t n, const char *right)
{
    size_t at;
    for (at = 0; at + 74 <= n; at++)
        if (memcmp(buf + at, "Signature=", 10) == 0 && memcmp(buf + at + 10, right, 64) != 0)
            fail_msg("a wrong signature in a buffer of %d bytes", (int)n);
}

static void check_capacity(const struct shape *s, size_t cap, size_t required, const char *right)
{
    made_call  m;
    cuc_result r;
    char      *buf = block(cap);
    memset(buf, 0x5A, cap);
    make_call(&m, s);
    (void)cuc_update_contact(&m.client, &m.request, buf, cap, &r);
    if (r.required != required)
        fail_msg("%s: required %d at %d, not %d", s->what, (int)r.required, (int)cap,
                 (int)required);
    assert_int_equal(r.status, cap < required ? CUC_E_SPACE : CUC_OK);
    assert_int_equal(m.w.sends, cap < required ? 0 : 1);
    assert_int_equal(r.attempts, m.w.sends);
    assert_string_equal(r.where, "");
    if (cap >= required) assert_string_equal(m.w.signatures[0], right);
    if (cap > required) assert_int_equal(buf[required], 0x5A);
    check_no_wrong_signature(buf, cap, right);
    check_no_secret(buf, cap, &m.client, "connect");
    free(buf);
}

static void every_smaller_buffer_reports_the_required_size(void **state)
{
    static char room[8192];
    size_t      i, cap;
    (void)state;
    for (i = 0; i < ROWS(shapes); i++) { /* P51 P12 P80; P73: ASan looks */
        made_call  m;
        cuc_result r, measured;
        make_call(&m, &shapes[i]);
        assert_int_equal(cuc_update_contact(&m.client, &m.request, room, sizeof room, &r), CUC_OK);
        assert_int_equal(cuc_update_contact(&m.client, &m.request, NULL, 0, &measured),
                         CUC_E_SPACE);
        assert_int_equal(measured.required, r.required);
        for (cap = 0; cap <= r.required + 1; cap++)
            check_capacity(&shapes[i], cap, r.required, m.w.signatures[0]);
    }
}

static void the_state_machine_and_the_one_call_require_the_same(void **state)
{
    size_t i, k;
    (void)state;
    for (i = 0; i < ROWS(shapes); i++)
        for (k = 0; k < 2; k++) {
            made_call  m;
            cuc_result r;
            cuc_call   call;
            char      *buf;
            make_call(&m, &shapes[i]);
            (void)cuc_update_contact(&m.client, &m.request, NULL, 0, &r);
            buf = block(r.required - k);
            begin_call(&call, &m.client, &m.request, buf, r.required - k);
            assert_int_equal(cuc_call_next(&call, NOON), k == 0 ? CUC_NEXT_SEND : CUC_NEXT_DONE);
            assert_int_equal(result_of(&call)->status, k == 0 ? CUC_E_UNFINISHED : CUC_E_SPACE);
            assert_int_equal(result_of(&call)->required, r.required);
            free(buf);
        }
}

static void the_space_sentence_has_the_required_bytes(void **state)
{
    made_call  m;
    cuc_result r;
    char       text[128], expected[128];
    (void)state;
    make_call(&m, &shapes[0]);
    (void)cuc_update_contact(&m.client, &m.request, NULL, 0, &r);
    snprintf(expected, sizeof expected, "the buffer is too small: %lu bytes are enough",
             (unsigned long)r.required);
    cuc_result_text(&r, text, sizeof text);
    assert_string_equal(text, expected);
}

static void measuring_calls_credentials_and_nothing_else(void **state)
{
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(shapes); i++) {
        made_call  m;
        cuc_result r;
        make_call(&m, &shapes[i]);
        m.client.credentials = world_credentials;
        assert_int_equal(cuc_update_contact(&m.client, &m.request, NULL, 0, &r), CUC_E_SPACE);
        assert_int_equal(m.w.asked, 1);
        assert_int_equal(m.w.hashes + m.w.macs + m.w.sends + m.w.sleeps + m.w.clock_reads, 0);
    }
}

/* No clock is read while measuring, so no clock can be wrong. */
static void measuring_does_not_depend_on_offset_or_key_day(void **state)
{
    static const int64_t offsets[] = { 0, -5000, 5000, -86400000, INT64_MIN, INT64_MAX };
    made_call            m;
    cuc_result           first, r;
    size_t               i;
    (void)state;
    make_call(&m, &shapes[6]);
    memcpy(m.key.date, "19991231", 8);
    (void)cuc_update_contact(&m.client, &m.request, NULL, 0, &first);
    assert_int_equal(first.status, CUC_E_SPACE);
    for (i = 0; i < ROWS(offsets); i++) {
        cuc_shared shared      = CUC_ZERO;
        shared.clock_offset_ms = offsets[i];
        m.client.shared        = &shared;
        assert_int_equal(cuc_update_contact(&m.client, &m.request, NULL, 0, &r), CUC_E_SPACE);
        assert_int_equal(r.required, first.required);
    }
}

/* What is promised for a body and a token holds for many of both. */
static void the_documented_work_size_is_enough(void **state)
{
    static const size_t tokens[] = { 0, 1, 1000, 2048, 16384 }, names[] = { 0, 1, 40, 1024 };
    static char         token[16384], name[1024], work[CUC_WORK_SIZE(6 * 1024 + 11, 16384)];
    size_t              i, k;
    (void)state;
    memset(token, 'T', sizeof token);
    memset(name, 1, sizeof name); /* six bytes each in JSON */
    for (i = 0; i < ROWS(tokens); i++)
        for (k = 0; k < ROWS(names); k++) { /* P51 P11 */
            const size_t body = 6 * names[k] + strlen("{\"Name\":\"\"}");
            made_call    m;
            cuc_result   r;
            make_call(&m, &shapes[1]);
            m.request.name.ptr         = name;
            m.request.name.len         = names[k];
            m.client.session_token.ptr = token;
            m.client.session_token.len = tokens[i];
            (void)cuc_update_contact(&m.client, &m.request, work, CUC_WORK_SIZE(body, tokens[i]),
                                     &r);
            assert_int_equal(r.status, CUC_OK);
            assert_int_equal(m.w.last_body_len, body < 4096 ? body : 4096);
        }
}

/* ---- every failing callback ------------------------------------------------------------------ */

static const answer again_then_good[] = {
    { CUC_SENT,       503, NULL, NULL, 3 },
    { CUC_SEND_AGAIN, 0,   NULL, NULL, 3 },
    { CUC_SENT,       200, NULL, NULL, 3 },
};

static void prepare_two_retries(made_call *m, int made)
{
    make_call(m, &shapes[made ? 1 : 0]);
    m->w.answers          = again_then_good;
    m->w.answer_count     = 3;
    m->client.credentials = world_credentials;
    m->w.armed            = 1;
}

static void check_failed(const made_call *m, const cuc_result *r, long n)
{
    size_t i;
    assert_int_equal(r->status, CUC_E_CALLBACK);
    assert_int_equal(r->callback, m->w.fail_with);
    assert_int_equal(m->w.calls, n + 1); /* nothing is called after the failure */
    assert_true(r->where[0] != 0);
    for (i = 0; i < sizeof r->message; i++) /* these responses have none: no digest in its place */
        assert_int_equal(r->message[i], 0);
}

static void after_any_failing_callback_a_new_call_succeeds(void **state)
{
    static char work[2048];
    int         made;
    (void)state;
    for (made = 0; made < 2; made++) {
        made_call  m;
        cuc_result r;
        long       calls, n, sends = 0;
        prepare_two_retries(&m, made);
        assert_int_equal(cuc_update_contact(&m.client, &m.request, work, sizeof work, &r), CUC_OK);
        calls = m.w.calls;
        assert_int_equal(calls, made ? 3 * (12 + 2) + 2 : 3 * (7 + 2) + 2);
        for (n = 0; n < calls; n++) { /* P65 P66 */
            prepare_two_retries(&m, made);
            m.w.fail_at   = n;
            m.w.fail_with = n % 2 == 0 ? 77 : INT_MIN;
            (void)cuc_update_contact(&m.client, &m.request, work, sizeof work, &r);
            check_failed(&m, &r, n);
            check_no_secret(work, sizeof work, &m.client, "connect");
            sends += m.w.sends - r.attempts;
            m.w.armed = 0;
            m.w.sends = 0;
            assert_int_equal(cuc_update_contact(&m.client, &m.request, work, sizeof work, &r),
                             CUC_OK);
        }
        assert_int_equal(sends,
                         0); /* an attempt counts when it was handed to send, failing or not */
    }
}

static void each_failing_callback_is_named(void **state)
{
    static const struct {
        long        n; /* of the first attempt: credentials, 2 hashes, 5 MACs, send; then sleep */
        const char *where;
    } row[] = {
        { 0,  "credentials" },
        { 1,  "sha256"      },
        { 2,  "sha256"      },
        { 3,  "hmac_sha256" },
        { 7,  "hmac_sha256" },
        { 8,  "send"        },
        { 9,  "sleep_ms"    },
        { 10, "credentials" },
        { 11, "sha256"      },
        { 13, "hmac_sha256" },
        { 18, "send"        },
    };
    static char work[2048];
    size_t      i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        made_call  m;
        cuc_result r;
        char       text[128], expected[128];
        prepare_two_retries(&m, 0);
        m.w.fail_at = row[i].n;
        (void)cuc_update_contact(&m.client, &m.request, work, sizeof work, &r);
        assert_string_equal(r.where, row[i].where);
        snprintf(expected, sizeof expected, "%s: failed, it returned 77", row[i].where);
        cuc_result_text(&r, text, sizeof text);
        assert_string_equal(text, expected);
    }
}

static void a_callback_succeeds_only_with_0(void **state)
{
    static const int numbers[] = { 1, -1, 2, INT_MIN, INT_MAX, CUC_SEND_AGAIN };
    static char      work[2048];
    size_t           i;
    long             n;
    (void)state;
    for (i = 0; i < ROWS(numbers); i++) /* P66 */
        for (n = 0; n < 10; n++) {
            made_call  m;
            cuc_result r;
            prepare_two_retries(&m, 0);
            m.w.fail_at   = n;
            m.w.fail_with = numbers[i];
            (void)cuc_update_contact(&m.client, &m.request, work, sizeof work, &r);
            if (n == 8 && numbers[i] == CUC_SEND_AGAIN) assert_int_equal(r.status, CUC_OK);
            else check_failed(&m, &r, n);
        }
}

static int lazy_hash(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)data, (void)len;
    ((world *)user)->hashes++;
    memset(out, 0x11, 5); /* the rest is not written */
    return 0;
}

static void dirty_the_stack(int with)
{
    volatile unsigned char room[4096];
    size_t                 i;
    for (i = 0; i < sizeof room; i++) room[i] = (unsigned char)with;
}

static void a_short_digest_gives_the_same_signature_each_time(void **state)
{
    static char work[2048];
    char        first[65] = "";
    int         i;
    (void)state;
    for (i = 0; i < 3; i++) { /* P70 */
        made_call  m;
        cuc_result r;
        make_call(&m, &shapes[1]);
        m.client.sha256 = lazy_hash;
        dirty_the_stack(i * 0x55 + 1);
        assert_int_equal(cuc_update_contact(&m.client, &m.request, work, sizeof work, &r), CUC_OK);
        if (i == 0) memcpy(first, m.w.signatures[0], sizeof first);
        assert_string_equal(m.w.signatures[0], first);
    }
    assert_memory_equal(first, "1111111111000000000000", 22);
}

static void missing_callbacks_are_named_before_any_runs(void **state)
{
    static const char *const names[] = { "sha256", "send" };
    static char              work[2048];
    size_t                   i;
    (void)state;
    for (i = 0; i < ROWS(names); i++) {
        made_call  m;
        cuc_result r;
        make_call(&m, &shapes[0]);
        if (i == 0) m.client.sha256 = NULL;
        if (i == 1) m.client.send = NULL;
        assert_int_equal(cuc_update_contact(&m.client, &m.request, work, sizeof work, &r),
                         CUC_E_REQUIRED);
        assert_string_equal(r.where, names[i]);
        assert_int_equal(m.w.hashes + m.w.macs + m.w.sends, 0);
    }
}

/* ---- lifetimes ------------------------------------------------------------------------------- */

typedef struct on_heap { /* every part of a request in a block of its own */
    cuc_request   *q;
    cuc_reference *r;
    cuc_segment   *s;
    char          *text[6];
} on_heap;

static cuc_str own(on_heap *h, size_t i, const char *text)
{
    cuc_str s;
    h->text[i] = block_of(text, strlen(text));
    s.ptr      = h->text[i];
    s.len      = strlen(text);
    return s;
}

static void put_on_heap(on_heap *h)
{
    h->q = block(sizeof *h->q);
    h->r = block(sizeof *h->r);
    h->s = block(sizeof *h->s);
    memset(h->q, 0, sizeof *h->q);
    memset(h->r, 0, sizeof *h->r);
    memset(h->s, 0, sizeof *h->s);
    h->q->instance_id             = own(h, 0, "instance/1");
    h->q->contact_id              = own(h, 1, "contact:1");
    h->q->name                    = own(h, 2, "name \"x\"");
    h->r->key                     = own(h, 3, "key");
    h->r->type                    = cuc_s(CUC_REFERENCE_STRING);
    h->s->key                     = own(h, 4, "segment");
    h->s->kind                    = CUC_SEGMENT_STRING;
    h->s->text                    = own(h, 5, "text");
    h->q->references              = h->r;
    h->q->reference_count         = 1;
    h->q->segment_attributes      = h->s;
    h->q->segment_attribute_count = 1;
}

static void overwrite_and_free(void *p, size_t n)
{
    memset(p, 0xEE, n);
    free(p);
}

static void take_from_heap(on_heap *h)
{
    size_t i;
    for (i = 0; i < ROWS(h->text); i++) overwrite_and_free(h->text[i], h->text[i] != NULL ? 3 : 0);
    overwrite_and_free(h->q, sizeof *h->q);
    overwrite_and_free(h->r, sizeof *h->r);
    overwrite_and_free(h->s, sizeof *h->s);
}

/* A call of two attempts; the request goes away after begin when `gone`. */
static void two_attempts(int gone, char bodies[2][512], char lines[2][512])
{
    char       work[2048];
    world      w = new_world(&good, 1);
    cuc_client c = world_client(&w);
    on_heap    h;
    cuc_call   call;
    int        i;
    put_on_heap(&h);
    begin_call(&call, &c, h.q, work, sizeof work);
    if (gone) take_from_heap(&h);
    for (i = 0; i < 2; i++) {
        const cuc_http_request *http;
        assert_int_equal(cuc_call_next(&call, NOON + i * 5000), CUC_NEXT_SEND);
        http = cuc_call_http_request(&call);
        snprintf(bodies[i], 512, "%s %s", http->url, http->body);
        snprintf(lines[i], 512, "%s", http->lines[2]);
        cuc_call_status(&call, 503);
        cuc_call_end(&call, CUC_SENT);
        assert_int_equal(cuc_call_next(&call, NOON + i * 5000), CUC_NEXT_WAIT);
    }
    if (!gone) take_from_heap(&h);
}

static void the_request_may_be_freed_after_begin(void **state)
{
    static char kept[2][512], kept_lines[2][512], gone[2][512], gone_lines[2][512];
    (void)state;
    two_attempts(0, kept, kept_lines); /* P69 */
    two_attempts(1, gone, gone_lines);
    assert_string_equal(gone[0], kept[0]);
    assert_string_equal(gone[1], kept[1]);
    assert_string_equal(gone[1], gone[0]);
    assert_string_equal(gone_lines[0], kept_lines[0]);
    assert_string_equal(gone_lines[1], kept_lines[1]);
    assert_string_not_equal(gone_lines[1], gone_lines[0]); /* another second, another signature */
}

static void sign_once(const char *secret, int64_t now_ms, char out[65])
{
    made_call  m;
    cuc_result r;
    char       work[2048];
    make_call(&m, &shapes[0]);
    m.client.secret_key = cuc_s(secret);
    m.w.now_ms          = now_ms;
    assert_int_equal(cuc_update_contact(&m.client, &m.request, work, sizeof work, &r), CUC_OK);
    memcpy(out, m.w.signatures[0], 65);
}

/* P69 P14: nothing is cached; every attempt reads the strings of the client again. */
static void a_changed_secret_signs_the_next_attempt(void **state)
{
    char      secret[] = "first-secret", signature[65], work[2048];
    made_call m;
    cuc_call  call;
    (void)state;
    make_call(&m, &shapes[0]);
    m.client.secret_key = cuc_s(secret);
    begin_call(&call, &m.client, &m.request, work, sizeof work);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_SEND);
    sign_once("first-secret", NOON, signature);
    assert_non_null(strstr(cuc_call_http_request(&call)->lines[2], signature));
    cuc_call_end(&call, CUC_SEND_AGAIN);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_WAIT);
    memcpy(secret, "other-secret", sizeof secret);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_SEND);
    sign_once("other-secret", NOON, signature);
    assert_non_null(strstr(cuc_call_http_request(&call)->lines[2], signature));
}

static void the_client_is_never_written(void **state)
{
    static char work[2048];
    made_call   m;
    cuc_client  before;
    cuc_result  r;
    (void)state;
    prepare_two_retries(&m, 0);
    memcpy(&before, &m.client, sizeof before);
    assert_int_equal(cuc_update_contact(&m.client, &m.request, work, sizeof work, &r), CUC_OK);
    assert_memory_equal(&before, &m.client, sizeof before);
}

/* ---- NULL, padding, alignment, locale -------------------------------------------------------- */

static void null_with_length_0_is_accepted_everywhere(void **state)
{
    static char work[2048];
    made_call   m;
    cuc_call    call;
    cuc_result  r = CUC_ZERO;
    (void)state;
    make_call(&m, &shapes[0]); /* P74 */
    m.request.name.len     = 0;
    m.client.session_token = m.client.endpoint_url = cuc_s(NULL);
    begin_call(&call, &m.client, &m.request, work, sizeof work);
    cuc_call_header(&call, NULL, 0);
    cuc_call_body(&call, NULL, 0);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_SEND);
    assert_string_equal(cuc_call_http_request(&call)->body, "{\"Name\":\"\"}");
    cuc_call_header(&call, NULL, 0);
    cuc_call_status(&call, 404);
    cuc_call_header(&call, "", 0);
    cuc_call_body(&call, NULL, 0);
    (void)cuc_call_canonical_request(&call, NULL, 0);
    (void)cuc_http1_head(cuc_call_http_request(&call), NULL, 0);
    cuc_call_end(&call, CUC_SENT);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_DONE);
    assert_true(cuc_result_text(result_of(&call), NULL, 0) > 0);
    assert_int_equal(cuc_write_json(&m.request, NULL, 0, &r), CUC_E_SPACE);
    assert_int_equal(cuc_resolve_endpoint(&m.client, NULL, 0, &r), CUC_E_SPACE);
    assert_null(cuc_instance_id_from_arn(cuc_s(NULL)).ptr);
    assert_int_equal(cuc_known_endpoint_type(cuc_s(NULL)), 0);
}

/* A zeroed struct of each kind gives an error, not a crash. */
static void zeroed_structs_give_a_named_error(void **state)
{
    static const cuc_client     client  = CUC_ZERO;
    static const cuc_request    request = CUC_ZERO;
    static const cuc_sign_input input   = {
        { NULL, 0 },
        { NULL, 0 },
        { NULL, 0 },
        NULL, 0, { NULL, 0 },
        { NULL, 0 },
        0, 0, 0
    };
    cuc_result      r;
    cuc_signed      out;
    cuc_signing_key key;
    (void)state;
    assert_int_equal(cuc_update_contact(&client, &request, NULL, 0, &r), CUC_E_REQUIRED);
    assert_string_equal(r.where, "InstanceId");
    assert_int_equal(cuc_validate(&request, &r), CUC_E_REQUIRED);
    assert_int_equal(cuc_resolve_endpoint(&client, NULL, 0, &r), CUC_E_REGION);
    assert_int_equal(cuc_sign(&client, &input, 0, NULL, 0, &out, &r), CUC_E_REQUIRED);
    assert_int_equal(cuc_derive_signing_key(&client, cuc_s(NULL), 0, NULL, 0, &key, &r),
                     CUC_E_REQUIRED);
    assert_int_equal(cuc_selftest(&client, &r), CUC_E_REQUIRED);
}

static void check_lost(const made_call *m, const char *where, int line)
{
    static char work[2048];
    cuc_result  r;
    made_call   copy = *m;
    copy.client.user = &copy.w;
    _assert_int_equal(cuc_update_contact(&copy.client, &copy.request, work, sizeof work, &r),
                      CUC_E_REQUIRED, __FILE__, line);
    _assert_string_equal(r.where, where, __FILE__, line);
    _assert_int_equal(r.attempts, 0, __FILE__, line);
}

/* The strings in the entries of the three lists. */
static void a_member_without_a_pointer_is_refused(void)
{
    static const struct {
        int         line, list;
        size_t      offset;
        const char *where;
    } row[] = {
#define IN_REFERENCE(member) __LINE__, 0, offsetof(cuc_reference, member)
#define IN_SEGMENT(member) __LINE__, 1, offsetof(cuc_segment, member)
#define IN_ADDRESS(member) __LINE__, 2, offsetof(cuc_email_address, member)
        { IN_REFERENCE(key),           "References[0].key"                                     },
        { IN_REFERENCE(type),          "References[\"k\"].Type"                                },
        { IN_REFERENCE(value),         "References[\"k\"].Value"                               },
        { IN_REFERENCE(status),        "References[\"k\"].Status"                              },
        { IN_REFERENCE(arn),           "References[\"k\"].Arn"                                 },
        { IN_REFERENCE(status_reason), "References[\"k\"].StatusReason"                        },
        { IN_SEGMENT(key),             "SegmentAttributes[0].key"                              },
        { IN_SEGMENT(text),            "SegmentAttributes[\"k\"].ValueString"                  },
        { IN_ADDRESS(email_address),   "AdditionalRecipients.CcEmailAddresses[0].EmailAddress" },
        { IN_ADDRESS(display_name),    "AdditionalRecipients.CcEmailAddresses[0].DisplayName"  },
    };
    const cuc_str lost = { NULL, 12 };
    size_t        i;
    for (i = 0; i < ROWS(row); i++) {
        cuc_reference     reference = CUC_ZERO;
        cuc_segment       segment   = CUC_ZERO;
        cuc_email_address address   = CUC_ZERO;
        void             *base[3];
        made_call         m;
        make_call(&m, &shapes[0]);
        base[0] = &reference, base[1] = &segment, base[2] = &address;
        reference.key = segment.key = cuc_s("k");
        reference.type              = cuc_s("URL");
        segment.kind                = CUC_SEGMENT_STRING;
        segment.text                = cuc_s("x");
        address.email_address       = cuc_s("a@b.c");
        memcpy((char *)base[row[i].list] + row[i].offset, &lost, sizeof lost);
        m.request.references              = &reference;
        m.request.reference_count         = row[i].list == 0;
        m.request.segment_attributes      = &segment;
        m.request.segment_attribute_count = row[i].list == 1;
        m.request.cc_email_addresses      = &address;
        m.request.cc_email_address_count  = row[i].list == 2;
        check_lost(&m, row[i].where, row[i].line);
    }
}

/* A failed allocation or a forgotten pointer must not look like "unset", and so like "done". */
static void a_length_or_count_without_a_pointer_is_refused(void **state)
{
#define IN_REQUEST(member) __LINE__, 0, offsetof(cuc_request, member)
#define IN_CLIENT(member) __LINE__, 1, offsetof(cuc_client, member)
    static const struct {
        int         line, client;
        size_t      offset;
        const char *where;
    } row[] = {
        { IN_REQUEST(instance_id),               "InstanceId"               },
        { IN_REQUEST(contact_id),                "ContactId"                },
        { IN_REQUEST(name),                      "Name"                     },
        { IN_REQUEST(description),               "Description"              },
        { IN_REQUEST(queue_id),                  "QueueInfo.Id"             },
        { IN_REQUEST(user_id),                   "UserInfo.UserId"          },
        { IN_REQUEST(customer_endpoint.type),    "CustomerEndpoint.Type"    },
        { IN_REQUEST(customer_endpoint.address), "CustomerEndpoint.Address" },
        { IN_REQUEST(system_endpoint.type),      "SystemEndpoint.Type"      },
        { IN_REQUEST(system_endpoint.address),   "SystemEndpoint.Address"   },
        { IN_REQUEST(body),                      "body"                     },
        { IN_CLIENT(region),                     "region"                   },
        { IN_CLIENT(endpoint_url),               "endpoint_url"             },
        { IN_CLIENT(access_key),                 "access_key"               },
        { IN_CLIENT(secret_key),                 "secret_key"               },
        { IN_CLIENT(session_token),              "session_token"            },
    };
    const cuc_str lost = { NULL, 7 };
    made_call     m;
    size_t        i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        void *base = row[i].client ? (void *)&m.client : (void *)&m.request;
        make_call(&m, &shapes[0]);
        memcpy((char *)base + row[i].offset, &lost, sizeof lost);
        check_lost(&m, row[i].where, row[i].line);
    }
    make_call(&m, &shapes[0]);
    m.request.reference_count = 1;
    check_lost(&m, "References", __LINE__);
    make_call(&m, &shapes[0]);
    m.request.segment_attribute_count = SIZE_MAX;
    check_lost(&m, "SegmentAttributes", __LINE__);
    make_call(&m, &shapes[0]);
    m.request.cc_email_address_count = 1;
    check_lost(&m, "AdditionalRecipients.CcEmailAddresses", __LINE__);
    a_member_without_a_pointer_is_refused();
}

static void cuc_sign_refuses_lengths_and_counts_without_pointers(void **state)
{
    static const struct {
        int         line;
        size_t      offset;
        const char *where;
    } row[] = {
        { __LINE__, offsetof(cuc_sign_input, method),  "method"  },
        { __LINE__, offsetof(cuc_sign_input, path),    "path"    },
        { __LINE__, offsetof(cuc_sign_input, query),   "query"   },
        { __LINE__, offsetof(cuc_sign_input, body),    "body"    },
        { __LINE__, offsetof(cuc_sign_input, service), "service" },
    };
    static const cuc_sign_header host = { CUC_STR("host"), CUC_STR("example.com") };
    static char                  work[2048];
    const cuc_str                lost = { NULL, 7 };
    made_call                    m;
    cuc_sign_input               input, good = CUC_ZERO;
    cuc_signed                   out;
    cuc_result                   r;
    size_t                       i;
    (void)state;
    make_call(&m, &shapes[0]);
    good.method       = cuc_s("GET");
    good.headers      = &host;
    good.header_count = 1;
    assert_int_equal(cuc_sign(&m.client, &good, 0, work, sizeof work, &out, &r), CUC_OK);
    for (i = 0; i < ROWS(row); i++) {
        input = good;
        memcpy((char *)&input + row[i].offset, &lost, sizeof lost);
        _assert_int_equal(cuc_sign(&m.client, &input, 0, work, sizeof work, &out, &r),
                          CUC_E_REQUIRED, __FILE__, row[i].line);
        _assert_string_equal(r.where, row[i].where, __FILE__, row[i].line);
    }
    input         = good;
    input.headers = NULL;
    assert_int_equal(cuc_sign(&m.client, &input, 0, work, sizeof work, &out, &r), CUC_E_REQUIRED);
    assert_string_equal(r.where, "headers");
}

static void the_helpers_treat_a_view_without_pointer_as_unset(void **state)
{
    const cuc_str lost = { NULL, 7 };
    (void)state;
    assert_int_equal(cuc_known_reference_type(lost), 0);
    assert_null(cuc_region_from_arn(lost).ptr);
    assert_null(cuc_instance_id_from_arn(lost).ptr);
}

/* The same request out of structs whose padding held `with` before. */
static void sent_from_memory_of(int with, char out[4096])
{
    static const cuc_client  no_client  = CUC_ZERO;
    static const cuc_request no_request = CUC_ZERO;
    world                    w          = new_world(&good, 1);
    cuc_client               c, from;
    cuc_request              q, small = small_request();
    cuc_result               r;
    char                     work[2048];
    memset(&c, with, sizeof c);
    memset(&q, with, sizeof q);
    memset(&r, with, sizeof r);
    memset(work, with, sizeof work);
    dirty_the_stack(with);
    c        = no_client;
    q        = no_request;
    from     = world_client(&w);
    c.region = from.region, c.access_key = from.access_key, c.secret_key = from.secret_key;
    c.sha256 = from.sha256, c.send = from.send, c.now_ms = from.now_ms, c.user = &w;
    q.instance_id = small.instance_id, q.contact_id = small.contact_id, q.name = small.name;
    assert_int_equal(cuc_update_contact(&c, &q, work, sizeof work, &r), CUC_OK);
    snprintf(out, 4096, "%s %.100s %s %d %s", w.last_url, w.last_body, w.last_authorization,
             r.attempts, r.where);
}

static void padding_and_old_contents_do_not_change_the_request(void **state)
{
    static char zeroes[4096], poison[4096];
    (void)state;
    sent_from_memory_of(0x00, zeroes); /* P77 */
    sent_from_memory_of(0xA5, poison);
    assert_string_equal(poison, zeroes);
}

static cuc_str odd(char *room, const char *text) /* at an odd address */
{
    cuc_str s;
    room += ((uintptr_t)room & 1) == 0;
    memcpy(room, text, strlen(text));
    s.ptr = room;
    s.len = strlen(text);
    return s;
}

static void buffers_and_strings_may_be_at_odd_addresses(void **state)
{
    made_call  m, n;
    char       a[128], b[128], c[128], d[128], e[128], f[128], even[2048], right[65];
    cuc_result r;
    (void)state;
    make_call(&m, &shapes[0]); /* P72 */
    m.request.name = cuc_s("a name of more than one word of the machine");
    assert_int_equal(cuc_update_contact(&m.client, &m.request, even, sizeof even, &r), CUC_OK);
    memcpy(right, m.w.signatures[0], sizeof right);
    make_call(&n, &shapes[0]);
    n.request.name        = odd(a, m.request.name.ptr);
    n.request.instance_id = odd(b, m.request.instance_id.ptr);
    n.client.region       = odd(c, m.client.region.ptr);
    n.client.access_key   = odd(d, m.client.access_key.ptr);
    n.client.secret_key   = odd(e, m.client.secret_key.ptr);
    n.request.contact_id  = odd(f, m.request.contact_id.ptr);
    assert_int_equal(cuc_update_contact(&n.client, &n.request, even + 1, r.required, &r), CUC_OK);
    assert_string_equal(n.w.signatures[0], right);
}

static const char *foreign_locale(void)
{
    static const char *const names[] = { "tr_TR.UTF-8", "tr_TR.utf8",  "tr_TR",      "de_DE.UTF-8",
                                         "ar_SA.UTF-8", "fr_FR.UTF-8", "lt_LT.UTF-8" };
    size_t                   i;
    for (i = 0; i < ROWS(names); i++)
        if (setlocale(LC_ALL, names[i]) != NULL) return names[i];
    return NULL;
}

static void a_foreign_locale_does_not_change_the_request(void **state)
{
    static const answer refused = { CUC_SENT, 400, "X-AMZN-ERRORTYPE: InvalidRequestException\n",
                                    NULL, 0 };
    static char         here[4096], there[4096], work[2048];
    made_call           m;
    cuc_result          r;
    (void)state;
    sent_from_memory_of(0, here);
    if (foreign_locale() == NULL) {
        skipped("a foreign locale (P18, P36; none is installed)");
        /* nothing of libc that knows locales: tests/symbols.sh */
        return;
    }
    sent_from_memory_of(0, there);
    make_call(&m, &shapes[0]);
    m.w.answers = &refused;
    (void)cuc_update_contact(&m.client, &m.request, work, sizeof work, &r);
    setlocale(LC_ALL, "C");
    assert_string_equal(there, here);
    assert_string_equal(r.code, "InvalidRequestException"); /* I and i: the Turkish pair */
}

/* ---- calls from inside a callback ------------------------------------------------------------ */

enum place { NOWHERE, IN_SHA256, IN_HMAC, IN_CREDENTIALS, IN_SEND, IN_SLEEP, IN_CLOCK };
enum action { NEXT, END, BEGIN, ANOTHER, QUIET };

typedef struct inside {   /* a world that does something from inside one of its callbacks */
    world              w; /* first, since it is the `user` of the world's callbacks */
    enum place         place;
    enum action        action;
    cuc_call          *call;
    int                times, after; /* how often it was done; callbacks of ours that came later */
    const cuc_client  *client;
    const cuc_request *request;
    char              *room;
} inside;

static void another_call(inside *in)
{
    char        work[2048];
    world       w = new_world(&good, 1);
    cuc_client  c = world_client(&w);
    cuc_request q = small_request();
    cuc_result  r;
    q.name = cuc_s("another");
    if (in->place == IN_HMAC) c.hmac_sha256 = NULL;
    assert_int_equal(cuc_update_contact(&c, &q, work, sizeof work, &r), CUC_OK);
    assert_int_equal(w.sends, 1);
}

static void act(inside *in, enum place place)
{
    if (in->place != place || in->times > 0) {
        in->after += in->times > 0;
        return;
    }
    if (in->call == NULL && in->action != ANOTHER) return; /* not known yet */
    in->times++;
    if (in->action == NEXT) (void)cuc_call_next(in->call, NOON);
    if (in->action == END) cuc_call_end(in->call, CUC_SENT);
    if (in->action == BEGIN) begin_call(in->call, in->client, in->request, in->room, 2048);
    if (in->action == ANOTHER) another_call(in);
    if (in->action == QUIET) {
        cuc_call_status(in->call, 200); /* no exchange runs now: ignored */
        cuc_call_header(in->call, "x-amzn-errortype: Nonsense", 26);
        cuc_call_body(in->call, "{\"message\":\"nonsense\"}", 22);
        (void)result_of(in->call);
    }
}

static int in_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    act(user, IN_SHA256);
    return world_sha256(user, data, len, out);
}

static int in_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                   unsigned char out[32])
{
    act(user, IN_HMAC);
    return world_hmac(user, key, key_len, data, len, out);
}

static int in_credentials(void *user, int64_t now_ms, cuc_credentials *copy)
{
    act(user, IN_CREDENTIALS);
    return world_credentials(user, now_ms, copy);
}

static int in_send(void *user, const cuc_http_request *http, cuc_call *call)
{
    inside   *in = user;
    const int n  = world_send(user, http, call);
    in->call     = call;
    act(in, IN_SEND);
    return n;
}

static int in_sleep(void *user, uint32_t ms)
{
    act(user, IN_SLEEP);
    return world_sleep(user, ms);
}

static int64_t in_clock(void *user)
{
    act(user, IN_CLOCK);
    return world_now(user);
}

static cuc_client inside_client(inside *in, enum place place, enum action action)
{
    cuc_client c;
    memset(in, 0, sizeof *in);
    in->w         = new_world(again_then_good, 3);
    in->place     = place;
    in->action    = action;
    c             = world_client(&in->w);
    c.sha256      = in_sha256;
    c.hmac_sha256 = in_hmac;
    c.credentials = in_credentials;
    c.send        = in_send;
    c.sleep_ms    = in_sleep;
    c.now_ms      = in_clock;
    return c;
}

/* In the one call the call becomes known by the first send, so the others act in the second
 * attempt. */
static void reentry_from_every_callback_ends_the_one_call(void **state)
{
    static char       work[2048], room[2048];
    const cuc_request q = small_request();
    int               place, action;
    (void)state;
    for (place = IN_SHA256; place <= IN_CLOCK; place++)
        for (action = NEXT; action <= BEGIN; action++) { /* P67 */
            inside     in;
            cuc_result r;
            cuc_client c = inside_client(&in, (enum place)place, (enum action)action);
            long       sends;
            in.client  = &c;
            in.request = &q;
            in.room    = room;
            (void)cuc_update_contact(&c, &q, work, sizeof work, &r);
            sends = in.w.sends;
            assert_int_equal(in.times, 1);
            if (r.status != CUC_E_REENTRY)
                fail_msg("place %d, action %d: %d", place, action, r.status);
            assert_int_equal(sends, 1); /* nothing is sent after it */
            if (action != BEGIN) assert_int_equal(r.attempts, 1);
        }
}

static void reentry_from_every_callback_ends_the_state_machine(void **state)
{
    static char       work[2048], room[2048];
    const cuc_request q = small_request();
    int               place, action;
    (void)state;
    for (place = IN_SHA256; place <= IN_CREDENTIALS; place++)
        for (action = NEXT; action <= BEGIN; action++) {
            inside     in;
            cuc_call   call;
            cuc_client c = inside_client(&in, (enum place)place, (enum action)action);
            in.client    = &c;
            in.request   = &q;
            in.room      = room;
            in.call      = &call;
            begin_call(&call, &c, &q, work, sizeof work);
            assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_DONE);
            assert_int_equal(result_of(&call)->status, CUC_E_REENTRY);
            assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_DONE);
            check_no_secret(work, sizeof work, &c, "connect");
            check_no_secret(room, sizeof room, &c, "connect");
        }
}

static void responses_outside_an_exchange_are_ignored(void **state)
{
    static char       work[2048];
    const cuc_request q = small_request();
    int               place;
    (void)state;
    for (place = IN_SHA256; place <= IN_CLOCK; place++) {
        inside     in;
        cuc_result r;
        cuc_client c = inside_client(&in, (enum place)place, QUIET);
        if (place == IN_SEND) continue; /* there it is due */
        assert_int_equal(cuc_update_contact(&c, &q, work, sizeof work, &r), CUC_OK);
        assert_int_equal(in.times, 1);
        assert_string_equal(r.code, "");
        assert_string_equal(r.message, "");
        assert_int_equal(r.attempts, 3);
    }
}

static void another_call_inside_a_callback_works(void **state)
{
    static char       work[2048];
    const cuc_request q = small_request();
    char              right[3][65];
    int               place, i;
    (void)state;
    for (place = NOWHERE; place <= IN_CLOCK; place++) { /* P67 */
        inside     in;
        cuc_result r;
        cuc_client c = inside_client(&in, (enum place)place, ANOTHER);
        assert_int_equal(cuc_update_contact(&c, &q, work, sizeof work, &r), CUC_OK);
        assert_int_equal(in.times, place != NOWHERE);
        assert_int_equal(r.attempts, 3);
        for (i = 0; i < 3; i++) {
            if (place == NOWHERE) memcpy(right[i], in.w.signatures[i], 65);
            assert_string_equal(in.w.signatures[i], right[i]);
        }
    }
}

static jmp_buf away;

static int jumping(world *w, const cuc_http_request *http, cuc_call *call)
{
    (void)http;
    cuc_call_header(call, "HTTP/1.1 500 X", 14);
    if (w->sends == 1) longjmp(away, 1);
    return CUC_SENT;
}

static void after_longjmp_out_of_send_a_new_call_succeeds(void **state)
{
    static char       work[2048];
    static made_call  m;
    static cuc_shared shared;
    static cuc_result r;
    char              right[65];
    (void)state;
    sign_once("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", NOON, right);
    make_call(&m, &shapes[0]); /* P68 */
    m.client.shared = &shared;
    m.w.on_send     = jumping;
    if (setjmp(away) == 0) {
        (void)cuc_update_contact(&m.client, &m.request, work, sizeof work, &r);
        fail_msg("it came back");
    }
    assert_int_equal(m.w.sends, 1);
    m.w.on_send = NULL;
    assert_int_equal(cuc_update_contact(&m.client, &m.request, work, sizeof work, &r), CUC_OK);
    assert_int_equal(m.w.sends, 2);
    assert_string_equal(m.w.signatures[1], right);
    assert_int_equal(r.attempts, 1);
    assert_int_equal(shared.spent, 0);
}

int api_request(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_smaller_buffer_reports_the_required_size),
        cmocka_unit_test(the_state_machine_and_the_one_call_require_the_same),
        cmocka_unit_test(the_space_sentence_has_the_required_bytes),
        cmocka_unit_test(measuring_calls_credentials_and_nothing_else),
        cmocka_unit_test(measuring_does_not_depend_on_offset_or_key_day),
        cmocka_unit_test(the_documented_work_size_is_enough),
        cmocka_unit_test(after_any_failing_callback_a_new_call_succeeds),
        cmocka_unit_test(each_failing_callback_is_named),
        cmocka_unit_test(a_callback_succeeds_only_with_0),
        cmocka_unit_test(a_short_digest_gives_the_same_signature_each_time),
        cmocka_unit_test(missing_callbacks_are_named_before_any_runs),
        cmocka_unit_test(the_request_may_be_freed_after_begin),
        cmocka_unit_test(a_changed_secret_signs_the_next_attempt),
        cmocka_unit_test(the_client_is_never_written),
        cmocka_unit_test(null_with_length_0_is_accepted_everywhere),
        cmocka_unit_test(zeroed_structs_give_a_named_error),
        cmocka_unit_test(a_length_or_count_without_a_pointer_is_refused),
        cmocka_unit_test(cuc_sign_refuses_lengths_and_counts_without_pointers),
        cmocka_unit_test(the_helpers_treat_a_view_without_pointer_as_unset),
        cmocka_unit_test(padding_and_old_contents_do_not_change_the_request),
        cmocka_unit_test(buffers_and_strings_may_be_at_odd_addresses),
        cmocka_unit_test(a_foreign_locale_does_not_change_the_request),
        cmocka_unit_test(reentry_from_every_callback_ends_the_one_call),
        cmocka_unit_test(reentry_from_every_callback_ends_the_state_machine),
        cmocka_unit_test(responses_outside_an_exchange_are_ignored),
        cmocka_unit_test(another_call_inside_a_callback_works),
        cmocka_unit_test(after_longjmp_out_of_send_a_new_call_succeeds),
    };
    return GROUP(tests);
}
