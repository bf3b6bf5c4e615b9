/* connections.h - one thread, one poll loop over the sockets; nothing ever blocks.
 * in: sockets     out: bytes in, requests, answers, bytes out */
#ifndef STANDIN_CONNECTIONS_H
#define STANDIN_CONNECTIONS_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "serve.h"

enum {
    MAX_CONNECTIONS = 200,
    IDLE_MS         = 60 * 1000, /* a connection that says nothing is closed after this */
    DRAIN_MS        = 1000       /* so long the rest of a refused request is read and dropped */
};

enum state { FREE, READING, WAITING, SENDING, DRAINING };

struct connection {
    enum state  state;
    int         fd;
    struct text in, out;
    size_t      sent;
    long        byte_ms;     /* -1: send all at once; else one byte, then this pause */
    int         close, drop; /* behind the answer; instead of it */
    int         continued;   /* 100 Continue was sent for the request under way */
    long long   wake;        /* WAITING: then it goes on; else: then it is given up */
};

static struct connection connections[MAX_CONNECTIONS];

static void connection_close(struct connection *c)
{
    close(c->fd);
    clear(&c->in);
    clear(&c->out);
    memset(c, 0, sizeof *c);
    c->fd = -1;
}

static void connection_open(int listener)
{
    int                one = 1, fd = accept(listener, NULL, NULL);
    struct connection *c = connections;
    while (c < connections + MAX_CONNECTIONS && c->state != FREE) c++;
    if (fd < 0) return;
    if (c == connections + MAX_CONNECTIONS || fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* one byte is one packet */
    c->fd    = fd;
    c->state = READING;
    c->wake  = tick() + IDLE_MS;
}

/* Sets up the answer to the request at the front of c->in, if it is all there. */
static void connection_serve(struct connection *c)
{
    struct request r;
    struct answer  a;
    struct fault   f    = no_fault();
    size_t         used = c->in.len;
    enum progress  p;
    memset(&r, 0, sizeof r);
    memset(&a, 0, sizeof a);
    p = take_request(view_text(&c->in), &r, &a, &used);
    if (p == MORE && c->in.len > MAX_HEAD + 2 * MAX_BODY)
        p = bad(&a, 413, "too many bytes for one request");
    if (p == MORE && r.wants_continue && !c->continued)
        c->continued = send(c->fd, "HTTP/1.1 100 Continue\r\n\r\n", 25, 0) == 25;
    if (p != MORE) {
        seen.requests++;
        make_request_id(r.request_id);
        if (p == READY) handle(&r, &f, &a);
        if (a.code != NULL) seen.refused++;
        note_verdict(&r, &a, &f);
        c->close     = render(&r, &a, &f, &c->out);
        c->drop      = f.outcome == DROP_BEFORE || f.outcome == DROP_AFTER;
        c->byte_ms   = f.byte_ms;
        c->continued = 0;
        c->state     = f.delay_ms > 0 ? WAITING : SENDING;
        c->wake      = tick() + (f.delay_ms > 0 ? f.delay_ms : IDLE_MS);
        memmove(c->in.at, c->in.at + used, c->in.len - used);
        c->in.len -= used;
    }
    clear(&r.joined);
    clear(&a.body);
    clear(&a.why);
}

static void connection_receive(struct connection *c)
{
    char    bytes[16384];
    ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
    if (n > 0 && c->state == READING) {
        add_bytes(&c->in, bytes, (size_t)n);
        c->wake = tick() + IDLE_MS;
    } else if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        connection_close(c);
    }
}

/* Behind the last byte. When closing, what the client still sends is read and dropped for a while:
 * closing at once would reset the connection and could take the answer from the client's hands. */
static void connection_answered(struct connection *c)
{
    seen.answered++;
    clear(&c->out);
    c->sent  = 0;
    c->state = c->close ? DRAINING : READING;
    c->wake  = tick() + (c->close ? DRAIN_MS : IDLE_MS);
    if (c->close) shutdown(c->fd, SHUT_WR);
}

