/* Bytes become a client's settings, a service's responses, readings of a clock, and callbacks that
 * fail or call back in. Every decision of the call is compared with the rules, which are written
 * here a second time from the documentation. */
#define _DEFAULT_SOURCE /* timegm, gmtime_r */
#include <time.h>

#include "fuzz.h"

/* ---- what happens, as told by the input ------------------------------------------------------ */

enum { LONGEST_WAIT = 25000, MATTERS = 240000, TRUSTED = 900000, NEVER_MORE = 200 };

typedef struct answer {
    int     status, outcome; /* 0: none is delivered */
    cuc_str code;
    char    date[64], age[64], seconds[64], milliseconds[64]; /* header lines; empty: none */
    int64_t date_ms;                                          /* -1: no date that can be read */
    int64_t hint_ms;                                          /* -1: none */
} answer;

typedef struct world {
    bytes                  in;
    cuc_client             client;
    cuc_shared             shared;
    int64_t                now;
    int                    one_call;
    int                    nothing; /* 1: the request has nothing to update */
    /* what is known from outside */
    answer                 last;
    cuc_result            *result;        /* the caller's; NULL: not known */
    const cuc_signing_key *key;           /* what the attempt signs with; NULL: the secret */
    cuc_signing_key        keys[2];       /* the client's, and one from the credentials callback */
    unsigned char          signature[32]; /* of the last request that was sent */
    int64_t                started, sent, signed_at, skew;
    int                    last_status; /* of any attempt that was answered; 0: none */
    int                    attempts, renewed, clock_retries, final;
    int                    pending; /* an answer came, and its time of receipt is not known yet   */
    int                    waiting; /* WAIT was said, or sleep asked for                          */
    int       by_day; /* signed without an idea of the time, at the start of the day of the key */
    int       unsure; /* a reading of the clock was absurd: its error is anything   */
    int64_t   wrong;  /* by how much the time that was signed was                   */
    uint32_t  waited, paid, spent;
    /* callbacks that misbehave */
    cuc_call *call; /* as far as it is known */
    int       mischief, mischief_in, mischief_at, mischief_done, fail_in, fail_at, failed;
    int       callback_calls;
} world;

static world w;

enum { IN_HASH, IN_CREDENTIALS, IN_SEND, IN_SLEEP, IN_NOW, CALLBACKS };
enum { CALLS_NOTHING, CALLS_NEXT, CALLS_END, CALLS_BEGIN, CALLS_BEGIN_BADLY };

static int64_t take_moment(bytes *b, int64_t now)
{
    const unsigned how = take(b) % 16;
    if (how < 8) return now + (int64_t)take(b); /* the ordinary case: some milliseconds on */
    if (how == 8) return now + (int64_t)take_number(b, 2);
    if (how == 9) return now + (int64_t)take_number(b, 3) * 10;
    if (how == 10) return now - (int64_t)take_number(b, 3); /* set back */
    if (how == 11) return (int64_t)take_number(b, 5);       /* a device that has just started */
    if (how == 12) return (int64_t)take_number(b, 6);
    if (how == 13) return how % 2 ? INT64_MAX : INT64_MIN;
    return (int64_t)take_number(b, 8);
}

/* Moves the clock; what would not fit into a number stays. */
static void move_clock(int64_t to)
{
    if (w.now > INT64_MAX / 2 || w.now < INT64_MIN / 2) w.now = 0;
    w.now = to;
}

static void tick(void)
{
    const int64_t base = w.now > INT64_MAX / 2 || w.now < INT64_MIN / 2 ? 0 : w.now;
    move_clock(take_moment(&w.in, base));
}

static int in_calendar(int64_t ms) { return ms >= 0 && ms < INT64_C(253402300800000); }

static int is_absurd(int64_t ms)
{
    return ms < INT64_C(-253402300800000) || ms > INT64_C(253402300800000);
}

static void take_date(answer *a)
{
    static const char *const days[]   = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    int64_t                  ms       = take_moment(&w.in, is_absurd(w.now) ? 0 : w.now);
    time_t                   t;
    struct tm                d;
    if (!in_calendar(ms)) return;
    t = (time_t)(ms / 1000);
    if (gmtime_r(&t, &d) == NULL) return;
    a->date_ms = (int64_t)t * 1000;
    snprintf(a->date, sizeof a->date, "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
             days[d.tm_wday], d.tm_mday, months[d.tm_mon], d.tm_year + 1900, d.tm_hour, d.tm_min,
             d.tm_sec);
}

