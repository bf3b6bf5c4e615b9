/* output.h - what people and programs get to read.
 * in: an exchange and its result     out: the service's error line, advice, JSON, an exit code
 *
 * A secret or a token is never printed, not even when the service echoes it. Values of fields are
 * printed only with --show-values.                                                               */
#ifndef TOOL_OUTPUT_H
#define TOOL_OUTPUT_H

#include "credentials.h"
#include "transport.h"

/* ---- masking --------------------------------------------------------------------------------- */

enum { MASK_FROM = 12 }; /* so many characters of a secret in a row are taken for it */

/* How many characters at `at` are a piece of the secret. */
static size_t piece_of(const char *at, const char *secret)
{
    size_t best = 0, n, i;
    if (secret == NULL || strlen(secret) < MASK_FROM) return 0;
    for (i = 0; secret[i] != '\0'; i++) {
        for (n = 0; at[n] != '\0' && at[n] == secret[i + n]; n++) continue;
        if (n > best) best = n;
    }
    return best >= MASK_FROM ? best : 0;
}

/* A copy of text in which pieces of secret and token are "(N bytes)". */
static void put_masked(struct text *to, const char *text, const struct credentials *c)
{
    const char *secrets[4];
    secrets[0] = c->secret_key;
    secrets[1] = c->session_token;
    secrets[2] = c->latest.secret_key;
    secrets[3] = c->latest.session_token;
    while (*text != '\0') {
        size_t n = 0, m, i;
        for (i = 0; i < COUNT(secrets); i++)
            if ((m = piece_of(text, secrets[i])) > n) n = m;
        if (n == 0) text_byte(to, *text++);
        else {
            text_format(to, "(%lu bytes)", (unsigned long)n);
            text += n;
        }
    }
    text_add(to, "", 0);
}

/* Of what others wrote: without secrets, and without what could move the cursor. */
static void print_masked(FILE *to, const char *text, const struct credentials *c)
{
    struct text masked = { NULL, 0, 0 };
    put_masked(&masked, text, c);
    print_safely(to, masked.ptr);
    text_free(&masked);
}

static void print_labelled(FILE *to, const char *label, const char *text,
                           const struct credentials *c)
{
    if (text[0] == '\0') return;
    fprintf(to, "%s: ", label);
    print_masked(to, text, c);
    putc('\n', to);
}

static void json_put_masked(json_t *object, const char *key, const char *text,
                            const struct credentials *c)
{
    struct text masked = { NULL, 0, 0 };
    if (text[0] == '\0') return;
    put_masked(&masked, text, c);
    json_object_set_new(object, key, json_string(masked.ptr));
    text_free(&masked);
}

/* Every text in it becomes "(N bytes)". Returns a new reference. */
static json_t *masked_json(json_t *value)
{
    json_t     *copy, *item;
    const char *key;
    char        text[48];
    size_t      i;
    if (json_is_object(value)) {
        copy = json_object();
        json_object_foreach(value, key, item) json_object_set_new(copy, key, masked_json(item));
        return copy;
    }
    if (json_is_array(value)) {
        copy = json_array();
        json_array_foreach(value, i, item) json_array_append_new(copy, masked_json(item));
        return copy;
    }
    if (!json_is_string(value)) return json_incref(value);
    snprintf(text, sizeof text, "(%lu bytes)", (unsigned long)json_string_length(value));
    return json_string(text);
}

/* The body of a request as it may be shown. */
static void put_body(struct text *to, const cuc_http_request *http, int show_values)
{
    json_t *body = NULL, *masked;
    char   *dump;
    if (!show_values) body = json_loadb(http->body, http->body_len, JSON_ALLOW_NUL, NULL);
    if (body == NULL) {
        text_add(to, http->body, show_values ? http->body_len : 0);
        return;
    }
    masked = masked_json(body);
    dump   = checked(json_dumps(masked, JSON_COMPACT));
    text_put(to, dump);
    free(dump);
    json_decref(masked);
    json_decref(body);
}

/* ---- exit codes ------------------------------------------------------------------------------ */

static int exit_code_of(const cuc_result *r)
{
    switch (r->status) {
    case CUC_OK:
        return 0;
    case CUC_E_NOTHING:
    case CUC_E_REQUIRED:
    case CUC_E_LIMIT:
    case CUC_E_UTF8:
    case CUC_E_DUPLICATE:
    case CUC_E_DEPTH:
    case CUC_E_VALUE:
    case CUC_E_ENDPOINT:
        return EXIT_USAGE;
    case CUC_E_SERVICE:
        return EXIT_SERVICE;
    default:
        return EXIT_OTHER;
    }
}

