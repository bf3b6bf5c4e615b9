/* examples/crypto_bearssl.c - SHA-256 and HMAC from BearSSL, to copy.
 * make run-crypto_bearssl      needs: bearssl -lbearssl
 * Nothing can fail. A br_hmac_key_context holds the state after both pads: with client.signing_key
 * you can keep one for the day's key, which saves 2 compressions a request.                      */
#include <bearssl.h>
#include <stdio.h>

#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"

static int my_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    br_sha256_context c;
    (void)user;
    br_sha256_init(&c);
    br_sha256_update(&c, data, len);
    br_sha256_out(&c, out);
    return 0;
}

static int my_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                   unsigned char out[32])
{
    br_hmac_key_context k;
    br_hmac_context     c;
    (void)user;
    br_hmac_key_init(&k, &br_sha256_vtable, key, key_len);
    br_hmac_init(&c, &k, 0); /* 0: the whole digest */
    br_hmac_update(&c, data, len);
    br_hmac_out(&c, out);
    return 0;
}

int main(void)
{
    cuc_client client = CUC_ZERO;
    cuc_result result;
    char       text[CUC_TEXT_SIZE];
    client.sha256      = my_sha256;
    client.hmac_sha256 = my_hmac;
    if (cuc_selftest(&client, &result) == CUC_OK) return puts("crypto_bearssl: ok"), 0;
    cuc_result_text(&result, text, sizeof text);
    fprintf(stderr, "crypto_bearssl: %s\n", text);
    return 1;
}
