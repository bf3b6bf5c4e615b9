/* examples/send_bearssl.c - the one call over TLS from BearSSL 0.6, on a POSIX socket.
 * send_bearssl INSTANCE CONTACT NAME       environment and exit codes: one_update.h
 * needs: bearssl -lbearssl
 *
 * AWS_CA_BUNDLE names a file of trusted certificates; unset: Debian's. A device has them compiled in
 * (`brssl ta`) and does not need the section "trust". BearSSL allocates nothing, speaks TLS 1.2 and no
 * newer version, compares a certificate with names and not with addresses, and does not look at what
 * a certificate is for (extended key usage).                                                     */
#define _POSIX_C_SOURCE 200809L
#include <bearssl.h>

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

/* ---- trust: reads certificates from PEM ------------------------------------------------------ */

typedef struct certificate { /* an anchor points into it, so both live until the program ends */
    br_x509_decoder_context decoder;
    unsigned char           name[1024];
    size_t                  name_len;
} certificate;

typedef struct trust {
    br_x509_trust_anchor *anchors;
    size_t                count;
} trust;

static void add_der(void *user, const void *data, size_t len)
{
    certificate *c = user;
    br_x509_decoder_push(&c->decoder, data, len);
}

static void add_name(void *user, const void *data, size_t len)
{
    certificate *c = user;
    if (len <= sizeof c->name - c->name_len) memcpy(c->name + c->name_len, data, len);
    c->name_len += len <= sizeof c->name - c->name_len ? len : 0;
}

static certificate *begin(br_pem_decoder_context *pem)
{
    certificate *c = calloc(1, sizeof *c);
    if (c == NULL) abort();
    br_x509_decoder_init(&c->decoder, add_name, c);
    br_pem_decoder_setdest(pem, add_der, c);
    return c;
}

/* A certificate that BearSSL cannot read is left out. */
static void end(trust *t, certificate *c)
{
    br_x509_pkey *key = br_x509_decoder_get_pkey(&c->decoder);
    if (key == NULL) {
        free(c);
        return;
    }
    t->anchors = realloc(t->anchors, (t->count + 1) * sizeof *t->anchors);
    if (t->anchors == NULL) abort();
    t->anchors[t->count].dn.data = c->name;
    t->anchors[t->count].dn.len  = c->name_len;
    t->anchors[t->count].flags   = br_x509_decoder_isCA(&c->decoder) ? BR_X509_TA_CA : 0;
    t->anchors[t->count++].pkey  = *key;
}

static trust trust_file(const char *name)
{
    trust                  t    = { NULL, 0 };
    FILE                  *file = fopen(name, "rb");
    certificate           *c    = NULL;
    br_pem_decoder_context pem;
    char                   text[4096];
    size_t                 len, at;
    br_pem_decoder_init(&pem);
    while (file != NULL && (len = fread(text, 1, sizeof text, file)) > 0) {
        for (at = 0; at < len;) {
            at += br_pem_decoder_push(&pem, text + at, len - at);
            switch (br_pem_decoder_event(&pem)) {
            case BR_PEM_BEGIN_OBJ:
                c = begin(&pem);
                break;
            case BR_PEM_END_OBJ:
                end(&t, c);
                break;
            case BR_PEM_ERROR:
                free(c);
                break;
            }
        }
    }
    if (file != NULL) fclose(file);
    return t;
}

/* ---- TLS --------------------------------------------------------------------------------------- */

typedef struct tls { /* for one call at a time */
    trust                   trusted;
    tcp                     line;
    int                     lost; /* 1: the connection ended or time ran out: an error that follows
                                     is no verdict on the server */
    int                     unsent; /* 1: a write has failed */
    br_ssl_client_context   client;
    br_x509_minimal_context verifier;
    br_sslio_context        io;
    unsigned char           buffer[BR_SSL_BUFSIZE_BIDI];
} tls;

static int my_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    br_sha256_context hash;
    (void)user;
    br_sha256_init(&hash);
    br_sha256_update(&hash, data, len);
    br_sha256_out(&hash, out);
    return 0;
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
    return n > 0 ? (int)n : -1;
}