/* A number, or something that is none. */
static int64_t take_hint(char line[64], const char *name, int64_t unit)
{
    static const char *const odd[] = {
        "-1", "", "1e3", "5x", "99999999999999999999", "Wed, 25 Nov 2026"
    };
    const unsigned how = take(&w.in) % 8;
    const uint64_t n   = how < 2 ? take_number(&w.in, how + 1u) : 0;
    if (how < 2) {
        snprintf(line, 64, "%s: %lu\r\n", name, (unsigned long)n);
        return (int64_t)n * unit;
    }
    snprintf(line, 64, "%s: %s\r\n", name, odd[how - 2]);
    return -1;
}

static const char *const clock_codes[]     = { "RequestTimeTooSkewed",
                                               "RequestExpired",
                                               "RequestInTheFuture",
                                               "InvalidSignatureException",
                                               "SignatureDoesNotMatch",
                                               "AuthFailure",
                                               NULL };
static const char *const expired_codes[]   = { "ExpiredTokenException", "ExpiredToken", NULL };
static const char *const throttled_codes[] = { "ThrottlingException",
                                               "Throttling",
                                               "ThrottledException",
                                               "RequestThrottledException",
                                               "TooManyRequestsException",
                                               "ProvisionedThroughputExceededException",
                                               "TransactionInProgressException",
                                               "RequestLimitExceeded",
                                               "BandwidthLimitExceeded",
                                               "LimitExceededException",
                                               "RequestThrottled",
                                               "SlowDown",
                                               "PriorRequestNotComplete",
                                               "EC2ThrottledException",
                                               NULL };
static const char *const lost_codes[]      = { "RequestTimeout", "RequestTimeoutException", NULL };
static const char *const other_codes[]     = {
    "", "AccessDeniedException", "ThrottlingExceptionX", "Slow", "InvalidRequestException", NULL
};
static const char *const *const codes[] = { clock_codes, expired_codes, throttled_codes, lost_codes,
                                            other_codes };

static cuc_str take_code(void)
{
    const char *const *list = codes[take(&w.in) % 5];
    const unsigned     n    = take(&w.in);
    unsigned           i, count = 0;
    while (list[count] != NULL) count++;
    for (i = 0; i + 1 < n % count + 1; i++) continue;
    return cuc_s(list[i]);
}

static int answered(const answer *a)
{
    return a->status != 0 && (a->status < 100 || a->status > 199);
}

/* An answer from no bytes has no status: that is final, so every input ends. */
static void take_answer(answer *a)
{
    static const short statuses[16] = { 0,   200, 400, 403, 429, 500, 502, 503,
                                        504, 503, 301, 100, 204, 600, 404, 400 };
    const unsigned     how = take(&w.in), set = take(&w.in);
    memset(a, 0, sizeof *a);
    a->date_ms = a->hint_ms = -1;
    a->status               = statuses[how % 16];
    if (how >= 0xF0) a->status = (int)take_number(&w.in, 2) - 1000;
    a->outcome = set & 32 ? CUC_SEND_AGAIN : set & 64 ? (int)(take_number(&w.in, 1))-100 : CUC_SENT;
    a->code    = set & 1 ? take_code() : cuc_s("");
    if (answered(a)) w.last_status = a->status;
    if (set & 2) take_date(a);
    if (set & 4) snprintf(a->age, sizeof a->age, "Age: 7\r\n");
    if (set & 8) a->hint_ms = take_hint(a->seconds, "Retry-After", 1000);
    if (set & 16) {
        const int64_t ms = take_hint(a->milliseconds, "X-Amz-Retry-After", 1);
        if (ms >= 0) a->hint_ms = ms;
    }
}

static void push(cuc_call *call, const char *line)
{
    if (line[0] != 0) cuc_call_header(call, line, strlen(line));
}

