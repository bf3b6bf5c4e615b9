/* tests/api_random.c - black box: what holds for any valid request, tried on 10,000 random ones,
 * the same everywhere. They are made once; each test looks at one property of all of them.
 * needs: jansson                                                                                 */
#include "support.h"

#include <jansson.h>

#ifndef REQUESTS
#define REQUESTS 10000 /* tests/cross takes fewer: an emulated machine is slow */
#endif

/* ---- chance ---------------------------------------------------------------------------------- */

static uint64_t chance = 20261125;
static void    *blocks[4000]; /* of the request at hand, each of exactly its size */
static size_t   block_count;

static size_t below(size_t n) { return next_random(&chance) % n; }
static size_t between(size_t low, size_t high) { return low + below(high - low + 1); }
static int    once_in(size_t n) { return below(n) == 0; }

static void *keep(void *p)
{
    assert_true(block_count < ROWS(blocks));
    return blocks[block_count++] = p;
}

static void release(void)
{
    while (block_count > 0) free(blocks[--block_count]);
}

static cuc_str view_of(const void *bytes, size_t len)
{
    cuc_str s = CUC_ZERO;
    s.ptr     = keep(block_of(bytes, len));
    s.len     = len;
    return s;
}

/* ---- random text ----------------------------------------------------------------------------- */

/* One character, as UTF-8. Those that are not written as they are stand a good chance, and so do
 * the ends of what one, two, three and four bytes can say. NUL only on request: jansson reads it
 * in values, not in keys. */
static size_t character(char *out, int with_nul)
{
    static const char *const odd[] = { "\"",
                                       "\\",
                                       "/",
                                       "%",
                                       "\n",
                                       "\r",
                                       "\t",
                                       "\x01",
                                       "\x1F",
                                       "\x7F",
                                       "\xC2\x80",
                                       "\xDF\xBF",
                                       "\xE0\xA0\x80",
                                       "\xE2\x80\xA8",
                                       "\xED\x9F\xBF",
                                       "\xEE\x80\x80",
                                       "\xEF\xBF\xBF",
                                       "\xF0\x90\x80\x80",
                                       "\xF0\x9F\x99\x82",
                                       "\xF4\x8F\xBF\xBF" };
    const size_t             n = ROWS(odd), k = below(3 * n);
    if (k < n) {
        memcpy(out, odd[k], strlen(odd[k]));
        return strlen(odd[k]);
    }
    out[0] = (char)between(0x20, 0x7E);
    if (with_nul && once_in(40)) out[0] = 0;
    return 1;
}

/* Short as a rule; now and then as long as may be. */
static size_t length(size_t low, size_t high)
{
    if (once_in(60)) return high;
    return between(low, low + 20 < high ? low + 20 : high);
}

static cuc_str text(size_t low, size_t high)
{
    const size_t n = length(low, high), plain = once_in(2);
    char         out[4 * 4096];
    size_t       i, len = 0;
    for (i = 0; i < n; i++) {
        if (plain) out[len++] = (char)between('a', 'z');
        else len += character(out + len, 1);
    }
    return view_of(out, len);
}

/* Each ends with a number of its own, so that no key appears twice in one map. */
static cuc_str key(size_t number, size_t high)
{
    const size_t n = length(1, high - 4);
    char         out[4 * 4096];
    size_t       i, len = 0;
    for (i = 0; i < n; i++) len += character(out + len, 0);
    len += (size_t)sprintf(out + len, ":%u", (unsigned)number);
    return view_of(out, len);
}

static cuc_str pick(const char *const *words, size_t n) { return cuc_s(words[below(n)]); }

static cuc_str visible(size_t low, size_t high, char without)
{
    const size_t n = between(low, high);
    char         out[4096];
    size_t       i;
    for (i = 0; i < n; i++) {
        out[i] = (char)between(0x21, 0x7E);
        if (out[i] == without) out[i] = 'x';
    }
    return view_of(out, n);
}

/* ---- random requests ------------------------------------------------------------------------- */

