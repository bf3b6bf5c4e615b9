/* examples/send_openssl.c - the one call over TLS from OpenSSL 1.1.1 or 3, on a POSIX socket.
 * send_openssl INSTANCE CONTACT NAME       environment and exit codes: one_update.h
 * needs: openssl
 *
 * AWS_CA_BUNDLE names a file of trusted certificates; unset: OpenSSL's own store.
 * OpenSSL never sees the socket. It reads and writes through tcp.h, so every step ends in time and
 * no write raises SIGPIPE, although the program's signal handlers are left alone.                */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

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
    tcp  line;
    int  lost;   /* 1: the connection ended or time ran out; whatever TLS then says is no verdict */
    int  unsent; /* 1: a write has failed */
    SSL *ssl;
} tls;

static int my_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)user;
    return EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) == 1 ? 0 : 1;
}

/* A failed write does not end TLS: a response may have come already. tls_write reports it. */
static int bio_write(BIO *bio, const char *data, int len)
{
    tls *t = BIO_get_data(bio);
    t->unsent |= tcp_write(&t->line, data, (size_t)len) != 0;
    return len;
}

static int bio_read(BIO *bio, char *buf, int cap)
{
    tls       *t = BIO_get_data(bio);
    const long n = tcp_read(&t->line, buf, (size_t)cap);
    t->lost |= n <= 0;
    return (int)n;
}

static long bio_ctrl(BIO *bio, int what, long number, void *pointer)
{
    (void)bio, (void)number, (void)pointer;
    return what == BIO_CTRL_FLUSH;
}

static BIO *bio_on(tls *t)
{
    static BIO_METHOD *method;
    BIO               *bio;
    if (method == NULL && (method = BIO_meth_new(BIO_get_new_index(), "tcp.h")) != NULL) {
        BIO_meth_set_write(method, bio_write);
        BIO_meth_set_read(method, bio_read);
        BIO_meth_set_ctrl(method, bio_ctrl);
    }
    if (method == NULL || (bio = BIO_new(method)) == NULL) return NULL;
    BIO_set_data(bio, t);
    BIO_set_init(bio, 1);
    return bio;
}

/* The certificate must be for this name. An address is compared as one, and is never sent as SNI. */
static int expect_host(SSL *ssl, const char *host)
{
    unsigned char address[16];
    if (inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host);
    return SSL_set_tlsext_host_name(ssl, host) == 1 && SSL_set1_host(ssl, host) == 1;
}

static int handshake(tls *t, SSL_CTX *ctx, const char *host)
{
    BIO *bio = bio_on(t);
    if (bio == NULL || (t->ssl = SSL_new(ctx)) == NULL) return BIO_free(bio), 0;
    SSL_set_bio(t->ssl, bio, bio);
    return expect_host(t->ssl, host) && SSL_connect(t->ssl) == 1;
}

static int tls_write(void *user, const void *data, size_t len)
{
    tls *t = user;
    return len == 0 || (SSL_write(t->ssl, data, (int)len) > 0 && !t->unsent) ? 0 : -1;
}

/* 0 only if the server said that it closes: an end without that may have been cut off. */
static long tls_read(void *user, void *buf, size_t cap)
{
    tls      *t = user;
    const int n = SSL_read(t->ssl, buf, (int)cap);
    if (n > 0) return n;
    return SSL_get_error(t->ssl, n) == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

static int refused(const tls *t)
{
    const long  verdict = t->ssl != NULL ? SSL_get_verify_result(t->ssl) : X509_V_OK;
    const char *reason  = verdict != X509_V_OK ? X509_verify_cert_error_string(verdict)
                                               : ERR_reason_error_string(ERR_peek_error());
    if (t->lost) return CUC_SEND_AGAIN;
    fprintf(stderr, "OpenSSL: %s\n", reason != NULL ? reason : "out of memory");
    return TLS_REFUSED;
}

static int send_openssl(void *user, const cuc_http_request *http, cuc_call *call)
{
    tls t = {
        { -1, 0 },
        0, 0, NULL
    };
    http1_io io;
    int      status = CUC_SEND_AGAIN;
    if (!http->tls) return fprintf(stderr, "send_openssl: not an https:// URL\n"), TLS_REFUSED;
    io.user  = &t;
    io.write = tls_write;
    io.read  = tls_read;
    ERR_clear_error();
    t.line = tcp_open(http->host, http->port, PATIENCE_MS);
    if (t.line.fd >= 0) {
        status = handshake(&t, user, http->host) ? http1_send(&io, http, call) : refused(&t);
        if (status == CUC_SENT) SSL_shutdown(t.ssl); /* says that we close; waits for nothing */
    }
    SSL_free(t.ssl);
    tcp_close(&t.line);
    return status;
}

/* The minimum is set here and not left to openssl.cnf, which may allow TLS 1.0. */
static SSL_CTX *trusting(const char *bundle)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    int      ok  = ctx != NULL && SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1;
    if (ok && bundle != NULL) ok = SSL_CTX_load_verify_locations(ctx, bundle, NULL) == 1;
    else if (ok) ok = SSL_CTX_set_default_verify_paths(ctx) == 1;
    if (ok) return SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL), ctx;
    SSL_CTX_free(ctx);
    return NULL;
}

int main(int argc, char **argv)
{
    const char *bundle = one_update_setting("AWS_CA_BUNDLE", NULL);
    cuc_client  client = CUC_ZERO;
    SSL_CTX    *ctx    = trusting(bundle);
    int         code;
    if (ctx == NULL) return fprintf(stderr, "send_openssl: AWS_CA_BUNDLE: no certificates\n"), 1;
    client.user   = ctx;
    client.sha256 = my_sha256;
    client.send   = send_openssl;
    code          = one_update(argc, argv, &client);
    SSL_CTX_free(ctx);
    return code;
}
