/* Bytes become a region or a URL, which are resolved, and any request, which the general signer
 * signs. The canonical request is made here once more: by decoding, sorting with qsort, and
 * joining. */
#include "fuzz.h"

enum { MOST = 64, MOST_QUADRATIC = 300 }; /* sorting without memory takes its time */

typedef struct input {
    cuc_client      client;
    cuc_signing_key key;
    cuc_sign_input  sign;
    cuc_sign_header headers[MOST];
    cuc_str         arn;
    int64_t         now_ms;
    size_t          cap;
} input;

static const char    date[]   = "20261126T120000Z"; /* of usual_ms */
static const int64_t usual_ms = INT64_C(1795694400000);

/* ---- input ----------------------------------------------------------------------------------- */

enum {
    HAS_URL         = 1,
    HAS_REGION      = 2,
    HAS_FIPS        = 4,
    HAS_DUALSTACK   = 8,
    HAS_TOKEN       = 16,
    HAS_CREDENTIALS = 32,
    HAS_KEY         = 64,
    HAS_MAC         = 128,
    HAS_METHOD      = 256,
    HAS_SERVICE     = 512,
    HAS_RAW         = 1024,
    HAS_CONTENT     = 2048,
    HAS_UNSIGNED    = 4096,
    HAS_TIME        = 8192,
    HAS_NO_HOST     = 16384,
    HAS_BODY        = 32768
};

static cuc_str take_or(bytes *b, unsigned set, const char *usual)
{
    return set ? take_text(b) : copy_of(usual, strlen(usual));
}

