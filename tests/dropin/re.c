/* libre of baresip, built by its own re.mk: its HMAC. It has no bare SHA-256; OpenSSL, which it is
 * linked with, has.                                                                              */
#include <re/re.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include "sign.h"

static int hash(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)user;
    return EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) == 1 ? 0 : 1;
}

static int hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                unsigned char out[32])
{
    struct hmac *h;
    int          err;
    (void)user;
    /* libre refuses to hash nothing. Signing never asks for that, the self-test does. */
    if (len == 0)
        return HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)"", 0, out, NULL) ? 0
                                                                                              : 1;
    err = hmac_create(&h, HMAC_HASH_SHA256, (const uint8_t *)key, key_len);
    if (err) return err;
    err = hmac_digest(h, out, 32, (const uint8_t *)data, len);
    mem_deref(h);
    return err;
}

int main(void) { return dropin_sign(hash, NULL) != 0 ? 1 : dropin_sign(hash, hmac); }
