/* examples/http1.h and http1_send.h, HTTP/1.1 over any connection. What they pass on is recorded. */
#include "support.h"

/* All that the reader passed on: each line with a newline behind it, and the body. */
static struct seen {
    char   lines[4096], body[4096];
    size_t lines_len, body_len, pieces;
} seen;

static void see_line(cuc_call *call, const char *line, size_t len)
{
    cuc_call_header(call, line, len);
    assert_true(seen.lines_len + len + 1 < sizeof seen.lines);
    memcpy(seen.lines + seen.lines_len, line, len);
    seen.lines_len += len;
    seen.lines[seen.lines_len++] = '\n';
}

static void see_body(cuc_call *call, const void *data, size_t len)
{
    cuc_call_body(call, data, len);
    assert_true(len > 0);
    assert_true(seen.body_len + len < sizeof seen.body);
    memcpy(seen.body + seen.body_len, data, len);
    seen.body_len += len;
    seen.pieces++;
}

#define cuc_call_header see_line
#define cuc_call_body see_body
#include "../examples/http1_send.h"
#undef cuc_call_header
#undef cuc_call_body

/* ---- a call that waits for its response ------------------------------------------------------ */

static cuc_call call;
static char     work[CUC_WORK_SIZE(512, 0)];

static void ask(void)
{
    static world      w;
    const cuc_client  client  = world_client(&w);
    const cuc_request request = small_request();
    memset(&seen, 0, sizeof seen);
    begin_call(&call, &client, &request, work, sizeof work);
    assert_int_equal(cuc_call_next(&call, 1440938160000), CUC_NEXT_SEND);
}

static cuc_result told(int outcome)
{
    cuc_call_end(&call, outcome);
    (void)cuc_call_next(&call, 1440938160000);
    return *result_of(&call);
}

/* ---- splits ---------------------------------------------------------------------------------- */

/* Each piece in a block of its own size, so that ASan sees a byte read too many. */
static int push(http1 *a, const char *bytes, size_t len)
{
    char     *piece = block_of(bytes, len);
    const int state = http1_push(a, piece, len);
    free(piece);
    return state;
}

/* The response in pieces: up to `first`, then `step` bytes each. Stops as a caller does. */
static int read_split(http1 *a, const char *bytes, size_t len, size_t first, size_t step)
{
    size_t at    = 0;
    int    state = HTTP1_MORE;
    ask();
    memset(a, 0, sizeof *a);
    a->call = &call;
    while (at < len && state == HTTP1_MORE) {
        const size_t most = at == 0 && first > 0 ? first : step;
        const size_t n    = most < len - at ? most : len - at;
        state             = push(a, bytes + at, n);
        at += n;
    }
    return state;
}

typedef struct row {
    int         line;
    const char *bytes;
    size_t      len;
    int         state, end, status;
    const char *lines, *body;
} row;

#define BYTES(text) __LINE__, text, sizeof(text) - 1

static void check_split(const row *r, size_t first, size_t step)
{
    http1     a;
    const int state = read_split(&a, r->bytes, r->len, first, step);
    assert_number(state, r->state, r->line);
    assert_number(http1_end(&a), r->end, r->line);
    assert_number(a.status, r->status, r->line);
    seen.lines[seen.lines_len] = seen.body[seen.body_len] = '\0';
    if (r->lines != NULL) assert_text(seen.lines, r->lines, r->line);
    if (r->body != NULL) assert_text(seen.body, r->body, r->line);
}

/* Whole, byte by byte, in threes, and in two pieces at every position. */
static void check_rows(const row *rows, size_t count)
{
    size_t i, cut;
    for (i = 0; i < count; i++) {
        check_split(&rows[i], 0, rows[i].len);
        check_split(&rows[i], 0, 1);
        check_split(&rows[i], 0, 3);
        for (cut = 1; cut < rows[i].len; cut++) check_split(&rows[i], cut, rows[i].len);
    }
}

#define CHECK(rows) check_rows(rows, ROWS(rows))
#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "transfer-encoding: chunked\r\n\r\n"
#define WHOLE HTTP1_DONE, CUC_SENT
#define CUT HTTP1_MORE, CUC_SEND_AGAIN
#define OPEN HTTP1_MORE, CUC_SENT /* ends with the connection */
#define BAD HTTP1_BROKEN, CUC_SEND_AGAIN

