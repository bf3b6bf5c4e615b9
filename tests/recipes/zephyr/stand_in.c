/* Zephyr's TLS sockets over a plain TCP connection to the stand-in of the service. zsock_connect
 * makes the connection; until then a socket is a number.                                             */
#include <zephyr/net/socket.h>
#include <zephyr/net/tls_credentials.h>

#include <string.h>

#include "../plain.h"

enum { SOCKET = 7 };

static int is_open, connection = -1, has_tags, has_host, is_required, time_outs;

int zsock_getaddrinfo(const char *host, const char *service, const struct zsock_addrinfo *hints,
                      struct zsock_addrinfo **res)
{
    must(strcmp(host, PLAIN_HOST) == 0 && strcmp(service, "443") == 0,
         "it connects to the host of the request");
    must(hints->ai_socktype == SOCK_STREAM, "it asks for TCP");
    *res = calloc(1, sizeof **res);
    if (*res == NULL) return -1;
    (*res)->ai_family = AF_INET;
    return 0;
}

void zsock_freeaddrinfo(struct zsock_addrinfo *ai) { free(ai); }

/* Fails now and then, as on a device that has no socket left. */
int zsock_socket(int family, int type, int proto)
{
    static int calls;
    must(!is_open, "the last socket was closed");
    must(family == AF_INET && type == SOCK_STREAM && proto == IPPROTO_TLS_1_2,
         "it is a TLS socket");
    if (++calls == 2) return -1;
    has_tags = has_host = is_required = time_outs = 0;
    is_open                                       = 1;
    return SOCKET;
}

int zsock_setsockopt(int sock, int level, int optname, const void *optval, socklen_t optlen)
{
    const int is_tls = level == SOL_TLS;
    must(sock == SOCKET, "it sets options of its socket");
    if (is_tls && optname == TLS_SEC_TAG_LIST) has_tags = optlen == sizeof(sec_tag_t);
    if (is_tls && optname == TLS_HOSTNAME) has_host = strcmp(optval, PLAIN_HOST) == 0;
    if (is_tls && optname == TLS_PEER_VERIFY)
        is_required = *(const int *)optval == TLS_PEER_VERIFY_REQUIRED;
    if (level == SOL_SOCKET) time_outs += ((const struct zsock_timeval *)optval)->tv_sec > 0;
    return 0;
}

int zsock_connect(int sock, const struct sockaddr *addr, socklen_t addrlen)
{
    (void)addr;
    (void)addrlen;
    must(sock == SOCKET && has_tags && has_host && is_required,
         "certificate and host name are verified");
    must(time_outs == 2, "sending and receiving have time-outs");
    connection = plain_connect();
    return connection >= 0 ? 0 : -1;
}

ssize_t zsock_send(int sock, const void *buf, size_t len, int flags)
{
    must(sock == SOCKET, "it sends on its socket");
    return send(connection, buf, len > 700 ? 700 : len, flags | MSG_NOSIGNAL);
}

ssize_t zsock_recv(int sock, void *buf, size_t max_len, int flags)
{
    must(sock == SOCKET, "it receives on its socket");
    return recv(connection, buf, max_len, flags);
}

int zsock_close(int sock)
{
    must(sock == SOCKET && is_open, "it closes its socket once");
    is_open = 0;
    if (connection >= 0) close(connection);
    connection = -1;
    return 0;
}
