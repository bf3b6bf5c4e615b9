/* sha256.c - the hash that is lent to the header: examples/sha256.h, in a file of its own so that
 * run.sh can tell its size. A chip with a hash unit calls that here; cuc_selftest tells whether it
 * is right.                                                                                       */
#include "../sha256.h"

int board_sha256(void *user, const void *data, size_t len, unsigned char out[32]);

/* A cuc_sha256_fn. */
int board_sha256(void *user, const void *data, size_t len, unsigned char out[32])
{
    return sha256(user, data, len, out);
}
