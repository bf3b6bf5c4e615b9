/* tests/api_data.c - black box: what others recorded and what the service's model says, read from
 * JSON as it is: $CUC_DATA (../shared/data) and tests/vectors. One test a file.
 * needs: jansson */
#include "data.h"

#include <dirent.h>

/* ---- the score of one file: every wrong record is named, then the test fails ----------------- */

static struct {
    const char *file, *record;
    size_t      records, bad;
    int         wrong;
} score;

static void score_begin(const char *file)
{
    memset(&score, 0, sizeof score);
    score.file = file;
}

static void score_record(const char *name)
{
    score.bad += score.wrong != 0;
    score.records++;
    score.wrong  = 0;
    score.record = name;
}

/* least: so that a file that has lost its records is not a success. The file is let go. */
static void score_end(json_t *file, size_t least)
{
    json_decref(file);
    score.bad += score.wrong != 0;
    print_message("%s: %zu/%zu\n", score.file, score.records - score.bad, score.records);
    assert_true(score.records >= least);
    assert_int_equal(score.bad, 0);
}

/* The first thing that is wrong with a record is enough. */
static int blame(const char *what, cuc_str got, cuc_str due)
{
    if (score.wrong++ == 0)
        print_error("%s: %s: %s is \"%.*s\", not \"%.*s\"\n", score.file, score.record, what,
                    (int)(got.len < 4000 ? got.len : 4000), got.ptr == NULL ? "(unset)" : got.ptr,
                    (int)(due.len < 4000 ? due.len : 4000), due.ptr == NULL ? "(unset)" : due.ptr);
    return 0;
}

static int check(const char *what, int ok)
{
    return ok ? 1 : blame(what, cuc_s("wrong"), cuc_s("right"));
}

static int check_bytes(const char *what, cuc_str got, cuc_str due)
{
    if (got.len == due.len && (due.len == 0 || memcmp(got.ptr, due.ptr, due.len) == 0)) return 1;
    return blame(what, got, due);
}

static int check_text(const char *what, const char *got, const char *due)
{
    return check_bytes(what, cuc_s(got), cuc_s(due));
}

/* ---- JSON as views: every string in an exact-size block of its own, freed with the record ---- */

static void **kept;
static size_t kept_count, kept_cap;

static void *keep(void *p)
{
    if (kept_count == kept_cap) {
        kept_cap = kept_cap * 2 + 64;
        kept     = realloc(kept, kept_cap * sizeof *kept);
        assert_non_null(kept);
    }
    return kept[kept_count++] = p;
}

static void release(void)
{
    while (kept_count > 0) free(kept[--kept_count]);
    free(kept);
    kept     = NULL;
    kept_cap = 0;
}

static cuc_str view_of(const char *ptr, size_t len)
{
    cuc_str s = CUC_ZERO;
    s.ptr     = keep(block_of(ptr, len));
    s.len     = len;
    return s;
}

static cuc_str view_of_json(const json_t *j) /* null and missing are unset */
{
    cuc_str s = CUC_ZERO;
    return json_is_string(j) ? view_of(json_string_value(j), json_string_length(j)) : s;
}

static cuc_str member(const json_t *o, const char *name)
{
    return view_of_json(json_object_get(o, name));
}

static const char *text(const json_t *o, const char *name)
{
    const json_t *j = json_object_get(o, name);
    return json_is_string(j) ? json_string_value(j) : NULL;
}

static int truth(const json_t *o, const char *name)
{
    return json_is_true(json_object_get(o, name));
}

/* Each of a list's records, which stand for themselves under `name`. */
static void score_each(json_t *list, const char *name, void (*check_one)(json_t *record))
{
    json_t *record;
    size_t  i;
    json_array_foreach(list, i, record)
    {
        score_record(text(record, name));
        check_one(record);
        release();
    }
}

static void check_file(const char *folder, const char *name, const char *list,
                       void (*check_one)(json_t *record), size_t least)
{
    json_t *file = load(folder, name);
    if (file == NULL) return;
    score_begin(name);
    score_each(json_object_get(file, list), "name", check_one);
    score_end(file, least);
}

/* ---- requests out of params ------------------------------------------------------------------ */

static const cuc_reference *references(json_t *o, size_t *count)
{
    cuc_reference *r = keep(block(json_object_size(o) * sizeof *r));
    const char    *key;
    json_t        *v;
    *count = 0;
    json_object_foreach(o, key, v)
    {
        const cuc_reference one = { view_of(key, strlen(key)), member(v, "Type"),
                                    member(v, "Value"),        member(v, "Status"),
                                    member(v, "Arn"),          member(v, "StatusReason") };
        r[(*count)++]           = one;
    }
    return r;
}

static const cuc_segment *segments(json_t *o, size_t *count);

/* {"ValueString": "x"} */
static cuc_segment segment(json_t *value)
{
    static const char *const names[] = { "",         "ValueString", "ValueArn", "ValueInteger",
                                         "ValueMap", "ValueList" };
    const char              *name    = json_object_iter_key(json_object_iter(value));
    json_t                  *v       = json_object_get(value, name);
    cuc_segment              s       = CUC_ZERO;
    unsigned                 i;
    assert_int_equal(json_object_size(value), 1);
    for (i = 1; strcmp(name, names[i]) != 0; i++) assert_true(i < 5);
    s.kind = (cuc_segment_kind)i;
    if (json_is_string(v)) s.text = view_of_json(v);
    else if (json_is_integer(v)) s.integer = (int32_t)json_integer_value(v);
    else s.items = segments(v, &s.count);
    return s;
}

static const cuc_segment *segments(json_t *o, size_t *count) /* an object or an array */
{
    const size_t n = json_is_array(o) ? json_array_size(o) : json_object_size(o);
    cuc_segment *s = keep(block(n * sizeof *s));
    const char  *key;
    json_t      *v;
    size_t       i;
    *count                                    = 0;
    json_array_foreach(o, i, v) s[(*count)++] = segment(v);
    json_object_foreach(o, key, v)
    {
        s[*count]     = segment(v);
        s[*count].key = view_of(key, strlen(key));
        *count += 1;
    }
    return s;
}

static cuc_endpoint endpoint(json_t *o)
{
    const cuc_endpoint e = { member(o, "Type"), member(o, "Address") };
    return e;
}

static cuc_request request_of(json_t *params)
{
    cuc_request q = CUC_ZERO;
    const char *name;
    json_t     *v;
    json_object_foreach(params, name, v)
    {
        if (strcmp(name, "InstanceId") == 0) q.instance_id = view_of_json(v);
        else if (strcmp(name, "ContactId") == 0) q.contact_id = view_of_json(v);
        else if (strcmp(name, "Name") == 0) q.name = view_of_json(v);
        else if (strcmp(name, "Description") == 0) q.description = view_of_json(v);
        else if (strcmp(name, "References") == 0) q.references = references(v, &q.reference_count);
        else if (strcmp(name, "SegmentAttributes") == 0)
            q.segment_attributes = segments(v, &q.segment_attribute_count);
        else if (strcmp(name, "QueueInfo") == 0) q.queue_id = member(v, "Id");
        else if (strcmp(name, "UserInfo") == 0) q.user_id = member(v, "UserId");
        else if (strcmp(name, "CustomerEndpoint") == 0) q.customer_endpoint = endpoint(v);
        else if (strcmp(name, "SystemEndpoint") == 0) q.system_endpoint = endpoint(v);
        else fail_msg("%s: a member that this test does not know: %s", score.record, name);
    }
    return q;
}

