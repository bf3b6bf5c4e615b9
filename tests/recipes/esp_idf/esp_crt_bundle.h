/* What esp_idf.c uses of ESP-IDF's esp_crt_bundle.h. */
#include "esp_tls.h"

esp_err_t esp_crt_bundle_attach(void *conf);
