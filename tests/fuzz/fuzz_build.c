/* Bytes become a request and a client; what comes out of validation, JSON, URL, signature and head
 * is compared with what is worked out here in another way. */
#define _POSIX_C_SOURCE 200809L
#include <time.h>

#include "fuzz.h"

/* ---- input ----------------------------------------------------------------------------------- */

enum { VALUES = 512, KEYS = 512, MARGIN = 1024 };

typedef struct input {
    cuc_request     request;
    cuc_client      client;
    cuc_shared      shared;
    cuc_signing_key key;
    int64_t         now_ms;
    size_t          cap;            /* for the buffers that are too small */
    cuc_str         values[VALUES]; /* what no message may repeat         */
    cuc_str         keys[KEYS];
    size_t          value_count, key_count;
    unsigned        nodes;
} input;

enum {
    HAS_IDS         = 1,
    HAS_NAME        = 2,
    HAS_DESCRIPTION = 4,
    HAS_REFERENCES  = 8,
    HAS_SEGMENTS    = 16,
    HAS_QUEUE       = 32,
    HAS_USER        = 64,
    HAS_CUSTOMER    = 128,
    HAS_SYSTEM      = 256,
    HAS_BODY        = 512,
    HAS_URL         = 1024,
    HAS_TOKEN       = 2048,
    HAS_CREDENTIALS = 4096,
    HAS_KEY         = 8192,
    HAS_MAC         = 16384,
    HAS_TIME        = 32768,
    HAS_RECIPIENTS  = 65536
};

static cuc_str keep(input *in, cuc_str s, int is_key)
{
    if (s.ptr == NULL) return s;
    if (is_key && in->key_count < KEYS) in->keys[in->key_count++] = s;
    if (!is_key && in->value_count < VALUES) in->values[in->value_count++] = s;
    return s;
}

static cuc_str take_value(input *in, bytes *b) { return keep(in, take_text(b), 0); }

static cuc_str text_of(const char *s) { return copy_of(s, strlen(s)); }

/* Hundreds of keys that are numbers; one may stand twice. */
static void take_many_references(bytes *b, cuc_reference *r, size_t n)
{
    const cuc_str type  = text_of("URL");
    const size_t  twice = (size_t)take_number(b, 2), of = (size_t)take_number(b, 2);
    char          digits[8];
    size_t        i;
    for (i = 0; i < n; i++) {
        snprintf(digits, sizeof digits, "%u", (unsigned)(i == twice ? of % n : i) & 0xFFFFu);
        r[i].key  = text_of(digits);
        r[i].type = type;
    }
}

static void take_references(input *in, bytes *b)
{
    const unsigned how = take(b);
    const size_t   n   = how == 255 ? 100 + (size_t)take_number(b, 2) % 400 : how % 9;
    cuc_reference *r   = block(n * sizeof *r);
    size_t         i;
    memset(r, 0, n * sizeof *r);
    in->request.references      = r;
    in->request.reference_count = n;
    if (how == 255) take_many_references(b, r, n);
    for (i = 0; how != 255 && i < n; i++) {
        const unsigned set = take(b);
        r[i].key           = keep(in, take_text(b), 1);
        r[i].type          = set & 1 ? take_value(in, b) : text_of("URL");
        if (set & 2) r[i].value = take_value(in, b);
        if (set & 4) r[i].status = take_value(in, b);
        if (set & 8) r[i].arn = take_value(in, b);
        if (set & 16) r[i].status_reason = take_value(in, b);
    }
}

static const cuc_segment *take_segments(input *in, bytes *b, size_t *count, unsigned depth);

/* how: mostly what is allowed; also no kind, a kind that is none, a container without items, a
 * straight line of containers down to the limit and past it (P48), and one that contains the whole
 * tree again (P49). */
static void take_segment(input *in, bytes *b, cuc_segment *s, unsigned depth)
{
    static const unsigned char kinds[16] = { 1, 1, 2, 3, 3, 4, 4, 4, 5, 5, 5, 0, 6, 4, 5, 4 };
    const unsigned             how       = take(b) % 16;
    unsigned                   levels    = how >= 14 ? 1 + take(b) % 18 : 1;
    memset(s, 0, sizeof *s);
    s->key  = keep(in, take_text(b), 1);
    s->kind = (cuc_segment_kind)kinds[how];
    if (how < 3) s->text = take_value(in, b);
    if (how == 3 || how == 4) s->integer = (int32_t)(uint32_t)take_number(b, how == 3 ? 1 : 4);
    if (how == 13) {
        s->items = in->request.segment_attributes;
        s->count = in->request.segment_attribute_count;
        return;
    }
    while (how >= 14 && --levels > 0) {
        cuc_segment *inner = block(sizeof *inner);
        memset(inner, 0, sizeof *inner);
        inner->key  = text_of("k");
        inner->kind = s->kind;
        s->items    = inner;
        s->count    = 1;
        s           = inner;
        depth++;
    }
    if (s->kind == CUC_SEGMENT_MAP || s->kind == CUC_SEGMENT_LIST)
        s->items = take_segments(in, b, &s->count, depth + 1);
}

