/* examples/read_contact.c - what the stand-in knows of a contact, as JSON.
 * read_contact PORT INSTANCE CONTACT       (the real service wants this call, too, to be signed) */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "http1.h"
#include "tcp.h"

static void print(void *user, const char *data, size_t len) { fwrite(data, 1, len, user); }

int main(int argc, char **argv)
{
    http1 response = { 0 }; /* no call to hand it to: the body goes to a function */
    char  buf[1024];
    int   ask;
    long  n = -1;
    tcp   line;
    if (argc != 4) {
        fprintf(stderr, "usage: read_contact PORT INSTANCE CONTACT\n");
        return 2;
    }
    response.body = print;
    response.user = stdout;
    ask  = snprintf(buf, sizeof buf, "GET /contacts/%s/%s HTTP/1.1\r\nhost: 127.0.0.1:%s\r\n\r\n",
                    argv[2], argv[3], argv[1]);
    line = tcp_open("127.0.0.1", argv[1], 5000);
    if (line.fd >= 0 && ask < (int)sizeof buf && tcp_write(&line, buf, (size_t)ask) == 0) do
            n = tcp_read(&line, buf, sizeof buf);
        while (n > 0 && http1_push(&response, buf, (size_t)n) == HTTP1_MORE);
    tcp_close(&line);
    printf("\n");
    return n >= 0 && http1_end(&response) == CUC_SENT && response.status == 200 ? 0 : 1;
}