/* ---- tests ----------------------------------------------------------------------------------- */

static void responses_are_read_at_every_split(void **state)
{
    static const row rows[] = {
        { BYTES(OK "Content-Length: 2\r\n\r\n{}"),                                    WHOLE, 200,
         "HTTP/1.1 200 OK\nContent-Length: 2\n",                                                                     "{}"    },
        { BYTES("HTTP/1.1 204\r\n\r\n"),                                              WHOLE, 204, "HTTP/1.1 204\n",  ""      },
        { BYTES("HTTP/1.0 200 \r\n\r\n{}"),                                           OPEN,  200, "HTTP/1.0 200 \n", "{}"    },
        { BYTES("hTTP/1.1 403 No entry\r\nA:\r\nb: c:d\r\ncontent-LENGTH:0\r\n\r\n"), WHOLE, 403,
         "hTTP/1.1 403 No entry\nA:\nb: c:d\ncontent-LENGTH:0\n",                                                    ""      },
        { BYTES(OK "Content-Length: \t 00003 \t\r\n\r\nabc"),                         WHOLE, 200, NULL,              "abc"   },
        { BYTES("HTTP/1.1 200 OK\nContent-Length: 3\n\na\r\n"),                       WHOLE, 200,
         "HTTP/1.1 200 OK\nContent-Length: 3\n",                                                                     "a\r\n" }, /* LF alone ends lines, too */
        { BYTES(OK "\xC3\xA9: \xFF\x01\x7F\r\ncontent-length: 1\r\n\r\n\xFF"),        WHOLE, 200,
         "HTTP/1.1 200 OK\n\xC3\xA9: \xFF\x01\x7F\ncontent-length: 1\n",                                             "\xFF"  },
        { BYTES(OK "Content-Length: 1\r\n\r\n{ and what nobody asked for"),           WHOLE, 200, NULL,              "{"     },
    };
    (void)state;
    CHECK(rows);
}

static void chunks_are_joined_and_trailers_are_no_headers(void **state)
{
    static const row rows[] = {
        { BYTES(OK "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"), WHOLE, 200,
         "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n",                                                                                  "{}"              },
        { BYTES(OK "transfer-encoding:CHUNKED \r\n\r\n"
                   "3\r\nabc\r\n00A\r\n\r\n12345678\r\n0\r\n\r\n"),
         WHOLE,                                                                      200, NULL,                                            "abc\r\n12345678" },
        { BYTES(CHUNKED "1;a=b\r\nx\r\n1 \t; c=\"\xC3\xA9\"\r\ny\r\n"
                        "1 \r\nz\r\n000;z\r\n\r\n"),
         WHOLE,                                                                      200, NULL,                                            "xyz"             },
        { BYTES(CHUNKED "1\r\nx\r\n0\r\nDate: 1\r\n"
                        "content-length: 7\r\n\r\n"),
         WHOLE,                                                                      200, "HTTP/1.1 200 OK\ntransfer-encoding: chunked\n", "x"               },
        { BYTES(OK "transfer-encoding: chunked\n\n1\nx\n0\n\n"),              WHOLE, 200, NULL,                                            "x"               },
        { BYTES(OK "TRANSFER-ENCODING: chunked\r\n\r\n"
                   "f\r\n0123456789abcde\r\n0\r\n\r\n"),
         WHOLE,                                                                      200, NULL,                                            "0123456789abcde" },
        { BYTES(CHUNKED "0\r\n\r\n"),                                         WHOLE, 200, NULL,                                            ""                },
        { BYTES(CHUNKED "ffffffffffffffff\r\nx"),                             CUT,   200, NULL,                                            "x"               },
        /* early close, at each place of it */
        { BYTES(CHUNKED),                                                     CUT,   200, NULL,                                            ""                },
        { BYTES(CHUNKED "3\r\nab"),                                           CUT,   200, NULL,                                            "ab"              },
        { BYTES(CHUNKED "2\r\nab"),                                           CUT,   200, NULL,                                            "ab"              },
        { BYTES(CHUNKED "2\r\nab\r\n"),                                       CUT,   200, NULL,                                            "ab"              },
        { BYTES(CHUNKED "2\r\nab\r\n0\r\n"),                                  CUT,   200, NULL,                                            "ab"              },
        { BYTES(CHUNKED "0\r\na: b\r\n"),                                     CUT,   200, NULL,                                            ""                },
        /* what is no chunk */
        { BYTES(CHUNKED "\r\n"),                                              BAD,   200, NULL,                                            ""                },
        { BYTES(CHUNKED "{}\r\n"),                                            BAD,   200, NULL,                                            ""                },
        { BYTES(CHUNKED "-1\r\n"),                                            BAD,   200, NULL,                                            ""                },
        { BYTES(CHUNKED "+1\r\nx\r\n"),                                       BAD,   200, NULL,                                            ""                },
        { BYTES(CHUNKED " 1\r\nx\r\n"),                                       BAD,   200, NULL,                                            ""                },
        { BYTES(CHUNKED "0x1\r\nx\r\n"),                                      BAD,   200, NULL,                                            ""                },
        { BYTES(CHUNKED "1 1\r\nx\r\n"),                                      BAD,   200, NULL,                                            ""                },
        { BYTES(CHUNKED "1g\r\nx\r\n"),                                       BAD,   200, NULL,                                            ""                },
        { BYTES(CHUNKED ";a\r\n"),                                            BAD,   200, NULL,                                            ""                },
        { BYTES(CHUNKED "10000000000000000\r\n"),                             BAD,   200, NULL,                                            ""                },
        { BYTES(CHUNKED "1\r\nxy\r\n"),                                       BAD,   200, NULL,                                            "x"               },
        { BYTES(CHUNKED "1\r\nx\r\r\n"),                                      BAD,   200, NULL,                                            "x"               },
        { BYTES(CHUNKED "1\rx"),                                              BAD,   200, NULL,                                            ""                },
    };
    (void)state;
    CHECK(rows);
}

