/* White box, section >>response: the reader of responses.   needs: jansson */
#define CUC_STATIC
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "support.h"
#include <jansson.h>
#include <locale.h>

#define ID "x-amzn-RequestId: 01234567-89ab-cdef-0123-456789abcdef\r\n"
#define FFFD "\xEF\xBF\xBD"

/* A call in the middle of an exchange, in a block of its own. */
static cuc_call *listening(void)
{
    cuc_call *call = block(sizeof *call + sizeof(cuc_result)); /* the result is behind it */
    memset(call, 0, sizeof *call + sizeof(cuc_result));
    call->result         = (cuc_result *)(void *)(call + 1);
    call->result->status = CUC_E_UNFINISHED;
    call->state          = CUCI_SENDING;
    return call;
}

/* Every line and every piece lies in a block of its exact size. */
static void head(cuc_call *call, const char *line, size_t n)
{
    char *copy = block_of(line, n);
    cuc_call_header(call, copy, n);
    free(copy);
}

static void heads(cuc_call *call, const char *lines) /* each ends in \n */
{
    const char *end;
    for (; *lines != 0; lines = end + 1) {
        end = strchr(lines, '\n');
        head(call, lines, (size_t)(end + 1 - lines));
    }
}

static void body(cuc_call *call, const char *text, size_t n)
{
    char *copy = block_of(text, n);
    cuc_call_body(call, copy, n);
    free(copy);
}

/* One complete response in pieces of `chunk` bytes; 0: in one. */
static cuc_result answered_n(const char *lines, const char *text, size_t n, size_t chunk)
{
    cuc_call  *call = listening();
    cuc_result r;
    size_t     at, take;
    heads(call, lines);
    for (at = 0; at < n; at += take) {
        take = chunk == 0 || chunk > n - at ? n - at : chunk;
        body(call, text + at, take);
    }
    cuc_call_end(call, CUC_SENT);
    assert_int_equal(call->state, CUCI_ENDED);
    r = *call->result;
    free(call);
    return r;
}

static cuc_result answered(const char *lines, const char *text)
{
    const cuc_result whole = answered_n(lines, text, strlen(text), 0);
    const cuc_result bytes = answered_n(lines, text, strlen(text), 1);
    assert_string_equal(whole.code, bytes.code);
    assert_string_equal(whole.message, bytes.message);
    assert_string_equal(whole.reason, bytes.reason);
    return whole;
}

static char *repeated(const char *unit, size_t times, const char *tail)
{
    const size_t n = strlen(unit);
    char        *s = block(n * times + strlen(tail) + 1);
    size_t       i;
    for (i = 0; i < times; i++) memcpy(s + i * n, unit, n);
    strcpy(s + n * times, tail);
    return s;
}

/* ---- the head -------------------------------------------------------------------------------- */