/* ---- the service's error --------------------------------------------------------------------- */

static const struct {
    int         status;
    const char *phrase;
} phrases[] = {
    { 500, "Internal Server Error" },
    { 501, "Not Implemented"       },
    { 502, "Bad Gateway"           },
    { 503, "Service Unavailable"   },
    { 504, "Gateway Timeout"       },
};

/* What to look at, by error code, or by status where there is none. */
static const struct {
    const char *code, *advice;
} advices[] = {
    { "AccessDeniedException",
     "the policy of these credentials has to allow connect:UpdateContact on the contact"                     },
    { "ResourceNotFoundException",
     "the ids (as they are, without quotes), and that the region is the instance's"                          },
    { "InvalidSignatureException",
     "the secret key, the clock, the region; --explain and --why find the line that differs"                 },
    { "SignatureDoesNotMatch",
     "the secret key, the clock, the region; --explain and --why find the line that differs"                 },
    { "IncompleteSignatureException",        "that no proxy removes the authorization header"                },
    { "UnrecognizedClientException",         "the access key, and that its session token is there: a key "
                                     "that begins with ASIA needs one"   },
    { "ExpiredTokenException",               "the credentials have expired: get new ones"                    },
    { "MissingAuthenticationTokenException", "that no proxy removes the authorization header"                },
    { "InvalidRequestException",             "that each field is allowed for this kind of contact; queue, user "
                                 "and endpoints are for external audio only" },
    { "InvalidParameterException",           "the values: the service names the one it refuses"              },
    { "ThrottlingException",                 "the quota of the account: try later, or more slowly"           },
    { "TooManyRequestsException",            "the quota of the account: try later, or more slowly"           },
    { "ConflictException",
     "whether something else changes the contact at the same time: try later"                                },
    { "InvalidActiveRegionException",        "the region: the instance is active in another one"             },
    { "407",                                 "the proxy wants a user name and a password (HTTPS_PROXY)"      },
};

static const char *advice_for(const cuc_result *r, const char *code)
{
    size_t i;
    for (i = 0; i < COUNT(advices); i++)
        if (strcmp(advices[i].code, code) == 0) return advices[i].advice;
    if (r->http_status >= 300 && r->http_status < 400)
        return "the endpoint: it redirects, and redirects are not followed, on purpose";
    if (r->code[0] == '\0' && r->request_id[0] == '\0')
        return "what lies between: without error code and request id this may not be the service";
    return r->retryable ? "nothing yet: trying again later can help" : NULL;
}

static void put_code(struct text *to, const cuc_result *r)
{
    if (r->code[0] != '\0') text_put(to, r->code);
    else text_format(to, "%d", r->http_status);
}

/* The message as the AWS command line finds it: the body's, or the body, or the status's phrase. */
static void put_message(struct text *to, const struct exchange *x, const cuc_result *r)
{
    const size_t blank = strspn(x->body, " \t\r\n");
    json_t      *body  = json_loadb(x->body, x->body_len, JSON_ALLOW_NUL, NULL);
    const char  *text  = json_string_value(json_object_get(body, "message"));
    size_t       i;
    if (text == NULL) text = json_string_value(json_object_get(body, "Message"));
    if (text == NULL && r->message[0] != '\0') text = r->message;
    if (text == NULL && !json_is_object(body) && x->body_len > 0) text = x->body;
    if (r->http_status >= 500 && (x->body_len == blank || begins_with(x->body + blank, "<html")))
        for (i = 0, text = NULL; i < COUNT(phrases); i++)
            if (phrases[i].status == r->http_status) text = phrases[i].phrase;
    text_put(to, text != NULL ? text : "");
    json_decref(body);
}

/* InvalidRequestException's, whole: the library keeps its beginning. Empty: none. */
static void put_reason(struct text *to, const struct exchange *x, const cuc_result *r)
{
    json_t     *body   = json_loadb(x->body, x->body_len, JSON_ALLOW_NUL, NULL);
    json_t     *reason = json_object_get(body, "Reason");
    void       *first  = json_object_iter(reason); /* {"SomeReason":"WORD"} */
    const char *text   = json_string_value(first != NULL ? json_object_iter_value(first) : reason);
    text_put(to, r->reason[0] != '\0' && text != NULL ? text : r->reason);
    json_decref(body);
}