static void push_answer(cuc_call *call, const answer *a)
{
    char line[128];
    snprintf(line, sizeof line, "HTTP/1.1 %03d Words\r\n", a->status);
    if (a->status >= 100 && a->status <= 999 && (a->status & 1) == 0) push(call, line);
    else if (a->status != 0) cuc_call_status(call, a->status);
    snprintf(line, sizeof line, "x-amzn-errortype: %s\r\n", a->code.ptr);
    if (a->code.len > 0) push(call, line);
    push(call, a->date);
    push(call, a->age);
    push(call, a->seconds);
    push(call, a->milliseconds);
}

/* ---- signing keys ------------------------------------------------------------------------------ */

/* The day of `ms` as a key has it; empty outside of the calendar. */
static void day_of(int64_t ms, char day[12])
{
    const time_t t = (time_t)(ms / 1000);
    struct tm    d;
    memset(day, 0, 12);
    if (in_calendar(ms) && gmtime_r(&t, &d) != NULL) (void)strftime(day, 12, "%Y%m%d", &d);
}

/* A key of this day or one of its neighbours, of any other, or one whose date is none. */
static void take_key(cuc_signing_key *key)
{
    const unsigned how  = take(&w.in);
    const int64_t  base = is_absurd(w.now) || is_absurd(w.skew) ? 0 : w.now + w.skew;
    int64_t        at   = base + ((int64_t)(how % 8) - 3) * 86400000;
    if (how % 8 == 7) at = (int64_t)take_number(&w.in, 6) % INT64_C(253402300800000);
    memset(key->key, (int)how, sizeof key->key);
    day_of(at, key->date);
    if (key->date[0] == 0) memcpy(key->date, "20261125", 9);
    if (how >= 0xE0) key->date[how % 8] = "/:\r\n\0 -x"[how % 8];
}

/* ---- callbacks ------------------------------------------------------------------------------- */

static cuc_request small_request(void)
{
    cuc_request q = CUC_ZERO;
    q.instance_id = cuc_s("i");
    q.contact_id  = cuc_s("c");
    q.name        = cuc_s("a name");
    return q;
}

/* P67 */
static void call_back_in(void)
{
    static char room[1000];
    cuc_request q   = small_request();
    w.mischief_done = 1;
    if (w.mischief == CALLS_NEXT) (void)cuc_call_next(w.call, w.now);
    if (w.mischief == CALLS_END) cuc_call_end(w.call, CUC_SENT);
    if (w.mischief == CALLS_BEGIN) begin_call(w.call, &w.client, &q, room, sizeof room);
    q.name = cuc_s(NULL);
    if (w.mischief == CALLS_BEGIN_BADLY) begin_call(w.call, &w.client, &q, room, 10);
}

static void check_credentials_call(int64_t now_ms, const cuc_credentials *c);

/* Returns what the callback is to return. */
static int in_callback(int which)
{
    HOLDS("the result is unfinished until DONE",
          w.result == NULL || w.mischief_done || w.result->status == CUC_E_UNFINISHED);
    HOLDS("a failed call asks no more, but for the time",
          (!w.failed || which == IN_NOW) && !w.final);
    if (which == w.mischief_in && w.mischief != CALLS_NOTHING && w.call != NULL &&
        w.mischief_at-- == 0)
        call_back_in();
    if (which == w.fail_in && w.fail_at-- == 0) {
        w.failed = 1;
        return 77;
    }
    return 0;
}

static int world_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    const int n = in_callback(IN_HASH);
    return n != 0 ? n : stub_sha256(user, data, len, out);
}

static int world_credentials(void *user, int64_t now_ms, cuc_credentials *c)
{
    unsigned how;
    HOLDS("user is handed on", user == hash_user);
    check_credentials_call(now_ms, c);
    HOLDS("credentials are filled from the client before every attempt",
          same(c->access_key, w.client.access_key) && same(c->secret_key, w.client.secret_key) &&
              same(given(c->session_token), given(w.client.session_token)) &&
              c->signing_key == w.client.signing_key);
    how = take(&w.in);
    if (how & 1) c->session_token = cuc_s("ANOTHERTOKEN");
    if ((how & 6) == 6) {
        take_key(&w.keys[1]);
        c->signing_key = &w.keys[1];
    }
    w.key = c->signing_key;
    return in_callback(IN_CREDENTIALS);
}

static void received(void);
static void judge_wait(uint32_t wait);
static void judge_send(const cuc_http_request *http);