static cuc_client client_of(json_t *record)
{
    json_t    *credentials = json_object_get(record, "credentials");
    json_t    *e           = json_object_get(record, "endpoint");
    cuc_client c           = CUC_ZERO;
    c.region               = member(e, "region");
    c.endpoint_url         = member(e, "endpoint_url");
    c.use_fips             = truth(e, "use_fips");
    c.use_dualstack        = truth(e, "use_dualstack");
    c.access_key           = member(credentials, "access_key_id");
    c.secret_key           = member(credentials, "secret_access_key");
    c.session_token        = member(credentials, "session_token");
    c.sha256               = real_sha256;
    c.hmac_sha256          = score.records % 2 == 0 ? real_hmac : NULL; /* both ways to have one */
    return c;
}

/* By counting days, so that nothing of the header's own arithmetic is repeated. */
static int64_t ms_of(const char *iso)
{
    static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
    int              y, mo, d, h, mi, s, leap;
    int64_t          days = 0, i;
    assert_int_equal(sscanf(iso, "%4d-%2d-%2dT%2d:%2d:%2dZ", &y, &mo, &d, &h, &mi, &s), 6);
    leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    for (i = 1970; i < y; i++) days += 365 + ((i % 4 == 0 && i % 100 != 0) || i % 400 == 0);
    days += before[mo - 1] + (leap && mo > 2) + d - 1;
    return (((days * 24 + h) * 60 + mi) * 60 + s) * 1000 + 999; /* the second is what counts */
}

/* ---- calls in a buffer of exactly the measured size ------------------------------------------ */

static cuc_call the_call;

/* The request as it would be sent; NULL when it was refused. */
static const cuc_http_request *sent(const cuc_client *c, const cuc_request *q, int64_t now_ms)
{
    size_t required;
    begin_call(&the_call, c, q, NULL, 0);
    if (cuc_call_next(&the_call, now_ms) != CUC_NEXT_DONE) return NULL;
    if (result_of(&the_call)->status != CUC_E_SPACE) return NULL;
    required = result_of(&the_call)->required;
    begin_call(&the_call, c, q, keep(block(required)), required);
    return cuc_call_next(&the_call, now_ms) == CUC_NEXT_SEND ? cuc_call_http_request(&the_call)
                                                             : NULL;
}

static cuc_str canonical(void)
{
    const size_t n = cuc_call_canonical_request(&the_call, NULL, 0);
    cuc_str      s = CUC_ZERO;
    s.ptr          = keep(block(n + 1));
    s.len          = cuc_call_canonical_request(&the_call, (char *)s.ptr, n + 1);
    assert_int_equal(s.len, n);
    return s;
}

static const char *header(const cuc_http_request *http, const char *name)
{
    size_t i;
    for (i = 0; i < http->line_count; i++)
        if (strcmp(http->names[i], name) == 0) return http->values[i];
    return NULL;
}

static cuc_status sign(const cuc_client *c, const cuc_sign_input *in, int64_t now_ms,
                       cuc_signed *out)
{
    cuc_result r;
    if (cuc_sign(c, in, now_ms, NULL, 0, out, &r) != CUC_E_SPACE) return r.status;
    return cuc_sign(c, in, now_ms, keep(block(r.required)), r.required, out, &r);
}

static void check_signed(const cuc_signed *s, json_t *due)
{
    check_bytes("cuc_sign's canonical request", s->canonical_request,
                member(due, "canonical_request"));
    check_bytes("cuc_sign's string to sign", s->string_to_sign, member(due, "string_to_sign"));
}

/* ---- whole requests: golden.json, requests.json ---------------------------------------------- */

static void put_hash(char *end, cuc_str s) /* as the last 64 characters before end */
{
    unsigned char hash[32];
    char          hex[65];
    real_sha256(NULL, s.ptr, s.len, hash);
    to_hex(hash, 32, hex);
    memcpy(end - 64, hex, 64);
}

static void mac(unsigned char key[32], cuc_str part)
{
    unsigned char out[32];
    real_hmac(NULL, key, 32, part.ptr, part.len, out);
    memcpy(key, out, 32);
}

/* The recorded Authorization for another body: only hashes change, and the signature is made here,
 * by a signer that shares nothing with the header. */
static cuc_str authorization_for(json_t *record, cuc_str body)
{
    json_t       *due   = json_object_get(record, "expect");
    const cuc_str lines = member(due, "canonical_request"), sts = member(due, "string_to_sign");
    const cuc_str out    = member(json_object_get(due, "headers"), "authorization");
    const char   *date   = strstr(text(due, "string_to_sign"), "Z\n") + 2;
    const char   *secret = text(json_object_get(record, "credentials"), "secret_access_key");
    const size_t  n      = strlen(secret) + 4;
    char         *first  = keep(block(n + 1));
    unsigned char key[32];
    put_hash((char *)lines.ptr + lines.len, body);
    put_hash((char *)sts.ptr + sts.len, lines);
    snprintf(first, n + 1, "AWS4%s", secret);
    real_hmac(NULL, first, n, date, 8, key);
    mac(key, view_of(date + 9, strcspn(date + 9, "/")));
    mac(key, cuc_s("connect"));
    mac(key, cuc_s("aws4_request"));
    mac(key, sts);
    to_hex(key, 32, first = keep(block(65)));
    memcpy((char *)out.ptr + out.len - 64, first, 64);
    return out;
}

static void check_headers(const cuc_http_request *http, json_t *due)
{
    const char *name;
    json_t     *v;
    check("the number of header lines", http->line_count + 1 == json_object_size(due));
    json_object_foreach(due, name, v)
    {
        if (strcmp(name, "host") == 0) check_bytes(name, cuc_s(http->authority), view_of_json(v));
        else if (strcmp(name, "authorization") != 0)
            check_bytes(name, cuc_s(header(http, name)), view_of_json(v));
    }
}

static void check_body(const cuc_http_request *http, json_t *due)
{
    const size_t flags = JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES;
    json_t      *j     = json_loadb(http->body, http->body_len, flags, NULL);
    check("the body, as JSON without a name twice", j != NULL);
    check("the body's value", j == NULL || json_equal(j, due));
    json_decref(j);
}

/* The signed path: second line of the canonical request. */
static void check_signed_path(cuc_str lines, cuc_str due)
{
    const char *from = memchr(lines.ptr, '\n', lines.len);
    const char *to   = from == NULL ? NULL : strchr(from + 1, '\n');
    if (check("the canonical request", to != NULL))
        check_bytes("signed path", view_of(from + 1, (size_t)(to - from - 1)), due);
}

static void check_built(json_t *record, const cuc_client *c, int64_t now_ms)
{
    json_t                 *due  = json_object_get(record, "expect");
    const cuc_request       q    = request_of(json_object_get(record, "params"));
    const cuc_http_request *http = sent(c, &q, now_ms);
    cuc_str                 body = CUC_ZERO;
    if (!check("building it", http != NULL)) return;
    body.ptr = http->body;
    body.len = http->body_len;
    check_text("method", http->method, text(due, "method"));
    check_text("url", http->url, text(due, "url"));
    check_text("host", http->authority, text(due, "host"));
    check_text("path", http->path, text(due, "path"));
    check_headers(http, json_object_get(due, "headers"));
    check_body(http, json_object_get(due, "body_json"));
    check_signed_path(canonical(), member(due, "signed_path"));
    check_bytes("authorization", cuc_s(header(http, "authorization")),
                authorization_for(record, body));
}

static void check_recorded_body(json_t *record, const cuc_client *c, int64_t now_ms)
{
    json_t                 *due    = json_object_get(record, "expect");
    json_t                 *params = json_object_get(record, "params");
    cuc_request             q      = CUC_ZERO;
    const cuc_http_request *http;
    q.instance_id = member(params, "InstanceId");
    q.contact_id  = member(params, "ContactId");
    q.body        = member(due, "body");
    http          = sent(c, &q, now_ms);
    if (!check("sending the recorded body", http != NULL)) return;
    check_bytes("canonical request", canonical(), member(due, "canonical_request"));
    check_bytes("authorization of the recorded body", cuc_s(header(http, "authorization")),
                member(json_object_get(due, "headers"), "authorization"));
    check_bytes("signature", cuc_s(strstr(header(http, "authorization"), "Signature=") + 10),
                member(due, "signature"));
}

