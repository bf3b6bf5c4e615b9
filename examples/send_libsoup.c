/* examples/send_libsoup.c - the one call with GLib and libsoup 3; HTTP/2 where the server has it.
 * send_libsoup INSTANCE CONTACT NAME       environment and exit codes: one_update.h
 * needs: libsoup-3.0
 *
 * AWS_CA_BUNDLE names a file of trusted certificates; unset: the system's store. TLS comes from the
 * plug-in of the package glib-networking. A program with a main loop of its own uses cuc_call_next
 * in place of `send`: begin as send_libsoup does, without the loop; call cuc_call_end in on_done. */
#define _POSIX_C_SOURCE 200809L
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic" /* libsoup's headers are C11 */
#include <libsoup/soup.h>
#pragma GCC diagnostic pop

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
#include "one_update.h"

#ifndef PATIENCE_MS
#define PATIENCE_MS 30000 /* for one attempt: connect, handshake, request and response */
#endif

enum { TLS_REFUSED = 2 }; /* returned by `send`: final */

typedef struct attempt {
    GMainLoop    *loop;
    GCancellable *cancel;
    GBytes       *body; /* of the response */
    GError       *error;
    int           too_old; /* 1: the server's TLS */
} attempt;

static int my_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    GChecksum *hash = g_checksum_new(G_CHECKSUM_SHA256);
    gsize      size = 32;
    (void)user;
    g_checksum_update(hash, data, (gssize)len);
    g_checksum_get_digest(hash, out, &size);
    g_checksum_free(hash);
    return size == 32 ? 0 : 1;
}

/* A path that is percent-encoded already stays as it is: it is signed. */
static SoupMessage *message(const cuc_http_request *http)
{
    GUri        *uri  = g_uri_parse(http->url, SOUP_HTTP_URI_FLAGS, NULL);
    GBytes      *body = g_bytes_new_static(http->body, http->body_len);
    SoupMessage *m;
    size_t       i;
    if (uri == NULL) return g_bytes_unref(body), NULL;
    m = soup_message_new_from_uri(http->method, uri);
    soup_message_set_request_body_from_bytes(m, NULL, body);
    for (i = 0; i < http->line_count; i++)
        soup_message_headers_replace(soup_message_get_request_headers(m), http->names[i],
                                     http->values[i]);
    /* a redirect would carry the signature to another host */
    soup_message_add_flags(m, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_NEW_CONNECTION);
    g_bytes_unref(body);
    g_uri_unref(uri);
    return m;
}

/* GIO has no setting for the lowest version: it is looked at after the handshake, before anything is
 * sent. What the plug-in allows depends on its version and on G_TLS_GNUTLS_PRIORITY.              */
static void on_event(SoupMessage *m, GSocketClientEvent event, GIOStream *stream, attempt *a)
{
    (void)m;
    if (event != G_SOCKET_CLIENT_TLS_HANDSHAKED) return;
    a->too_old = g_tls_connection_get_protocol_version(G_TLS_CONNECTION(stream)) <
                 G_TLS_PROTOCOL_VERSION_TLS_1_2;
    if (a->too_old) g_cancellable_cancel(a->cancel);
}

static gboolean on_deadline(void *user)
{
    attempt *a = user;
    g_cancellable_cancel(a->cancel);
    return G_SOURCE_CONTINUE; /* removed by send_libsoup */
}

static void on_done(GObject *session, GAsyncResult *result, void *user)
{
    attempt *a = user;
    a->body    = soup_session_send_and_read_finish(SOUP_SESSION(session), result, &a->error);
    g_main_loop_quit(a->loop);
}

static void hand_in(SoupMessage *m, GBytes *body, cuc_call *call)
{
    SoupMessageHeadersIter at;
    const char            *name, *value;
    gsize                  len  = 0;
    const void            *data = g_bytes_get_data(body, &len);
    cuc_call_status(call, (int)soup_message_get_status(m));
    soup_message_headers_iter_init(&at, soup_message_get_response_headers(m));
    while (soup_message_headers_iter_next(&at, &name, &value)) {
        char *line = g_strdup_printf("%s: %s", name, value);
        cuc_call_header(call, line, strlen(line));
        g_free(line);
    }
    cuc_call_body(call, data, len);
}