/* P31, P32 */
static void interim_responses_precede_the_final_one(void **state)
{
    static const row rows[] = {
        { BYTES("HTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 1\r\n\r\nx"), WHOLE, 200,
         "HTTP/1.1 100 Continue\nHTTP/1.1 200 OK\nContent-Length: 1\n",                                                  "x"  },
        { BYTES("HTTP/1.1 103 Hints\r\nContent-Length: 9\r\nLink: a\r\n\r\nHTTP/1.1 102 P\r\n\r\n"
                "HTTP/1.1 503 Busy\r\ncontent-length: 2\r\n\r\n{}"),
         WHOLE,                                                                          503, NULL,                      "{}" },
        { BYTES("HTTP/1.1 199 ?\r\ntransfer-encoding: chunked\r\n\r\n"
                "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx"),
         WHOLE,                                                                          200, NULL,                      "x"  },
        { BYTES("HTTP/1.0 100 Continue\r\n\r\n" OK "content-length: 0\r\n\r\n"),  WHOLE, 200, NULL,
         ""                                                                                                                   },
        { BYTES("HTTP/1.1 103 Hints\r\ncontent-length: 1\r\n\r\n" OK "\r\nxyz"),  OPEN,  200, NULL,
         "xyz"                                                                                                                },
        { BYTES("HTTP/1.1 100 Continue\r\n\r\n"),                                 CUT,   0,   "HTTP/1.1 100 Continue\n", ""   },
        { BYTES("HTTP/1.1 101 Other\r\nUpgrade: h2c\r\n\r\n"),                    BAD,   0,   "",                        ""   },
        { BYTES("HTTP/1.1 204 None\r\ncontent-length: 5\r\n\r\nHTTP/"),           WHOLE, 204, NULL,                      ""   },
        { BYTES("HTTP/1.1 304 Same\r\ntransfer-encoding: chunked\r\n\r\n"),       WHOLE, 304, NULL,                      ""   },
        { BYTES("HTTP/1.1 205 Reset\r\ncontent-length: 1\r\n\r\nx"),              WHOLE, 205, NULL,                      "x"  },
    };
    (void)state;
    CHECK(rows);
}

