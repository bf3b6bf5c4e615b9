/* White box, section >>http: the request for the transport, its raw head, the canonical request. */
#define CUC_STATIC
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "support.h"

#define NOON 1440938160000 /* 2015-08-30T12:36:00Z */

/* ---- a call up to SEND, in a block of exactly the required size ------------------------------ */

static const answer good = { CUC_SENT, 200, NULL, NULL, 0 };

typedef struct ready {
    cuc_call                call;
    const cuc_http_request *http;
    char                   *work;
} ready;

static void prepare(ready *p, const cuc_client *c, const cuc_request *q)
{
    cuc_result r;
    if (cuc_update_contact(c, q, NULL, 0, &r) != CUC_E_SPACE) fail_msg("%d: %s", r.status, r.where);
    p->work = block(r.required);
    begin_call(&p->call, c, q, p->work, r.required);
    if (cuc_call_next(&p->call, NOON) != CUC_NEXT_SEND)
        fail_msg("%d: %s", result_of(&p->call)->status, result_of(&p->call)->where);
    p->http = cuc_call_http_request(&p->call);
}

/* As `prepare` for the world's client with another endpoint, ids and token. */
static void prepare_with(ready *p, world *w, const char *url, const char *instance,
                         const char *contact, const char *token)
{
    cuc_client  c   = world_client(w);
    cuc_request q   = small_request();
    c.endpoint_url  = cuc_s(url);
    c.session_token = cuc_s(token);
    if (instance != NULL) q.instance_id = cuc_s(instance);
    if (contact != NULL) q.contact_id = cuc_s(contact);
    prepare(p, &c, &q);
}

/* ---- the view -------------------------------------------------------------------------------- */

static void check_view(const cuc_http_request *h)
{
    size_t i;
    assert_int_equal(strlen(h->url), h->url_len);
    assert_int_equal(strlen(h->host), h->host_len);
    assert_int_equal(strlen(h->authority), h->authority_len);
    assert_int_equal(strlen(h->path), h->path_len);
    assert_int_equal(h->body[h->body_len], 0);
    assert_string_equal(h->method, "POST");
    for (i = 0; i < h->line_count; i++) {
        const size_t n = strlen(h->names[i]);
        assert_int_equal(strlen(h->lines[i]), h->line_len[i]);
        assert_memory_equal(h->lines[i], h->names[i], n);
        assert_memory_equal(h->lines[i] + n, ": ", 2);
        assert_string_equal(h->lines[i] + n + 2, h->values[i]);
    }
}

static void every_string_has_a_length_and_a_terminator(void **state)
{
    static const char *const urls[] = { NULL, "http://localhost:8080/base/", "https://[::1]:8443" };
    static const char *const tokens[] = { NULL, "", "T", "a/much+longer=token" };
    size_t                   i, k;
    (void)state;
    for (i = 0; i < ROWS(urls); i++)
        for (k = 0; k < ROWS(tokens); k++) {
            world w = new_world(&good, 1);
            ready p;
            prepare_with(&p, &w, urls[i], "a b", "c/d", tokens[k]);
            check_view(p.http);
            assert_int_equal(p.http->line_count, k < 2 ? 3 : 4);
            free(p.work);
        }
}

static void header_lines_are_complete_and_the_token_is_last(void **state)
{
    world w = new_world(&good, 1);
    ready p;
    char  start[256];
    (void)state;
    prepare_with(&p, &w, NULL, NULL, NULL, "TOKEN/+=");
    assert_string_equal(p.http->lines[0], "content-type: application/json");
    assert_string_equal(p.http->lines[1], "x-amz-date: 20150830T123600Z");
    snprintf(start, sizeof start, "%.*s", (int)p.http->line_len[2] - 64, p.http->lines[2]);
    assert_string_equal(start,
                        "authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1"
                        "/connect/aws4_request, SignedHeaders=content-type;host;x-amz-date;"
                        "x-amz-security-token, Signature=");
    assert_int_equal(strspn(p.http->lines[2] + strlen(start), "0123456789abcdef"), 64);
    assert_string_equal(p.http->lines[3], "x-amz-security-token: TOKEN/+=");
    free(p.work);
}