static const cuc_reference *references(size_t count)
{
    static const char *const types[]    = { CUC_REFERENCE_URL, CUC_REFERENCE_NUMBER, "LATER", "" };
    static const char *const statuses[] = { CUC_STATUS_AVAILABLE, CUC_STATUS_FAILED, "LATER", "" };
    static const char *const arns[]     = { "arn:aws:connect:us-west-2:1:", "-------------------\n",
                                            "/\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\xE2\x82\xAC" };
    cuc_reference           *r          = keep(block(count * sizeof *r));
    size_t                   i;
    for (i = 0; i < count; i++) {
        memset(&r[i], 0, sizeof r[i]);
        r[i].key  = key(i, 300);
        r[i].type = pick(types, 4);
        if (once_in(2)) r[i].value = text(0, 200);
        if (once_in(3)) r[i].status = pick(statuses, 4);
        if (once_in(3)) r[i].arn = pick(arns, 3);
        if (once_in(3)) r[i].status_reason = text(0, 100);
    }
    return r;
}

/* deeper: levels that may still be opened below these entries. */
static const cuc_segment *segments(size_t count, size_t deeper, size_t chain)
{
    cuc_segment *s = keep(block(count * sizeof *s));
    size_t       i;
    for (i = 0; i < count; i++) {
        memset(&s[i], 0, sizeof s[i]);
        s[i].key  = key(i, 128);
        s[i].kind = (cuc_segment_kind)between(CUC_SEGMENT_STRING,
                                              deeper > 0 ? CUC_SEGMENT_LIST : CUC_SEGMENT_INTEGER);
        if (chain && deeper > 0) s[i].kind = once_in(2) ? CUC_SEGMENT_MAP : CUC_SEGMENT_LIST;
        s[i].text    = text(0, 1024);
        s[i].integer = (int32_t)next_random(&chance);
        if (once_in(9)) s[i].integer = once_in(2) ? INT32_MIN : INT32_MAX;
        if (s[i].kind < CUC_SEGMENT_MAP) continue;
        s[i].count = chain ? 1 : below(4);
        s[i].items = segments(s[i].count, deeper - 1, chain);
    }
    return s;
}

static cuc_endpoint endpoint(void)
{
    static const char *const types[] = { CUC_ENDPOINT_VOIP, CUC_ENDPOINT_EMAIL_ADDRESS, "LATER" };
    cuc_endpoint             e       = CUC_ZERO;
    if (!once_in(3)) e.type = pick(types, 3);
    if (!once_in(3)) e.address = text(0, 256);
    return e;
}

/* An address: any text around what the model's pattern wants. */
static cuc_str email_address(void)
{
    const cuc_str before = text(0, 125), behind = text(0, 125);
    char          out[4 * 255];
    memcpy(out, before.ptr, before.len);
    memcpy(out + before.len, "a@b.c", 5);
    memcpy(out + before.len + 5, behind.ptr, behind.len);
    return view_of(out, before.len + 5 + behind.len);
}

static const cuc_email_address *recipients(size_t count)
{
    cuc_email_address *a = keep(block(count * sizeof *a));
    size_t             i;
    for (i = 0; i < count; i++) {
        memset(&a[i], 0, sizeof a[i]);
        a[i].email_address = email_address();
        if (!once_in(3)) a[i].display_name = text(0, 256);
    }
    return a;
}

static cuc_str id(size_t high)
{
    static const char *const odd[] = {
        "...", ".x", "x.",    "%2F", "a/b",      "//",
        " ",   "~",  "a?b#c", "\\",  "\r\nX: y", "arn:aws:connect:us-west-2:1:instance/x"
    };
    static const char hex[] = "0123456789abcdef";
    cuc_str           s;
    char              uuid[37];
    size_t            i;
    for (i = 0; i < 36; i++) uuid[i] = i % 5 == 3 && i > 7 && i < 24 ? '-' : hex[below(16)];
    if (once_in(2)) return view_of(uuid, 36);
    if (once_in(4)) return pick(odd, ROWS(odd));
    s = text(1, high);
    return s.len <= 2 && s.ptr[0] == '.' && s.ptr[s.len - 1] == '.' ? cuc_s("x") : s;
}

static cuc_request request(void)
{
    const size_t parts = once_in(8) ? 0x1FF : (size_t)1 << below(9) | (size_t)1 << below(9);
    cuc_request  q     = CUC_ZERO;
    q.instance_id      = id(100);
    q.contact_id       = id(256);
    if (parts & 0x01) q.name = text(0, 1024);
    if (parts & 0x02) q.description = text(0, 4096);
    if (parts & 0x04) q.references = references(q.reference_count = below(5));
    if (parts & 0x08) {
        const size_t chain        = once_in(20);
        q.segment_attribute_count = chain ? 1 : below(5);
        q.segment_attributes =
            segments(q.segment_attribute_count, chain ? CUC_MAX_DEPTH - 1 : 2, chain);
    }
    if (parts & 0x10) q.queue_id = text(0, 300);
    if (parts & 0x20) q.user_id = text(1, 256);
    if (parts & 0x40) q.customer_endpoint = endpoint();
    if (parts & 0x80) q.system_endpoint = endpoint();
    if (parts & 0x100)
        q.cc_email_addresses = recipients(q.cc_email_address_count = once_in(20) ? 50 : below(4));
    if ((parts & 0x13F) == 0) q.name = cuc_s(""); /* both endpoints may be unset */
    return q;
}

