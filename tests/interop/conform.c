/* tests/interop/conform.c - answers requests, responses and endpoints in bulk, to be compared with
 * any other implementation:  build/conform request|response|endpoint <items >answers
 * needs: openssl
 *
 * Items and answers are lines of words; a string is `x` and its bytes in hex, `-` is absent. An
 * item is taken as one run of words, so that it does not matter where its lines are broken. It uses
 * public names only, and is stricter than a caller would be: see make_call, sign_again. An error
 * that is its own, not the header's, begins with "conform: ". */
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "../support/basics.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

/* ---- what is lent ---------------------------------------------------------------------------- */

static int lend_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)user;
    return SHA256(data, len, out) == NULL;
}

static int lend_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                     unsigned char out[32])
{
    (void)user;
    return HMAC(EVP_sha256(), key, (int)key_len, data, len, out, NULL) == NULL;
}

/* ---- an item: its words, and the memory that hangs on it ------------------------------------- */

typedef struct item {
    char       *text; /* what stands between `begin ID` and `end`, line ends as they are */
    size_t      len, cap, at;
    size_t      entries; /* that maps and lists have said to have                                 */
    char       *id, *next_id; /* given back as they are; next_id: its `begin` came too soon */
    const char *problem; /* the first one; NULL: none                                             */
    void      **blocks;
    size_t      block_count, block_cap;
} item;

static void *must(void *p)
{
    if (p != NULL) return p;
    fputs("conform: out of memory\n", stderr);
    exit(1);
}

/* A block of exactly n zeroes, freed with the item: a sanitizer sees the first byte too many. */
static void *take(item *it, size_t n)
{
    if (it->block_count == it->block_cap) {
        it->block_cap = it->block_cap * 2 + 64;
        it->blocks    = must(realloc(it->blocks, it->block_cap * sizeof *it->blocks));
    }
    return it->blocks[it->block_count++] = must(calloc(n == 0 ? 1 : n, 1));
}

static void forget(item *it)
{
    while (it->block_count > 0) free(it->blocks[--it->block_count]);
    free(it->id);
    it->id      = it->next_id;
    it->next_id = NULL;
    it->problem = NULL;
    it->len = it->at = it->entries = 0;
}

static void blame(item *it, const char *problem)
{
    if (it->problem == NULL) it->problem = problem;
}

/* A word and whether it is one: bytes up to the next blank or line end. */
typedef struct word {
    const char *ptr;
    size_t      len;
} word;

static int is_gap(char c) { return c == ' ' || c == '\n'; }

static word next_word(item *it)
{
    word w;
    while (it->at < it->len && is_gap(it->text[it->at])) it->at++;
    w.ptr = it->text + it->at;
    w.len = 0;
    while (it->at < it->len && !is_gap(it->text[it->at])) {
        it->at++;
        w.len++;
    }
    return w;
}