static const cuc_segment *take_segments(input *in, bytes *b, size_t *count, unsigned depth)
{
    const unsigned how = take(b);
    cuc_segment   *s;
    size_t         i, n = how % 6;
    if (how >= 250 || depth > 40 || in->nodes > 200) n = 0;
    in->nodes += (unsigned)n;
    s      = block(n * sizeof *s);
    *count = n;
    if (n > 0) memset(s, 0, n * sizeof *s);
    if (depth == 1) {
        in->request.segment_attributes      = s;
        in->request.segment_attribute_count = n;
    }
    for (i = 0; i < n; i++) take_segment(in, b, &s[i], depth);
    return how == 255 ? NULL : s;
}

/* None, a few, or about as many as are allowed; also a count without a pointer. */
static void take_recipients(input *in, bytes *b)
{
    const unsigned     how = take(b);
    const size_t       n   = how >= 240 ? how - 200 : how % 5;
    cuc_email_address *e   = block(n * sizeof *e);
    size_t             i;
    memset(e, 0, n * sizeof *e);
    for (i = 0; i < n; i++) {
        const unsigned set = how >= 240 ? 0 : take(b);
        e[i].email_address = set & 1 ? take_value(in, b) : text_of("a@b.c");
        if (set & 2) e[i].display_name = take_value(in, b);
    }
    in->request.cc_email_addresses     = how == 239 ? NULL : e;
    in->request.cc_email_address_count = n;
}

static void take_request(input *in, bytes *b, unsigned set)
{
    cuc_request *q = &in->request;
    q->instance_id =
        set & HAS_IDS ? take_value(in, b) : text_of("11111111-2222-3333-4444-555555555555");
    q->contact_id =
        set & HAS_IDS ? take_value(in, b) : text_of("66666666-7777-8888-9999-000000000000");
    if (set & HAS_NAME) q->name = take_value(in, b);
    if (set & HAS_DESCRIPTION) q->description = take_value(in, b);
    if (set & HAS_QUEUE) q->queue_id = take_value(in, b);
    if (set & HAS_USER) q->user_id = take_value(in, b);
    if (set & HAS_CUSTOMER) q->customer_endpoint.type = take_value(in, b);
    if (set & HAS_CUSTOMER) q->customer_endpoint.address = take_value(in, b);
    if (set & HAS_SYSTEM) q->system_endpoint.type = take_value(in, b);
    if (set & HAS_SYSTEM) q->system_endpoint.address = take_value(in, b);
    if (set & HAS_REFERENCES) take_references(in, b);
    if (set & HAS_SEGMENTS) (void)take_segments(in, b, &q->segment_attribute_count, 1);
    if (set & HAS_BODY) q->body = take_value(in, b);
    if (set & HAS_RECIPIENTS) take_recipients(in, b);
}

static void take_url(input *in, bytes *b)
{
    static const char *const usual[] = {
        "https://example.com",
        "http://localhost:8080/base",
        "HTTPS://Example.COM:443/a%20b/c;d/",
        "https://[::1]:8443/x",
        "http://[FE80::1]",
        "https://10.0.0.1:1/~a/.b/..c",
        "http://h:00080/%25%2F/@:&=",
        "http://a_b.c:65535",
    };
    const unsigned how      = take(b);
    in->client.endpoint_url = how < 8 ? text_of(usual[how]) : take_value(in, b);
}

static int     hashes; /* calls of a crypto callback */
static int64_t the_time;

static int counted_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    hashes++;
    return stub_sha256(user, data, len, out);
}

static int counted_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                        unsigned char out[32])
{
    hashes++;
    return stub_hmac(user, key, key_len, data, len, out);
}

static int64_t same_time(void *user)
{
    HOLDS("user is handed on", user == hash_user);
    return the_time;
}

