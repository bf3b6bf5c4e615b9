/* examples/rotating_credentials.c - credentials that expire while a program runs.
 * rotating_credentials http://127.0.0.1:8080 INSTANCE CONTACT FILE
 *
 * FILE has a line `ACCESS-KEY SECRET-KEY [SESSION-TOKEN]` for each set of credentials; the next one
 * is read when a new set is wanted. It stands for what issues yours: AWS IoT, STS, a vault.      */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "http1_send.h"
#include "sha256.h"
#include "tcp.h"

typedef struct set {
    char access[128], secret[128], token[4096];
} set;

typedef struct wallet {
    FILE *issuer;
    set   now; /* what the last fetch brought; the calls point into it */
} wallet;

static int fetch(wallet *w)
{
    char line[sizeof(set) + 3];
    set  next = { "", "", "" };
    if (fgets(line, sizeof line, w->issuer) == NULL) return 1;
    if (sscanf(line, "%127s %127s %4095s", next.access, next.secret, next.token) < 2) return 1;
    printf("    new credentials: %s\n", next.access); /* a name; the other two are secrets */
    w->now = next;
    return 0;
}

/* Called before each attempt. `refused` says that the service has just called the last set expired.
 * If there is no newer one, the old one is tried once more. A program that knows when its set expires
 * fetches the next one five minutes before, by now_ms.                                           */
static int credentials(void *user, int64_t now_ms, cuc_credentials *c)
{
    wallet   *w    = user;
    const int none = w->now.access[0] == '\0';
    (void)now_ms;
    if ((none || c->refused) && fetch(w) != 0 && none) return 1; /* final */
    c->access_key    = cuc_s(w->now.access);
    c->secret_key    = cuc_s(w->now.secret);
    c->session_token = cuc_s(w->now.token); /* empty means none */
    return 0;
}

static int64_t wall_clock(void *user)
{
    struct timespec t;
    (void)user;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int line_write(void *user, const void *data, size_t len)
{
    return tcp_write(user, data, len);
}

static long line_read(void *user, void *buf, size_t cap) { return tcp_read(user, buf, cap); }

static int send_socket(void *user, const cuc_http_request *http, cuc_call *call)
{
    int            outcome = CUC_SEND_AGAIN;
    tcp            line;
    const http1_io io = { &line, line_write, line_read };
    (void)user;
    if (http->tls) return 1; /* this example has no TLS */
    line = tcp_open(http->host, http->port, 10000);
    if (line.fd >= 0) outcome = http1_send(&io, http, call);
    tcp_close(&line);
    return outcome;
}

int main(int argc, char **argv)
{
    static char   work[CUC_WORK_SIZE(512, 4096)];
    static wallet mine;
    const char   *region  = getenv("AWS_REGION");
    cuc_client    client  = CUC_ZERO;
    cuc_request   request = CUC_ZERO;
    cuc_result    result;
    int           i;
    if (argc != 5 || (mine.issuer = fopen(argv[4], "r")) == NULL)
        return fprintf(stderr, "usage: rotating_credentials URL INSTANCE CONTACT FILE\n"), 2;
    client.user         = &mine;
    client.credentials  = credentials;
    client.sha256       = sha256;
    client.send         = send_socket;
    client.now_ms       = wall_clock;
    client.region       = cuc_s(region != NULL ? region : "us-east-1");
    client.endpoint_url = cuc_s(argv[1]);
    request.instance_id = cuc_s(argv[2]);
    request.contact_id  = cuc_s(argv[3]);
    request.name        = cuc_s("Call back");
    for (i = 1; i <= 3; i++) {
        char text[CUC_TEXT_SIZE];
        cuc_update_contact(&client, &request, work, sizeof work, &result);
        cuc_result_text(&result, text, sizeof text);
        printf("update %d: %s (attempts: %d)\n", i, text, result.attempts);
        if (result.status != CUC_OK) return 1;
    }
    return 0;
}
