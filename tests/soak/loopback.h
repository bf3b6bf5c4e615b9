/* loopback.h - what both programs of this folder need: the stand-in as a child process and one
 * HTTP/1.1 connection to it. Traffic goes to 127.0.0.1 only. Include it once, behind the header.
 * The sha256 that is lent is the example's; the stand-in has its own.
 *
 *   >>standin   start, stop, what its log says at the end
 *   >>line      a kept-alive connection with a time-out for each exchange
 *   >>readback  GET of a contact                                                                 */
#ifndef SOAK_LOOPBACK_H
#define SOAK_LOOPBACK_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "connect_update_contact.h"
#include "../support/basics.h"
#include "http1.h"
#include "sha256.h"

enum { ANSWER_MS = 10000 }; /* of patience with a read-back; with a stand-in that starts or ends */

/* What leaves no sense in going on: the test itself is broken, or the machine is. */
static void give_up(const char *what)
{
    printf("%s: %s\n", what, errno != 0 ? strerror(errno) : "unexpected");
    exit(2);
}

static int64_t milliseconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t tick(void) { return milliseconds(CLOCK_MONOTONIC); }

static void nap(uint32_t ms)
{
    struct timespec t;
    t.tv_sec  = (time_t)(ms / 1000);
    t.tv_nsec = (long)(ms % 1000) * 1000000;
    while (nanosleep(&t, &t) != 0 && errno == EINTR) continue;
}

/* ---- standin >>standin -------------------------------------------------------------------------
 * in: its path and switches     out: a port; at the end its own count of what it saw             */

typedef struct standin {
    pid_t       pid;
    int         port, hold; /* hold: our end of its stdin; it ends when that is closed            */
    const char *log;
    long        requests, applied, refused, wrong_signatures, faults; /* after standin_stop       */
} standin;

/* In the child: becomes the stand-in. */
static void standin_exec(const char *program, const char *log, const char *const *switches, int in,
                         int out)
{
    const char *all[64];
    size_t      n = 0;
    all[n++]      = program;
    all[n++]      = "--log";
    all[n++]      = log;
    while (*switches != NULL && n + 1 < ROWS(all)) all[n++] = *switches++;
    all[n] = NULL;
    if (*switches == NULL && dup2(in, 0) == 0 && dup2(out, 1) == 1)
        execv(program, (char *const *)(uintptr_t)all);
    _exit(127);
}

/* "listening on 127.x.y.z:PORT"; 0: it did not come so far. */
static int standin_port(int out)
{
    char          text[64] = "";
    size_t        n        = 0;
    int           port     = 0;
    struct pollfd p;
    p.fd     = out;
    p.events = POLLIN;
    while (n + 1 < sizeof text && strchr(text, '\n') == NULL && poll(&p, 1, ANSWER_MS) == 1) {
        const ssize_t got = read(out, text + n, sizeof text - 1 - n);
        if (got <= 0) break;
        n += (size_t)got;
        text[n] = '\0';
    }
    return sscanf(text, "listening on 127.%*d.%*d.%*d:%d", &port) == 1 ? port : 0;
}

/* switches: up to a NULL. A stand-in that does not start is the end of the test. */
static standin standin_start(const char *program, const char *log, const char *const *switches)
{
    standin s;
    int     in[2], out[2], i;
    memset(&s, 0, sizeof s);
    s.log = log;
    remove(log);
    if (pipe(in) != 0 || pipe(out) != 0) give_up("pipe");
    for (i = 0; i < 2; i++)
        if (fcntl(in[i], F_SETFD, FD_CLOEXEC) != 0 || fcntl(out[i], F_SETFD, FD_CLOEXEC) != 0)
            give_up("fcntl");
    fflush(stdout);
    if ((s.pid = fork()) < 0) give_up("fork");
    if (s.pid == 0) standin_exec(program, log, switches, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    s.hold = in[1];
    s.port = standin_port(out[0]);
    close(out[0]);
    if (s.port == 0) give_up(program);
    return s;
}

/* The last line of the log. */
static void standin_count(standin *s)
{
    char  line[1024];
    FILE *f     = fopen(s->log, "r");
    s->requests = -1;
    if (f == NULL) return;
    while (fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "%ld requests: %ld applied, %ld refused (%ld signatures wrong), %ld met",
                   &s->requests, &s->applied, &s->refused, &s->wrong_signatures, &s->faults) != 5)
            s->requests = -1;
    fclose(f);
}

/* Closing its stdin has to be enough. Returns 1 when it ended by itself, with status 0. */
static int standin_stop(standin *s)
{
    const int64_t end    = tick() + ANSWER_MS;
    int           status = -1;
    pid_t         done   = 0;
    close(s->hold);
    while (done == 0 && tick() < end) {
        done = waitpid(s->pid, &status, WNOHANG);
        if (done == 0) nap(2);
    }
    if (done == 0) {
        kill(s->pid, SIGKILL);
        waitpid(s->pid, &status, 0);
        status = -1;
    }
    standin_count(s);
    return status == 0 && s->requests >= 0;
}

/* ---- line >>line -------------------------------------------------------------------------------
 * in: a request     out: its answer, pushed into a call or gathered as text                      */

typedef struct line {
    const char *host;
    int         port, timeout_ms; /* for a whole exchange                                         */
    int         fd;               /* -1: not connected                                            */
    int64_t     deadline;
    int         status; /* of the exchange: 0 when none came                            */
    long        connects, sent, unanswered; /* since the beginning; sent counts whole requests    */
} line;

