/* examples/send_gnutls.c - the one call over TLS from GnuTLS 3.6 or newer, on a POSIX socket.
 * send_gnutls INSTANCE CONTACT NAME       environment and exit codes: one_update.h
 * needs: gnutls
 *
 * AWS_CA_BUNDLE names a file of trusted certificates; unset: the system's store.
 * GnuTLS never sees the socket. It reads and writes through tcp.h, so every step ends in time and no
 * write raises SIGPIPE, although the program's signal handlers are left alone.                   */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "http1_send.h"
#include "one_update.h"
#include "tcp.h"

#ifndef PATIENCE_MS
#define PATIENCE_MS 30000 /* for one attempt: connect, handshake, request and response */
#endif
#define VERSIONS "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2" /* NORMAL alone may have TLS 1.0 */

enum { TLS_REFUSED = 2 }; /* returned by `send`: final */

typedef struct tls {
    tcp              line;
    int              lost;   /* 1: the connection ended or time ran out: an error that follows is no
                              verdict on the server */
    int              unsent; /* 1: a write has failed */
    gnutls_session_t session;
    gnutls_typed_vdata_st expected[2]; /* of the server's certificate */
} tls;

static int my_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)user;
    return gnutls_hash_fast(GNUTLS_DIG_SHA256, data, len, out);
}

/* A failed write does not end TLS: a response may have come already. tls_write reports it. */
static ssize_t push(gnutls_transport_ptr_t user, const void *data, size_t len)
{
    tls *t = user;
    t->unsent |= tcp_write(&t->line, data, len) != 0;
    return (ssize_t)len;
}

/* GnuTLS would repeat a read after EAGAIN, which is what a time-out leaves in errno. */
static ssize_t pull(gnutls_transport_ptr_t user, void *buf, size_t cap)
{
    tls       *t = user;
    const long n = tcp_read(&t->line, buf, cap);
    t->lost |= n <= 0;
    if (n < 0) gnutls_transport_set_errno(t->session, ECONNRESET);
    return n;
}

/* The certificate must be for this name or address, and for a server. An address is never sent as
 * SNI. GnuTLS keeps a pointer to `expected`.                                                     */
static int expect_host(tls *t, const char *host)
{
    unsigned char address[16];
    t->expected[0].type = GNUTLS_DT_DNS_HOSTNAME; /* or an address */
    t->expected[0].data = (unsigned char *)host;
    t->expected[0].size = (unsigned)strlen(host);
    t->expected[1].type = GNUTLS_DT_KEY_PURPOSE_OID;
    t->expected[1].data = (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER;
    t->expected[1].size = sizeof GNUTLS_KP_TLS_WWW_SERVER - 1;
    gnutls_session_set_verify_cert2(t->session, t->expected, 2, 0);
    if (inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1) return 0;
    return gnutls_server_name_set(t->session, GNUTLS_NAME_DNS, host, strlen(host));
}

/* Returns 0, or an error of GnuTLS. */
static int handshake(tls *t, gnutls_certificate_credentials_t trusted, const char *host)
{
    int error = gnutls_init(&t->session, GNUTLS_CLIENT);
    if (error != 0) return t->session = NULL, error;
    gnutls_transport_set_ptr(t->session, t);
    gnutls_transport_set_push_function(t->session, push);
    gnutls_transport_set_pull_function(t->session, pull);
    error = gnutls_priority_set_direct(t->session, VERSIONS, NULL);
    if (error == 0) error = gnutls_credentials_set(t->session, GNUTLS_CRD_CERTIFICATE, trusted);
    if (error == 0) error = expect_host(t, host);
    if (error != 0) return error;
    do error = gnutls_handshake(t->session);
    while (error != 0 && !gnutls_error_is_fatal(error)); /* a warning */
    return error;
}

static int tls_write(void *user, const void *data, size_t len)
{
    const char *p = data;
    tls        *t = user;
    while (len > 0) {
        const ssize_t n = gnutls_record_send(t->session, p, len);
        if (n < 0 && gnutls_error_is_fatal((int)n)) return -1;
        if (n > 0) p += n, len -= (size_t)n;
    }
    return t->unsent ? -1 : 0;
}

/* 0 only if the server said that it closes: an end without that may have been cut off. */
static long tls_read(void *user, void *buf, size_t cap)
{
    tls    *t = user;
    ssize_t n;
    do n = gnutls_record_recv(t->session, buf, cap);
    while (n < 0 && !gnutls_error_is_fatal((int)n));
    return n < 0 ? -1 : (long)n;
}

static int refused(const tls *t, int error)
{
    gnutls_datum_t words  = { NULL, 0 };
    const char    *detail = "";
    if (t->lost) return CUC_SEND_AGAIN;
    if (error == GNUTLS_E_FATAL_ALERT_RECEIVED)
        detail = gnutls_alert_get_name(gnutls_alert_get(t->session));
    if (error == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR &&
        gnutls_certificate_verification_status_print(
            gnutls_session_get_verify_cert_status(t->session), GNUTLS_CRT_X509, &words, 0) == 0)
        detail = (const char *)words.data;
    fprintf(stderr, "GnuTLS: %s %s\n", gnutls_strerror(error), detail);
    gnutls_free(words.data);
    return TLS_REFUSED;
}

static int send_gnutls(void *user, const cuc_http_request *http, cuc_call *call)
{
    tls      t;
    http1_io io;
    int      error, status = CUC_SEND_AGAIN;
    if (!http->tls) return fprintf(stderr, "send_gnutls: not an https:// URL\n"), TLS_REFUSED;
    t.lost    = 0;
    t.unsent  = 0;
    t.session = NULL;
    io.user   = &t;
    io.write  = tls_write;
    io.read   = tls_read;
    t.line    = tcp_open(http->host, http->port, PATIENCE_MS);
    if (t.line.fd >= 0) {
        error  = handshake(&t, user, http->host);
        status = error == 0 ? http1_send(&io, http, call) : refused(&t, error);
        if (status == CUC_SENT) gnutls_bye(t.session, GNUTLS_SHUT_WR); /* waits for nothing */
    }
    if (t.session != NULL) gnutls_deinit(t.session);
    tcp_close(&t.line);
    return status;
}

int main(int argc, char **argv)
{
    const char                      *bundle  = one_update_setting("AWS_CA_BUNDLE", NULL);
    gnutls_certificate_credentials_t trusted = NULL;
    cuc_client                       client  = CUC_ZERO;
    int                              count   = gnutls_certificate_allocate_credentials(&trusted);
    int                              code    = 1;
    if (count == 0 && bundle == NULL) count = gnutls_certificate_set_x509_system_trust(trusted);
    else if (count == 0)
        count = gnutls_certificate_set_x509_trust_file(trusted, bundle, GNUTLS_X509_FMT_PEM);
    if (count <= 0) fprintf(stderr, "AWS_CA_BUNDLE: no certificates: %s\n", gnutls_strerror(count));
    client.user   = trusted;
    client.sha256 = my_sha256;
    client.send   = send_gnutls;
    if (count > 0) code = one_update(argc, argv, &client);
    gnutls_certificate_free_credentials(trusted);
    return code;
}