static int is(word w, const char *text)
{
    return w.len == strlen(text) && memcmp(w.ptr, text, w.len) == 0;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

static cuc_str next_string(item *it)
{
    const word   w = next_word(it);
    const size_t n = w.len / 2;
    cuc_str      s = CUC_ZERO;
    char        *out;
    size_t       i;
    if (is(w, "-")) return s;
    if (w.len % 2 != 1 || w.ptr[0] != 'x') {
        blame(it, "conform: not well-formed: a string was expected");
        return s;
    }
    s.ptr = out = take(it, n);
    s.len       = n;
    for (i = 0; i < n; i++) {
        const int high = digit(w.ptr[1 + 2 * i]), low = digit(w.ptr[2 + 2 * i]);
        if (high < 0 || low < 0) blame(it, "conform: not well-formed: hex was expected");
        out[i] = (char)((high < 0 ? 0 : high) * 16 + (low < 0 ? 0 : low));
    }
    return s;
}

static int64_t next_number(item *it, int64_t min, int64_t max)
{
    const word w = next_word(it);
    char       copy[24], *end;
    long long  n;
    if (w.len == 0 || w.len >= sizeof copy || is_gap(w.ptr[0])) {
        blame(it, "conform: not well-formed: a number was expected");
        return min;
    }
    memcpy(copy, w.ptr, w.len);
    copy[w.len] = 0;
    errno       = 0;
    n           = strtoll(copy, &end, 10);
    if (*end != 0 || strlen(copy) != w.len) {
        blame(it, "conform: not well-formed: a number was expected");
        return min;
    }
    if (errno == 0 && n >= min && n <= max) return n;
    blame(it, "conform: a number is out of range");
    return min;
}

/* How many entries follow. Each takes two bytes at least, so counts that lie are seen before memory
 * is taken for them. */
static size_t next_count(item *it)
{
    const int64_t n = next_number(it, 0, INT32_MAX);
    it->entries += (size_t)n;
    if (it->entries <= it->len / 2) return (size_t)n;
    blame(it, "conform: not well-formed: there are fewer entries than it says");
    return 0;
}

static void expect(item *it, const char *keyword)
{
    if (!is(next_word(it), keyword)) blame(it, "conform: not well-formed: a keyword is missing");
}

/* ---- reading items: a bad one is answered like any other, and the next one is found again ---- */

static void put_byte(item *it, int c)
{
    if (it->len == it->cap) {
        it->cap  = it->cap * 2 + 4096;
        it->text = must(realloc(it->text, it->cap));
    }
    it->text[it->len++] = (char)c;
}

/* One line onto the text, line end included; 0 at the end of the input. */
static int read_line(item *it, size_t *from)
{
    int c = getchar();
    *from = it->len;
    for (; c != EOF && c != '\n'; c = getchar()) put_byte(it, c);
    if (c == EOF && it->len == *from) return 0;
    put_byte(it, '\n');
    return 1;
}

static int line_is(const item *it, size_t from, const char *text)
{
    const size_t n = strlen(text);
    return it->len - from > n && memcmp(it->text + from, text, n) == 0 &&
           is_gap(it->text[from + n]);
}

static char *take_id(item *it, size_t from)
{
    word  w;
    char *id;
    it->at    = from + strlen("begin");
    w         = next_word(it);
    id        = memcpy(must(malloc(w.len + 1)), w.ptr, w.len);
    id[w.len] = 0;
    return id;
}

/* From `begin ID` to `end`; what stands between items is nobody's. An item that the next `begin` or
 * the end of the input cuts short is bad, and the next one begins there. 0: no more items. */
static int read_item(item *it)
{
    size_t from;
    forget(it);
    while (read_line(it, &from)) {
        const int begins = line_is(it, from, "begin"), ends = line_is(it, from, "end");
        if (it->id == NULL) {
            if (begins) it->id = take_id(it, from);
            it->len = 0;
        } else if (begins || ends) {
            if (begins) it->next_id = take_id(it, from);
            it->len = from;
            it->at  = 0;
            if (begins) blame(it, "conform: not well-formed: end is missing");
            return 1;
        }
    }
    blame(it, "conform: not well-formed: end is missing");
    return it->id != NULL;
}

/* ---- answers --------------------------------------------------------------------------------- */

static void put_string(const char *ptr, size_t len)
{
    static const char hex[] = "0123456789abcdef";
    size_t            i;
    putchar(' ');
    putchar(ptr == NULL ? '-' : 'x');
    for (i = 0; ptr != NULL && i < len; i++) {
        putchar(hex[(unsigned char)ptr[i] >> 4]);
        putchar(hex[(unsigned char)ptr[i] & 15]);
    }
}

static void say(const char *name, const char *ptr, size_t len)
{
    fputs(name, stdout);
    put_string(ptr, len);
    putchar('\n');
}

static void say_text(const char *name, const char *text) { say(name, text, strlen(text)); }

/* In the arrays of a result empty means absent. */
static void say_array(const char *name, const char *text)
{
    say(name, text[0] != 0 ? text : NULL, strlen(text));
}

static void say_error(const cuc_result *result)
{
    char text[CUC_TEXT_SIZE];
    cuc_result_text(result, text, sizeof text);
    say_text("error", text);
}

/* ---- request --------------------------------------------------------------------------------- */

typedef struct level { /* a map or list of segment attributes that is being read */
    cuc_segment  *items;
    size_t        count, next;
    int           keyed;
    struct level *outer;
} level;

static level *open_level(item *it, level *outer, int keyed)
{
    level *l = take(it, sizeof *l);
    l->count = next_count(it);
    l->items = take(it, l->count * sizeof *l->items);
    l->keyed = keyed;
    l->outer = outer;
    return l;
}

/* One value; a level when it is a map or list. */
static level *read_value(item *it, cuc_segment *s, level *outer)
{
    const word w    = next_word(it);
    level     *more = NULL;
    if (is(w, "s") || is(w, "a")) {
        s->kind = is(w, "s") ? CUC_SEGMENT_STRING : CUC_SEGMENT_ARN;
        s->text = next_string(it);
    } else if (is(w, "i")) {
        s->kind    = CUC_SEGMENT_INTEGER;
        s->integer = (int32_t)next_number(it, INT32_MIN, INT32_MAX);
    } else if (is(w, "m") || is(w, "l")) {
        s->kind  = is(w, "m") ? CUC_SEGMENT_MAP : CUC_SEGMENT_LIST;
        more     = open_level(it, outer, is(w, "m"));
        s->items = more->items;
        s->count = more->count;
    } else {
        blame(it, "conform: not well-formed: the kind of a value was expected");
    }
    return more;
}

/* No recursion: an item may be nested a million deep, and is then refused like any other. */
static void read_segments(item *it, cuc_request *q)
{
    level *l                   = open_level(it, NULL, 1);
    q->segment_attributes      = l->items;
    q->segment_attribute_count = l->count;
    while (l != NULL && it->problem == NULL) {
        if (l->next == l->count) {
            l = l->outer;
        } else {
            cuc_segment *s = &l->items[l->next++];
            level       *more;
            if (l->keyed) {
                expect(it, "k");
                s->key = next_string(it);
            }
            more = read_value(it, s, l);
            if (more != NULL) l = more;
        }
    }
}

static void read_references(item *it, cuc_request *q)
{
    const size_t   n   = next_count(it);
    cuc_reference *r   = take(it, n * sizeof *r);
    q->references      = r;
    q->reference_count = n;
    for (; r < q->references + n && it->problem == NULL; r++) {
        expect(it, "r");
        r->key           = next_string(it);
        r->type          = next_string(it);
        r->value         = next_string(it);
        r->status        = next_string(it);
        r->arn           = next_string(it);
        r->status_reason = next_string(it);
    }
}

static void read_cc(item *it, cuc_request *q)
{
    const size_t       n      = next_count(it);
    cuc_email_address *e      = take(it, n * sizeof *e);
    q->cc_email_addresses     = e;
    q->cc_email_address_count = n;
    for (; e < q->cc_email_addresses + n && it->problem == NULL; e++) {
        expect(it, "e");
        e->email_address = next_string(it);
        e->display_name  = next_string(it);
    }
}

static void read_endpoint(item *it, cuc_client *c)
{
    c->region        = next_string(it);
    c->use_fips      = (int)next_number(it, 0, 1);
    c->use_dualstack = (int)next_number(it, 0, 1);
    c->endpoint_url  = next_string(it);
}

static void read_credentials(item *it, cuc_client *c)
{
    c->access_key    = next_string(it);
    c->secret_key    = next_string(it);
    c->session_token = next_string(it);
}

static void read_pair(item *it, cuc_endpoint *e)
{
    e->type    = next_string(it);
    e->address = next_string(it);
}

static void read_ids(item *it, cuc_request *q)
{
    q->instance_id = next_string(it);
    q->contact_id  = next_string(it);
}

static void read_request(item *it, cuc_client *c, cuc_request *q, int64_t *now_ms)
{
    word w = next_word(it);
    for (; w.len > 0 && it->problem == NULL; w = next_word(it)) {
        if (is(w, "time")) *now_ms = next_number(it, INT64_MIN / 1000, INT64_MAX / 1000) * 1000;
        else if (is(w, "credentials")) read_credentials(it, c);
        else if (is(w, "endpoint")) read_endpoint(it, c);
        else if (is(w, "ids")) read_ids(it, q);
        else if (is(w, "name")) q->name = next_string(it);
        else if (is(w, "description")) q->description = next_string(it);
        else if (is(w, "references")) read_references(it, q);
        else if (is(w, "segments")) read_segments(it, q);
        else if (is(w, "queue")) q->queue_id = next_string(it);
        else if (is(w, "user")) q->user_id = next_string(it);
        else if (is(w, "customer")) read_pair(it, &q->customer_endpoint);
        else if (is(w, "system")) read_pair(it, &q->system_endpoint);
        else if (is(w, "cc")) read_cc(it, q);
        else blame(it, "conform: not well-formed: an unknown line");
    }
}

/* What is answered, in one place so that every check is over before the first line is written. */
typedef struct made {
    cuc_call                call;
    const cuc_http_request *http;
    char                   *canonical;
    size_t                  canonical_len;
    cuc_signed              sign;
    cuc_result              result;
    const char             *broken; /* a promise that was not kept; NULL: none */
} made;

/* The first attempt in a buffer of n bytes. Returns what cuc_call_next said; the result is m's. */
static cuc_next try_call(item *it, made *m, const cuc_client *c, const cuc_request *q,
                         int64_t now_ms, size_t n, int measure)
{
    cuc_next next;
    cuc_call_begin(&m->call, c, q, measure ? NULL : take(it, n), n, &m->result);
    if (m->result.status != CUC_E_UNFINISHED)
        m->broken = "conform: the result is not unfinished after cuc_call_begin";
    next = cuc_call_next(&m->call, now_ms);
    if ((next == CUC_NEXT_DONE) == (m->result.status == CUC_E_UNFINISHED))
        m->broken = "conform: only the end of the call may replace CUC_E_UNFINISHED";
    return next;
}

/* Measured, refused with one byte less, done with exactly that: 0 when there is nothing to send. */
static int make_call(item *it, made *m, const cuc_client *c, const cuc_request *q, int64_t now_ms)
{
    size_t need;
    if (try_call(it, m, c, q, now_ms, 0, 1) != CUC_NEXT_DONE) {
        m->broken = "conform: measuring did not end";
        return 0;
    }
    if (m->result.status != CUC_E_SPACE) {
        if (m->result.status == CUC_OK) m->broken = "conform: measuring ended well";
        return 0;
    }
    need = m->result.required;
    if (try_call(it, m, c, q, now_ms, need - 1, 0) != CUC_NEXT_DONE) {
        m->broken = "conform: one byte less than measured was enough";
        return 0;
    }
    if (m->result.status != CUC_E_SPACE) return 0; /* a problem that measuring does not look for */
    if (m->result.required != need) m->broken = "conform: one byte less has another need";
    if (try_call(it, m, c, q, now_ms, need, 0) == CUC_NEXT_SEND) return m->broken == NULL;
    if (m->result.status == CUC_E_SPACE) m->broken = "conform: the measured size is not enough";
    return 0;
}

static void make_canonical(item *it, made *m)
{
    const size_t n   = cuc_call_canonical_request(&m->call, NULL, 0);
    char        *buf = take(it, n + 1);
    if (n == 0 || cuc_call_canonical_request(&m->call, buf, n + 1) != n || strlen(buf) != n)
        m->broken = "conform: the canonical request has another length than measured";
    m->canonical     = buf;
    m->canonical_len = n;
}

/* The same request through the general signer, which is lent no HMAC: both ways to have one agree.
 * Its buffer is exact, too. */
static void sign_again(item *it, made *m, const cuc_client *c, int64_t now_ms)
{
    cuc_client      plain      = *c;
    cuc_sign_header headers[2] = {
        { CUC_STR("Content-Type"), CUC_STR("application/json") },
        { CUC_STR("Host"),         CUC_STR("")                 }
    };
    cuc_sign_input in = CUC_ZERO;
    cuc_result     r;
    size_t         need;
    plain.hmac_sha256 = NULL;
    in.method         = cuc_s(m->http->method);
    in.path           = cuc_s(m->http->path);
    headers[1].value  = cuc_s(m->http->authority);
    in.headers        = headers;
    in.header_count   = 2;
    in.body.ptr       = m->http->body;
    in.body.len       = m->http->body_len;
    if (cuc_sign(&plain, &in, now_ms, NULL, 0, &m->sign, &r) != CUC_E_SPACE) {
        m->broken = "conform: cuc_sign does not measure";
        return;
    }
    need = r.required;
    if (cuc_sign(&plain, &in, now_ms, take(it, need - 1), need - 1, &m->sign, &r) != CUC_E_SPACE ||
        r.required != need)
        m->broken = "conform: cuc_sign does not refuse one byte less with the same need";
    else if (cuc_sign(&plain, &in, now_ms, take(it, need), need, &m->sign, &r) != CUC_OK)
        m->broken = "conform: cuc_sign refuses what was signed";
}

static int equal(cuc_str a, const char *ptr, size_t len)
{
    return a.len == len && memcmp(a.ptr, ptr, len) == 0;
}

static void compare(made *m)
{
    const cuc_http_request *h = m->http;
    size_t                  i, same = 0;
    for (i = 0; i < h->line_count; i++)
        same += strcmp(h->names[i], "authorization") == 0 &&
                equal(m->sign.authorization, h->values[i], strlen(h->values[i]));
    if (same != 1) m->broken = "conform: cuc_sign gives another Authorization";
    if (!equal(m->sign.canonical_request, m->canonical, m->canonical_len))
        m->broken = "conform: cuc_sign gives another canonical request";
    if (h->url_len != strlen(h->url) || h->path_len != strlen(h->path) ||
        h->authority_len != strlen(h->authority) || h->body[h->body_len] != 0)
        m->broken = "conform: a length of the view is wrong";
}

static void say_made(const made *m)
{
    const cuc_http_request *h = m->http;
    size_t                  i;
    say_text("method", h->method);
    say_text("url", h->url);
    say_text("host", h->authority);
    say_text("path", h->path);
    for (i = 0; i < h->line_count; i++) {
        fputs("header", stdout);
        put_string(h->names[i], strlen(h->names[i]));
        put_string(h->values[i], strlen(h->values[i]));
        putchar('\n');
    }
    say("body", h->body, h->body_len);
    say("canonical_request", m->canonical, m->canonical_len);
    say("string_to_sign", m->sign.string_to_sign.ptr, m->sign.string_to_sign.len);
}

static void answer_request(item *it)
{
    cuc_client  c      = CUC_ZERO;
    cuc_request q      = CUC_ZERO;
    int64_t     now_ms = 0;
    made        m;
    memset(&m, 0, sizeof m);
    c.sha256      = lend_sha256;
    c.hmac_sha256 = lend_hmac;
    read_request(it, &c, &q, &now_ms);
    if (it->problem != NULL) {
        say_text("error", it->problem);
        return;
    }
    if (make_call(it, &m, &c, &q, now_ms)) {
        m.http = cuc_call_http_request(&m.call);
        make_canonical(it, &m);
        if (m.broken == NULL) sign_again(it, &m, &c, now_ms);
        if (m.broken == NULL) compare(&m);
        if (m.broken == NULL) say_made(&m);
    } else if (m.broken == NULL) {
        say_error(&m.result);
    }
    if (m.broken != NULL) say_text("error", m.broken);
}

/* ---- response -------------------------------------------------------------------------------- */

typedef struct reply {
    int     status;
    char  **lines; /* "NAME: VALUE" */
    size_t *line_len, line_count;
    cuc_str body;
    size_t  chunk;
} reply;

static void read_header(item *it, reply *r)
{
    const cuc_str name = next_string(it), value = next_string(it);
    const size_t  n    = name.len + 2 + value.len;
    char         *line = take(it, n);
    if (name.ptr == NULL || value.ptr == NULL) {
        blame(it, "conform: not well-formed: a header needs name and value");
        return;
    }
    memcpy(line, name.ptr, name.len);
    memcpy(line + name.len, ": ", 2);
    memcpy(line + name.len + 2, value.ptr, value.len);
    r->lines[r->line_count]      = line;
    r->line_len[r->line_count++] = n;
}

static void read_reply(item *it, reply *r)
{
    const size_t most = it->len / 8 + 1; /* "header x" is the least that a header takes */
    word         w    = next_word(it);
    r->lines          = take(it, most * sizeof *r->lines);
    r->line_len       = take(it, most * sizeof *r->line_len);
    for (; w.len > 0 && it->problem == NULL; w = next_word(it)) {
        if (is(w, "status")) r->status = (int)next_number(it, -32767, 32767);
        else if (is(w, "header")) read_header(it, r);
        else if (is(w, "body")) r->body = next_string(it);
        else if (is(w, "chunk")) r->chunk = (size_t)next_number(it, 0, INT32_MAX);
        else blame(it, "conform: not well-formed: an unknown line");
    }
}

/* Each piece is a block of its own size, as a transport's buffer would be. */
static void feed(cuc_call *call, const reply *r)
{
    size_t i, n;
    cuc_call_status(call, r->status);
    for (i = 0; i < r->line_count; i++) cuc_call_header(call, r->lines[i], r->line_len[i]);
    for (i = 0; i < r->body.len; i += n) {
        char *piece;
        n     = r->chunk == 0 || r->chunk > r->body.len - i ? r->body.len - i : r->chunk;
        piece = memcpy(must(malloc(n)), r->body.ptr + i, n);
        cuc_call_body(call, piece, n);
        free(piece);
    }
    cuc_call_end(call, CUC_SENT);
}

/* Source: the service model, errors of UpdateContact. */
static const char *kind_of(const char *code)
{
    static const char *const kinds[] = {
        "InvalidRequestException",  "InvalidParameterException",   "ResourceNotFoundException",
        "InternalServiceException", "ThrottlingException",         "AccessDeniedException",
        "ConflictException",        "InvalidActiveRegionException"
    };
    size_t i;
    for (i = 0; i < ROWS(kinds); i++)
        if (strcmp(code, kinds[i]) == 0) return kinds[i];
    return "other";
}

static void answer_response(item *it)
{
    static char work[CUC_WORK_SIZE(64, 0)];
    cuc_client  c = CUC_ZERO;
    cuc_request q = CUC_ZERO;
    cuc_call    call;
    reply       reply = CUC_ZERO;
    cuc_result  r;
    c.sha256       = lend_sha256;
    c.region       = cuc_s("us-east-1");
    c.access_key   = cuc_s("AKIDEXAMPLE");
    c.secret_key   = cuc_s("secret");
    c.max_attempts = 1;
    q.instance_id  = cuc_s("i");
    q.contact_id   = cuc_s("c");
    q.name         = cuc_s("n");
    read_reply(it, &reply);
    cuc_call_begin(&call, &c, &q, work, sizeof work, &r);
    if (it->problem == NULL && cuc_call_next(&call, 1440938160000) != CUC_NEXT_SEND)
        blame(it, "conform: the request for this response was refused");
    if (it->problem == NULL) {
        feed(&call, &reply);
        if (cuc_call_next(&call, 1440938160000) != CUC_NEXT_DONE)
            blame(it, "conform: one attempt was asked for, and there is another one");
    }
    if (it->problem != NULL) {
        say_text("error", it->problem);
        return;
    }
    printf("outcome %s\n", r.status == CUC_OK ? "success" : "error");
    say_array("kind", r.status == CUC_OK ? "" : kind_of(r.code));
    say_array("code", r.code);
    say_array("message", r.message);
    say_array("request", r.request_id);
}

/* ---- endpoint -------------------------------------------------------------------------------- */

static void answer_endpoint(item *it)
{
    cuc_client c = CUC_ZERO;
    cuc_result r;
    char      *buf;
    size_t     need;
    expect(it, "endpoint");
    read_endpoint(it, &c);
    if (next_word(it).len > 0) blame(it, "conform: not well-formed: more than an endpoint");
    if (it->problem != NULL) {
        say_text("error", it->problem);
        return;
    }
    if (cuc_resolve_endpoint(&c, NULL, 0, &r) != CUC_E_SPACE) {
        if (r.status == CUC_OK) say_text("error", "conform: measuring ended well");
        else say_error(&r);
        return;
    }
    need = r.required;
    if (cuc_resolve_endpoint(&c, take(it, need - 1), need - 1, &r) != CUC_E_SPACE ||
        r.required != need) {
        say_text("error", "conform: one byte less is not refused with the same need");
        return;
    }
    buf = take(it, need);
    if (cuc_resolve_endpoint(&c, buf, need, &r) != CUC_OK || strlen(buf) != need - 1)
        say_text("error", "conform: the measured size is not what is needed");
    else say_text("url", buf);
}

/* ---- main ------------------------------------------------------------------------------------ */

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*answer)(item *it);
    } modes[] = {
        { "request",  answer_request  },
        { "response", answer_response },
        { "endpoint", answer_endpoint }
    };
    item   it;
    size_t mode;
    memset(&it, 0, sizeof it);
    for (mode = 0; mode < 3; mode++)
        if (argc == 2 && strcmp(argv[1], modes[mode].name) == 0) break;
    if (mode == 3) {
        fputs("usage: conform request|response|endpoint <items >answers\n", stderr);
        return 2;
    }
    while (read_item(&it)) {
        printf("answer %s\n", it.id);
        modes[mode].answer(&it);
        puts("end");
        fflush(stdout); /* so that a peer may wait for the answer before its next item */
    }
    forget(&it);
    free(it.blocks);
    free(it.text);
    return 0;
}
