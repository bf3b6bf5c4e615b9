/* switches.c - every switch of the stand-in, and what it does to a call: outcome, attempts,
 * requests that arrived, updates that were applied, read-back.
 *
 *   build/soak/switches STANDIN LOGFILE      run.sh builds both and calls it
 *
 * A row starts a stand-in of its own on a free port of the loopback, makes its calls with the real
 * header over a plain socket, reads the contact back and lets the stand-in end. Sleeps are HURRY
 * times shorter than the header asks for; result.waited_ms still has the full time.              */

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "loopback.h"

#define INSTANCE "11111111-2222-3333-4444-555555555555"
#define CONTACT "66666666-7777-8888-9999-000000000000"
#define EXTERNAL "66666666-7777-8888-9999-000000000001"
#define ACCESS "AKIDEXAMPLE"
#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

enum { HURRY = 20, PATIENCE_MS = 10000 };

/* ---- the table: what is done, and what has to come of it ----------------------------------------
 * Attempts, waits, skew and the status are those of the last call; requests, applied and connects
 * count over all calls of the row.                                                               */

enum clock { RIGHT, BOOTED /* 1970 when the row began */ };

typedef struct row {
    int         line;
    const char *switches; /* of the stand-in, apart by single blanks                              */
    /* what is done; zero: 1 call, the header's 3 attempts, PATIENCE_MS, the keys of the stand-in */
    int         calls, max_attempts, timeout_ms;
    enum clock  clock;
    const char *instance, *contact, *base, *host, *region, *access, *secret, *token;
    int         renews;    /* the credentials callback knows a second key                         */
    int         forgetful; /* no cuc_shared                                                       */
    int         queue;     /* a field for external audio only                                     */
    /* what has to come of it                                                                     */
    cuc_status  status;
    int         http, attempts, applied;
    int         requests; /* that are sent, and arrive; 0: as many as attempts                   */
    int         connects; /* 0: not looked at                                                    */
    const char *code, *reason; /* NULL: none                                                      */
    const char *message; /* how it begins; NULL: not looked at                                  */
    int         retryable, skew_s;
    uint32_t    waited_least, waited_most; /* 0, 0: not looked at                                 */
} row;

/* clang-format off */
#define OK(tries) .http = 200, .applied = 1, .attempts = tries
#define OK_CALLS(n, sent, tries) \
    .http = 200, .calls = n, .applied = n, .requests = sent, .attempts = tries
#define NO(status_code, name, tries) \
    .status = CUC_E_SERVICE, .http = status_code, .code = name, .attempts = tries
#define LOST(tries, times) \
    .status = CUC_E_EXHAUSTED, .retryable = 1, .attempts = tries, .applied = times
#define WAITED(least, most) .waited_least = least, .waited_most = most

#define CONFLICT "ConflictException"
#define EXPIRED "ExpiredTokenException"
#define INVALID "InvalidRequestException"
#define NO_CLIENT "UnrecognizedClientException"
#define NOT_FOUND "ResourceNotFoundException"
#define SIGNATURE "InvalidSignatureException"
#define UNAVAILABLE "ServiceUnavailableException"
#define KEY_2 "AKIDSECOND|second+secret/2|second-token"