static int64_t world_now(void *user)
{
    HOLDS("user is handed on", user == hash_user);
    (void)in_callback(IN_NOW);
    tick();
    received();
    return w.now;
}

static int world_sleep(void *user, uint32_t ms)
{
    HOLDS("user is handed on", user == hash_user);
    received();
    judge_wait(ms);
    return in_callback(IN_SLEEP);
}

static int world_send(void *user, const cuc_http_request *http, cuc_call *call)
{
    int n;
    HOLDS("user is handed on", user == hash_user);
    received();
    w.call = call;
    if (!w.mischief_done) judge_send(http);
    take_answer(&w.last);
    n = in_callback(IN_SEND);
    if (w.mischief_done) return CUC_SENT;
    if (n != 0) w.last.outcome = n;
    push_answer(call, &w.last);
    return w.last.outcome;
}

/* ---- the rules ------------------------------------------------------------------------------- */

enum { FINAL, LOST, THROTTLED, CLOCK, EXPIRED };

static int listed(const char *const *list, cuc_str code)
{
    for (; *list != NULL; list++)
        if (same(cuc_s(*list), code)) return 1;
    return 0;
}

/* What may be repeated, and why; FINAL is what may not. */
static int kind_of(const answer *a)
{
    if (a->outcome != CUC_SENT && a->outcome != CUC_SEND_AGAIN) return FINAL;
    if (!answered(a)) return a->outcome == CUC_SEND_AGAIN ? LOST : FINAL;
    if (a->status >= 200 && a->status <= 299) return a->outcome == CUC_SEND_AGAIN ? LOST : FINAL;
    if (a->status < 300 || a->status > 599) return FINAL;
    if (listed(clock_codes, a->code)) return CLOCK;
    if (listed(expired_codes, a->code)) return EXPIRED;
    if (listed(throttled_codes, a->code)) return THROTTLED;
    if (listed(lost_codes, a->code)) return LOST;
    if (a->status == 429) return THROTTLED;
    return a->status == 500 || (a->status >= 502 && a->status <= 504) ? LOST : FINAL;
}

/* An error without a code, and here never with a request id, may be a proxy's. */
static int may_be_a_proxys(const answer *a)
{
    return (a->status < 200 || a->status > 299) && a->code.len == 0;
}

static cuc_status status_of(const answer *a)
{
    if (a->outcome != CUC_SENT && a->outcome != CUC_SEND_AGAIN) return CUC_E_CALLBACK;
    if (!answered(a)) return a->outcome == CUC_SENT ? CUC_E_NO_STATUS : CUC_E_EXHAUSTED;
    if (a->status < 200 || a->status > 599) return CUC_E_BAD_STATUS;
    if (a->status >= 300) return CUC_E_SERVICE;
    return a->outcome == CUC_SENT ? CUC_OK : CUC_E_EXHAUSTED;
}

static int most_attempts(void) { return w.client.max_attempts > 0 ? w.client.max_attempts : 3; }

static int64_t elapsed(void)
{
    const int64_t clock = is_absurd(w.now) || is_absurd(w.started) ? 0 : w.now - w.started;
    return clock > (int64_t)w.waited ? clock : (int64_t)w.waited;
}

static int more_is_allowed(uint32_t wait)
{
    if (w.attempts >= most_attempts()) return 0;
    return w.client.time_limit_ms == 0 || elapsed() + wait < (int64_t)w.client.time_limit_ms;
}

/* The longest wait without a hint; random times this is what is waited. */
static uint32_t backoff_bound(void)
{
    uint64_t bound = kind_of(&w.last) == THROTTLED ? 1000 : 50;
    int      i;
    for (i = 1; i < w.attempts && bound < 20000; i++) bound *= 2;
    return bound < 20000 ? (uint32_t)bound : 20000;
}

static uint32_t cost(void) { return kind_of(&w.last) == THROTTLED ? 5 : 14; }

static int quota_allows(void)
{
    return w.client.shared == NULL ||
           (w.spent <= CUC_RETRY_BUDGET && cost() <= CUC_RETRY_BUDGET - w.spent);
}

static int clock_is_sane(void)
{
    return !is_absurd(w.now) && !is_absurd(w.sent) && !is_absurd(w.started);
}

static int64_t distance(int64_t a, int64_t b) { return a > b ? a - b : b - a; }

