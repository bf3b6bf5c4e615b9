/* Black box: what is retried, after how long, and what signs it. One fake world, no real waits. */
#include "support.h"
#include <limits.h>

static cuc_status update(const cuc_client *client, cuc_result *result)
{
    const cuc_request request = small_request();
    char              work[2048];
    return cuc_update_contact(client, &request, work, sizeof work, result);
}

static cuc_signing_key signing_key(const cuc_client *client, int64_t now)
{
    cuc_signing_key key;
    cuc_result      result;
    char            work[64];
    assert_int_equal(
        cuc_derive_signing_key(client, cuc_s(NULL), now, work, sizeof work, &key, &result), CUC_OK);
    return key;
}

/* ---- the table: responses -> attempts, waits, outcome ---------------------------------------- */

#define S(http) { CUC_SENT, http, NULL, NULL, 0 }
#define E(http, code) { CUC_SENT, http, "x-amzn-errortype: " code "\n", "{\"message\":\"m\"}", 0 }
#define B(http, body) { CUC_SENT, http, NULL, body, 0 }
#define H(http, lines) { CUC_SENT, http, lines, NULL, 0 }
#define LINES(lines) { CUC_SENT, 0, lines, NULL, 0 }
#define LOST { CUC_SEND_AGAIN, 0, NULL, NULL, 0 }
#define TIMED_OUT { CUC_SEND_AGAIN, 0, NULL, NULL, 30000 }
#define FINAL(number) { number, 0, NULL, NULL, 0 }
#define OK S(200)
#define A(...) .answers = { __VA_ARGS__ }, .count = ROWS(((answer[]){ __VA_ARGS__ }))

#define FIVE_LATE "date: Sun, 30 Aug 2015 12:41:00 GMT\n" /* against 12:36:00 in the fake world */
#define IN_TIME "date: Sun, 30 Aug 2015 12:36:00 GMT\n"
#define WRONG_CLOCK(code) { CUC_SENT, 403, FIVE_LATE "x-amzn-errortype: " code "\n", NULL, 0 }
#define HINT(line) { CUC_SENT, 503, line "\n", NULL, 0 }
#define SLOW_DOWN(line) { CUC_SENT, 429, line "\n", NULL, 0 }

enum { NO_SLEEP = 1, NO_CLOCK = 2, NO_SHARED = 4, RENEWS = 8, BY_BYTES = 16 };

typedef struct row {
    int         line;
    const char *says;
    answer      answers[4]; /* one an attempt, the last one repeats */
    size_t      count;
    /* what is set */
    int         most;
    uint32_t    limit_ms;
    unsigned    with;
    uint32_t    spent_before;
    /* what is to come of it */
    cuc_status  status;
    int         attempts, retryable, callback, http_status;
    struct {
        uint32_t least, most;
    } waits[9]; /* up to the first whose `most` is 0 */
    uint32_t spent;
} row;

#define T1 { 0, 50 }, { 0, 100 }    /* transient: base 50 ms   */
#define T2 { 0, 1000 }, { 0, 2000 } /* throttled: base 1000 ms */
#define ROW(text) .line = __LINE__, .says = text