static void take_client(input *in, bytes *b, unsigned set)
{
    cuc_client *c = &in->client;
    unsigned    i;
    c->user          = (void *)(uintptr_t)hash_user;
    c->sha256        = stub_sha256;
    c->hmac_sha256   = set & HAS_MAC ? stub_hmac : NULL;
    c->use_fips      = !!(set & HAS_FIPS);
    c->use_dualstack = !!(set & HAS_DUALSTACK);
    if (set & HAS_URL) c->endpoint_url = take_text(b);
    c->region     = take_or(b, set & HAS_REGION, "us-west-2");
    c->access_key = take_or(b, set & HAS_CREDENTIALS, "AKIDEXAMPLE");
    c->secret_key = take_or(b, set & HAS_CREDENTIALS, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    if (set & HAS_TOKEN) c->session_token = take_text(b);
    in->now_ms = set & HAS_TIME ? (int64_t)take_number(b, 8) : usual_ms;
    if ((set & HAS_KEY) == 0) return;
    for (i = 0; i < 32; i++) in->key.key[i] = (unsigned char)(7 * i);
    memcpy(in->key.date, date, 8);
    c->signing_key = &in->key;
}

static void take_request(input *in, bytes *b, unsigned set)
{
    cuc_sign_input *s = &in->sign;
    size_t          n = take(b) % 9, i;
    s->method         = take_or(b, set & HAS_METHOD, "GET");
    s->path           = take_text_up_to(b, MOST_QUADRATIC);
    s->query          = take_text_up_to(b, MOST_QUADRATIC);
    s->service        = set & HAS_SERVICE ? take_text(b) : in->sign.service;
    s->body           = set & HAS_BODY ? take_text(b) : in->sign.body;
    s->raw_path       = !!(set & HAS_RAW);
    s->content_sha256 = !!(set & HAS_CONTENT);
    s->token_unsigned = !!(set & HAS_UNSIGNED);
    s->headers        = in->headers;
    for (i = 0; i < n; i++) {
        in->headers[i].name  = take_text_up_to(b, MOST_QUADRATIC);
        in->headers[i].value = take_text_up_to(b, MOST_QUADRATIC);
    }
    in->headers[n].name  = copy_of(i % 2 ? "host" : "Host", 4);
    in->headers[n].value = copy_of("example.com", 11);
    s->header_count      = n + !(set & HAS_NO_HOST);
    in->arn              = take_text(b);
}

static void take_input(input *in, bytes *b)
{
    const unsigned set = (unsigned)take_number(b, 2);
    memset(in, 0, sizeof *in);
    in->cap = (size_t)take_number(b, 2);
    take_client(in, b, set);
    take_request(in, b, set);
}

/* ---- endpoints ------------------------------------------------------------------------------- */

static const char *after(const char *s, const char *with)
{
    const size_t n = strlen(with);
    return strncmp(s, with, n) == 0 ? s + n : NULL;
}

/* P25 */
static void check_authority(const char *authority, size_t n, int custom)
{
    size_t i, colon = n;
    for (i = 0; i < n; i++) {
        const char c = authority[i];
        HOLDS("the authority has no case, user, query or fragment",
              !(custom && c >= 'A' && c <= 'Z') && strchr("@?#\\%<>\"", c) == NULL);
        if (c == ':') colon = i;
        if (c == ']') colon = n;
    }
    HOLDS("there is a host", n > 0 && colon > 0);
    HOLDS("a port is a number of its own",
          colon == n || (atoi(authority + colon + 1) >= 1 && atoi(authority + colon + 1) <= 65535));
}

/* Visible, no empty, . or .. segment, escapes well-formed, no slash at the end. P07, P28 */
static void check_base(const char *base)
{
    const char *s = base, *end;
    HOLDS("the base path has no query or fragment", strpbrk(base, "?#") == NULL);
    for (; *s != 0; s = end) {
        end = strchr(s + 1, '/') != NULL ? strchr(s + 1, '/') : s + strlen(s);
        HOLDS("no segment is empty", end > s + 1);
        HOLDS("or dots",
              !(end - s == 2 && s[1] == '.') && !(end - s == 3 && s[1] == '.' && s[2] == '.'));
    }
    for (s = base; (s = strchr(s, '%')) != NULL; s++)
        HOLDS("escapes are well-formed",
              s[1] != 0 && strchr("0123456789abcdefABCDEF", s[1]) != NULL && s[2] != 0 &&
                  strchr("0123456789abcdefABCDEF", s[2]) != NULL);
}

/* P26 */
static void check_region_url(const cuc_client *c, const char *url)
{
    static const char *const ends[]      = { "amazonaws.com", "amazonaws.com.cn", "amazonaws.eu",
                                             "c2s.ic.gov",    "sc2s.sgov.gov",    "cloud.adc-e.uk",
                                             "csp.hci.ic.gov" };
    static const char *const dual_ends[] = { "api.aws",
                                             "api.amazonwebservices.com.cn",
                                             "api.amazonwebservices.eu",
                                             "api.aws.ic.gov",
                                             "api.aws.scloud",
                                             "api.cloud-aws.adc-e.uk",
                                             "api.aws.hci.ic.gov" };
    const char *const       *list        = c->use_dualstack ? dual_ends : ends;
    const char              *rest        = after(url, "https://connect");
    int                      i, known = 0;
    HOLDS("a region's host is https, and connect", rest != NULL);
    if (after(rest, "-fips") != NULL) {
        HOLDS("FIPS only when asked for", c->use_fips);
        rest = after(rest, "-fips");
    }
    HOLDS("then the region", rest[0] == '.' &&
                                 strncmp(rest + 1, c->region.ptr, c->region.len) == 0 &&
                                 rest[1 + c->region.len] == '.');
    for (i = 0; i < 7; i++) known |= strcmp(rest + c->region.len + 2, list[i]) == 0;
    HOLDS("then a suffix of a partition", known);
}

/* A label that a FIPS pseudo-region or a zone has is none of a region. */
static int is_no_region(cuc_str s)
{
    const char *end = s.ptr + s.len;
    if (s.len >= 5 && (memcmp(s.ptr, "fips-", 5) == 0 || memcmp(end - 5, "-fips", 5) == 0))
        return 1;
    return s.len >= 2 && end[-2] >= '0' && end[-2] <= '9' && !(end[-1] >= '0' && end[-1] <= '9');
}

static void check_resolved(const input *in, const char *url)
{
    const int   custom = given(in->client.endpoint_url).len > 0;
    const char *rest =
        after(url, "https://") != NULL ? after(url, "https://") : after(url, "http://");
    const char *base;
    HOLDS("the scheme is http or https", rest != NULL);
    HOLDS("the URL is visible", visible(cuc_s(url), 0));
    base = strchr(rest, '/') != NULL ? strchr(rest, '/') : rest + strlen(rest);
    check_authority(rest, (size_t)(base - rest), custom);
    check_base(base);
    if (!custom) HOLDS("only a region has a host", !is_no_region(given(in->client.region)));
    if (!custom) check_region_url(&in->client, url);
}

/* What was resolved is itself an endpoint, and resolves to itself. */
static void check_again(const char *url, int custom)
{
    cuc_client c = CUC_ZERO;
    cuc_result r;
    size_t     n   = strlen(url) + 1;
    char      *buf = block(n);
    c.endpoint_url = cuc_s(url);
    HOLDS("a resolved URL resolves", cuc_resolve_endpoint(&c, buf, n, &r) == CUC_OK || !custom);
    if (custom) HOLDS("to itself", strcmp(buf, url) == 0);
}

static int is_lost(cuc_str s) { return s.ptr == NULL && s.len > 0; }

static void check_endpoint(const input *in)
{
    cuc_result r;
    size_t     need, cap;
    char      *buf;
    cuc_status s = cuc_resolve_endpoint(&in->client, NULL, 0, &r);
    check_result(&r);
    if (s == CUC_E_REQUIRED) {
        HOLDS("a string is lost only when it has a length and no pointer",
              is_lost(in->client.region) || is_lost(in->client.endpoint_url) ||
                  is_lost(in->client.access_key) || is_lost(in->client.secret_key) ||
                  is_lost(in->client.session_token));
        return;
    }
    if (s != CUC_E_SPACE) {
        HOLDS("an endpoint is refused as one, or as a region",
              s == CUC_E_ENDPOINT || s == CUC_E_REGION);
        HOLDS("and named", strcmp(r.where, s == CUC_E_REGION ? "region" : "endpoint_url") == 0);
        return;
    }
    need = r.required;
    buf  = block(need);
    HOLDS("what was measured is enough",
          cuc_resolve_endpoint(&in->client, buf, need, &r) == CUC_OK);
    HOLDS("and is what was written", r.required == need && strlen(buf) == need - 1);
    check_resolved(in, buf);
    check_again(buf, given(in->client.endpoint_url).len > 0);
    cap = in->cap % need;
    buf = block(cap);
    HOLDS("less is refused",
          cuc_resolve_endpoint(&in->client, cap > 0 ? buf : NULL, cap, &r) == CUC_E_SPACE);
    HOLDS("with the same need", r.required == need);
    HOLDS("and leaves an empty text", cap == 0 || buf[0] == 0);
}

/* ---- the canonical request, made in another way ---------------------------------------------- */

typedef struct pair {
    text   name, value;
    size_t at;
} pair;

UNTRACED static int compare_texts(const text *a, const text *b)
{
    const size_t n = a->len < b->len ? a->len : b->len;
    const int    c = n > 0 ? memcmp(a->ptr, b->ptr, n) : 0;
    return c != 0 ? c : a->len < b->len ? -1 : a->len > b->len;
}

static int by_name_and_value(const void *x, const void *y)
{
    const pair *a = x, *b = y;
    const int   c = compare_texts(&a->name, &b->name);
    return c != 0 ? c : compare_texts(&a->value, &b->value);
}

static int by_name_and_place(const void *x, const void *y)
{
    const pair *a = x, *b = y;
    const int   c = compare_texts(&a->name, &b->name);
    return c != 0 ? c : a->at < b->at ? -1 : 1;
}

UNTRACED static int hex_value(int c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

UNTRACED static void add_recoded(text *t, cuc_str s)
{
    size_t i;
    for (i = 0; i < s.len; i++) {
        char      c    = s.ptr[i];
        const int high = c == '%' && i + 2 < s.len ? hex_value(s.ptr[i + 1]) : -1;
        const int low  = c == '%' && i + 2 < s.len ? hex_value(s.ptr[i + 2]) : -1;
        if (high >= 0 && low >= 0) {
            c = (char)(high * 16 + low);
            i += 2;
        }
        add_encoded(t, view(&c, 1), 0);
    }
}

UNTRACED static void free_pairs(pair *p, size_t n)
{
    while (n-- > 0) {
        free_text(&p[n].name);
        free_text(&p[n].value);
    }
    free(p);
}

UNTRACED static void add_query(text *t, cuc_str query)
{
    pair  *p = calloc(query.len + 1, sizeof *p);
    size_t n = 0, i, from = 0;
    HOLDS("the harness has memory", p != NULL);
    for (i = 0; i <= query.len; i++) {
        size_t equals = from;
        if (i < query.len && query.ptr[i] != '&') continue;
        while (equals < i && query.ptr[equals] != '=') equals++;
        if (i > from) {
            add_recoded(&p[n].name, view(query.ptr + from, equals - from));
            if (equals < i) add_recoded(&p[n].value, view(query.ptr + equals + 1, i - equals - 1));
            n++;
        }
        from = i + 1;
    }
    qsort(p, n, sizeof *p, by_name_and_value);
    for (i = 0; i < n; i++) {
        if (i > 0) add_s(t, "&");
        add_str(t, text_view(&p[i].name));
        add_s(t, "=");
        add_str(t, text_view(&p[i].value));
    }
    free_pairs(p, n);
}

/* Segments on a stack: .. takes the last one away. */
UNTRACED static void add_path(text *t, cuc_str path, int raw)
{
    cuc_str *stack;
    size_t   n = 0, i, from = 0;
    if (raw && path.len > 0) {
        add_encoded(t, path, 1);
        return;
    }
    stack = calloc(path.len + 1, sizeof *stack);
    HOLDS("the harness has memory", stack != NULL);
    for (i = 0; i <= path.len; i++) {
        const cuc_str s = view(path.ptr + from, i - from);
        if (i < path.len && path.ptr[i] != '/') continue;
        from = i + 1;
        if (same(s, cuc_s(".."))) n -= n > 0;
        else if (s.len > 0 && !same(s, cuc_s("."))) stack[n++] = s;
    }
    for (i = 0; i < n; i++) {
        add_s(t, "/");
        add_encoded(t, stack[i], 0);
    }
    if (n == 0 || path.ptr[path.len - 1] == '/') add_s(t, "/");
    free(stack);
}

/* Without blanks around, runs of them inside one; everything up to 0x20 counts as one. P09 */
UNTRACED static void add_trimmed(text *t, cuc_str s)
{
    const size_t mark = t->len;
    size_t       i;
    int          blank = 0;
    for (i = 0; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] <= 0x20) {
            blank = 1;
            continue;
        }
        if (blank && t->len > mark) add_s(t, " ");
        blank = 0;
        add_c(t, (unsigned char)s.ptr[i]);
    }
}