static void check_general_signer(json_t *record, const cuc_client *c, int64_t now_ms)
{
    json_t               *due       = json_object_get(record, "expect");
    const cuc_sign_header headers[] = {
        { CUC_STR("Host"), member(due, "host") },
        { CUC_STR("Content-Type"), CUC_STR("application/json") }
    };
    cuc_sign_input in = CUC_ZERO;
    cuc_signed     out;
    in.method       = member(due, "method");
    in.path         = member(due, "path");
    in.headers      = headers;
    in.header_count = 2;
    in.body         = member(due, "body");
    if (!check("cuc_sign", sign(c, &in, now_ms, &out) == CUC_OK)) return;
    check_signed(&out, due);
    check_bytes("cuc_sign's authorization", out.authorization,
                member(json_object_get(due, "headers"), "authorization"));
}

/* A derived key instead of the secret must make no difference. */
static void check_signing_key(json_t *record, cuc_client c, int64_t now_ms)
{
    const cuc_str   unset = CUC_ZERO;
    const size_t    n     = 4 + c.secret_key.len + 128;
    cuc_signing_key key;
    cuc_result      r;
    check("deriving a key",
          cuc_derive_signing_key(&c, unset, now_ms, keep(block(n)), n, &key, &r) == CUC_OK);
    c.signing_key = &key;
    c.secret_key  = unset;
    check_recorded_body(record, &c, now_ms);
}

static void check_request(json_t *record)
{
    const int64_t    now_ms = ms_of(text(record, "time"));
    const cuc_client c      = client_of(record);
    check_built(record, &c, now_ms);
    check_recorded_body(record, &c, now_ms);
    check_general_signer(record, &c, now_ms);
    check_signing_key(record, c, now_ms);
}

static void golden_json_requests_are_built_and_signed_alike(void **state)
{
    (void)state; /* P01 P06 P13 */
    check_file(data_folder(), "golden.json", "records", check_request, 28);
}

static void requests_json_requests_are_built_and_signed_alike(void **state)
{
    (void)state;
    check_file(VECTORS, "requests.json", "records", check_request, 244);
}

/* ---- paths: path_vectors.json, paths.json ---------------------------------------------------- */

static cuc_client plain_client(void)
{
    cuc_client c = CUC_ZERO;
    c.region     = cuc_s("us-east-1");
    c.access_key = cuc_s("AKIDEXAMPLE");
    c.secret_key = cuc_s("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    c.sha256     = real_sha256;
    return c;
}

static void check_path(json_t *vector)
{
    const cuc_client        c = plain_client();
    cuc_request             q = CUC_ZERO;
    const cuc_http_request *http;
    q.instance_id = member(vector, "instance_id");
    q.contact_id  = member(vector, "contact_id");
    q.name        = cuc_s("n");
    http          = sent(&c, &q, 1440938160000);
    if (truth(vector, "reject")) {
        check("an id that has to be refused", http == NULL);
        check("the status of a refused id", result_of(&the_call)->status == CUC_E_VALUE ||
                                                result_of(&the_call)->status == CUC_E_LIMIT);
    } else if (check("an id that has to pass", http != NULL)) {
        check_bytes("sent path", cuc_s(http->path), member(vector, "sent_path"));
        check_signed_path(canonical(), member(vector, "signed_path"));
    }
}

static void path_vectors_json_ids_are_encoded_or_refused(void **state)
{
    (void)state; /* P01 P03 P04 P06 P07 */
    check_file(data_folder(), "path_vectors.json", "vectors", check_path, 55);
}

static void paths_json_ids_of_every_byte_are_encoded(void **state)
{
    (void)state; /* P04 */
    check_file(VECTORS, "paths.json", "vectors", check_path, 304);
}

/* ---- endpoints: endpoint_tests.json, endpoints.json, partitions.json ------------------------- */

/* The URL in a block of exactly its size; unset when there is none. */
static cuc_str resolved(const cuc_client *c)
{
    cuc_str    s = CUC_ZERO;
    cuc_result r;
    char      *buf;
    if (cuc_resolve_endpoint(c, NULL, 0, &r) != CUC_E_SPACE) return s;
    buf = keep(block(r.required));
    return cuc_resolve_endpoint(c, buf, r.required, &r) == CUC_OK ? cuc_s(buf) : s;
}

static void check_endpoint(json_t *one)
{
    cuc_client c    = CUC_ZERO;
    cuc_str    due  = member(one, "url"), got;
    c.region        = member(one, "region");
    c.endpoint_url  = member(one, "endpoint");
    c.use_fips      = truth(one, "useFIPS");
    c.use_dualstack = truth(one, "useDualStack");
    got             = resolved(&c);
    if (due.len > 0 && due.ptr[due.len - 1] == '/') due.len--;
    check("url or error", (got.ptr == NULL) == (due.ptr == NULL));
    check_bytes("url", got, due);
}

static void check_endpoints(const char *folder, const char *name, size_t least)
{
    json_t *file = load(folder, name);
    if (file == NULL) return;
    score_begin(name);
    score_each(json_object_get(file, "cases"), "documentation", check_endpoint);
    score_each(json_object_get(file, "extra"), "documentation", check_endpoint);
    score_end(file, least);
}

static void endpoint_tests_json_resolves_to_its_urls_and_errors(void **state)
{
    (void)state; /* P22 P27 P28 */
    check_endpoints(data_folder(), "endpoint_tests.json", 88);
}

static void endpoints_json_resolves_to_its_urls_and_errors(void **state)
{
    (void)state; /* P24 P26 */
    check_endpoints(VECTORS, "endpoints.json", 513);
}

/* Source: the endpoint rules of the service: FIPS in GovCloud has no name of its own. */
static void check_region(json_t *partition, cuc_str region)
{
    const int gov = strcmp(text(partition, "id"), "aws-us-gov") == 0;
    unsigned  i;
    for (i = 0; i < 4; i++) {
        const int  fips = i % 2 == 1, dual = i / 2 == 1;
        char       due[200];
        cuc_client c    = CUC_ZERO;
        c.region        = region;
        c.use_fips      = fips;
        c.use_dualstack = dual;
        snprintf(due, sizeof due, "https://connect%s.%.*s.%s",
                 fips && (dual || !gov) ? "-fips" : "", (int)region.len, region.ptr,
                 text(partition, dual ? "dualStackDnsSuffix" : "dnsSuffix"));
        check_bytes("url", resolved(&c), cuc_s(due));
    }
}

static void partitions_json_regions_resolve_in_all_variants(void **state)
{
    json_t *file = load(data_folder(), "partitions.json"), *partition, *region;
    size_t  i, k;
    (void)state;
    if (file == NULL) return;
    score_begin("partitions.json");
    json_array_foreach(json_object_get(file, "partitions"), i, partition)
    {
        assert_true(truth(partition, "supportsFIPS") && truth(partition, "supportsDualStack"));
        json_array_foreach(json_object_get(partition, "regions"), k, region)
        {
            score_record(json_string_value(region));
            check_region(partition, view_of_json(region));
            release();
        }
    }
    score_end(file, 53);
}

/* ---- responses: error_responses.json, errors.json -------------------------------------------- */

static const char *const kinds[] = { "InvalidRequestException",   "InvalidParameterException",
                                     "ResourceNotFoundException", "InternalServiceException",
                                     "ThrottlingException",       "AccessDeniedException",
                                     "ConflictException",         "InvalidActiveRegionException" };

typedef struct reply {
    int         status;
    json_t     *headers;
    const char *body;
    size_t      body_len;
} reply;

/* Signatures do not matter here, time does: thousands of exchanges. */
static int quick_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)user;
    (void)data;
    memset(out, (int)(len % 251) + 1, 32);
    return 0;
}