static const row rows[] = {
    /* any 2xx is success, whatever the body says: P32 */
    { ROW("200"), A(OK), .attempts = 1 },
    { ROW("201"), A(S(201)), .attempts = 1 },
    { ROW("204 without a body"), A(S(204)), .attempts = 1 },
    { ROW("299"), A(S(299)), .attempts = 1 },
    { ROW("200 with the body of an error"),
     A(B(200, "{\"__type\":\"ThrottlingException\",\"message\":\"no\"}")), .attempts = 1 },
    { ROW("200 with junk"), A(B(200, "<html>")), .attempts = 1 },
    /* transient by status */
    { ROW("500, then well"), A(S(500), OK), .attempts = 2, .waits = { { 0, 50 } } },
    { ROW("502, then well"), A(S(502), OK), .attempts = 2, .waits = { { 0, 50 } } },
    { ROW("503, then well"), A(S(503), OK), .attempts = 2, .waits = { { 0, 50 } } },
    { ROW("504, then well"), A(S(504), OK), .attempts = 2, .waits = { { 0, 50 } } },
    { ROW("503 and 500, then well: only the last retry is given back"), A(S(503), S(500), OK),
     .attempts = 3, .waits = { T1 }, .spent = 14 },
    { ROW("503 all the time"), A(S(503)), .status = CUC_E_SERVICE, .attempts = 3, .waits = { T1 },
     .retryable = 1, .spent = 28 },
    { ROW("an HTML 503"), A(B(503, "<html><b>Service Unavailable</b></html>"), OK), .attempts = 2,
     .waits = { { 0, 50 } } },
    { ROW("InternalServiceException"), A(E(500, "InternalServiceException"), OK), .attempts = 2,
     .waits = { { 0, 50 } } },
    { ROW("501 is final"), A(S(501), OK), .status = CUC_E_SERVICE, .attempts = 1 },
    { ROW("505 is final"), A(S(505), OK), .status = CUC_E_SERVICE, .attempts = 1 },
    { ROW("599 is final"), A(S(599), OK), .status = CUC_E_SERVICE, .attempts = 1 },
    /* transient by code */
    { ROW("RequestTimeout"), A(E(400, "RequestTimeout"), OK), .attempts = 2,
     .waits = { { 0, 50 } } },
    { ROW("RequestTimeoutException"), A(E(408, "RequestTimeoutException"), OK), .attempts = 2,
     .waits = { { 0, 50 } } },
    { ROW("408 without a code is final"), A(S(408), OK), .status = CUC_E_SERVICE, .attempts = 1 },
    /* throttling */
    { ROW("429 without a code"), A(S(429), OK), .attempts = 2, .waits = { { 0, 1000 } } },
    { ROW("429 all the time"), A(S(429)), .status = CUC_E_SERVICE, .attempts = 3, .waits = { T2 },
     .retryable = 1, .spent = 10 },
    { ROW("ThrottlingException"), A(E(400, "ThrottlingException"), OK), .attempts = 2,
     .waits = { { 0, 1000 } } },
    { ROW("TooManyRequestsException"), A(E(429, "TooManyRequestsException"), OK), .attempts = 2,
     .waits = { { 0, 1000 } } },
    { ROW("a throttling code in the body"), A(B(400, "{\"__type\":\"a.b#SlowDown\"}"), OK),
     .attempts = 2, .waits = { { 0, 1000 } } },
    { ROW("503, then 429: each its own base"), A(S(503), S(429), OK), .attempts = 3,
     .waits = { { 0, 50 }, { 0, 2000 } }, .spent = 14 },
    { ROW("429, then 503"), A(S(429), S(503), OK), .attempts = 3,
     .waits = { { 0, 1000 }, { 0, 100 } }, .spent = 5 },
    /* final */
    { ROW("InvalidParameterException"), A(E(400, "InvalidParameterException"), OK),
     .status = CUC_E_SERVICE, .attempts = 1 },
    { ROW("AccessDeniedException"), A(E(403, "AccessDeniedException"), OK), .status = CUC_E_SERVICE,
     .attempts = 1 },
    { ROW("ResourceNotFoundException"), A(E(404, "ResourceNotFoundException"), OK),
     .status = CUC_E_SERVICE, .attempts = 1 },
    { ROW("ConflictException"), A(E(409, "ConflictException"), OK), .status = CUC_E_SERVICE,
     .attempts = 1 },
    /* a proxy or a portal in front: no code, no request id */
    { ROW("403 of a proxy"), A(B(403, "<html><b>Forbidden</b></html>"), OK),
     .status = CUC_E_SERVICE, .attempts = 1 },
    { ROW("407 of a proxy"), A(H(407, "proxy-authenticate: Basic\n"), OK), .status = CUC_E_SERVICE,
     .attempts = 1 },
    { ROW("503 of a proxy"), A(B(503, "<html><b>no such host</b></html>")), .most = 2,
     .status = CUC_E_SERVICE, .attempts = 2, .waits = { { 0, 50 } }, .retryable = 1, .spent = 14 },
    { ROW("503, then a final one"), A(S(503), S(400), OK), .status = CUC_E_SERVICE, .attempts = 2,
     .waits = { { 0, 50 } }, .spent = 14 },
    /* a redirect is neither followed nor retried: P29 */
    { ROW("301"), A(H(301, "location: https://evil.example/\n"), OK), .status = CUC_E_SERVICE,
     .attempts = 1 },
    { ROW("302"), A(S(302), OK), .status = CUC_E_SERVICE, .attempts = 1 },
    { ROW("304"), A(S(304), OK), .status = CUC_E_SERVICE, .attempts = 1 },
    { ROW("307"), A(H(307, "location: /elsewhere\nretry-after: 1\n"), OK), .status = CUC_E_SERVICE,
     .attempts = 1 },
    { ROW("308"), A(S(308), OK), .status = CUC_E_SERVICE, .attempts = 1 },
    /* odd statuses: P39 */
    { ROW("no status at all"), A(LINES(NULL), OK), .status = CUC_E_NO_STATUS, .attempts = 1 },
    { ROW("a head without a status line"), A(LINES("x-amzn-requestid: r\n"), OK),
     .status = CUC_E_NO_STATUS, .attempts = 1 },
    { ROW("status 000"), A(LINES("HTTP/1.1 000 X\n"), OK), .status = CUC_E_BAD_STATUS,
     .attempts = 1 },
    { ROW("status -1"), A(S(-1), OK), .status = CUC_E_BAD_STATUS, .attempts = 1 },
    { ROW("status 99"), A(S(99), OK), .status = CUC_E_BAD_STATUS, .attempts = 1 },
    { ROW("status 600"), A(S(600), OK), .status = CUC_E_BAD_STATUS, .attempts = 1 },
    { ROW("status 1000"), A(S(1000), OK), .status = CUC_E_BAD_STATUS, .attempts = 1 },
    { ROW("a bad status with a throttling code"), A(E(600, "ThrottlingException"), OK),
     .status = CUC_E_BAD_STATUS, .attempts = 1 },
    /* interim responses: P31 */
    { ROW("100, then 200"), A(LINES("HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\n")), .attempts = 1 },
    { ROW("103, then 503, then well"), A(LINES("HTTP/1.1 103 Hints\nHTTP/1.1 503 X\n"), OK),
     .attempts = 2, .waits = { { 0, 50 } } },
    { ROW("100 alone"), A(S(100), OK), .status = CUC_E_NO_STATUS, .attempts = 1 },
    { ROW("100, then cut off"), A({ CUC_SEND_AGAIN, 100, NULL, NULL, 0 }, OK), .attempts = 2,
     .waits = { { 0, 50 } } },
    /* lost responses: P63, an update that did arrive only sets the same fields again */
    { ROW("lost, then well"), A(LOST, OK), .attempts = 2, .waits = { { 0, 50 } } },
    { ROW("lost all the time"), A(LOST), .status = CUC_E_EXHAUSTED, .attempts = 3, .waits = { T1 },
     .retryable = 1, .spent = 28 },
    { ROW("timed out after sending"), A(TIMED_OUT, OK), .attempts = 2, .waits = { { 0, 50 } } },
    { ROW("cut off in the head"), A({ CUC_SEND_AGAIN, 0, "x-amzn-errortype: X\n", NULL, 0 }, OK),
     .attempts = 2, .waits = { { 0, 50 } } },
    { ROW("cut off in the body of a success"), A({ CUC_SEND_AGAIN, 200, NULL, "{", 0 }, OK),
     .attempts = 2, .waits = { { 0, 50 } } },
    { ROW("a proxy's 200, then TLS fails"), A({ CUC_SEND_AGAIN, 200, NULL, NULL, 0 }),
     .status = CUC_E_EXHAUSTED, .attempts = 3, .waits = { T1 }, .retryable = 1, .spent = 28,
     .http_status = 200 },
    { ROW("a proxy's 200, then a final error"), A({ 60, 200, NULL, NULL, 0 }),
     .status = CUC_E_CALLBACK, .callback = 60, .attempts = 1 },
    { ROW("a folded status line"), A(LINES(" HTTP/1.1 200 OK\n"), OK), .status = CUC_E_NO_STATUS,
     .attempts = 1 },
    { ROW("a folded status line, by a tab"), A(LINES("HTTP/1.1 404 X\n\tHTTP/1.1 200 OK\n"), OK),
     .status = CUC_E_SERVICE, .attempts = 1 },
    { ROW("a header that is named like a status line is none"),
     A(LINES("HTTP/1.1 400 X\nHTTP/x: 200 y\n"), OK), .status = CUC_E_SERVICE, .attempts = 1 },
    { ROW("a header :status after a status line is none of HTTP/2"),
     A(LINES("HTTP/1.1 400 X\n:status: 200\n"), OK), .status = CUC_E_SERVICE, .attempts = 1 },
    { ROW("of a success and a failure the failure counts"),
     A(LINES("HTTP/1.1 200 Connection established\n:status: 404\n"), OK), .status = CUC_E_SERVICE,
     .attempts = 1 },
    { ROW(":status of an interim and of the final response"),
     A(LINES(":status: 103\n:status: 200\n")), .attempts = 1 },
    { ROW("cut off in the status line"), A({ CUC_SEND_AGAIN, 0, "HTTP/1.1 20\n", NULL, 0 }, OK),
     .attempts = 2, .waits = { { 0, 50 } } },
    { ROW("cut off in the body of a 503"), A({ CUC_SEND_AGAIN, 503, NULL, "{\"mess", 0 }, OK),
     .attempts = 2, .waits = { { 0, 50 } } },
    { ROW("cut off in the body of a 400"), A({ CUC_SEND_AGAIN, 400, NULL, "{\"mess", 0 }, OK),
     .status = CUC_E_SERVICE, .attempts = 1 },
    { ROW("cut off after a bad status"), A({ CUC_SEND_AGAIN, 600, NULL, NULL, 0 }, OK),
     .status = CUC_E_BAD_STATUS, .attempts = 1 },
    { ROW("lost, then 503: the 503 is reported"), A(LOST, S(503)), .most = 2,
     .status = CUC_E_SERVICE, .attempts = 2, .waits = { { 0, 50 } }, .retryable = 1, .spent = 14 },
    { ROW("503, then lost"), A(S(503), LOST), .most = 2, .status = CUC_E_EXHAUSTED, .attempts = 2,
     .waits = { { 0, 50 } }, .retryable = 1, .spent = 14, .http_status = 503 },
    /* a number of send's own is final: P66 */
    { ROW("send fails with 1"), A(FINAL(1), OK), .status = CUC_E_CALLBACK, .attempts = 1,
     .callback = 1 },
    { ROW("send fails with -1"), A(FINAL(-1), OK), .status = CUC_E_CALLBACK, .attempts = 1,
     .callback = -1 },
    { ROW("send fails with INT_MIN"), A(FINAL(INT_MIN), OK), .status = CUC_E_CALLBACK,
     .attempts = 1, .callback = INT_MIN },
    { ROW("send fails with INT_MAX"), A(FINAL(INT_MAX), OK), .status = CUC_E_CALLBACK,
     .attempts = 1, .callback = INT_MAX },
    { ROW("send fails although it delivered 200"), A({ 7, 200, NULL, NULL, 0 }, OK),
     .status = CUC_E_CALLBACK, .attempts = 1, .callback = 7 },
    { ROW("send fails although it delivered 503"), A({ 7, 503, NULL, NULL, 0 }, OK),
     .status = CUC_E_CALLBACK, .attempts = 1, .callback = 7 },
    { ROW("503, then send fails"), A(S(503), FINAL(7), OK), .status = CUC_E_CALLBACK, .attempts = 2,
     .waits = { { 0, 50 } }, .callback = 7, .spent = 14 },
    /* without sleep_ms no retry that would have to wait */
    { ROW("503 without sleep_ms"), A(S(503), OK), .with = NO_SLEEP, .status = CUC_E_SERVICE,
     .attempts = 1, .retryable = 1 },
    { ROW("429 without sleep_ms"), A(S(429), OK), .with = NO_SLEEP, .status = CUC_E_SERVICE,
     .attempts = 1, .retryable = 1 },
    { ROW("lost without sleep_ms"), A(LOST, OK), .with = NO_SLEEP, .status = CUC_E_EXHAUSTED,
     .attempts = 1, .retryable = 1 },
    { ROW("a wrong clock without sleep_ms"), A(WRONG_CLOCK("RequestTimeTooSkewed"), OK),
     .with = NO_SLEEP, .attempts = 2 },
    { ROW("an expired token without sleep_ms"), A(E(403, "ExpiredTokenException"), OK),
     .with = NO_SLEEP | RENEWS, .attempts = 2 },
    /* max_attempts: 1 switches it off */
    { ROW("max_attempts 1, 503"), A(S(503), OK), .most = 1, .status = CUC_E_SERVICE, .attempts = 1,
     .retryable = 1 },
    { ROW("max_attempts 1, lost"), A(LOST, OK), .most = 1, .status = CUC_E_EXHAUSTED, .attempts = 1,
     .retryable = 1 },
    { ROW("max_attempts 1, a wrong clock"), A(WRONG_CLOCK("RequestExpired"), OK), .most = 1,
     .status = CUC_E_SERVICE, .attempts = 1, .retryable = 1 },
    { ROW("max_attempts 1, a wrong clock and no cuc_shared: the next call knows no better"),
     A(WRONG_CLOCK("RequestExpired"), OK), .most = 1, .with = NO_SHARED, .status = CUC_E_SERVICE,
     .attempts = 1 },
    { ROW("max_attempts 1, an expired token"), A(E(403, "ExpiredToken"), OK), .most = 1,
     .with = RENEWS, .status = CUC_E_SERVICE, .attempts = 1 },
    { ROW("max_attempts 2"), A(S(503)), .most = 2, .status = CUC_E_SERVICE, .attempts = 2,
     .waits = { { 0, 50 } }, .retryable = 1, .spent = 14 },
    { ROW("max_attempts -1 is three, too"), A(S(503)), .most = -1, .status = CUC_E_SERVICE,
     .attempts = 3, .waits = { T1 }, .retryable = 1, .spent = 28 },
    { ROW("max_attempts 10, transient"), A(S(503)), .most = 10, .status = CUC_E_SERVICE,
     .attempts = 10, .retryable = 1, .spent = 9 * 14,
     .waits = { T1,
                 { 0, 200 },
                 { 0, 400 },
                 { 0, 800 },
                 { 0, 1600 },
                 { 0, 3200 },
                 { 0, 6400 },
                 { 0, 12800 } } },
    { ROW("max_attempts 10, throttled: never more than 20 s"), A(S(429)), .most = 10,
     .status = CUC_E_SERVICE, .attempts = 10, .retryable = 1, .spent = 9 * 5,
     .waits = { T2,
                 { 0, 4000 },
                 { 0, 8000 },
                 { 0, 16000 },
                 { 0, 20000 },
                 { 0, 20000 },
                 { 0, 20000 },
                 { 0, 20000 } } },
    /* the time limit is for the whole call */
    { ROW("no attempt after the time limit"), A({ CUC_SENT, 503, NULL, NULL, 1000 }, OK),
     .limit_ms = 1000, .status = CUC_E_SERVICE, .attempts = 1, .retryable = 1 },
    { ROW("one that still fits"), A({ CUC_SENT, 503, NULL, NULL, 900 }, OK), .limit_ms = 1000,
     .attempts = 2, .waits = { { 0, 50 } } },
    { ROW("the limit runs from the first attempt, not from the last"),
     A({ CUC_SENT, 503, NULL, NULL, 600 }, { CUC_SENT, 503, NULL, NULL, 600 }, OK),
     .limit_ms = 1000, .most = 9, .status = CUC_E_SERVICE, .attempts = 2, .waits = { { 0, 50 } },
     .retryable = 1, .spent = 14 },
    { ROW("a hint that does not fit"), A(HINT("x-amz-retry-after: 1000"), OK), .limit_ms = 1000,
     .status = CUC_E_SERVICE, .attempts = 1, .retryable = 1 },
    { ROW("a hint that fits"), A(HINT("x-amz-retry-after: 999"), OK), .limit_ms = 1000,
     .attempts = 2, .waits = { { 999, 999 } } },
    { ROW("a wrong clock after the time limit"),
     A({ CUC_SENT, 403, "date: Sun, 30 Aug 2015 12:50:00 GMT\nx-amzn-errortype: RequestExpired\n",
          NULL, 1000 },
     OK),
     .limit_ms = 1000, .status = CUC_E_SERVICE, .attempts = 1, .retryable = 1 },
    { ROW("a wrong clock with a millisecond left"),
     A({ CUC_SENT, 403, "date: Sun, 30 Aug 2015 12:50:00 GMT\nx-amzn-errortype: RequestExpired\n",
          NULL, 999 },
     OK),
     .limit_ms = 1000, .attempts = 2 },
    { ROW("an expired token with a millisecond left"),
     A({ CUC_SENT, 403, "x-amzn-errortype: ExpiredToken\n", NULL, 999 }, OK), .limit_ms = 1000,
     .with = RENEWS, .attempts = 2 },
    { ROW("an expired token after the time limit"),
     A({ CUC_SENT, 403, "x-amzn-errortype: ExpiredToken\n", NULL, 1000 }, OK), .limit_ms = 1000,
     .with = RENEWS, .status = CUC_E_SERVICE, .attempts = 1 },
    { ROW("the first attempt is always made"), A({ CUC_SENT, 200, NULL, NULL, 5000 }),
     .limit_ms = 1, .attempts = 1 },
    { ROW("waits count even without a clock"), A(HINT("retry-after: 1")), .limit_ms = 2500,
     .most = 10, .with = NO_CLOCK, .status = CUC_E_SERVICE, .attempts = 3, .retryable = 1,
     .waits = { { 1000, 1000 }, { 1000, 1000 } }, .spent = 28 },
    /* the retry budget: 500, 14 a transient, 5 a throttled retry: P62 */
    { ROW("486 spent: one more retry"), A(S(503)), .spent_before = 486, .status = CUC_E_SERVICE,
     .attempts = 2, .waits = { { 0, 50 } }, .retryable = 1, .spent = 500 },
    { ROW("487 spent: none"), A(S(503), OK), .spent_before = 487, .status = CUC_E_SERVICE,
     .attempts = 1, .retryable = 1, .spent = 487 },
    { ROW("487 spent, throttled: two"), A(S(429)), .spent_before = 487, .status = CUC_E_SERVICE,
     .attempts = 3, .waits = { T2 }, .retryable = 1, .spent = 497 },
    { ROW("all spent, lost"), A(LOST, OK), .spent_before = 500, .status = CUC_E_EXHAUSTED,
     .attempts = 1, .retryable = 1, .spent = 500 },
    { ROW("all spent: a wrong clock costs nothing"), A(WRONG_CLOCK("RequestExpired"), OK),
     .spent_before = 500, .attempts = 2, .spent = 499 },
    { ROW("all spent: a new token costs nothing"), A(E(403, "ExpiredToken"), OK), .with = RENEWS,
     .spent_before = 500, .attempts = 2, .spent = 499 },
    { ROW("a success gives 1 back"), A(OK), .spent_before = 100, .attempts = 1, .spent = 99 },
    { ROW("a success gives its retry back"), A(S(503), OK), .spent_before = 100, .attempts = 2,
     .waits = { { 0, 50 } }, .spent = 100 },
    { ROW("a final failure gives nothing back"), A(S(400)), .spent_before = 100,
     .status = CUC_E_SERVICE, .attempts = 1, .spent = 100 },
    { ROW("without cuc_shared there is no retry budget"), A(S(503)), .most = 10, .with = NO_SHARED,
     .status = CUC_E_SERVICE, .attempts = 10, .retryable = 1,
     .waits = { T1,
                 { 0, 200 },
                 { 0, 400 },
                 { 0, 800 },
                 { 0, 1600 },
                 { 0, 3200 },
                 { 0, 6400 },
                 { 0, 12800 } } },
    /* hints: P59, P60 */
    { ROW("x-amz-retry-after is milliseconds"), A(HINT("x-amz-retry-after: 1500"), OK),
     .attempts = 2, .waits = { { 1500, 1500 } } },
    { ROW("Retry-After is seconds"), A(HINT("Retry-After: 3"), OK), .attempts = 2,
     .waits = { { 3000, 3000 } } },
    { ROW("5 seconds at most on top"), A(HINT("retry-after: 999"), OK), .attempts = 2,
     .waits = { { 5000, 5050 } } },
    { ROW("5 seconds at most on top of a throttled wait"), A(SLOW_DOWN("retry-after: 999"), OK),
     .attempts = 2, .waits = { { 5000, 6000 } } },
    { ROW("a hint never shortens"), A(SLOW_DOWN("x-amz-retry-after: 1"), OK), .attempts = 2,
     .waits = { { 1, 1000 } } },
    { ROW("both: the x-amz one"), A(HINT("retry-after: 2\nx-amz-retry-after: 700"), OK),
     .attempts = 2, .waits = { { 700, 700 } } },
    { ROW("a hint counts for its own response only"), A(HINT("x-amz-retry-after: 700"), S(503), OK),
     .attempts = 3, .waits = { { 700, 700 }, { 0, 100 } }, .spent = 14 },
    { ROW("a hint in a final response"), A(H(400, "retry-after: 1\n"), OK), .status = CUC_E_SERVICE,
     .attempts = 1 },
    { ROW("a hint in a lost response"), A({ CUC_SEND_AGAIN, 503, "retry-after: 2\n", NULL, 0 }, OK),
     .attempts = 2, .waits = { { 2000, 2000 } } },
    { ROW("Retry-After of 0"), A(HINT("retry-after: 0"), OK), .attempts = 2,
     .waits = { { 0, 50 } } },
    { ROW("of nothing"), A(HINT("retry-after:"), OK), .attempts = 2, .waits = { { 0, 50 } } },
    { ROW("of -1"), A(HINT("retry-after: -1"), OK), .attempts = 2, .waits = { { 0, 50 } } },
    { ROW("of 20 digits"), A(HINT("retry-after: 99999999999999999999"), OK), .attempts = 2,
     .waits = { { 0, 5050 } } },
    { ROW("of 1e3"), A(HINT("retry-after: 1e3"), OK), .attempts = 2, .waits = { { 0, 50 } } },
    { ROW("of \" 5\""), A(HINT("retry-after:  5"), OK), .attempts = 2,
     .waits = { { 5000, 5000 } } },
    { ROW("of 5x"), A(HINT("retry-after: 5x"), OK), .attempts = 2, .waits = { { 0, 50 } } },
    { ROW("as a date"), A(HINT("retry-after: Sun, 30 Aug 2015 12:36:04 GMT"), OK), .attempts = 2,
     .waits = { { 0, 50 } } },
    /* the clock */
    { ROW("RequestTimeTooSkewed"), A(WRONG_CLOCK("RequestTimeTooSkewed"), OK), .attempts = 2 },
    { ROW("SignatureDoesNotMatch and the clock is wrong"),
     A(WRONG_CLOCK("SignatureDoesNotMatch"), OK), .attempts = 2 },
    { ROW("SignatureDoesNotMatch and the clock is right"),
     A(H(403, IN_TIME "x-amzn-errortype: SignatureDoesNotMatch\n"), OK), .status = CUC_E_SERVICE,
     .attempts = 1 },
    { ROW("a wrong clock, but no Date"), A(E(403, "RequestTimeTooSkewed"), OK),
     .status = CUC_E_SERVICE, .attempts = 1 },
    { ROW("corrected, and still refused"),
     A(WRONG_CLOCK("RequestExpired"), WRONG_CLOCK("RequestExpired"), OK), .status = CUC_E_SERVICE,
     .attempts = 2 },
    { ROW("a wrong clock, then throttled, then well"), A(WRONG_CLOCK("RequestExpired"), S(429), OK),
     .attempts = 3, .waits = { { 0, 2000 } } },
    /* the token */
    { ROW("expired, without a credentials callback"), A(E(403, "ExpiredTokenException"), OK),
     .status = CUC_E_SERVICE, .attempts = 1 },
    { ROW("expired, renewed"), A(E(403, "ExpiredTokenException"), OK), .with = RENEWS,
     .attempts = 2 },
    { ROW("expired twice: renewed once"), A(E(400, "ExpiredToken")), .with = RENEWS, .most = 9,
     .status = CUC_E_SERVICE, .attempts = 2 },
    { ROW("expired, then 503, then expired"),
     A(E(400, "ExpiredToken"), S(503), E(400, "ExpiredToken"), OK), .with = RENEWS, .most = 9,
     .status = CUC_E_SERVICE, .attempts = 3, .waits = { { 0, 100 } }, .spent = 14 },
    /* arriving byte by byte */
    { ROW("a throttling code, byte by byte"),
     A(B(400, "{\"message\":\"Rate exceeded\",\"code\":\"Throttling\"}"), OK), .with = BY_BYTES,
     .attempts = 2, .waits = { { 0, 1000 } } },
    { ROW("a final code, byte by byte"), A(B(400, "{\"code\":\"InvalidRequestException\"}"), OK),
     .with = BY_BYTES, .status = CUC_E_SERVICE, .attempts = 1 },
};

