/* What every contestant in C hashes with, so that they differ in the rest only: with HASH_OPENSSL
 * OpenSSL's low-level functions (deprecated, yet they fetch nothing and use the processor's own
 * instructions), else the plain C of examples/sha256.h. `make bench` leaves functions named hash_
 * out of what it counts, so these must not call each other.                                      */
#include <string.h>

#ifdef HASH_OPENSSL
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

static void digest_of_two(const void *a, size_t a_len, const void *b, size_t b_len,
                          unsigned char out[32])
{
    SHA256_CTX c;
    SHA256_Init(&c);
    SHA256_Update(&c, a, a_len);
    SHA256_Update(&c, b, b_len);
    SHA256_Final(out, &c);
}
#else
#include "../../../examples/sha256.h"

static void digest_of_two(const void *a, size_t a_len, const void *b, size_t b_len,
                          unsigned char out[32])
{
    unsigned char both[64 + 256]; /* a is a block, b at most a string to sign */
    if (a_len == 0) {
        sha256(NULL, b, b_len, out);
        return;
    }
    memcpy(both, a, a_len);
    memcpy(both + a_len, b, b_len);
    sha256(NULL, both, a_len + b_len, out);
}
#endif

/* Source: FIPS 180-4, section 5.1.1: a 1 bit and eight bytes of length end the last block. */
static unsigned long compressions;
static void          count_compressions(size_t len) { compressions += 1 + (len + 8) / 64; }

__attribute__((noinline)) static int hash_sha256(void *user, const void *data, size_t len,
                                                 unsigned char out[32])
{
    (void)user;
    count_compressions(len);
    digest_of_two("", 0, data, len, out);
    return 0;
}

/* Source: RFC 2104. Keys of up to one block, which is all that the signing needs. */
__attribute__((noinline)) static int hash_hmac(void *user, const void *key, size_t key_len,
                                               const void *data, size_t len, unsigned char out[32])
{
    unsigned char block[64] = { 0 }, inner[32];
    size_t        i;
    (void)user;
    if (key_len > sizeof block) return 1;
    count_compressions(64 + len);
    count_compressions(64 + sizeof inner);
    memcpy(block, key, key_len);
    for (i = 0; i < sizeof block; i++) block[i] ^= 0x36;
    digest_of_two(block, sizeof block, data, len, inner);
    for (i = 0; i < sizeof block; i++) block[i] ^= 0x36 ^ 0x5C;
    digest_of_two(block, sizeof block, inner, sizeof inner, out);
    return 0;
}