/* The time of receipt is known: what does the response's date tell of the clock? The offset changes
 * only when it is outside [Date - received, Date + 1 s - sent]. */
static void received(void)
{
    int64_t took;
    if (!w.pending) return;
    w.pending = 0;
    w.wrong   = 0;
    if (!clock_is_sane()) w.unsure = 1;
    if (w.unsure || w.last.date_ms < 0 || w.last.age[0] != 0 || may_be_a_proxys(&w.last)) return;
    w.wrong = distance(w.last.date_ms, w.signed_at);
    took    = w.now - w.sent;
    if (took < 0 || took > TRUSTED) return;
    if (w.skew >= w.last.date_ms - w.now && w.skew <= w.last.date_ms + 1000 - w.sent) return;
    w.skew = w.last.date_ms - (w.sent + took / 2);
}

/* ---- the time to sign with: signing keys, and calls that do not know the time ------------------ */

enum { KEY_DAY = -1, NO_TIME = -2 };

static const int64_t year_2015 = INT64_C(1420070400000);

static int knows_time(void) { return w.skew != 0 || w.now >= year_2015; }

static int is_of_day(int64_t ms)
{
    char day[12];
    day_of(ms, day);
    return day[0] != 0 && memcmp(day, w.key->date, 8) == 0;
}

static int64_t start_of_key_day(void)
{
    struct tm d = { 0 };
    int       i;
    for (i = 0; i < 8; i++)
        if (w.key->date[i] < '0' || w.key->date[i] > '9') return KEY_DAY;
    (void)sscanf(w.key->date, "%4d%2d%2d", &d.tm_year, &d.tm_mon, &d.tm_mday);
    d.tm_year -= 1900;
    d.tm_mon--;
    return (int64_t)timegm(&d) * 1000;
}

/* A key signs on its day by the corrected clock; by the uncorrected one if the offset is under four
 * minutes; and without any idea of the time at the start of its day. */
static int64_t time_to_sign(void)
{
    const int64_t corrected = in_calendar(w.now + w.skew) ? w.now + w.skew : w.now;
    if (w.key == NULL || is_of_day(corrected)) return in_calendar(corrected) ? corrected : NO_TIME;
    if (distance(w.skew, 0) < MATTERS && is_of_day(w.now)) return w.now;
    if (!knows_time() && start_of_key_day() != KEY_DAY) return start_of_key_day();
    return in_calendar(corrected) ? KEY_DAY : NO_TIME;
}

/* Before an attempt that is not made: the status says why. */
static void judge_refused_to_sign(const cuc_result *r)
{
    if (w.unsure || is_absurd(w.now) || is_absurd(w.skew)) return;
    if (r->status == CUC_E_KEY_DAY) {
        char day[12], needed[12];
        HOLDS("only a key of another day is refused", time_to_sign() == KEY_DAY);
        day_of(in_calendar(w.now + w.skew) ? w.now + w.skew : w.now, day);
        snprintf(needed, sizeof needed, "%08d", (int)r->detail);
        HOLDS("the detail is the day that was needed", strcmp(day, needed) == 0);
    }
    if (r->status == CUC_E_TIME)
        HOLDS("only a time outside of the calendar is refused", time_to_sign() == NO_TIME);
}

static void check_credentials_call(int64_t now_ms, const cuc_credentials *c)
{
    int64_t corrected;
    received();
    w.key = w.client.signing_key;
    if (w.mischief_done) return;
    HOLDS("refused is said of the attempt before, and only of it",
          c->refused == (w.attempts > 0 && kind_of(&w.last) == EXPIRED));
    if (w.unsure || is_absurd(w.now) || is_absurd(w.skew)) return;
    corrected = in_calendar(w.now + w.skew) ? w.now + w.skew : w.now;
    HOLDS("the corrected time, or 0",
          now_ms == (knows_time() && in_calendar(corrected) ? corrected : 0));
}

/* ---- decisions ------------------------------------------------------------------------------- */

static unsigned hex_value(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10);
}

static void keep_signature(const cuc_http_request *http)
{
    const char *at = strstr(http->values[2], "Signature=");
    int         i;
    HOLDS("a signature is sent", at != NULL && strlen(at) == 10 + 64);
    for (i = 0; i < 32; i++)
        w.signature[i] =
            (unsigned char)(hex_value(at[10 + 2 * i]) << 4 | hex_value(at[11 + 2 * i]));
}