static void set_up(const row *r, world *w, cuc_client *c, cuc_shared *shared)
{
    memset(shared, 0, sizeof *shared);
    shared->spent    = r->spent_before;
    *w               = new_world(r->answers, r->count);
    w->chunk         = r->with & BY_BYTES ? 1 : 0;
    *c               = world_client(w);
    c->shared        = r->with & NO_SHARED ? NULL : shared;
    c->max_attempts  = r->most;
    c->time_limit_ms = r->limit_ms;
    if (r->with & NO_SLEEP) c->sleep_ms = NULL;
    if (r->with & NO_CLOCK) c->now_ms = NULL;
    if (r->with & RENEWS) c->credentials = world_credentials;
}

static void waits_are(const row *r, const world *w, const cuc_result *result)
{
    uint32_t sum = 0;
    long     i;
    for (i = 0; i < w->sleeps; i++) {
        assert_number(i < 9 && r->waits[i].most > 0, 1, r->line); /* one wait too many */
        assert_number(w->waits[i] >= r->waits[i].least, 1, r->line);
        assert_number(w->waits[i] <= r->waits[i].most, 1, r->line);
        sum += w->waits[i];
    }
    if (i < 9) assert_number(r->waits[i].most, 0, r->line); /* or too few */
    assert_number(result->waited_ms, sum, r->line);
}