UNTRACED static void set_pair(pair *p, cuc_str name, cuc_str value, size_t at)
{
    size_t i;
    for (i = 0; i < name.len; i++)
        add_c(&p->name, (unsigned)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? name.ptr[i] + 32
                                                                            : name.ptr[i]));
    add_trimmed(&p->value, value);
    p->at = at;
}

/* Header lines to `lines`, names joined by semicolons to `names`. */
UNTRACED static void add_headers(const input *in, cuc_str content, text *lines, text *names)
{
    const size_t n = in->sign.header_count;
    pair        *p = calloc(n + 3, sizeof *p);
    size_t       i, count = n;
    HOLDS("the harness has memory", p != NULL);
    for (i = 0; i < n; i++) set_pair(&p[i], in->headers[i].name, in->headers[i].value, i);
    set_pair(&p[count++], cuc_s("x-amz-date"), cuc_s(date), n);
    if (given(in->client.session_token).len > 0 && !in->sign.token_unsigned)
        set_pair(&p[count++], cuc_s("x-amz-security-token"), in->client.session_token, n + 1);
    if (in->sign.content_sha256)
        set_pair(&p[count++], cuc_s("x-amz-content-sha256"), content, n + 2);
    qsort(p, count, sizeof *p, by_name_and_place);
    for (i = 0; i < count; i++) {
        const int again = i > 0 && compare_texts(&p[i].name, &p[i - 1].name) == 0;
        if (!again && i > 0) add_s(names, ";");
        if (!again) add_str(names, text_view(&p[i].name));
        if (!again && i > 0) add_s(lines, "\n");
        if (!again) add_str(lines, text_view(&p[i].name));
        add_s(lines, again ? "," : ":");
        add_str(lines, text_view(&p[i].value));
    }
    add_s(lines, "\n");
    free_pairs(p, count);
}