static void ambiguous_body_lengths_are_refused(void **state)
{
    static const row rows[] = {
        { BYTES(OK "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx"),                  WHOLE, 200, NULL, "x" },
        { BYTES(OK "Content-Length: 1, 1 ,01\r\n\r\nx"),                                WHOLE, 200, NULL, "x" },
        { BYTES(OK "Content-Length: 18446744073709551615\r\n\r\nx"),                    CUT,   200, NULL, "x" },
        { BYTES(OK "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy"),                 BAD,   200, NULL, ""  },
        { BYTES(OK "Content-Length: 2\r\nContent-Length: 1\r\n\r\nxy"),                 BAD,   200, NULL, ""  },
        { BYTES(OK "Content-Length: 0\r\nContent-Length: 1\r\n\r\nx"),                  BAD,   200, NULL, ""  },
        { BYTES(OK "Content-Length: 1, 2\r\n\r\nxy"),                                   BAD,   200, NULL, ""  },
        { BYTES(OK "Content-Length: 1,\r\n\r\nx"),                                      BAD,   200, NULL, ""  },
        { BYTES(OK "Content-Length: ,1\r\n\r\nx"),                                      BAD,   200, NULL, ""  },
        { BYTES(OK "Content-Length: -1\r\n\r\nx"),                                      BAD,   200, NULL, ""  },
        { BYTES(OK "Content-Length: +1\r\n\r\nx"),                                      BAD,   200, NULL, ""  },
        { BYTES(OK "Content-Length: 1.0\r\n\r\nx"),                                     BAD,   200, NULL, ""  },
        { BYTES(OK "Content-Length: 0x1\r\n\r\nx"),                                     BAD,   200, NULL, ""  },
        { BYTES(OK "Content-Length: a\r\n\r\nx"),                                       BAD,   200, NULL, ""  },
        { BYTES(OK "Content-Length: 1 1\r\n\r\nx"),                                     BAD,   200, NULL, ""  },
        { BYTES(OK "Content-Length: 1;\r\n\r\nx"),                                      BAD,   200, NULL, ""  },
        { BYTES(OK "Content-Length:\r\n\r\nx"),                                         BAD,   200, NULL, ""  },
        { BYTES(OK "Content-Length: \r\n 1\r\n\r\nx"),                                  BAD,   200, NULL, ""  },
        { BYTES(OK "Content-Length: 18446744073709551616\r\n\r\nx"),                    BAD,   200, NULL, ""  },
        { BYTES(OK "Content-Length: 99999999999999999999999\r\n\r\nx"),                 BAD,   200, NULL, ""  },
        { BYTES(OK "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), BAD,   200,
         NULL,                                                                                            ""  },
        { BYTES(OK "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n"), BAD,   200,
         NULL,                                                                                            ""  },
        { BYTES(OK "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),             BAD,   200, NULL, ""  },
        { BYTES(OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"), BAD,   200,
         NULL,                                                                                            ""  },
        { BYTES(OK "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),                BAD,   200, NULL, ""  },
        { BYTES(OK "Transfer-Encoding: chunkedness\r\n\r\n0\r\n\r\n"),                  BAD,   200, NULL, ""  },
        { BYTES(OK "Transfer-Encoding: identity\r\n\r\nx"),                             BAD,   200, NULL, ""  },
        { BYTES(OK "Transfer-Encoding:\r\n\r\nx"),                                      BAD,   200, NULL, ""  },
    };
    (void)state;
    CHECK(rows);
}

static void a_malformed_response_is_broken(void **state)
{
    static const row rows[] = {
        { BYTES("\r\n" OK "\r\n"),                 BAD, 0,   "",                        "" },
        { BYTES("SSH-2.0-OpenSSH\r\n"),            BAD, 0,   "",                        "" },
        { BYTES("<html>\r\n"),                     BAD, 0,   "",                        "" },
        { BYTES("HTTP/2 200\r\n"),                 BAD, 0,   "",                        "" },
        { BYTES("HTTP/1.2 200 OK\r\n"),            BAD, 0,   "",                        "" },
        { BYTES("HTTP/1. 200 OK\r\n"),             BAD, 0,   "",                        "" },
        { BYTES("HTTP/1.1  200 OK\r\n"),           BAD, 0,   "",                        "" },
        { BYTES("HTTP/1.1\t200 OK\r\n"),           BAD, 0,   "",                        "" },
        { BYTES("HTTP/1.1 20 OK\r\n"),             BAD, 0,   "",                        "" },
        { BYTES("HTTP/1.1 2000 OK\r\n"),           BAD, 0,   "",                        "" },
        { BYTES("HTTP/1.1 200OK\r\n"),             BAD, 0,   "",                        "" },
        { BYTES("HTTP/1.1 099 ?\r\n"),             BAD, 0,   "",                        "" },
        { BYTES("HTTP/1.1 000 ?\r\n"),             BAD, 0,   "",                        "" },
        { BYTES("HTTP/1.1 -20 ?\r\n"),             BAD, 0,   "",                        "" },
        { BYTES("HTTP/1.1 2c0 ?\r\n"),             BAD, 0,   "",                        "" },
        { BYTES("HTTP/1.1\r\n"),                   BAD, 0,   "",                        "" },
        { BYTES("HTTP/1.\r\n"),                    BAD, 0,   "",                        "" },
        { BYTES("HTTP/1.1 200 O\0K\r\n"),          BAD, 0,   "",                        "" },
        { BYTES("HTTP/1.1 200 O\rK\r\n"),          BAD, 0,   "",                        "" },
        { BYTES(OK "no colon\r\n\r\n"),            BAD, 200, "HTTP/1.1 200 OK\n",       "" },
        { BYTES(OK "no-colon\r\n\r\n"),            BAD, 200, "HTTP/1.1 200 OK\n",       "" },
        { BYTES(OK ": no name\r\n\r\n"),           BAD, 200, "HTTP/1.1 200 OK\n",       "" },
        { BYTES(OK "Content-Length : 1\r\n\r\nx"), BAD, 200, "HTTP/1.1 200 OK\n",       "" },
        { BYTES(OK "a: b\r\n folded\r\n\r\n"),     BAD, 200, "HTTP/1.1 200 OK\na: b\n", "" },
        { BYTES(OK "a: b\r\n\tc: d\r\n\r\n"),      BAD, 200, "HTTP/1.1 200 OK\na: b\n", "" },
        { BYTES(OK "a: \0b\r\n\r\n"),              BAD, 200, "HTTP/1.1 200 OK\n",       "" },
        { BYTES(OK "a: b\rc: d\r\n\r\n"),          BAD, 200, "HTTP/1.1 200 OK\n",       "" },
        { BYTES(OK "a: b\r\r\n\r\n"),              BAD, 200, "HTTP/1.1 200 OK\n",       "" },
        { BYTES(OK "\r\r\n"),                      BAD, 200, "HTTP/1.1 200 OK\n",       "" },
    };
    (void)state;
    CHECK(rows);
}

/* P33: every proper prefix counts as truncated, and none as complete. */
static void an_early_close_is_never_a_complete_response(void **state)
{
    static const char *const whole[] = {
        "HTTP/1.1 100 Continue\r\n\r\n" OK "A: b\r\nContent-Length: 5\r\n\r\nabcde",
        OK "Transfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n2\r\nde\r\n0\r\nT: u\r\n\r\n",
        "HTTP/1.1 204 None\r\nA: b\r\n\r\n",
    };
    size_t i, n;
    (void)state;
    for (i = 0; i < ROWS(whole); i++) {
        for (n = 0; n <= strlen(whole[i]); n++) {
            const int cut = n < strlen(whole[i]);
            http1     a;
            assert_int_equal(read_split(&a, whole[i], n, 0, n), cut ? HTTP1_MORE : HTTP1_DONE);
            assert_int_equal(http1_end(&a), cut ? CUC_SEND_AGAIN : CUC_SENT);
        }
    }
}

/* P37 */
static void an_overlong_line_is_cut_in_constant_memory(void **state)
{
    static const size_t sizes[] = { HTTP1_LINE_SIZE - 1, HTTP1_LINE_SIZE, HTTP1_LINE_SIZE + 1,
                                    65536, 1 << 20 };
    size_t              i, k;
    (void)state;
    for (i = 0; i < ROWS(sizes); i++) {
        const size_t n = sizes[i], kept = n < HTTP1_LINE_SIZE ? n : HTTP1_LINE_SIZE;
        char        *line = block(n);
        http1       *a    = block(sizeof *a);
        memset(line, 'x', n);
        memcpy(line, "x:", 2);
        ask();
        memset(a, 0, sizeof *a);
        a->call = &call;
        assert_int_equal(push(a, OK, sizeof OK - 1), HTTP1_MORE);
        for (k = 0; k < n; k += 1000)
            assert_int_equal(push(a, line + k, n - k < 1000 ? n - k : 1000), HTTP1_MORE);
        assert_int_equal(push(a, "\r\ncontent-length: 1\r\n\r\n{", 25), HTTP1_DONE);
        assert_int_equal(seen.lines_len, sizeof OK - 2 + kept + 1 + 18);
        assert_memory_equal(seen.lines + sizeof OK - 2, line, kept);
        free(a);
        free(line);
    }
}

/* A line that decides where the body ends must not be half read. */
static void a_content_length_in_an_overlong_line_is_refused(void **state)
{
    static const struct {
        int         line;
        const char *before;
        char        filler;
        const char *after;
        int         state;
    } row[] = {
        { __LINE__, OK "a: ",                        'b', "\r\ncontent-length: 1\r\n\r\nx",                        HTTP1_DONE   },
        { __LINE__, OK,                              'b', ": no colon within reach\r\ncontent-length: 1\r\n\r\nx", HTTP1_DONE   },
        { __LINE__, "HTTP/1.1 200 ",                 'b', "\r\ncontent-length: 1\r\n\r\nx",                        HTTP1_DONE   },
        { __LINE__, OK "content-length: ",           ' ', "1\r\n\r\nx",                                            HTTP1_BROKEN },
        { __LINE__, OK "content-length: ",           '0', "1\r\n\r\nx",                                            HTTP1_BROKEN },
        { __LINE__, OK "content-length: 1",          ' ', "1\r\n\r\nx",                                            HTTP1_BROKEN },
        { __LINE__, OK "transfer-encoding: ",        ' ', "chunked\r\n\r\n0\r\n\r\n",                              HTTP1_BROKEN },
        { __LINE__, OK "transfer-encoding: chunked", ' ', ", x\r\n\r\n0\r\n\r\n",                                  HTTP1_BROKEN },
        { __LINE__, CHUNKED "1;",                    'x', "\r\ny\r\n0\r\n\r\n",                                    HTTP1_DONE   },
        { __LINE__, CHUNKED "0",                     '0', "1\r\ny\r\n0\r\n\r\n",                                   HTTP1_BROKEN },
        { __LINE__, CHUNKED "1",                     ' ', "1\r\ny\r\n0\r\n\r\n",                                   HTTP1_BROKEN },
        { __LINE__, CHUNKED "0\r\na",                'x', "\r\n\r\n",                                              HTTP1_DONE   },
    };
    char   text[2048];
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        const size_t n = strlen(row[i].before), m = strlen(row[i].after);
        http1        a;
        memcpy(text, row[i].before, n);
        memset(text + n, row[i].filler, 600);
        memcpy(text + n + 600, row[i].after, m);
        assert_number(read_split(&a, text, n + 600 + m, 0, n + 600 + m), row[i].state, row[i].line);
        assert_number(read_split(&a, text, n + 600 + m, 0, 1), row[i].state, row[i].line);
    }
}

/* P38 */
static void an_endless_body_is_passed_on_in_constant_memory(void **state)
{
    static char piece[65536];
    http1       a = { 0 };
    long        i;
    (void)state;
    a.body = NULL; /* and no call: then it goes nowhere */
    assert_int_equal(http1_push(&a, OK "\r\n", sizeof OK + 1), HTTP1_MORE);
    for (i = 0; i < 1600; i++) assert_int_equal(http1_push(&a, piece, sizeof piece), HTTP1_MORE);
    assert_int_equal(http1_end(&a), CUC_SENT);
    assert_int_equal(a.close, 1);
}

static void a_connection_is_reused_only_when_that_is_safe(void **state)
{
    static const struct {
        int         line;
        const char *bytes;
        int         close;
    } row[] = {
        { __LINE__, OK "content-length: 1\r\n\r\nx",                                      0 },
        { __LINE__, OK "connection: keep-alive\r\ncontent-length: 1\r\n\r\nx",            0 },
        { __LINE__, CHUNKED "0\r\n\r\n",                                                  0 },
        { __LINE__, "HTTP/1.1 204 None\r\n\r\n",                                          0 },
        { __LINE__, OK "Connection: CLOSE\r\ncontent-length: 1\r\n\r\nx",                 1 },
        { __LINE__, OK "connection:close\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 1 },
        { __LINE__, "HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx",                      1 },
        { __LINE__, OK "content-length: 1\r\n\r\nxy",                                     1 },
        { __LINE__, "HTTP/1.1 204 None\r\n\r\n" OK,                                       1 },
        { __LINE__, OK "\r\nuntil it closes",                                             1 },
        { __LINE__, OK "content-length: 1\r\ncontent-length: 2\r\n\r\nx",                 1 },
        { __LINE__, "no answer\r\n",                                                      1 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        http1 a;
        (void)read_split(&a, row[i].bytes, strlen(row[i].bytes), 0, strlen(row[i].bytes));
        assert_number(a.close, row[i].close, row[i].line);
    }
}

static void after_the_end_nothing_is_passed_on(void **state)
{
    static const char *const ended[] = { OK "content-length: 1\r\n\r\nx", "no answer\r\n" };
    size_t                   i;
    (void)state;
    for (i = 0; i < 2; i++) {
        http1             a;
        const int         first  = read_split(&a, ended[i], strlen(ended[i]), 0, 1);
        const struct seen before = seen;
        assert_int_equal(push(&a, OK "a: b\r\n\r\nmore", sizeof OK + 11), first);
        assert_int_equal(http1_push(&a, "", 0), first);
        assert_memory_equal(&seen, &before, sizeof seen);
    }
}

static void take(void *user, const char *data, size_t len) { strncat(user, data, len); }

static void without_a_call_the_body_goes_to_a_callback(void **state)
{
    static const char answer[] = CHUNKED "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
    char              got[16]  = "";
    http1             a        = { 0 };
    (void)state;
    a.body = take;
    a.user = got;
    assert_int_equal(http1_push(&a, answer, sizeof answer - 1), HTTP1_DONE);
    assert_string_equal(got, "abc");
    assert_int_equal(a.status, 200);
}

/* Pieces are passed on as they came: nothing is copied together. */
static void a_piece_of_body_is_passed_on_in_one_piece(void **state)
{
    http1 a;
    (void)state;
    (void)read_split(&a, OK "content-length: 9\r\n\r\n123456789", sizeof OK + 29, 0, 1000);
    assert_int_equal(seen.pieces, 1);
}

/* P33: an error arrives complete at every split; a truncated one is retried. */
static void the_result_is_the_same_at_every_split(void **state)
{
    static const char answer[] = "HTTP/1.1 100 Continue\r\nx-amzn-requestid: interim\r\n\r\n"
                                 "HTTP/1.1 404 Not Found\r\nx-amzn-RequestId: r1\r\n"
                                 "x-amzn-ErrorType: ResourceNotFoundException:http://internal/\r\n"
                                 "transfer-encoding: chunked\r\n\r\n"
                                 "7\r\n{\"Messa\r\n12\r\nge\":\"No contact\"}\r\n0\r\n\r\n";
    const size_t      len      = sizeof answer - 1;
    size_t            cut;
    (void)state;
    for (cut = 0; cut < len; cut++) {
        http1      a;
        cuc_result r;
        assert_int_equal(read_split(&a, answer, len, cut, cut == 0 ? 1 : len), HTTP1_DONE);
        r = told(http1_end(&a));
        assert_int_equal(r.status, CUC_E_SERVICE);
        assert_int_equal(r.http_status, 404);
        assert_string_equal(r.code, "ResourceNotFoundException");
        assert_string_equal(r.message, "No contact");
        assert_string_equal(r.request_id, "r1");
    }
}

/* P33 */
static void a_truncated_response_is_lost_even_with_a_2xx(void **state)
{
    static const char answer[] = OK "content-length: 2\r\n\r\n{}";
    size_t            n;
    (void)state;
    for (n = 0; n < sizeof answer; n++) {
        http1 a;
        int   outcome;
        (void)read_split(&a, answer, n, 0, 1);
        outcome = http1_end(&a);
        assert_int_equal(outcome, n + 1 == sizeof answer ? CUC_SENT : CUC_SEND_AGAIN);
        cuc_call_end(&call, outcome);
        assert_int_equal(cuc_call_next(&call, 1440938160000),
                         n + 1 < sizeof answer ? CUC_NEXT_WAIT : CUC_NEXT_DONE);
    }
}

/* Responses with random bytes changed, lost and doubled: all splits agree, no read past the end. */
static void damaged_responses_give_the_same_at_every_split(void **state)
{
    static const char *const whole[] = {
        "HTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 5\r\n\r\nabcde",
        OK "Transfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n2\r\nde\r\n0\r\nT: u\r\n\r\n",
        OK "A: b\r\nconnection: close\r\n\r\nuntil the end",
    };
    static const char odd[] = "\r\n \t:;,0129afHh/.\0";
    uint64_t          seed  = 20261125;
    long              i, ends[3] = { 0, 0, 0 };
    (void)state;
    for (i = 0; i < 6000; i++) {
        char        text[256];
        size_t      len = strlen(whole[i % 3]), changes = 1 + next_random(&seed) % 3;
        struct seen once;
        http1       a, b;
        memcpy(text, whole[i % 3], len);
        while (changes-- > 0) {
            const size_t at = next_random(&seed) % len, how = next_random(&seed) % 4;
            if (how == 0) memmove(text + at, text + at + 1, --len - at);
            else if (how == 1) memmove(text + at + 1, text + at, len++ - at);
            else text[at] = odd[next_random(&seed) % (sizeof odd - 1)];
        }
        const int state_once = read_split(&a, text, len, 0, len);
        once                 = seen;
        assert_int_equal(read_split(&b, text, len, 0, 1), state_once);
        once.pieces = seen.pieces;
        assert_memory_equal(&seen, &once, sizeof seen);
        assert_int_equal(a.status, b.status);
        assert_int_equal(http1_end(&a), http1_end(&b));
        ends[state_once]++;
    }
    assert_true(ends[HTTP1_MORE] > 300 && ends[HTTP1_DONE] > 300 && ends[HTTP1_BROKEN] > 300);
}

/* ---- http1_send ------------------------------------------------------------------------------ */

typedef struct peer {
    int         writes; /* as many succeed */
    const char *response;
} peer;

static int peer_write(void *user, const void *data, size_t len)
{
    (void)data, (void)len;
    return ((peer *)user)->writes-- > 0 ? 0 : -1;
}

static long peer_read(void *user, void *buf, size_t cap)
{
    peer        *p = user;
    const size_t n = strlen(p->response);
    assert_true(n <= cap);
    memcpy(buf, p->response, n);
    p->response += n;
    return (long)n;
}

/* A server can refuse a request that it has not read; it cannot carry it out. */
static void a_2xx_for_a_request_that_was_not_written_is_lost(void **state)
{
    static const struct {
        int         line, writes;
        const char *response;
        int         outcome;
    } rows[] = {
        { __LINE__, 2, OK "content-length: 2\r\n\r\n{}",              CUC_SENT       },
        { __LINE__, 1, OK "content-length: 2\r\n\r\n{}",              CUC_SEND_AGAIN },
        { __LINE__, 0, OK "content-length: 2\r\n\r\n{}",              CUC_SEND_AGAIN },
        { __LINE__, 1, "HTTP/1.1 413 X\r\ncontent-length: 0\r\n\r\n", CUC_SEND_AGAIN },
        { __LINE__, 1, "",                                            CUC_SEND_AGAIN },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        peer           p  = { rows[i].writes, rows[i].response };
        const http1_io io = { &p, peer_write, peer_read };
        ask();
        assert_number(http1_send(&io, cuc_call_http_request(&call), &call), rows[i].outcome,
                      rows[i].line);
    }
}

int test_http1(void);
int test_http1(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(responses_are_read_at_every_split),
        cmocka_unit_test(chunks_are_joined_and_trailers_are_no_headers),
        cmocka_unit_test(interim_responses_precede_the_final_one),
        cmocka_unit_test(ambiguous_body_lengths_are_refused),
        cmocka_unit_test(a_malformed_response_is_broken),
        cmocka_unit_test(an_early_close_is_never_a_complete_response),
        cmocka_unit_test(an_overlong_line_is_cut_in_constant_memory),
        cmocka_unit_test(a_content_length_in_an_overlong_line_is_refused),
        cmocka_unit_test(an_endless_body_is_passed_on_in_constant_memory),
        cmocka_unit_test(a_connection_is_reused_only_when_that_is_safe),
        cmocka_unit_test(after_the_end_nothing_is_passed_on),
        cmocka_unit_test(without_a_call_the_body_goes_to_a_callback),
        cmocka_unit_test(a_piece_of_body_is_passed_on_in_one_piece),
        cmocka_unit_test(the_result_is_the_same_at_every_split),
        cmocka_unit_test(a_truncated_response_is_lost_even_with_a_2xx),
        cmocka_unit_test(damaged_responses_give_the_same_at_every_split),
        cmocka_unit_test(a_2xx_for_a_request_that_was_not_written_is_lost),
    };
    return GROUP(tests);
}
