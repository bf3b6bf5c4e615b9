/* examples/crypto_sodium.c - SHA-256 and HMAC from libsodium, to copy.
 * make run-crypto_sodium       needs: libsodium
 * 0 is success. crypto_auth_hmacsha256() takes 32-byte keys only; its _init takes any.           */
#include <sodium.h>
#include <stdio.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"

static int my_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)user;
    return crypto_hash_sha256(out, data, len);
}

static int my_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                   unsigned char out[32])
{
    crypto_auth_hmacsha256_state s;
    int                          error;
    (void)user;
    error = crypto_auth_hmacsha256_init(&s, key, key_len);
    if (error == 0) error = crypto_auth_hmacsha256_update(&s, data, len);
    if (error == 0) error = crypto_auth_hmacsha256_final(&s, out);
    sodium_memzero(&s, sizeof s);
    return error;
}

int main(void)
{
    cuc_client client = CUC_ZERO;
    cuc_result result;
    char       text[CUC_TEXT_SIZE];
    if (sodium_init() < 0) return fputs("crypto_sodium: sodium_init failed\n", stderr), 1;
    client.sha256      = my_sha256;
    client.hmac_sha256 = my_hmac;
    if (cuc_selftest(&client, &result) == CUC_OK) return puts("crypto_sodium: ok"), 0;
    cuc_result_text(&result, text, sizeof text);
    fprintf(stderr, "crypto_sodium: %s\n", text);
    return 1;
}