static void print_service_error(const struct exchange *x, const cuc_result *r,
                                const struct credentials *c, long max_attempts)
{
    struct text code = { NULL, 0, 0 }, message = { NULL, 0, 0 }, reason = { NULL, 0, 0 };
    const char *advice;
    put_code(&code, r);
    put_message(&message, x, r);
    put_reason(&reason, x, r);
    fputs("\nAn error occurred (", stderr);
    print_masked(stderr, code.ptr, c);
    fputs(") when calling the UpdateContact operation", stderr);
    if (r->attempts >= max_attempts) fprintf(stderr, " (reached max retries: %d)", r->attempts - 1);
    fputs(": ", stderr);
    print_masked(stderr, message.ptr, c);
    putc('\n', stderr);
    print_labelled(stderr, "Reason", reason.ptr, c);
    print_labelled(stderr, "Request id", r->request_id, c);
    advice = advice_for(r, code.ptr);
    if (advice != NULL) fprintf(stderr, "Check: %s\n", advice);
    text_free(&code);
    text_free(&message);
    text_free(&reason);
}

/* And where an id is missing, what gives it. */
static void put_sentence(struct text *to, const cuc_result *r)
{
    static const struct {
        const char *field, *hint;
    } hints[] = {
        { "InstanceId", ": use --instance-id"                                          },
        { "ContactId",  ": use --contact-id or, with --from, a ContactId in each line" },
    };
    size_t       i;
    const size_t n        = cuc_result_text(r, NULL, 0);
    char        *sentence = checked(malloc(n + 1));
    cuc_result_text(r, sentence, n + 1);
    text_put(to, sentence);
    free(sentence);
    for (i = 0; i < COUNT(hints); i++)
        if (r->status == CUC_E_REQUIRED && strcmp(r->where, hints[i].field) == 0)
            text_put(to, hints[i].hint);
}

/* Everything that is not the service's: one line, with libcurl's words where they say more. */
static void put_failure(struct text *to, const struct exchange *x, const cuc_result *r,
                        const struct credentials *c)
{
    if (r->status == CUC_E_CALLBACK && strcmp(r->where, "send") == 0)
        text_format(to, "the request could not be sent: %s", exchange_problem(x));
    else if (r->status == CUC_E_CALLBACK && strcmp(r->where, "credentials") == 0)
        text_format(to, "no credentials from %s: %s", c->source, c->latest.error);
    else put_sentence(to, r);
    if (r->status == CUC_E_EXHAUSTED && x->code != CURLE_OK)
        text_format(to, " (%s)", exchange_problem(x));
}

static void print_json_result(const struct exchange *x, const cuc_result *r,
                              const struct credentials *c)
{
    struct text code = { NULL, 0, 0 }, message = { NULL, 0, 0 }, reason = { NULL, 0, 0 };
    json_t     *all = json_object();
    char       *dump;
    if (r->status == CUC_E_SERVICE) {
        put_code(&code, r);
        put_message(&message, x, r);
    } else if (r->status != CUC_OK) put_failure(&message, x, r, c);
    put_reason(&reason, x, r);
    json_object_set_new(all, "Status", json_string(r->status == CUC_OK ? "done" : "failed"));
    json_object_set_new(all, "HttpStatus", json_integer(r->http_status));
    json_object_set_new(all, "Attempts", json_integer(r->attempts));
    json_object_set_new(all, "WaitedMs", json_integer((json_int_t)r->waited_ms));
    json_object_set_new(all, "ClockOffsetMs", json_integer((json_int_t)r->clock_offset_ms));
    json_put_masked(all, "RequestId", r->request_id, c);
    json_put_masked(all, "Code", text_string(&code), c);
    json_put_masked(all, "Message", text_string(&message), c);
    json_put_masked(all, "Reason", reason.ptr, c);
    dump = checked(json_dumps(all, JSON_INDENT(4)));
    puts(dump);
    free(dump);
    json_decref(all);
    text_free(&code);
    text_free(&message);
    text_free(&reason);
}

/* ---- --explain ------------------------------------------------------------------------------- */