static cuc_str url(void)
{
    static const char *const starts[] = { "https://localhost", "http://127.0.0.1:8080",
                                          "https://[2001:db8::7]:8443", "http://A.Example:80",
                                          "https://x:443" };
    static const char *const parts[]  = {
        "/base", "/%2F", "/a%20b", "/...", "/a@b", "/$&'()*,;:!+="
    };
    char   out[400];
    size_t n, limit = once_in(10) ? 300 : 110;
    n = (size_t)sprintf(out, "%s", starts[below(5)]);
    if (once_in(2))
        while (n < limit && !once_in(9)) n += (size_t)sprintf(out + n, "%s", parts[below(6)]);
    if (once_in(4)) out[n++] = '/';
    return view_of(out, n);
}

static cuc_str region(void)
{
    static const char *const regions[] = { "us-east-1",      "us-gov-west-1",  "cn-north-1", "X",
                                           "eusc-de-east-1", "us-isob-east-1", "aws-global" };
    char                     out[63];
    size_t                   i;
    if (!once_in(6)) return pick(regions, 7);
    for (i = 0; i < 63; i++) out[i] = once_in(8) && i > 0 && i < 62 ? '-' : (char)between('a', 'z');
    return view_of(out, once_in(2) ? 63 : 1);
}

/* An access key with a quote at an end is refused. */
static int is_quoted(cuc_str s)
{
    const char first = s.ptr[0], last = s.ptr[s.len - 1];
    return first == '"' || first == '\'' || last == '"' || last == '\'';
}

static cuc_client client(void)
{
    cuc_client c  = CUC_ZERO;
    c.sha256      = real_sha256;
    c.hmac_sha256 = once_in(4) ? NULL : real_hmac;
    c.region      = region();
    c.access_key  = visible(1, once_in(9) ? 200 : 128, '/');
    while (is_quoted(c.access_key)) c.access_key = visible(1, 128, '/');
    c.secret_key = visible(1, once_in(9) ? 200 : 128, 0);
    if (once_in(2)) c.session_token = visible(0, once_in(5) ? 3000 : 300, 0);
    if (once_in(3)) {
        c.endpoint_url = url();
    } else {
        c.use_fips      = once_in(3);
        c.use_dualstack = once_in(3);
    }
    return c;
}

static cuc_str filled(const char *start, char c, size_t len)
{
    char         out[128];
    const size_t n = strlen(start);
    memset(out, c, sizeof out);
    memcpy(out, start, n);
    return view_of(out, len);
}

/* As long as the terms of CUC_WORK_SIZE allow; the base path all of bytes that are encoded when it
 * is signed. */
static void stretch(cuc_client *c, cuc_request *q)
{
    c->use_fips      = 0;
    c->use_dualstack = 0;
    c->endpoint_url  = once_in(2) ? filled("http://x:1/", '+', 128) : filled("https://", 'h', 128);
    if (once_in(3)) c->endpoint_url.len = 0;
    c->region      = filled("", 'r', 63);
    c->access_key  = filled("", 'A', 128);
    c->secret_key  = filled("", 's', 128);
    q->instance_id = filled("", 'i', once_in(2) ? 28 : 100);
    q->contact_id  = filled("", 'c', 128 - q->instance_id.len);
}

static int64_t moment(void)
{
    const int64_t last = 253402300799999; /* 9999-12-31T23:59:59.999Z */
    const int64_t high = (int64_t)next_random(&chance) << 16, low = (int64_t)below(65536);
    const int64_t any = (high | low) % last;
    return once_in(9) ? (once_in(2) ? 0 : last) : any;
}

/* ---- what was put in, as JSON ---------------------------------------------------------------- */

static void put(json_t *o, const char *name, cuc_str s)
{
    if (s.ptr != NULL) json_object_set_new(o, name, json_stringn(s.ptr, s.len));
}