static void url_host_port_authority_and_path_fit_together(void **state)
{
    static const struct {
        int         line;
        const char *url, *expected, *host, *port, *authority, *base;
    } row[] = {
        /* P22 P23 P24 P08 P28 */
        { __LINE__, NULL,                        "https://connect.us-east-1.amazonaws.com",
         "connect.us-east-1.amazonaws.com",                                                                "443",  "connect.us-east-1.amazonaws.com", ""   },
        { __LINE__, "https://h",                 "https://h",                               "h",           "443",  "h",                               ""   },
        { __LINE__, "https://h:443/",            "https://h",                               "h",           "443",  "h",                               ""   },
        { __LINE__, "https://h:8443",            "https://h:8443",                          "h",           "8443", "h:8443",                          ""   },
        { __LINE__, "http://h:80",               "http://h",                                "h",           "80",   "h",                               ""   },
        { __LINE__, "http://h:443",              "http://h:443",                            "h",           "443",  "h:443",                           ""   },
        { __LINE__, "http://H.Example:8080/b/",  "http://h.example:8080",                   "h.example",   "8080",
         "h.example:8080",                                                                                                                            "/b" },
        { __LINE__, "https://[2001:DB8::1]",     "https://[2001:db8::1]",                   "2001:db8::1", "443",
         "[2001:db8::1]",                                                                                                                             ""   },
        { __LINE__, "http://[::1]:8080/x%2Fy/z", "http://[::1]:8080",                       "::1",         "8080", "[::1]:8080",
         "/x%2Fy/z"                                                                                                                                        },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        world w = new_world(&good, 1);
        ready p;
        char  path[128], url[256];
        prepare_with(&p, &w, row[i].url, "i", "c", NULL);
        snprintf(path, sizeof path, "%s/contacts/i/c", row[i].base);
        snprintf(url, sizeof url, "%s%s", row[i].expected, path);
        assert_text(p.http->url, url, row[i].line);
        assert_text(p.http->host, row[i].host, row[i].line);
        assert_text(p.http->port, row[i].port, row[i].line);
        assert_text(p.http->authority, row[i].authority, row[i].line);
        assert_text(p.http->path, path, row[i].line);
        assert_number(p.http->tls, strncmp(url, "https", 5) == 0, row[i].line);
        free(p.work);
    }
}

/* ---- the canonical request ------------------------------------------------------------------- */

static char *canonical_of(const cuc_call *call)
{
    const size_t n    = cuc_call_canonical_request(call, NULL, 0);
    char        *text = block(n + 1);
    assert_int_equal(cuc_call_canonical_request(call, text, n + 1), n);
    assert_int_equal(strlen(text), n);
    return text;
}

static void ids_are_encoded_once_on_the_wire_and_twice_when_signed(void **state)
{
    static const struct {
        int         line;
        const char *url, *id, *sent, *is_signed;
    } row[] = {
        /* P01 P02 P03 P04 P06 P07 */
        { __LINE__, NULL,                "a1-b_c.d~e", "/contacts/i/a1-b_c.d~e", "/contacts/i/a1-b_c.d~e"      },
        { __LINE__, NULL,                "a:b",        "/contacts/i/a%3Ab",      "/contacts/i/a%253Ab"         },
        { __LINE__, NULL,                "100%",       "/contacts/i/100%25",     "/contacts/i/100%2525"        },
        { __LINE__, NULL,                "a/b c",      "/contacts/i/a%2Fb%20c",  "/contacts/i/a%252Fb%2520c"   },
        { __LINE__, NULL,                "%2F",        "/contacts/i/%252F",      "/contacts/i/%25252F"         },
        { __LINE__, NULL,                "\xC3\xA9",   "/contacts/i/%C3%A9",     "/contacts/i/%25C3%25A9"      },
        { __LINE__, NULL,                "..x",        "/contacts/i/..x",        "/contacts/i/..x"             },
        { __LINE__, NULL,                "../..",      "/contacts/i/..%2F..",    "/contacts/i/..%252F.."       },
        { __LINE__, NULL,                "\r\n\x01",   "/contacts/i/%0D%0A%01",  "/contacts/i/%250D%250A%2501" },
        { __LINE__, "https://h/a%2Fb/c", "d",          "/a%2Fb/c/contacts/i/d",  "/a%252Fb/c/contacts/i/d"     },
        { __LINE__, "https://h/a:b!$",   "d",          "/a:b!$/contacts/i/d",    "/a%3Ab%21%24/contacts/i/d"   },
        { __LINE__, "https://h/a:b%20",  "%",          "/a:b%20/contacts/i/%25",
         "/a%3Ab%2520/contacts/i/%2525"                                                                        },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        world w = new_world(&good, 1);
        ready p;
        char *canonical;
        prepare_with(&p, &w, row[i].url, "i", row[i].id, NULL);
        assert_text(p.http->path, row[i].sent, row[i].line);
        canonical = canonical_of(&p.call);
        assert_memory_equal(canonical, "POST\n", 5);
        assert_number(strcspn(canonical + 5, "\n"), strlen(row[i].is_signed), row[i].line);
        assert_memory_equal(canonical + 5, row[i].is_signed, strlen(row[i].is_signed));
        free(canonical);
        free(p.work);
    }
}