static void the_status_is_three_digits_after_the_first_blank(void **state)
{
    static const struct {
        int         line;
        const char *text;
        int         status, answered;
    } row[] = {
        { __LINE__, "HTTP/1.1 200 OK\r\n",                  200, 1 },
        { __LINE__, "HTTP/1.1 200 OK",                      200, 1 },
        { __LINE__, "HTTP/1.0 503 Service Unavailable\r\n", 503, 1 },
        { __LINE__, "HTTP/2 204\r\n",                       204, 1 },
        { __LINE__, "HTTP/2 204 ",                          204, 1 },
        { __LINE__, "http/3 429 slow",                      429, 1 },
        { __LINE__, "HTTP/1.1 000 X",                       0,   1 },
        { __LINE__, "HTTP/1.1 100 Continue",                100, 0 }, /* P31: read, but no final status yet */
        { __LINE__, "HTTP/1.1 199",                         199, 0 },
        { __LINE__, "HTTP/1.1 099 X",                       99,  1 },
        { __LINE__, "HTTP/1.1 2000 X",                      0,   1 },
        { __LINE__, "HTTP/1.1 20 X",                        0,   1 },
        { __LINE__, "HTTP/1.1 -20 X",                       0,   1 },
        { __LINE__, "HTTP/1.1 2x0 X",                       0,   1 },
        { __LINE__, "HTTP/1.1 0x1F4 X",                     0,   1 },
        { __LINE__, "HTTP/1.1  200 X",                      0,   1 },
        { __LINE__, "HTTP/1.1 ",                            0,   1 },
        { __LINE__, "HTTP/1.1",                             0,   1 },
        { __LINE__, "HTTP/",                                0,   1 },
        { __LINE__, "HTTP",                                 0,   0 },
        { __LINE__, "ICY 200 OK",                           0,   0 },
        { __LINE__, "",                                     0,   0 },
        { __LINE__, "\r\n",                                 0,   0 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_call *call = listening();
        head(call, row[i].text, strlen(row[i].text));
        assert_number(call->result->http_status, row[i].status, row[i].line);
        assert_number(call->answered, row[i].answered, row[i].line);
        free(call);
    }
}

static void a_numeric_status_is_kept_unchanged(void **state) /* P39 */
{
    static const struct {
        int line, status, answered;
    } row[] = {
        { __LINE__, 0,         1 },
        { __LINE__, -1,        1 },
        { __LINE__, 99,        1 },
        { __LINE__, 100,       0 },
        { __LINE__, 199,       0 },
        { __LINE__, 200,       1 },
        { __LINE__, 599,       1 },
        { __LINE__, 600,       1 },
        { __LINE__, 1000,      1 },
        { __LINE__, INT32_MAX, 1 },
        { __LINE__, INT32_MIN, 1 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_call *call = listening();
        cuc_call_status(call, row[i].status);
        assert_number(call->result->http_status, row[i].status, row[i].line);
        assert_number(call->answered, row[i].answered, row[i].line);
        free(call);
    }
}

#define EARLY                                                                                      \
    "x-amzn-errortype: EarlyException\r\nx-amzn-requestid: early\r\nage: 9\r\n"                    \
    "date: Sun, 06 Nov 1994 08:49:37 GMT\r\nretry-after: 7\r\nx-amz-retry-after: 7\r\n"

static void a_final_status_discards_interim_responses(void **state) /* P31 */
{
    static const char *const interim[] = { "HTTP/1.1 100 Continue\r\n" EARLY,
                                           "HTTP/1.1 103 Early Hints\r\n" EARLY,
                                           "HTTP/1.1 100 Continue\r\nHTTP/1.1 102 X\r\n" EARLY };
    size_t                   i;
    (void)state;
    for (i = 0; i < ROWS(interim); i++) {
        cuc_call *call = listening();
        heads(call, interim[i]);
        body(call, "{\"message\":\"early\",\"Reason\":{\"a\":\"early\"}}", 43);
        assert_int_equal(call->answered, 0);
        if (i == 1) cuc_call_status(call, 404); /* both ways to start a new response */
        else heads(call, "HTTP/1.1 404 Not Found\r\n");
        assert_int_equal(call->result->http_status, 404);
        assert_int_equal(call->answered, 1);
        assert_string_equal(call->result->code, "");
        assert_string_equal(call->result->message, "");
        assert_string_equal(call->result->reason, "");
        assert_string_equal(call->result->request_id, "");
        assert_true(call->date_ms == -1);
        assert_int_equal(call->retry_after_ms, 0);
        assert_int_equal(call->headers, 0);
        heads(call, "x-amzn-errortype: ResourceNotFoundException\r\n" ID);
        body(call, "{\"message\":\"late\"}", 18); /* and the reader has been reset */
        assert_string_equal(call->result->code, "ResourceNotFoundException");
        assert_string_equal(call->result->message, "late");
        free(call);
    }
}

static void header_names_are_compared_without_case(void **state) /* P35 */
{
    static const struct {
        int         line;
        const char *text;
    } row[] = {
        { __LINE__, "x-amzn-errortype: C\nx-amzn-requestid: r\n"
                    "date: Thu, 01 Jan 1970 00:00:09 GMT\n"
                    "age: 1\nx-amz-retry-after: 8\nretry-after: 1\n" },
        { __LINE__, "X-AMZN-ERRORTYPE: C\nX-AMZN-REQUESTID: r\n"
                    "DATE: Thu, 01 Jan 1970 00:00:09 GMT\n"
                    "AGE: 1\nX-AMZ-RETRY-AFTER: 8\nRETRY-AFTER: 1\n" },
        { __LINE__, "x-amzn-ErrorType:C\nX-Amzn-RequestId:\tr\nDate:Thu, 01 Jan 1970 00:00:09 GMT\n"
                    "Age:1\nX-Amz-Retry-After:8 \nRetry-After:1\n"   },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_call *call = listening();
        heads(call, row[i].text);
        assert_text(call->result->code, "C", row[i].line);
        assert_text(call->result->request_id, "r", row[i].line);
        assert_number(call->date_ms, 9000, row[i].line);
        assert_number(call->retry_after_ms, 8, row[i].line);
        assert_number(call->headers >> CUCI_HEADER_AGE & 1, 1, row[i].line);
        free(call);
    }
}

static void other_headers_are_ignored(void **state)
{
    static const char lines[] =
        "x-amzn-errortyp: C\nx-amzn-errortypes: C\nx-amz-errortype: C\n-x-amzn-errortype: C\n"
        "x-amzn-errortype : C\nx-amzn_errortype: C\n: C\nC\nx-amzn-request-id: r\n"
        "dates: Thu, 01 Jan 1970 00:00:09 GMT\nages: 1\nx-retry-after: 8\nretry-after-ms: 8\n";
    cuc_call *call = listening();
    (void)state;
    heads(call, lines);
    assert_string_equal(call->result->code, "");
    assert_string_equal(call->result->request_id, "");
    assert_true(call->headers == 0);
    assert_int_equal(call->retry_after_ms, 0);
    free(call);
}

static void a_line_without_a_colon_is_ignored(void **state)
{
    static const struct {
        int         line;
        const char *name;
    } row[] = {
        { __LINE__, "x-amzn-errortype"     },
        { __LINE__, "X-Amzn-RequestId\r\n" },
        { __LINE__, "date \t\r\n"          },
        { __LINE__, "age"                  },
        { __LINE__, "x-amz-retry-after"    },
        { __LINE__, "retry-after\n"        },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_call *call = listening();
        head(call, row[i].name, strlen(row[i].name));
        assert_number(call->headers, 0, row[i].line); /* so that a real one is still the first */
        free(call);
    }
}

static void header_names_fold_as_ascii_in_any_locale(void **state) /* P36 */
{
    const char *const name = "tr_TR.UTF-8";
    cuc_result        r;
    (void)state;
    if (setlocale(LC_ALL, name) == NULL) {
        skipped("header names under the locale tr_TR.UTF-8 (not installed)");
        return;
    }
    r = answered("HTTP/1.1 400 X\nX-AMZN-ERRORTYPE: I\nX-AMZN-REQUESTID: i\n", "");
    setlocale(LC_ALL, "C");
    assert_string_equal(r.code, "I");
    assert_string_equal(r.request_id, "i");
}

static void of_duplicate_headers_the_first_counts(void **state) /* P34 */
{
    static const struct {
        int         line;
        const char *text;
    } row[] = {
        { __LINE__, "x-amzn-errortype: A\nx-amzn-errortype: B\n"                                 },
        { __LINE__, "x-amzn-errortype: A\nX-AMZN-ErrorType:\n"                                   },
        { __LINE__, "x-amzn-requestid: r\nx-amzn-requestid: s\n"                                 },
        { __LINE__, "date: Thu, 01 Jan 1970 00:00:09 GMT\ndate: Thu, 01 Jan 1970 00:00:10 GMT\n" },
        { __LINE__, "x-amz-retry-after: 8\nx-amz-retry-after: 9\n"                               },
        { __LINE__, "x-amz-retry-after: 8\nretry-after: 1\nretry-after: 2\n"
                    "x-amz-retry-after: 1\n"                                  },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_call *call = listening();
        heads(call, row[i].text);
        assert_text(call->result->code, i < 2 ? "A" : "", row[i].line);
        assert_text(call->result->request_id, i == 2 ? "r" : "", row[i].line);
        assert_number(call->retry_after_ms, i > 3 ? 8 : 0, row[i].line);
        if (i == 3) assert_number(call->date_ms, 9000, row[i].line);
        free(call);
    }
}

static void a_second_date_does_not_replace_a_bad_first_one(void **state) /* P34 */
{
    cuc_call *call = listening();
    (void)state;
    heads(call, "HTTP/1.1 200 OK\ndate: yesterday\ndate: Thu, 01 Jan 1970 00:00:10 GMT\n");
    assert_true(call->date_ms == -1);
    free(call);
}

static void retry_hints_are_read_as_numbers_or_not_at_all(void **state) /* P59, P60 */
{
    static const struct {
        int         line;
        const char *text;
        uint32_t    ms;
    } row[] = {
        { __LINE__, "retry-after: 0\n",                             0        },
        { __LINE__, "retry-after: 1\n",                             1000     },
        { __LINE__, "retry-after: 5\n",                             5000     },
        { __LINE__, "retry-after:   5\t\r\n",                       5000     },
        { __LINE__, "retry-after: 007\n",                           7000     },
        { __LINE__, "retry-after: 86400\n",                         86400000 },
        { __LINE__, "retry-after: 86401\n",                         86400000 }, /* never more than a day */
        { __LINE__, "retry-after: 999999999\n",                     86400000 },
        { __LINE__, "retry-after: 1000000000\n",                    0        }, /* ten digits: not believed at all */
        { __LINE__, "retry-after: 99999999999999999999\n",          0        },
        { __LINE__, "retry-after: 4294967296\n",                    0        },
        { __LINE__, "retry-after:\n",                               0        },
        { __LINE__, "retry-after: -1\n",                            0        },
        { __LINE__, "retry-after: +5\n",                            0        },
        { __LINE__, "retry-after: 1e3\n",                           0        },
        { __LINE__, "retry-after: 5x\n",                            0        },
        { __LINE__, "retry-after: 5.5\n",                           0        },
        { __LINE__, "retry-after: 5 5\n",                           0        },
        { __LINE__, "retry-after: 0x5\n",                           0        },
        { __LINE__, "retry-after: \xD9\xA5\n",                      0        }, /* an Arabic 5 */
        { __LINE__, "retry-after: Sun, 06 Nov 2094 08:49:37 GMT\n", 0        },
        { __LINE__, "x-amz-retry-after: 1\n",                       1        },
        { __LINE__, "x-amz-retry-after: 1500\n",                    1500     },
        { __LINE__, "x-amz-retry-after: 86400\n",                   86400    },
        { __LINE__, "x-amz-retry-after: 86401\n",                   86400    }, /* far more than is ever waited */
        { __LINE__, "x-amz-retry-after: -5\n",                      0        },
        { __LINE__, "x-amz-retry-after: 7\nretry-after: 3\n",       7        }, /* the x-amz- one wins, */
        { __LINE__, "retry-after: 3\nx-amz-retry-after: 7\n",       7        }, /* in either order      */
        { __LINE__, "retry-after: 3\nx-amz-retry-after: 0\n",       0        },
        { __LINE__, "x-amz-retry-after: soon\nretry-after: 3\n",    3000     }, /* if it is one */
        { __LINE__, "retry-after: 3\nx-amz-retry-after: soon\n",    3000     },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_call *call = listening();
        heads(call, row[i].text);
        assert_number(call->retry_after_ms, row[i].ms, row[i].line);
        free(call);
    }
}

static void dates_are_those_of_rfc_9110_and_nothing_else(void **state) /* P21 */
{
    static const struct {
        int         line;
        const char *text;
        int64_t     ms;
    } row[] = {
        { __LINE__, "Thu, 01 Jan 1970 00:00:00 GMT",   0               },
        { __LINE__, "Sun, 06 Nov 1994 08:49:37 GMT",   784111777000    },
        { __LINE__, "Tue, 29 Feb 2000 23:59:59 GMT",   951868799000    },
        { __LINE__, "Wed, 01 Mar 2000 00:00:00 GMT",   951868800000    },
        { __LINE__, "Sun, 30 Aug 2015 12:36:00 GMT",   1440938160000   },
        { __LINE__, "Sat, 31 Dec 2016 23:59:60 GMT",   1483228800000   }, /* a leap second */
        { __LINE__, "Tue, 19 Jan 2038 03:14:08 GMT",   2147483648000   },
        { __LINE__, "Sun, 28 Feb 2100 00:00:00 GMT",   4107456000000   },
        { __LINE__, "Mon, 01 Mar 2100 00:00:00 GMT",   4107542400000   },
        { __LINE__, "Fri, 31 Dec 9999 23:59:59 GMT",   253402300799000 },
        { __LINE__, "Xxx, 01 Jan 1970 00:00:01 GMT",   1000            }, /* the day's name is not looked at */
        { __LINE__, "Wed, 31 Dec 1969 23:59:59 GMT",   -1              },
        { __LINE__, "Sat, 01 Jan 0000 00:00:00 GMT",   -1              },
        { __LINE__, "Sun, 06 Foo 1994 08:49:37 GMT",   -1              },
        { __LINE__, "Sun, 06 nov 1994 08:49:37 GMT",   -1              },
        { __LINE__, "Sun, 06 anF 1994 08:49:37 GMT",   -1              }, /* across two names of the table */
        { __LINE__, "Sun, 00 Nov 1994 08:49:37 GMT",   -1              },
        { __LINE__, "Sun, 32 Nov 1994 08:49:37 GMT",   -1              },
        { __LINE__, "Sun, 06 Nov 1994 24:49:37 GMT",   -1              },
        { __LINE__, "Sun, 06 Nov 1994 08:60:37 GMT",   -1              },
        { __LINE__, "Sun, 06 Nov 1994 08:49:61 GMT",   -1              },
        { __LINE__, "Sun, 06 Nov 1994 -8:49:37 GMT",   -1              },
        { __LINE__, "Sun, 06 Nov 1994 08:4x:37 GMT",   -1              },
        { __LINE__, "Sun, 06 Nov 1994 08:49:3  GMT",   -1              },
        { __LINE__, "Sun, xx Nov 1994 08:49:37 GMT",   -1              },
        { __LINE__, "Sun, 06 Nov -994 08:49:37 GMT",   -1              },
        { __LINE__, "Sun, 06 Nov 1994 08:49:37 UTC",   -1              },
        { __LINE__, "Sun, 06 Nov 1994 08:49:37 gmt",   -1              },
        { __LINE__, "Sun, 06 Nov 1994 08:49:37 +0000", -1              },
        { __LINE__, "Sun, 06 Nov 1994 08:49:37",       -1              },
        { __LINE__, "Sun, 6 Nov 1994 08:49:37 GMT",    -1              },
        { __LINE__, "Sunday, 06-Nov-94 08:49:37 GMT",  -1              },
        { __LINE__, "Sun Nov  6 08:49:37 1994",        -1              },
        { __LINE__, "1994-11-06T08:49:37Z",            -1              },
        { __LINE__, "784111777",                       -1              },
        { __LINE__, "",                                -1              },
    };
    size_t i, n;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        const size_t len  = strlen(row[i].text);
        char        *copy = block_of(row[i].text, len);
        assert_number(cuci_http_date(lent(view(copy, len))), row[i].ms, row[i].line);
        free(copy);
    }
    for (n = 0; n < 300; n++) { /* every cut, and far too much */
        char *copy = block(n);
        memset(copy, '0', n);
        memcpy(copy, row[1].text, n < 29 ? n : 29);
        assert_true(cuci_http_date(lent(view(copy, n))) == (n == 29 ? row[1].ms : -1));
        free(copy);
    }
}

static void a_date_of_300_bytes_is_no_date(void **state) /* P21 */
{
    cuc_call *call = listening();
    char     *line = repeated("Sun, 06 Nov 1994 08:49:37 GMT", 10, "\n");
    char     *text = block(300 + 7 + 2);
    (void)state;
    sprintf(text, "date: %s", line);
    heads(call, "HTTP/1.1 200 OK\n");
    heads(call, text);
    assert_true(call->date_ms == -1);
    free(text);
    free(line);
    free(call);
}

static void request_ids_are_visible_and_cut_to_their_array(void **state)
{
    char       long_id[200] = "x-amzn-requestid: ";
    cuc_result r;
    (void)state;
    assert_string_equal(answered(ID, "").request_id, "01234567-89ab-cdef-0123-456789abcdef");
    assert_string_equal(answered("x-amzn-requestid: \n", "").request_id, "");
    assert_string_equal(answered("x-amzn-requestid: a b\n", "").request_id, "");
    assert_string_equal(answered("x-amzn-requestid: a\x1B[31m\n", "").request_id, "");
    assert_string_equal(answered("x-amzn-requestid: \xC3\xA9\n", "").request_id, "");
    memset(long_id + 18, 'i', sizeof(((cuc_result *)0)->request_id) - 1);
    strcpy(long_id + 17 + sizeof(((cuc_result *)0)->request_id), "\n");
    assert_int_equal(strlen(answered(long_id, "").request_id),
                     sizeof(((cuc_result *)0)->request_id) - 1);
    memset(long_id + 18, 'i', 150);
    strcpy(long_id + 168, "\n");
    r = answered(long_id, "");
    assert_int_equal(strlen(r.request_id), sizeof r.request_id - 1);
}

static void an_overlong_header_line_is_skipped_or_cut(void **state) /* P37 */
{
    static const struct {
        int         line;
        const char *begins;
    } row[] = {
        { __LINE__, "x-other: "           },
        { __LINE__, ""                    },
        { __LINE__, "x-amzn-errortype: "  },
        { __LINE__, "x-amzn-requestid: "  },
        { __LINE__, "date: "              },
        { __LINE__, "age: "               },
        { __LINE__, "retry-after: "       },
        { __LINE__, "x-amz-retry-after: " },
        { __LINE__, "HTTP/1.1 503 "       },
    };
    static const char fill[] = "1a \t:";
    size_t            i, k;
    (void)state;
    for (i = 0; i < ROWS(row); i++)
        for (k = 0; fill[k] != 0; k++) {
            cuc_call *call = listening();
            char     *line = block(65536);
            heads(call, "HTTP/1.1 503 X\n");
            memset(line, fill[k], 65536);
            memcpy(line, row[i].begins, strlen(row[i].begins));
            cuc_call_header(call, line, 65536);
            heads(call, "x-amzn-requestid: late\n");
            assert_number(call->result->http_status, 503, row[i].line);
            assert_text(call->result->code, "", row[i].line);
            if (i != 3) assert_text(call->result->request_id, "late", row[i].line);
            else
                assert_in_range(strlen(call->result->request_id), 0,
                                sizeof(((cuc_result *)0)->request_id) - 1);
            assert_number(call->retry_after_ms, 0, row[i].line);
            free(line);
            free(call);
        }
}

/* ---- the code -------------------------------------------------------------------------------- */

/* As long as fits, one more, far too long. */
static char code_fits[sizeof(((cuc_result *)0)->code)],
    code_over[sizeof(((cuc_result *)0)->code) + 1], code_300[301];
static char long_namespace[320], long_suffix[420];

static const struct code_form {
    int         line;
    const char *text, *code;
} code_forms[] = {
    /* P56 */
    { __LINE__, "ThrottlingException",                                               "ThrottlingException"       },
    { __LINE__, "ns#X",                                                              "X"                         },
    { __LINE__, "com.amazonaws.connect#ResourceNotFoundException",                   "ResourceNotFoundException" },
    { __LINE__, "X:http://internal.amazon.com/coral/com.amazon.coral.availability/", "X"                         },
    { __LINE__, "ns#X:http://a.b/c#d",                                               "X"                         },
    { __LINE__, "ns#X:",                                                             "X"                         },
    { __LINE__, " X ",                                                               "X"                         },
    { __LINE__, "\tX\t",                                                             "X"                         },
    { __LINE__, " ns# X :y",                                                         "X"                         },
    { __LINE__, "a#b#c",                                                             "c"                         },
    { __LINE__, "A B",                                                               "A B"                       },
    { __LINE__, "#",                                                                 ""                          },
    { __LINE__, ":",                                                                 ""                          },
    { __LINE__, "#:",                                                                ""                          },
    { __LINE__, "X#",                                                                ""                          },
    { __LINE__, ":X",                                                                ""                          },
    { __LINE__, ":#X",                                                               ""                          },
    { __LINE__, "#:X",                                                               ""                          },
    { __LINE__, "",                                                                  ""                          },
    { __LINE__, " ",                                                                 ""                          },
    { __LINE__, "#X",                                                                "X"                         },
    { __LINE__, code_fits,                                                           code_fits                   },
    { __LINE__, code_over,                                                           ""                          }, /* too long: dropped, since a cut one could become a known name */
    { __LINE__, code_300,                                                            ""                          },
    { __LINE__, long_namespace,                                                      "X"                         },
    { __LINE__, long_suffix,                                                         "X"                         },
};

static void fill_codes(void)
{
    memset(code_fits, 'c', sizeof code_fits - 1);
    memset(code_over, 'c', sizeof code_over - 1);
    memset(code_300, 'c', 300);
    sprintf(long_namespace, "%s#X", code_300);
    sprintf(long_suffix, "ns#X:%s", code_300);
}

static void the_code_is_the_text_between_hash_and_colon(void **state)
{
    static const char *const ways[] = { "x-amzn-errortype: %s\r\n", "{\"code\":\"%s\"}",
                                        "{\"Code\":\"%s\"}", "{\"__type\":\"%s\"}" };
    char                     text[512];
    size_t                   i, w;
    (void)state;
    fill_codes();
    for (i = 0; i < ROWS(code_forms); i++)
        for (w = 0; w < 4; w++) {
            const struct code_form *f = &code_forms[i];
            const char             *t = f->text;
            char                    plain[420], *to;
            for (to = plain; *t != 0; t++) *to++ = w > 0 && *t == '\t' ? ' ' : *t;
            *to = 0;
            sprintf(text, ways[w], plain);
            assert_text(answered(w == 0 ? text : "HTTP/1.1 400 X\n", w == 0 ? "" : text).code,
                        f->code, f->line);
        }
}

static void every_code_that_fits_is_kept_whole(void **state)
{
    static const char bytes[] = "c\xC3\xE2\xF0\xFF"; /* whatever it is made of */
    char              code[70], text[100];
    size_t            n;
    (void)state;
    for (n = 1; n < 65 * 5; n++) {
        memset(code, bytes[n % 5], n / 5 + 1);
        code[n / 5 + 1] = 0;
        sprintf(text, "{\"code\":\"%s\"}", code);
        assert_string_equal(answered("", text).code,
                            n / 5 + 1 < sizeof(((cuc_result *)0)->code) ? code : "");
        sprintf(text, "{\"code\":\"%s:x\"}", code);
        assert_string_equal(answered("", text).code,
                            n / 5 + 1 < sizeof(((cuc_result *)0)->code) ? code : "");
        sprintf(text, "{\"code\":\"%s#X\"}", code);
        assert_string_equal(answered("", text).code, "X");
    }
}

static void the_code_comes_from_the_header_then_code_then_type(void **state) /* P57 */
{
    static const struct {
        int         line;
        const char *lines, *text, *code;
    } row[] = {
        { __LINE__, "x-amzn-errortype: H\n", "{\"__type\":\"T\",\"code\":\"c\",\"Code\":\"C\"}",
         "H"                                                                                          },
        { __LINE__, "",                      "{\"__type\":\"T\",\"code\":\"c\",\"Code\":\"C\"}",  "c" },
        { __LINE__, "",                      "{\"code\":\"c\",\"Code\":\"C\",\"__type\":\"T\"}",  "c" },
        { __LINE__, "",                      "{\"Code\":\"C\",\"__type\":\"T\",\"code\":\"c\"}",  "c" },
        { __LINE__, "",                      "{\"Code\":\"C\",\"__type\":\"T\"}",                 "C" },
        { __LINE__, "",                      "{\"__type\":\"T\",\"Code\":\"C\"}",                 "C" },
        { __LINE__, "",                      "{\"__type\":\"T\"}",                                "T" },
        { __LINE__, "x-amzn-errortype: \n",  "{\"__type\":\"T\"}",                                "T" }, /* an empty one is none */
        { __LINE__, "x-amzn-errortype: #\n", "{\"code\":\"c\"}",                                  "c" },
        { __LINE__, "x-amzn-errortype: :\n", "{\"code\":\"c\"}",                                  "c" },
        { __LINE__, "",                      "{\"code\":\"\",\"__type\":\"T\"}",                  "T" },
        { __LINE__, "",                      "{\"code\":\"A\",\"code\":\"B\"}",                   "B" }, /* of duplicates the last */
        { __LINE__, "",                      "{\"__type\":\"A\",\"__type\":\"B\"}",               "B" },
        { __LINE__, "",                      "{\"code\":\"A\",\"code\":null}",                    ""  },
        { __LINE__, "",                      "{\"code\":7,\"__type\":\"T\"}",                     "T" },
        { __LINE__, "",                      "{\"code\":[\"c\"],\"__type\":\"T\"}",               "T" },
        { __LINE__, "",                      "{\"code\":{\"code\":\"c\"}}",                       ""  }, /* top-level members only */
        { __LINE__, "",                      "{\"Error\":{\"Code\":\"C\",\"Message\":\"m\"}}",    ""  },
        { __LINE__, "",
         "{\"CODE\":\"c\",\"type\":\"c\",\"_type\":\"c\",\"codes\":\"c\",\"cod\":\"c\"}",         ""  },
        { __LINE__, "",                      "{\"x\":\"code\",\"y\":\"c\"}",                      ""  }, /* a value is not a key */
        { __LINE__, "",                      "{\"__typed\":\"c\",\"\":\"c\",\"messages\":\"c\"}", ""  },
        { __LINE__, "",                      "{\"\\u0063ode\":\"c\"}",                            "c" }, /* names may be escaped, too */
        { __LINE__, "",                      "{\"c\\u006fde\":\"\\u0063#\\u0064\\u003ae\"}",      "d" },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++)
        assert_text(answered(row[i].lines, row[i].text).code, row[i].code, row[i].line);
}

/* A member that names no code leaves the one of the next rank, whichever comes first. */
#define TOO_LONG "\"0123456789012345678901234567890123456789012345678901234567890123456789\""

static void an_unusable_code_does_not_replace_another(void **state)
{
    static const struct {
        int         line;
        const char *text;
    } row[] = {
        { __LINE__, "{\"code\":\"\",\"__type\":\"T\"}"         },
        { __LINE__, "{\"__type\":\"T\",\"code\":\"\"}"         },
        { __LINE__, "{\"__type\":\"T\",\"code\":\"#\"}"        },
        { __LINE__, "{\"__type\":\"T\",\"code\":null}"         },
        { __LINE__, "{\"code\":null,\"__type\":\"T\"}"         },
        { __LINE__, "{\"__type\":\"T\",\"code\":" TOO_LONG "}" }, /* field report 3.14 */
        { __LINE__, "{\"code\":" TOO_LONG ",\"__type\":\"T\"}" },
        { __LINE__, "{\"__type\":\"T\",\"Code\":" TOO_LONG "}" },
        { __LINE__, "{\"Code\":\"T\",\"code\":" TOO_LONG "}"   },
        { __LINE__, "{\"code\":" TOO_LONG ",\"Code\":\"T\"}"   },
    };

    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) assert_text(answered("", row[i].text).code, "T", row[i].line);
    /* a header that is no code leaves that of the body, in either order */
    for (i = 0; i < 2; i++) {
        cuc_call *call = listening();
        char      line[100];
        snprintf(line, sizeof line, "x-amzn-errortype: %.70s", i == 0 ? &TOO_LONG[1] : "#:");
        body(call, "{\"__type\":\"T\"}", 14);
        head(call, line, strlen(line));
        assert_string_equal(call->result->code, "T");
        free(call);
        snprintf(line, sizeof line, "x-amzn-errortype: %.60s\n", i == 0 ? &TOO_LONG[1] : "#:");
        assert_string_equal(answered(line, "{\"__type\":\"T\"}").code, "T");
    }
}