static void add_canonical(const input *in, text *t, text *names)
{
    unsigned char digest[32];
    text          hex  = { 0 };
    const cuc_str body = given(in->sign.body);
    stub(body.len > 0 ? body.ptr : "", body.len, digest);
    add_hex(&hex, digest, 32);
    add_str(t, in->sign.method);
    add_s(t, "\n");
    add_path(t, given(in->sign.path), in->sign.raw_path);
    add_s(t, "\n");
    add_query(t, given(in->sign.query));
    add_s(t, "\n");
    add_headers(in, text_view(&hex), t, names);
    add_s(t, "\n");
    add_str(t, text_view(names));
    add_s(t, "\n");
    add_str(t, text_view(&hex));
    free_text(&hex);
}

/* ---- the signer ------------------------------------------------------------------------------ */

static void check_authorization(const input *in, const cuc_signed *out, cuc_str canonical,
                                cuc_str names)
{
    const cuc_str service = given(in->sign.service).len > 0 ? in->sign.service : cuc_s("connect");
    text          t       = { 0 };
    add_s(&t, "AWS4-HMAC-SHA256 Credential=");
    add_str(&t, in->client.access_key);
    add_s(&t, "/");
    add(&t, date, 8);
    add_s(&t, "/");
    add_str(&t, in->client.region);
    add_s(&t, "/");
    add_str(&t, service);
    add_s(&t, "/aws4_request, SignedHeaders=");
    add_str(&t, names);
    add_s(&t, ", Signature=");
    add_signature(&t, &in->client, service, cuc_s(date), canonical);
    HOLDS("the authorization is that of the canonical request",
          same(out->authorization, text_view(&t)));
    HOLDS("the authorization is visible", visible(out->authorization, 1));
    free_text(&t);
}

