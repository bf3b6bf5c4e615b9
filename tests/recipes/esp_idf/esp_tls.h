/* What esp_idf.c uses of ESP-IDF's esp_tls.h, as version 5 declares it. Not ESP-IDF's own. */
#ifndef ESP_TLS_H
#define ESP_TLS_H

#include <stdbool.h>
#include <sys/types.h>

typedef int            esp_err_t;
typedef struct esp_tls esp_tls_t;

typedef struct esp_tls_cfg {
    const unsigned char *cacert_buf;
    unsigned int         cacert_bytes;
    bool                 non_block;
    int                  timeout_ms;
    const char          *common_name;
    bool                 skip_common_name;
    esp_err_t (*crt_bundle_attach)(void *conf);
    bool is_plain_tcp;
} esp_tls_cfg_t;

esp_tls_t *esp_tls_init(void);
int     esp_tls_conn_new_sync(const char *hostname, int hostlen, int port, const esp_tls_cfg_t *cfg,
                              esp_tls_t *tls);
ssize_t esp_tls_conn_write(esp_tls_t *tls, const void *data, size_t datalen);
ssize_t esp_tls_conn_read(esp_tls_t *tls, void *data, size_t datalen);
int     esp_tls_conn_destroy(esp_tls_t *tls);

#endif