static const struct {
    GTlsCertificateFlags flag;
    const char          *words;
} problems[] = {
    { G_TLS_CERTIFICATE_UNKNOWN_CA,    "the issuer is not trusted"            },
    { G_TLS_CERTIFICATE_BAD_IDENTITY,  "it does not match the host name"      },
    { G_TLS_CERTIFICATE_NOT_ACTIVATED, "it is not yet valid"                  },
    { G_TLS_CERTIFICATE_EXPIRED,       "it has expired"                       },
    { G_TLS_CERTIFICATE_REVOKED,       "it was revoked"                       },
    { G_TLS_CERTIFICATE_INSECURE,      "its algorithm is insecure"            },
    { G_TLS_CERTIFICATE_GENERIC_ERROR, "it is of no use, perhaps its purpose" },
};

/* What TLS refuses is final. EOF and NOT_TLS are not: GIO reports NOT_TLS also for a connection that
 * breaks in the handshake.                                                                        */
static int failed(SoupMessage *m, const attempt *a)
{
    const GTlsCertificateFlags flags = soup_message_get_tls_peer_certificate_errors(m);
    size_t                     i;
    fprintf(stderr, "libsoup: %s", a->too_old ? "TLS version below 1.2" : a->error->message);
    for (i = 0; i < sizeof problems / sizeof problems[0]; i++)
        if (flags & problems[i].flag) fprintf(stderr, ": %s", problems[i].words);
    fprintf(stderr, "\n");
    if (a->too_old) return TLS_REFUSED;
    if (a->error->domain != G_TLS_ERROR || a->error->code == G_TLS_ERROR_EOF ||
        a->error->code == G_TLS_ERROR_NOT_TLS)
        return CUC_SEND_AGAIN;
    return TLS_REFUSED;
}

static int send_libsoup(void *user, const cuc_http_request *http, cuc_call *call)
{
    SoupMessage *m      = message(http);
    attempt      a      = { NULL, NULL, NULL, NULL, 0 };
    int          status = CUC_SENT;
    guint        timer;
    if (m == NULL) return fprintf(stderr, "libsoup: not a URL: %s\n", http->url), TLS_REFUSED;
    a.loop   = g_main_loop_new(NULL, FALSE);
    a.cancel = g_cancellable_new();
    timer    = g_timeout_add(PATIENCE_MS, on_deadline, &a);
    g_signal_connect(m, "network-event", G_CALLBACK(on_event), &a);
    soup_session_send_and_read_async(user, m, G_PRIORITY_DEFAULT, a.cancel, on_done, &a);
    g_main_loop_run(a.loop);
    g_source_remove(timer);
    if (a.body != NULL) hand_in(m, a.body, call);
    else status = failed(m, &a);
    g_clear_error(&a.error);
    g_clear_pointer(&a.body, g_bytes_unref);
    g_object_unref(a.cancel);
    g_main_loop_unref(a.loop);
    g_object_unref(m);
    return status;
}

/* GIO takes an absolute path only. */
static int trust(SoupSession *session, const char *bundle)
{
    char         *path  = g_canonicalize_filename(bundle, NULL);
    GError       *error = NULL;
    GTlsDatabase *db    = g_tls_file_database_new(path, &error);
    g_free(path);
    if (db == NULL) fprintf(stderr, "AWS_CA_BUNDLE: no certificates: %s\n", error->message);
    if (db != NULL) soup_session_set_tls_database(session, db);
    g_clear_error(&error);
    g_clear_object(&db);
    return soup_session_get_tls_database(session) != NULL;
}

int main(int argc, char **argv)
{
    const char  *bundle  = one_update_setting("AWS_CA_BUNDLE", NULL);
    SoupSession *session = soup_session_new(); /* verifies certificates and host names */
    cuc_client   client  = CUC_ZERO;
    int          code    = 1;
    client.user          = session;
    client.sha256        = my_sha256;
    client.send          = send_libsoup;
    if (bundle == NULL || trust(session, bundle)) code = one_update(argc, argv, &client);
    g_object_unref(session);
    return code;
}