static const row rows[] = {
    { __LINE__, "", OK(1) },
    { __LINE__, "", OK_CALLS(5, 5, 1), .connects = 1 },

    /* -- answers of the service: repeated or not -- */
    { __LINE__, "--fault status=500*1", OK(2) },
    { __LINE__, "--fault status=503*2", OK(3) },
    { __LINE__, "--fault status=502*1 --fault status=504*1", OK(3) },
    { __LINE__, "--fault status=503*4", OK(5), .max_attempts = 5 },
    { __LINE__, "--fault status=503*3", NO(503, UNAVAILABLE, 3), .message = "Service Unavailable",
      .retryable = 1, WAITED(0, 150) },
    { __LINE__, "--fault status=503", NO(503, UNAVAILABLE, 1), .max_attempts = 1, .retryable = 1 },
    { __LINE__, "--fault status=501", NO(501, NULL, 1) },
    { __LINE__, "--fault status=204", .http = 204, .applied = 1, .attempts = 1 }, /* P32 */
    { __LINE__, "--fault throttle*1", OK(2), WAITED(0, 1000) },
    { __LINE__, "--fault throttle", NO(429, "ThrottlingException", 3), .message = "Rate exceeded",
      .retryable = 1, WAITED(0, 3000) },
    { __LINE__, "--fault error=ThrottlingException*1", OK(2) },
    { __LINE__, "--fault error=InternalServiceException*1", OK(2) },
    { __LINE__, "--fault error=ServiceUnavailableException*1", OK(2) },
    { __LINE__, "--fault error=InvalidRequestException", NO(400, INVALID, 1),
      .message = "The request is not valid" },
    { __LINE__, "--fault error=InvalidParameterException", NO(400, "InvalidParameterException", 1),
      .message = "One or more of the parameters are not valid" },
    { __LINE__, "--fault error=InvalidActiveRegionException",
      NO(400, "InvalidActiveRegionException", 1), .message = "This region is not the active one" },
    { __LINE__, "--fault error=AccessDeniedException", NO(403, "AccessDeniedException", 1),
      .message = "You do not have sufficient permissions" },
    { __LINE__, "--fault error=UnrecognizedClientException", NO(403, NO_CLIENT, 1) },
    { __LINE__, "--fault error=ResourceNotFoundException", NO(404, NOT_FOUND, 1),
      .message = "The specified resource was not found" },
    { __LINE__, "--fault error=ConflictException", NO(409, CONFLICT, 1),
      .message = "Operation cannot be performed at this time" },
    { __LINE__, "--fault error=RequestTimeTooSkewed", NO(403, "RequestTimeTooSkewed", 1),
      .message = "The difference between" }, /* the clocks agree: again would not help */
    { __LINE__, "--fault reason=A_REASON", NO(400, INVALID, 1), .reason = "A_REASON" },
    { __LINE__, "--fault html-503*1", OK(2) },
    { __LINE__, "--fault html-503", NO(503, NULL, 3), .retryable = 1 },
    { __LINE__, "--fault redirect", NO(307, NULL, 1) }, /* P29: one request, nowhere else */
    { __LINE__, "--fault junk-200", OK(1) },

    /* -- no answer: lost before it was applied, or behind -- */
    { __LINE__, "--fault drop-before*1", OK(2) },
    { __LINE__, "--fault drop-before", LOST(3, 0) },
    { __LINE__, "--fault drop-after*1", .http = 200, .applied = 2, .attempts = 2 }, /* P63 */
    { __LINE__, "--fault drop-after", LOST(3, 3) },
    { __LINE__, "--fault drop-after", LOST(1, 1), .max_attempts = 1 },
    { __LINE__, "--fault drop-after*1 --fault error=ConflictException", NO(409, CONFLICT, 2),
      .applied = 1 },
    { __LINE__, "--fault delay=50", OK(1) },
    { __LINE__, "--fault delay=1500*1", .http = 200, .applied = 2, .attempts = 2,
      .timeout_ms = 500 },
    { __LINE__, "--fault delay=1500", LOST(2, 2), .timeout_ms = 300, .max_attempts = 2 },
    { __LINE__, "--fault one-byte=20", .status = CUC_E_EXHAUSTED, .http = 200, .applied = 3,
      .attempts = 3, .retryable = 1, .timeout_ms = 1500 }, /* a status came, the end did not */

    /* -- the same answer in other clothes -- */
    { __LINE__, "--fault truncate", .status = CUC_E_EXHAUSTED, .http = 200, .applied = 3,
      .attempts = 3, .retryable = 1 },
    { __LINE__, "--fault status=503+truncate*1", OK(2) },
    { __LINE__, "--fault status=400+truncate", NO(400, INVALID, 1) }, /* P33 */
    { __LINE__, "--fault chunked", OK_CALLS(3, 3, 1), .connects = 1 },
    { __LINE__, "--fault chunked+truncate", .status = CUC_E_EXHAUSTED, .http = 200, .applied = 3,
      .attempts = 3, .retryable = 1 },
    { __LINE__, "--fault continue", OK_CALLS(3, 3, 1), .connects = 1 }, /* P31 */
    { __LINE__, "--fault close", OK_CALLS(3, 3, 1), .connects = 3 },
    { __LINE__, "--fault one-byte", OK_CALLS(3, 3, 1), .connects = 1 },
    { __LINE__, "--fault one-byte=1", OK(1) },
    { __LINE__, "--fault chunked+one-byte+continue", OK_CALLS(3, 3, 1), .connects = 1 },
    { __LINE__, "--fault chunked+one-byte+continue+error=ResourceNotFoundException",
      NO(404, NOT_FOUND, 1), .message = "The specified resource was not found" },
    { __LINE__, "--fault close+one-byte+error=ResourceNotFoundException",
      NO(404, NOT_FOUND, 1), .message = "The specified resource was not found" },

    /* -- the service says when: up to 5 s over what the header would have waited, 0 to 50 ms -- */
    { __LINE__, "--fault retry-after=1*1", OK(2), WAITED(1000, 1000) },
    { __LINE__, "--fault retry-after=3600*1", OK(2), WAITED(5000, 5050) }, /* P60 */
    { __LINE__, "--fault x-retry-after=70*1", OK(2), WAITED(70, 70) },
    { __LINE__, "--fault x-retry-after=70+retry-after=3*1", OK(2), WAITED(70, 70) },
    { __LINE__, "--fault throttle+x-retry-after=1500*1", OK(2), WAITED(1500, 1500) },

    /* -- clocks: one extra round trip, once. P19 P20 P21 -- */
    { __LINE__, "--skew 3600", OK(2), .skew_s = 3600 },
    { __LINE__, "--skew -3600", OK(2), .skew_s = -3600 },
    { __LINE__, "--skew 200", OK(1), .skew_s = 200 },
    { __LINE__, "--skew 3600", OK_CALLS(3, 4, 1), .skew_s = 3600 }, /* the memory knows */
    { __LINE__, "--skew 3600", OK_CALLS(3, 6, 2), .forgetful = 1, .skew_s = 3600 },
    { __LINE__, "--skew 3600", NO(403, SIGNATURE, 1), .max_attempts = 1, .retryable = 1,
      .message = "Signature expired: ", .skew_s = 3600 },
    { __LINE__, "--skew -3600", NO(403, SIGNATURE, 1), .max_attempts = 1, .retryable = 1,
      .message = "Signature not yet current: ", .skew_s = -3600 },
    { __LINE__, "--now 1440938160", OK(2), .clock = BOOTED, .skew_s = 1440938160 },
    { __LINE__, "--now 1440938160 --skew 86400", OK_CALLS(2, 3, 1), .clock = BOOTED,
      .skew_s = 1440938160 + 86400 },

    /* -- keys -- */
    { __LINE__, "--secret-key another", NO(403, SIGNATURE, 1), .message = "The request signature" },
    { __LINE__, "--access-key AKIDOTHER", NO(403, NO_CLIENT, 1) },
    { __LINE__, "--access-key AKIDOTHER --secret-key another", OK(1), .access = "AKIDOTHER",
      .secret = "another" },
    { __LINE__, "--session-token temporary", OK(1), .token = "temporary" },
    { __LINE__, "--session-token temporary", NO(403, NO_CLIENT, 1) },
    { __LINE__, "--session-token temporary", NO(403, NO_CLIENT, 1), .token = "wrong" },
    { __LINE__, "--fault expired-token", NO(403, EXPIRED, 1) }, /* nobody knows another key */
    { __LINE__, "--fault expired-token --rotate " KEY_2 "@0", NO(403, EXPIRED, 2), .renews = 1 },
    { __LINE__, "--session-token t --rotate " KEY_2 "@2", OK_CALLS(3, 4, 2), .token = "t",
      .renews = 1 }, /* P14 P17: the third call signs with both, one after the other */
    { __LINE__, "--session-token t --rotate " KEY_2 "@2", OK_CALLS(5, 6, 1), .token = "t",
      .renews = 1 },
    { __LINE__, "--session-token t --rotate " KEY_2 "@1", NO(403, EXPIRED, 1), .token = "t",
      .calls = 2, .applied = 1, .requests = 2 },

    /* -- where, and which contact -- */
    { __LINE__, "--host 127.0.0.2", OK(1), .host = "127.0.0.2" },
    { __LINE__, "--base-path /a/b%20c", OK(1), .base = "/a/b%20c" },
    { __LINE__, "--region eu-west-2", OK(1), .region = "eu-west-2" },
    { __LINE__, "--region *", OK(1), .region = "eu-west-2" },
    { __LINE__, "--region eu-west-2", NO(403, SIGNATURE, 1),
      .message = "Credential should be scoped to a valid region" },
    { __LINE__, "--instance i --contact c", OK(1), .instance = "i", .contact = "c" },
    { __LINE__, "--contact i/a%2Fb%20c:%25", OK(1), .instance = "i",
      .contact = "a/b c:%" }, /* P01 P03 */
    { __LINE__, "--allow-host 127.0.0.1", OK(1) },
    { __LINE__, "--control 0 --connections 1 --patience 2000", OK(1) },
    { __LINE__, "--contacts 3", OK(1), .contact = "soak-2" },
    { __LINE__, "--contacts 3", NO(404, NOT_FOUND, 1), .contact = "soak-3" },
    { __LINE__, "--external an-external-one", OK(1), .contact = "an-external-one", .queue = 1 },
    { __LINE__, "", OK(1), .contact = EXTERNAL, .queue = 1 },
    { __LINE__, "", NO(400, INVALID, 1), .queue = 1, .message = "QueueInfo can be updated on an" },

    /* -- the mix draws the same for the same seed; each call comes through in the end -- */
    { __LINE__, "--fault mix=7", OK_CALLS(60, 70, 1) },
    { __LINE__, "--fault mix=9", .http = 200, .calls = 60, .applied = 61, .requests = 74, .attempts = 1 },
};
/* clang-format on */

