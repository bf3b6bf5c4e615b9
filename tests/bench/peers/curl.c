/* libcurl sends a ready body, with its own signing (`signed`) or with the header that this made
 * (`plain`): the difference is what its signing costs. No network and no other process: this one
 * listens on a local socket, too, and answers between two steps of the transfer.
 * needs: libcurl                                                                                 */
#include "connect_update_contact.h"
#include "request.h"
#include "worker.h"
#include <curl/curl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define HOST "connect.us-west-2.amazonaws.com"
#define TYPE "Content-Type: application/json"
#define NOON 1764072000 /* 2025-11-25T12:00:00Z */

static CURL  *easy;
static CURLM *multi;
static int    listener;
static char   seen[4096], body[1024]; /* what arrived at the far end; what is sent */

static int listen_on(const char *name)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX }; /* its path begins with a zero: no file */
    listener              = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    strcpy(at.sun_path + 1, name);
    return bind(listener, (struct sockaddr *)&at,
                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name))) == 0 &&
           listen(listener, 1) == 0;
}

/* libcurl signs for the time that it is; here it is always noon. */
time_t time(time_t *out)
{
    if (out != NULL) *out = NOON;
    return NOON;
}

static int answer(void)
{
    static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    const int         fd   = accept(listener, NULL, NULL);
    const ssize_t     n    = fd < 0 ? 0 : recv(fd, seen, sizeof seen - 1, MSG_DONTWAIT);
    if (n > 0) {
        seen[n] = '\0';
        send(fd, ok, sizeof ok - 1, 0);
    }
    if (fd >= 0) close(fd);
    return n > 0;
}

static int measured_curl(void)
{
    int      running = 1, answered = 0, left, ok;
    CURLMsg *end;
    curl_multi_add_handle(multi, easy);
    while (running > 0 && curl_multi_perform(multi, &running) == CURLM_OK)
        if (!answered) answered = answer();
    end = curl_multi_info_read(multi, &left);
    ok  = end != NULL && end->data.result == CURLE_OK;
    curl_multi_remove_handle(multi, easy);
    return ok && answered;
}

static size_t swallow(char *data, size_t size, size_t n, void *user)
{
    (void)data, (void)user;
    return size * n;
}

static void prepare_transfer(const cuc_request *q, const char *name)
{
    char url[256];
    snprintf(url, sizeof url, "http://" HOST "/contacts/%s/%s", q->instance_id.ptr,
             q->contact_id.ptr);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(easy, CURLOPT_ABSTRACT_UNIX_SOCKET, name);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
}

static void prepare_signing(const cuc_client *c)
{
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, curl_slist_append(NULL, TYPE));
    curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, "aws:amz:us-west-2:connect");
    curl_easy_setopt(easy, CURLOPT_USERNAME, c->access_key.ptr);
    curl_easy_setopt(easy, CURLOPT_PASSWORD, c->secret_key.ptr);
}

static struct curl_slist *with_line(struct curl_slist *list, const char *name)
{
    char *line = strstr(seen, name);
    if (line == NULL) return list;
    line[strcspn(line, "\r")] = '\0';
    list                      = curl_slist_append(list, line);
    line[strlen(line)]        = '\r';
    return list;
}

/* Once signed; from then on with the two header lines that this made. */
static int prepare_plain(void)
{
    struct curl_slist *list = curl_slist_append(NULL, TYPE);
    if (!measured_curl()) return 0;
    list = with_line(with_line(list, "Authorization: "), "X-Amz-Date: ");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, NULL);
    curl_easy_setopt(easy, CURLOPT_USERNAME, NULL);
    curl_easy_setopt(easy, CURLOPT_PASSWORD, NULL);
    return 1;
}

once *prepare(const char *what)
{
    const cuc_client  c = measured_client(NULL, NULL);
    const cuc_request q = measured_request();
    cuc_result        result;
    char              name[32];
    sprintf(name, "cuc-bench-%ld", (long)getpid());
    if (!listen_on(name)) return NULL;
    cuc_write_json(&q, body, sizeof body, &result);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    multi = curl_multi_init();
    easy  = curl_easy_init();
    prepare_transfer(&q, name);
    prepare_signing(&c);
    return strcmp(what, "plain") != 0 || prepare_plain() ? measured_curl : NULL;
}

void show(void) { printf("%s\n", seen); }