static void responses_give_attempts_waits_and_outcome(void **state)
{
    const cuc_request request = small_request();
    size_t            i;
    (void)state;
    assert_true(ROWS(rows) >= 60);
    for (i = 0; i < ROWS(rows); i++) {
        const row *r    = &rows[i];
        char      *work = block(CUC_WORK_SIZE(100, 0));
        cuc_shared shared;
        cuc_client client;
        cuc_result result;
        world      w;
        set_up(r, &w, &client, &shared);
        assert_number(cuc_update_contact(&client, &request, work, CUC_WORK_SIZE(100, 0), &result),
                      r->status, r->line);
        assert_number(result.status, r->status, r->line);
        assert_number(result.attempts, r->attempts, r->line);
        assert_number(w.sends, r->attempts, r->line);
        assert_number(result.retryable, r->retryable, r->line);
        assert_number(result.callback, r->callback, r->line);
        if (r->status == CUC_E_NO_STATUS || r->status == CUC_E_EXHAUSTED)
            assert_number(result.http_status, r->http_status, r->line); /* an interim one is none */
        assert_text(result.where, r->status == CUC_E_CALLBACK ? "send" : "", r->line);
        assert_number(shared.spent, r->with & NO_SHARED ? 0 : r->spent, r->line);
        if (r->with & RENEWS) assert_number(w.asked, r->attempts, r->line);
        waits_are(r, &w, &result);
        free(work);
    }
}

