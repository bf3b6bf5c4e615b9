/* examples/crypto_mbedtls.c - SHA-256 and HMAC from Mbed TLS 2 or 3, to copy.
 * make run-crypto_mbedtls      needs: mbedcrypto -lmbedcrypto
 * 0 is success. HMAC wants MBEDTLS_MD_C; without it leave hmac_sha256 NULL. Fits ESP-IDF, too. */
#include <mbedtls/md.h>
#include <mbedtls/sha256.h>
#include <mbedtls/version.h>
#include <stdio.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"

static int my_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)user;
#if MBEDTLS_VERSION_MAJOR >= 3
    return mbedtls_sha256(data, len, out, 0); /* 0: not SHA-224 */
#else
    return mbedtls_sha256_ret(data, len, out, 0);
#endif
}

static int my_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                   unsigned char out[32])
{
    const mbedtls_md_info_t *sha256 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
    (void)user;
    return mbedtls_md_hmac(sha256, key, key_len, data, len, out);
}

int main(void)
{
    cuc_client client = CUC_ZERO;
    cuc_result result;
    char       text[CUC_TEXT_SIZE];
    client.sha256      = my_sha256;
    client.hmac_sha256 = my_hmac;
    if (cuc_selftest(&client, &result) == CUC_OK) return puts("crypto_mbedtls: ok"), 0;
    cuc_result_text(&result, text, sizeof text);
    fprintf(stderr, "crypto_mbedtls: %s\n", text);
    return 1;
}
