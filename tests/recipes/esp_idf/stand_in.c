/* esp_tls over a plain TCP connection to the stand-in of the service. AddressSanitizer sees it when
 * the recipe destroys a handle twice, or loses one.                                              */
#include <stdlib.h>
#include <string.h>

#include "../plain.h"
#include "esp_crt_bundle.h"

struct esp_tls {
    int fd;
};

esp_err_t esp_crt_bundle_attach(void *conf)
{
    (void)conf;
    return 0;
}

/* Fails now and then, as on a device without memory. */
esp_tls_t *esp_tls_init(void)
{
    static int calls;
    esp_tls_t *tls = ++calls == 2 ? NULL : malloc(sizeof *tls);
    if (tls != NULL) tls->fd = -1;
    return tls;
}

int esp_tls_conn_new_sync(const char *hostname, int hostlen, int port, const esp_tls_cfg_t *cfg,
                          esp_tls_t *tls)
{
    must(cfg->crt_bundle_attach == esp_crt_bundle_attach, "root certificates are given");
    must(!cfg->skip_common_name && !cfg->is_plain_tcp, "the host name is verified");
    must(cfg->timeout_ms > 0, "there is a time-out");
    must(port == 443 && hostlen == (int)strlen(PLAIN_HOST) &&
             memcmp(hostname, PLAIN_HOST, (size_t)hostlen) == 0,
         "it connects to the host of the request");
    tls->fd = plain_connect();
    return tls->fd >= 0 ? 1 : -1;
}

ssize_t esp_tls_conn_write(esp_tls_t *tls, const void *data, size_t datalen)
{
    return send(tls->fd, data, datalen > 700 ? 700 : datalen, MSG_NOSIGNAL);
}

ssize_t esp_tls_conn_read(esp_tls_t *tls, void *data, size_t datalen)
{
    return recv(tls->fd, data, datalen, 0);
}

int esp_tls_conn_destroy(esp_tls_t *tls)
{
    if (tls->fd >= 0) close(tls->fd);
    free(tls);
    return 0;
}
