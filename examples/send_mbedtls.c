/* examples/send_mbedtls.c - the one call over TLS from Mbed TLS 2.28 or 3, on a POSIX socket.
 * send_mbedtls INSTANCE CONTACT NAME       environment and exit codes: one_update.h
 * needs: mbedcrypto -lmbedtls -lmbedx509 -lmbedcrypto
 *
 * AWS_CA_BUNDLE names a file of trusted certificates; unset: Debian's. CI runs it with 2.28; 3.6.0,
 * which speaks TLS 1.3, was tried by hand. Version 2 compares a certificate with names and not with
 * addresses: https://127.0.0.1 is refused.
 * Mbed TLS never sees the socket. It reads and writes through tcp.h, so every step ends in time and
 * no write raises SIGPIPE, although the program's signal handlers are left alone.                */
#define _POSIX_C_SOURCE 200809L
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/sha256.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#ifdef MBEDTLS_SSL_PROTO_TLS1_3
#include <psa/crypto.h>
#endif

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "http1_send.h"
#include "one_update.h"
#include "tcp.h"

#ifndef PATIENCE_MS
#define PATIENCE_MS 30000 /* for one attempt: connect, handshake, request and response */
#endif
#define DEBIAN_BUNDLE "/etc/ssl/certs/ca-certificates.crt"

enum { TLS_REFUSED = 2 }; /* returned by `send`: final */

typedef struct tls {
    tcp                 line;
    int                 lost;   /* 1: the connection ended or time ran out: an error that follows is
                                 no verdict on the server */
    int                 unsent; /* 1: a write has failed */
    mbedtls_ssl_context ssl;
} tls;

typedef struct tls_setup { /* of all connections */
    mbedtls_entropy_context  entropy;
    mbedtls_ctr_drbg_context random;
    mbedtls_x509_crt         trusted;
    mbedtls_ssl_config       config;
} tls_setup;

static int my_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)user;
#if MBEDTLS_VERSION_MAJOR >= 3
    return mbedtls_sha256(data, len, out, 0);
#else
    return mbedtls_sha256_ret(data, len, out, 0);
#endif
}

/* A failed write does not end TLS: a response may have come already. tls_write reports it. */
static int push(void *user, const unsigned char *data, size_t len)
{
    tls *t = user;
    t->unsent |= tcp_write(&t->line, data, len) != 0;
    return (int)len;
}

static int pull(void *user, unsigned char *buf, size_t cap)
{
    tls       *t = user;
    const long n = tcp_read(&t->line, buf, cap);
    t->lost |= n <= 0;
    return n < 0 ? MBEDTLS_ERR_SSL_TIMEOUT : (int)n;
}

/* Returns 0, or an error of Mbed TLS. Without set_hostname the name would not be verified. */
static int handshake(tls *t, const tls_setup *setup, const char *host)
{
    int error = mbedtls_ssl_setup(&t->ssl, &setup->config);
    if (error == 0) error = mbedtls_ssl_set_hostname(&t->ssl, host);
    mbedtls_ssl_set_bio(&t->ssl, t, push, pull, NULL);
    return error != 0 ? error : mbedtls_ssl_handshake(&t->ssl);
}

/* Not data and no error, but a message of TLS itself, such as a session ticket: go on. */
static int goes_on(int error)
{
#ifdef MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET /* version 3 */
    if (error == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET) return 1;
#endif
    return error == MBEDTLS_ERR_SSL_WANT_READ || error == MBEDTLS_ERR_SSL_WANT_WRITE;
}

static int tls_write(void *user, const void *data, size_t len)
{
    const unsigned char *p = data;
    tls                 *t = user;
    while (len > 0) {
        const int n = mbedtls_ssl_write(&t->ssl, p, len);
        if (goes_on(n)) continue;
        if (n < 0) return -1;
        p += n;
        len -= (size_t)n;
    }
    return t->unsent ? -1 : 0;
}

/* 0 only if the server said that it closes: an end without that may have been cut off. */
static long tls_read(void *user, void *buf, size_t cap)
{
    tls *t = user;
    int  n;
    do n = mbedtls_ssl_read(&t->ssl, buf, cap);
    while (goes_on(n));
    if (n > 0) return n;
    return n == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY ? 0 : -1;
}

