/* hash.h - SHA-256 and HMAC, written for the stand-in alone: what it judges uses another.
 * in: bytes     out: 32 bytes, or 64 lower-case hex digits. Source: FIPS 180-4, RFC 2104 */
#ifndef STANDIN_HASH_H
#define STANDIN_HASH_H

#include <stdint.h>

#include "text.h"

struct sha {
    uint32_t      state[8];
    unsigned char block[64];
    uint64_t      total; /* bytes so far */
};

static uint32_t turn(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void sha_block(uint32_t state[8], const unsigned char *p)
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
    uint32_t w[64], v[8];
    int      i;
    for (i = 0; i < 16; i++)
        w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 |
               (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
    for (i = 16; i < 64; i++)
        w[i] = w[i - 16] + (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7] +
               (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10);
    memcpy(v, state, sizeof v);
    for (i = 0; i < 64; i++) {
        uint32_t a = v[0], e = v[4];
        uint32_t one = v[7] + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
                       ((e & v[5]) ^ (~e & v[6])) + k[i] + w[i];
        uint32_t two =
            (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += one;
        v[0] = one + two;
    }
    for (i = 0; i < 8; i++) state[i] += v[i];
}

static void sha_begin(struct sha *s)
{
    static const uint32_t start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
    memcpy(s->state, start, sizeof start);
    s->total = 0;
}

static void sha_add(struct sha *s, const void *data, size_t len)
{
    const unsigned char *p = data;
    for (; len > 0; len--) {
        s->block[s->total++ % 64] = *p++;
        if (s->total % 64 == 0) sha_block(s->state, s->block);
    }
}

static void sha_end(struct sha *s, unsigned char out[32])
{
    unsigned char length[8];
    uint64_t      bits = s->total * 8;
    int           i;
    for (i = 0; i < 8; i++) length[i] = (unsigned char)(bits >> (56 - 8 * i));
    sha_add(s, "\x80", 1);
    while (s->total % 64 != 56) sha_add(s, "", 1);
    sha_add(s, length, 8);
    for (i = 0; i < 32; i++) out[i] = (unsigned char)(s->state[i / 4] >> (24 - 8 * (i % 4)));
}

static void hmac(struct view key, struct view data, unsigned char out[32])
{
    unsigned char pad[64] = { 0 }, inner[32];
    struct sha    s;
    int           i;
    sha_begin(&s);
    sha_add(&s, key.at, key.len);
    if (key.len > 64) sha_end(&s, pad);
    else if (key.len > 0) memcpy(pad, key.at, key.len);
    for (i = 0; i < 64; i++) pad[i] ^= 0x36;
    sha_begin(&s);
    sha_add(&s, pad, 64);
    sha_add(&s, data.at, data.len);
    sha_end(&s, inner);
    for (i = 0; i < 64; i++) pad[i] ^= 0x36 ^ 0x5c;
    sha_begin(&s);
    sha_add(&s, pad, 64);
    sha_add(&s, inner, 32);
    sha_end(&s, out);
}

static void hex(const unsigned char bytes[32], char out[65])
{
    int i;
    for (i = 0; i < 32; i++) snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static void sha_hex(struct view data, char out[65])
{
    unsigned char digest[32];
    struct sha    s;
    sha_begin(&s);
    sha_add(&s, data.at, data.len);
    sha_end(&s, digest);
    hex(digest, out);
}

#endif
