/* examples/send_libuv.c - 500 updates in flight on one thread: a libuv loop drives libcurl.
 * send_libuv INSTANCE NAME CONTACT...   credentials, region: AWS_..., as for the command line
 * needs: libuv libcurl
 *
 * Prints a line for each contact and, at the end, calls per second and memory per call.
 * Exit codes: 0 all updated. 1 one was not, for good. 2 wrong arguments. 3 trying again can help.  */
#define _POSIX_C_SOURCE 200809L
#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <uv.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "curl_exchange.h"
#include "sha256.h"

/* Calls wait for a free connection in libcurl, where its time-outs count. So no call may wait long:
 * CALLS / CONNECTIONS times the time of an exchange has to stay far below CURLOPT_TIMEOUT_MS.    */
enum { CALLS = 500, CONNECTIONS = 50 };

typedef struct job {
    cuc_call    call;
    cuc_result  result;
    char        work[CUC_WORK_SIZE(4096, 2048)]; /* bytes of JSON and of session token, at most */
    exchange    http;
    uv_timer_t  timer;
    const char *contact; /* NULL: this job is free */
} job;

typedef struct watched { /* a socket of libcurl's */
    uv_poll_t     poll;
    curl_socket_t fd;
} watched;

static struct { /* of this program; the library has no globals */
    uv_loop_t   loop;
    uv_timer_t  timeout;
    CURLM      *multi;
    cuc_client  client;
    cuc_request request;
    char      **contacts; /* that have not begun yet, up to NULL */
    int         done, final, again;
} app;

/* ---- calls ------------------------------------------------------------------------------------- */

static void on_timer(uv_timer_t *timer);

static int64_t wall_clock(void)
{
    uv_timeval64_t t;
    uv_gettimeofday(&t);
    return t.tv_sec * 1000 + t.tv_usec / 1000;
}

/* The next contact, if there is one. It begins in the next round of the loop, not in this call. */
static void begin(job *j)
{
    j->contact = *app.contacts;
    if (j->contact == NULL) return;
    app.contacts++;
    app.request.contact_id = cuc_s(j->contact); /* begin reads the request; then it may change */
    cuc_call_begin(&j->call, &app.client, &app.request, j->work, sizeof j->work, &j->result);
    uv_timer_start(&j->timer, on_timer, 0, 0);
}

static void report(job *j, const cuc_result *r)
{
    char text[CUC_TEXT_SIZE];
    cuc_result_text(r, text, sizeof text);
    printf("%s: %s (attempts: %d)\n", j->contact, text, r->attempts);
    if (r->status == CUC_OK) app.done++;
    else if (r->retryable) app.again++;
    else app.final++;
    begin(j);
}

/* The easy handle is closed before the call goes on. A closed handle calls no callback, so no late
 * event of one attempt can reach the next one.                                                   */
static void http_over(job *j, CURLcode code)
{
    if (code != CURLE_OK)
        fprintf(stderr, "%s: libcurl: %s\n", j->contact, exchange_words(&j->http, code));
    curl_multi_remove_handle(app.multi, j->http.easy);
    cuc_call_end(&j->call, exchange_close(&j->http, code));
    uv_timer_start(&j->timer, on_timer, 0, 0);
}

/* Body and headers stay in j->work until cuc_call_end. */
static void http_start(job *j, const cuc_http_request *http)
{
    CURLcode code = exchange_open(&j->http, http, &j->call);
    if (code == CURLE_OK) code = curl_easy_setopt(j->http.easy, CURLOPT_PRIVATE, j);
    if (code == CURLE_OK && curl_multi_add_handle(app.multi, j->http.easy) != CURLM_OK)
        code = CURLE_OUT_OF_MEMORY;
    if (code != CURLE_OK) http_over(j, code);
}

static void on_timer(uv_timer_t *timer)
{
    job *j = timer->data;
    switch (cuc_call_next(&j->call, wall_clock())) {
    case CUC_NEXT_SEND:
        http_start(j, cuc_call_http_request(&j->call));
        break;
    case CUC_NEXT_WAIT:
        uv_timer_start(&j->timer, on_timer, cuc_call_wait_ms(&j->call), 0);
        break;
    case CUC_NEXT_DONE:
        report(j, &j->result);
        break;
    }
}

/* ---- libcurl on libuv -------------------------------------------------------------------------- */

static void act(curl_socket_t fd, int events)
{
    CURLMsg *m;
    void    *found = NULL;
    int      n;
    curl_multi_socket_action(app.multi, fd, events, &n);
    while ((m = curl_multi_info_read(app.multi, &n)) != NULL) {
        if (m->msg != CURLMSG_DONE) continue;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &found);
        http_over(found, m->data.result);
    }
}

static void on_timeout(uv_timer_t *timer)
{
    (void)timer;
    act(CURL_SOCKET_TIMEOUT, 0);
}