/* ---- one row --------------------------------------------------------------------------------- */

typedef struct world {
    const row *row;
    line       line;
    int64_t    began;
    char       path[256]; /* of the last request, for the read-back                               */
    int        second;    /* the second key counts                                                */
    long       connects;  /* without the read-back's                                              */
} world;

static const char *or_else(const char *given, const char *usual) { return given ? given : usual; }

static int on_send(void *user, const cuc_http_request *http, cuc_call *call)
{
    world *w = user;
    snprintf(w->path, sizeof w->path, "%s", http->path);
    return line_exchange(&w->line, http, call);
}

static int64_t on_now(void *user)
{
    const world *w = user;
    return w->row->clock == BOOTED ? tick() - w->began : milliseconds(CLOCK_REALTIME);
}

static int on_sleep(void *user, uint32_t ms)
{
    (void)user;
    nap(ms / HURRY);
    return 0;
}

/* As a provider does: another key once the first was refused. */
static int on_credentials(void *user, int64_t now_ms, cuc_credentials *copy)
{
    world *w = user;
    (void)now_ms;
    if (w->line.status == 403) w->second = 1;
    if (!w->second) return 0;
    copy->access_key    = cuc_s("AKIDSECOND");
    copy->secret_key    = cuc_s("second+secret/2");
    copy->session_token = cuc_s("second-token");
    return 0;
}