/* turn: 0 names as recorded, 1 lower case, 2 upper case, which must make no difference. P35 */
static void feed_header(json_t *pair, int turn)
{
    const char  *name  = json_string_value(json_array_get(pair, 0));
    const char  *value = json_string_value(json_array_get(pair, 1));
    const size_t n = strlen(name), all = n + 2 + strlen(value) + (turn != 1 ? 2 : 0);
    char        *line = block(all + 1), *exact;
    size_t       i;
    snprintf(line, all + 1, "%s: %s%s", name, value, turn != 1 ? "\r\n" : "");
    for (i = 0; i < n; i++) {
        if (turn == 1 && line[i] >= 'A' && line[i] <= 'Z') line[i] = (char)(line[i] + 32);
        if (turn == 2 && line[i] >= 'a' && line[i] <= 'z') line[i] = (char)(line[i] - 32);
    }
    exact = block_of(line, all);
    cuc_call_header(&the_call, exact, all);
    free(exact);
    free(line);
}

/* The body in pieces, the first of them of `first` bytes and all others of `step`. */
static void feed_body(const reply *r, size_t first, size_t step)
{
    size_t at, n = first;
    for (at = 0; at < r->body_len; at += n, n = step) {
        char *piece;
        if (n > r->body_len - at) n = r->body_len - at;
        piece = block_of(r->body + at, n);
        cuc_call_body(&the_call, piece, n);
        free(piece);
    }
}

static const cuc_result *answer_to(const reply *r, size_t first, size_t step, int turn)
{
    static char work[CUC_WORK_SIZE(64, 0)];
    cuc_client  c = plain_client();
    cuc_request q = small_request();
    char        line[40];
    json_t     *pair;
    size_t      i;
    c.sha256       = quick_sha256;
    c.max_attempts = 1;
    begin_call(&the_call, &c, &q, work, sizeof work);
    assert_int_equal(cuc_call_next(&the_call, 1440938160000), CUC_NEXT_SEND);
    if (turn == 0) {
        cuc_call_status(&the_call, r->status);
    } else {
        snprintf(line, sizeof line, turn == 1 ? "HTTP/2 %d" : "HTTP/1.1 %d Some Words\r\n",
                 r->status);
        cuc_call_header(&the_call, line, strlen(line));
    }
    json_array_foreach(r->headers, i, pair) feed_header(pair, turn);
    feed_body(r, first, step);
    cuc_call_end(&the_call, CUC_SENT);
    assert_int_equal(cuc_call_next(&the_call, 1440938160000), CUC_NEXT_DONE);
    return result_of(&the_call);
}

static const char *kind_of(const cuc_result *r)
{
    size_t i;
    if (r->status == CUC_OK) return "";
    for (i = 0; i < ROWS(kinds); i++)
        if (strcmp(r->code, kinds[i]) == 0) return kinds[i];
    return "other";
}

/* What a result can hold of a text: whole characters into size - 1 bytes. */
static char *cut(const char *s, size_t size)
{
    size_t n = s == NULL ? 0 : strlen(s);
    char  *out;
    if (n > size - 1)
        for (n = size - 1; ((unsigned char)s[n] & 0xC0) == 0x80; n--) continue;
    out    = keep(block(n + 1));
    out[n] = 0;
    if (n > 0) memcpy(out, s, n);
    return out;
}

typedef struct wanted {
    const char *outcome, *kind, *code, *message, *request_id; /* NULL: free; empty: none */
} wanted;

static char *repeated(json_t *parts, size_t *len)
{
    size_t  i, k, n = 0;
    json_t *p;
    char   *out;
    json_array_foreach(parts, i, p) n +=
        json_string_length(json_array_get(p, 0)) * (size_t)json_integer_value(json_array_get(p, 1));
    out  = keep(block(n + 1));
    *len = n;
    n    = 0;
    json_array_foreach(parts, i, p)
    {
        const json_t *s = json_array_get(p, 0);
        for (k = 0; k < (size_t)json_integer_value(json_array_get(p, 1)); k++) {
            memcpy(out + n, json_string_value(s), json_string_length(s));
            n += json_string_length(s);
        }
    }
    out[n] = 0;
    return out;
}

static wanted wanted_of(json_t *one)
{
    json_t *e = json_object_get(one, "expect"), *parts = json_object_get(e, "message_parts"), *f;
    size_t  i, n;
    wanted  d;
    d.outcome    = text(e, "outcome");
    d.kind       = text(e, "kind") == NULL ? "" : text(e, "kind");
    d.code       = text(e, "code") == NULL ? "" : text(e, "code");
    d.message    = cut(parts ? repeated(parts, &n) : text(e, "message"), CUC_MESSAGE_SIZE);
    d.request_id = cut(text(e, "request_id"), sizeof(((cuc_result *)0)->request_id));
    if (strlen(d.code) >=
        sizeof(((cuc_result *)0)->code)) { /* cut, it could become the name of another one */
        d.code = "";
        d.kind = "other";
    }
    json_array_foreach(json_object_get(one, "free"), i, f)
    {
        const char *name = json_string_value(f);
        if (strcmp(name, "kind") == 0) d.kind = NULL;
        else if (strcmp(name, "code") == 0) d.code = NULL;
        else if (strcmp(name, "message") == 0) d.message = NULL;
        else if (strcmp(name, "request_id") == 0) d.request_id = NULL;
        else fail_msg("%s: free says %s", score.record, name);
    }
    return d;
}

static int check_result(const cuc_result *r, const wanted *d)
{
    const int success = strcmp(d->outcome, "success") == 0;
    return check("outcome", r->status == (success ? CUC_OK : CUC_E_SERVICE)) &&
           (d->kind == NULL || check_text("kind", kind_of(r), d->kind)) &&
           (d->code == NULL || check_text("code", r->code, d->code)) &&
           (d->message == NULL || check_text("message", r->message, d->message)) &&
           (d->request_id == NULL || check_text("request id", r->request_id, d->request_id));
}

static reply reply_of(json_t *one)
{
    const char *hex = text(one, "body_hex"), *body = text(one, "body");
    reply       r = { 0, NULL, NULL, 0 };
    char       *out;
    size_t      i;
    r.status  = (int)json_integer_value(json_object_get(one, "status"));
    r.headers = json_object_get(one, "headers");
    if (hex != NULL) {
        r.body_len = strlen(hex) / 2;
        r.body = out = keep(block(r.body_len));
        for (i = 0; i < r.body_len; i++) {
            unsigned byte;
            assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
            out[i] = (char)byte;
        }
    } else if (body != NULL) {
        r.body     = body;
        r.body_len = json_string_length(json_object_get(one, "body"));
    } else {
        r.body = repeated(json_object_get(one, "body_parts"), &r.body_len);
    }
    return r;
}

static int same_texts(const cuc_result *a, const cuc_result *b)
{
    return a->status == b->status && strcmp(a->code, b->code) == 0 &&
           strcmp(a->message, b->message) == 0 && strcmp(a->reason, b->reason) == 0 &&
           strcmp(a->request_id, b->request_id) == 0;
}

/* Every position; of a long body every one near its ends, and some between. */
static size_t next_cut(size_t at, size_t len)
{
    const size_t near = 128;
    if (len < 4096 || at < near || at >= len - near) return at + 1;
    return at + len / 32 < len - near ? at + len / 32 : len - near;
}