static void without_a_body_header_and_status_give_the_error(void **state) /* P55 */
{
    const cuc_result r =
        answered("HTTP/1.1 403 X\nx-amzn-errortype: AccessDeniedException\n" ID, "");
    (void)state;
    assert_int_equal(r.http_status, 403);
    assert_string_equal(r.code, "AccessDeniedException");
    assert_string_equal(r.message, "");
    assert_string_equal(r.request_id, "01234567-89ab-cdef-0123-456789abcdef");
}

/* ---- message and reason ---------------------------------------------------------------------- */

static void the_message_is_message_or_else_capital_Message(void **state) /* P54 */
{
    static const struct {
        int         line;
        const char *text, *message;
    } row[] = {
        { __LINE__, "{\"message\":\"m\"}",                                                        "m" },
        { __LINE__, "{\"Message\":\"M\"}",                                                        "M" },
        { __LINE__, "{\"Message\":\"M\",\"message\":\"m\"}",                                      "m" },
        { __LINE__, "{\"message\":\"m\",\"Message\":\"M\"}",                                      "m" },
        { __LINE__, "{\"message\":\"a\",\"message\":\"b\"}",                                      "b" },
        { __LINE__, "{\"Message\":\"a\",\"Message\":\"b\"}",                                      "b" },
        { __LINE__, "{\"message\":null}",                                                         ""  },
        { __LINE__, "{\"message\":null,\"Message\":\"M\"}",                                       "M" },
        { __LINE__, "{\"Message\":\"M\",\"message\":null}",                                       "M" },
        { __LINE__, "{\"message\":\"a\",\"message\":17}",                                         ""  },
        { __LINE__, "{\"message\":[\"m\"]}",                                                      ""  },
        { __LINE__, "{\"message\":{\"message\":\"m\"}}",                                          ""  },
        { __LINE__, "{\"message\":\"\"}",                                                         ""  },
        { __LINE__, "{\"MESSAGE\":\"m\",\"messag\":\"m\",\"messagee\":\"m\",\"mMessage\":\"m\"}",
         ""                                                                                           },
        { __LINE__, "{\"a\":{\"message\":\"n\"},\"message\":\"m\"}",                              "m" },
        { __LINE__, "{\"a\":[{\"message\":\"n\"},[\"message\"]],\"message\":\"m\"}",              "m" },
        { __LINE__, "{\"a\":\"} , \\\" : {\",\"message\":\"m\"}",                                 "m" },
        { __LINE__, "{\"a\":true,\"b\":-1.5e3,\"c\":null,\"message\":\"m\"}",                     "m" },
        { __LINE__, " \r\n\t{ \"message\" : \"m\" } \n",                                          "m" },
        { __LINE__, "{\"message\":\"m\"}{\"message\":\"n\"}",                                     "m" }, /* one object */
        { __LINE__, "{\"message\":\"m\"} trailing \"message\":\"n\"",                             "m" },
        { __LINE__, "{}{\"message\":\"n\"}",                                                      ""  },
        { __LINE__, "{\"message\":1,:\"m\"}",                                                     ""  }, /* no key, no member */
        { __LINE__, "[{\"message\":\"m\"}]",                                                      ""  },
        { __LINE__, "\"message\"",                                                                ""  },
        { __LINE__, "\xEF\xBB\xBF{\"message\":\"m\"}",                                            ""  }, /* a byte order mark is not JSON */
        { __LINE__, "x{\"message\":\"m\"}",                                                       ""  },
        { __LINE__, "null",                                                                       ""  },
        { __LINE__, "\v{\"message\":\"m\"}",                                                      ""  },
        { __LINE__, "   ",                                                                        ""  },
        { __LINE__, "}",                                                                          ""  },
        { __LINE__, "<html><body>{\"message\":\"m\"}</body></html>",                              ""  },
        { __LINE__, "<Error><Code>C</Code><Message>m</Message></Error>",                          ""  },
        { __LINE__, "upstream connect error or disconnect/reset before headers",                  ""  },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        const cuc_result r = answered("HTTP/1.1 503 X\n", row[i].text);
        assert_text(r.message, row[i].message, row[i].line);
        assert_text(r.code, "", row[i].line);
        assert_number(r.http_status, 503, row[i].line);
    }
}

