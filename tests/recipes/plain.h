/* plain.h - what the stand-ins for TLS libraries share: a TCP connection to the port that run.py
 * names, and checks of what the recipe asks for.                                                 */
#ifndef PLAIN_H
#define PLAIN_H

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PLAIN_HOST "connect.us-east-1.amazonaws.com"

static void must(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "it does not hold that %s\n", what);
    exit(4);
}

static int plain_connect(void)
{
    const struct timeval wait = { .tv_sec = 5 };
    struct sockaddr_in   to   = { .sin_family = AF_INET };
    const int            fd   = socket(AF_INET, SOCK_STREAM, 0);
    to.sin_port               = htons((uint16_t)atoi(getenv("RECIPE_PORT")));
    to.sin_addr.s_addr        = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) return fd;
    close(fd);
    return -1;
}

#endif
