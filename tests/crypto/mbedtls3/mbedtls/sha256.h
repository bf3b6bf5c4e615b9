#ifndef MBEDTLS3_SHA256_H
#define MBEDTLS3_SHA256_H
#include_next <mbedtls/sha256.h>
static inline int mbedtls3_sha256(const unsigned char *input, size_t ilen, unsigned char *output,
                                  int is224)
{
    return mbedtls_sha256_ret(input, ilen, output, is224);
}
#define mbedtls_sha256 mbedtls3_sha256
#pragma GCC poison mbedtls_sha256_ret
#endif