/* The one call runs the state machine: the same rows with a caller that waits itself. */
static void the_state_machine_gives_the_same_outcomes(void **state)
{
    const cuc_request request = small_request();
    size_t            i;
    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        const row *r    = &rows[i];
        char      *work = block(CUC_WORK_SIZE(100, 0));
        cuc_call  *call = block(sizeof *call);
        cuc_shared shared;
        cuc_client client;
        cuc_next   next;
        world      w;
        if (r->with & (NO_SLEEP | NO_CLOCK)) {
            free(work);
            free(call);
            continue; /* settings of the one call */
        }
        set_up(r, &w, &client, &shared);
        begin_call(call, &client, &request, work, CUC_WORK_SIZE(100, 0));
        while ((next = cuc_call_next(call, w.now_ms)) != CUC_NEXT_DONE) {
            if (next == CUC_NEXT_SEND)
                cuc_call_end(call, world_send(&w, cuc_call_http_request(call), call));
            else world_sleep(&w, cuc_call_wait_ms(call));
        }
        assert_number(result_of(call)->status, r->status, r->line);
        assert_number(result_of(call)->attempts, r->attempts, r->line);
        assert_number(result_of(call)->retryable, r->retryable, r->line);
        assert_number(w.sends, r->attempts, r->line);
        assert_number(shared.spent, r->with & NO_SHARED ? 0 : r->spent, r->line);
        waits_are(r, &w, result_of(call));
        free(call);
        free(work);
    }
}

static int deliver_odd_status(world *w, const cuc_http_request *http, cuc_call *call)
{
    static const int odd[] = { 0, -1, 99, 600, 1000, INT_MAX, INT_MIN };
    (void)http;
    cuc_call_status(call, odd[w->asked]);
    return 0;
}

static void odd_numeric_statuses_are_bad_status(void **state) /* P39 */
{
    static const answer nothing = LINES(NULL);
    long                i;
    (void)state;
    for (i = 0; i < 7; i++) {
        world      w      = new_world(&nothing, 1);
        cuc_client client = world_client(&w);
        cuc_result result;
        w.on_send = deliver_odd_status;
        w.asked   = i;
        assert_int_equal(update(&client, &result), CUC_E_BAD_STATUS);
        assert_int_equal(w.sends, 1);
        assert_int_equal(result.retryable, 0);
    }
}

/* ---- jitter: bits of the request's own signature --------------------------------------------- */

static const answer throttled[] = { S(429) };

/* The first wait of a call whose first response is 429. */
static uint32_t first_wait(const cuc_client *client, const cuc_request *request, int64_t now)
{
    char     work[2048];
    cuc_call call;
    begin_call(&call, client, request, work, sizeof work);
    assert_int_equal(cuc_call_next(&call, now), CUC_NEXT_SEND);
    exchange(&call, throttled, 0);
    assert_int_equal(cuc_call_next(&call, now), CUC_NEXT_WAIT);
    return cuc_call_wait_ms(&call);
}

static void two_devices_get_different_jitter(void **state) /* P61 */
{
    const int64_t now = 1440938160000;
    world         w   = new_world(throttled, 1);
    cuc_client    a = world_client(&w), b = a;
    cuc_request   p = small_request(), q = p;
    uint32_t      wait;
    (void)state;
    b.access_key = cuc_s("AKIDOTHER"); /* with the secret that belongs to it */
    b.secret_key = cuc_s("wJalrXUtnFEMI/K7MDENG+bPxRfiCYOTHER");
    q.contact_id = cuc_s("abcdef01-2345-6789-abcd-ef0123456780");
    wait         = first_wait(&a, &p, now);
    assert_int_equal(first_wait(&a, &p, now), wait); /* nothing else has an influence */
    assert_int_not_equal(first_wait(&b, &p, now), wait);
    assert_int_not_equal(first_wait(&a, &q, now), wait);
    assert_int_not_equal(first_wait(&a, &p, now + 1000), wait);
    q      = p;
    q.name = cuc_s("Order 1235");
    assert_int_not_equal(first_wait(&a, &q, now), wait);
}

static void devices_of_one_account_get_different_jitter(void **state) /* P61 */
{
    world       w      = new_world(throttled, 1);
    cuc_client  client = world_client(&w);
    cuc_request q      = small_request();
    uint32_t    waits[50];
    char        id[37];
    size_t      i, k, same = 0;
    (void)state;
    for (i = 0; i < 50; i++) {
        sprintf(id, "abcdef01-2345-6789-abcd-ef01234567%02d", (int)i);
        q.contact_id = cuc_s(id);
        waits[i]     = first_wait(&client, &q, 1440938160000);
        for (k = 0; k < i; k++) same += waits[k] == waits[i];
    }
    assert_in_range(same, 0, 6); /* of 1,225 pairs, 1.2 are expected */
}

/* Attempts within one second have the same signature. Field report 2.6: their waits must not be the
 * same number at another scale. Were they, 50 of 50 calls would show it; by chance about 1 in 500 do. */
