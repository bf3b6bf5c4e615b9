/* What zephyr.c uses of Zephyr's socket.h, with the prototypes of version 3.6, beside the names of
 * POSIX, which Zephyr has, too. Not Zephyr's file.                                               */
#ifndef ZEPHYR_SOCKET_H
#define ZEPHYR_SOCKET_H

#include <sys/socket.h>
#include <sys/types.h>

#define SOL_TLS 282
#define TLS_SEC_TAG_LIST 1
#define TLS_HOSTNAME 2
#define TLS_PEER_VERIFY 5
#define TLS_PEER_VERIFY_REQUIRED 2
#define IPPROTO_TLS_1_2 258

struct zsock_timeval {
    long tv_sec;
    long tv_usec;
};

struct zsock_addrinfo {
    struct zsock_addrinfo *ai_next;
    int                    ai_flags;
    int                    ai_family;
    int                    ai_socktype;
    int                    ai_protocol;
    socklen_t              ai_addrlen;
    struct sockaddr       *ai_addr;
    char                  *ai_canonname;
};

int     zsock_getaddrinfo(const char *host, const char *service, const struct zsock_addrinfo *hints,
                          struct zsock_addrinfo **res);
void    zsock_freeaddrinfo(struct zsock_addrinfo *ai);
int     zsock_socket(int family, int type, int proto);
int     zsock_close(int sock);
int     zsock_connect(int sock, const struct sockaddr *addr, socklen_t addrlen);
int     zsock_setsockopt(int sock, int level, int optname, const void *optval, socklen_t optlen);
ssize_t zsock_send(int sock, const void *buf, size_t len, int flags);
ssize_t zsock_recv(int sock, void *buf, size_t max_len, int flags);

#endif