static int handshake(tls *t, const char *host)
{
    br_ssl_engine_context *engine = &t->client.eng;
    br_ssl_client_init_full(&t->client, &t->verifier, t->trusted.anchors, t->trusted.count);
    br_ssl_engine_set_versions(engine, BR_TLS12, BR_TLS12); /* would begin with TLS 1.0 */
    br_ssl_engine_set_buffer(engine, t->buffer, sizeof t->buffer, 1);
    if (!br_ssl_client_reset(&t->client, host, 0)) return 0; /* no source of random numbers */
    br_sslio_init(&t->io, engine, pull, t, push, t);
    return br_sslio_flush(&t->io) == 0; /* the handshake comes first */
}

static int tls_write(void *user, const void *data, size_t len)
{
    tls      *t      = user;
    const int failed = br_sslio_write_all(&t->io, data, len) != 0 || br_sslio_flush(&t->io) != 0;
    return failed || t->unsent ? -1 : 0;
}

/* 0 only if the server said that it closes: an end without that may have been cut off. */
static long tls_read(void *user, void *buf, size_t cap)
{
    tls      *t = user;
    const int n = br_sslio_read(&t->io, buf, cap);
    if (n > 0) return n;
    return br_ssl_engine_last_error(&t->client.eng) == BR_ERR_OK ? 0 : -1;
}

/* Says that we close, and waits for nothing; br_sslio_close would wait for the server. */
static void tls_close(tls *t)
{
    size_t         len = 0;
    unsigned char *data;
    br_ssl_engine_close(&t->client.eng);
    data = br_ssl_engine_sendrec_buf(&t->client.eng, &len);
    if (data != NULL) tcp_write(&t->line, data, len);
}

/* BearSSL has numbers only; `brssl` knows the others. */
static const struct {
    int         error;
    const char *words;
} errors[] = {
    { BR_ERR_UNSUPPORTED_VERSION,   "the server speaks another version of TLS"          },
    { BR_ERR_BAD_VERSION,           "not a TLS record, or another version of TLS"       },
    { BR_ERR_NO_RANDOM,             "no source of random numbers"                       },
    { BR_ERR_X509_EXPIRED,          "a certificate has expired or is not yet valid"     },
    { BR_ERR_X509_BAD_SERVER_NAME,  "the certificate is for another host name"          },
    { BR_ERR_X509_BAD_SIGNATURE,    "a certificate's signature is wrong"                },
    { BR_ERR_X509_DN_MISMATCH,      "a certificate was not issued by the next one"      },
    { BR_ERR_X509_NOT_TRUSTED,      "no certificate of the server's chain is trusted"   },
    { BR_ERR_RECV_FATAL_ALERT + 40, "alert: handshake failure, nothing that both speak" },
    { BR_ERR_RECV_FATAL_ALERT + 70, "alert: the server wants another protocol version"  },
};

static int refused(const tls *t)
{
    const int error = br_ssl_engine_last_error(&t->client.eng);
    size_t    i     = 0;
    if (t->lost) return CUC_SEND_AGAIN;
    while (i < sizeof errors / sizeof errors[0] && errors[i].error != error) i++;
    fprintf(stderr, "BearSSL: error %d: %s\n", error,
            i < sizeof errors / sizeof errors[0] ? errors[i].words : "see bearssl_ssl.h");
    return TLS_REFUSED;
}

static int send_bearssl(void *user, const cuc_http_request *http, cuc_call *call)
{
    tls     *t = user;
    http1_io io;
    int      status = CUC_SEND_AGAIN;
    if (!http->tls) return fprintf(stderr, "send_bearssl: not an https:// URL\n"), TLS_REFUSED;
    t->lost   = 0;
    t->unsent = 0;
    io.user   = t;
    io.write  = tls_write;
    io.read   = tls_read;
    t->line   = tcp_open(http->host, http->port, PATIENCE_MS);
    if (t->line.fd >= 0) {
        status = handshake(t, http->host) ? http1_send(&io, http, call) : refused(t);
        if (status == CUC_SENT) tls_close(t);
    }
    tcp_close(&t->line);
    return status;
}

int main(int argc, char **argv)
{
    static tls  t;
    const char *bundle = one_update_setting("AWS_CA_BUNDLE", DEBIAN_BUNDLE);
    cuc_client  client = CUC_ZERO;
    client.user        = &t;
    client.sha256      = my_sha256;
    client.send        = send_bearssl;
    t.trusted          = trust_file(bundle);
    if (t.trusted.count > 0) return one_update(argc, argv, &client);
    fprintf(stderr, "send_bearssl: no certificates in %s\n", bundle);
    return 1;
}