/* A canonical request without its session token: "x-amz-security-token:(800 bytes)". */
static char *masked_canonical(const cuc_call *call)
{
    static const char name[] = "\nx-amz-security-token:";
    const size_t      n      = cuc_call_canonical_request(call, NULL, 0);
    char             *text   = checked(malloc(n + 1)), *at, *end;
    struct text       t      = { NULL, 0, 0 };
    cuc_call_canonical_request(call, text, n + 1);
    if (n == 0) text[0] = '\0';
    if ((at = strstr(text, name)) == NULL) return text;
    at += sizeof name - 1;
    end = at + strcspn(at, "\n");
    text_add(&t, text, (size_t)(at - text));
    text_format(&t, "(%lu bytes)%s", (unsigned long)(end - at), end);
    free(text);
    return t.ptr;
}

static void hex_digest(const char *bytes, size_t n, char hex[65])
{
    unsigned char digest[32] = { 0 };
    int           i;
    tool_sha256(NULL, bytes, n, digest);
    for (i = 0; i < 32; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

static const char *header_value(const cuc_http_request *http, const char *name)
{
    size_t i;
    for (i = 0; i < http->line_count; i++)
        if (strcmp(http->names[i], name) == 0) return http->values[i];
    return "";
}

/* The string to sign is not kept by the library; it is made again from what is sent:
 * Credential=KEY/DATE/REGION/connect/aws4_request holds the scope.                               */
static void print_string_to_sign(FILE *to, const cuc_call *call)
{
    const cuc_http_request *http  = cuc_call_http_request(call);
    const char             *auth  = header_value(http, "authorization"), *scope, *signature;
    const size_t            n     = cuc_call_canonical_request(call, NULL, 0);
    char                   *whole = checked(malloc(n + 1)), hex[65];
    cuc_call_canonical_request(call, whole, n + 1);
    hex_digest(whole, n, hex);
    free(whole);
    scope     = strchr(auth, '/');
    signature = strstr(auth, "Signature=");
    if (scope == NULL || signature == NULL) return;
    scope++;
    fprintf(to, "--- string to sign ---\nAWS4-HMAC-SHA256\n%s\n%.*s\n%s\n--- signature ---\n%s\n",
            header_value(http, "x-amz-date"), (int)strcspn(scope, ","), scope, hex,
            signature + strlen("Signature="));
}

static void explain_request(FILE *to, const cuc_call *call)
{
    char *canonical = masked_canonical(call);
    fprintf(to, "--- canonical request ---\n%s\n", canonical);
    free(canonical);
    print_string_to_sign(to, call);
    fputs("--- end ---\n", to);
}

static void explain_response(FILE *to, const struct exchange *x, const struct credentials *c)
{
    struct text masked = { NULL, 0, 0 };
    put_masked(&masked, x->body, c);
    fprintf(to, "--- response %d ---\n", x->status);
    print_safely(to, masked.ptr);
    fputs("\n--- end ---\n", to);
    text_free(&masked);
}

/* ---- --print-curl ---------------------------------------------------------------------------- */

static void put_quoted(struct text *to, const char *bytes, size_t n) /* for a POSIX shell */
{
    size_t i;
    text_byte(to, '\'');
    for (i = 0; i < n; i++) {
        if (bytes[i] == '\'') text_put(to, "'\\''");
        else text_byte(to, bytes[i]);
    }
    text_byte(to, '\'');
}

static void print_curl(const cuc_http_request *http)
{
    static const char token[] = "x-amz-security-token";
    struct text       t       = { NULL, 0, 0 };
    size_t            i;
    text_put(&t, "curl --path-as-is --tlsv1.2 --max-time 60 \\\n    -H 'Expect:'");
    for (i = 0; i < http->line_count; i++) {
        text_put(&t, " \\\n    -H ");
        if (strcmp(http->names[i], token) == 0)
            text_format(&t, "\"%s: $AWS_SESSION_TOKEN\"", token);
        else put_quoted(&t, http->lines[i], strlen(http->lines[i]));
    }
    text_put(&t, " \\\n    --data-binary ");
    put_quoted(&t, http->body, http->body_len);
    text_put(&t, " \\\n    ");
    put_quoted(&t, http->url, http->url_len);
    puts(t.ptr);
    fputs("This command shows the body. It works for five minutes from now.\n", stderr);
    if (header_value(http, token)[0] != '\0')
        fputs("It reads the session token from AWS_SESSION_TOKEN, which has to be set.\n", stderr);
    text_free(&t);
}

#endif
