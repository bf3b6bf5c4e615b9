/* random.c - where lwIP and Mbed TLS get their random bytes. REPLACE THIS ON A REAL BOARD.
 * QEMU's board has no random source. The test puts 32 random bytes into the image (config.h), and
 * this makes more of them with SHA-256: the same ones after each reset. With a seed that anybody
 * can read in the image or that comes again, TLS protects nothing. A real board fills `output` from
 * its random number generator, and returns MBEDTLS_ERR_ENTROPY_SOURCE_FAILED if that fails.      */
#include <string.h>

#include "../board.h"
#include "config.h" /* SEED */
#include "mbedtls/entropy_poll.h"

int board_sha256(void *user, const void *data, size_t len, unsigned char out[32]);

static void next_bytes(unsigned char out[32])
{
    static unsigned char state[36] = SEED;
    uint32_t             n;
    memcpy(&n, state + 32, sizeof n);
    n++;
    memcpy(state + 32, &n, sizeof n);
    board_sha256(NULL, state, sizeof state, out);
}

int mbedtls_hardware_poll(void *data, unsigned char *output, size_t len, size_t *olen)
{
    unsigned char bytes[32];
    (void)data;
    next_bytes(bytes);
    *olen = len < sizeof bytes ? len : sizeof bytes;
    memcpy(output, bytes, *olen);
    return 0;
}

uint32_t board_random(void)
{
    unsigned char bytes[32];
    uint32_t      n;
    next_bytes(bytes);
    memcpy(&n, bytes, sizeof n);
    return n;
}