static void check_terminated(cuc_str s)
{
    HOLDS("a view is terminated", s.ptr != NULL && s.ptr[s.len] == 0);
}

static void check_signed(const input *in, const cuc_signed *out)
{
    text canonical = { 0 }, names = { 0 };
    check_terminated(out->authorization);
    check_terminated(out->amz_date);
    check_terminated(out->canonical_request);
    check_terminated(out->string_to_sign);
    HOLDS("content_sha256 is there when asked for",
          in->sign.content_sha256
              ? out->content_sha256.len == 64 && out->content_sha256.ptr[64] == 0
              : out->content_sha256.ptr == NULL);
    if (in->now_ms == usual_ms) { /* of other times the date is another test's matter */
        HOLDS("the date is that of the time", same(out->amz_date, cuc_s(date)));
        add_canonical(in, &canonical, &names);
        HOLDS("the canonical request is the one made here",
              same(out->canonical_request, text_view(&canonical)));
        check_authorization(in, out, text_view(&canonical), text_view(&names));
    }
    free_text(&canonical);
    free_text(&names);
}

static void check_nothing(const cuc_signed *out)
{
    static const cuc_signed nothing;
    HOLDS("a failure hands out nothing", memcmp(out, &nothing, sizeof nothing) == 0);
}

static cuc_status sign(const input *in, size_t cap, cuc_signed *out, cuc_result *r, char **work)
{
    char *buf = block(cap);
    if (work != NULL) *work = buf;
    memset(out, 0x5A, sizeof *out);
    return cuc_sign(&in->client, &in->sign, in->now_ms, cap > 0 ? buf : NULL, cap, out, r);
}

static void check_signer(const input *in)
{
    cuc_signed out;
    cuc_result r;
    char      *work;
    size_t     need;
    cuc_status s = sign(in, 0, &out, &r, NULL);
    check_result(&r);
    check_nothing(&out);
    if (s == CUC_E_SPACE) {
        need = r.required;
        s    = sign(in, need, &out, &r, &work);
        HOLDS("what was measured is enough, unless the time is wrong",
              s == CUC_OK || ((s == CUC_E_KEY_DAY || s == CUC_E_TIME) && in->now_ms != usual_ms));
        if (s != CUC_OK) return;
        HOLDS("need is exact", r.required == need);
        check_signed(in, &out);
        HOLDS("the secret is wiped", in->client.secret_key.len != 40 ||
                                         in->client.secret_key.ptr[0] != 'w' ||
                                         has(in->sign.query, in->client.secret_key) ||
                                         has(in->sign.path, in->client.secret_key) ||
                                         !has(view(work, need), in->client.secret_key));
        HOLDS("one byte less is refused", sign(in, need - 1, &out, &r, NULL) == CUC_E_SPACE);
        HOLDS("with the same need", r.required == need);
        check_nothing(&out);
        s = sign(in, in->cap % need, &out, &r, NULL);
        HOLDS("so is any less", s == CUC_E_SPACE && r.required == need);
        check_nothing(&out);
    } else {
        HOLDS("nothing fits", s != CUC_OK);
        HOLDS("room does not heal what is wrong", sign(in, 4096, &out, &r, NULL) != CUC_OK);
        check_nothing(&out);
    }
}