/* Whole, byte by byte, and in two. What is free must not depend on the pieces either. */
static void check_reply(json_t *one)
{
    const reply  r = reply_of(one);
    const wanted d = wanted_of(one);
    cuc_result   whole;
    size_t       at;
    int          turn;
    for (turn = 0; turn < 3; turn++) check_result(answer_to(&r, SIZE_MAX, 1, turn), &d);
    whole = *result_of(&the_call);
    check_result(answer_to(&r, 1, 1, 0), &d);
    check("single bytes", same_texts(result_of(&the_call), &whole));
    for (at = 1; at < r.body_len && !score.wrong; at = next_cut(at, r.body_len)) {
        check_result(answer_to(&r, at, SIZE_MAX, 0), &d);
        check("two pieces", same_texts(result_of(&the_call), &whole));
        if (score.wrong) print_error("  cut at %zu of %zu\n", at, r.body_len);
    }
}

static void error_responses_json_is_read_alike_at_every_split(void **state)
{
    (void)state; /* P32 P34 P35 P41 P42 P53 P54 P55 P56 P57 */
    check_file(data_folder(), "error_responses.json", "cases", check_reply, 36);
}

static void errors_json_is_read_alike_at_every_split(void **state)
{
    (void)state; /* P33 P41 P42 P54 P56 */
    check_file(VECTORS, "errors.json", "cases", check_reply, 116);
}

/* ---- the general signer: aws-signing-test-suite, signer.json --------------------------------- */

static cuc_str file_of(const char *folder, const char *name)
{
    char   *path = joined(folder, name, "");
    FILE   *f    = fopen(path, "rb");
    cuc_str s    = CUC_ZERO;
    char    buf[8192];
    if (f == NULL) fail_msg("%s is not there", path);
    s = view_of(buf, fread(buf, 1, sizeof buf, f));
    assert_true(s.len < sizeof buf);
    fclose(f);
    free(path);
    return s;
}

static cuc_str slice(const char *from, const char *to)
{
    return view_of(from, (size_t)(to - from));
}

static const char *find(const char *from, const char *to, char c)
{
    const char *p = memchr(from, c, (size_t)(to - from));
    return p == NULL ? to : p;
}

/* The last " HTTP/1.1" of the request line: the target may hold blanks. */
static const char *target_end(const char *from, const char *to)
{
    for (; to - from >= 9; to--)
        if (memcmp(to - 9, " HTTP/1.1", 9) == 0) return to - 9;
    fail_msg("%s: no HTTP/1.1", score.record);
    return from;
}

/* A line that begins with a blank belongs to the value before it, line end included. */
static const char *read_header(const char *p, const char *to, cuc_sign_header *h)
{
    const char *colon = find(p, to, ':'), *end = find(p, to, '\n');
    while (end + 1 < to && end[1] == ' ') end = find(end + 1, to, '\n');
    h->name  = slice(p, colon);
    h->value = slice(colon + 1, end);
    return end < to ? end + 1 : to;
}

/* request.txt; see the README of the suite. */
static cuc_sign_input read_request(cuc_str file, cuc_sign_header *headers, size_t room)
{
    const char    *to = file.ptr + file.len, *end = find(file.ptr, to, '\n'), *p, *query, *stop;
    cuc_sign_input in = CUC_ZERO;
    p                 = find(file.ptr, end, ' ');
    in.method         = slice(file.ptr, p);
    stop              = target_end(p + 1, end);
    query             = find(p + 1, stop, '?');
    in.path           = slice(p + 1, query);
    in.query          = slice(query < stop ? query + 1 : stop, stop);
    in.headers        = headers;
    for (p = end < to ? end + 1 : to; p < to && *p != '\n';) {
        assert_true(in.header_count < room);
        p = read_header(p, to, &headers[in.header_count++]);
    }
    in.body = slice(p < to ? p + 1 : to, to);
    return in;
}

/* From the line `Authorization:` of the signed request. */
static cuc_str authorization_line(cuc_str file)
{
    static const char name[] = "Authorization:";
    const char       *p = file.ptr, *to = file.ptr + file.len;
    for (; p < to; p = find(p, to, '\n') + 1)
        if ((size_t)(to - p) > strlen(name) && memcmp(p, name, strlen(name)) == 0)
            return slice(p + strlen(name), find(p, to, '\n'));
    fail_msg("%s: the signed request has no Authorization", score.record);
    return file;
}

static cuc_client suite_client(json_t *context)
{
    json_t    *credentials = json_object_get(context, "credentials");
    cuc_client c           = CUC_ZERO;
    c.region               = member(context, "region");
    c.access_key           = member(credentials, "access_key_id");
    c.secret_key           = member(credentials, "secret_access_key");
    c.session_token        = member(credentials, "token");
    c.sha256               = real_sha256;
    c.hmac_sha256          = real_hmac;
    return c;
}

static void check_suite(const char *folder)
{
    cuc_sign_header headers[8];
    json_t         *context = load(folder, "context.json");
    cuc_client      c       = suite_client(context);
    cuc_sign_input  in      = read_request(file_of(folder, "request.txt"), headers, 8);
    cuc_signed      out;
    cuc_str         signature;
    in.service        = member(context, "service");
    in.raw_path       = !truth(context, "normalize");
    in.content_sha256 = truth(context, "sign_body");
    in.token_unsigned = truth(context, "omit_session_token");
    if (check("cuc_sign", sign(&c, &in, ms_of(text(context, "timestamp")), &out) == CUC_OK)) {
        signature = out.authorization;
        signature.ptr += signature.len - 64;
        signature.len = 64;
        check_bytes("canonical request", out.canonical_request,
                    file_of(folder, "header-canonical-request.txt"));
        check_bytes("string to sign", out.string_to_sign,
                    file_of(folder, "header-string-to-sign.txt"));
        check_bytes("signature", signature, file_of(folder, "header-signature.txt"));
        check_bytes("authorization", out.authorization,
                    authorization_line(file_of(folder, "header-signed-request.txt")));
    }
    json_decref(context);
}

static void aws_signing_test_suite_signatures_are_reproduced(void **state)
{
    char          *root = joined(data_folder(), "aws-signing-test-suite", "v4"), *folder;
    DIR           *all;
    struct dirent *entry;
    (void)state; /* P08 P09 */
    if (is_here(data_folder(), "aws-signing-test-suite")) {
        all = opendir(root);
        if (all == NULL) fail_msg("there is no %s", root);
        score_begin("aws-signing-test-suite");
        while ((entry = readdir(all)) != NULL) {
            folder = joined(root, entry->d_name, "");
            if (entry->d_name[0] != '.' && is_folder(folder)) {
                score_record(entry->d_name);
                check_suite(folder);
            }
            free(folder);
            release();
        }
        closedir(all);
        score_end(NULL, 38);
    }
    free(root);
}

static void check_signer(json_t *one)
{
    json_t          *pairs   = json_object_get(one, "headers"), *pair;
    cuc_sign_header *headers = keep(block(json_array_size(pairs) * sizeof *headers));
    cuc_client       c       = CUC_ZERO;
    cuc_sign_input   in      = CUC_ZERO;
    cuc_signed       out;
    size_t           i;
    json_array_foreach(pairs, i, pair)
    {
        headers[i].name  = view_of_json(json_array_get(pair, 0));
        headers[i].value = view_of_json(json_array_get(pair, 1));
    }
    c.region          = member(one, "region");
    c.access_key      = member(one, "access_key_id");
    c.secret_key      = member(one, "secret_access_key");
    c.session_token   = member(one, "session_token");
    c.sha256          = real_sha256;
    c.hmac_sha256     = score.records % 2 == 0 ? real_hmac : NULL;
    in.method         = member(one, "method");
    in.path           = member(one, "path");
    in.query          = member(one, "query");
    in.headers        = headers;
    in.header_count   = i;
    in.body           = member(one, "body");
    in.service        = member(one, "service");
    in.raw_path       = !truth(one, "normalize");
    in.content_sha256 = truth(one, "sign_body");
    in.token_unsigned = truth(one, "omit_session_token");
    if (!check("cuc_sign", sign(&c, &in, ms_of(text(one, "time")), &out) == CUC_OK)) return;
    check_signed(&out, one);
    check_bytes("authorization", out.authorization, member(one, "authorization"));
}

