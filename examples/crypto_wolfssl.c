/* examples/crypto_wolfssl.c - SHA-256 and HMAC from wolfSSL's wolfCrypt, to copy.
 * make run-crypto_wolfssl      needs: wolfssl
 * 0 is success. Lengths have 32 bits. options.h comes first: it says how the library was built.
 * A FIPS build refuses HMAC keys of fewer than 14 bytes.                                         */
#include <wolfssl/options.h>

#include <stdio.h>
#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/hmac.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"

static int my_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)user;
    return len > UINT32_MAX ? 1 : wc_Sha256Hash(data, (word32)len, out);
}

static int my_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                   unsigned char out[32])
{
    Hmac h;
    int  error;
    (void)user;
    if (key_len > UINT32_MAX || len > UINT32_MAX) return 1;
    error = wc_HmacInit(&h, NULL, INVALID_DEVID);
    if (error != 0) return error;
    error = wc_HmacSetKey(&h, WC_SHA256, key, (word32)key_len);
    if (error == 0) error = wc_HmacUpdate(&h, data, (word32)len);
    if (error == 0) error = wc_HmacFinal(&h, out);
    wc_HmacFree(&h);
    return error;
}

int main(void)
{
    cuc_client client = CUC_ZERO;
    cuc_result result;
    char       text[CUC_TEXT_SIZE];
    client.sha256      = my_sha256;
    client.hmac_sha256 = my_hmac;
    if (cuc_selftest(&client, &result) == CUC_OK) return puts("crypto_wolfssl: ok"), 0;
    cuc_result_text(&result, text, sizeof text);
    fprintf(stderr, "crypto_wolfssl: %s\n", text);
    return 1;
}