static void the_reason_is_any_member_of_the_union(void **state)
{
    static const struct {
        int         line;
        const char *text, *reason;
    } row[] = {
        { __LINE__,
         "{\"Reason\":{\"AttachedFileInvalidRequestExceptionReason\":\"INVALID_FILE_TYPE\"}}",  "INVALID_FILE_TYPE" },
        { __LINE__, "{\"Message\":\"m\",\"Reason\":{\"x\":\"INVALID_FILE_NAME\"},\"a\":\"b\"}",
         "INVALID_FILE_NAME"                                                                                        },
        { __LINE__, "{\"Reason\":{\"a\":\"A\",\"b\":\"B\"}}",                                   "B"                 },
        { __LINE__, "{\"Reason\":{\"a\":\"A\"},\"Reason\":{\"b\":\"B\"}}",                      "B"                 },
        { __LINE__, "{\"Reason\":{\"a\":\"A\"},\"Reason\":null}",                               ""                  },
        { __LINE__, "{\"Reason\":\"A\"}",                                                       ""                  },
        { __LINE__, "{\"Reason\":[\"A\"]}",                                                     ""                  },
        { __LINE__, "{\"Reason\":[{\"a\":\"A\"}]}",                                             ""                  },
        { __LINE__, "{\"Reason\":{\"a\":{\"b\":\"A\"}}}",                                       ""                  },
        { __LINE__, "{\"Reason\":{\"a\":7}}",                                                   ""                  },
        { __LINE__, "{\"reason\":{\"a\":\"A\"}}",                                               ""                  },
        { __LINE__, "{\"Reasons\":{\"a\":\"A\"},\"b\":{\"Reason\":\"A\"}}",                     ""                  },
        { __LINE__, "{\"Reason\":{},\"a\":{\"b\":\"A\"}}",                                      ""                  },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++)
        assert_text(answered("", row[i].text).reason, row[i].reason, row[i].line);
}

