/* Black box: the sentences that people read. */
#include "support.h"
#include <limits.h>

static char *text_of(const cuc_result *r) /* in a block of its exact size */
{
    const size_t n    = cuc_result_text(r, NULL, 0);
    char        *text = block(n + 1);
    assert_int_equal(cuc_result_text(r, text, n + 1), n);
    assert_int_equal(strlen(text), n);
    return text;
}

static void says(const cuc_result *r, const char *expected, int line)
{
    char *text = text_of(r);
    assert_text(text, expected, line);
    free(text);
}

static cuc_result said_no(int http_status, const char *code, const char *message)
{
    cuc_result r  = CUC_ZERO;
    r.status      = CUC_E_SERVICE;
    r.http_status = http_status;
    snprintf(r.code, sizeof r.code, "%s", code);
    snprintf(r.message, sizeof r.message, "%s", message);
    return r;
}

/* How a message of the service is shown. */
static void shows(const char *message, size_t message_cut, const char *expected, int line)
{
    cuc_result r = said_no(400, "E", message);
    char       sentence[600];
    r.message_cut = message_cut;
    snprintf(sentence, sizeof sentence, "the service said no: 400 E: %s", expected);
    says(&r, sentence, line);
}

/* ---- one sentence for each status ------------------------------------------------------------ */

static void every_status_has_its_sentence(void **state)
{
    static const struct {
        int         line;
        cuc_status  status;
        const char *where, *sentence;
    } row[] = {
        { __LINE__, CUC_OK,            "",                         "done"                                             },
        { __LINE__, CUC_E_NOTHING,     "",                         "nothing to update: set at least one field"        },
        { __LINE__, CUC_E_REQUIRED,    "InstanceId",               "InstanceId: required, but not set"                },
        { __LINE__, CUC_E_UTF8,        "Name",                     "Name: not well-formed UTF-8"                      },
        { __LINE__, CUC_E_DUPLICATE,   "References[\"a\"]",
         "References[\"a\"]: this key appears twice in one map"                                                       },
        { __LINE__, CUC_E_DEPTH,       "SegmentAttributes[\"a\"]",
         "SegmentAttributes[\"a\"]: nested too deeply, at most 16 levels"                                             },
        { __LINE__, CUC_E_VALUE,       "ContactId",                "ContactId: not a value that the service accepts"  },
        { __LINE__, CUC_E_REGION,      "region",
         "region: not a region: 1 to 63 of A-Z a-z 0-9 and -, with no - at an end"                                    },
        { __LINE__, CUC_E_ENDPOINT,    "endpoint_url",
         "endpoint_url: not http[s]://HOST[:PORT][/BASE], or given together with use_fips or "
          "use_dualstack"                                                                                             },
        { __LINE__, CUC_E_CREDENTIALS, "secret_key",
         "secret_key: contains a byte that is not visible ASCII: look for a blank or a line end "
          "at "
          "its end"                                                                                                   },
        { __LINE__, CUC_E_KEY_DAY,     "signing_key",
         "signing_key: derived for another day: derive a new one"                                                     },
        { __LINE__, CUC_E_TIME,        "now_ms",
         "now_ms: the time is before 1970 or after 9999: is now_ms in milliseconds?"                                  },
        { __LINE__, CUC_E_REENTRY,     "",                         "a callback used the call that it was called from" },
        { __LINE__, CUC_E_ORDER,       "",
         "cuc_call_next or cuc_call_end was called in the wrong state"                                                },
        { __LINE__, CUC_E_NO_STATUS,   "",                         "the transport delivered no HTTP status"           },
        { __LINE__, CUC_E_BAD_STATUS,  "",
         "the transport delivered an HTTP status outside 200 to 599"                                                  },
        { __LINE__, CUC_E_EXHAUSTED,   "",
         "no complete response in 0 attempts. Check: the network, a proxy, endpoint_url and your "
          "time-outs"                                                                                                 },
        /* `where` is the scratch of a call that was dropped */
        { __LINE__, CUC_E_UNFINISHED,  "message",
         "not finished: cuc_call_next has not returned CUC_NEXT_DONE"                                                 },
        { __LINE__, (cuc_status)99,    "",                         "not a status of this library"                     },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_result r = CUC_ZERO;
        r.status     = row[i].status;
        strcpy(r.where, row[i].where);
        says(&r, row[i].sentence, row[i].line);
    }
}

static void a_limit_sentence_has_the_actual_and_the_allowed_size(void **state)
{
    static const struct {
        int         line;
        size_t      actual, allowed;
        int         bytes;
        const char *sentence;
    } row[] = {
        { __LINE__, 5000,        4096, 0,
         "References[\"recording\"].Value: 5000 characters, at most 4096"                               },
        { __LINE__, 19,          20,   0, "References[\"recording\"].Value: 19 characters, at least 20" },
        { __LINE__, 0,           1,    0, "References[\"recording\"].Value: 0 characters, at least 1"   },
        { __LINE__, 4097,        4096, 1, "References[\"recording\"].Value: 4097 bytes, at most 4096"   },
        { __LINE__, 4294967295u, 1024, 1,
         "References[\"recording\"].Value: 4294967295 bytes, at most 1024"                              },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_result r = CUC_ZERO;
        r.status     = CUC_E_LIMIT;
        r.actual     = row[i].actual;
        r.allowed    = row[i].allowed;
        r.bytes      = row[i].bytes;
        strcpy(r.where, "References[\"recording\"].Value");
        says(&r, row[i].sentence, row[i].line);
    }
}