static void signer_json_signatures_are_reproduced(void **state)
{
    (void)state; /* P02 P09 P64 */
    check_file(VECTORS, "signer.json", "cases", check_signer, 150);
}

/* ---- update_contact_model_2026_11.json: each member in the model and in the header ----------- */

typedef struct form { /* one of everything that a member can stand in */
    cuc_request       q;
    cuc_reference     reference;
    cuc_segment       segment, inner;
    cuc_email_address recipient;
} form;

enum { ALONE, IN_REFERENCE, IN_RECIPIENT, IN_SEGMENT, IN_MAP, IN_LIST };

/* Every string of the model, and where it goes. `seen`: the model has it, too. */
static struct row {
    const char      *path;
    size_t           at; /* of its cuc_str in form */
    int              place;
    cuc_segment_kind kind;
    const char      *where; /* how result.where ends */
    int              seen;
} rows[] = {
#define Q(m) offsetof(form, q) + offsetof(cuc_request, m)
#define R(m) offsetof(form, reference) + offsetof(cuc_reference, m)
#define S(m) offsetof(form, segment) + offsetof(cuc_segment, m)
#define I(m) offsetof(form, inner) + offsetof(cuc_segment, m)
#define E(m, k) Q(m) + offsetof(cuc_endpoint, k)
#define C(m) offsetof(form, recipient) + offsetof(cuc_email_address, m)
    { "InstanceId", Q(instance_id), ALONE, CUC_SEGMENT_UNSET, "InstanceId", 0 },
    { "ContactId", Q(contact_id), ALONE, CUC_SEGMENT_UNSET, "ContactId", 0 },
    { "Name", Q(name), ALONE, CUC_SEGMENT_UNSET, "Name", 0 },
    { "Description", Q(description), ALONE, CUC_SEGMENT_UNSET, "Description", 0 },
    { "QueueInfo.Id", Q(queue_id), ALONE, CUC_SEGMENT_UNSET, "QueueInfo.Id", 0 },
    { "UserInfo.UserId", Q(user_id), ALONE, CUC_SEGMENT_UNSET, "UserInfo.UserId", 0 },
    { "CustomerEndpoint.Type", E(customer_endpoint, type), ALONE, CUC_SEGMENT_UNSET,
                                                                           "CustomerEndpoint.Type", 0 },
    { "CustomerEndpoint.Address", E(customer_endpoint, address), ALONE, CUC_SEGMENT_UNSET,
                                                                           "CustomerEndpoint.Address", 0 },
    { "SystemEndpoint.Type", E(system_endpoint, type), ALONE, CUC_SEGMENT_UNSET,
                                                                           "SystemEndpoint.Type", 0 },
    { "SystemEndpoint.Address", E(system_endpoint, address), ALONE, CUC_SEGMENT_UNSET,
                                                                           "SystemEndpoint.Address", 0 },
    { "References{key}", R(key), IN_REFERENCE, CUC_SEGMENT_UNSET, "", 0 },
    { "References{}.Value", R(value), IN_REFERENCE, CUC_SEGMENT_UNSET, ".Value", 0 },
    { "References{}.Type", R(type), IN_REFERENCE, CUC_SEGMENT_UNSET, ".Type", 0 },
    { "References{}.Status", R(status), IN_REFERENCE, CUC_SEGMENT_UNSET, ".Status", 0 },
    { "References{}.Arn", R(arn), IN_REFERENCE, CUC_SEGMENT_UNSET, ".Arn", 0 },
    { "References{}.StatusReason", R(status_reason), IN_REFERENCE, CUC_SEGMENT_UNSET,
                                                                           ".StatusReason", 0 },
    { "SegmentAttributes{key}", S(key), IN_SEGMENT, CUC_SEGMENT_INTEGER, "", 0 },
    { "SegmentAttributes{}.ValueString", S(text), IN_SEGMENT, CUC_SEGMENT_STRING, ".ValueString",
                                                                           0 },
    { "SegmentAttributes{}.ValueArn", S(text), IN_SEGMENT, CUC_SEGMENT_ARN, ".ValueArn", 0 },
    { "SegmentAttributes{}.ValueMap{key}", I(key), IN_MAP, CUC_SEGMENT_INTEGER, "", 0 },
    { "SegmentAttributes{}.ValueMap{}.ValueString", I(text), IN_MAP, CUC_SEGMENT_STRING,
                                                                           ".ValueString", 0 },
    { "SegmentAttributes{}.ValueMap{}.ValueArn", I(text), IN_MAP, CUC_SEGMENT_ARN, ".ValueArn", 0 },
    { "SegmentAttributes{}.ValueList[].ValueString", I(text), IN_LIST, CUC_SEGMENT_STRING,
                                                                           ".ValueString", 0 },
    { "SegmentAttributes{}.ValueList[].ValueArn", I(text), IN_LIST, CUC_SEGMENT_ARN, ".ValueArn",
                                                                           0 },
#undef Q
#undef R
#undef S
#undef I
    { "AdditionalRecipients.CcEmailAddresses[].EmailAddress", C(email_address), IN_RECIPIENT,
                                                                           CUC_SEGMENT_UNSET, ".EmailAddress", 0 },
    { "AdditionalRecipients.CcEmailAddresses[].DisplayName", C(display_name), IN_RECIPIENT,
                                                                           CUC_SEGMENT_UNSET, ".DisplayName", 0 },
#undef E
#undef C
};

static void fill(form *f, const struct row *row)
{
    memset(f, 0, sizeof *f);
    f->q      = small_request();
    f->q.name = cuc_s("here, so that there is always something to update");
    if (row->place == IN_REFERENCE) {
        f->q.references      = &f->reference;
        f->q.reference_count = 1;
        f->reference.key     = cuc_s("key");
        f->reference.type    = cuc_s("URL");
    } else if (row->place == IN_RECIPIENT) {
        f->q.cc_email_addresses     = &f->recipient;
        f->q.cc_email_address_count = 1;
        f->recipient.email_address  = cuc_s("a@b.c");
    } else if (row->place != ALONE) {
        f->q.segment_attributes      = &f->segment;
        f->q.segment_attribute_count = 1;
        f->segment.key               = cuc_s("key");
        f->segment.kind              = row->kind;
        f->inner.key                 = cuc_s("inner");
        f->inner.kind                = row->kind;
        f->segment.items             = &f->inner;
        f->segment.count             = 1;
        if (row->place == IN_MAP) f->segment.kind = CUC_SEGMENT_MAP;
        if (row->place == IN_LIST) f->segment.kind = CUC_SEGMENT_LIST;
    }
}

/* The status when the member is s and all others are good. */
static cuc_status verdict(const struct row *row, cuc_str s, cuc_result *r)
{
    form f;
    fill(&f, row);
    if (strcmp(row->path, "Name") == 0) f.q.description = cuc_s("");
    memcpy((char *)&f + row->at, &s, sizeof s);
    return cuc_validate(&f.q, r);
}

/* n characters of `bytes` bytes each, but for the first one: an ARN's has to be ASCII. */
static cuc_str characters(size_t n, size_t bytes, int first_is_ascii)
{
    static const char *const one[] = { "a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x99\x82" };
    char                    *out   = keep(block(n * bytes));
    cuc_str                  s     = CUC_ZERO;
    size_t                   i, k;
    for (i = 0; i < n; i++) {
        k = i == 0 && first_is_ascii ? 1 : bytes;
        memcpy(out + s.len, one[k - 1], k);
        s.len += k;
    }
    s.ptr = keep(block_of(out, s.len));
    return s;
}

