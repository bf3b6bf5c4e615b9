/* tcp.h - a TCP connection on which everything ends in time, for POSIX. To copy.
 *
 *   tcp line = tcp_open(host, port, 10000);           milliseconds for all of it
 *   if (tcp_write(&line, head, n) == 0) ... tcp_read(&line, buf, sizeof buf) ...       -1: give up
 *   tcp_close(&line);
 *
 * No SIGPIPE, no partial write, no read that waits for ever. Only looking up a name, getaddrinfo,
 * has time-outs of its own.                                                                      */
#ifndef TCP_H
#define TCP_H

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef struct tcp {
    int       fd;    /* -1: there is no connection */
    long long until; /* in milliseconds of the clock that nobody sets */
} tcp;

static long long tcp_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* 1: the other side is ready for `what`, or has something to say about it. */
static int tcp_ready(const tcp *line, short what)
{
    for (;;) {
        const long long left = line->until - tcp_now();
        struct pollfd   p    = { -1, 0, 0 };
        int             n;
        p.fd     = line->fd;
        p.events = what;
        n        = poll(&p, 1, left > 0 ? (int)left : 0);
        if (n > 0 || (n < 0 && errno != EINTR) || left <= 0) return n > 0;
    }
}

static void tcp_close(tcp *line)
{
    if (line->fd >= 0) close(line->fd);
    line->fd = -1;
}

static int tcp_connect(tcp *line, const struct addrinfo *to)
{
    int       error = 0;
    socklen_t size  = sizeof error;
    line->fd        = socket(to->ai_family, to->ai_socktype, to->ai_protocol);
    if (line->fd < 0) return -1;
    if (fcntl(line->fd, F_SETFL, O_NONBLOCK) != 0) return -1;
    if (connect(line->fd, to->ai_addr, to->ai_addrlen) == 0) return 0;
    if (errno != EINPROGRESS || !tcp_ready(line, POLLOUT)) return -1;
    return getsockopt(line->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0 ? -1 : 0;
}

/* Tries the addresses of the host, one after another. */
static tcp tcp_open(const char *host, const char *port, int ms)
{
    tcp             line = { -1, 0 };
    struct addrinfo want, *all = NULL, *one;
    memset(&want, 0, sizeof want);
    want.ai_socktype = SOCK_STREAM;
    line.until       = tcp_now() + ms;
    if (getaddrinfo(host, port, &want, &all) != 0) return line;
    for (one = all; one != NULL && line.fd < 0; one = one->ai_next)
        if (tcp_connect(&line, one) != 0) tcp_close(&line);
    freeaddrinfo(all);
    return line;
}

static int tcp_later(void) { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

/* 0: all of it is on its way. */
static int tcp_write(tcp *line, const void *data, size_t len)
{
    const char *p = (const char *)data;
    while (len > 0) {
        const ssize_t n = tcp_ready(line, POLLOUT) ? send(line->fd, p, len, MSG_NOSIGNAL) : -1;
        if (n >= 0) {
            p += n;
            len -= (size_t)n;
        } else if (tcp_now() >= line->until || !tcp_later()) {
            return -1;
        }
    }
    return 0;
}

/* What has come, at least a byte of it. 0: the other side has closed. -1: error, or time is up.  */
static long tcp_read(tcp *line, void *buf, size_t cap)
{
    long n = -1;
    while (tcp_ready(line, POLLIN) && (n = (long)recv(line->fd, buf, cap, 0)) < 0 && tcp_later())
        continue;
    return n;
}

#endif