static cuc_client client_of(world *w, cuc_shared *memory, const char *url)
{
    const row *r    = w->row;
    cuc_client c    = CUC_ZERO;
    c.region        = cuc_s(or_else(r->region, "us-east-1"));
    c.endpoint_url  = cuc_s(url);
    c.access_key    = cuc_s(or_else(r->access, ACCESS));
    c.secret_key    = cuc_s(or_else(r->secret, SECRET));
    c.session_token = cuc_s(r->token);
    c.user          = w;
    c.sha256        = sha256;
    c.send          = on_send;
    c.now_ms        = on_now;
    c.sleep_ms      = on_sleep;
    c.credentials   = r->renews ? on_credentials : NULL;
    c.shared        = r->forgetful ? NULL : memory;
    c.max_attempts  = r->max_attempts;
    return c;
}

static int calls_of(const row *r) { return r->calls > 0 ? r->calls : 1; }

/* The row's calls; the last one's result. */
static cuc_result make_calls(world *w)
{
    static char work[CUC_WORK_SIZE(1024, 64)];
    const row  *r       = w->row;
    cuc_shared  memory  = CUC_ZERO;
    cuc_request request = CUC_ZERO;
    cuc_client  client;
    cuc_result  result;
    char        name[64], url[128];
    int         i;
    snprintf(url, sizeof url, "http://%s:%d%s", w->line.host, w->line.port, or_else(r->base, ""));
    client              = client_of(w, &memory, url);
    request.instance_id = cuc_s(or_else(r->instance, INSTANCE));
    request.contact_id  = cuc_s(or_else(r->contact, CONTACT));
    request.queue_id    = cuc_s(r->queue ? "a-queue" : NULL);
    for (i = 1; i <= calls_of(r); i++) {
        snprintf(name, sizeof name, "line %d, call %d", r->line, i);
        request.name = cuc_s(name);
        (void)cuc_update_contact(&client, &request, work, sizeof work, &result);
    }
    return result;
}

