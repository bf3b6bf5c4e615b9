/* examples/crypto_openssl.c - SHA-256 and HMAC from OpenSSL 1.1 or 3, to copy.
 * make run-crypto_openssl      needs: openssl
 * Both say 1, or a pointer, for success: turn that round. SHA256_Init, HMAC_CTX_new: deprecated */
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"

static int my_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)user;
    return EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) == 1 ? 0 : 1;
}

static int my_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                   unsigned char out[32])
{
    (void)user;
    if (key_len > INT_MAX) return 1; /* it counts keys in int */
    return HMAC(EVP_sha256(), key, (int)key_len, data, len, out, NULL) != NULL ? 0 : 1;
}

int main(void)
{
    cuc_client client = CUC_ZERO;
    cuc_result result;
    char       text[CUC_TEXT_SIZE];
    client.sha256      = my_sha256;
    client.hmac_sha256 = my_hmac;
    if (cuc_selftest(&client, &result) == CUC_OK) return puts("crypto_openssl: ok"), 0;
    cuc_result_text(&result, text, sizeof text);
    fprintf(stderr, "crypto_openssl: %s\n", text);
    return 1;
}
