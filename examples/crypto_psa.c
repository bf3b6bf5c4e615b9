/* examples/crypto_psa.c - SHA-256 and HMAC from the PSA Crypto API, to copy.
 * make run-crypto_psa          needs: mbedcrypto -lmbedcrypto
 * Mbed TLS 2.28 and 3 have it beside their own API. Mbed TLS 4 (TF-PSA-Crypto, as in ESP-IDF 6 and
 * Zephyr 4.4) has no other. CI runs it with 2.28; TF-PSA-Crypto 1.0.0 was tried by hand.
 * PSA_SUCCESS is 0. psa_crypto_init() comes first, once.
 * A key that a secure element holds for the day needs no import: sign with its id, ignore `key`. */
#include <psa/crypto.h>
#include <stdio.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"

static int my_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    size_t written;
    (void)user;
    return (int)psa_hash_compute(PSA_ALG_SHA_256, data, len, out, 32, &written);
}

static int my_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                   unsigned char out[32])
{
    const psa_algorithm_t hmac = PSA_ALG_HMAC(PSA_ALG_SHA_256);
    psa_key_attributes_t  kind = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t          id;
    psa_status_t          status, destroyed;
    size_t                written;
    (void)user;
    psa_set_key_type(&kind, PSA_KEY_TYPE_HMAC);
    psa_set_key_usage_flags(&kind, PSA_KEY_USAGE_SIGN_MESSAGE);
    psa_set_key_algorithm(&kind, hmac);
    status = psa_import_key(&kind, key, key_len, &id);
    if (status != PSA_SUCCESS) return (int)status;
    status    = psa_mac_compute(id, hmac, data, len, out, 32, &written);
    destroyed = psa_destroy_key(id); /* else the library's few key slots run out */
    return (int)(status != PSA_SUCCESS ? status : destroyed);
}

int main(void)
{
    cuc_client client = CUC_ZERO;
    cuc_result result;
    char       text[CUC_TEXT_SIZE];
    if (psa_crypto_init() != PSA_SUCCESS)
        return fputs("crypto_psa: no psa_crypto_init\n", stderr), 1;
    client.sha256      = my_sha256;
    client.hmac_sha256 = my_hmac;
    if (cuc_selftest(&client, &result) == CUC_OK) return puts("crypto_psa: ok"), 0;
    cuc_result_text(&result, text, sizeof text);
    fprintf(stderr, "crypto_psa: %s\n", text);
    return 1;
}