static void a_long_reason_is_cut_at_a_whole_character(void **state)
{
    char   text[100], reason[60];
    size_t lead;
    (void)state;
    for (lead = 0; lead <= sizeof(((cuc_result *)0)->reason); lead++) {
        const size_t keeps = lead + 2 < sizeof(((cuc_result *)0)->reason) ? lead + 2
                             : lead < sizeof(((cuc_result *)0)->reason)
                                 ? lead
                                 : sizeof(((cuc_result *)0)->reason) - 1;
        memset(reason, 'r', lead);
        strcpy(reason + lead, "\xC3\xA9");
        sprintf(text, "{\"Reason\":{\"a\":\"%s\"}}", reason);
        reason[keeps] = 0;
        assert_string_equal(answered("", text).reason, reason);
    }
}

static void escapes_are_decoded(void **state)
{
    static const struct {
        int         line;
        const char *text, *message;
    } row[] = {
        { __LINE__, "\\\"\\\\\\/\\b\\f\\n\\r\\t",                 "\"\\/\b\f\n\r\t"                  },
        { __LINE__, "\\u0041\\u00e9\\u20AC",                      "A\xC3\xA9\xE2\x82\xAC"            },
        { __LINE__, "\\u007f\\u0080\\u07ff\\u0800\\uffff",
         "\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF"                                              },
        { __LINE__, "\\ud83d\\ude42",                             "\xF0\x9F\x99\x82"                 },
        { __LINE__, "\\uD800\\uDC00\\uDBFF\\uDFFF",               "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF" },
        { __LINE__, "caf\xC3\xA9 \xF0\x9F\x99\x82",               "caf\xC3\xA9 \xF0\x9F\x99\x82"     },
        { __LINE__, "a\\u0000b",                                  "a" FFFD "b"                       }, /* would end the array early */
        { __LINE__, "\\x\\'\\a",                                  FFFD FFFD FFFD                     },
        { __LINE__, "\\\x80\\\x7F\\\xC3\xA9",                     FFFD "\x80" FFFD FFFD "\xC3\xA9"   },
        /* P41: half a pair is no character */
        { __LINE__, "\\ud83d",                                    FFFD                               },
        { __LINE__, "\\ude42",                                    FFFD                               },
        { __LINE__, "\\ud83dtext",                                FFFD "text"                        },
        { __LINE__, "\\ud83d\\u0041",                             FFFD "A"                           },
        { __LINE__, "\\ud83d\\n",                                 FFFD "\n"                          },
        { __LINE__, "\\ud83d\\ud83d\\ude42",                      FFFD "\xF0\x9F\x99\x82"            },
        { __LINE__, "\\ud83d\\ud83d",                             FFFD FFFD                          },
        { __LINE__, "\\ude42\\ud83d",                             FFFD FFFD                          },
        { __LINE__, "\\ud7ff\\ue000",                             "\xED\x9F\xBF\xEE\x80\x80"         },
        { __LINE__, "\\udbff\\ue000",                             FFFD "\xEE\x80\x80"                },
        { __LINE__, "\\udc00x",                                   FFFD "x"                           },
        { __LINE__, "\\udc00\\udc00",                             FFFD FFFD                          },
        { __LINE__, "\\udbff\\udbff\\udfff",                      FFFD "\xF4\x8F\xBF\xBF"            },
        { __LINE__, "\\ud83d\\x",                                 FFFD FFFD                          },
        { __LINE__, "\\ud800\\udbff\\ud800",                      FFFD FFFD FFFD                     },
        { __LINE__, "\\udc00\\udfff\\udfff",                      FFFD FFFD FFFD                     },
        { __LINE__, "\\udfff",                                    FFFD                               },
        /* P42: bad hex is not 0 */
        { __LINE__, "\\u00g0",                                    FFFD "g0"                          },
        { __LINE__, "\\uzzzz",                                    FFFD "zzzz"                        },
        { __LINE__, "\\u",                                        FFFD                               },
        { __LINE__, "\\u1",                                       FFFD                               },
        { __LINE__, "\\u123",                                     FFFD                               },
        { __LINE__, "\\u12\\u0041",                               FFFD "A"                           },
        { __LINE__, "\\u12\\\"",                                  FFFD "\""                          },
        { __LINE__, "\\u-123",                                    FFFD "-123"                        },
        { __LINE__, "\\u 041",                                    FFFD " 041"                        },
        { __LINE__, "\\ud83d\\uzz",                               FFFD FFFD "zz"                     },
        { __LINE__, "\\u004/\\u004:\\u004@\\u004G\\u004`\\u004g",
         FFFD "/" FFFD ":" FFFD "@" FFFD "G" FFFD "`" FFFD "g"                                       },
    };
    char   text[256];
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        sprintf(text, "{\"message\":\"%s\",\"code\":\"c\"}", row[i].text);
        assert_text(answered("", text).message, row[i].message, row[i].line);
        assert_text(answered("", text).code, "c", row[i].line); /* and the string ended there */
    }
}

