/* connections.h - one thread, one poll loop over the sockets; nothing blocks.
 * in: sockets     out: bytes in, requests, responses, bytes out */
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

#include "control.h"
#include "log.h"

enum {
    SPARE    = 16,        /* connections beyond the limit that can be told so at the same time */
    IDLE_MS  = 60 * 1000, /* a connection without a request is closed after this */
    DRAIN_MS = 1000       /* for so long the rest of a refused request is read and dropped */
};

enum state { FREE, READING, WAITING, SENDING, DRAINING };

struct connection {
    enum state  state;
    int         fd;
    struct text in, out;
    size_t      sent;
    long        byte_ms;     /* -1: send all at once; else one byte, then this pause */
    int         close, drop; /* behind the answer; instead of it */
    int         continued;   /* 100 Continue was sent for the request that is arriving */
    int         control;     /* it came to the control port */
    long long   since;       /* when the first byte of this request came */
    long long   wake;        /* WAITING: when it goes on; else: when it is given up */
};

static struct connection *connections;
static int                connection_count; /* set.connections and the spare ones */

static void connection_close(struct connection *c)
{
    close(c->fd);
    clear(&c->in);
    clear(&c->out);
    memset(c, 0, sizeof *c);
    c->fd = -1;
}

/* Sets up the response to r and notes it in the log. */
static void connection_respond(struct connection *c, struct request *r, struct answer *a,
                               const struct fault *f)
{
    make_request_id(r->request_id);
    if (a->code != NULL) seen.refused++;
    note_verdict(r, a, f);
    c->close     = render(r, a, f, &c->out);
    c->drop      = f->outcome == DROP_BEFORE || f->outcome == DROP_AFTER;
    c->byte_ms   = f->byte_ms;
    c->continued = 0;
    c->state     = f->delay_ms > 0 ? WAITING : SENDING;
    c->wake      = tick() + (f->delay_ms > 0 ? f->delay_ms : IDLE_MS);
}

static void connection_free_request(struct request *r, struct answer *a)
{
    clear(&r->joined);
    clear(&a->body);
    clear(&a->what);
    clear(&a->below);
}

static void connection_begin_request(const struct connection *c, struct request *r,
                                     struct answer *a)
{
    memset(r, 0, sizeof *r);
    memset(a, 0, sizeof *a);
    r->since = c->since;
}

/* A response without a request: the connection is one too many, or the request never ends. */
static void connection_refuse(struct connection *c, int status, const char *why, const char *hint)
{
    struct request r;
    struct answer  a;
    struct fault   f = no_fault();
    seen.requests++;
    connection_begin_request(c, &r, &a);
    malformed(&a, status, why);
    if (hint != NULL) tell(&a, "hint: %s", hint);
    connection_respond(c, &r, &a, &f);
    connection_free_request(&r, &a);
}

static void connection_open(int listener, int control)
{
    int                one = 1, fd = accept(listener, NULL, NULL), i = 0;
    struct connection *c;
    if (fd < 0) {
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
            note("a connection cannot be accepted: %s", strerror(errno));
        return;
    }
    while (i < connection_count && connections[i].state != FREE) i++;
    if (i == connection_count || fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        note("a connection was closed: %d are open (--connections N allows more)", i);
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* one byte is one packet */
    c          = &connections[i];
    c->fd      = fd;
    c->state   = READING;
    c->control = control;
    c->since   = tick();
    c->wake    = c->since + IDLE_MS;
    if (i >= set.connections)
        connection_refuse(c, 503, "too many connections are open", "--connections N allows more");
}

/* Sets up the response to the request at the front of c->in, if all of it is there. */
static void connection_serve(struct connection *c)
{
    struct request r;
    struct answer  a;
    struct fault   f    = no_fault();
    size_t         used = c->in.len;
    enum progress  p;
    connection_begin_request(c, &r, &a);
    p = take_request(view_text(&c->in), &r, &a, &used);
    if (p == MORE && c->in.len > MAX_HEAD + 2 * MAX_BODY)
        p = bad(&a, 413, "too many bytes for one request");
    if (p == MORE && r.wants_continue && !c->continued)
        c->continued = send(c->fd, "HTTP/1.1 100 Continue\r\n\r\n", 25, 0) == 25;
    if (p != MORE) {
        if (!c->control) seen.requests++;
        if (p == READY && c->control) handle_control(&r, &a);
        else if (p == READY) handle(&r, &f, &a);
        connection_respond(c, &r, &a, &f);
        memmove(c->in.at, c->in.at + used, c->in.len - used);
        c->in.len -= used;
        c->since = tick();
    }
    connection_free_request(&r, &a);
}

/* What is missing of the request that is arriving, in words for the log. */
static const char *missing_part_of_request(const struct connection *c, char room[128])
{
    size_t head = head_length(view_text(&c->in));
    if (head == 0)
        snprintf(room, 128, "%lu bytes came, without the empty line that ends the head",
                 (unsigned long)c->in.len);
    else
        snprintf(room, 128, "%lu bytes of the body came: does Content-Length count bytes?",
                 (unsigned long)(c->in.len - head));
    return room;
}

/* Its time is over: an idle connection is closed, an incomplete request is refused first. */
static void connection_expire(struct connection *c)
{
    char room[128];
    if (c->state == READING && c->in.len > 0) {
        connection_refuse(c, 408, "the request did not come to its end",
                          missing_part_of_request(c, room));
        clear(&c->in);
    } else {
        connection_close(c);
    }
}

static void connection_receive(struct connection *c)
{
    static char bytes[256 * 1024]; /* much at once: each piece has the request parsed again */
    char        room[128], time[32];
    ssize_t     n = recv(c->fd, bytes, sizeof bytes, 0);
    if (n > 0 && c->state == READING) {
        if (c->in.len == 0) c->since = tick();
        add_bytes(&c->in, bytes, (size_t)n);
        c->wake = tick() + set.patience_ms;
    } else if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        if (c->state == READING && c->in.len > 0)
            note("%s - the client closed the connection inside a request: %s", log_time(time),
                 missing_part_of_request(c, room));
        connection_close(c);
    }
}