static int refused(const tls *t, int error)
{
    char           words[512] = "";
    const uint32_t flags      = mbedtls_ssl_get_verify_result(&t->ssl);
    if (t->lost) return CUC_SEND_AGAIN;
    if (flags != 0 && flags != UINT32_MAX) /* UINT32_MAX: no certificate has come */
        mbedtls_x509_crt_verify_info(words, sizeof words, "", flags);
    else mbedtls_strerror(error, words, sizeof words);
    fprintf(stderr, "Mbed TLS: %s\n", words);
    return TLS_REFUSED;
}

static int send_mbedtls(void *user, const cuc_http_request *http, cuc_call *call)
{
    tls      t;
    http1_io io;
    int      error, status = CUC_SEND_AGAIN;
    if (!http->tls) return fprintf(stderr, "send_mbedtls: not an https:// URL\n"), TLS_REFUSED;
    io.user  = &t;
    io.write = tls_write;
    io.read  = tls_read;
    t.lost   = 0;
    t.unsent = 0;
    mbedtls_ssl_init(&t.ssl);
    t.line = tcp_open(http->host, http->port, PATIENCE_MS);
    if (t.line.fd >= 0) {
        error  = handshake(&t, user, http->host);
        status = error == 0 ? http1_send(&io, http, call) : refused(&t, error);
        if (status == CUC_SENT) mbedtls_ssl_close_notify(&t.ssl); /* waits for nothing */
    }
    mbedtls_ssl_free(&t.ssl);
    tcp_close(&t.line);
    return status;
}

/* The minimum is set here: version 2 would also speak TLS 1.0. */
static int configure(tls_setup *s)
{
    const int error =
        mbedtls_ssl_config_defaults(&s->config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT);
#if MBEDTLS_VERSION_NUMBER >= 0x03020000
    mbedtls_ssl_conf_min_tls_version(&s->config, MBEDTLS_SSL_VERSION_TLS1_2);
#else
    mbedtls_ssl_conf_min_version(&s->config, MBEDTLS_SSL_MAJOR_VERSION_3,
                                 MBEDTLS_SSL_MINOR_VERSION_3);
#endif
    mbedtls_ssl_conf_authmode(&s->config, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_ca_chain(&s->config, &s->trusted, NULL);
    mbedtls_ssl_conf_rng(&s->config, mbedtls_ctr_drbg_random, &s->random);
    return error;
}

static void setup_init(tls_setup *s)
{
    mbedtls_entropy_init(&s->entropy);
    mbedtls_ctr_drbg_init(&s->random);
    mbedtls_x509_crt_init(&s->trusted);
    mbedtls_ssl_config_init(&s->config);
}

static void setup_free(tls_setup *s)
{
    mbedtls_ssl_config_free(&s->config);
    mbedtls_x509_crt_free(&s->trusted);
    mbedtls_ctr_drbg_free(&s->random);
    mbedtls_entropy_free(&s->entropy);
}

/* A positive result of parse_file: so many certificates of the bundle were of no use. */
static int setup_read(tls_setup *s, const char *bundle)
{
    int error = mbedtls_ctr_drbg_seed(&s->random, mbedtls_entropy_func, &s->entropy, NULL, 0);
#ifdef MBEDTLS_SSL_PROTO_TLS1_3
    if (error == 0) error = psa_crypto_init(); /* TLS 1.3 of version 3.6.0 needs it first */
#endif
    if (error == 0) error = mbedtls_x509_crt_parse_file(&s->trusted, bundle);
    return error < 0 ? error : configure(s);
}

int main(int argc, char **argv)
{
    const char *bundle = one_update_setting("AWS_CA_BUNDLE", DEBIAN_BUNDLE);
    tls_setup   setup;
    cuc_client  client = CUC_ZERO;
    int         code   = 1;
    setup_init(&setup);
    client.user   = &setup;
    client.sha256 = my_sha256;
    client.send   = send_mbedtls;
    if (setup_read(&setup, bundle) == 0) code = one_update(argc, argv, &client);
    else fprintf(stderr, "send_mbedtls: no certificates in %s, or no entropy\n", bundle);
    setup_free(&setup);
    return code;
}
