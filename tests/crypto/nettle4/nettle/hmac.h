#ifndef NETTLE4_HMAC_H
#define NETTLE4_HMAC_H
#include_next <nettle/hmac.h>
static inline void nettle4_hmac_sha256_digest(struct hmac_sha256_ctx *ctx, uint8_t *digest)
{
    hmac_sha256_digest(ctx, 32, digest);
}
#undef hmac_sha256_digest
#define hmac_sha256_digest nettle4_hmac_sha256_digest
#endif
