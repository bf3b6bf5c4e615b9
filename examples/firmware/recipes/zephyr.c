/* zephyr.c - exchange() for Zephyr's TLS sockets (CONFIG_NET_SOCKETS_SOCKOPT_TLS). Not run on a
 * device: see recipes.md. From Zephyr 4.4 on the names without prefix (AF_..., SOL_TLS) need
 * CONFIG_NET_NAMESPACE_COMPAT_MODE, which is on by default.
 * CA_TAG is the tag under which the root certificate was given to tls_credential_add at start-up.
 * The time-out of connecting is CONFIG_NET_SOCKETS_CONNECT_TIMEOUT.                              */
#include <string.h>
#include <zephyr/net/socket.h>
#include <zephyr/net/tls_credentials.h>

#include "blocking_tls.h"

#ifndef CA_TAG
#define CA_TAG 1
#endif

static int fd = -1;

static int tls_options(const char *host)
{
    static const sec_tag_t     tags[]   = { CA_TAG };
    static const int           required = TLS_PEER_VERIFY_REQUIRED;
    const struct zsock_timeval wait     = { .tv_sec = 5 };
    return zsock_setsockopt(fd, SOL_TLS, TLS_SEC_TAG_LIST, tags, sizeof tags) == 0 &&
           zsock_setsockopt(fd, SOL_TLS, TLS_PEER_VERIFY, &required, sizeof required) == 0 &&
           zsock_setsockopt(fd, SOL_TLS, TLS_HOSTNAME, host, strlen(host) + 1) == 0 &&
           zsock_setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) == 0 &&
           zsock_setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0;
}

static int tls_open(const char *host)
{
    const struct zsock_addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct zsock_addrinfo      *to    = NULL;
    int                         ok;
    if (zsock_getaddrinfo(host, "443", &hints, &to) != 0) return 0;
    fd = zsock_socket(to->ai_family, SOCK_STREAM, IPPROTO_TLS_1_2);
    ok = fd >= 0 && tls_options(host) && zsock_connect(fd, to->ai_addr, to->ai_addrlen) == 0;
    zsock_freeaddrinfo(to);
    return ok;
}

static int tls_write(const char *p, size_t n)
{
    while (n > 0) {
        const ssize_t done = zsock_send(fd, p, n, 0);
        if (done <= 0) return 0;
        p += done;
        n -= (size_t)done;
    }
    return 1;
}

static int tls_read(char *p, size_t n) { return (int)zsock_recv(fd, p, n, 0); }

static void tls_close(void)
{
    if (fd >= 0) zsock_close(fd);
    fd = -1;
}