/* Attempt n is jittered by bytes 4 * (n mod 8) of its signature, read as a number of 32 bits: that
 * part of [0, bound], and then what the hint asks for, up to five seconds more. */
static uint32_t expected_wait(void)
{
    const unsigned char *b = w.signature + 4 * (w.attempts % 8);
    const double   part = (b[0] * 16777216.0 + b[1] * 65536.0 + b[2] * 256.0 + b[3]) / 4294967296.0;
    const uint32_t wait = (uint32_t)(part * (backoff_bound() + 1.0));
    const int64_t  hint = w.last.hint_ms;
    if (hint <= (int64_t)wait) return wait;
    return hint < (int64_t)wait + 5000 ? (uint32_t)hint : wait + 5000;
}

/* WAIT was said: was it right to? P59, P60, P61, P62 */
static void judge_wait(uint32_t wait)
{
    const int kind = kind_of(&w.last);
    if (w.mischief_done) return;
    HOLDS("only what is lost or throttled waits", kind == LOST || kind == THROTTLED);
    HOLDS("no wait is longer than 25 s", wait <= LONGEST_WAIT);
    HOLDS("the wait is that of the attempt's bytes and of the hint", wait == expected_wait());
    if (clock_is_sane() || w.client.time_limit_ms == 0)
        HOLDS("attempts and time are left", more_is_allowed(wait));
    HOLDS("the quota is not empty", quota_allows());
    if (w.client.shared != NULL) {
        HOLDS("the quota pays", w.shared.spent == w.spent + cost());
        HOLDS("no more than there is", w.shared.spent <= CUC_RETRY_BUDGET);
    }
    w.spent = w.shared.spent;
    w.paid  = cost();
    w.waited += wait;
    w.waiting = 1;
}

/* P20, P64 */
static void check_date(const cuc_http_request *http)
{
    const int64_t skew = w.skew;
    time_t        t;
    struct tm     d;
    char          text_of[20] = "";
    int64_t       ms;
    HOLDS("a date is sent",
          strcmp(http->names[1], "x-amz-date") == 0 && strlen(http->values[1]) == 16);
    if (is_absurd(w.now) || is_absurd(skew)) w.unsure = 1;
    if (w.unsure) return;
    if (w.client.shared != NULL)
        HOLDS("the shared offset is the one learned", w.shared.clock_offset_ms == skew);
    ms          = time_to_sign();
    w.signed_at = ms;
    w.by_day    = w.key != NULL && !knows_time() && !is_of_day(w.now);
    t           = (time_t)(ms / 1000);
    HOLDS("a key signs on its day only", ms != KEY_DAY);
    HOLDS("only a time of the calendar is signed", in_calendar(ms) && gmtime_r(&t, &d) != NULL);
    (void)strftime(text_of, sizeof text_of, "%Y%m%dT%H%M%SZ", &d);
    HOLDS("the corrected time is signed, or the key's day", strcmp(text_of, http->values[1]) == 0);
}

/* Sent again without a wait: only for the clock, or for a new token. Of an attempt that was signed
 * without an idea of the time it is left open how wrong the clock was: the documentation takes the
 * time signed, which is the start of the key's day, the header the clock's own reading. */
static void judge_repeat_at_once(void)
{
    const int kind = kind_of(&w.last);
    HOLDS("only a wrong clock or an old token is repeated at once",
          (kind == CLOCK && (w.wrong >= MATTERS || w.unsure || w.by_day)) ||
              (kind == EXPIRED && !w.renewed));
    HOLDS("for an old token new ones are asked for", kind == CLOCK || w.client.credentials != NULL);
    if (clock_is_sane() || w.client.time_limit_ms == 0)
        HOLDS("attempts and time are left", more_is_allowed(0));
    w.renewed |= kind == EXPIRED;
    w.clock_retries += kind == CLOCK;
    HOLDS("the clock is repaired twice at most", w.clock_retries <= 2);
}

