/* bcrypt_hash.h - SHA-256 and HMAC from Windows' own BCrypt (CNG), to copy. Windows 10 or newer.
 *
 *   bcrypt_hash hash;
 *   if (!bcrypt_hash_open(&hash)) ...                   once: opening a provider is slow
 *   client.user        = &hash;                         or a struct whose first member it is
 *   client.sha256      = bcrypt_sha256;
 *   client.hmac_sha256 = bcrypt_hmac;
 *   bcrypt_hash_close(&hash);
 *
 * Threads can share one. A negative NTSTATUS is a failure. Link with -lbcrypt.                   */
#ifndef BCRYPT_HASH_H
#define BCRYPT_HASH_H

#include <windows.h>

#include <bcrypt.h>
#include <stddef.h>

typedef struct bcrypt_hash {
    BCRYPT_ALG_HANDLE sha256, hmac;
} bcrypt_hash;

/* Lengths have 32 bits, and inputs are not const although they are only read. */
static int bcrypt_run(BCRYPT_ALG_HANDLE algorithm, const void *key, size_t key_len,
                      const void *data, size_t len, unsigned char out[32])
{
    if (key_len > MAXDWORD || len > MAXDWORD) return 1;
    return BCryptHash(algorithm, (PUCHAR)key, (ULONG)key_len, (PUCHAR)data, (ULONG)len, out, 32);
}

static int bcrypt_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    const bcrypt_hash *h = user;
    return bcrypt_run(h->sha256, NULL, 0, data, len, out);
}

static int bcrypt_hmac(void *user, const void *key, size_t key_len, const void *data, size_t len,
                       unsigned char out[32])
{
    const bcrypt_hash *h = user;
    return bcrypt_run(h->hmac, key, key_len, data, len, out);
}

static void bcrypt_hash_close(bcrypt_hash *h)
{
    if (h->sha256 != NULL) BCryptCloseAlgorithmProvider(h->sha256, 0);
    if (h->hmac != NULL) BCryptCloseAlgorithmProvider(h->hmac, 0);
    h->sha256 = h->hmac = NULL;
}

/* 1: ready. */
static int bcrypt_hash_open(bcrypt_hash *h)
{
    const ULONG keyed = BCRYPT_ALG_HANDLE_HMAC_FLAG;
    h->sha256 = h->hmac = NULL;
    if (BCryptOpenAlgorithmProvider(&h->sha256, BCRYPT_SHA256_ALGORITHM, NULL, 0) >= 0 &&
        BCryptOpenAlgorithmProvider(&h->hmac, BCRYPT_SHA256_ALGORITHM, NULL, keyed) >= 0)
        return 1;
    bcrypt_hash_close(h);
    return 0;
}

#endif