/* ---- what came of it ------------------------------------------------------------------------- */

static int complain(const row *r, const char *what)
{
    printf("switches.c:%d: [%s] %s", r->line, r->switches, what);
    return 0;
}

static int same(const row *r, const char *what, long got, long wanted)
{
    if (got == wanted) return 1;
    complain(r, what);
    printf(": %ld, wanted %ld\n", got, wanted);
    return 0;
}

/* From the beginning as far as wanted goes; NULL: nothing at all. */
static int begins(const row *r, const char *what, const char *got, const char *wanted)
{
    if (wanted == NULL ? got[0] == '\0' : strncmp(got, wanted, strlen(wanted)) == 0) return 1;
    complain(r, what);
    printf(": \"%s\", wanted \"%s\"\n", got, or_else(wanted, ""));
    return 0;
}

static int within(const row *r, const char *what, int64_t got, int64_t least, int64_t most)
{
    if (got >= least && got <= most) return 1;
    complain(r, what);
    printf(": %lld, wanted %lld to %lld\n", (long long)got, (long long)least, (long long)most);
    return 0;
}

static int result_is_right(const row *r, const cuc_result *got)
{
    const int64_t clock_offset_ms = r->skew_s * (int64_t)1000; /* Date has whole seconds */
    int ok = same(r, "status", got->status, r->status) & same(r, "HTTP", got->http_status, r->http);
    ok &= same(r, "attempts", got->attempts, r->attempts);
    ok &= same(r, "retryable", got->retryable, r->retryable);
    if (r->status == CUC_E_SERVICE) {
        ok &= begins(r, "code", got->code, r->code);
        ok &= begins(r, "reason", got->reason, r->reason);
        if (r->message != NULL) ok &= begins(r, "message", got->message, r->message);
    }
    if (r->waited_most > 0)
        ok &= within(r, "waited", got->waited_ms, r->waited_least, r->waited_most);
    return ok &
           within(r, "skew", got->clock_offset_ms, clock_offset_ms - 2500, clock_offset_ms + 2500);
}

/* An update that was applied is there, even if its caller never heard of it; no other is. */
static int readback_is_right(world *w)
{
    static text t;
    const row  *r    = w->row;
    const int   last = r->status == CUC_OK || r->applied > calls_of(r) ? calls_of(r) : r->applied;
    const int   got  = line_get(&w->line, w->path, &t);
    char        name[64];
    if (r->http == 404 && r->contact != NULL) return same(r, "read-back", got, 404);
    if (!same(r, "read-back", got, 200)) return 0;
    snprintf(name, sizeof name, "\"Name\":\"line %d, call %d\"", r->line, last);
    if (last == 0) return same(r, "a name that was set", strstr(t.bytes, "\"Name\"") != NULL, 0);
    if (strstr(t.bytes, name) != NULL) return 1;
    complain(r, "read-back");
    printf(": %s, wanted %s\n", t.bytes, name);
    return 0;
}