static void the_largest_size_is_written_out(void **state) /* P50 */
{
    cuc_result r = CUC_ZERO;
    char       expected[100];
    (void)state;
    r.status   = CUC_E_SPACE;
    r.required = SIZE_MAX;
    sprintf(expected, "the buffer is too small: %zu bytes are enough", (size_t)SIZE_MAX);
    says(&r, expected, __LINE__);
    r.required = 1234;
    says(&r, "the buffer is too small: 1234 bytes are enough", __LINE__);
}

static void a_callback_sentence_has_its_name_and_return_value(void **state) /* P66 */
{
    static const struct {
        int         line;
        const char *where;
        int         callback;
        const char *sentence;
    } row[] = {
        { __LINE__, "send",        7,       "send: failed, it returned 7"                  },
        { __LINE__, "sleep_ms",    -1,      "sleep_ms: failed, it returned -1"             },
        { __LINE__, "sha256",      INT_MAX, "sha256: failed, it returned 2147483647"       },
        { __LINE__, "hmac_sha256", INT_MIN, "hmac_sha256: failed, it returned -2147483648" },
        { __LINE__, "sha256",      0,       "sha256: gave a wrong digest"                  },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_result r = CUC_ZERO;
        r.status     = CUC_E_CALLBACK;
        r.callback   = row[i].callback;
        strcpy(r.where, row[i].where);
        says(&r, row[i].sentence, row[i].line);
    }
}

static void a_service_error_sentence_has_all_its_parts(void **state)
{
    static const struct {
        int         line, http;
        const char *code, *message, *reason, *id, *sentence;
    } row[] = {
        { __LINE__, 503, "",                                       "",                  "",                  "",
         "HTTP status 503 without an error code or a request id: something between you and the "
          "service may have answered"                                                                                                                      },
        { __LINE__, 400, "ConflictException",                      "",                  "",                  "",
         "the service said no: 400 ConflictException"                                                                                                      },
        { __LINE__, 429, "",                                       "Rate exceeded",     "",                  "",
         "HTTP status 429 without an error code or a request id: something between you and the "
          "service may have answered: Rate exceeded"                                                                                                       },
        { __LINE__, 404, "ResourceNotFoundException",              "Contact not found", "",                  "r-1",
         "the service said no: 404 ResourceNotFoundException: Contact not found [request r-1]. "
          "Check: the "
          "ids (raw, without quotes or a line end around them) and the region"                                                                             },
        { __LINE__, 400, "InvalidRequestException",                "no",                "INVALID_FILE_TYPE",
         "01234567-89ab-cdef-0123-456789abcdef",                                                                    "the service said no: 400 InvalidRequestException: no (INVALID_FILE_TYPE) [request "
          "01234567-89ab-cdef-0123-456789abcdef]"                                                          },
        { __LINE__, 301, "",                                       "",                  "",                  "x",
         "the service said no: 301 [request x]. Check: endpoint_url and the region; redirects are "
          "not "
          "followed, on purpose"                                                                                                                           },
        { __LINE__, 307, "",                                       "",                  "",                  "x",
         "the service said no: 307 [request x]. Check: endpoint_url and the region; redirects are "
          "not followed, on purpose"                                                                                                                       },
        { __LINE__, 399, "",                                       "",                  "",                  "x",
         "the service said no: 399 [request x]. Check: endpoint_url and the region; redirects are "
          "not followed, on purpose"                                                                                                                       },
        { __LINE__, 302, "",                                       "",                  "",                  "",
         "HTTP status 302 without an error code or a request id: something between you and the "
          "service may have answered. Check: endpoint_url and the region; redirects are not "
          "followed, on purpose"                                                                                                                           },
        { __LINE__, 403, "",                                       "",                  "",                  "",
         "HTTP status 403 without an error code or a request id: something between you and the "
          "service may have answered"                                                                                                                      },
        { __LINE__, 407, "",                                       "",                  "",                  "",
         "HTTP status 407 without an error code or a request id: something between you and the "
          "service may have answered. Check: the proxy: it requires credentials"                                                                           },
        { __LINE__, 403, "",                                       "",                  "",                  "x",   "the service said no: 403 [request x]" },
        { __LINE__, 503, "ProvisionedThroughputExceededException", "",                  "",                  "",
         "the service said no: 503 ProvisionedThroughputExceededException"                                                                                 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_result r = said_no(row[i].http, row[i].code, row[i].message);
        strcpy(r.reason, row[i].reason);
        strcpy(r.request_id, row[i].id);
        says(&r, row[i].sentence, row[i].line);
    }
}

#define CHECK_SIGNATURE                                                                            \
    ". Check: the secret (a blank, a quote or a line end in it?), the clock (UTC?), the region; "  \
    "that ids "                                                                                    \
    "are given raw, not percent-encoded; that no proxy or HTTP client changes the signed headers"
#define CHECK_CLOCK ". Check: the clock: now_ms is milliseconds since 1970 in UTC"
#define CHECK_KEY                                                                                  \
    ". Check: the access key, and that the session token belongs to it (temporary keys "           \
    "need one)"
#define CHECK_TOKEN ". Check: the session token: it has expired, get a new one"
#define CHECK_HEADER ". Check: the URL, and whether a proxy drops the authorization header"
#define CHECK_POLICY ". Check: that the policy allows connect:UpdateContact for this contact"

static void authentication_errors_come_with_advice(void **state)
{
    static const struct {
        int         line;
        const char *code, *advice;
    } row[] = {
        { __LINE__, "InvalidSignatureException",           CHECK_SIGNATURE },
        { __LINE__, "InvalidSignature",                    CHECK_SIGNATURE }, /* with and without Exception */
        { __LINE__, "SignatureDoesNotMatch",               CHECK_SIGNATURE },
        { __LINE__, "IncompleteSignatureException",        CHECK_SIGNATURE },
        { __LINE__, "IncompleteSignature",                 CHECK_SIGNATURE },
        { __LINE__, "RequestTimeTooSkewed",                CHECK_CLOCK     },
        { __LINE__, "RequestExpired",                      CHECK_CLOCK     },
        { __LINE__, "RequestInTheFuture",                  CHECK_CLOCK     },
        { __LINE__, "UnrecognizedClientException",         CHECK_KEY       },
        { __LINE__, "InvalidClientTokenId",                CHECK_KEY       },
        { __LINE__, "ExpiredTokenException",               CHECK_TOKEN     },
        { __LINE__, "ExpiredToken",                        CHECK_TOKEN     },
        { __LINE__, "MissingAuthenticationTokenException", CHECK_HEADER    },
        { __LINE__, "MissingAuthenticationToken",          CHECK_HEADER    },
        { __LINE__, "AccessDeniedException",               CHECK_POLICY    },
        { __LINE__, "AccessDenied",                        CHECK_POLICY    },
        { __LINE__, "ThrottlingException",                 ""              },
        { __LINE__, "InvalidRequestException",             ""              },
        { __LINE__, "AccessDeniedExceptions",              ""              },
        { __LINE__, "AccessDenie",                         ""              },
        { __LINE__, "the URL, and whether",                ""              }, /* words of an advice are no code */
    };
    char   expected[600];
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_result r = said_no(403, row[i].code, "m");
        sprintf(expected, "the service said no: 403 %s: m%s", row[i].code, row[i].advice);
        says(&r, expected, row[i].line);
    }
}