static void connection_send(struct connection *c)
{
    size_t  left = c->out.len - c->sent;
    ssize_t n;
    if (c->drop) {
        seen.answered++;
        connection_close(c);
        return;
    }
    n = send(c->fd, c->out.at + c->sent, c->byte_ms >= 0 && left > 1 ? 1 : left, 0);
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        connection_close(c);
    } else if (n > 0) {
        c->sent += (size_t)n;
        if (c->sent == c->out.len) {
            connection_answered(c);
        } else if (c->byte_ms > 0) {
            c->state = WAITING;
            c->wake  = tick() + c->byte_ms;
        }
    }
}

static void connection_step(struct connection *c, int ready)
{
    long long now  = tick();
    int       news = ready; /* something may have come to the front of c->in */
    if (c->state == WAITING && now >= c->wake) {
        c->state = SENDING;
        c->wake  = now + IDLE_MS;
    } else if (c->state != FREE && c->state != WAITING && now >= c->wake) {
        connection_close(c);
    }
    if (ready && (c->state == READING || c->state == DRAINING)) connection_receive(c);
    if (c->state == SENDING) {
        connection_send(c);
        news = 1;
    }
    if (news && c->state == READING && c->in.len > 0) connection_serve(c);
}

static int wake_pipe[2];

static void on_signal(int number_of_it)
{
    ssize_t ignored = write(wake_pipe[1], "", 1);
    (void)ignored;
    (void)number_of_it;
    stopping = 1;
}

static void watch_signals(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    if (pipe(wake_pipe) != 0) die("no pipe", "");
    action.sa_handler = on_signal;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGTTIN, &action, NULL); /* in the background of a terminal, stdin is not ours */
}

static int open_listener(void)
{
    struct sockaddr_in address;
    socklen_t          size = sizeof address;
    int                one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port   = htons((uint16_t)set.port);
    if (inet_pton(AF_INET, set.host, &address.sin_addr) != 1 ||
        ntohl(address.sin_addr.s_addr) >> 24 != 127)
        die("only addresses of the loopback, 127.x.y.z, not ", set.host);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, 128) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        die("cannot listen: ", strerror(errno));
    printf("listening on %s:%d\n", set.host, (int)ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

/* 1: stdin is at its end, so whoever started this has gone. */
static int stdin_closed(void)
{
    char    bytes[256];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
    if (n < 0) set.stay = 1; /* a background job may not ask */
    if (n == 0) note("stdin was closed (--stay ignores that)");
    return n == 0;
}

static int time_to_next(long long end)
{
    long long now = tick(), first = end;
    int       i;
    for (i = 0; i < MAX_CONNECTIONS; i++) {
        const struct connection *c = &connections[i];
        if (c->state != FREE && c->wake < first) first = c->wake;
    }
    return first <= now ? 0 : first - now > 60000 ? 60000 : (int)(first - now);
}

static void run(int listener)
{
    struct pollfd polled[3 + MAX_CONNECTIONS];
    long long     end = tick() + (set.seconds > 0 ? set.seconds * 1000LL : 1LL << 50);
    int           i;
    while (!stopping && tick() < end &&
           (set.max_requests == 0 || seen.answered < set.max_requests)) {
        memset(polled, 0, sizeof polled);
        polled[0].fd     = wake_pipe[0];
        polled[1].fd     = listener;
        polled[2].fd     = set.stay ? -1 : STDIN_FILENO;
        polled[0].events = polled[1].events = polled[2].events = POLLIN;
        for (i = 0; i < MAX_CONNECTIONS; i++) {
            const struct connection *c = &connections[i];
            polled[3 + i].fd           = c->state == FREE || c->state == WAITING ? -1 : c->fd;
            polled[3 + i].events       = c->state == SENDING ? POLLOUT : POLLIN;
        }
        if (poll(polled, 3 + MAX_CONNECTIONS, time_to_next(end)) < 0) continue;
        for (i = 0; i < MAX_CONNECTIONS; i++)
            connection_step(&connections[i], polled[3 + i].revents != 0);
        if (polled[1].revents != 0) connection_open(listener);
        if (polled[2].revents != 0 && stdin_closed()) stopping = 1;
    }
}

#endif