static int set_timeout(CURLM *multi, long ms, void *user)
{
    (void)multi, (void)user;
    if (ms < 0) return uv_timer_stop(&app.timeout);
    return uv_timer_start(&app.timeout, on_timeout, (uint64_t)ms, 0);
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
    const watched *w     = poll->data;
    int            flags = status < 0 ? CURL_CSELECT_ERR : 0;
    if (events & UV_READABLE) flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE) flags |= CURL_CSELECT_OUT;
    act(w->fd, flags);
}

static void on_closed(uv_handle_t *handle) { free(handle->data); }

static watched *watch(curl_socket_t fd)
{
    watched *w = malloc(sizeof *w);
    if (w == NULL || uv_poll_init_socket(&app.loop, &w->poll, fd) != 0) abort();
    w->fd        = fd;
    w->poll.data = w;
    curl_multi_assign(app.multi, fd, w);
    return w;
}

static int set_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *known)
{
    watched  *w = known;
    const int events =
        (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    (void)easy, (void)user;
    if (what != CURL_POLL_REMOVE)
        return uv_poll_start(&(w ? w : watch(fd))->poll, events, on_socket);
    if (w == NULL) return 0;
    curl_multi_assign(app.multi, fd, NULL);
    uv_close((uv_handle_t *)&w->poll, on_closed);
    return 0;
}

/* ---- the program ------------------------------------------------------------------------------- */

static long peak_kib(void)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return use.ru_maxrss; /* Linux: KiB; macOS: bytes */
}

static void summary(int calls, long kib, uint64_t ns)
{
    printf("%d calls: %d done, %d refused, %d to be tried again; %.0f calls per second\n",
           app.done + app.final + app.again, app.done, app.final, app.again,
           (app.done + app.final + app.again) * 1e9 / (double)ns);
    printf("memory per call: %zu bytes of ours, %ld KiB with libcurl's (growth of the process)\n",
           sizeof(job), kib / calls);
}

static job *start(int calls)
{
    job *jobs = calloc((size_t)calls, sizeof *jobs);
    int  i;
    if (jobs == NULL) abort();
    for (i = 0; i < calls; i++) {
        uv_timer_init(&app.loop, &jobs[i].timer);
        jobs[i].timer.data = &jobs[i];
        begin(&jobs[i]);
    }
    return jobs;
}

static void stop(job *jobs, int calls)
{
    int i;
    curl_multi_cleanup(app.multi);
    for (i = 0; i < calls; i++) uv_close((uv_handle_t *)&jobs[i].timer, NULL);
    uv_close((uv_handle_t *)&app.timeout, NULL);
    uv_run(&app.loop, UV_RUN_DEFAULT); /* runs the callbacks of uv_close */
    uv_loop_close(&app.loop);
    free(jobs);
}

static void configure(char **argv)
{
    static cuc_shared
        shared; /* all calls share the retry budget and what they learn of the clock */
    app.client.sha256 = sha256;
    app.client.shared = &shared;
    app.client.region = cuc_s(getenv("AWS_REGION"));
    app.client.endpoint_url =
        cuc_s(getenv("AWS_ENDPOINT_URL_CONNECT")); /* unset: from the region */
    app.client.access_key    = cuc_s(getenv("AWS_ACCESS_KEY_ID"));
    app.client.secret_key    = cuc_s(getenv("AWS_SECRET_ACCESS_KEY"));
    app.client.session_token = cuc_s(getenv("AWS_SESSION_TOKEN"));
    app.request.instance_id  = cuc_s(argv[1]);
    app.request.name         = cuc_s(argv[2]);
    app.contacts             = argv + 3;
}

int main(int argc, char **argv)
{
    const int  calls = argc - 3 < CALLS ? argc - 3 : CALLS;
    const long kib   = peak_kib();
    uint64_t   began;
    job       *jobs;
    if (argc < 4) return fprintf(stderr, "usage: send_libuv INSTANCE NAME CONTACT...\n"), 2;
    signal(SIGPIPE, SIG_IGN);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || (app.multi = curl_multi_init()) == NULL)
        return 2;
    uv_loop_init(&app.loop);
    uv_timer_init(&app.loop, &app.timeout);
    curl_multi_setopt(app.multi, CURLMOPT_SOCKETFUNCTION, set_socket);
    curl_multi_setopt(app.multi, CURLMOPT_TIMERFUNCTION, set_timeout);
    curl_multi_setopt(app.multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)CONNECTIONS);
    configure(argv);
    began = uv_hrtime();
    jobs  = start(calls);
    uv_run(&app.loop, UV_RUN_DEFAULT); /* ends when nothing is left to wait for */
    summary(calls, peak_kib() - kib, uv_hrtime() - began);
    stop(jobs, calls);
    curl_global_cleanup();
    return app.final > 0 ? 1 : app.again > 0 ? 3 : 0;
}
