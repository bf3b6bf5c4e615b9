#ifndef NETTLE4_SHA2_H
#define NETTLE4_SHA2_H
#include_next <nettle/sha2.h>
static inline void nettle4_sha256_digest(struct sha256_ctx *ctx, uint8_t *digest)
{
    sha256_digest(ctx, 32, digest);
}
#undef sha256_digest
#define sha256_digest nettle4_sha256_digest
#endif
