/* tcp.h - a TCP connection with a deadline, for POSIX systems. To copy.
 *
 *   tcp line = tcp_open(host, port, 10000);           milliseconds until the deadline
 *   if (tcp_write(&line, head, n) == 0) ... tcp_read(&line, buf, sizeof buf) ...       -1: give up
 *   tcp_close(&line);
 *
 * No SIGPIPE, no partial write, no read without a time-out; signals do not end a wait. Only the
 * lookup of a name, getaddrinfo, has time-outs of its own. Run on Linux; the branches for macOS and
 * the BSDs were only compiled, with the constants of those systems.                              */
#ifndef TCP_H
#define TCP_H

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Writing to a closed connection must not raise SIGPIPE, which would end the program. Linux, the
 * BSDs and POSIX.1-2008 have a flag of send() for that, macOS an option of the socket, which its
 * header hides from programs that define _POSIX_C_SOURCE.                                        */
#if defined(__APPLE__) && !defined(SO_NOSIGPIPE)
#define SO_NOSIGPIPE 0x1022
#endif
#ifdef MSG_NOSIGNAL
enum { TCP_SEND_FLAGS = MSG_NOSIGNAL };
#elif defined(SO_NOSIGPIPE)
enum { TCP_SEND_FLAGS = 0 };
#else
#error "no way to suppress SIGPIPE: ignore it in main(), then define MSG_NOSIGNAL as 0"
#endif

typedef struct tcp {
    int       fd;    /* -1: there is no connection */
    long long until; /* the deadline, in milliseconds of the monotonic clock */
} tcp;

static long long tcp_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* 1: the socket is ready for `what`, or has an error to report. 0: the deadline has passed, also
 * when the socket is ready: the other side may send without end.                                 */
static int tcp_ready(const tcp *line, short what)
{
    long long left;
    while ((left = line->until - tcp_now()) > 0) {
        struct pollfd p = { -1, 0, 0 };
        int           n;
        p.fd     = line->fd;
        p.events = what;
        n        = poll(&p, 1, (int)left);
        if (n > 0 || (n < 0 && errno != EINTR)) return n > 0;
    }
    return 0;
}

static void tcp_close(tcp *line)
{
    if (line->fd >= 0) close(line->fd);
    line->fd = -1;
}

/* No SIGPIPE, not open in programs that another thread starts, and no delay: the end of a request
 * must not wait until the beginning of it has been acknowledged, which takes up to 40 ms.        */
static int tcp_options(int fd)
{
    const int on = 1;
#ifdef SO_NOSIGPIPE
    if (setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on) != 0) return -1;
#endif
    if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) return -1;
    return fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 ? -1 : fcntl(fd, F_SETFL, O_NONBLOCK);
}

static int tcp_connect(tcp *line, const struct addrinfo *to)
{
    int       error = 0;
    socklen_t size  = sizeof error;
    line->fd        = socket(to->ai_family, to->ai_socktype, to->ai_protocol);
    if (line->fd < 0 || tcp_options(line->fd) != 0) return -1;
    if (connect(line->fd, to->ai_addr, to->ai_addrlen) == 0) return 0;
    if ((errno != EINPROGRESS && errno != EINTR) || !tcp_ready(line, POLLOUT)) return -1;
    return getsockopt(line->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0 ? -1 : 0;
}

/* Tries the addresses of the host, one after another. Each may take an equal share of the time that
 * is left, so that one dead address does not use up the time of the others.                      */
static tcp tcp_open(const char *host, const char *port, int ms)
{
    tcp             line = { -1, 0 };
    struct addrinfo want, *all = NULL, *one;
    const long long deadline = tcp_now() + ms;
    int             count    = 0;
    memset(&want, 0, sizeof want);
    want.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(host, port, &want, &all) != 0) return line;
    for (one = all; one != NULL; one = one->ai_next) count++;
    for (one = all; one != NULL && line.fd < 0; one = one->ai_next, count--) {
        line.until = tcp_now() + (deadline - tcp_now()) / count;
        if (tcp_connect(&line, one) != 0) tcp_close(&line);
    }
    line.until = deadline;
    freeaddrinfo(all);
    return line;
}

static int tcp_later(void) { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

/* 0: all of it was handed to the system. */
static int tcp_write(tcp *line, const void *data, size_t len)
{
    const char *p = (const char *)data;
    while (len > 0) {
        const ssize_t n = tcp_ready(line, POLLOUT) ? send(line->fd, p, len, TCP_SEND_FLAGS) : -1;
        if (n >= 0) {
            p += n;
            len -= (size_t)n;
        } else if (tcp_now() >= line->until || !tcp_later()) {
            return -1;
        }
    }
    return 0;
}

/* Returns how many bytes were read. 0: the other side has closed. -1: an error, or the deadline. */
static long tcp_read(tcp *line, void *buf, size_t cap)
{
    long n = -1;
    while (tcp_ready(line, POLLIN) && (n = (long)recv(line->fd, buf, cap, 0)) < 0 && tcp_later())
        continue;
    return n;
}

#endif
