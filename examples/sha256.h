/* sha256.h - SHA-256 for programs that have no crypto library; to copy.
 *
 *   client.sha256 = sha256;
 *
 * One pass over memory, no state, no tables that depend on secrets. Where a library or a hardware
 * engine is there, lend that instead: crypto_*.c. Source: FIPS 180-4, sections 5 and 6.2.        */
#ifndef SHA256_H
#define SHA256_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static uint32_t sha256_turn(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void sha256_block(uint32_t state[8], const unsigned char p[64])
{
    static const uint32_t k[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
        0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
        0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
        0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
        0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
        0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
        0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
        0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
        0xc67178f2
    };
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5],
             g = state[6], h = state[7];
    uint32_t w[16], x, y; /* w: only the last 16 words of the schedule, in a ring: less stack */
    int      i;
    for (i = 0; i < 64; i++) {
        if (i < 16) {
            w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
            p += 4;
        } else {
            x = w[(i - 15) & 15];
            y = w[(i - 2) & 15];
            w[i & 15] += (sha256_turn(x, 7) ^ sha256_turn(x, 18) ^ x >> 3) + w[(i - 7) & 15] +
                         (sha256_turn(y, 17) ^ sha256_turn(y, 19) ^ y >> 10);
        }
        x = h + (sha256_turn(e, 6) ^ sha256_turn(e, 11) ^ sha256_turn(e, 25)) +
            ((e & f) ^ (~e & g)) + k[i] + w[i & 15];
        y = (sha256_turn(a, 2) ^ sha256_turn(a, 13) ^ sha256_turn(a, 22)) +
            ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + x;
        d = c, c = b, b = a, a = x + y;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

static int sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    uint32_t             h[8]     = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
    const unsigned char *p        = (const unsigned char *)data;
    unsigned char        last[64] = { 0 }; /* what is left, a 1 bit, zeroes, the length in bits */
    size_t               left, i;
    (void)user;
    for (left = len; left >= 64; left -= 64, p += 64) sha256_block(h, p);
    memcpy(last, p, left);
    last[left] = 0x80;
    if (left >= 56) { /* no space for the length: it ends a block of its own */
        sha256_block(h, last);
        memset(last, 0, sizeof last);
    }
    for (i = 0; i < 8; i++) last[63 - i] = (unsigned char)((uint64_t)len << 3 >> 8 * i);
    sha256_block(h, last);
    for (i = 0; i < 32; i++) out[i] = (unsigned char)(h[i / 4] >> (24 - 8 * (i % 4)));
    return 0;
}

#endif
