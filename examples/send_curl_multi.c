/* examples/send_curl_multi.c - many updates at once on one thread, none of which blocks the others.
 * send_curl_multi INSTANCE NAME CONTACT...   credentials, region: AWS_..., as for the command line
 * needs: libcurl                                                                                 */
#define _POSIX_C_SOURCE 200809L
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "sha256.h"

typedef struct job {
    cuc_call           call;
    cuc_result         result;
    char               work[CUC_WORK_SIZE(4096, 2048)]; /* bytes of JSON and of token, at most */
    struct curl_slist *headers;
    int64_t            timer; /* 0: none */
    const char        *contact;
} job;

static CURLM *multi;
static int    open_jobs, failed_jobs; /* the program's; the header has no globals */

static int64_t ms(clockid_t clock) /* REALTIME signs; MONOTONIC, which nobody sets, waits */
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static size_t on_header(char *line, size_t size, size_t count, void *call)
{
    cuc_call_header(call, line, size * count);
    return size * count;
}

static size_t on_body(char *data, size_t size, size_t count, void *call)
{
    cuc_call_body(call, data, size * count);
    return size * count;
}

/* The body stays in job->work, and so does all that is sent, until cuc_call_end. */
static void http_start(job *j, const cuc_http_request *http)
{
    CURL  *easy = curl_easy_init();
    size_t i;
    j->headers = curl_slist_append(NULL, "Expect:");
    for (i = 0; i < http->line_count; i++)
        j->headers = curl_slist_append(j->headers, http->lines[i]);
    curl_easy_setopt(easy, CURLOPT_URL, http->url);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, j->headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, http->body);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)http->body_len);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L); /* a stranger would get the signature */
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 30000L);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &j->call);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &j->call);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, j);
    if (curl_multi_add_handle(multi, easy) != CURLM_OK) abort(); /* out of memory */
}

static void report(const job *j, const cuc_result *r)
{
    char text[512];
    cuc_result_text(r, text, sizeof text);
    printf("%s: %s (attempts: %d)\n", j->contact, text, r->attempts);
    failed_jobs += r->status != CUC_OK;
    open_jobs--;
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
        report(j, &j->result);
        break;
    }
}

static void http_over(CURL *easy, CURLcode code)
{
    void *found = NULL;
    job  *j;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &found);
    j = found;
    curl_multi_remove_handle(multi, easy);
    curl_easy_cleanup(easy);
    curl_slist_free_all(j->headers);
    cuc_call_end(&j->call, code == CURLE_OK ? CUC_SENT : CUC_SEND_AGAIN);
    step(j);
}

/* Rings the timers that are due; returns for how many milliseconds none will be. */
static int timers(job *jobs, int count)
{
    int64_t next = 1000, left;
    int     i;
    for (i = 0; i < count; i++) {
        if (jobs[i].timer == 0) continue;
        left = jobs[i].timer - ms(CLOCK_MONOTONIC);
        if (left <= 0) step(&jobs[i]);
        else if (left < next) next = left;
    }
    return (int)next;
}

static void loop(job *jobs, int count)
{
    CURLMsg *m;
    int      n;
    while (open_jobs > 0) {
        curl_multi_perform(multi, &n);
        while ((m = curl_multi_info_read(multi, &n)) != NULL)
            if (m->msg == CURLMSG_DONE) http_over(m->easy_handle, m->data.result);
        n = timers(jobs, count);
        if (open_jobs > 0) curl_multi_poll(multi, NULL, 0, n, NULL);
    }
}

int main(int argc, char **argv)
{
    const int   count  = argc - 3;
    job        *jobs   = count > 0 ? calloc((size_t)count, sizeof *jobs) : NULL;
    cuc_shared  memory = CUC_ZERO; /* all share the retry quota, and what one learns of the clock */
    cuc_client  client = CUC_ZERO;
    cuc_request request = CUC_ZERO;
    int         i;
    if (jobs == NULL)
        return fprintf(stderr, "usage: send_curl_multi INSTANCE NAME CONTACT...\n"), 2;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    multi                = curl_multi_init();
    client.sha256        = sha256;
    client.shared        = &memory;
    client.region        = cuc_s(getenv("AWS_REGION"));
    client.endpoint_url  = cuc_s(getenv("AWS_ENDPOINT_URL_CONNECT")); /* unset: from the region */
    client.access_key    = cuc_s(getenv("AWS_ACCESS_KEY_ID"));
    client.secret_key    = cuc_s(getenv("AWS_SECRET_ACCESS_KEY"));
    client.session_token = cuc_s(getenv("AWS_SESSION_TOKEN"));
    request.instance_id  = cuc_s(argv[1]);
    request.name         = cuc_s(argv[2]);
    for (i = 0; i < count; i++, open_jobs++) { /* begin reads the request; it may change then */
        request.contact_id = cuc_s(jobs[i].contact = argv[3 + i]);
        cuc_call_begin(&jobs[i].call, &client, &request, jobs[i].work, sizeof jobs[i].work,
                       &jobs[i].result);
    }
    for (i = 0; i < count; i++) step(&jobs[i]);
    loop(jobs, count);
    curl_multi_cleanup(multi);
    free(jobs);
    return failed_jobs > 0;
}