static int counts_are_right(const world *w, const standin *s)
{
    const row *r        = w->row;
    const int  requests = r->requests > 0 ? r->requests : r->attempts;
    int        ok       = same(r, "requests that were sent", w->line.sent, requests);
    ok &= same(r, "requests that arrived, with the read-back", s->requests, requests + 1);
    ok &= same(r, "updates that were applied", s->applied, r->applied);
    if (r->connects > 0) ok &= same(r, "connections", w->connects, r->connects);
    return ok;
}

/* Cuts switches at blanks, in place, into a list with a NULL behind it. */
static void split(char *switches, const char **list, size_t room)
{
    size_t n   = 0;
    char  *one = strtok(switches, " ");
    for (; one != NULL && n + 1 < room; one = strtok(NULL, " ")) list[n++] = one;
    list[n] = NULL;
}

static int row_holds(const row *r, const char *program, const char *log)
{
    char        copy[256];
    const char *list[16];
    world       w;
    standin     s;
    cuc_result  result;
    int         ok;
    memset(&w, 0, sizeof w);
    snprintf(copy, sizeof copy, "%s", r->switches);
    split(copy, list, ROWS(list));
    s                 = standin_start(program, log, list);
    w.row             = r;
    w.line            = line_to(or_else(r->host, "127.0.0.1"), s.port,
                     r->timeout_ms > 0 ? r->timeout_ms : PATIENCE_MS);
    w.began           = tick();
    result            = make_calls(&w);
    ok                = result_is_right(r, &result);
    w.connects        = w.line.connects;
    w.line.timeout_ms = PATIENCE_MS;
    ok &= readback_is_right(&w);
    line_close(&w.line);
    if (!standin_stop(&s)) give_up("a stand-in that does not end when its stdin is closed");
    return ok & counts_are_right(&w, &s);
}

/* ---- what does not fit into a row: how it begins and ends ------------------------------------ */

typedef struct place {
    const char *program, *log;
} place;

static const row plain = { __LINE__, "", OK(1) };

static standin start(const place *p, const char *switches)
{
    char        copy[256];
    const char *list[16];
    snprintf(copy, sizeof copy, "%s", switches);
    split(copy, list, ROWS(list));
    return standin_start(p->program, p->log, list);
}

static cuc_result one_call(int port)
{
    world      w;
    cuc_result result;
    memset(&w, 0, sizeof w);
    w.row   = &plain;
    w.line  = line_to("127.0.0.1", port, PATIENCE_MS);
    w.began = tick();
    result  = make_calls(&w);
    line_close(&w.line);
    return result;
}

/* 1: the stand-in ended by itself within that time, with status 0. */
static int ends_within(standin *s, int ms)
{
    const int64_t end    = tick() + ms;
    int           status = -1;
    pid_t         done   = 0;
    while (done == 0 && tick() < end) {
        done = waitpid(s->pid, &status, WNOHANG);
        if (done == 0) nap(5);
    }
    if (done == 0) standin_stop(s);
    else close(s->hold);
    return done == s->pid && status == 0;
}

static int a_given_port_is_listened_on(const place *p)
{
    char      switches[32];
    standin   s    = start(p, "--port 0");
    const int port = s.port;
    int       ok   = standin_stop(&s);
    snprintf(switches, sizeof switches, "--port %d", port);
    s = start(p, switches);
    ok &= s.port == port && one_call(port).status == CUC_OK;
    return ok & standin_stop(&s);
}

static int it_ends_after_so_many_answers(const place *p)
{
    standin s  = start(p, "--max-requests 2");
    int     ok = one_call(s.port).status == CUC_OK && waitpid(s.pid, NULL, WNOHANG) == 0;
    ok &= one_call(s.port).status == CUC_OK;
    return ok & ends_within(&s, PATIENCE_MS);
}