static line line_to(const char *host, int port, int timeout_ms)
{
    line l;
    memset(&l, 0, sizeof l);
    l.host       = host;
    l.port       = port;
    l.timeout_ms = timeout_ms;
    l.fd         = -1;
    return l;
}

static void line_close(line *l)
{
    if (l->fd >= 0) close(l->fd);
    l->fd = -1;
}

static int line_connect(line *l)
{
    struct sockaddr_in to;
    int                one = 1;
    memset(&to, 0, sizeof to);
    to.sin_family = AF_INET;
    to.sin_port   = htons((uint16_t)l->port);
    if (strncmp(l->host, "127.", 4) != 0 || inet_pton(AF_INET, l->host, &to.sin_addr) != 1)
        give_up("not an address of the loopback");
    if ((l->fd = socket(AF_INET, SOCK_STREAM, 0)) < 0) give_up("socket");
    setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(l->fd, (struct sockaddr *)&to, sizeof to) != 0) {
        line_close(l);
        return 0;
    }
    l->connects++;
    return 1;
}

/* 1: what was waited for is there before the deadline. */
static int line_ready(line *l, short events)
{
    const int64_t left = l->deadline - tick();
    struct pollfd p;
    p.fd      = l->fd;
    p.events  = events;
    p.revents = 0;
    return left > 0 && poll(&p, 1, (int)left) == 1;
}

/* On a kept-alive connection nothing may lie around: it is the other side's end, or an answer that
 * came too late and belongs to nobody.                                                           */
static int line_open(line *l)
{
    struct pollfd p;
    p.fd        = l->fd;
    p.events    = POLLIN;
    p.revents   = 0;
    l->deadline = tick() + l->timeout_ms;
    l->status   = 0;
    if (l->fd >= 0 && poll(&p, 1, 0) != 0) line_close(l);
    return l->fd >= 0 || line_connect(l);
}

static int line_write(line *l, const char *bytes, size_t n)
{
    while (n > 0) {
        const ssize_t put = send(l->fd, bytes, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (put > 0) {
            bytes += put;
            n -= (size_t)put;
        } else if ((errno != EAGAIN && errno != EINTR) || !line_ready(l, POLLOUT)) {
            return 0;
        }
    }
    return 1;
}

static int line_send(line *l, const cuc_http_request *http)
{
    char         head[CUC_HEAD_SIZE(2048)];
    const size_t n = cuc_http1_head(http, head, sizeof head);
    if (n >= sizeof head) give_up("a head that does not fit");
    if (!line_open(l)) return 0;
    if (!line_write(l, head, n) || !line_write(l, http->body, http->body_len)) {
        line_close(l);
        return 0;
    }
    l->sent++;
    return 1;
}

/* Reads until the answer is complete: CUC_SENT. A connection that is not at its answer's end is of
 * no use any more: what still comes would be taken for the answer to the next request.           */
static int line_receive(line *l, http1 *h)
{
    char    bytes[4096];
    ssize_t n     = -1;
    int     state = HTTP1_MORE, outcome;
    while (state == HTTP1_MORE && line_ready(l, POLLIN)) {
        n = recv(l->fd, bytes, sizeof bytes, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        state = http1_push(h, bytes, (size_t)n);
        n     = -1; /* unless more comes, this is a time-out */
    }
    outcome   = state != HTTP1_MORE || n == 0 ? http1_end(h) : CUC_SEND_AGAIN;
    l->status = h->status;
    if (outcome != CUC_SENT || h->close) line_close(l);
    return outcome;
}

/* The second half of an exchange: CUC_SENT or CUC_SEND_AGAIN. */
static int line_answer(line *l, cuc_call *call)
{
    http1 h;
    int   outcome;
    memset(&h, 0, sizeof h);
    h.call  = call;
    outcome = line_receive(l, &h);
    /* Nothing, 100 Continue and then nothing, or a success that is not complete. */
    if (l->status < 200 || (outcome == CUC_SEND_AGAIN && l->status < 300)) l->unanswered++;
    return outcome;
}

static int line_exchange(line *l, const cuc_http_request *http, cuc_call *call)
{
    return line_send(l, http) ? line_answer(l, call) : CUC_SEND_AGAIN;
}

/* ---- readback >>readback -----------------------------------------------------------------------
 * in: a contact's path     out: what the stand-in has of it                                      */

typedef struct text {
    char   bytes[65536];
    size_t len;
} text;

static void gather(void *user, const char *data, size_t len)
{
    text *t = user;
    if (len >= sizeof t->bytes - t->len) give_up("a read-back that does not fit");
    memcpy(t->bytes + t->len, data, len);
    t->len += len;
    t->bytes[t->len] = '\0';
}

/* Returns the status; 0: no whole answer. */
static int line_get(line *l, const char *path, text *out)
{
    char  head[2048];
    http1 h;
    snprintf(head, sizeof head, "GET %s HTTP/1.1\r\nhost: %s:%d\r\n\r\n", path, l->host, l->port);
    out->len      = 0;
    out->bytes[0] = '\0';
    if (!line_open(l) || !line_write(l, head, strlen(head))) return 0;
    memset(&h, 0, sizeof h);
    h.body = gather;
    h.user = out;
    return line_receive(l, &h) == CUC_SENT ? l->status : 0;
}

#endif