/* ---- any capacity ---------------------------------------------------------------------------- */

static cuc_result wide_result(void)
{
    cuc_result r =
        said_no(403, "AccessDenied", "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x99\x82 \x01\xFF");
    strcpy(r.where, "W");
    strcpy(r.reason, "\xC3\xA9\xC3\xA9");
    strcpy(r.request_id, "0123456789abcdef0123456789abcdef0123456");
    return r;
}

static void at_any_capacity_the_text_is_a_terminated_prefix(void **state) /* P51 */
{
    cuc_result rows[4] = { CUC_ZERO };
    size_t     i, cap, n;
    (void)state;
    rows[0]         = wide_result();
    rows[1].status  = CUC_E_LIMIT;
    rows[1].actual  = 123456;
    rows[1].allowed = 4096;
    strcpy(rows[1].where, "References[\"recording\"].Value");
    rows[2].status   = CUC_E_CALLBACK;
    rows[2].callback = INT_MIN;
    rows[3].status   = CUC_E_SPACE;
    rows[3].required = 98765;
    for (i = 0; i < ROWS(rows); i++) {
        char *whole = text_of(&rows[i]);
        n           = strlen(whole);
        assert_int_equal(cuc_result_text(&rows[i], NULL, 0), n);
        assert_int_equal(cuc_result_text(&rows[i], NULL, 100), n); /* NULL measures */
        for (cap = 0; cap <= n + 1; cap++) {
            char  *text = block(cap);
            size_t shown;
            assert_int_equal(cuc_result_text(&rows[i], text, cap), n);
            if (cap > 0) {
                assert_non_null(memchr(text, 0, cap));
                shown = strlen(text);
                assert_memory_equal(text, whole, shown);
                assert_true(((unsigned char)whole[shown] & 0xC0) != 0x80); /* whole characters */
                if (cap > n) assert_int_equal(shown, n);
            }
            free(text);
        }
        free(whole);
    }
}

static void a_text_is_cut_between_words(void **state) /* and not dropped for what comes after it */
{
    cuc_result r = CUC_ZERO;
    char       text[20];
    (void)state;
    r.status = CUC_E_UTF8;
    strcpy(r.where, "Name");
    assert_int_equal(cuc_result_text(&r, text, sizeof text), 27);
    assert_string_equal(text, "Name: ");
}

/* ---- what the service says, as it can be shown ----------------------------------------------- */