static int ends(const char *s, const char *end)
{
    const size_t n = strlen(s), k = strlen(end);
    return n >= k && strcmp(s + n - k, end) == 0;
}

static void check_refused(const struct row *row, cuc_str s, size_t n, size_t allowed)
{
    char       sentence[400];
    cuc_result r;
    check("a length outside the limits is a CUC_E_LIMIT", verdict(row, s, &r) == CUC_E_LIMIT);
    check("actual", r.actual == (r.bytes ? s.len : n));
    check("allowed", r.allowed == (r.bytes ? 4 * allowed : allowed));
    check("where", r.where[0] != 0 && ends(r.where, row->where));
    cuc_result_text(&r, sentence, sizeof sentence);
    if (row->where[0] != 0) /* P81: a key is shown, a value never */
        check("no value in the sentence", strstr(sentence, "aaaaaaaaaa") == NULL);
}

/* The Values of all references together may have 4096 bytes, so only that many characters. */
static size_t room_of(const struct row *row, size_t max, size_t bytes)
{
    return strcmp(row->path, "References{}.Value") == 0 ? max / bytes : max;
}

static int is_email(const struct row *row)
{
    return strcmp(row->path, "AdditionalRecipients.CcEmailAddresses[].EmailAddress") == 0;
}

/* Of n characters; the first five of an e-mail address make its pattern match. */
static cuc_str value_of(const struct row *row, size_t n, size_t bytes, int arn)
{
    const cuc_str s = characters(n, is_email(row) ? 1 : bytes, arn);
    if (is_email(row) && n >= 5) {
        char *text = keep(block_of(s.ptr, s.len));
        memcpy(text, "a@b.c", 5);
        return view(text, s.len);
    }
    return s;
}

static void check_limits(const struct row *row, json_t *shape)
{
    const json_t *max_j = json_object_get(shape, "max");
    const size_t  min   = (size_t)json_integer_value(json_object_get(shape, "min"));
    const size_t  most  = max_j == NULL ? 20000 : (size_t)json_integer_value(max_j);
    const int     arn   = json_object_get(shape, "pattern") != NULL;
    size_t        bytes;
    cuc_result    r;
    for (bytes = 1; bytes <= 4; bytes++) {
        const size_t max = room_of(row, most, bytes);
        check("as long as may be", verdict(row, value_of(row, max, bytes, arn), &r) == CUC_OK);
        check("as short as may be", verdict(row, characters(min, bytes, arn), &r) ==
                                        (is_email(row) ? CUC_E_VALUE : CUC_OK));
        if (min > 0) check_refused(row, characters(min - 1, bytes, arn), min - 1, min);
        if (max_j == NULL) continue;
        if (max == most) check_refused(row, characters(max + 1, bytes, arn), max + 1, max);
        else
            check("one more than all Values may have",
                  verdict(row, characters(max + 1, bytes, arn), &r) == CUC_E_LIMIT);
    }
}

/* The model knows a value's kind by the member that is there, we by `kind`: it needs its text. */
static void check_required(const struct row *row, int required)
{
    const int     kind  = row->kind == CUC_SEGMENT_STRING || row->kind == CUC_SEGMENT_ARN;
    const cuc_str unset = CUC_ZERO;
    cuc_result    r;
    required |= kind;
    verdict(row, unset, &r);
    check("required or not", r.status == (required ? CUC_E_REQUIRED : CUC_OK));
    if (required) check("where", r.where[0] != 0 && ends(r.where, row->where));
}

/* The pattern binds the first character and has no end. */
static void check_pattern(const struct row *row, const char *pattern)
{
    char       arn[21] = "?aaaaaaaaaaaaaa \"\x7F_.";
    cuc_result r;
    int        c;
    if (pattern == NULL || is_email(row)) return; /* tests/test_validate.c has its pattern */
    check_text("the pattern that this test knows", pattern, "^[-:/A-Za-z0-9]+");
    for (c = 1; c < 128; c++) {
        const int good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '-' || c == ':' || c == '/';
        arn[0] = (char)c;
        check("the first character", (verdict(row, cuc_s(arn), &r) == CUC_OK) == good);
        check("the status of a bad first character", good || r.status == CUC_E_VALUE);
    }
}

static const struct {
    const char *shape;
    int (*known)(cuc_str);
    const char *words[12]; /* the header's own constants */
} lists[] = {
    { "ReferenceType",
     cuc_known_reference_type,   { CUC_REFERENCE_URL, CUC_REFERENCE_ATTACHMENT, CUC_REFERENCE_CONTACT_ANALYSIS,
        CUC_REFERENCE_NUMBER, CUC_REFERENCE_STRING, CUC_REFERENCE_DATE, CUC_REFERENCE_EMAIL,
        CUC_REFERENCE_EMAIL_MESSAGE, CUC_REFERENCE_EMAIL_MESSAGE_PLAIN_TEXT,
        CUC_REFERENCE_EMAIL_MESSAGE_PLAIN_TEXT_REDACTED, CUC_REFERENCE_EMAIL_MESSAGE_REDACTED,
        NULL }                                                                  },
    { "ReferenceStatus",
     cuc_known_reference_status, { CUC_STATUS_AVAILABLE, CUC_STATUS_DELETED, CUC_STATUS_APPROVED, CUC_STATUS_REJECTED,
        CUC_STATUS_PROCESSING, CUC_STATUS_FAILED, NULL }                      },
    { "EndpointType",
     cuc_known_endpoint_type,    { CUC_ENDPOINT_TELEPHONE_NUMBER, CUC_ENDPOINT_VOIP, CUC_ENDPOINT_CONTACT_FLOW,
        CUC_ENDPOINT_CONNECT_PHONENUMBER_ARN, CUC_ENDPOINT_EMAIL_ADDRESS, NULL } },
};

static int is_listed(json_t *list, const char *word)
{
    size_t  i;
    json_t *v;
    json_array_foreach(list, i, v) if (strcmp(json_string_value(v), word) == 0) return 1;
    return 0;
}

/* The word is known, and nothing that is nearly the word, unless that is a word as well. */
static void check_word(int (*known)(cuc_str), json_t *list, const char *word)
{
    const size_t n = strlen(word);
    char         near[64];
    check("a listed word", known(cuc_s(word)));
    snprintf(near, sizeof near, "%sX", word);
    check("a longer word", known(cuc_s(near)) == is_listed(list, near));
    near[n - 1] = 0;
    check("a shorter word", known(cuc_s(near)) == is_listed(list, near));
    snprintf(near, sizeof near, "%s", word);
    near[n - 1] = (char)(near[n - 1] + 32);
    check("a word of another case", !known(cuc_s(near)));
    check("a word with a NUL at its end", !known(view_of(word, n + 1)));
}

static void check_enum(const struct row *row, const char *shape, json_t *list)
{
    size_t     i, k;
    json_t    *v;
    cuc_result r;
    if (list == NULL) return;
    for (i = 0; i < 3 && strcmp(lists[i].shape, shape) != 0; i++) continue;
    if (!check("a list that the header has a function for", i < 3)) return;
    for (k = 0; lists[i].words[k] != NULL; k++)
        check("a constant of the header", is_listed(list, lists[i].words[k]));
    check("as many constants as words", k == json_array_size(list));
    check("the empty word", !lists[i].known(cuc_s("")) && !lists[i].known(cuc_s(NULL)));
    json_array_foreach(list, k, v)
    {
        check_word(lists[i].known, list, json_string_value(v));
        check("a known word passes", verdict(row, view_of_json(v), &r) == CUC_OK);
    }
    check("an unknown word passes", verdict(row, cuc_s("A_LATER_ONE"), &r) == CUC_OK);
}