static void the_canonical_request_has_the_expected_text(void **state)
{
    world         w = new_world(&good, 1);
    unsigned char digest[32];
    char          expected[1024], hex[65], *canonical;
    ready         p;
    (void)state;
    prepare_with(&p, &w, "http://localhost:8080/b", "i", "c", "TOKEN");
    real_sha256(NULL, p.http->body, p.http->body_len, digest);
    to_hex(digest, 32, hex);
    snprintf(expected, sizeof expected,
             "POST\n/b/contacts/i/c\n\ncontent-type:application/json\nhost:localhost:8080\n"
             "x-amz-date:20150830T123600Z\nx-amz-security-token:TOKEN\n\n"
             "content-type;host;x-amz-date;x-amz-security-token\n%s",
             hex);
    canonical = canonical_of(&p.call);
    assert_string_equal(canonical, expected);
    free(canonical);
    free(p.work);
}

/* Remembers what was hashed second: that is the canonical request that was signed. */
static char   hashed[8192];
static size_t hashed_len, hashed_calls;

static int spying_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    if (++hashed_calls == 2) {
        assert_true(len < sizeof hashed);
        memcpy(hashed, data, len);
        hashed_len = len;
    }
    return real_sha256(user, data, len, out);
}

static void check_canonical_is_what_was_hashed(const cuc_call *call)
{
    const size_t n = cuc_call_canonical_request(call, NULL, 0);
    size_t       cap;
    assert_int_equal(n, hashed_len);
    for (cap = 0; cap <= n + 2; cap++) {
        char *buf = block(cap);
        memset(buf, 0x5A, cap);
        assert_int_equal(cuc_call_canonical_request(call, buf, cap), n);
        if (n < cap) assert_memory_equal(buf, hashed, n);
        if (cap > 0) assert_int_equal(strlen(buf), n < cap ? n : 0);
        if (n + 1 < cap) assert_int_equal(buf[n + 1], 0x5A);
        free(buf);
    }
}

static void the_canonical_request_is_the_same_after_a_403(void **state)
{
    static const char *const tokens[] = { NULL, "TOKEN" };
    size_t                   k;
    (void)state;
    for (k = 0; k < 2; k++) {
        world       w = new_world(&good, 1);
        cuc_client  c = world_client(&w);
        cuc_request q = small_request();
        ready       p;
        c.sha256        = spying_sha256;
        c.session_token = cuc_s(tokens[k]);
        q.contact_id    = cuc_s("a:b/c%");
        hashed_calls    = 0;
        prepare(&p, &c, &q);
        check_canonical_is_what_was_hashed(&p.call);
        cuc_call_status(&p.call, 403);
        cuc_call_end(&p.call, CUC_SENT);
        check_canonical_is_what_was_hashed(&p.call);
        assert_int_equal(cuc_call_next(&p.call, NOON), CUC_NEXT_DONE);
        assert_int_equal(result_of(&p.call)->http_status, 403);
        assert_int_equal(cuc_call_canonical_request(&p.call, NULL, 0), 0);
        free(p.work);
    }
}

static void before_the_first_attempt_no_canonical_request_exists(void **state)
{
    world       w = new_world(&good, 1);
    cuc_client  c = world_client(&w);
    cuc_request q = small_request();
    char        room[2048], text[16] = "untouched";
    cuc_call    call;
    (void)state;
    begin_call(&call, &c, &q, room, sizeof room);
    assert_int_equal(cuc_call_canonical_request(&call, text, sizeof text), 0);
    c.region = cuc_s("");
    begin_call(&call, &c, &q, room, sizeof room);
    assert_int_equal(cuc_call_next(&call, NOON), CUC_NEXT_DONE);
    assert_int_equal(cuc_call_canonical_request(&call, text, sizeof text), 0);
    assert_string_equal(text, "untouched");
    assert_int_equal(w.hashes, 0);
}

