/* examples/send_wolfssl.c - the one call over TLS from wolfSSL 5, on a POSIX socket.
 * send_wolfssl INSTANCE CONTACT NAME       environment and exit codes: one_update.h
 * needs: wolfssl
 *
 * AWS_CA_BUNDLE names a file of trusted certificates; unset: the system's store.
 * wolfSSL never sees the socket. It reads and writes through tcp.h, so every step ends in time and
 * no write raises SIGPIPE, although the program's signal handlers are left alone.                */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/sha256.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "http1_send.h"
#include "one_update.h"
#include "tcp.h"

#ifndef PATIENCE_MS
#define PATIENCE_MS 30000 /* for one attempt: connect, handshake, request and response */
#endif

enum { TLS_REFUSED = 2 }; /* returned by `send`: final */

typedef struct tls {
    tcp      line;
    int      lost;   /* 1: the connection ended or time ran out: an error that follows is no verdict
                      on the server */
    int      unsent; /* 1: a write has failed */
    WOLFSSL *ssl;
} tls;

static int my_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)user;
    return wc_Sha256Hash(data, (word32)len, out);
}

/* A failed write does not end TLS: a response may have come already. tls_write reports it. */
static int push(WOLFSSL *ssl, char *data, int len, void *user)
{
    tls *t = user;
    (void)ssl;
    t->unsent |= tcp_write(&t->line, data, (size_t)len) != 0;
    return len;
}

static int pull(WOLFSSL *ssl, char *buf, int cap, void *user)
{
    tls       *t = user;
    const long n = tcp_read(&t->line, buf, (size_t)cap);
    (void)ssl;
    t->lost |= n <= 0;
    return n > 0 ? (int)n : n < 0 ? WOLFSSL_CBIO_ERR_GENERAL : WOLFSSL_CBIO_ERR_CONN_CLOSE;
}

/* The certificate must be for this name or address. An address is never sent as SNI. */
static int expect_host(WOLFSSL *ssl, const char *host)
{
    unsigned char address[16];
    if (wolfSSL_check_domain_name(ssl, host) != WOLFSSL_SUCCESS) return 0;
    if (inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1) return 1;
    return wolfSSL_UseSNI(ssl, WOLFSSL_SNI_HOST_NAME, host, (word16)strlen(host)) ==
           WOLFSSL_SUCCESS;
}

static int handshake(tls *t, WOLFSSL_CTX *ctx, const char *host)
{
    t->ssl = wolfSSL_new(ctx);
    if (t->ssl == NULL) return 0;
    wolfSSL_SetIOReadCtx(t->ssl, t);
    wolfSSL_SetIOWriteCtx(t->ssl, t);
    return expect_host(t->ssl, host) && wolfSSL_connect(t->ssl) == WOLFSSL_SUCCESS;
}

static int tls_write(void *user, const void *data, size_t len)
{
    tls *t = user;
    return len == 0 || (wolfSSL_write(t->ssl, data, (int)len) > 0 && !t->unsent) ? 0 : -1;
}

/* 0 only if the server said that it closes: an end without that may have been cut off. */
static long tls_read(void *user, void *buf, size_t cap)
{
    tls      *t = user;
    const int n = wolfSSL_read(t->ssl, buf, (int)cap);
    if (n > 0) return n;
    return wolfSSL_get_error(t->ssl, n) == WOLFSSL_ERROR_ZERO_RETURN && !t->lost ? 0 : -1;
}

/* For an unknown CA, version 5.5 has no better words than "certificate verify failed". */
static int refused(const tls *t)
{
    char                  words[WOLFSSL_MAX_ERROR_SZ] = "out of memory";
    WOLFSSL_ALERT_HISTORY alerts                      = {
        { -1, -1 },
        { -1, -1 }
    };
    if (t->lost) return CUC_SEND_AGAIN;
    if (t->ssl != NULL) {
        wolfSSL_ERR_error_string((unsigned long)wolfSSL_get_error(t->ssl, 0), words);
        wolfSSL_get_alert_history(t->ssl, &alerts);
    }
    fprintf(stderr, "wolfSSL: %s %s\n", words,
            alerts.last_rx.code < 0 ? "" : wolfSSL_alert_desc_string_long(alerts.last_rx.code));
    return TLS_REFUSED;
}

static int send_wolfssl(void *user, const cuc_http_request *http, cuc_call *call)
{
    tls      t;
    http1_io io;
    int      status = CUC_SEND_AGAIN;
    if (!http->tls) return fprintf(stderr, "send_wolfssl: not an https:// URL\n"), TLS_REFUSED;
    t.lost   = 0;
    t.unsent = 0;
    t.ssl    = NULL;
    io.user  = &t;
    io.write = tls_write;
    io.read  = tls_read;
    t.line   = tcp_open(http->host, http->port, PATIENCE_MS);
    if (t.line.fd >= 0) {
        status = handshake(&t, user, http->host) ? http1_send(&io, http, call) : refused(&t);
        if (status == CUC_SENT) wolfSSL_shutdown(t.ssl); /* says that we close; waits for nothing */
    }
    wolfSSL_free(t.ssl);
    tcp_close(&t.line);
    return status;
}

static WOLFSSL_CTX *trusting(const char *bundle)
{
    WOLFSSL_CTX *ctx = wolfSSL_CTX_new(wolfTLS_client_method());
    int          ok  = ctx != NULL && wolfSSL_CTX_SetMinVersion(ctx, WOLFSSL_TLSV1_2) == 1;
    if (ok && bundle != NULL) ok = wolfSSL_CTX_load_verify_locations(ctx, bundle, NULL) == 1;
    else if (ok) ok = wolfSSL_CTX_load_system_CA_certs(ctx) == 1;
    if (!ok) return wolfSSL_CTX_free(ctx), NULL;
    wolfSSL_CTX_set_verify(ctx, WOLFSSL_VERIFY_PEER, NULL);
    wolfSSL_CTX_SetIORecv(ctx, pull);
    wolfSSL_CTX_SetIOSend(ctx, push);
    return ctx;
}

int main(int argc, char **argv)
{
    cuc_client   client = CUC_ZERO;
    WOLFSSL_CTX *ctx;
    int          code = 1;
    wolfSSL_Init();
    ctx           = trusting(one_update_setting("AWS_CA_BUNDLE", NULL));
    client.user   = ctx;
    client.sha256 = my_sha256;
    client.send   = send_wolfssl;
    if (ctx != NULL) code = one_update(argc, argv, &client);
    else fprintf(stderr, "send_wolfssl: AWS_CA_BUNDLE: no certificates\n");
    wolfSSL_CTX_free(ctx);
    wolfSSL_Cleanup();
    return code;
}