static int it_stays_when_stdin_is_closed_and_ends_after_its_seconds(const place *p)
{
    const int64_t began = tick();
    standin       s     = start(p, "--stay --seconds 1");
    int           ok;
    close(s.hold);
    s.hold = -1;
    nap(300);
    ok = one_call(s.port).status == CUC_OK;
    ok &= ends_within(&s, PATIENCE_MS);
    return ok && tick() - began >= 1000;
}

static int it_ends_on_sigterm(const place *p)
{
    standin s  = start(p, "");
    int     ok = one_call(s.port).status == CUC_OK;
    kill(s.pid, SIGTERM);
    return ok & ends_within(&s, PATIENCE_MS);
}

static int without_a_service_every_attempt_is_lost(const place *p)
{
    standin    s = start(p, "");
    cuc_result r;
    if (!standin_stop(&s)) return 0;
    r = one_call(s.port);
    return r.status == CUC_E_EXHAUSTED && r.attempts == 3 && r.http_status == 0 && r.retryable;
}

static int is_in_a_row(const char *word)
{
    static const char *const elsewhere[] = { "--port", "--log",    "--max-requests", "--seconds",
                                             "--stay", "--strict", "--help" };
    size_t                   i;
    for (i = 0; i < ROWS(elsewhere); i++)
        if (strcmp(elsewhere[i], word) == 0) return 1;
    for (i = 0; i < ROWS(rows); i++) {
        const char *at = strstr(rows[i].switches, word);
        if (at != NULL && strchr(" =+*", at[strlen(word)]) != NULL) return 1;
    }
    return 0;
}

/* A new switch or fault without a row turns this red. In the help their lines begin with two
 * blanks; --log is what every row uses.                                                          */
static int every_switch_and_fault_of_the_help_has_a_row(const place *p)
{
    char  command[512], entry[256], word[64];
    int   faults = 0, seen = 0, ok = 1;
    FILE *help;
    snprintf(command, sizeof command, "'%s' --help", p->program);
    if ((help = popen(command, "r")) == NULL) return 0;
    while (fgets(entry, sizeof entry, help) != NULL) {
        faults |= strncmp(entry, "FAULTS", 6) == 0;
        if (strncmp(entry, "  ", 2) != 0 ||
            sscanf(entry + 2, faults ? "%63[a-z0-9-]" : "--%60[a-z-]", word) != 1)
            continue;
        if (!faults) snprintf(word, sizeof word, "--%.60s", entry + 4);
        word[strcspn(word, " ")] = '\0';
        seen++;
        if (is_in_a_row(word)) continue;
        printf("no row has %s\n", word);
        ok = 0;
    }
    return pclose(help) == 0 && seen >= 44 && ok;
}

/* clang-format off */
#define TEST(name) { #name, name }
/* clang-format on */
static const struct {
    const char *name;
    int (*holds)(const place *p);
} tests[] = {
    TEST(a_given_port_is_listened_on),
    TEST(it_ends_after_so_many_answers),
    TEST(it_stays_when_stdin_is_closed_and_ends_after_its_seconds),
    TEST(it_ends_on_sigterm),
    TEST(without_a_service_every_attempt_is_lost),
    TEST(every_switch_and_fault_of_the_help_has_a_row),
};

int main(int argc, char **argv)
{
    place  p;
    size_t i, bad = 0;
    if (argc != 3) give_up("switches STANDIN LOGFILE");
    p.program = argv[1];
    p.log     = argv[2];
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (i = 0; i < ROWS(rows); i++) bad += (size_t)!row_holds(&rows[i], p.program, p.log);
    for (i = 0; i < ROWS(tests); i++) {
        if (tests[i].holds(&p)) continue;
        printf("switches.c: %s does not hold\n", tests[i].name);
        bad++;
    }
    printf("%lu passed, %lu failed\n", (unsigned long)(ROWS(rows) + ROWS(tests) - bad),
           (unsigned long)bad);
    return bad != 0;
}
