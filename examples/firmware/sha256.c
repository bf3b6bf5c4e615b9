/* sha256.c - SHA-256 (FIPS 180-4) in little code and little RAM, to be lent to the header. A chip
 * with a hash unit has its own function here; cuc_selftest tells whether it is right.             */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

int sha256(void *user, const void *data, size_t len, unsigned char out[32]);

static const uint32_t k[64] = {
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
    0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
    0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
    0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
    0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
    0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
    0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
    0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
};

static uint32_t ror(uint32_t x, unsigned n) { return x >> n | x << (32 - n); }

static uint32_t load(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void store(unsigned char *p, uint32_t x)
{
    unsigned i;
    for (i = 4; i > 0; x >>= 8) p[--i] = (unsigned char)x;
}

#define V(n)                                                                                       \
    v[(unsigned)((n) - i) & 7] /* the eight variables move on by one a round: by name only */

static void compress(uint32_t h[8], const unsigned char *block)
{
    uint32_t w[16], v[8]; /* w: a ring of the last 16 words */
    unsigned i;
    memcpy(v, h, sizeof v);
    for (i = 0; i < 16; i++) w[i] = load(block + 4 * i);
    for (i = 0; i < 64; i++) {
        uint32_t t;
        if (i >= 16) {
            const uint32_t x = w[(i + 1) & 15], y = w[(i + 14) & 15];
            w[i & 15] += (ror(x, 7) ^ ror(x, 18) ^ x >> 3) + w[(i + 9) & 15] +
                         (ror(y, 17) ^ ror(y, 19) ^ y >> 10);
        }
        t = V(7) + (ror(V(4), 6) ^ ror(V(4), 11) ^ ror(V(4), 25)) +
            (V(6) ^ (V(4) & (V(5) ^ V(6)))) + k[i] + w[i & 15];
        V(3) += t;
        V(7) = t + (ror(V(0), 2) ^ ror(V(0), 13) ^ ror(V(0), 22)) +
               ((V(0) & V(1)) | (V(2) & (V(0) | V(1))));
    }
    for (i = 0; i < 8; i++) h[i] += v[i];
}

/* A cuc_sha256_fn. */
int sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    uint32_t             h[8] = { 0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                                  0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19 };
    const unsigned char *p    = data;
    unsigned char        last[64];
    size_t               left = len, i;
    (void)user;
    for (; left >= 64; left -= 64, p += 64) compress(h, p);
    memset(last, 0, sizeof last);
    memcpy(last, p, left);
    last[left] = 0x80;
    if (left >= 56) {
        compress(h, last);
        memset(last, 0, sizeof last);
    }
    store(last + 56, (uint32_t)len >> 29);
    store(last + 60, (uint32_t)len << 3);
    compress(h, last);
    for (i = 0; i < 8; i++) store(out + 4 * i, h[i]);
    return 0;
}