static void control_characters_are_shown_as_question_marks(void **state)
{
    static const struct {
        int         line;
        const char *message, *shown;
    } row[] = {
        { __LINE__, "a\tb\nc\rd",                                       "a?b?c?d"                     },
        { __LINE__, "\x1B[31mred\x1B[0m",                               "?[31mred?[0m"                },
        { __LINE__, "\x01\x02\x1F\x7F",                                 "????"                        },
        { __LINE__, "\xC2\x80\xC2\x9F\xC2\xA0",                         "??\xC2\xA0"                  }, /* U+0080..U+009F control, too */
        { __LINE__, "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x99\x82",
         "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x99\x82"                                                  },
        { __LINE__, "\xFF\xC3 \xED\xA0\x80 \xC0\x80 \x80",              "?? ??? ?? ?"                 }, /* no UTF-8 */
        { __LINE__, "\xF0\x9F\x99",                                     "???"                         },
        /* what changes the direction of text, and its neighbours */
        { __LINE__, "\xD8\x9B\xD8\x9C\xD9\x9C",                         "\xD8\x9B?\xD9\x9C"           },
        { __LINE__, "\xE2\x80\x8D\xE2\x80\x8E\xE2\x80\x8F\xE2\x80\x90",
         "\xE2\x80\x8D??\xE2\x80\x90"                                                                 },
        { __LINE__, "\xE2\x80\xA9\xE2\x80\xAA\xE2\x80\xAE\xE2\x80\xAF",
         "\xE2\x80\xA9??\xE2\x80\xAF"                                                                 },
        { __LINE__, "\xE2\x81\xA5\xE2\x81\xA6\xE2\x81\xA9\xE2\x81\xAA",
         "\xE2\x81\xA5??\xE2\x81\xAA"                                                                 },
        { __LINE__, "\xE2\x82\xA6\xE3\x80\x8E",                         "\xE2\x82\xA6\xE3\x80\x8E"    },
        { __LINE__, "\"quoted\" \\ 'it' <b>&amp;",                      "\"quoted\" \\ 'it' <b>&amp;" },
    };
    char   expected[200];
    size_t i;
    int    c;
    (void)state;
    for (i = 0; i < ROWS(row); i++) shows(row[i].message, 0, row[i].shown, row[i].line);
    for (c = 1; c < 0x80; c++) { /* in every place that the service fills */
        cuc_result r   = said_no(400, "E", "");
        const char one = c < 0x20 || c == 0x7F ? '?' : (char)c;
        r.code[0] = r.message[0] = r.reason[0] = r.request_id[0] = (char)c;
        sprintf(expected, "the service said no: 400 %c: %c (%c) [request %c]", one, one, one, one);
        says(&r, expected, c);
    }
}

static void runs_of_more_than_32_base64_characters_are_hidden(void **state) /* P58 */
{
    static const struct {
        int         line;
        const char *message, *shown;
    } row[] = {
        { __LINE__, "0123456789abcdefghijklmnopqrstuv",                   "0123456789abcdefghijklmnopqrstuv" },
        { __LINE__, "0123456789abcdefghijklmnopqrstuvw",                  "..."                              },
        { __LINE__, "0123456789ABCDEFGHIJKLMNOPQRST+/=",                  "..."                              },
        { __LINE__, "0123456789ABCDEFGHIJKLMNOPQRST%2B",                  "..."                              },
        { __LINE__, "a 0123456789abcdefghijklmnopqrstuvw b",              "a ... b"                          },
        { __LINE__, "'0123456789abcdefghijklmnopqrstuvw'",                "'...'"                            },
        { __LINE__, "0123456789abcdef-0123456789abcdef-0123456789abcdef",
         "0123456789abcdef-0123456789abcdef-0123456789abcdef"                                                },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) shows(row[i].message, 0, row[i].shown, row[i].line);
}

/* ---- a service that echoes ------------------------------------------------------------------- */

#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define TOKEN                                                                                      \
    "IQoJb3JpZ2luX2VjEHYaCXVzLXdlc3QtMiJHMEUCIQDtokenTOKENtoken/+abcdefghijklmnopqrstuvwxyz012345" \
    "6789ABCDEFGHIJKLMNOPQRSTUVWXYZfwoGZXIvYXdzEPH//////////"                                      \
    "wEaDJ4Zsecretsecretsecretsecretsecret=="

/* Is there a piece of what must not be seen, longer than a word? */
static int leaks(const char *text, const char *hidden)
{
    char   piece[10] = { 0 };
    size_t i, n = strlen(hidden);
    for (i = 0; i + 9 <= n; i++) {
        memcpy(piece, hidden + i, 9);
        if (strstr(text, piece) != NULL) return 1;
    }
    return 0;
}

typedef struct echo {
    world       w;
    const char *format; /* %s: what is echoed */
    size_t      lead;
    int         what;
    const char *header; /* in which header; NULL: in the message */
    char        signature[65];
} echo;

static int echoing(world *w, const cuc_http_request *http, cuc_call *call)
{
    echo       *e = (echo *)(void *)w;
    const char *said[6];
    char        line[1024], body[4096], lead[256];
    said[0] = SECRET;
    said[1] = TOKEN;
    said[2] = strstr(http->values[2], "Signature=") + 10;
    said[3] = http->values[2];
    said[4] = http->lines[2];
    said[5] = http->lines[3];
    strcpy(e->signature, said[2]);
    memset(lead, 0, sizeof lead);
    memset(lead, '.', e->lead);
    sprintf(line, "%s: %s%s", e->header == NULL ? "x-other" : e->header, lead, said[e->what]);
    cuc_call_status(call, 403);
    cuc_call_header(call, line, strlen(line));
    sprintf(body, "{\"message\":\"%s", lead);
    sprintf(body + strlen(body), e->format, said[e->what]);
    strcat(body, "\"}");
    if (e->header == NULL) cuc_call_body(call, body, strlen(body));
    return 0;
}