static int failing_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    return hashed_calls == SIZE_MAX ? 5 : real_sha256(user, data, len, out);
}

static void a_failing_hash_gives_no_canonical_request(void **state)
{
    world       w = new_world(&good, 1);
    cuc_client  c = world_client(&w);
    cuc_request q = small_request();
    ready       p;
    (void)state;
    c.sha256     = failing_sha256;
    hashed_calls = 0;
    prepare(&p, &c, &q);
    hashed_calls = SIZE_MAX;
    assert_int_equal(cuc_call_canonical_request(&p.call, NULL, 0), 0);
    assert_int_equal(result_of(&p.call)->status, CUC_E_UNFINISHED);
    free(p.work);
}

/* Each signed name is sent exactly once, with the signed bytes; and nothing else is sent. P13. */
static void signed_headers_are_the_sent_headers_and_host(void **state)
{
    static const char *const tokens[] = { NULL, "TOKEN" };
    size_t                   k, i;
    (void)state;
    for (k = 0; k < 2; k++) {
        world w = new_world(&good, 1);
        ready p;
        char *canonical, line[256], names[256] = "\n";
        prepare_with(&p, &w, NULL, "i", "c", tokens[k]);
        canonical = canonical_of(&p.call);
        for (i = 0; i < p.http->line_count; i++) {
            if (i == 2) continue; /* authorization itself */
            snprintf(line, sizeof line, "\n%s:%s\n", p.http->names[i], p.http->values[i]);
            assert_non_null(strstr(canonical, line));
            snprintf(names + strlen(names), 64, "%s%s", p.http->names[i],
                     i == 0        ? ";host;"
                     : i == 1 && k ? ";"
                                   : "");
        }
        strcat(names, "\n");
        assert_non_null(strstr(canonical, names));
        snprintf(line, sizeof line, "\nhost:%s\n", p.http->authority);
        assert_non_null(strstr(canonical, line));
        free(canonical);
        free(p.work);
    }
}

/* ---- the raw head ---------------------------------------------------------------------------- */

static void the_head_adds_only_host_and_content_length(void **state)
{
    world w = new_world(&good, 1);
    ready p;
    char  head[2048], expected[2048];
    (void)state;
    prepare_with(&p, &w, "http://localhost:8080/b", "i", "a:b", "TOKEN");
    snprintf(expected, sizeof expected,
             "POST /b/contacts/i/a%%3Ab HTTP/1.1\r\nhost: localhost:8080\r\ncontent-length: 21\r\n"
             "content-type: application/json\r\nx-amz-date: 20150830T123600Z\r\n%s\r\n"
             "x-amz-security-token: TOKEN\r\n\r\n",
             p.http->lines[2]);
    assert_int_equal(cuc_http1_head(p.http, head, sizeof head), strlen(expected));
    assert_string_equal(head, expected);
    assert_string_equal(p.http->body, "{\"Name\":\"Order 1234\"}");
    free(p.work);
}

static void a_head_shorter_than_the_capacity_is_complete(void **state)
{
    world  w = new_world(&good, 1);
    ready  p;
    size_t n, cap;
    char  *whole;
    (void)state;
    prepare_with(&p, &w, NULL, "a b", "c", "TOKEN");
    n     = cuc_http1_head(p.http, NULL, 0);
    whole = block(n + 1);
    assert_int_equal(cuc_http1_head(p.http, whole, n + 1), n);
    assert_int_equal(cuc_http1_head(p.http, NULL, 77), n);
    for (cap = 0; cap <= n + 2; cap++) { /* P51 */
        char *buf = block(cap);
        memset(buf, 0x5A, cap);
        assert_int_equal(cuc_http1_head(p.http, buf, cap), n);
        if (cap > 0) assert_string_equal(buf, n < cap ? whole : "");
        if (n + 1 < cap) assert_int_equal(buf[n + 1], 0x5A);
        free(buf);
    }
    free(whole);
    free(p.work);
}

static void repeated(char *text, size_t n, char c)
{
    memset(text, c, n);
    text[n] = 0;
}