static void put_value(json_t *o, cuc_str name, json_t *value)
{
    char *copy = block(name.len + 1);
    memcpy(copy, name.ptr, name.len);
    copy[name.len] = 0;
    json_object_set_new(o, copy, value);
    free(copy);
}

static json_t *json_of_references(const cuc_request *q)
{
    json_t *all = json_object();
    size_t  i;
    for (i = 0; i < q->reference_count; i++) {
        const cuc_reference *r = &q->references[i];
        json_t              *o = json_object();
        put(o, "Type", r->type);
        put(o, "Value", r->value);
        put(o, "Status", r->status);
        put(o, "Arn", r->arn);
        put(o, "StatusReason", r->status_reason);
        put_value(all, r->key, o);
    }
    return all;
}

static json_t *json_of_segments(const cuc_segment *s, size_t count, int list);

static json_t *json_of_segment(const cuc_segment *s)
{
    json_t *o = json_object();
    switch (s->kind) {
    case CUC_SEGMENT_UNSET:
        break;
    case CUC_SEGMENT_STRING:
        put(o, "ValueString", s->text);
        break;
    case CUC_SEGMENT_ARN:
        put(o, "ValueArn", s->text);
        break;
    case CUC_SEGMENT_INTEGER:
        json_object_set_new(o, "ValueInteger", json_integer(s->integer));
        break;
    case CUC_SEGMENT_MAP:
        json_object_set_new(o, "ValueMap", json_of_segments(s->items, s->count, 0));
        break;
    case CUC_SEGMENT_LIST:
        json_object_set_new(o, "ValueList", json_of_segments(s->items, s->count, 1));
        break;
    }
    return o;
}

static json_t *json_of_segments(const cuc_segment *s, size_t count, int list)
{
    json_t *all = list ? json_array() : json_object();
    size_t  i;
    for (i = 0; i < count; i++) {
        if (list) json_array_append_new(all, json_of_segment(&s[i]));
        else put_value(all, s[i].key, json_of_segment(&s[i]));
    }
    return all;
}

static void put_group(json_t *o, const char *name, const char *a, cuc_str x, const char *b,
                      cuc_str y)
{
    json_t *group = json_object();
    put(group, a, x);
    put(group, b, y);
    if (json_object_size(group) > 0) json_object_set(o, name, group);
    json_decref(group);
}

static json_t *json_of_recipients(const cuc_request *q)
{
    json_t *o = json_object(), *list = json_array();
    size_t  i;
    for (i = 0; i < q->cc_email_address_count; i++) {
        json_t *entry = json_object();
        put(entry, "EmailAddress", q->cc_email_addresses[i].email_address);
        put(entry, "DisplayName", q->cc_email_addresses[i].display_name);
        json_array_append_new(list, entry);
    }
    json_object_set_new(o, "CcEmailAddresses", list);
    return o;
}

static json_t *json_of(const cuc_request *q)
{
    const cuc_str unset = CUC_ZERO;
    json_t       *o     = json_object();
    put(o, "Name", q->name);
    put(o, "Description", q->description);
    if (q->references != NULL) json_object_set_new(o, "References", json_of_references(q));
    if (q->segment_attributes != NULL)
        json_object_set_new(o, "SegmentAttributes",
                            json_of_segments(q->segment_attributes, q->segment_attribute_count, 0));
    put_group(o, "QueueInfo", "Id", q->queue_id, "", unset);
    put_group(o, "UserInfo", "UserId", q->user_id, "", unset);
    put_group(o, "CustomerEndpoint", "Type", q->customer_endpoint.type, "Address",
              q->customer_endpoint.address);
    put_group(o, "SystemEndpoint", "Type", q->system_endpoint.type, "Address",
              q->system_endpoint.address);
    if (q->cc_email_addresses != NULL)
        json_object_set_new(o, "AdditionalRecipients", json_of_recipients(q));
    return o;
}

/* ---- one request, looked at from all sides --------------------------------------------------- */

/* How many of the requests have a property, and the first that has not. */
typedef struct tally {
    size_t      tried, kept;
    long        first_bad; /* -1: none */
    const char *why;
} tally;

static struct {
    int   done;
    tally signing, size, terms, json, bytes;
} all;

static void count(tally *t, long number, const char *why) /* why: NULL when all is well */
{
    if (t->tried++ == 0) t->first_bad = -1;
    if (why == NULL) t->kept++;
    else if (t->first_bad < 0) {
        t->first_bad = number;
        t->why       = why;
    }
}