static void check_leaf(json_t *shapes, const char *shape, const char *path, int required)
{
    json_t *s = json_object_get(shapes, shape);
    size_t  i;
    score_record(path);
    if (strcmp(text(s, "type"), "integer") == 0) return; /* int32_t: its type is its limit */
    check("a type that this test knows", strcmp(text(s, "type"), "string") == 0);
    for (i = 0; i < ROWS(rows) && strcmp(rows[i].path, path) != 0; i++) continue;
    if (!check("a member that the header has", i < ROWS(rows))) return;
    rows[i].seen = 1;
    check_limits(&rows[i], s);
    check_required(&rows[i], required);
    check_pattern(&rows[i], text(s, "pattern"));
    check_enum(&rows[i], shape, json_object_get(s, "enum"));
    release();
}

/* Every string below a shape. Values of segment attributes hold values: one level is enough. */
static void walk(json_t *shapes, const char *shape, const char *path, int required)
{
    json_t     *s    = json_object_get(shapes, shape), *m;
    const char *type = text(s, "type"), *name;
    char        next[120];
    if (strcmp(type, "structure") == 0) {
        json_object_foreach(json_object_get(s, "members"), name, m)
        {
            snprintf(next, sizeof next, "%s%s%s", path, path[0] != 0 ? "." : "", name);
            walk(shapes, text(m, "shape"), next, is_listed(json_object_get(s, "required"), name));
        }
    } else if (strcmp(type, "map") == 0) {
        if (strstr(path, "}.Value") != NULL && strchr(strstr(path, "}.Value") + 7, '.') != NULL)
            return;
        snprintf(next, sizeof next, "%s{key}", path);
        walk(shapes, text(json_object_get(s, "key"), "shape"), next, 1);
        snprintf(next, sizeof next, "%s{}", path);
        walk(shapes, text(json_object_get(s, "value"), "shape"), next, 0);
    } else if (strcmp(type, "list") == 0) {
        const char *value = strstr(path, "}.Value");
        if (value != NULL && strchr(value + 7, '.') != NULL) return;
        snprintf(next, sizeof next, "%s[]", path);
        walk(shapes, text(json_object_get(s, "member"), "shape"), next, 0);
    } else {
        check_leaf(shapes, shape, path, required);
    }
}

static void model_limits_required_and_enums_equal_the_header(void **state)
{
    json_t *model = load(data_folder(), "update_contact_model_2026_11.json"), *operation;
    size_t  i;
    (void)state;
    if (model == NULL) return;
    operation = json_object_get(json_object_get(model, "operations"), "UpdateContact");
    score_begin("update_contact_model_2026_11.json");
    walk(json_object_get(model, "shapes"), text(json_object_get(operation, "input"), "shape"), "",
         1);
    for (i = 0; i < ROWS(rows); i++) {
        score_record(rows[i].path);
        check("a member that the model has", rows[i].seen);
    }
    score_end(model, ROWS(rows) + 3 + ROWS(rows)); /* strings, integers; and the other way round */
}

static void check_error(json_t *shapes, const char *name)
{
    static const char format[] = "{\"Message\":\"m\",\"__type\":\"%s\"}";
    json_t           *error    = json_object_get(json_object_get(shapes, name), "error");
    reply             r        = { 0, NULL, NULL, 0 };
    char              body[120];
    const cuc_result *got;
    size_t            i;
    r.status   = (int)json_integer_value(json_object_get(error, "httpStatusCode"));
    r.body_len = (size_t)snprintf(body, sizeof body, format, name);
    r.body     = body;
    got        = answer_to(&r, SIZE_MAX, 1, 0);
    check_text("code", got->code, name);
    check("HTTP status", got->http_status == r.status && r.status >= 400);
    for (i = 0; i < ROWS(kinds) && strcmp(kinds[i], name) != 0; i++) continue;
    check("one of the kinds that this test knows", i < ROWS(kinds));
}

static void check_reason(const char *reason)
{
    static const char format[] =
        "{\"Reason\":{\"AttachedFileInvalidRequestExceptionReason\":\"%s\"}}";
    reply r = { 400, NULL, NULL, 0 };
    char  body[120];
    r.body_len = (size_t)snprintf(body, sizeof body, format, reason);
    r.body     = body;
    check_text("reason", answer_to(&r, SIZE_MAX, 1, 0)->reason, reason);
}

static void model_errors_and_reasons_are_recognized(void **state)
{
    static const char list[] = "AttachedFileInvalidRequestExceptionReason";
    json_t *model = load(data_folder(), "update_contact_model_2026_11.json"), *shapes, *o, *v;
    size_t  i;
    (void)state;
    if (model == NULL) return;
    shapes = json_object_get(model, "shapes");
    score_begin("update_contact_model_2026_11.json, errors");
    o = json_object_get(json_object_get(model, "operations"), "UpdateContact");
    json_array_foreach(json_object_get(o, "errors"), i, v)
    {
        score_record(text(v, "shape"));
        check_error(shapes, text(v, "shape"));
    }
    json_array_foreach(json_object_get(json_object_get(shapes, list), "enum"), i, v)
    {
        score_record(json_string_value(v));
        check_reason(json_string_value(v));
    }
    score_end(model, ROWS(kinds) + 3);
}

static void model_method_uri_and_signing_name_are_sent(void **state)
{
    json_t          *model = load(data_folder(), "update_contact_model_2026_11.json"), *meta, *http;
    const cuc_client c     = plain_client();
    const cuc_request       q = small_request();
    const cuc_http_request *wire;
    char                    due[300];
    (void)state;
    if (model == NULL) return;
    meta = json_object_get(model, "metadata");
    http = json_object_get(json_object_get(model, "operations"), "UpdateContact");
    http = json_object_get(http, "http");
    wire = sent(&c, &q, 1440938160000);
    assert_non_null(wire);
    assert_string_equal(wire->method, text(http, "method"));
    assert_string_equal(text(http, "requestUri"), "/contacts/{InstanceId}/{ContactId}");
    snprintf(due, sizeof due, "/contacts/%s/%s", q.instance_id.ptr, q.contact_id.ptr);
    assert_string_equal(wire->path, due);
    assert_string_equal(text(meta, "signatureVersion"), "v4");
    snprintf(due, sizeof due, "/us-east-1/%s/aws4_request,", text(meta, "signingName"));
    assert_non_null(strstr(header(wire, "authorization"), due));
    snprintf(due, sizeof due, "%s.us-east-1.amazonaws.com", text(meta, "endpointPrefix"));
    assert_string_equal(wire->authority, due);
    assert_non_null(strstr(CUC_MODEL_VERSION, text(meta, "apiVersion")));
    release();
    json_decref(model);
}

int api_data(void);
int api_data(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_json_requests_are_built_and_signed_alike),
        cmocka_unit_test(requests_json_requests_are_built_and_signed_alike),
        cmocka_unit_test(path_vectors_json_ids_are_encoded_or_refused),
        cmocka_unit_test(paths_json_ids_of_every_byte_are_encoded),
        cmocka_unit_test(endpoint_tests_json_resolves_to_its_urls_and_errors),
        cmocka_unit_test(endpoints_json_resolves_to_its_urls_and_errors),
        cmocka_unit_test(partitions_json_regions_resolve_in_all_variants),
        cmocka_unit_test(error_responses_json_is_read_alike_at_every_split),
        cmocka_unit_test(errors_json_is_read_alike_at_every_split),
        cmocka_unit_test(aws_signing_test_suite_signatures_are_reproduced),
        cmocka_unit_test(signer_json_signatures_are_reproduced),
        cmocka_unit_test(model_limits_required_and_enums_equal_the_header),
        cmocka_unit_test(model_errors_and_reasons_are_recognized),
        cmocka_unit_test(model_method_uri_and_signing_name_are_sent),
    };
    return GROUP(tests);
}