static void each_attempt_has_its_own_jitter(void **state) /* P61 */
{
    world       w      = new_world(throttled, 1);
    cuc_client  client = world_client(&w);
    cuc_request q      = small_request();
    char        id[48];
    int         i, k, same = 0;
    (void)state;
    client.max_attempts = 9; /* more than the eight parts of a signature */
    for (i = 0; i < 50; i++) {
        uint32_t waits[8];
        char     work[2048];
        cuc_call call;
        sprintf(id, "abcdef01-2345-6789-abcd-ef01234567%02d", i);
        q.contact_id = cuc_s(id);
        begin_call(&call, &client, &q, work, sizeof work);
        for (k = 0; k < 8; k++) {
            assert_int_equal(cuc_call_next(&call, 1440938160000), CUC_NEXT_SEND);
            exchange(&call, throttled, 0);
            assert_int_equal(cuc_call_next(&call, 1440938160000), CUC_NEXT_WAIT);
            waits[k] = cuc_call_wait_ms(&call);
        }
        same += waits[1] / 2 == waits[0] || waits[2] / 4 == waits[0] || waits[2] / 2 == waits[1];
        same += waits[6] == waits[5] || waits[7] == waits[6]; /* both are bounded by 20 s */
    }
    assert_in_range(same, 0, 5);
}

/* 10,000 signatures: all of 0..1000 in 77 bins of 13; chi-square below the 0.999 point of 76
 * degrees of freedom, 119.9; in tenths, so that no floating point is needed.                     */
static void waits_are_uniform_up_to_the_backoff_bound(void **state) /* P61 */
{
    static const int64_t expected = 10000 * 10 / 77; /* tenths a bin */
    world                w        = new_world(throttled, 1);
    cuc_client           client   = world_client(&w);
    const cuc_request    request  = small_request();
    long                 bins[77] = { 0 }, i;
    int64_t              chi      = 0;
    cuc_signing_key      key      = signing_key(&client, 1440892800000);
    (void)state;
    client.signing_key = &key; /* half the hashing */
    for (i = 0; i < 10000; i++) {
        const uint32_t wait = first_wait(&client, &request, 1440892800000 + i * 1000);
        assert_in_range(wait, 0, 1000);
        bins[wait / 13]++;
    }
    for (i = 0; i < 77; i++) {
        const int64_t off = bins[i] * 10 - expected;
        chi += off * off / expected;
    }
    assert_in_range(chi, 300, 1199); /* too even would not be random either */
}

/* ---- every attempt gets its own signature ---------------------------------------------------- */

static const answer lost_then_well[] = { LOST, OK };

/* The signature that a fresh client makes at that time. */
static void signature_at(const cuc_client *client, int64_t now, char out[65])
{
    const cuc_request request = small_request();
    char              work[4096];
    cuc_call          call;
    cuc_client        fresh = *client;
    fresh.credentials       = NULL;
    fresh.shared            = NULL;
    begin_call(&call, &fresh, &request, work, sizeof work);
    assert_int_equal(cuc_call_next(&call, now), CUC_NEXT_SEND);
    snprintf(out, 65, "%s", strstr(cuc_call_http_request(&call)->values[2], "Signature=") + 10);
}

static int sleep_a_minute(world *w, uint32_t ms)
{
    (void)ms;
    w->now_ms += 60000;
    return 0;
}

static void each_attempt_has_a_new_signature(void **state) /* P17 */
{
    world      w      = new_world(lost_then_well, 2);
    cuc_client client = world_client(&w);
    char       again[65];
    cuc_result result;
    (void)state;
    w.on_sleep = sleep_a_minute;
    assert_int_equal(update(&client, &result), CUC_OK);
    assert_string_equal(w.dates[0], "20150830T123600Z");
    assert_string_equal(w.dates[1], "20150830T123700Z");
    signature_at(&client, w.now_ms, again);
    assert_string_equal(w.signatures[1], again);
    assert_string_not_equal(w.signatures[0], w.signatures[1]);
}

static int64_t ticking(void *user) /* every reading is a second later */
{
    world *w = user;
    w->now_ms += 1000;
    w->clock_reads++;
    return w->now_ms;
}

static void an_attempt_is_signed_with_one_clock_reading(void **state) /* P16 */
{
    world      w      = new_world(lost_then_well, 2);
    cuc_client client = world_client(&w);
    char       scope[64], again[65];
    cuc_result result;
    (void)state;
    client.now_ms = ticking;
    w.now_ms      = 1440979197000; /* 2015-08-30T23:59:57Z: 58, then 59, then 00 */
    assert_int_equal(update(&client, &result), CUC_OK);
    assert_int_equal(w.sends, 2);
    assert_string_equal(w.dates[0], "20150830T235958Z");
    assert_string_equal(w.dates[1], "20150831T000000Z"); /* midnight passed between two attempts */
    snprintf(scope, sizeof scope, "Credential=AKIDEXAMPLE/%.8s/us-east-1/", w.dates[1]);
    assert_non_null(strstr(w.last_authorization, scope));
    signature_at(&client, 1440979200000, again);
    assert_string_equal(w.signatures[1], again);
    assert_int_equal(w.clock_reads, 4); /* before and after each attempt */
}

static int sleep_past_midnight(world *w, uint32_t ms)
{
    (void)ms;
    w->now_ms = 1440979200000;
    return 0;
}

static void a_signing_key_of_another_day_is_an_error(void **state) /* P17 */
{
    static const struct {
        int        line;
        int64_t    now;
        cuc_status status;
    } row[] = {
        { __LINE__, 1440892799999, CUC_E_KEY_DAY },
        { __LINE__, 1440892800000, CUC_OK        },
        { __LINE__, 1440979199999, CUC_OK        },
        { __LINE__, 1440979200000, CUC_E_KEY_DAY },
        { __LINE__, 0,             CUC_OK        }, /* no idea of the time: the key's day */
        { __LINE__, 1420070400000, CUC_E_KEY_DAY }, /* 2015-01-01: a clock that was set */
        { __LINE__, 1472515200000, CUC_E_KEY_DAY },
    };
    static const answer well = OK;
    size_t              i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        world           w      = new_world(&well, 1);
        cuc_client      client = world_client(&w);
        cuc_signing_key key    = signing_key(&client, w.now_ms);
        cuc_result      result;
        client.signing_key = &key;
        w.now_ms           = row[i].now;
        assert_number(update(&client, &result), row[i].status, row[i].line);
        assert_number(w.sends, row[i].status == CUC_OK, row[i].line);
        assert_text(result.where, row[i].status == CUC_OK ? "" : "signing_key", row[i].line);
    }
}

static void a_signing_key_expires_at_midnight_between_attempts(void **state) /* P17 */
{
    world           w      = new_world(lost_then_well, 2);
    cuc_client      client = world_client(&w);
    cuc_signing_key key    = signing_key(&client, w.now_ms);
    cuc_result      result;
    (void)state;
    client.signing_key = &key;
    w.on_sleep         = sleep_past_midnight;
    assert_int_equal(update(&client, &result), CUC_E_KEY_DAY);
    assert_string_equal(result.where, "signing_key");
    assert_int_equal(w.sends, 1);
    assert_int_equal(result.attempts, 1);
    assert_int_equal(result.retryable, 0); /* the same key is no use tomorrow either */
}