static void check_key(const input *in)
{
    cuc_signing_key key, nothing;
    cuc_result      r;
    text            mac = { 0 };
    size_t need = 4 + given(in->client.secret_key).len + (in->client.hmac_sha256 == NULL ? 128 : 0);
    char  *work = block(need);
    cuc_status s =
        cuc_derive_signing_key(&in->client, in->sign.service, in->now_ms, work, need, &key, &r);
    memset(&nothing, 0, sizeof nothing);
    check_result(&r);
    HOLDS("the room that is documented is enough", s != CUC_E_SPACE && r.required <= need);
    if (s != CUC_OK)
        HOLDS("without success there is no key", memcmp(&key, &nothing, sizeof key) == 0);
    if (s == CUC_OK && in->now_ms == usual_ms) {
        input         with = *in, without = *in;
        text          a = { 0 }, b = { 0 };
        const cuc_str service =
            given(in->sign.service).len > 0 ? in->sign.service : cuc_s("connect");
        with.client.signing_key    = &key;
        without.client.signing_key = NULL;
        add_signature(&a, &with.client, service, cuc_s(date), cuc_s("x"));
        add_signature(&b, &without.client, service, cuc_s(date), cuc_s("x"));
        HOLDS("a derived key signs as its secret does", same(text_view(&a), text_view(&b)));
        HOLDS("for its day", memcmp(key.date, date, 8) == 0);
        HOLDS("nothing of the secret stays", work[0] == 0 && (need < 5 || work[4] == 0));
        free_text(&a);
        free_text(&b);
    }
    free_text(&mac);
}

/* ---- ARNs and words -------------------------------------------------------------------------- */

/* arn:PARTITION:connect:REGION:ACCOUNT:instance/ID, put together again from what was cut out of
 * it. */
static void check_arn(cuc_str arn)
{
    const cuc_str id = cuc_instance_id_from_arn(arn), region = cuc_region_from_arn(arn);
    text          t = { 0 };
    size_t        i, colons = 0;
    HOLDS("no region without an id", region.ptr == NULL || id.ptr != NULL);
    if (id.ptr == NULL) return;
    for (i = 0; i < arn.len && colons < 3; i++) colons += arn.ptr[i] == ':';
    add(&t, arn.ptr, i);
    HOLDS("the third part is connect", i >= 9 && memcmp(arn.ptr + i - 9, ":connect:", 9) == 0);
    add_str(&t, region);
    HOLDS("the region goes up to a colon", memchr(t.ptr, ':', 4) == t.ptr + 3);
    for (i = t.len; i < arn.len && (arn.ptr[i] != ':' || i == t.len); i++) continue;
    if (region.ptr != NULL) HOLDS("and is what stands there", arn.ptr[t.len] == ':');
    HOLDS("the id is in it",
          id.len > 0 && id.ptr >= arn.ptr && id.ptr + id.len <= arn.ptr + arn.len);
    HOLDS("after instance/", id.ptr - arn.ptr > 10 && memcmp(id.ptr - 10, ":instance/", 10) == 0);
    HOLDS("up to the end or a slash",
          memchr(id.ptr, '/', id.len) == NULL &&
              (id.ptr + id.len == arn.ptr + arn.len || id.ptr[id.len] == '/'));
    free_text(&t);
}

static void check_word(cuc_str s)
{
    static const char known[] =
        " URL ATTACHMENT CONTACT_ANALYSIS NUMBER STRING DATE EMAIL EMAIL_MESSAGE "
        "EMAIL_MESSAGE_PLAIN_TEXT EMAIL_MESSAGE_PLAIN_TEXT_REDACTED "
        "EMAIL_MESSAGE_REDACTED AVAILABLE DELETED APPROVED REJECTED PROCESSING "
        "FAILED TELEPHONE_NUMBER VOIP CONTACT_FLOW CONNECT_PHONENUMBER_ARN "
        "EMAIL_ADDRESS ";
    const int lists =
        cuc_known_reference_type(s) + cuc_known_reference_status(s) + cuc_known_endpoint_type(s);
    text t = { 0 };
    add_s(&t, " ");
    add_str(&t, s);
    add_s(&t, " ");
    HOLDS("a known word is one of the model's, in one list",
          lists == (s.ptr != NULL && s.len > 0 && !has(s, cuc_s(" ")) &&
                    has(cuc_s(known), text_view(&t))));
    free_text(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static input in;
    bytes        b;
    b.at   = data;
    b.left = size;
    take_input(&in, &b);
    check_endpoint(&in);
    check_signer(&in);
    check_key(&in);
    check_arn(in.arn);
    check_word(in.arn);
    free_blocks();
    return 0;
}
