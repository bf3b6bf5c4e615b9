/* esp_idf.c - exchange() for ESP-IDF's esp_tls. Not run on a device: see recipes.md.
 * esp_tls verifies certificate and host name when it has root certificates, unless
 * skip_common_name or CONFIG_ESP_TLS_SKIP_SERVER_CERT_VERIFY is set.                             */
#include <string.h>

#include "blocking_tls.h"
#include "esp_crt_bundle.h"
#include "esp_tls.h"

static esp_tls_t *tls;

static int tls_open(const char *host)
{
    const esp_tls_cfg_t cfg = { .crt_bundle_attach = esp_crt_bundle_attach, .timeout_ms = 5000 };
    tls                     = esp_tls_init();
    return tls != NULL && esp_tls_conn_new_sync(host, (int)strlen(host), 443, &cfg, tls) == 1;
}

static int tls_write(const char *p, size_t n)
{
    while (n > 0) {
        const ssize_t done = esp_tls_conn_write(tls, p, n);
        if (done <= 0) return 0;
        p += done;
        n -= (size_t)done;
    }
    return 1;
}

static int tls_read(char *p, size_t n) { return (int)esp_tls_conn_read(tls, p, n); }

static void tls_close(void)
{
    if (tls != NULL) esp_tls_conn_destroy(tls);
    tls = NULL; /* never destroy it twice */
}