static void echoed(echo *e)
{
    static const answer nothing = { CUC_SENT, 0, NULL, NULL, 0 };
    const cuc_request   request = small_request();
    char                work[4096], *text;
    cuc_client          client;
    cuc_result          r;
    e->w                 = new_world(&nothing, 1);
    e->w.on_send         = echoing;
    client               = world_client(&e->w);
    client.secret_key    = cuc_s(SECRET);
    client.session_token = cuc_s(TOKEN);
    assert_int_equal(cuc_update_contact(&client, &request, work, sizeof work, &r), CUC_E_SERVICE);
    text = text_of(&r);
    if (leaks(text, SECRET) || leaks(text, TOKEN) || leaks(text, e->signature))
        print_message("%d after %d: %s\n", e->what, (int)e->lead, text);
    assert_false(leaks(text, SECRET));
    assert_false(leaks(text, TOKEN));
    assert_false(leaks(text, e->signature));
    free(text);
}

/* At every place of the message, so that the end of the array cuts at every place of the secret. */
static void no_sentence_contains_credentials_echoed_in_the_body(void **state) /* P58, P81 */
{
    static const char *const formats[] = { "%s", "%s is wrong", "(%s)", "Credential=%s",
                                           "'%s'\\n" };
    echo                     e;
    size_t                   f;
    (void)state;
    memset(&e, 0, sizeof e);
    for (f = 0; f < ROWS(formats); f++)
        for (e.what = 0; e.what < 6; e.what++)
            for (e.lead = 0; e.lead < 170; e.lead += f == 0 ? 1 : 13) {
                e.format = formats[f];
                echoed(&e);
            }
}

static void no_sentence_contains_credentials_echoed_in_headers(void **state) /* P58 */
{
    static const char *const headers[] = { "x-amzn-requestid", "x-amzn-errortype" };
    echo                     e;
    size_t                   i;
    (void)state;
    memset(&e, 0, sizeof e);
    e.format = "%s";
    for (i = 0; i < ROWS(headers); i++)
        for (e.what = 0; e.what < 3; e.what++)
            for (e.lead = 0; e.lead < 40; e.lead++) {
                e.header = headers[i];
                echoed(&e);
            }
}

/* A field's value, a key's secret: our own sentences show where, never what. */
static void no_sentence_contains_values_or_credentials(void **state) /* P81 */
{
    static char marker[20000];
    const char *m[6] = {
        "MARKERMARKER\xFF", "MARKER MARKER\n", "http://u:MARKER@h/", "MARKER/", NULL, ""
    };
    size_t        i, k, refused = 0;
    char         *text, work[2048];
    cuc_result    r;
    cuc_reference ref = CUC_ZERO;
    (void)state;
    for (i = 0; i + 7 < sizeof marker; i += 6) memcpy(marker + i, "MARKER", 6);
    m[4] = marker;
    m[5] = "MARKER";
    for (i = 0; i < 6; i++)
        for (k = 0; k < 12; k++) {
            cuc_request q      = small_request();
            world       w      = new_world(NULL, 0);
            cuc_client  client = world_client(&w);
            cuc_call    call;
            cuc_str     s = cuc_s(m[i]);
            ref.key       = cuc_s("k");
            ref.type = ref.value = ref.arn = ref.status = cuc_s("URL");
            if (k >= 7) q.references = &ref;
            q.reference_count = k >= 7;
            if (k == 0) q.name = s;
            if (k == 1) q.instance_id = s;
            if (k == 2) client.access_key = s;
            if (k == 3) client.secret_key = s;
            if (k == 4) client.session_token = s;
            if (k == 5) client.endpoint_url = s;
            if (k == 6) client.region = s;
            if (k == 7) ref.value = s;
            if (k == 8) ref.type = s;
            if (k == 9) ref.arn = s;
            if (k == 10) ref.status_reason = s;
            if (k == 11) q.body = s;
            begin_call(&call, &client, &q, work, sizeof work);
            (void)cuc_call_next(&call, 1440938160000);
            r    = *result_of(&call);
            text = text_of(&r);
            refused += r.status != CUC_OK;
            assert_null(strstr(text, "MARKER"));
            free(text);
            ref = (cuc_reference)CUC_ZERO;
        }
    assert_in_range(refused, 45, 72); /* or these sentences would show little */
}

/* ---- the short sentences --------------------------------------------------------------------- */