static void judge_send(const cuc_http_request *http)
{
    if (w.attempts == 0) w.started = w.now;
    if (w.client.credentials == NULL) w.key = w.client.signing_key;
    if (w.attempts > 0 && !w.waiting) judge_repeat_at_once();
    w.waiting = 0;
    w.attempts++;
    HOLDS("never more attempts than allowed", w.attempts <= most_attempts());
    check_date(http);
    keep_signature(http);
    w.sent    = w.now;
    w.pending = 1;
}

/* DONE was said although the answer alone would allow a repetition: something has to stand against
 * it. */
static void judge_giving_up(void)
{
    const int kind = kind_of(&w.last);
    if (w.unsure || (kind == CLOCK && w.by_day)) return;
    if (kind == CLOCK)
        HOLDS("a wrong clock is repaired",
              w.wrong < MATTERS || w.clock_retries >= 2 || !more_is_allowed(0));
    else if (kind == EXPIRED)
        HOLDS("an old token is renewed",
              w.client.credentials == NULL || w.renewed || !more_is_allowed(0));
    else if (kind != FINAL && !(w.one_call && w.client.sleep_ms == NULL))
        HOLDS("what may be repeated is", !more_is_allowed(LONGEST_WAIT) || !quota_allows());
}

static void check_quota_at_the_end(const cuc_result *r)
{
    const uint32_t back = w.paid > 0 ? w.paid : 1;
    if (w.client.shared == NULL) return;
    if (r->status == CUC_OK)
        HOLDS("a success gives back", w.shared.spent == (w.spent > back ? w.spent - back : 0));
    else HOLDS("and nothing else does", w.shared.spent == w.spent);
}

static void judge_end(const cuc_result *r)
{
    check_result(r);
    HOLDS("a problem of the request is reported by DONE",
          (r->status == CUC_E_NOTHING) == w.nothing && !(w.nothing && w.attempts > 0));
    HOLDS("the result counts attempts", r->attempts == w.attempts);
    HOLDS("and waits", r->waited_ms == w.waited);
    check_quota_at_the_end(r);
    if (w.client.credentials == NULL) w.key = w.client.signing_key;
    judge_refused_to_sign(r);
    if (w.attempts == 0 || w.failed || r->status == CUC_E_TIME || r->status == CUC_E_KEY_DAY)
        return;
    HOLDS("the status is that of the last answer", r->status == status_of(&w.last));
    HOLDS("so is the number", r->http_status == w.last.status || !answered(&w.last) ||
                                  w.last.status < 100 || w.last.status > 999);
    if (r->status == CUC_E_EXHAUSTED && (w.last_status == 0 || w.last_status > 199))
        HOLDS("without an answer it is the last one's of any attempt",
              r->http_status == w.last_status || w.last_status > 999);
    if (r->status == CUC_E_CALLBACK)
        HOLDS("a number of send's is kept", r->callback == w.last.outcome);
    HOLDS("what a wait can help is retryable",
          r->retryable == (kind_of(&w.last) == LOST || kind_of(&w.last) == THROTTLED) ||
              kind_of(&w.last) == CLOCK);
    judge_giving_up();
}

/* ---- two ways to run it ---------------------------------------------------------------------- */

/* A callback that failed before, or after, has a name of its own. */
static int reentry_is_named(cuc_status s) { return s == CUC_E_REENTRY || w.failed; }

/* Has nothing to update if the input says so: a problem that begin finds. */
static cuc_request take_request(void)
{
    cuc_request q = small_request();
    if (w.nothing) q.name = cuc_s(NULL);
    return q;
}

static void run_machine(void)
{
    static char       work[2048];
    static cuc_call   call;
    const cuc_request q     = take_request();
    int               steps = 0;
    cuc_next          next;
    memset(&call, 0x5A, sizeof call);
    begin_call(&call, &w.client, &q, work, sizeof work);
    w.call   = &call;
    w.result = result_of(&call);
    HOLDS("begin leaves the result unfinished", w.result->status == CUC_E_UNFINISHED);
    while ((next = cuc_call_next(&call, w.now)) != CUC_NEXT_DONE) {
        HOLDS("a call comes to an end", ++steps < NEVER_MORE);
        HOLDS("only DONE finishes the result",
              w.mischief_done || w.result->status == CUC_E_UNFINISHED);
        received();
        if (next == CUC_NEXT_WAIT) {
            HOLDS("no two waits in a row", !w.waiting && w.attempts > 0);
            judge_wait(cuc_call_wait_ms(&call));
            tick();
            continue;
        }
        judge_send(cuc_call_http_request(&call));
        take_answer(&w.last);
        tick();
        push_answer(&call, &w.last);
        cuc_call_end(&call, w.last.outcome);
        HOLDS("end leaves the result unfinished", w.result->status == CUC_E_UNFINISHED);
    }
    received();
    if (w.mischief_done) {
        check_result(w.result);
        HOLDS("calling back in is named", reentry_is_named(w.result->status));
        return;
    }
    w.final = 1;
    judge_end(result_of(&call));
    HOLDS("done is done", cuc_call_next(&call, w.now) == CUC_NEXT_DONE);
}

