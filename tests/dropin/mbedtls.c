/* Mbed TLS: its headers first, those that rename for programs of 1.3 too (`sha256` is a macro in
 * them); its SHA-256 and HMAC, from its sources.                                                 */
#include "mbedtls/md.h"
#include "mbedtls/sha256.h"
#include "mbedtls/ssl.h"
#include "mbedtls/compat-1.3.h"
#include "sign.h"

#ifndef sha256
#error "compat-1.3.h does not rename sha256, so this shows less than it says"
#endif

static int hash(void *user, const void *data, size_t len, unsigned char out[32])
{
    (void)user;
    return mbedtls_sha256_ret((const unsigned char *)data, len, out, 0);
}

static int hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                unsigned char out[32])
{
    (void)user;
    return mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), (const unsigned char *)key,
                           key_len, (const unsigned char *)data, len, out);
}

int main(void) { return dropin_sign(hash, NULL) != 0 ? 1 : dropin_sign(hash, hmac); }