static void every_status_number_has_a_sentence(void **state)
{
    static const int others[] = { -1, CUC_E_UNFINISHED + 1, 1000, INT_MAX, INT_MIN };
    const char      *unknown  = cuc_status_string((cuc_status)-1);
    int              i, k;
    (void)state;
    assert_string_equal(unknown, "not a status of this library");
    for (i = 0; i < (int)ROWS(others); i++)
        assert_ptr_equal(cuc_status_string((cuc_status)others[i]), unknown);
    for (i = CUC_OK; i <= CUC_E_UNFINISHED; i++) {
        const char *text = cuc_status_string((cuc_status)i);
        assert_non_null(text);
        assert_true(strlen(text) > 3);
        assert_string_not_equal(text, unknown);
        for (k = CUC_OK; k < i; k++)
            assert_string_not_equal(text, cuc_status_string((cuc_status)k));
        for (k = 0; text[k] != 0; k++) assert_in_range((unsigned char)text[k], 0x20, 0x7E);
    }
    assert_string_equal(cuc_status_string(CUC_E_LIMIT), "too long, too short or too many");
    assert_string_equal(cuc_status_string(CUC_E_SPACE), "the buffer is too small");
    assert_string_equal(cuc_status_string(CUC_E_CALLBACK), "a callback failed");
    assert_string_equal(cuc_status_string(CUC_E_SERVICE), "the service said no");
}

static void statuses_keep_their_numbers(void **state) /* programs print and store them */
{
    (void)state;
    assert_int_equal(CUC_OK, 0);
    assert_int_equal(CUC_E_NOTHING, 1);
    assert_int_equal(CUC_E_SPACE, 13);
    assert_int_equal(CUC_E_SERVICE, 20);
    assert_int_equal(CUC_E_UNFINISHED, 21);
}

/* ---- advice, retries, parts that are missing ------------------------------------------------- */

static void every_detail_has_its_sentence(void **state)
{
    static const struct {
        int         line;
        cuc_status  status;
        int32_t     detail; /* of a result; the numbers are private */
        int         http_status, attempts;
        const char *where, *sentence;
    } row[] = {
        { __LINE__, CUC_E_EXHAUSTED, 0,        0,   1, "",
         "no complete response in 1 attempt. Check: the network, a proxy, endpoint_url and your "
          "time-outs"                                                                     },
        { __LINE__, CUC_E_EXHAUSTED, 0,        200, 2, "",
         "no complete response in 2 attempts; the update may have been applied"           },
        { __LINE__, CUC_E_EXHAUSTED, 0,        503, 3, "",
         "no complete response in the last of 3 attempts; the HTTP status before was 503" },
        { __LINE__, CUC_E_EXHAUSTED, 99,       503, 3, "",
         "no complete response in the last of 3 attempts; the HTTP status before was 503" },
        { __LINE__, CUC_E_KEY_DAY,   20150830, 0,   0, "signing_key",
         "signing_key: derived for another day: derive a new one for 20150830 (UTC)"      },
        { __LINE__, CUC_E_ORDER,     99,       0,   0, "",
         "cuc_call_next or cuc_call_end was called in the wrong state"                    },
        { __LINE__, CUC_E_ORDER,     -1,       0,   0, "",
         "cuc_call_next or cuc_call_end was called in the wrong state"                    },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_result r  = CUC_ZERO;
        r.status      = row[i].status;
        r.detail      = row[i].detail;
        r.http_status = row[i].http_status;
        r.attempts    = row[i].attempts;
        strcpy(r.where, row[i].where);
        says(&r, row[i].sentence, row[i].line);
    }
}

static void a_missing_setting_names_its_environment_variable(void **state)
{
    static const struct {
        int         line;
        const char *region, *key, *secret, *sentence;
    } row[] = {
        { __LINE__, "",          "k",  "s",
         "region: missing; usually found in the environment variable AWS_REGION"                },
        { __LINE__, NULL,        "k",  "s",
         "region: missing; usually found in the environment variable AWS_REGION"                },
        { __LINE__, "us-east-1", NULL, "s",
         "access_key: missing; usually found in the environment variable AWS_ACCESS_KEY_ID"     },
        { __LINE__, "us-east-1", "k",  NULL,
         "secret_key: missing; usually found in the environment variable AWS_SECRET_ACCESS_KEY" },
        { __LINE__, "us-east-1", "",   "s",
         "access_key: missing; usually found in the environment variable AWS_ACCESS_KEY_ID"     },
        { __LINE__, "us-east-1", "k",  "",
         "secret_key: missing; usually found in the environment variable AWS_SECRET_ACCESS_KEY" },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        static const answer good    = { CUC_SENT, 200, NULL, NULL, 0 };
        world               w       = new_world(&good, 1);
        cuc_client          c       = world_client(&w);
        const cuc_request   request = small_request();
        char                work[2048];
        cuc_result          r;
        c.region     = cuc_s(row[i].region);
        c.access_key = cuc_s(row[i].key);
        c.secret_key = cuc_s(row[i].secret);
        (void)cuc_update_contact(&c, &request, work, sizeof work, &r);
        says(&r, row[i].sentence, row[i].line);
    }
}