static void a_clock_offset_can_change_the_day_of_the_key(void **state) /* P17 */
{
    static const answer well   = OK;
    world               w      = new_world(&well, 1);
    cuc_client          client = world_client(&w);
    cuc_shared          shared = CUC_ZERO;
    cuc_signing_key     key    = signing_key(&client, w.now_ms);
    cuc_result          result;
    (void)state;
    client.signing_key     = &key;
    client.shared          = &shared;
    shared.clock_offset_ms = 86400000;
    assert_int_equal(update(&client, &result), CUC_E_KEY_DAY);
    w.now_ms -= 86400000; /* a clock that is a day behind, and known to be */
    assert_int_equal(update(&client, &result), CUC_OK);
}

/* ---- credentials ----------------------------------------------------------------------------- */

static int rotate(world *w, cuc_credentials *copy)
{
    copy->access_key = cuc_s(w->asked == 1 ? "AKIDFIRST" : "AKIDSECOND");
    copy->secret_key = cuc_s(w->asked == 1 ? "first-secret" : "second-secret");
    if (w->asked == 2) copy->session_token = cuc_s("second-token");
    return 0;
}

static void an_attempt_is_signed_with_what_credentials_returns(void **state) /* P14 */
{
    world      w      = new_world(lost_then_well, 2);
    cuc_client client = world_client(&w), second;
    char       again[65];
    cuc_result result;
    (void)state;
    client.credentials = world_credentials;
    w.on_credentials   = rotate;
    assert_int_equal(update(&client, &result), CUC_OK);
    assert_int_equal(w.asked, 2);
    assert_non_null(strstr(w.last_authorization, "Credential=AKIDSECOND/"));
    assert_non_null(strstr(w.last_authorization, ";x-amz-security-token,"));
    second               = client;
    second.access_key    = cuc_s("AKIDSECOND");
    second.secret_key    = cuc_s("second-secret");
    second.session_token = cuc_s("second-token");
    signature_at(&second, w.now_ms, again);
    assert_string_equal(w.signatures[1], again);
    second.access_key    = cuc_s("AKIDFIRST");
    second.secret_key    = cuc_s("first-secret");
    second.session_token = cuc_s(NULL);
    signature_at(&second, 1440938160000, again);
    assert_string_equal(w.signatures[0], again);
    assert_string_equal(client.access_key.ptr, "AKIDEXAMPLE"); /* the caller's is never written */
}

static char rotating_secret[] = "old-secret", rotating_key[] = "AKIDOLD";

static int overwrite(world *w, uint32_t ms)
{
    (void)w;
    (void)ms;
    memcpy(rotating_secret, "new", 3);
    memcpy(rotating_key + 4, "NEW", 3);
    return 0;
}

static void a_key_changed_between_attempts_signs_the_next_one(void **state) /* P14, P69 */
{
    world      w      = new_world(lost_then_well, 2);
    cuc_client client = world_client(&w);
    char       before[65], after[65];
    cuc_result result;
    (void)state;
    client.secret_key = cuc_s(rotating_secret);
    client.access_key = cuc_s(rotating_key);
    w.on_sleep        = overwrite;
    signature_at(&client, w.now_ms, before);
    assert_int_equal(update(&client, &result), CUC_OK);
    signature_at(&client, w.now_ms, after);
    assert_string_equal(w.signatures[0], before);
    assert_string_equal(w.signatures[1], after);
    assert_non_null(strstr(w.last_authorization, "Credential=AKIDNEW/"));
}

static int new_signing_key(world *w, cuc_credentials *copy)
{
    static cuc_signing_key key;
    const cuc_client       maker = world_client(w);
    key                          = signing_key(&maker, w->now_ms);
    copy->signing_key            = &key;
    return 0;
}

static void a_signing_key_may_come_from_credentials(void **state) /* P15, P17 */
{
    world      w      = new_world(lost_then_well, 2);
    cuc_client client = world_client(&w);
    char       again[65];
    cuc_result result;
    (void)state;
    client.credentials = world_credentials;
    w.on_credentials   = new_signing_key;
    w.on_sleep         = sleep_past_midnight;
    assert_int_equal(update(&client, &result), CUC_OK);
    client.credentials = NULL;
    signature_at(&client, 1440979200000, again);
    assert_string_equal(w.signatures[1], again);
}

static int second_time_fails(world *w, cuc_credentials *copy)
{
    (void)copy;
    return w->asked == 2 ? -9 : 0;
}

static int bad_key_later(world *w, cuc_credentials *copy)
{
    if (w->asked == 2) copy->access_key = cuc_s("AKID\n");
    return 0;
}

static int lose_token(world *w, cuc_credentials *copy)
{
    (void)w;
    copy->session_token.ptr = NULL;
    copy->session_token.len = 5;
    return 0;
}

static void what_credentials_returns_is_checked_at_each_attempt(void **state) /* P10, P65, P74 */
{
    static const struct {
        int line;
        int (*on_credentials)(world *w, cuc_credentials *copy);
        cuc_status  status;
        const char *where;
        int         callback, attempts;
    } row[] = {
        { __LINE__, second_time_fails, CUC_E_CALLBACK,    "credentials",   -9, 1 },
        { __LINE__, bad_key_later,     CUC_E_CREDENTIALS, "access_key",    0,  1 },
        { __LINE__, lose_token,        CUC_E_REQUIRED,    "session_token", 0,  0 },
    };
    size_t i;
    (void)state;
    for (i = 0; i < ROWS(row); i++) {
        world      w      = new_world(lost_then_well, 2);
        cuc_client client = world_client(&w);
        cuc_result result;
        client.session_token = cuc_s("a-token");
        client.credentials   = world_credentials;
        w.on_credentials     = row[i].on_credentials;
        assert_number(update(&client, &result), row[i].status, row[i].line);
        assert_text(result.where, row[i].where, row[i].line);
        assert_int_equal(result.callback, row[i].callback);
        assert_number(result.attempts, row[i].attempts, row[i].line);
        assert_number(w.sends, row[i].attempts, row[i].line);
        assert_number(result.retryable, 0, row[i].line);
    }
}

static char long_token[3001];

static int longer_token_later(world *w, cuc_credentials *copy)
{
    if (w->asked == 2) copy->session_token = cuc_s(long_token);
    return 0;
}

static void a_longer_token_reports_the_required_size(void **state) /* P12 */
{
    const cuc_request request  = small_request();
    size_t            required = 0;
    int               round;
    (void)state;
    memset(long_token, 't', sizeof long_token - 1);
    for (round = 0; round < 3; round++) { /* too small; one byte too small; enough */
        const size_t cap    = round == 0 ? 1024 : round == 1 ? required - 1 : required;
        world        w      = new_world(lost_then_well, 2);
        cuc_client   client = world_client(&w);
        char        *work   = block(cap);
        cuc_result   result;
        client.credentials = world_credentials;
        w.on_credentials   = longer_token_later;
        assert_int_equal(cuc_update_contact(&client, &request, work, cap, &result),
                         round == 2 ? CUC_OK : CUC_E_SPACE);
        assert_int_equal(w.sends, round == 2 ? 2 : 1);
        required = result.required;
        free(work);
    }
}

/* ---- stopping -------------------------------------------------------------------------------- */

static int stop(world *w, uint32_t ms)
{
    (void)ms;
    return w->sleeps == 2 ? 1234 : 0;
}