static void a_raw_nul_does_not_end_a_string(void **state)
{
    static const char text[] = "{\"message\":\"a\0b\",\"c\0ode\":\"x\",\"code\":\"c\0d\"}";
    const cuc_result  r      = answered_n("", text, sizeof text - 1, 0);
    (void)state;
    assert_string_equal(r.message, "a?b");
    assert_string_equal(r.code, "c?d");
}

/* One to four bytes a character, the end of the array at every place in it. */
static void a_long_message_is_cut_at_a_whole_character(void **state) /* P38 */
{
    static const char *const units[] = { /* the first and the last character of each length */
                                         "x",
                                         "\xC2\x80",
                                         "\xDF\xBF",
                                         "\xE0\xA0\x80",
                                         "\xEF\xBF\xBF",
                                         "\xF0\x90\x80\x80",
                                         "\xF4\x8F\xBF\xBF"
    };
    size_t u, lead, n;
    (void)state;
    for (u = 0; u < ROWS(units); u++)
        for (lead = CUC_MESSAGE_SIZE - 260; lead <= CUC_MESSAGE_SIZE; lead++) {
            char      *many = repeated(units[u], 60, ""), expected[CUC_MESSAGE_SIZE + 300];
            char       text[sizeof expected + 40];
            cuc_result r;
            memset(expected, 'a', lead);
            strcpy(expected + lead, many);
            sprintf(text, "{\"message\":\"%s\"}", expected);
            r = answered("", text);
            n = strlen(expected);
            while (n >= sizeof r.message) n -= n > lead ? strlen(units[u]) : 1;
            assert_int_equal(r.message_cut, strlen(expected) - n);
            expected[n] = 0;
            assert_string_equal(r.message, expected);
            free(many);
        }
}

static void a_message_that_just_fits_is_complete(void **state)
{
    const size_t most = CUC_MESSAGE_SIZE - 1;
    char         text[CUC_MESSAGE_SIZE + 60], message[CUC_MESSAGE_SIZE + 20];
    size_t       n;
    (void)state;
    for (n = most - 10; n < most + 10; n++) {
        memset(message, 'm', n);
        message[n] = 0;
        sprintf(text, "{\"message\":\"%s\"}", message);
        assert_int_equal(strlen(answered("", text).message), n < most ? n : most);
    }
}

/* ---- bodies of any shape, cut anywhere ------------------------------------------------------- */

static const char *const bodies[] = {
    "{\"message\":\"tab\\t quote\\\" back\\\\ caf\\u00e9 \\ud83d\\ude42 \\ud83d \\u12x\","
    "\"code\":\"ns#C:x\",\"Reason\":{\"r\":\"R\"}}",
    "{\"__type\":\"a.b#T\",\"a\":[{\"message\":\"no\"},[[]],{}],\"Message\":\"M\",\"code\":null}",
    " {\"Message\" : \"1\" , \"message\":\"2\",\"message\":\"\xF0\x9F\x99\x82\xC3\xA9\","
    "\"Code\":\"C\"}x",
    "<html>\"message\":\"m\"</html>",
};

static void same(const cuc_result *a, const cuc_result *b)
{
    assert_string_equal(a->code, b->code);
    assert_string_equal(a->message, b->message);
    assert_string_equal(a->reason, b->reason);
    assert_string_equal(a->request_id, b->request_id);
    assert_int_equal(a->http_status, b->http_status);
}

static void in_two(const char *lines, const char *text, size_t n, size_t at,
                   const cuc_result *whole)
{
    cuc_call *call = listening();
    heads(call, lines);
    body(call, text, at);
    body(call, text + at, 0);
    body(call, text + at, n - at);
    cuc_call_end(call, CUC_SENT);
    same(call->result, whole);
    free(call);
}

static void at_random(const char *lines, const char *text, size_t n, const cuc_result *whole)
{
    static uint64_t seed = 8;
    cuc_call       *call = listening();
    size_t          at, take;
    heads(call, lines);
    for (at = 0; at < n; at += take) {
        take = next_random(&seed) % 9;
        if (take > n - at) take = n - at;
        body(call, text + at, take);
    }
    cuc_call_end(call, CUC_SENT);
    same(call->result, whole);
    free(call);
}

static void never_matters(const char *lines, const char *text, size_t n)
{
    const cuc_result whole = answered_n(lines, text, n, 0), bytes = answered_n(lines, text, n, 1);
    size_t           at;
    same(&bytes, &whole);
    for (at = 0; at <= n && at <= 600; at++) in_two(lines, text, n, at, &whole);
    for (at = 0; at < 20 && n <= 600; at++) at_random(lines, text, n, &whole);
}

static void a_body_reads_the_same_however_it_is_split(void **state)
{
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(bodies); i++)
        never_matters("HTTP/1.1 400 X\n", bodies[i], strlen(bodies[i]));
}

static int text_or_nothing(const char *text, const char *a, const char *b)
{
    return text[0] == 0 || strcmp(text, a) == 0 || strcmp(text, b) == 0;
}

/* Members that arrived completely count; a truncated one does not. */
static void a_truncated_body_never_gives_part_of_a_string(void **state) /* P33, P53 */
{
    size_t i, n;
    (void)state;
    for (i = 0; i < ROWS(bodies); i++) {
        const size_t     len   = strlen(bodies[i]);
        const cuc_result whole = answered_n("HTTP/1.1 503 X\n" ID, bodies[i], len, 0);
        for (n = 0; n <= len; n++) {
            const cuc_result r = answered_n("HTTP/1.1 503 X\n" ID, bodies[i], n, 0);
            assert_int_equal(r.http_status, 503);
            assert_string_equal(r.request_id, whole.request_id);
            assert_true(text_or_nothing(r.code, whole.code, i == 1 ? "T" : whole.code));
            assert_true(text_or_nothing(r.message, whole.message, i == 2 ? "2" : "M") ||
                        (i == 2 && strcmp(r.message, "1") == 0));
            assert_true(text_or_nothing(r.reason, whole.reason, whole.reason));
        }
    }
}

/* Trailers, or a transport that mixes the two: a string that a header interrupts is dropped. */
static void a_header_inside_a_body_string_drops_the_string(void **state) /* P33, P53 */
{
    static const char *const lines[] = { ID, "x-amzn-errortype: E\n" };
    size_t                   i, k, n;
    (void)state;
    for (k = 0; k < 2; k++)
        for (i = 0; i < ROWS(bodies); i++)
            for (n = 0; n <= strlen(bodies[i]); n++) {
                const size_t      len   = strlen(bodies[i]);
                const cuc_result  whole = answered_n("HTTP/1.1 503 X\n", bodies[i], len, 0);
                cuc_call         *call  = listening();
                const cuc_result *r     = call->result;
                heads(call, "HTTP/1.1 503 X\n");
                body(call, bodies[i], n);
                heads(call, lines[k]);
                body(call, bodies[i] + n, len - n);
                cuc_call_end(call, CUC_SENT);
                if (k == 1) assert_string_equal(r->code, "E");
                else assert_true(text_or_nothing(r->code, whole.code, i == 1 ? "T" : whole.code));
                assert_true(text_or_nothing(r->message, whole.message, i == 2 ? "2" : "M") ||
                            (i == 2 && strcmp(r->message, "1") == 0));
                assert_true(text_or_nothing(r->reason, whole.reason, whole.reason));
                free(call);
            }
}

static void nesting_of_100000_brackets_takes_constant_memory(void **state) /* P48 */
{
    static const char *const open[] = { "[", "{", "{\"a\":", "[{\"message\":\"n\",\"x\":" };
    size_t                   i, k;
    (void)state;
    for (i = 0; i < 4; i++) {
        cuc_call *call = listening();
        heads(call, "HTTP/1.1 400 X\n");
        body(call, "{\"d\":", 5);
        for (k = 0; k < 100000; k++) cuc_call_body(call, open[i], strlen(open[i]));
        assert_string_equal(call->result->message, "");
        for (k = 0; k < 100000; k++) cuc_call_body(call, "]}", i < 3 ? 1 : 2);
        body(call, ",\"message\":\"after\"}", 19);
        assert_string_equal(call->result->message, "after");
        assert_int_equal(call->reader.place, CUCI_AFTER);
        free(call);
    }
}

static void the_nesting_counter_does_not_wrap(void **state)
{
    cuc_call *call = listening();
    (void)state;
    body(call, "{\"d\":", 5);
    call->reader.depth = UINT32_MAX - 1;
    body(call, "[[[[", 4);
    assert_true(call->reader.depth == UINT32_MAX);
    free(call);
}

/* 8 MiB in odd pieces: as a message, as a key, as brackets, as noise after the object. The block of
 * the call has its exact size, so ASan sees it grow.                                             */