/* The documented terms: ids of 128 bytes together, URL, access key and secret of 128 each. */
static void the_documented_sizes_hold_at_their_documented_limits(void **state)
{
    static char token[2049], url[129], key[129], secret[129], instance[65], contact[65], region[64];
    int         made, plain;
    (void)state;
    repeated(token, 2048, 'T');
    repeated(key, 128, 'K');
    repeated(secret, 128, 'S');
    repeated(instance, 64, 'i');
    repeated(contact, 64, 'c');
    repeated(region, 63, 'r');
    for (plain = 0; plain < 2; plain++)
        for (made = 0; made < 2; made++) { /* P51 P12 */
            world       w = new_world(&good, 1);
            cuc_client  c = world_client(&w);
            cuc_request q = small_request();
            cuc_result  r;
            ready       p;
            repeated(url, 128, plain ? 'h' : ':');
            memcpy(url, plain ? "http://" : "http://h:12345/", plain ? 7 : 15);
            c.endpoint_url  = cuc_s(url);
            c.region        = cuc_s(region);
            c.access_key    = cuc_s(key);
            c.secret_key    = cuc_s(secret);
            c.session_token = cuc_s(token);
            q.instance_id   = cuc_s(instance);
            q.contact_id    = cuc_s(contact);
            if (made) c.hmac_sha256 = NULL;
            (void)cuc_update_contact(&c, &q, NULL, 0, &r);
            if (r.required > CUC_WORK_SIZE(21, 2048))
                fail_msg("%d bytes, %d promised", (int)r.required, (int)CUC_WORK_SIZE(21, 2048));
            prepare(&p, &c, &q);
            assert_true(cuc_http1_head(p.http, NULL, 0) < CUC_HEAD_SIZE(2048));
            free(p.work);
        }
}

static void a_region_with_the_longest_host_fits_the_documented_sizes(void **state)
{
    static const char *const regions[] = { "us-gov-west-1", "cn-northwest-1", NULL };
    static char              key[129], instance[65], contact[65], longest[64];
    size_t                   i;
    (void)state;
    repeated(key, 128, 'K');
    repeated(instance, 64, 'i');
    repeated(contact, 64, 'c');
    repeated(longest, 63, '1');
    memcpy(longest, "cn-x-", 5);
    for (i = 0; i < ROWS(regions); i++) {
        world       w = new_world(&good, 1);
        cuc_client  c = world_client(&w);
        cuc_request q = small_request();
        cuc_result  r;
        ready       p;
        c.region   = cuc_s(regions[i] != NULL ? regions[i] : longest);
        c.use_fips = c.use_dualstack = 1;
        c.access_key                 = cuc_s(key);
        c.secret_key                 = cuc_s(key);
        c.hmac_sha256                = NULL;
        q.instance_id                = cuc_s(instance);
        q.contact_id                 = cuc_s(contact);
        (void)cuc_update_contact(&c, &q, NULL, 0, &r);
        assert_true(r.required <= CUC_WORK_SIZE(21, 0));
        prepare(&p, &c, &q);
        assert_true(cuc_http1_head(p.http, NULL, 0) < CUC_HEAD_SIZE(0));
        free(p.work);
    }
}

/* ---- random requests ------------------------------------------------------------------------- */

/* A quick hash, so that thousands of requests take no time; any change of a bit shows. */
static int quick_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    const unsigned char *p = data;
    uint64_t             h = 14695981039346656037u;
    size_t               i;
    (void)user;
    for (i = 0; i < len; i++) h = (h ^ p[i]) * 1099511628211u;
    for (i = 0; i < 32; i++) out[i] = (unsigned char)(next_random(&h) >> 7);
    return 0;
}

static const char *random_text(uint64_t *random, char *out, const char *alphabet, size_t most)
{
    const size_t n = 1 + next_random(random) % most;
    size_t       i;
    for (i = 0; i < n; i++) out[i] = alphabet[next_random(random) % strlen(alphabet)];
    out[n] = 0;
    return out;
}

typedef struct texts {
    char region[16], url[64], key[24], secret[48], token[48], instance[24], contact[24], name[48];
} texts;

#define SAFE "abcxyzABC019-_.~"
#define ODD "ab/:%+ =&?#@\"\\\r\n\t\x01\x7F~-"

