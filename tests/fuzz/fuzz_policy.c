/* Not checked: which bytes of the signature a wait is made of, and signing keys (their day, a call
 * that knows no time), which no client here has.
 *
 * Bytes become a client's settings, a service's answers, readings of a clock, and callbacks that
 * fail or call back in. Every decision of the call is compared with the rules, told here once
 * more. */
#define _POSIX_C_SOURCE 200809L
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
    bytes      in;
    cuc_client client;
    cuc_shared shared;
    int64_t    now;
    int        one_call;
    /* what is known from outside */
    answer     last;
    int64_t    started, sent, signed_at, skew;
    int        last_status; /* of any attempt that was answered; 0: none */
    int        attempts, renewed, clock_retries, final;
    int        pending; /* an answer came, and its time of receipt is not known yet   */
    int        waiting; /* WAIT was said, or sleep asked for                          */
    int        unsure;  /* a reading of the clock was absurd: its error is anything   */
    int64_t    wrong;   /* by how much the time that was signed was                   */
    uint32_t   waited, paid, spent;
    /* callbacks that misbehave */
    cuc_call  *call; /* as far as it is known */
    int        mischief, mischief_in, mischief_at, mischief_done, fail_in, fail_at, failed;
    int        callback_calls;
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

/* Returns what the callback is to return. */
static int in_callback(int which)
{
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
    HOLDS("user is handed on", user == hash_user);
    HOLDS("a time, or none", now_ms == 0 || in_calendar(now_ms) || !in_calendar(w.now));
    HOLDS("credentials are filled from the client before every attempt",
          same(c->access_key, w.client.access_key) && same(c->secret_key, w.client.secret_key) &&
              same(given(c->session_token), given(w.client.session_token)) &&
              c->signing_key == w.client.signing_key);
    HOLDS("refused is 0 or 1", c->refused == 0 || c->refused == 1);
    if (take(&w.in) & 1) c->session_token = cuc_s("ANOTHERTOKEN");
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

/* The time of receipt is known: what does the answer's date tell of the clock? The offset changes
 * only when it is outside [Date - received, Date + 1 s - sent]. */
static void received(void)
{
    int64_t took;
    if (!w.pending) return;
    w.pending = 0;
    w.wrong   = 0;
    if (!clock_is_sane()) w.unsure = 1;
    if (w.unsure || w.last.date_ms < 0 || w.last.age[0] != 0) return;
    w.wrong = distance(w.last.date_ms, w.signed_at);
    took    = w.now - w.sent;
    if (took < 0 || took > TRUSTED) return;
    if (w.skew >= w.last.date_ms - w.now && w.skew <= w.last.date_ms + 1000 - w.sent) return;
    w.skew = w.last.date_ms - (w.sent + took / 2);
}

/* WAIT was said: was it right to? P59, P60, P62 */
static void judge_wait(uint32_t wait)
{
    const int      kind  = kind_of(&w.last);
    const uint32_t bound = backoff_bound();
    const int64_t  hint  = w.last.hint_ms;
    if (w.mischief_done) return;
    HOLDS("only what is lost or throttled waits", kind == LOST || kind == THROTTLED);
    HOLDS("no wait is longer than 25 s", wait <= LONGEST_WAIT);
    HOLDS("without a hint no wait is longer than its step", hint > 0 || wait <= bound);
    HOLDS("a hint lengthens a wait by 5 s at most",
          hint <= 0 || wait <= (hint > bound ? hint : (int64_t)bound));
    HOLDS("nor is a wait shorter than a hint, as far as that goes",
          hint <= 0 || wait >= (hint < 5000 ? hint : 5000));
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
    ms          = in_calendar(w.now + skew) ? w.now + skew : w.now;
    w.signed_at = ms;
    t           = (time_t)(ms / 1000);
    HOLDS("only a time of the calendar is signed", in_calendar(ms) && gmtime_r(&t, &d) != NULL);
    (void)strftime(text_of, sizeof text_of, "%Y%m%dT%H%M%SZ", &d);
    HOLDS("the clock's time plus what is known of its error is signed",
          strcmp(text_of, http->values[1]) == 0);
}

/* Sent again without a wait: only for the clock, or for a new token. */
static void judge_repeat_at_once(void)
{
    const int kind = kind_of(&w.last);
    HOLDS("only a wrong clock or an old token is repeated at once",
          (kind == CLOCK && (w.wrong >= MATTERS || w.unsure)) || (kind == EXPIRED && !w.renewed));
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
    if (w.attempts > 0 && !w.waiting) judge_repeat_at_once();
    w.waiting = 0;
    w.attempts++;
    HOLDS("never more attempts than allowed", w.attempts <= most_attempts());
    check_date(http);
    w.sent    = w.now;
    w.pending = 1;
}

/* DONE was said although the answer alone would allow a repetition: something has to stand against
 * it. */
static void judge_giving_up(void)
{
    const int kind = kind_of(&w.last);
    if (w.unsure) return;
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
    HOLDS("the result counts attempts", r->attempts == w.attempts);
    HOLDS("and waits", r->waited_ms == w.waited);
    check_quota_at_the_end(r);
    if (w.attempts == 0 || w.failed || r->status == CUC_E_TIME) return;
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

static void run_machine(void)
{
    static char       work[2048];
    static cuc_call   call;
    const cuc_request q     = small_request();
    int               steps = 0;
    cuc_next          next;
    memset(&call, 0x5A, sizeof call);
    begin_call(&call, &w.client, &q, work, sizeof work);
    w.call = &call;
    while ((next = cuc_call_next(&call, w.now)) != CUC_NEXT_DONE) {
        HOLDS("a call comes to an end", ++steps < NEVER_MORE);
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
    }
    received();
    if (w.mischief_done) {
        check_result(result_of(&call));
        HOLDS("calling back in is named", reentry_is_named(result_of(&call)->status));
        return;
    }
    w.final = 1;
    judge_end(result_of(&call));
    HOLDS("done is done", cuc_call_next(&call, w.now) == CUC_NEXT_DONE);
}

static void run_one_call(void)
{
    static char       work[2048];
    const cuc_request q = small_request();
    cuc_result        r;
    const cuc_status  s = cuc_update_contact(&w.client, &q, work, sizeof work, &r);
    HOLDS("the status is returned", s == r.status);
    check_result(&r);
    received();
    if (w.mischief_done) HOLDS("calling back in is named", reentry_is_named(s));
    else if (w.failed) HOLDS("what fails is named", s == CUC_E_CALLBACK && r.callback == 77);
    else judge_end(&r);
}

/* ---- settings -------------------------------------------------------------------------------- */

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
    take_client(set & 0xFF);
    if (set & 0x200) tick();
    if (set & 0x400)
        w.mischief = (int)(take(&w.in) % 5), w.mischief_in = (int)(take(&w.in) % CALLBACKS);
    if (set & 0x400) w.mischief_at = (int)(take(&w.in) % 32);
    if (set & 0x800) w.fail_in = (int)(take(&w.in) % 4), w.fail_at = (int)(take(&w.in) % 32);
    w.spent = w.shared.spent;
    w.skew  = w.client.shared != NULL ? w.shared.clock_offset_ms : 0;
    if (w.one_call) {
        if (w.client.now_ms == NULL) w.now = 0;
        run_one_call();
    } else {
        run_machine();
    }
    free_blocks();
    return 0;
}