/* After the last byte. Before closing, what the client still sends is read and dropped for a while:
 * closing at once would reset the connection, and the client could lose the response. */
static void connection_answered(struct connection *c)
{
    if (!c->control) seen.answered++;
    clear(&c->out);
    c->sent  = 0;
    c->state = c->close ? DRAINING : READING;
    c->wake  = tick() + (c->close ? DRAIN_MS : c->in.len > 0 ? set.patience_ms : IDLE_MS);
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
        connection_expire(c);
    }
    if (ready && (c->state == READING || c->state == DRAINING)) connection_receive(c);
    if (c->state == SENDING) {
        connection_send(c);
        news = 1;
    }
    if (news && c->state == READING && c->in.len > 0) connection_serve(c);
}

static int                   wake_pipe[2];
static volatile sig_atomic_t must_reset;

static void on_signal(int number_of_it)
{
    ssize_t ignored = write(wake_pipe[1], "", 1);
    (void)ignored;
    if (number_of_it == SIGUSR1) must_reset = 1;
    else stopping = 1;
}

static void watch_signals(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    if (pipe(wake_pipe) != 0 || fcntl(wake_pipe[0], F_SETFL, O_NONBLOCK) != 0 ||
        fcntl(wake_pipe[1], F_SETFL, O_NONBLOCK) != 0)
        die("no pipe", "");
    action.sa_handler = on_signal;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGTTIN, &action, NULL); /* a background job of a terminal must not read its stdin */
}

/* After a signal. Returns only when there is nothing left to do for it. */
static void heed_signals(void)
{
    char bytes[64];
    while (read(wake_pipe[0], bytes, sizeof bytes) > 0) continue;
    if (!must_reset) return;
    must_reset = 0;
    reset();
    note("%s - reset by SIGUSR1", log_time(bytes));
}

/* Listens on *port of set.host, any free one for 0, and leaves in *port which it is. */
static int open_listener(int *port)
{
    struct sockaddr_in address;
    socklen_t          size = sizeof address;
    int                one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port   = htons((uint16_t)*port);
    if (inet_pton(AF_INET, set.host, &address.sin_addr) != 1)
        die("not an IPv4 address: ", set.host);
    if (ntohl(address.sin_addr.s_addr) >> 24 != 127 && !set.any_host)
        die("only addresses of the loopback, 127.x.y.z, without --allow-host; not ", set.host);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, 128) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        die("cannot listen: ", strerror(errno));
    *port = (int)ntohs(address.sin_port);
    return fd;
}

/* 1: stdin is at its end, so the program that started this one has ended. */
static int stdin_closed(void)
{
    char    bytes[256];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
    if (n < 0) set.stay = 1; /* a background job may not read it */
    if (n == 0) note("stdin was closed (--stay ignores that)");
    return n == 0;
}

static int time_to_next(long long end)
{
    long long now = tick(), first_wake = end;
    int       i;
    for (i = 0; i < connection_count; i++) {
        const struct connection *c = &connections[i];
        if (c->state != FREE && c->wake < first_wake) first_wake = c->wake;
    }
    return first_wake <= now ? 0 : first_wake - now > 60000 ? 60000 : (int)(first_wake - now);
}

enum { SIGNALS, LISTENER, CONTROL, STDIN, OTHERS }; /* in the array that is polled */

static void fill_polled(struct pollfd *polled, int listener, int control)
{
    int i;
    memset(polled, 0, (size_t)(OTHERS + connection_count) * sizeof *polled);
    polled[SIGNALS].fd  = wake_pipe[0];
    polled[LISTENER].fd = listener;
    polled[CONTROL].fd  = control;
    polled[STDIN].fd    = set.stay ? -1 : STDIN_FILENO;
    for (i = 0; i < OTHERS; i++) polled[i].events = POLLIN;
    for (i = 0; i < connection_count; i++) {
        const struct connection *c = &connections[i];
        polled[OTHERS + i].fd      = c->state == FREE || c->state == WAITING ? -1 : c->fd;
        polled[OTHERS + i].events  = c->state == SENDING ? POLLOUT : POLLIN;
    }
}

/* control: the listener of the control port, or -1. */
static void run(int listener, int control)
{
    struct pollfd *polled;
    long long      end = tick() + (set.seconds > 0 ? set.seconds * 1000LL : 1LL << 50);
    int            i;
    connection_count = set.connections + SPARE;
    connections      = must(calloc((size_t)connection_count, sizeof *connections));
    polled           = must(calloc((size_t)(OTHERS + connection_count), sizeof *polled));
    while (!stopping && tick() < end &&
           (set.max_requests == 0 || seen.answered < set.max_requests)) {
        fill_polled(polled, listener, control);
        if (poll(polled, (nfds_t)(OTHERS + connection_count), time_to_next(end)) < 0) continue;
        if (polled[SIGNALS].revents != 0) heed_signals();
        for (i = 0; i < connection_count; i++)
            connection_step(&connections[i], polled[OTHERS + i].revents != 0);
        if (polled[LISTENER].revents != 0) connection_open(listener, 0);
        if (polled[CONTROL].revents != 0) connection_open(control, 1);
        if (polled[STDIN].revents != 0 && stdin_closed()) stopping = 1;
    }
    for (i = 0; i < connection_count; i++)
        if (connections[i].state != FREE) connection_close(&connections[i]);
    free(connections);
    free(polled);
}

#endif