static void run_one_call(void)
{
    static char       work[2048];
    const cuc_request q = take_request();
    cuc_result        r;
    cuc_status        s;
    w.result = &r;
    s        = cuc_update_contact(&w.client, &q, work, sizeof work, &r);
    HOLDS("the status is returned", s == r.status);
    check_result(&r);
    received();
    if (w.mischief_done) HOLDS("calling back in is named", reentry_is_named(s));
    else if (w.failed) HOLDS("what fails is named", s == CUC_E_CALLBACK && r.callback == 77);
    else judge_end(&r);
}

/* ---- settings -------------------------------------------------------------------------------- */

static const int64_t midnight = INT64_C(1795651200000); /* 2026-11-26 */

/* Up to 328 seconds either way: some are more than the four minutes that matter. */
static int64_t around(bytes *b) { return ((int64_t)take_number(b, 2) - 32768) * 10; }

static void take_client(unsigned set)
{
    static const int most[8] = { 0, 1, 2, 3, 5, 60, -1, 4 };
    cuc_client      *c       = &w.client;
    c->user                  = (void *)(uintptr_t)hash_user;
    c->sha256                = world_sha256;
    c->send                  = world_send;
    c->now_ms                = set & 1 ? NULL : world_now;
    c->sleep_ms              = set & 2 ? NULL : world_sleep;
    c->credentials           = set & 4 ? world_credentials : NULL;
    c->shared                = set & 8 ? &w.shared : NULL;
    c->region                = cuc_s("us-west-2");
    c->access_key            = cuc_s("AKIDEXAMPLE");
    c->secret_key            = cuc_s("SECRET");
    c->max_attempts          = most[take(&w.in) % 8];
    if (set & 16) c->time_limit_ms = (uint32_t)take_number(&w.in, 2);
    if (set & 32) w.shared.spent = (uint32_t)take_number(&w.in, 2) % 600;
    if (set & 64) w.shared.clock_offset_ms = (int64_t)take_number(&w.in, 8);
    if (set & 0x4000) w.shared.clock_offset_ms = around(&w.in);
    if (set & 128) c->access_key = copy_of("AKIDEXAMPLE0123456789", 1 + take(&w.in) % 21);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned set;
    memset(&w, 0, sizeof w);
    w.in.at   = data;
    w.in.left = size;
    set       = (unsigned)take_number(&w.in, 2);
    w.now     = INT64_C(1795694400000);
    w.fail_in = w.mischief_in = -1;
    w.one_call                = set >> 8 & 1;
    w.nothing                 = set >> 15 & 1;
    if (set & 0x2000) w.now = midnight + around(&w.in);
    take_client(set);
    if (set & 0x200) tick();
    if (set & 0x400)
        w.mischief = (int)(take(&w.in) % 5), w.mischief_in = (int)(take(&w.in) % CALLBACKS);
    if (set & 0x400) w.mischief_at = (int)(take(&w.in) % 32);
    if (set & 0x800) w.fail_in = (int)(take(&w.in) % 4), w.fail_at = (int)(take(&w.in) % 32);
    w.spent = w.shared.spent;
    w.skew  = w.client.shared != NULL ? w.shared.clock_offset_ms : 0;
    if (w.one_call && w.client.now_ms == NULL) w.now = 0;
    if (set & 0x1000) {
        take_key(&w.keys[0]);
        w.client.signing_key = &w.keys[0];
    }
    if (w.one_call) {
        run_one_call();
    } else {
        run_machine();
    }
    free_blocks();
    return 0;
}