static void a_failing_sleep_ms_ends_the_call(void **state) /* P66 */
{
    static const answer busy   = S(503);
    world               w      = new_world(&busy, 1);
    cuc_client          client = world_client(&w);
    cuc_result          result;
    (void)state;
    client.max_attempts = 9;
    w.on_sleep          = stop;
    assert_int_equal(update(&client, &result), CUC_E_CALLBACK);
    assert_string_equal(result.where, "sleep_ms");
    assert_int_equal(result.callback, 1234);
    assert_int_equal(result.attempts, 2);
    assert_int_equal(w.sends, 2);
    assert_int_equal(result.http_status, 503); /* the last response is still there */
}

static void the_result_describes_the_last_response(void **state)
{
    static const answer story[] = {
        { CUC_SENT, 503, "x-amzn-requestid: one\nx-amz-retry-after: 700\n", "{\"message\":\"1\"}",
         40                                                                                            },
        { CUC_SENT, 400,
         "x-amzn-requestid: two\nx-amzn-errortype: a#ConflictException:b\n"
          "date: Sun, 30 Aug 2015 12:36:10 GMT\n",                          "{\"Message\":\"2\"}", 200 },
    };
    world      w      = new_world(story, 2);
    cuc_client client = world_client(&w);
    cuc_result r;
    (void)state;
    assert_int_equal(update(&client, &r), CUC_E_SERVICE);
    assert_int_equal(r.http_status, 400);
    assert_int_equal(r.attempts, 2);
    assert_int_equal(r.waited_ms, 700);
    assert_int_equal(r.retryable, 0);
    assert_true(r.clock_offset_ms == 10000 - 740 - 100);
    assert_string_equal(r.code, "ConflictException");
    assert_string_equal(r.message, "2");
    assert_string_equal(r.request_id, "two");
}

static void an_earlier_response_leaves_nothing_in_the_result(void **state)
{
    static const answer story[] = {
        { CUC_SENT, 503, "x-amzn-requestid: one\nx-amzn-errortype: E\n",
         "{\"message\":\"1\",\"Reason\":{\"r\":\"R\"}}", 0 },
        LOST,
        OK,
    };
    int most;
    (void)state;
    for (most = 2; most <= 3; most++) {
        world      w      = new_world(story, 3);
        cuc_client client = world_client(&w);
        cuc_result r;
        client.max_attempts = most;
        assert_int_equal(update(&client, &r), most == 2 ? CUC_E_EXHAUSTED : CUC_OK);
        assert_int_equal(r.http_status, most == 2 ? 503 : 200); /* of the last response */
        assert_string_equal(r.code, "");
        assert_string_equal(r.message, "");
        assert_string_equal(r.reason, "");
        assert_string_equal(r.request_id, "");
    }
}

/* One cuc_shared, many calls: one retry budget for all, which successes refill. */
static void calls_share_one_retry_budget_and_refill_it(void **state) /* P62 */
{
    static const answer down = S(503), well = OK;
    cuc_shared          shared = CUC_ZERO;
    cuc_result          r;
    long                calls, sends = 0;
    (void)state;
    for (calls = 0; calls < 100; calls++) {
        world      w      = new_world(&down, 1);
        cuc_client client = world_client(&w);
        client.shared     = &shared;
        assert_int_equal(update(&client, &r), CUC_E_SERVICE);
        assert_int_equal(r.retryable, 1);
        sends += w.sends;
    }
    assert_int_equal(sends, 100 + 500 / 14);
    assert_int_equal(shared.spent, 490);
    for (calls = 0; calls < 490; calls++) {
        world      w      = new_world(&well, 1);
        cuc_client client = world_client(&w);
        client.shared     = &shared;
        assert_int_equal(update(&client, &r), CUC_OK);
        assert_int_equal(shared.spent, 489 - calls);
    }
}

static void a_response_does_not_change_the_next_signature(void **state)
{
    static char         body[900];
    static const answer story[] = {
        { CUC_SENT, 503, NULL, body, 0 },
        OK
    };
    int made;
    (void)state;
    memset(body, 'm', sizeof body - 1);
    memcpy(body, "{\"message\":\"", 12);
    memcpy(body + sizeof body - 3, "\"}", 2);
    for (made = 0; made < 2; made++) {
        world      w      = new_world(story, 2);
        cuc_client client = world_client(&w);
        cuc_result r;
        if (made) client.hmac_sha256 = NULL;
        assert_int_equal(update(&client, &r), CUC_OK);
        assert_int_equal(r.attempts, 2);
        assert_string_equal(w.dates[1], w.dates[0]); /* the wait was below a second */
        assert_string_equal(w.signatures[1], w.signatures[0]);
    }
}

static void the_sentence_says_why_no_further_retry_was_made(void **state)
{
    static const answer busy  = S(503);
    static const char   end[] = "; no further retry, because of time_limit_ms";
    cuc_shared          spent = CUC_ZERO;
    world               w     = new_world(&busy, 1);
    cuc_client          c     = world_client(&w);
    cuc_result          r;
    char                text[CUC_TEXT_SIZE];
    (void)state;
    c.sleep_ms = NULL;
    (void)update(&c, &r);
    (void)cuc_result_text(&r, text, sizeof text);
    assert_non_null(strstr(text, "; no retry, because sleep_ms is not set"));
    c           = world_client(&w);
    c.shared    = &spent;
    spent.spent = CUC_RETRY_BUDGET;
    (void)update(&c, &r);
    (void)cuc_result_text(&r, text, sizeof text);
    assert_non_null(strstr(text, "; no further retry, because the retry budget is spent"));
    c               = world_client(&w);
    c.time_limit_ms = 1;
    (void)update(&c, &r);
    (void)cuc_result_text(&r, text, sizeof text);
    assert_string_equal(text + strlen(text) - (sizeof end - 1), end);
    c.time_limit_ms = 0; /* all attempts are used: nothing to say */
    (void)update(&c, &r);
    assert_int_equal(r.detail, 0);
}

int api_policy(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(responses_give_attempts_waits_and_outcome),
        cmocka_unit_test(the_state_machine_gives_the_same_outcomes),
        cmocka_unit_test(odd_numeric_statuses_are_bad_status),
        cmocka_unit_test(two_devices_get_different_jitter),
        cmocka_unit_test(devices_of_one_account_get_different_jitter),
        cmocka_unit_test(each_attempt_has_its_own_jitter),
        cmocka_unit_test(waits_are_uniform_up_to_the_backoff_bound),
        cmocka_unit_test(each_attempt_has_a_new_signature),
        cmocka_unit_test(an_attempt_is_signed_with_one_clock_reading),
        cmocka_unit_test(a_signing_key_of_another_day_is_an_error),
        cmocka_unit_test(a_signing_key_expires_at_midnight_between_attempts),
        cmocka_unit_test(a_clock_offset_can_change_the_day_of_the_key),
        cmocka_unit_test(an_attempt_is_signed_with_what_credentials_returns),
        cmocka_unit_test(a_key_changed_between_attempts_signs_the_next_one),
        cmocka_unit_test(a_signing_key_may_come_from_credentials),
        cmocka_unit_test(what_credentials_returns_is_checked_at_each_attempt),
        cmocka_unit_test(a_longer_token_reports_the_required_size),
        cmocka_unit_test(a_failing_sleep_ms_ends_the_call),
        cmocka_unit_test(the_result_describes_the_last_response),
        cmocka_unit_test(an_earlier_response_leaves_nothing_in_the_result),
        cmocka_unit_test(calls_share_one_retry_budget_and_refill_it),
        cmocka_unit_test(a_response_does_not_change_the_next_signature),
        cmocka_unit_test(the_sentence_says_why_no_further_retry_was_made),
    };
    return GROUP(tests);
}
