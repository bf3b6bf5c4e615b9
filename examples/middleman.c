/* examples/middleman.c - a proxy that changes what it passes on, to see the signature notice it.
 * middleman PORT WORD OTHER       listens on a free port, passes on to PORT, says OTHER for WORD
 *
 * One connection after another, on the loopback only; ends by itself after a minute.             */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tcp.h"

static int listen_on_free_port(void)
{
    struct sockaddr_in here;
    socklen_t          size = sizeof here;
    const int          fd   = socket(AF_INET, SOCK_STREAM, 0);
    memset(&here, 0, sizeof here);
    here.sin_family      = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&here, sizeof here) != 0 || listen(fd, 8) != 0 ||
        getsockname(fd, (struct sockaddr *)&here, &size) != 0) {
        perror("middleman");
        exit(1);
    }
    printf("listening on 127.0.0.1:%d\n", (int)ntohs(here.sin_port));
    fflush(stdout);
    return fd;
}

/* The words are of the same length, so that Content-Length stays true. */
static void change(char *text, const char *word, const char *other)
{
    char *at = strstr(text, word);
    if (at != NULL) memcpy(at, other, strlen(other));
}

/* Until one of them closes. */
static void pass_on(tcp *from, tcp *to, const char *word, const char *other)
{
    for (;;) {
        struct pollfd both[2] = {
            { -1, POLLIN, 0 },
            { -1, POLLIN, 0 }
        };
        char text[4096];
        tcp *source;
        long n;
        both[0].fd = from->fd;
        both[1].fd = to->fd;
        if (poll(both, 2, 10000) <= 0) return;
        source = both[0].revents != 0 ? from : to;
        n      = tcp_read(source, text, sizeof text - 1);
        if (n <= 0) return;
        text[n] = '\0';
        if (source == from) change(text, word, other);
        if (tcp_write(source == from ? to : from, text, (size_t)n) != 0) return;
    }
}

int main(int argc, char **argv)
{
    int fd;
    if (argc != 4 || strlen(argv[2]) != strlen(argv[3])) {
        fprintf(stderr, "usage: middleman PORT WORD OTHER-OF-THE-SAME-LENGTH\n");
        return 2;
    }
    alarm(60);
    fd = listen_on_free_port();
    for (;;) {
        tcp from   = { -1, 0 }, to;
        from.fd    = accept(fd, NULL, NULL);
        from.until = tcp_now() + 10000;
        to         = tcp_open("127.0.0.1", argv[1], 10000);
        if (from.fd >= 0 && to.fd >= 0) pass_on(&from, &to, argv[2], argv[3]);
        tcp_close(&from);
        tcp_close(&to);
    }
}
