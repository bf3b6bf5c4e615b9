/* examples/crypto_gnutls.c - SHA-256 and HMAC from GnuTLS, to copy.
 * make run-crypto_gnutls       needs: gnutls
 * Both say 0 for success, and a negative number that gnutls_strerror knows.                      */
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdio.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"

static int my_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)user;
    return gnutls_hash_fast(GNUTLS_DIG_SHA256, data, len, out);
}

static int my_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                   unsigned char out[32])
{
    (void)user;
    return gnutls_hmac_fast(GNUTLS_MAC_SHA256, key, key_len, data, len, out);
}

int main(void)
{
    cuc_client client = CUC_ZERO;
    cuc_result result;
    char       text[CUC_TEXT_SIZE];
    client.sha256      = my_sha256;
    client.hmac_sha256 = my_hmac;
    if (cuc_selftest(&client, &result) == CUC_OK) return puts("crypto_gnutls: ok"), 0;
    cuc_result_text(&result, text, sizeof text);
    fprintf(stderr, "crypto_gnutls: %s\n", text);
    return 1;
}
