/* http1_send.h - sends one HTTP/1.1 request and reads its response, over functions that write and
 * read. To copy, with http1.h.
 *
 *   http1_io io = { &my_tls, my_write, my_read };
 *   return http1_send(&io, http, call);                          what a `send` callback returns
 *
 * A write that fails does not end the exchange: a server that refuses a request early (413) closes
 * while the body is still being written, and its response is waiting to be read. A success that
 * arrives after such a write does not count.                                                     */
#ifndef HTTP1_SEND_H
#define HTTP1_SEND_H

#include "http1.h"

enum { HTTP1_TOKEN_SIZE = 4096, HTTP1_HEAD_TOO_LARGE = 1 };

typedef struct http1_io {
    void *user;
    int (*write)(void *user, const void *data, size_t len); /* 0: all of it was written           */
    long (*read)(void *user, void *buf, size_t cap); /* bytes; 0: closed properly; -1: lost       */
} http1_io;

static int http1_send(const http1_io *io, const cuc_http_request *http, cuc_call *call)
{
    char         head[CUC_HEAD_SIZE(HTTP1_TOKEN_SIZE)], buf[2048];
    const size_t head_len = cuc_http1_head(http, head, sizeof head);
    http1        response = CUC_ZERO;
    int          written;
    long         n;
    if (head_len >= sizeof head) return HTTP1_HEAD_TOO_LARGE; /* trying again would not help */
    response.call = call;
    written       = (io->write)(io->user, head, head_len) == 0 &&
              (io->write)(io->user, http->body, http->body_len) == 0;
    do n = (io->read)(io->user, buf, sizeof buf);
    while (n > 0 && http1_push(&response, buf, (size_t)n) == HTTP1_MORE);
    return !written || n < 0 ? CUC_SEND_AGAIN : http1_end(&response);
}

#endif