static void any_amount_of_body_takes_constant_memory(void **state) /* P38 */
{
    static const char *const begins[] = { "{\"message\":\"", "{\"", "{\"a\":\"",
                                          "{\"x\":",         "{}",  "<" };
    static const char        fill[]   = "\xC3\xA9[\\n";
    char                    *piece    = block(40009);
    size_t                   i, k;
    (void)state;
    for (k = 0; k < 40009; k++) piece[k] = fill[k % 5];
    for (i = 0; i < ROWS(begins); i++) {
        cuc_call *call = listening();
        heads(call, "HTTP/1.1 500 X\n");
        body(call, begins[i], strlen(begins[i]));
        for (k = 0; k < 35; k++) cuc_call_body(call, piece + k, 40009 - k);
        cuc_call_end(call, CUC_SENT);
        assert_int_equal(call->result->http_status, 500);
        assert_string_equal(call->result->message, ""); /* it never ended */
        free(call);
    }
    free(piece);
}

static void the_body_of_any_2xx_is_ignored(void **state) /* P32 */
{
    static const struct {
        int         line, status;
        const char *message;
    } row[] = {
        { __LINE__, 199, "m" },
        { __LINE__, 200, ""  },
        { __LINE__, 204, ""  },
        { __LINE__, 299, ""  },
        { __LINE__, 300, "m" },
        { __LINE__, 500, "m" },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        cuc_call *call = listening();
        cuc_call_status(call, row[i].status);
        body(call, "{\"message\":\"m\"}", 15);
        assert_text(call->result->message, row[i].message, row[i].line);
        free(call);
    }
}

static void outside_an_exchange_input_is_ignored(void **state)
{
    static const unsigned char states[] = { 0, CUCI_READY, CUCI_ENDED };
    size_t                     i;
    (void)state;
    for (i = 0; i < sizeof states; i++) {
        cuc_call *call = listening();
        call->state    = states[i];
        heads(call, "HTTP/1.1 503 X\n" EARLY);
        cuc_call_status(call, 503);
        body(call, "{\"message\":\"m\"}", 15);
        assert_int_equal(call->result->http_status, 0);
        assert_string_equal(call->result->code, "");
        assert_string_equal(call->result->message, "");
        assert_int_equal(call->headers, 0);
        free(call);
    }
}

static void an_empty_body_may_be_null(void **state) /* P74 */
{
    cuc_call *call = listening();
    (void)state;
    heads(call, "HTTP/1.1 400 X\n");
    cuc_call_body(call, NULL, 0);
    cuc_call_header(call, NULL, 0);
    body(call, "{\"message\":\"m\"}", 15);
    cuc_call_body(call, NULL, 0);
    assert_string_equal(call->result->message, "m");
    free(call);
}

/* Random bytes in random order; a million responses would show little more. */
static void random_bytes_leave_terminated_strings(void **state)
{
    static const char alphabet[] = "{}[]\":,\\u0dD8\xC3\xA9\xF0 #messagcodtypR_{\"message\":\"";
    uint64_t          seed       = 20;
    size_t            i, k, n;
    (void)state;
    for (i = 0; i < 3000; i++) {
        cuc_call *call = listening();
        char      text[400];
        n = next_random(&seed) % sizeof text;
        for (k = 0; k < n; k++) text[k] = alphabet[next_random(&seed) % (sizeof alphabet - 1)];
        if (n > 0) text[0] = '{';
        body(call, text, n);
        if (n > 20) head(call, text, n / 2);
        cuc_call_end(call, CUC_SENT);
        assert_non_null(memchr(call->result->message, 0, sizeof call->result->message));
        assert_non_null(memchr(call->result->code, 0, sizeof call->result->code));
        assert_non_null(memchr(call->result->reason, 0, sizeof call->result->reason));
        free(call);
    }
}

/* ---- the vectors ----------------------------------------------------------------------------- */

/* [text, repeat count] pieces, joined. */
static char *joined(const json_t *parts, size_t *n)
{
    char         *all = block(0);
    const json_t *part;
    size_t        i, k, len;
    *n = 0;
    for (i = 0; (part = json_array_get(parts, i)) != NULL; i++) {
        len = json_string_length(json_array_get(part, 0));
        for (k = 0; k < (size_t)json_integer_value(json_array_get(part, 1)); k++) {
            all = realloc(all, *n + len + 1);
            assert_non_null(all);
            memcpy(all + *n, json_string_value(json_array_get(part, 0)), len);
            all[ *n += len] = 0;
        }
    }
    return all;
}

static char *body_of(const json_t *c, size_t *n)
{
    const char *hex  = json_string_value(json_object_get(c, "body_hex"));
    const char *text = json_string_value(json_object_get(c, "body"));
    char       *all;
    size_t      i;
    if (text != NULL) return block_of(text, *n = json_string_length(json_object_get(c, "body")));
    if (hex == NULL) return joined(json_object_get(c, "body_parts"), n);
    all = block(*n = strlen(hex) / 2);
    for (i = 0; i < *n; i++) {
        unsigned v;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &v), 1);
        all[i] = (char)v;
    }
    return all;
}

static int is_free(const json_t *c, const char *member)
{
    const json_t *list = json_object_get(c, "free");
    size_t        i;
    for (i = 0; i < json_array_size(list); i++)
        if (strcmp(json_string_value(json_array_get(list, i)), member) == 0) return 1;
    return 0;
}

static void agree(const json_t *c, const char *member, const char *actual, const char *expected)
{
    if (strcmp(actual, expected) != 0)
        print_message("%s, %s\n", json_string_value(json_object_get(c, "name")), member);
    assert_string_equal(actual, expected);
}

/* A long message is the whole characters of it that fit. */
static void long_message_is(const json_t *c, const char *actual)
{
    const json_t *parts = json_object_get(json_object_get(c, "expect"), "message_parts");
    size_t        n;
    char         *text = joined(parts, &n);
    for (n = CUC_MESSAGE_SIZE - 1; ((unsigned char)text[n] & 0xC0) == 0x80;) n--;
    text[n] = 0;
    agree(c, "message", actual, text);
    free(text);
}

static size_t text_is(const json_t *c, const char *member, const char *actual)
{
    const json_t *expect = json_object_get(c, "expect");
    const char   *text   = json_string_value(json_object_get(expect, member));
    if (is_free(c, member)) return 0;
    if (member[0] == 'm' && json_object_get(expect, "message_parts") != NULL)
        long_message_is(c, actual);
    else agree(c, member, actual, text == NULL ? "" : text);
    return 1;
}

static size_t one_vector(const json_t *c)
{
    const json_t *list   = json_object_get(c, "headers"), *h;
    const json_t *want   = json_object_get(json_object_get(c, "expect"), "outcome");
    const int     ok     = strcmp(json_string_value(want), "success") == 0;
    const int     status = (int)json_integer_value(json_object_get(c, "status"));
    char          lines[4096];
    size_t        i, n, checked;
    char         *text = body_of(c, &n);
    cuc_result    r;
    int           at = sprintf(lines, "HTTP/1.1 %d X\n", status);
    for (i = 0; i < json_array_size(list); i++) {
        h = json_array_get(list, i);
        at += snprintf(lines + at, sizeof lines - (size_t)at, "%s: %s\n",
                       json_string_value(json_array_get(h, 0)),
                       json_string_value(json_array_get(h, 1)));
    }
    assert_true(at < (int)sizeof lines);
    r = answered_n(lines, text, n, 0);
    assert_int_equal(cuci_is_success(r.http_status), ok);
    checked = text_is(c, "code", r.code) + text_is(c, "message", r.message) +
              text_is(c, "request_id", r.request_id);
    never_matters(lines, text, n);
    free(text);
    return checked;
}

static void errors_are_read_as_the_sdks_read_them(void **state)
{
    json_error_t problem;
    json_t      *file = json_load_file("tests/vectors/errors.json", JSON_ALLOW_NUL, &problem);
    json_t      *all;
    size_t       i, checked = 0;
    (void)state;
    assert_non_null(file);
    all = json_object_get(file, "cases");
    assert_true(json_array_size(all) >= 100);
    for (i = 0; i < json_array_size(all); i++) checked += one_vector(json_array_get(all, i));
    assert_true(checked > 2 * json_array_size(all)); /* most members are not free */
    json_decref(file);
}

/* ---- headers as pairs, and statuses that repeat ---------------------------------------------- */

static void pair(cuc_call *call, const char *name, const char *value)
{
    cuc_call_header_pair(call, name, strlen(name), value, strlen(value));
}