/* Field reports 3.3, 3.4, 3.8 to 3.10: malformed is another sentence than missing. */
static void a_malformed_setting_sentence_says_what_to_do(void **state)
{
#define NO_REGION "region: not a region: 1 to 63 of A-Z a-z 0-9 and -, with no - at an end"
#define USE_FIPS "region: not a region: leave out fips and set use_fips"
#define A_ZONE "region: an availability zone and not a region: leave out the last letter"
#define EXCHANGED "access_key: an access key id has no '/': is this the secret key?"
#define QUOTED "access_key: begins or ends with a quote: pass the key without quotes"
#define NOT_VISIBLE                                                                                \
    ": contains a byte that is not visible ASCII: look for a blank or a line end at its end"
    static const struct {
        int         line;
        const char *region, *key, *secret, *token;
        int64_t     now_ms;
        const char *sentence;
    } row[] = {
        { __LINE__, "us east 1",      "k",                     "s",           NULL,    0,                NO_REGION                   },
        { __LINE__, "us-east-1.",     "k",                     "s",           NULL,    0,                NO_REGION                   },
        { __LINE__, "fips-us-east-1", "k",                     "s",           NULL,    0,                USE_FIPS                    },
        { __LINE__, "us-east-1-fips", "k",                     "s",           NULL,    0,                USE_FIPS                    },
        { __LINE__, "us-east-1a",     "k",                     "s",           NULL,    0,                A_ZONE                      },
        { __LINE__, "us-east-1",      "wJalrXUtnFEMI/K7MDENG", "AKIDEXAMPLE", NULL,    0,                EXCHANGED                   },
        { __LINE__, "us-east-1",      "\"AKIDEXAMPLE\"",       "s",           NULL,    0,                QUOTED                      },
        { __LINE__, "us-east-1",      "AKIDEXAMPLE\"",         "s",           NULL,    0,                QUOTED                      },
        { __LINE__, "us-east-1",      "'AKIDEXAMPLE",          "s",           NULL,    0,                QUOTED                      },
        { __LINE__, "us-east-1",      "k\n",                   "s",           NULL,    0,                "access_key" NOT_VISIBLE    },
        { __LINE__, "us-east-1",      "k",                     "s ",          NULL,    0,                "secret_key" NOT_VISIBLE    },
        { __LINE__, "us-east-1",      "k",                     "s",           "t\r\n", 0,                "session_token" NOT_VISIBLE },
        { __LINE__, "us-east-1",      "k",                     "s",           NULL,    1440938160000000,
         "now_ms: the time is before 1970 or after 9999: is now_ms in milliseconds?"                                                 },
        { __LINE__, "us-east-1",      "k",                     "s",           NULL,    -1,
         "now_ms: the time is before 1970 or after 9999: is now_ms in milliseconds?"                                                 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        world             w       = new_world(NULL, 0);
        cuc_client        c       = world_client(&w);
        const cuc_request request = small_request();
        char              work[2048];
        cuc_result        r;
        c.region        = cuc_s(row[i].region);
        c.access_key    = cuc_s(row[i].key);
        c.secret_key    = cuc_s(row[i].secret);
        c.session_token = cuc_s(row[i].token);
        w.now_ms        = row[i].now_ms;
        (void)cuc_update_contact(&c, &request, work, sizeof work, &r);
        says(&r, row[i].sentence, row[i].line);
        assert_number(w.sends, 0, row[i].line);
    }
}

/* Field report 3.5. n: cuc_call_next, e: cuc_call_end. */
static void a_wrong_order_sentence_names_the_call(void **state)
{
    static const struct {
        int         line;
        const char *calls, *sentence;
    } row[] = {
        { __LINE__, "nn",
         "cuc_call_next was called while a request was being sent: call "
          "cuc_call_end first"                                             },
        { __LINE__, "e",
         "cuc_call_end was called, but no request was being sent: call "
          "cuc_call_next first"                                            },
        { __LINE__, "nee", "cuc_call_end was called twice for one request" },
    };
    const cuc_request request = small_request();
    size_t            i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        world       w = new_world(NULL, 0);
        cuc_client  c = world_client(&w);
        char        work[2048];
        cuc_call    call;
        cuc_result  r;
        const char *at;
        cuc_call_begin(&call, &c, &request, work, sizeof work, &r);
        for (at = row[i].calls; *at != 0; at++)
            if (*at == 'n') (void)cuc_call_next(&call, w.now_ms);
            else cuc_call_end(&call, CUC_SENT);
        assert_number(cuc_call_next(&call, w.now_ms), CUC_NEXT_DONE, row[i].line);
        assert_number(r.status, CUC_E_ORDER, row[i].line);
        says(&r, row[i].sentence, row[i].line);
    }
}

/* The longest text in each array, with the longest advice. Field report 3.15: a sentence that does
 * not fit must not end at "Check: ".                                                             */
static void the_longest_sentence_fits_in_the_text_size(void **state)
{
    static const char *const codes[] = { "InvalidSignatureException", "UnrecognizedClientException",
                                         "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLM" };
    static const int         status[] = { 300, 403, 404, 407, 599, INT_MAX, INT_MIN };
    size_t                   i, k, n, cap;
    (void)state;
    for (i = 0; i < ROWS(codes); i++)
        for (k = 0; k < ROWS(status); k++) {
            cuc_result r = said_no(status[k], codes[i], "");
            char       text[CUC_TEXT_SIZE];
            memset(r.message, '.', sizeof r.message - 1);
            memset(r.reason, '.', sizeof r.reason - 1);
            memset(r.request_id, '.', sizeof r.request_id - 1);
            memset(r.where, '.', sizeof r.where - 1);
            r.message_cut = 1;
            for (r.detail = 0; r.detail < 20; r.detail++)
                assert_true(cuc_result_text(&r, text, sizeof text) < sizeof text);
            r.detail   = 0;
            r.where[0] = 0;
            n          = cuc_result_text(&r, text, sizeof text);
            for (cap = 1; cap <= n; cap++) {
                (void)cuc_result_text(&r, text, cap);
                assert_true(strlen(text) < 7 || strcmp(text + strlen(text) - 7, "Check: ") != 0);
            }
        }
}