static void take_client(input *in, bytes *b, unsigned set)
{
    static const char *const regions[8] = { "us-west-2",      "us-gov-west-1", "cn-north-1",
                                            "eusc-de-east-1", "us-iso-a-1",    "x",
                                            "a--b",           "eu-central-1" };
    cuc_client              *c          = &in->client;
    const unsigned           where = take(b), fuzzed = set & HAS_CREDENTIALS;
    c->user          = (void *)(uintptr_t)hash_user;
    c->sha256        = counted_sha256;
    c->hmac_sha256   = set & HAS_MAC ? counted_hmac : NULL;
    c->now_ms        = same_time;
    c->region        = where & 8 ? take_value(in, b) : text_of(regions[where & 7]);
    c->use_fips      = where >> 4 & 1;
    c->use_dualstack = where >> 5 & 1;
    c->access_key    = fuzzed ? take_value(in, b) : text_of("AKIDEXAMPLE");
    c->secret_key =
        fuzzed ? take_value(in, b) : text_of("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    if (set & HAS_URL) take_url(in, b);
    if (set & HAS_TOKEN) c->session_token = take_value(in, b);
    if (!fuzzed) (void)keep(in, c->secret_key, 0);
}

static int can_be_signed(int64_t ms) { return ms >= 0 && ms < INT64_C(253402300800000); }

static void day_of(int64_t ms, char date[20]) /* "20261125T120000Z"; empty when there is none */
{
    const time_t t = (time_t)(ms / 1000);
    struct tm    day;
    date[0] = 0;
    if (can_be_signed(ms) && gmtime_r(&t, &day) != NULL)
        (void)strftime(date, 20, "%Y%m%dT%H%M%SZ", &day);
}

static void take_time(input *in, bytes *b, unsigned set)
{
    const unsigned how = set & HAS_TIME ? take(b) : 0;
    in->now_ms         = INT64_C(1795694400000);
    if (how & 1) in->now_ms = (int64_t)take_number(b, 8);
    if (how & 2) in->now_ms = (int64_t)take_number(b, 6);
    if (how & 12) in->client.shared = &in->shared;
    if (how & 4) in->shared.clock_offset_ms = (int64_t)take_number(b, 8);
    if (how & 8) in->shared.clock_offset_ms = -(int64_t)take_number(b, 4);
    in->shared.spent = how & 16 ? (uint32_t)take_number(b, 4) : 0;
    the_time         = in->now_ms;
}

/* The clock and what is known of its error; a skew that leads out of the calendar is forgotten. */
static int64_t time_to_sign(const input *in)
{
    int64_t sum;
    if (in->client.shared == NULL ||
        __builtin_add_overflow(in->now_ms, in->shared.clock_offset_ms, &sum))
        return in->now_ms;
    return can_be_signed(sum) ? sum : in->now_ms;
}

static int is_absurd(int64_t ms)
{
    return !can_be_signed(ms) && !can_be_signed(ms == INT64_MIN ? ms : -ms);
}

/* Of the right day, or of whatever day the input says. */
static void take_key(input *in, bytes *b)
{
    char           date[20] = "";
    const unsigned how      = take(b);
    unsigned       i;
    for (i = 0; i < 32; i++) in->key.key[i] = (unsigned char)(how + i);
    day_of(time_to_sign(in), date);
    memcpy(in->key.date, date, 8);
    if (how & 1) in->key.date[take(b) % 8] = (char)take(b);
    in->client.signing_key = &in->key;
}

static void take_input(input *in, bytes *b)
{
    unsigned set = (unsigned)take_number(b, 2);
    memset(in, 0, sizeof *in);
    in->cap = (size_t)take_number(b, 2);
    take_client(in, b, set);
    take_time(in, b, set);
    if (set & HAS_KEY) take_key(in, b);
    if (b->left > 0 && b->at[b->left - 1] == 'c') set |= HAS_RECIPIENTS; /* the last byte says so */
    take_request(in, b, set);
}

/* ---- refusals -------------------------------------------------------------------------------- */

UNTRACED static int shown_anyway(const input *in, cuc_str value)
{
    static const char names[] =
        "InstanceId ContactId Name Description QueueInfo UserInfo UserId CustomerEndpoint "
        "SystemEndpoint Type Address References Value Status Arn StatusReason SegmentAttributes "
        "AdditionalRecipients CcEmailAddresses EmailAddress DisplayName "
        "ValueString ValueArn ValueInteger ValueMap ValueList body key region endpoint_url "
        "access_key secret_key session_token signing_key now_ms sha256 send";
    size_t i;
    for (i = 0; i < value.len; i++)
        if (strchr("[].\"?", value.ptr[i]) != NULL) return 1; /* may come together by chance */
    for (i = 0; i < in->key_count; i++)
        if (has(in->keys[i], value)) return 1;
    return has(view(names, sizeof names), value);
}

static void check_refusal(const input *in, const cuc_result *r)
{
    size_t i;
    check_result(r);
    for (i = 0; i < in->value_count; i++)
        if (in->values[i].len >= 8 && in->values[i].len < sizeof r->where &&
            !shown_anyway(in, in->values[i]))
            HOLDS("no message repeats a value", !has(cuc_s(r->where), in->values[i]));
    if (r->status == CUC_E_LIMIT)
        HOLDS("a limit names two different numbers", r->actual != r->allowed);
}

/* ---- JSON: the request, told in the words of the reader -------------------------------------- */

static void tell(json *j, char kind, cuc_str s)
{
    add_c(j->user, (unsigned char)kind);
    add_str(j->user, s);
    add_c(j->user, 0xFF);
}

static void expect(text *t, char kind, cuc_str s)
{
    add_c(t, (unsigned char)kind);
    add_str(t, s);
    add_c(t, 0xFF);
}

static void expect_bracket(text *t, char kind) { expect(t, kind, view("", 0)); }

static void expect_open(text *t, const char *name)
{
    expect(t, 'k', cuc_s(name));
    expect_bracket(t, '{');
}

static void expect_member(text *t, const char *name, cuc_str value)
{
    if (value.ptr == NULL) return;
    expect(t, 'k', cuc_s(name));
    expect(t, 's', value);
}

static void expect_pair(text *t, const char *name, const char *one, cuc_str a, const char *two,
                        cuc_str b)
{
    if (a.ptr == NULL && b.ptr == NULL) return;
    expect_open(t, name);
    expect_member(t, one, a);
    expect_member(t, two, b);
    expect_bracket(t, '}');
}

static void expect_reference(text *t, const cuc_reference *r)
{
    expect(t, 'k', r->key);
    expect_bracket(t, '{');
    expect_member(t, "Type", r->type);
    expect_member(t, "Value", r->value);
    expect_member(t, "Status", r->status);
    expect_member(t, "Arn", r->arn);
    expect_member(t, "StatusReason", r->status_reason);
    expect_bracket(t, '}');
}

static void expect_recipient(text *t, const cuc_email_address *e)
{
    expect_bracket(t, '{');
    expect_member(t, "EmailAddress", e->email_address);
    expect_member(t, "DisplayName", e->display_name);
    expect_bracket(t, '}');
}

/* Recursion is fine here: only trees that were accepted come in. */
static void expect_segments(text *t, const cuc_segment *s, size_t count, int keyed)
{
    static const char *const names[] = { "",         "ValueString", "ValueArn", "ValueInteger",
                                         "ValueMap", "ValueList" };
    char                     digits[16];
    size_t                   i;
    for (i = 0; i < count; i++) {
        const int list = s[i].kind == CUC_SEGMENT_LIST;
        if (keyed) expect(t, 'k', s[i].key);
        expect_bracket(t, '{');
        expect(t, 'k', cuc_s(names[s[i].kind]));
        if (s[i].kind == CUC_SEGMENT_MAP || list) {
            expect_bracket(t, list ? '[' : '{');
            expect_segments(t, s[i].items, s[i].count, !list);
            expect_bracket(t, list ? ']' : '}');
        } else if (s[i].kind == CUC_SEGMENT_INTEGER) {
            snprintf(digits, sizeof digits, "%ld", (long)s[i].integer);
            expect(t, 'n', cuc_s(digits));
        } else {
            expect(t, 's', s[i].text);
        }
        expect_bracket(t, '}');
    }
}

static void expect_request(text *t, const cuc_request *q)
{
    const cuc_str none = CUC_ZERO;
    size_t        i;
    expect_bracket(t, '{');
    expect_member(t, "Name", q->name);
    expect_member(t, "Description", q->description);
    expect_pair(t, "QueueInfo", "Id", q->queue_id, "", none);
    expect_pair(t, "UserInfo", "UserId", q->user_id, "", none);
    expect_pair(t, "CustomerEndpoint", "Type", q->customer_endpoint.type, "Address",
                q->customer_endpoint.address);
    expect_pair(t, "SystemEndpoint", "Type", q->system_endpoint.type, "Address",
                q->system_endpoint.address);
    if (q->references != NULL) {
        expect_open(t, "References");
        for (i = 0; i < q->reference_count; i++) expect_reference(t, &q->references[i]);
        expect_bracket(t, '}');
    }
    if (q->segment_attributes != NULL) {
        expect_open(t, "SegmentAttributes");
        expect_segments(t, q->segment_attributes, q->segment_attribute_count, 1);
        expect_bracket(t, '}');
    }
    if (q->cc_email_addresses != NULL) {
        expect_open(t, "AdditionalRecipients");
        expect(t, 'k', cuc_s("CcEmailAddresses"));
        expect_bracket(t, '[');
        for (i = 0; i < q->cc_email_address_count; i++)
            expect_recipient(t, &q->cc_email_addresses[i]);
        expect_bracket(t, ']');
        expect_bracket(t, '}');
    }
    expect_bracket(t, '}');
}

/* P40, P43, P44, P46 */
static void check_json(const cuc_request *q, cuc_str json_text)
{
    text told = { 0 }, expected = { 0 };
    if (q->body.ptr != NULL) {
        HOLDS("a ready body is sent as it is", same(json_text, q->body));
        return;
    }
    HOLDS("the body is strict JSON, each key once", json_read(json_text, 0, tell, &told));
    expect_request(&expected, q);
    HOLDS("the JSON says what the request says", same(text_view(&told), text_view(&expected)));
    free_text(&told);
    free_text(&expected);
}

UNTRACED static void check_limits(const cuc_request *q)
{
    size_t i, total = 0;
    HOLDS("the ids are within their limits",
          characters(q->instance_id) >= 1 && characters(q->instance_id) <= 100 &&
              characters(q->contact_id) >= 1 && characters(q->contact_id) <= 256);
    HOLDS("the name is within its limits", q->name.ptr == NULL || characters(q->name) <= 1024);
    HOLDS("the description is within its limits",
          q->description.ptr == NULL || characters(q->description) <= 4096);
    for (i = 0; q->references != NULL && i < q->reference_count; i++)
        total += q->references[i].value.ptr != NULL ? q->references[i].value.len : 0;
    HOLDS("the values are within 4096 bytes", total <= 4096);
    HOLDS("no list without a pointer",
          (q->references != NULL || q->reference_count == 0) &&
              (q->segment_attributes != NULL || q->segment_attribute_count == 0) &&
              (q->cc_email_addresses != NULL || q->cc_email_address_count == 0));
    HOLDS("at most 50 recipients", q->cc_email_address_count <= 50);
    for (i = 0; i < q->cc_email_address_count; i++) {
        const cuc_email_address *e = &q->cc_email_addresses[i];
        HOLDS("an address has 1 to 255 characters",
              characters(e->email_address) >= 1 && characters(e->email_address) <= 255);
        HOLDS("an address has an @ and a dot behind it",
              has(e->email_address, cuc_s("@")) && has(e->email_address, cuc_s(".")));
        HOLDS("a display name has at most 256 characters",
              e->display_name.ptr == NULL || characters(e->display_name) <= 256);
    }
}

/* The other way round, a request that is refused for it has such a key. */
UNTRACED static void check_duplicate(const cuc_request *q)
{
    size_t i, k, found = q->segment_attributes != NULL; /* or it may be there */
    for (i = 0; q->references != NULL && !found && i < q->reference_count; i++)
        for (k = 0; k < i; k++) found |= same(q->references[i].key, q->references[k].key);
    HOLDS("a key does stand twice", found);
}

/* Returns the status of validation; on success the body is in *body. */
static cuc_status check_write_json(const input *in, cuc_str *body)
{
    const cuc_request *q = &in->request;
    cuc_result         r, again;
    size_t             need, cap;
    char              *buf;
    const cuc_status   valid = cuc_validate(q, &r);
    HOLDS("validating twice is the same", cuc_validate(q, &again) == valid);
    HOLDS("to the last byte", memcmp(&r, &again, sizeof r) == 0);
    if (valid != CUC_OK) {
        check_refusal(in, &r);
        if (valid == CUC_E_DUPLICATE) check_duplicate(q);
        HOLDS("what validation refuses is not written",
              cuc_write_json(q, NULL, 0, &again) == valid && strcmp(r.where, again.where) == 0);
        return valid;
    }
    check_limits(q);
    HOLDS("measuring says CUC_E_SPACE", cuc_write_json(q, NULL, 0, &r) == CUC_E_SPACE);
    need = r.required;
    buf  = block(need);
    HOLDS("what was measured is enough", cuc_write_json(q, buf, need, &r) == CUC_OK);
    HOLDS("and is what was written", r.required == need && buf[need - 1] == 0);
    *body = view(buf, need - 1);
    HOLDS("the body is well-formed UTF-8", characters(*body) >= 0);
    check_json(q, *body);
    cap = in->cap % need;
    buf = block(cap);
    HOLDS("less is refused", cuc_write_json(q, cap > 0 ? buf : NULL, cap, &r) == CUC_E_SPACE);
    HOLDS("with the same need", r.required == need);
    HOLDS("and leaves an empty text", cap == 0 || buf[0] == 0);
    return CUC_OK;
}

/* ---- the request as it is sent --------------------------------------------------------------- */

/* P30 */
static void check_text(const char *what, const char *s, size_t len, int blanks)
{
    HOLDS(what, s != NULL && strlen(s) == len && visible(view(s, len), blanks));
}

/* P01, P02, P03, P22, P23, P24 */
static void check_place(const input *in, const cuc_http_request *h)
{
    text               url = { 0 }, path = { 0 };
    const cuc_request *q    = &in->request;
    const int          ipv6 = strchr(h->host, ':') != NULL;
    check_text("the URL is visible", h->url, h->url_len, 0);
    check_text("the host is visible", h->host, h->host_len, 0);
    check_text("the authority is visible", h->authority, h->authority_len, 0);
    check_text("the path is visible", h->path, h->path_len, 0);
    HOLDS("the port is a number", strspn(h->port, "0123456789") == strlen(h->port) &&
                                      atoi(h->port) >= 1 && atoi(h->port) <= 65535);
    add_s(&path, "/contacts/");
    add_encoded(&path, q->instance_id, 0);
    add_s(&path, "/");
    add_encoded(&path, q->contact_id, 0);
    HOLDS("the path ends with the ids, encoded once",
          h->path_len >= path.len &&
              memcmp(h->path + h->path_len - path.len, path.ptr, path.len) == 0);
    HOLDS("the path begins with a slash", h->path[0] == '/');
    add_s(&url, h->tls ? "https://" : "http://");
    if (ipv6) add_s(&url, "[");
    add_s(&url, h->host);
    if (ipv6) add_s(&url, "]");
    if (strcmp(h->port, h->tls ? "443" : "80") != 0) {
        add_s(&url, ":");
        add_s(&url, h->port);
    }
    HOLDS("the authority is the host, with the port unless it is the scheme's",
          same(view(url.ptr + (h->tls ? 8 : 7), url.len - (h->tls ? 8 : 7)),
               view(h->authority, h->authority_len)));
    add_s(&url, h->path);
    HOLDS("the URL is scheme, authority and path", same(text_view(&url), view(h->url, h->url_len)));
    free_text(&path);
    free_text(&url);
}

static const char *signed_names(const cuc_client *c)
{
    return given(c->session_token).len > 0 ? "content-type;host;x-amz-date;x-amz-security-token"
                                           : "content-type;host;x-amz-date";
}

static void add_canonical(text *t, const cuc_client *c, const cuc_http_request *h, const char *date)
{
    unsigned char digest[32];
    add_s(t, "POST\n");
    add_encoded(t, view(h->path, h->path_len), 1);
    add_s(t, "\n\ncontent-type:application/json\nhost:");
    add_s(t, h->authority);
    add_s(t, "\nx-amz-date:");
    add_s(t, date);
    if (given(c->session_token).len > 0) add_s(t, "\nx-amz-security-token:");
    add_str(t, c->session_token);
    add_s(t, "\n\n");
    add_s(t, signed_names(c));
    add_s(t, "\n");
    stub(h->body, h->body_len, digest);
    add_hex(t, digest, 32);
}

static void add_authorization(text *t, const cuc_client *c, const char *date, cuc_str canonical)
{
    add_s(t, "authorization: AWS4-HMAC-SHA256 Credential=");
    add_str(t, c->access_key);
    add_s(t, "/");
    add(t, date, 8);
    add_s(t, "/");
    add_str(t, c->region);
    add_s(t, "/connect/aws4_request, SignedHeaders=");
    add_s(t, signed_names(c));
    add_s(t, ", Signature=");
    add_signature(t, c, cuc_s("connect"), cuc_s(date), canonical);
}

static void check_line(const cuc_http_request *h, size_t i, cuc_str expected)
{
    size_t n;
    check_text("a line is visible, but for blanks", h->lines[i], h->line_len[i], 1);
    HOLDS("the line is what it has to be", same(view(h->lines[i], h->line_len[i]), expected));
    n = strlen(h->names[i]);
    HOLDS("the name is in lower case", strspn(h->names[i], "abcdefghijklmnopqrstuvwxyz-") == n);
    HOLDS("name and value are the line, apart", n + 2 + strlen(h->values[i]) == h->line_len[i] &&
                                                    memcmp(h->lines[i], h->names[i], n) == 0 &&
                                                    memcmp(h->lines[i] + n, ": ", 2) == 0 &&
                                                    strcmp(h->lines[i] + n + 2, h->values[i]) == 0);
}

/* P13 */
static void check_lines(const cuc_client *c, const cuc_http_request *h, const char *date,
                        cuc_str canonical)
{
    text line = { 0 };
    HOLDS("there are three lines, or four with a token",
          h->line_count == (given(c->session_token).len > 0 ? 4u : 3u));
    check_line(h, 0, cuc_s("content-type: application/json"));
    add_s(&line, "x-amz-date: ");
    add_s(&line, date);
    check_line(h, 1, text_view(&line));
    line.len = 0;
    add_authorization(&line, c, date, canonical);
    check_line(h, 2, text_view(&line));
    line.len = 0;
    add_s(&line, "x-amz-security-token: ");
    add_str(&line, c->session_token);
    if (h->line_count == 4) check_line(h, 3, text_view(&line));
    free_text(&line);
}

static void check_canonical(const cuc_call *call, cuc_str expected, size_t small)
{
    const size_t n   = cuc_call_canonical_request(call, NULL, 0);
    char        *buf = block(n + 1);
    HOLDS("the canonical request is measured", n == expected.len);
    HOLDS("as it is written", cuc_call_canonical_request(call, buf, n + 1) == n && buf[n] == 0);
    HOLDS("and is the one that was signed", same(view(buf, n), expected));
    buf = block(small % (n + 1));
    HOLDS("less room, same size",
          cuc_call_canonical_request(call, small % (n + 1) > 0 ? buf : NULL, small % (n + 1)) == n);
}

static void add_head(text *t, const cuc_http_request *h)
{
    char   number[40];
    size_t i;
    snprintf(number, sizeof number, "content-length: %zu\r\n", h->body_len);
    add_s(t, "POST ");
    add_s(t, h->path);
    add_s(t, " HTTP/1.1\r\nhost: ");
    add_s(t, h->authority);
    add_s(t, "\r\n");
    add_s(t, number);
    for (i = 0; i < h->line_count; i++) {
        add_s(t, h->lines[i]);
        add_s(t, "\r\n");
    }
    add_s(t, "\r\n");
}

static void check_head(const cuc_http_request *h, size_t small)
{
    const size_t n        = cuc_http1_head(h, NULL, 0);
    char        *buf      = block(n + 1);
    text         expected = { 0 };
    add_head(&expected, h);
    HOLDS("the head is written as measured", cuc_http1_head(h, buf, n + 1) == n && buf[n] == 0);
    HOLDS("the head is the request line, the lines and two more",
          same(view(buf, n), text_view(&expected)));
    small %= n + 1;
    buf = block(small);
    HOLDS("less room, same size", cuc_http1_head(h, small > 0 ? buf : NULL, small) == n);
    HOLDS("and an empty text", small == 0 || buf[0] == 0);
    free_text(&expected);
}

/* The sizes that the header promises to be enough, under the terms that it names. P12 */
UNTRACED static void check_promised_sizes(const input *in, const cuc_http_request *h, size_t need)
{
    const cuc_client *c      = &in->client;
    const cuc_str     ids[2] = { in->request.instance_id, in->request.contact_id };
    const size_t      token  = given(c->session_token).len;
    size_t            i, k;
    for (k = 0; k < 2; k++)
        for (i = 0; i < ids[k].len; i++)
            if (!unreserved((unsigned char)ids[k].ptr[i])) return;
    if (ids[0].len + ids[1].len > 128 || given(c->endpoint_url).len > 128) return;
    if (c->access_key.len > 128 || c->secret_key.len > 128) return;
    HOLDS("CUC_WORK_SIZE is enough", need <= CUC_WORK_SIZE(h->body_len, token));
    HOLDS("CUC_HEAD_SIZE is enough", cuc_http1_head(h, NULL, 0) < CUC_HEAD_SIZE(token));
}

static void check_sent(const input *in, const cuc_call *call, cuc_str body, size_t need)
{
    const cuc_http_request *h         = cuc_call_http_request(call);
    text                    canonical = { 0 };
    char                    date[20];
    day_of(time_to_sign(in), date);
    if (is_absurd(in->now_ms) ||
        is_absurd(in->shared.clock_offset_ms)) /* then any date is as good */
        snprintf(date, sizeof date, "%s", h->values[1]);
    HOLDS("what is signed has a date", strlen(date) == 16);
    HOLDS("the method is POST", strcmp(h->method, "POST") == 0);
    HOLDS("the body is the JSON, terminated",
          same(view(h->body, h->body_len), body) && h->body[h->body_len] == 0);
    check_place(in, h);
    add_canonical(&canonical, &in->client, h, date);
    check_lines(&in->client, h, date, text_view(&canonical));
    check_canonical(call, text_view(&canonical), in->cap);
    check_head(h, in->cap);
    check_promised_sizes(in, h, need);
    free_text(&canonical);
}

/* ---- the call -------------------------------------------------------------------------------- */

/* What stood in the call before makes no difference. P77 */
static cuc_next begin_and_next(cuc_call *call, const input *in, void *work, size_t cap)
{
    static cuc_result results[4]; /* more calls are never alive at a time */
    static unsigned   next;
    memset(call, 0x5A, sizeof *call);
    cuc_call_begin(call, &in->client, &in->request, work, cap, &results[next++ % 4]);
    return cuc_call_next(call, in->now_ms);
}

/* Where the secret may stand by right: an input that holds it, too, or words of ours. */
static int secret_is_elsewhere(const input *in, cuc_str body)
{
    const cuc_client *c = &in->client;
    const cuc_str     s = given(c->secret_key);
    static const char words[] =
        "content-type:application/json AWS4-HMAC-SHA256 Credential= /aws4_request";
    return s.len < 16 || has(view(words, sizeof words), s) || has(body, s) ||
           has(c->session_token, s) || has(c->access_key, s) || has(c->endpoint_url, s) ||
           has(in->request.instance_id, s) || has(in->request.contact_id, s) || has(c->region, s) ||
           strchr("/:.=;,\n", s.ptr[0]) != NULL || strchr("/:.=;,\n", s.ptr[s.len - 1]) != NULL;
}

static void check_no_secret(const input *in, const void *work, size_t cap, cuc_str body)
{
    if (!secret_is_elsewhere(in, body))
        HOLDS("the secret is wiped", !has(view(work, cap), in->client.secret_key));
}

/* Nor does a derived key stay, as it is or as HMAC pads it. */
UNTRACED static void check_no_key(const input *in, const cuc_http_request *h, const void *work,
                                  size_t cap)
{
    static const unsigned char pads[] = { 0, 0x36, 0x5C };
    unsigned char              keys[4][32];
    unsigned                   i, k, p;
    derive(&in->client, cuc_s("connect"), cuc_s(h->values[1]), keys);
    for (k = 0; k < 4; k++)
        for (p = 0; p < 3; p++) {
            for (i = 0; i < 32; i++) keys[k][i] ^= pads[p];
            HOLDS("no derived key stays", !has(view(work, cap), view(keys[k], 32)));
            for (i = 0; i < 32; i++) keys[k][i] ^= pads[p];
        }
}

/* While measuring there is no clock and no key to look at; so these two come out only when there
 * is room. */
static int judged_with_room(cuc_status s) { return s == CUC_E_KEY_DAY || s == CUC_E_TIME; }

/* P51; sweeps of every size are in the tests of the rooms. */
static void check_too_small(const input *in, size_t need, cuc_str body)
{
    const size_t            cap   = in->cap % need;
    char                   *buf   = block(cap);
    cuc_call               *call  = block(sizeof *call);
    const cuc_next          next  = begin_and_next(call, in, cap > 0 ? buf : NULL, cap);
    const cuc_http_request *h     = cuc_call_http_request(call);
    const int               other = judged_with_room(result_of(call)->status);
    size_t                  i;
    HOLDS("less room is refused", next == CUC_NEXT_DONE);
    HOLDS("as too small", other || result_of(call)->status == CUC_E_SPACE);
    HOLDS("with the same need", other || result_of(call)->required == need);
    for (i = 0; i < h->line_count; i++)
        HOLDS("no view has a signature",
              h->lines[i] == NULL || strncmp(h->lines[i], "authorization", 13) != 0);
    HOLDS("there is no canonical request", cuc_call_canonical_request(call, NULL, 0) == 0);
    check_no_secret(in, buf, cap, body);
    check_result(result_of(call));
}

static const cuc_http_request *first_view;
static int                     sends;

static int compare_and_answer(void *user, const cuc_http_request *http, cuc_call *call)
{
    text a = { 0 }, b = { 0 };
    (void)user;
    sends++;
    add_head(&a, http);
    add_head(&b, first_view);
    HOLDS("the one call sends what the machine sends", same(text_view(&a), text_view(&b)));
    HOLDS("and the same body",
          same(view(http->body, http->body_len), view(first_view->body, first_view->body_len)));
    free_text(&a);
    free_text(&b);
    cuc_call_status(call, 200);
    return CUC_SENT;
}

/* Through the one call, in a buffer of other contents, and with the other kind of HMAC. */
static void check_one_call(const input *in, const cuc_http_request *view_of_first, size_t need)
{
    const size_t room = need + in->client.secret_key.len + MARGIN;
    char        *buf  = block(room);
    cuc_client   c    = in->client;
    cuc_result   r;
    first_view = view_of_first;
    sends      = 0;
    c.send     = compare_and_answer;
    hashes     = 0;
    HOLDS("the one call measures",
          cuc_update_contact(&c, &in->request, NULL, 0, &r) == CUC_E_SPACE && r.required == need);
    HOLDS("and asks nothing of the hash", hashes == 0);
    c.hmac_sha256 = c.hmac_sha256 == NULL ? counted_hmac : NULL;
    memset(buf, 0, room);
    HOLDS("the one call succeeds", cuc_update_contact(&c, &in->request, buf, room, &r) == CUC_OK);
    HOLDS("with one send", sends == 1 && r.attempts == 1);
}

static void check_call(const input *in, cuc_status valid, cuc_str body)
{
    cuc_call  *call = block(sizeof *call);
    cuc_result first;
    char      *work;
    cuc_next   next;
    hashes = 0;
    HOLDS("measuring ends at once", begin_and_next(call, in, NULL, 0) == CUC_NEXT_DONE);
    HOLDS("measuring asks nothing of the hash", hashes == 0);
    first = *result_of(call);
    HOLDS("an invalid request stays invalid",
          valid == CUC_OK || first.status == valid ||
              first.status == CUC_E_REQUIRED); /* of the client */
    check_refusal(in, &first);
    work = block(first.status == CUC_E_SPACE ? first.required : 40000);
    next = begin_and_next(call, in, work, first.status == CUC_E_SPACE ? first.required : 40000);
    if (first.status != CUC_E_SPACE) {
        HOLDS("room does not heal what is wrong",
              next == CUC_NEXT_DONE && (result_of(call)->status == first.status ||
                                        judged_with_room(result_of(call)->status)));
        return;
    }
    check_too_small(in, first.required, body);
    if (next == CUC_NEXT_DONE) {
        HOLDS("what was measured is enough", judged_with_room(result_of(call)->status));
        HOLDS("only a wrong time is refused for it", result_of(call)->status != CUC_E_TIME ||
                                                         !can_be_signed(time_to_sign(in)) ||
                                                         is_absurd(in->shared.clock_offset_ms));
        return;
    }
    HOLDS("and no more is used", result_of(call)->required == first.required);
    check_sent(in, call, body, first.required);
    check_no_secret(in, work, first.required, body);
    check_no_key(in, cuc_call_http_request(call), work, first.required);
    check_one_call(in, cuc_call_http_request(call), first.required);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static input in;
    bytes        b;
    cuc_str      body = CUC_ZERO;
    cuc_status   valid;
    b.at   = data;
    b.left = size;
    take_input(&in, &b);
    valid = check_write_json(&in, &body);
    check_call(&in, valid, body);
    free_blocks();
    return 0;
}