/* Field report 1.3: RFC 9112 section 5.2, obs-fold. */
static void a_continuation_line_is_ignored(void **state)
{
    static const char *const lines[] = {
        "HTTP/1.1 200 OK",
        ":status: 200",
        "x-amzn-errortype: Folded",
        "x-amzn-requestid: folded",
        "date: Thu, 01 Jan 1970 00:00:10 GMT",
        "age: 7",
        "x-amz-retry-after: 7",
        "retry-after: 7",
    };
    static const char blanks[] = " \t";
    size_t            i, k;
    (void)state;
    for (i = 0; i < ROWS(lines); i++)
        for (k = 0; k < 2; k++) {
            cuc_call *call = listening();
            char      line[80];
            snprintf(line, sizeof line, "%c%s", blanks[k], lines[i]);
            call->date_ms = -1;
            heads(call, "HTTP/1.1 404 X\r\n");
            head(call, line, strlen(line));
            assert_int_equal(call->result->http_status, 404);
            assert_string_equal(call->result->code, "");
            assert_string_equal(call->result->request_id, "");
            assert_true(call->date_ms == -1);
            assert_int_equal(call->retry_after_ms, 0);
            assert_int_equal(call->headers, 0);
            heads(call, "HTTP/1.1 103 X\r\n");
            head(call, line + 1, strlen(line) - 1); /* without the blank each is read */
            assert_true(call->result->http_status == 200 || call->headers != 0);
            free(call);
        }
}

static void the_list_of_response_headers_is_complete(void **state)
{
    static const char *const names[] = { CUC_RESPONSE_HEADERS }, *const values[] = {
        "Code", "id", "Thu, 01 Jan 1970 00:00:10 GMT", "7", "7", "7"
    };
    unsigned seen = 0;
    size_t   i;
    (void)state;
    assert_int_equal(ROWS(names), 6);
    for (i = 0; i < ROWS(names); i++) {
        cuc_call *call = listening();
        pair(call, names[i], values[i]);
        assert_int_not_equal(call->headers, 0); /* it is read */
        assert_int_equal(seen & call->headers, 0);
        seen |= call->headers;
        free(call);
    }
}

/* Field report 4.10: transports that know the status last, or give it with every header. */
static void headers_before_the_status_are_kept(void **state)
{
    static const char names[][18] = { CUC_RESPONSE_HEADERS };
    int               how;
    (void)state;
    for (how = 0; how < 3; how++) {
        cuc_call *call = listening();
        size_t    i;
        if (how == 2) cuc_call_status(call, 503); /* with every header */
        pair(call, names[0], "SlowDown");
        if (how == 2) cuc_call_status(call, 503);
        pair(call, names[1], "id");
        if (how == 2) cuc_call_status(call, 503);
        pair(call, names[2], "Thu, 01 Jan 1970 00:00:10 GMT");
        pair(call, names[4], "7");
        body(call, "{\"message\":\"m\"}", 15);
        if (how == 0) cuc_call_status(call, 503);
        if (how == 1) heads(call, "HTTP/1.1 503 X\r\n");
        for (i = 0; i < 2; i++) { /* and after the body once more */
            assert_int_equal(call->result->http_status, 503);
            assert_string_equal(call->result->code, "SlowDown");
            assert_string_equal(call->result->request_id, "id");
            assert_string_equal(call->result->message, "m");
            assert_true(call->date_ms == 10000);
            assert_int_equal(call->retry_after_ms, 7);
            cuc_call_status(call, 503);
        }
        free(call);
    }
}

static void header_pairs_are_read_as_lines_are(void **state)
{
    cuc_call *call = listening();
    (void)state;
    pair(call, ":status", "404");
    pair(call, " X-Amzn-ErrorType ", " Gone \r\n");
    pair(call, "", "nothing");
    pair(call, "x-amz-retry-after-but-longer", "1");
    cuc_call_header_pair(call, NULL, 0, NULL, 0);
    pair(call, "retry-after", "2");
    pair(call, "x-amzn-errortype", "Second");
    assert_int_equal(call->result->http_status, 404);
    assert_string_equal(call->result->code, "Gone");
    assert_int_equal(call->retry_after_ms, 2000);
    pair(call, ":status", "404"); /* the same number changes nothing */
    assert_string_equal(call->result->code, "Gone");
    pair(call, ":status", "200"); /* a failure stays one */
    assert_int_equal(call->result->http_status, 404);
    assert_string_equal(call->result->code, "Gone");
    cuc_call_status(call, 200);
    pair(call, ":status", "40x"); /* another response, without a valid status */
    assert_int_equal(call->result->http_status, 0);
    assert_string_equal(call->result->code, "");
    call->state = CUCI_ENDED;
    pair(call, ":status", "200");
    assert_int_equal(call->result->http_status, 0);
    free(call);
}

static void a_repeated_status_resets_only_as_a_status_line(void **state)
{
    cuc_call *call = listening();
    (void)state;
    cuc_call_status(call, 0); /* the first one counts, even if it is the number that was there */
    assert_int_equal(call->status_seen, 1);
    cuc_call_status(call, 503);
    body(call, "{\"message\":\"m\"}", 15);
    cuc_call_status(call, 503);
    assert_string_equal(call->result->message, "m");
    heads(call, "HTTP/1.1 503 X\r\n");
    assert_string_equal(call->result->message, "");
    assert_int_equal(call->result->http_status, 503);
    free(call);
}

static void a_success_discards_earlier_code_and_message(void **state)
{
    cuc_call *call = listening();
    (void)state;
    heads(call, ID "x-amzn-errortype: Early\r\n");
    body(call, "{\"message\":\"early\"}", 19);
    assert_string_equal(call->result->message, "early");
    cuc_call_status(call, 200);
    assert_string_equal(call->result->code, "");
    assert_string_equal(call->result->message, "");
    assert_string_not_equal(call->result->request_id, "");
    free(call);
}

int test_response(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_status_is_three_digits_after_the_first_blank),
        cmocka_unit_test(a_numeric_status_is_kept_unchanged),
        cmocka_unit_test(a_final_status_discards_interim_responses),
        cmocka_unit_test(header_names_are_compared_without_case),
        cmocka_unit_test(other_headers_are_ignored),
        cmocka_unit_test(a_line_without_a_colon_is_ignored),
        cmocka_unit_test(header_names_fold_as_ascii_in_any_locale),
        cmocka_unit_test(of_duplicate_headers_the_first_counts),
        cmocka_unit_test(a_second_date_does_not_replace_a_bad_first_one),
        cmocka_unit_test(retry_hints_are_read_as_numbers_or_not_at_all),
        cmocka_unit_test(dates_are_those_of_rfc_9110_and_nothing_else),
        cmocka_unit_test(a_date_of_300_bytes_is_no_date),
        cmocka_unit_test(request_ids_are_visible_and_cut_to_their_array),
        cmocka_unit_test(an_overlong_header_line_is_skipped_or_cut),
        cmocka_unit_test(the_code_is_the_text_between_hash_and_colon),
        cmocka_unit_test(every_code_that_fits_is_kept_whole),
        cmocka_unit_test(the_code_comes_from_the_header_then_code_then_type),
        cmocka_unit_test(an_unusable_code_does_not_replace_another),
        cmocka_unit_test(without_a_body_header_and_status_give_the_error),
        cmocka_unit_test(the_message_is_message_or_else_capital_Message),
        cmocka_unit_test(the_reason_is_any_member_of_the_union),
        cmocka_unit_test(a_long_reason_is_cut_at_a_whole_character),
        cmocka_unit_test(escapes_are_decoded),
        cmocka_unit_test(a_raw_nul_does_not_end_a_string),
        cmocka_unit_test(a_long_message_is_cut_at_a_whole_character),
        cmocka_unit_test(a_message_that_just_fits_is_complete),
        cmocka_unit_test(a_body_reads_the_same_however_it_is_split),
        cmocka_unit_test(a_truncated_body_never_gives_part_of_a_string),
        cmocka_unit_test(a_header_inside_a_body_string_drops_the_string),
        cmocka_unit_test(nesting_of_100000_brackets_takes_constant_memory),
        cmocka_unit_test(the_nesting_counter_does_not_wrap),
        cmocka_unit_test(any_amount_of_body_takes_constant_memory),
        cmocka_unit_test(the_body_of_any_2xx_is_ignored),
        cmocka_unit_test(outside_an_exchange_input_is_ignored),
        cmocka_unit_test(an_empty_body_may_be_null),
        cmocka_unit_test(random_bytes_leave_terminated_strings),
        cmocka_unit_test(errors_are_read_as_the_sdks_read_them),
        cmocka_unit_test(a_continuation_line_is_ignored),
        cmocka_unit_test(the_list_of_response_headers_is_complete),
        cmocka_unit_test(headers_before_the_status_are_kept),
        cmocka_unit_test(header_pairs_are_read_as_lines_are),
        cmocka_unit_test(a_success_discards_earlier_code_and_message),
        cmocka_unit_test(a_repeated_status_resets_only_as_a_status_line),
    };
    return GROUP(tests);
}