static void arns_are_shown_and_long_runs_after_them_hidden(void **state)
{
#define ARN "arn:aws:connect:us-east-1:123456789012:instance/01234567-89ab-cdef-0123-456789abcdef"
#define LONG_RUN "0123456789abcdefghijklmnopqrstuvw"
    static const struct {
        int         line;
        const char *message, *shown;
    } row[] = {
        { __LINE__, ARN,                              ARN                     },
        { __LINE__, ARN " " LONG_RUN,                 ARN " ..."              },
        { __LINE__, ARN "\"" LONG_RUN "\"",           ARN "\"...\""           },
        { __LINE__, ARN "'" LONG_RUN "'",             ARN "'...'"             },
        { __LINE__, ARN "/" LONG_RUN "\x01" LONG_RUN, ARN "/" LONG_RUN "?..." },
        { __LINE__, "Arn:" LONG_RUN,                  "Arn:..."               },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) shows(row[i].message, 0, row[i].shown, row[i].line);
}

/* Field report 3.1: who, what, on what and why are at the end of the message. */
static void an_access_denied_message_is_shown_whole(void **state)
{
    static const char before[] =
        "User: arn:aws:sts::123456789012:assumed-role/a-role-with-a-name-of-"
        "some-length/a-session-with-a-name-of-some-length is not authorized "
        "to perform: connect:UpdateContact on resource: " ARN "/contact/";
    static const char after[] =
        " because no identity-based policy allows the connect:UpdateContact "
        "action";
    size_t length;
    (void)state;
    for (length = 350; length <= 540; length += 10) {
        char         message[600] = "", body[700];
        const answer denied = { CUC_SENT, 403, "x-amzn-errortype: AccessDeniedException\n", body,
                                0 };
        world        w      = new_world(&denied, 1);
        cuc_client   client = world_client(&w);
        const cuc_request request = small_request();
        char              work[2048], *text;
        cuc_result        r;
        strcpy(message, before);
        memset(message + strlen(before), 'c', length - strlen(before) - strlen(after));
        strcat(message, after);
        assert_int_equal(strlen(message), length);
        sprintf(body, "{\"Message\":\"%s\"}", message);
        (void)cuc_update_contact(&client, &request, work, sizeof work, &r);
        assert_string_equal(r.message, message);
        assert_int_equal(r.message_cut, 0);
        text = text_of(&r);
        assert_non_null(strstr(text, message));
        free(text);
    }
}

static void the_last_word_of_a_cut_message_is_hidden(void **state)
{
    static const struct {
        int         line;
        const char *message, *shown;
    } row[] = {
        { __LINE__, "a word",      "a ..."      },
        { __LINE__, "a word ",     "a word ..." },
        { __LINE__, "(a)",         "(a)..."     },
        { __LINE__, "a " LONG_RUN, "a ..."      },
        { __LINE__, LONG_RUN " b", "... ..."    },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) shows(row[i].message, 1, row[i].shown, row[i].line);
}

static void the_version_is_that_of_the_header(void **state)
{
    (void)state;
    assert_string_equal(cuc_version(), CUC_VERSION);
}

int api_result(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_sentence),
        cmocka_unit_test(a_limit_sentence_has_the_actual_and_the_allowed_size),
        cmocka_unit_test(the_largest_size_is_written_out),
        cmocka_unit_test(a_callback_sentence_has_its_name_and_return_value),
        cmocka_unit_test(a_service_error_sentence_has_all_its_parts),
        cmocka_unit_test(authentication_errors_come_with_advice),
        cmocka_unit_test(at_any_capacity_the_text_is_a_terminated_prefix),
        cmocka_unit_test(a_text_is_cut_between_words),
        cmocka_unit_test(control_characters_are_shown_as_question_marks),
        cmocka_unit_test(runs_of_more_than_32_base64_characters_are_hidden),
        cmocka_unit_test(no_sentence_contains_credentials_echoed_in_the_body),
        cmocka_unit_test(no_sentence_contains_credentials_echoed_in_headers),
        cmocka_unit_test(no_sentence_contains_values_or_credentials),
        cmocka_unit_test(every_status_number_has_a_sentence),
        cmocka_unit_test(statuses_keep_their_numbers),
        cmocka_unit_test(every_detail_has_its_sentence),
        cmocka_unit_test(a_missing_setting_names_its_environment_variable),
        cmocka_unit_test(arns_are_shown_and_long_runs_after_them_hidden),
        cmocka_unit_test(an_access_denied_message_is_shown_whole),
        cmocka_unit_test(the_last_word_of_a_cut_message_is_hidden),
        cmocka_unit_test(a_malformed_setting_sentence_says_what_to_do),
        cmocka_unit_test(a_wrong_order_sentence_names_the_call),
        cmocka_unit_test(the_longest_sentence_fits_in_the_text_size),
        cmocka_unit_test(the_version_is_that_of_the_header),
    };
    return GROUP(tests);
}