static const char *value_of(const cuc_http_request *http, const char *name)
{
    size_t i;
    for (i = 0; i < http->line_count; i++)
        if (strcmp(http->names[i], name) == 0) return http->values[i];
    return "";
}

static int same(cuc_str s, const char *text) /* text is terminated */
{
    return s.ptr != NULL && s.len == strlen(text) && memcmp(s.ptr, text, s.len) == 0;
}

static const char *canonical(const cuc_call *call)
{
    const size_t n   = cuc_call_canonical_request(call, NULL, 0);
    char        *buf = keep(block(n + 1));
    return cuc_call_canonical_request(call, buf, n + 1) == n ? buf : "";
}

static const char *signing_problem(const cuc_client *c, const cuc_call *call, int64_t now_ms)
{
    const cuc_http_request *http = cuc_call_http_request(call);
    cuc_sign_input          in   = CUC_ZERO;
    cuc_sign_header         headers[2];
    cuc_signed              out;
    cuc_result              r;
    headers[0].name  = cuc_s("CONTENT-TYPE");
    headers[0].value = cuc_s(value_of(http, "content-type"));
    headers[1].name  = cuc_s("Host");
    headers[1].value = cuc_s(http->authority);
    in.method        = cuc_s(http->method);
    in.path          = cuc_s(http->path);
    in.headers       = headers;
    in.header_count  = 2;
    in.body.ptr      = http->body;
    in.body.len      = http->body_len;
    if (cuc_sign(c, &in, now_ms, NULL, 0, &out, &r) != CUC_E_SPACE) return "cuc_sign: measuring";
    if (cuc_sign(c, &in, now_ms, keep(block(r.required)), r.required, &out, &r) != CUC_OK)
        return "cuc_sign: refused";
    if (!same(out.authorization, value_of(http, "authorization"))) return "authorization";
    if (!same(out.amz_date, value_of(http, "x-amz-date"))) return "x-amz-date";
    return same(out.canonical_request, canonical(call)) ? NULL : "canonical request";
}

/* What may stand in a request line and in a header: 0x21..0x7E, a blank after the colon. P30 */
static int is_clean(const char *s, size_t len, int blanks)
{
    int    colon = 0;
    size_t i;
    if (strlen(s) != len) return 0;
    for (i = 0; i < len; i++) {
        const unsigned char c = (unsigned char)s[i];
        if (c > 0x7E || c < (blanks && colon ? 0x20 : 0x21)) return 0;
        colon |= c == ':';
    }
    return !blanks || colon;
}

static const char *bytes_problem(const cuc_http_request *http)
{
    size_t i;
    if (!is_clean(http->url, http->url_len, 0)) return "url";
    if (!is_clean(http->path, http->path_len, 0)) return "path";
    if (!is_clean(http->host, http->host_len, 0)) return "host";
    if (!is_clean(http->authority, http->authority_len, 0)) return "authority";
    if (!is_clean(http->port, strlen(http->port), 0)) return "port";
    for (i = 0; i < http->line_count; i++) {
        if (!is_clean(http->lines[i], http->line_len[i], 1)) return "line";
        if (strchr(http->names[i], ' ') != NULL || http->names[i][0] == 0) return "name";
    }
    return NULL;
}

static const char *json_problem(const cuc_request *q, const cuc_http_request *http)
{
    const size_t flags = JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES;
    json_t      *due   = json_of(q), *got;
    cuc_result   r;
    char        *buf;
    const char  *problem = NULL;
    got                  = json_loadb(http->body, http->body_len, flags, NULL);
    if (got == NULL) problem = "jansson cannot read it";
    else if (!json_equal(got, due)) problem = "another value";
    json_decref(got);
    json_decref(due);
    if (cuc_write_json(q, NULL, 0, &r) != CUC_E_SPACE) return "cuc_write_json: measuring";
    buf = keep(block(r.required));
    if (cuc_write_json(q, buf, r.required, &r) != CUC_OK) return "cuc_write_json: refused";
    if (r.required != http->body_len + 1 || memcmp(buf, http->body, r.required) != 0)
        return "cuc_write_json: another text";
    return problem;
}

static int is_unreserved(cuc_str s)
{
    size_t i;
    for (i = 0; i < s.len; i++) {
        const char c = s.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              (c != 0 && strchr("-._~", c) != NULL)))
            return 0;
    }
    return 1;
}

