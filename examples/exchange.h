/* exchange.h - one HTTP/1.1 request and its response over any connection you can write and read. To
 * copy, with http1.h.
 *
 *   exchange line = { &my_tls, my_write, my_read };
 *   int status = exchange_run(&line, http, call);                  what a `send` callback returns
 *
 * A write that fails does not end the exchange. A server that refuses a request early (413) closes
 * while the body is still being written, and its response is waiting to be read.                 */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "http1.h"

enum { EXCHANGE_TOKEN_SIZE = 4096, EXCHANGE_TOO_LARGE = 1 };

typedef struct exchange {
    void *user;
    int (*write)(void *user, const void *data, size_t len); /* 0: all of it is on its way         */
    long (*read)(void *user, void *buf,
                 size_t cap); /* bytes; 0: properly closed; -1: lost        */
} exchange;

static int exchange_run(const exchange *line, const cuc_http *http, cuc_call *call)
{
    char         head[CUC_HEAD_SIZE(EXCHANGE_TOKEN_SIZE)];
    const size_t head_len = cuc_http1_head(http, head, sizeof head);
    http1        response = { 0 };
    char         buf[2048];
    long         n;
    if (head_len >= sizeof head) return EXCHANGE_TOO_LARGE; /* trying again would not help */
    response.call = call;
    if ((line->write)(line->user, head, head_len) == 0)
        (line->write)(line->user, http->body, http->body_len);
    do n = (line->read)(line->user, buf, sizeof buf);
    while (n > 0 && http1_push(&response, buf, (size_t)n) == HTTP1_MORE);
    return n < 0 ? CUC_SEND_AGAIN : http1_end(&response);
}

#endif
