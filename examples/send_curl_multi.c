/* examples/send_curl_multi.c - many updates on one thread, up to 20 of them at the same time.
 * send_curl_multi INSTANCE NAME CONTACT...   credentials, region: AWS_..., as for the command line
 * needs: libcurl                                                                                 */
#define _POSIX_C_SOURCE 200809L
#include <curl/curl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "curl_exchange.h"
#include "sha256.h"

/* The calls under way, and so the connections. A call begins only when a job is free, not before: a
 * signature is good for five minutes, and libcurl's time-outs count the time in its queue.       */
enum { JOBS = 20 };

typedef struct job {
    cuc_call    call;
    cuc_result  result;
    char        work[CUC_WORK_SIZE(4096, 2048)]; /* bytes of JSON and of session token, at most */
    exchange    http;
    int64_t     timer;   /* when to go on, on the monotonic clock; 0: no timer */
    const char *contact; /* NULL: this job is free */
} job;

static job         jobs[JOBS];
static CURLM      *multi;
static int         failed_updates; /* globals of this program; the library has none */
static cuc_client  client;         /* of all calls */
static cuc_request request;

static int64_t ms(clockid_t clock) /* REALTIME to sign; MONOTONIC, which nobody sets, to wait */
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void report(job *j)
{
    const cuc_result *r = &j->result;
    char              text[CUC_TEXT_SIZE];
    cuc_result_text(r, text, sizeof text);
    printf("%s: %s (attempts: %d)\n", j->contact, text, r->attempts);
    failed_updates += r->status != CUC_OK;
    j->contact = NULL;
}

/* The easy handle is closed before the call goes on. A closed handle calls no callback, so no late
 * event of one attempt can reach the next one. With another event loop, ensure the same.         */
static void http_over(job *j, CURLcode code)
{
    if (code != CURLE_OK)
        fprintf(stderr, "%s: libcurl: %s\n", j->contact, exchange_words(&j->http, code));
    curl_multi_remove_handle(multi, j->http.easy);
    cuc_call_end(&j->call, exchange_close(&j->http, code));
    j->timer = ms(CLOCK_MONOTONIC); /* asks cuc_call_next in the next round */
}

/* Body and headers stay in j->work until cuc_call_end. */
static void http_start(job *j, const cuc_http_request *http)
{
    CURLcode code = exchange_open(&j->http, http, &j->call);
    if (code == CURLE_OK) code = curl_easy_setopt(j->http.easy, CURLOPT_PRIVATE, j);
    if (code == CURLE_OK && curl_multi_add_handle(multi, j->http.easy) != CURLM_OK)
        code = CURLE_OUT_OF_MEMORY;
    if (code != CURLE_OK) http_over(j, code);
}

static void step(job *j)
{
    j->timer = 0;
    switch (cuc_call_next(&j->call, ms(CLOCK_REALTIME))) {
    case CUC_NEXT_SEND:
        http_start(j, cuc_call_http_request(&j->call));
        break;
    case CUC_NEXT_WAIT:
        j->timer = ms(CLOCK_MONOTONIC) + cuc_call_wait_ms(&j->call);
        break;
    case CUC_NEXT_DONE:
        report(j);
        break;
    }
}

static void begin(job *j, const char *contact)
{
    j->contact         = contact;
    request.contact_id = cuc_s(contact); /* begin reads the request; afterwards it may change */
    cuc_call_begin(&j->call, &client, &request, j->work, sizeof j->work, &j->result);
    j->timer = ms(CLOCK_MONOTONIC);
}

/* Goes on with the jobs that are due. Returns for how many milliseconds there is nothing to do. */
static int timers(void)
{
    int64_t next = 1000, left;
    job    *j;
    for (j = jobs; j < jobs + JOBS; j++) {
        if (j->timer == 0) continue;
        if (j->timer <= ms(CLOCK_MONOTONIC)) step(j);
        left = j->timer != 0 ? j->timer - ms(CLOCK_MONOTONIC) : j->contact == NULL ? 0 : next;
        if (left < next) next = left > 0 ? left : 0;
    }
    return (int)next;
}

static int messages(void)
{
    CURLMsg *m;
    int      n, count = 0;
    void    *found = NULL;
    for (; (m = curl_multi_info_read(multi, &n)) != NULL; count++) {
        if (m->msg != CURLMSG_DONE) continue;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &found);
        http_over(found, m->data.result);
    }
    return count;
}

/* curl_multi_poll does this, too, from libcurl 7.66 on. curl_multi_wait returns at once while there
 * is no socket yet, as during the lookup of a name.                                              */
static void wait_for(int running, int wait_ms)
{
    int ready = 0;
    if (running > 0) curl_multi_wait(multi, NULL, 0, wait_ms, &ready);
    if (ready == 0) poll(NULL, 0, running == 0 ? wait_ms : wait_ms < 10 ? wait_ms : 10);
}

/* Gives free jobs the next contacts. Returns how many jobs have one. */
static int begin_more(char ***contacts)
{
    int  busy = 0;
    job *j;
    for (j = jobs; j < jobs + JOBS; j++) {
        if (j->contact == NULL && **contacts != NULL) begin(j, *(*contacts)++);
        busy += j->contact != NULL;
    }
    return busy;
}

static void loop(char **contacts)
{
    while (begin_more(&contacts) > 0) {
        const int wait_ms = timers();
        int       running = 0;
        curl_multi_perform(multi, &running);
        if (messages() == 0 && wait_ms > 0) wait_for(running, wait_ms);
    }
}

int main(int argc, char **argv)
{
    static cuc_shared
        shared; /* all calls share the retry budget and what they learn of the clock */
    if (argc < 4) return fprintf(stderr, "usage: send_curl_multi INSTANCE NAME CONTACT...\n"), 2;
    signal(SIGPIPE, SIG_IGN);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || (multi = curl_multi_init()) == NULL) return 2;
    curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)JOBS);
    client.sha256        = sha256;
    client.shared        = &shared;
    client.region        = cuc_s(getenv("AWS_REGION"));
    client.endpoint_url  = cuc_s(getenv("AWS_ENDPOINT_URL_CONNECT")); /* unset: from the region */
    client.access_key    = cuc_s(getenv("AWS_ACCESS_KEY_ID"));
    client.secret_key    = cuc_s(getenv("AWS_SECRET_ACCESS_KEY"));
    client.session_token = cuc_s(getenv("AWS_SESSION_TOKEN"));
    request.instance_id  = cuc_s(argv[1]);
    request.name         = cuc_s(argv[2]);
    loop(argv + 3);
    curl_multi_cleanup(multi);
    curl_global_cleanup();
    return failed_updates > 0;
}