static void random_call(uint64_t *random, texts *t, cuc_client *c, cuc_request *q)
{
    static const char *const urls[] = { "https://h.example/%s", "http://[::1]:81/a/%s",
                                        "https://h:8443/%s" };
    char                     base[16];
    memset(c, 0, sizeof *c);
    memset(q, 0, sizeof *q);
    c->sha256     = quick_sha256;
    c->send       = world_send; /* never called: these requests are only prepared */
    c->region     = cuc_s(random_text(random, t->region, "abc", 15));
    c->access_key = cuc_s(random_text(random, t->key, SAFE "+=", 20));
    c->secret_key = cuc_s(random_text(random, t->secret, SAFE "/+=", 40));
    if (next_random(random) % 2)
        c->session_token = cuc_s(random_text(random, t->token, SAFE "/+=", 40));
    snprintf(t->url, sizeof t->url, urls[next_random(random) % 3],
             random_text(random, base, "abc:@!$~", 9));
    if (next_random(random) % 2) c->endpoint_url = cuc_s(t->url);
    q->instance_id = cuc_s(random_text(random, t->instance, ODD, 20));
    q->contact_id  = cuc_s(random_text(random, t->contact, ODD, 20));
    q->name        = cuc_s(random_text(random, t->name, ODD, 40));
}

/* P30: whatever the caller passes, the head of the request is visible ASCII and blanks. */
static void check_visible(const cuc_http_request *h)
{
    const size_t n    = cuc_http1_head(h, NULL, 0);
    char        *head = block(n + 1);
    size_t       i, lines = 0;
    (void)cuc_http1_head(h, head, n + 1);
    for (i = 0; i < n; i++) {
        if (head[i] == '\r' && head[i + 1] == '\n') lines++, i++;
        else assert_in_range((unsigned char)head[i], 0x20, 0x7E);
    }
    assert_int_equal(lines, 3 + h->line_count + 1);
    for (i = 0; i < h->url_len; i++) assert_in_range((unsigned char)h->url[i], 0x21, 0x7E);
    free(head);
}

static void sign_in_general(const cuc_client *c, const cuc_http_request *h, const char *canonical)
{
    static const char *const names[] = { "Content-Type", "HOST" };
    cuc_sign_header          headers[2];
    cuc_sign_input           in;
    cuc_signed               out;
    cuc_result               r;
    char                     room[4096];
    memset(&in, 0, sizeof in);
    headers[0].name = cuc_s(names[0]), headers[0].value = cuc_s(h->values[0]);
    headers[1].name = cuc_s(names[1]), headers[1].value = cuc_s(h->authority);
    in.method       = cuc_s("POST");
    in.path         = cuc_s(h->path);
    in.headers      = headers;
    in.header_count = 2;
    in.body         = view(h->body, h->body_len);
    assert_int_equal(cuc_sign(c, &in, NOON, room, sizeof room, &out, &r), CUC_OK);
    assert_string_equal(out.canonical_request.ptr, canonical);
    assert_string_equal(out.authorization.ptr, h->values[2]);
    assert_string_equal(out.amz_date.ptr, h->values[1]);
}

static void random_requests_have_the_signature_that_cuc_sign_gives(void **state)
{
    uint64_t random = 7;
    int      round, done = 0;
    (void)state;
    for (round = 0; round < 10000; round++) {
        texts       t;
        cuc_client  c;
        cuc_request q;
        ready       p;
        char       *canonical;
        random_call(&random, &t, &c, &q);
        if (round % 2 == 0) c.hmac_sha256 = NULL;
        prepare(&p, &c, &q);
        check_view(p.http);
        check_visible(p.http);
        canonical = canonical_of(&p.call);
        sign_in_general(&c, p.http, canonical);
        free(canonical);
        free(p.work);
        done++;
    }
    assert_int_equal(done, 10000);
}

int test_http(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_string_has_a_length_and_a_terminator),
        cmocka_unit_test(header_lines_are_complete_and_the_token_is_last),
        cmocka_unit_test(url_host_port_authority_and_path_fit_together),
        cmocka_unit_test(ids_are_encoded_once_on_the_wire_and_twice_when_signed),
        cmocka_unit_test(the_canonical_request_has_the_expected_text),
        cmocka_unit_test(the_canonical_request_is_the_same_after_a_403),
        cmocka_unit_test(before_the_first_attempt_no_canonical_request_exists),
        cmocka_unit_test(a_failing_hash_gives_no_canonical_request),
        cmocka_unit_test(signed_headers_are_the_sent_headers_and_host),
        cmocka_unit_test(the_head_adds_only_host_and_content_length),
        cmocka_unit_test(a_head_shorter_than_the_capacity_is_complete),
        cmocka_unit_test(the_documented_sizes_hold_at_their_documented_limits),
        cmocka_unit_test(a_region_with_the_longest_host_fits_the_documented_sizes),
        cmocka_unit_test(random_requests_have_the_signature_that_cuc_sign_gives),
    };
    return GROUP(tests);
}