/* What CUC_WORK_SIZE and CUC_HEAD_SIZE are good for. */
static int terms_hold(const cuc_client *c, const cuc_request *q)
{
    return q->instance_id.len + q->contact_id.len <= 128 && is_unreserved(q->instance_id) &&
           is_unreserved(q->contact_id) && c->endpoint_url.len <= 128 && c->access_key.len <= 128 &&
           c->secret_key.len <= 128;
}

static const char *terms_problem(const cuc_client *c, const cuc_http_request *http, size_t required)
{
    const size_t token = c->session_token.len, head = cuc_http1_head(http, NULL, 0);
    if (required > CUC_WORK_SIZE(http->body_len, token)) return "CUC_WORK_SIZE is too small";
    return head < CUC_HEAD_SIZE(token) ? NULL : "CUC_HEAD_SIZE is too small";
}

/* Measured, one byte less, exactly that: a finished call, or why not. */
static const char *size_problem(cuc_call *call, const cuc_client *c, const cuc_request *q,
                                int64_t now_ms, size_t *required)
{
    cuc_result r;
    begin_call(call, c, q, NULL, 0);
    if (cuc_call_next(call, now_ms) != CUC_NEXT_DONE) return "measuring";
    r         = *result_of(call);
    *required = r.required;
    if (r.status != CUC_E_SPACE) return r.where[0] != 0 ? "refused" : "nothing to measure";
    begin_call(call, c, q, keep(block(*required - 1)), *required - 1);
    if (cuc_call_next(call, now_ms) != CUC_NEXT_DONE) return "one byte less was enough";
    if (result_of(call)->required != *required) return "one byte less reports another size";
    begin_call(call, c, q, keep(block(*required)), *required);
    if (cuc_call_next(call, now_ms) != CUC_NEXT_SEND) return "the measured size is not enough";
    return NULL;
}

static void look_at(long number)
{
    static cuc_call call;
    const int64_t   now_ms   = moment();
    cuc_client      c        = client();
    cuc_request     q        = request();
    size_t          required = 0;
    const char     *why;
    if (once_in(20)) stretch(&c, &q);
    why = size_problem(&call, &c, &q, now_ms, &required);
    count(&all.size, number, why);
    if (why == NULL) {
        const cuc_http_request *http = cuc_call_http_request(&call);
        if (terms_hold(&c, &q)) count(&all.terms, number, terms_problem(&c, http, required));
        count(&all.json, number, json_problem(&q, http));
        count(&all.bytes, number, bytes_problem(http));
        count(&all.signing, number, signing_problem(&c, &call, now_ms));
    }
    release();
}

static void look_at_all(void)
{
    long number;
    if (all.done) return;
    all.done = 1;
    for (number = 0; number < REQUESTS; number++) look_at(number);
}

static void every_one(const tally *t, size_t least)
{
    if (t->kept != t->tried)
        print_error("%zu of %zu; the first bad one is number %ld: %s\n", t->tried - t->kept,
                    t->tried, t->first_bad, t->why);
    assert_int_equal(t->kept, t->tried);
    assert_true(t->tried >= least);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void random_requests_fit_exactly_in_the_measured_size(void **state)
{
    (void)state; /* P50 P51 */
    look_at_all();
    every_one(&all.size, REQUESTS);
}

static void random_requests_fit_in_work_size_and_head_size(void **state)
{
    (void)state;
    look_at_all();
    every_one(&all.terms, REQUESTS / 5);
}

static void random_requests_are_signed_as_by_cuc_sign(void **state)
{
    (void)state; /* P02 P13 */
    look_at_all();
    every_one(&all.signing, REQUESTS);
}

static void random_requests_have_a_body_with_all_their_fields(void **state)
{
    (void)state; /* P40 P43 P44 P45 P46 */
    look_at_all();
    every_one(&all.json, REQUESTS);
}

static void random_requests_cannot_inject_lines_or_blanks(void **state)
{
    (void)state; /* P10 P30 */
    look_at_all();
    every_one(&all.bytes, REQUESTS);
}

int api_random(void);
int api_random(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_requests_fit_exactly_in_the_measured_size),
        cmocka_unit_test(random_requests_fit_in_work_size_and_head_size),
        cmocka_unit_test(random_requests_are_signed_as_by_cuc_sign),
        cmocka_unit_test(random_requests_have_a_body_with_all_their_fields),
        cmocka_unit_test(random_requests_cannot_inject_lines_or_blanks),
    };
    return GROUP(tests);
}
