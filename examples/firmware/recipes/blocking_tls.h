/* blocking_tls.h - exchange() over a TLS connection that blocks, as in esp_idf.c and zephyr.c.
 * To copy, with examples/http1.h. The functions that are declared first are yours.               */
#ifndef BLOCKING_TLS_H
#define BLOCKING_TLS_H

#include "connect_update_contact.h"
#include "http1.h"

static int  tls_open(const char *host);         /* 1: connected, and it is that host */
static int  tls_write(const char *p, size_t n); /* 1: all of it was written */
static int  tls_read(char *p, size_t n);        /* bytes; 0: closed; below 0: error or time-out */
static void tls_close(void);                    /* also after tls_open has failed */

int exchange(cuc_call *call);

/* Reads the response also when writing failed: it may say why. A success does not count then. */
int exchange(cuc_call *call)
{
    static char             buf[CUC_HEAD_SIZE(1536)]; /* the head, then pieces of the response */
    const cuc_http_request *h        = cuc_call_http_request(call);
    const size_t            n        = cuc_http1_head(h, buf, sizeof buf);
    http1                   response = { 0 };
    int                     sent = 0, got = -1;
    if (n >= sizeof buf) return 1; /* a longer token; final */
    response.call = call;
    if (tls_open(h->host)) {
        sent = tls_write(buf, n) && tls_write(h->body, h->body_len);
        do got = tls_read(buf, sizeof buf);
        while (got > 0 && http1_push(&response, buf, (size_t)got) == HTTP1_MORE);
    }
    tls_close();
    return sent && got >= 0 ? http1_end(&response) : CUC_SEND_AGAIN;
}

#endif
